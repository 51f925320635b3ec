#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Mutations: small faults put into a copy of the sources. For each of them a
# test lane must go red; one that goes unnoticed is a hole in the tests, and a
# failure here. The working tree is never touched.
set -uo pipefail

# shellcheck source=scripts/machine/prologue.sh
. "$(dirname "$0")/../scripts/machine/prologue.sh"
work=$top/build/red
jobs=2
cpu_seconds=3		# a mutation that hangs is ended and counts as noticed
case_seconds=30		# the same for one that sleeps
lane_seconds=1800	# the same for a whole lane

usage()
{
	cat <<-'TXT'
	usage: selftests/red.sh [--quick | --full] [--list] [NAME…]

	  --quick   mutations that the userland lanes must notice (default)
	  --full    also those that need a VM (lane vm, …)
	  --list    print the table and run nothing
	  NAME…     only mutations whose name contains one of these

	The last line is "N passed, N failed, N skipped": passed is a mutation that
	was noticed, skipped one whose lane needs --full; it fails if it no longer
	matches what it is to change. Details: build/red/NAME.log
	TXT
}

# ---- the table -------------------------------------------------------------
#
# The files of selftests/mutations/, one by part of the project. A row is: name,
# file, lane that must go red, sed script (the rest of the line).
# Lanes: host (unit cases in userland), tsan (threads in userland); any other
# name is selftests/lanes/NAME, run in the copy, with --full only; NAME:PART gives it
# PART as its argument, and there may be more of these.

# The judge's own test: the verdict on each of these is known beforehand, and is
# the command in the place of the lane.
controls()
{
	cat <<'TABLE'
control-equivalent	module/core/buddy.c	survived	s/static inline void list_add_block/inline static void list_add_block/
control-no-match	module/core/buddy.c	unchanged	s/this text is not in the file/x/
control-no-program	module/core/buddy.c	broken		s/^static inline u32 alloc_block_locked/static u32 (/
control-noticed		module/core/buddy.c	noticed		s/area->nr_free++;/area->nr_free += 2;/
TABLE
}

# ---- the judge -------------------------------------------------------------

full='' list='' names=()

# a worker's own copy of the sources, and objects of it built once
prepare()	# TREE
{
	mkdir -p "$1"
	rsync -a --delete --exclude=/build --exclude=/.git "$top/" "$1/"
}

# run_lane LANE TREE LOG: exit status 0 green, 1 red, 2 it could not be run
run_lane()
{
	local tree=$2 log=$3 words

	case $1 in
	tsan)	run_cases tsan "$tree" threads first ops=100000 ;;
	host|survived|unchanged|broken|noticed)
		run_cases bare "$tree" first ops=20000 ;;
	*:*)	IFS=: read -ra words <<< "${1#*:}"
		timeout -k 5 $((lane_seconds * ${MMLAB_PATIENCE:-1})) "$tree/selftests/lanes/${1%%:*}" "${words[@]}" ;;
	*)	timeout -k 5 $((lane_seconds * ${MMLAB_PATIENCE:-1})) "$tree/selftests/lanes/$1" ;;
	esac > "$log" 2>&1
	case $?:$(tail -n 1 "$log") in
	0:*", 0 failed, "*) return 0 ;;
	2:*)	return 2 ;;
	124:*|13[0-9]:*|15[0-9]:*|66:*) return 1 ;; # it hung, a signal ended it, TSan
	*", 0 failed, "*) return 2 ;;
	*" failed, "*) return 1 ;;
	*) return 2 ;;
	esac
}

run_cases()	# VARIANT TREE ARGS…
{
	local program=$2/build/host/$1/cases status=0

	make --no-print-directory -s -C "$2/selftests/host" \
		OBJDIR="$2/build/host" FLAGS_bare='-O0 -w -g0' \
		FLAGS_tsan='-O1 -w -g0 -fsanitize=thread' "$program" || return 2
	( [ "$1" = tsan ] || ulimit -t "$cpu_seconds"
	  exec timeout -k 5 $((case_seconds * ${MMLAB_PATIENCE:-1})) "$program" "${@:3}" ) || status=$?
	[ $status -le 1 ] || echo "exit status $status"
	return $status
}

# what noticed it: the first failed case, or how the program ended
noticed_by()	# LOG
{
	local by

	by=$(sed -n 's/^not ok [0-9]* -* *\([^ ]*\).*/\1/p' "$1" | head -n 1)
	[ -n "$by" ] || by=$(tail -n 1 "$1")
	echo "$by"
}

# Source and objects are put back as they were, times and all, so that the next
# mutation compiles only the files that it changes.
# judge NAME FILE LANE SED TREE: prints "VERDICT DETAIL"
judge()
{
	local name=$1 file=$2 lane=$3 script=$4 tree=$5 log=$work/$1.log status=0
	local objects=$tree/build/host

	cp -p "$tree/$file" "$tree/.sound"
	if ! sed -i "$script" "$tree/$file" || cmp -s "$tree/.sound" "$tree/$file"; then
		mv "$tree/.sound" "$tree/$file"
		echo "unchanged by its sed script"
		return
	fi
	rm -rf "$objects.sound"
	cp -a "$objects" "$objects.sound"
	run_lane "$lane" "$tree" "$log" || status=$?
	mv "$tree/.sound" "$tree/$file"
	rm -rf "$objects"
	mv "$objects.sound" "$objects"
	case $status in
	0) echo "survived: lane $lane stayed green" ;;
	1) echo "noticed by $(noticed_by "$log")" ;;
	*) echo "broken: it could not be tried, see $log" ;;
	esac
}

# judges every row of stdin with a number congruent to WORKER; only one worker
# needs the objects for TSan
worker()	# WORKER
{
	local tree=$work/tree.$1 nr=0 turn name file lane script verdict wanted

	prepare "$tree"
	run_lane host "$tree" /dev/null
	while read -r name file lane script; do
		turn=$((nr++ % jobs))
		[ "$lane" != tsan ] || turn=0
		[ $turn = "$1" ] || continue
		verdict=$(judge "$name" "$file" "$lane" "$script" "$tree" </dev/null)
		case $name in
		control-*) wanted=$lane ;;
		*) wanted=noticed ;;
		esac
		case $verdict in
		"$wanted"*) echo "ok - $name: $verdict" ;;
		*) echo "not ok - $name: $verdict" ;;
		esac
	done
}

# the lanes must be green without a mutation, or being red means nothing
baseline()	# LANE…
{
	local lane

	prepare "$work/tree.0"
	for lane; do
		if run_lane "$lane" "$work/tree.0" "$work/baseline-$lane.log"; then
			echo "ok - lane $lane is green without a mutation"
		else
			echo "not ok - lane $lane is red or broken without a mutation:" \
				"see build/red/baseline-$lane.log"
			return 1
		fi
	done
}

wanted_row()	# NAME
{
	local part

	[ ${#names[@]} -gt 0 ] || return 0
	for part in "${names[@]}"; do
		case $1 in *"$part"*) return 0 ;; esac
	done
	return 1
}

table()
{
	local name rest

	{ controls; cat "$top"/selftests/mutations/*; } |
	while read -r name rest; do
		! wanted_row "$name" || printf '%s %s\n' "$name" "$rest"
	done
}

# a row that is not run must at least match its line still
changes()	# FILE SED
{
	sed "$2" "$top/$1" > "$work/changed" 2>/dev/null &&
		! cmp -s "$work/changed" "$top/$1"
}

in_quick() { case $1 in host|tsan|survived|unchanged|broken|noticed) ;; *) return 1 ;; esac; }

run_all()
{
	local i nr=0 skipped=0 name file lane script lanes=()
	local rows=$work/rows results=$work/results

	: > "$rows"
	: > "$results"
	while read -r name file lane script; do
		if [ -z "$full" ] && ! in_quick "$lane"; then
			if changes "$file" "$script"; then
				echo "ok - $name # SKIP lane $lane needs --full"
				skipped=$((skipped + 1))
			else
				echo "not ok - $name: unchanged by its sed script" |
					tee -a "$results"
				nr=$((nr + 1))
			fi
			continue
		fi
		printf '%s %s %s %s\n' "$name" "$file" "$lane" "$script" >> "$rows"
		case $lane in survived|unchanged|broken|noticed) lane=host ;; esac
		case " ${lanes[*]-} " in *" $lane "*) ;; *) lanes+=("$lane") ;; esac
		nr=$((nr + 1))
	done < <(table)
	if [ ${#lanes[@]} -gt 0 ] && baseline "${lanes[@]}" | tee -a "$results" &&
		[ "${PIPESTATUS[0]}" = 0 ]; then
		for ((i = 0; i < jobs; i++)); do
			worker $i < "$rows" | tee -a "$results" &
		done
		wait
		nr=$((nr + ${#lanes[@]}))
	fi
	finish "$nr" "$skipped" "$results"
}

# the verdict comes last; a row without a result has failed
finish()	# PLANNED SKIPPED RESULTS
{
	local passed failed

	passed=$(grep -c '^ok - ' "$3")
	failed=$(grep -c '^not ok - ' "$3")
	if [ $((passed + failed)) -lt "$1" ]; then
		echo "not ok - $(($1 - passed - failed)) mutations have no result"
		failed=$(($1 - passed))
	fi
	echo "$passed passed, $failed failed, $2 skipped"
	[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

for arg; do
	case $arg in
	--quick) full='' ;;
	--full)	full=1 ;;
	--list)	list=1 ;;
	-h|--help) usage; exit 0 ;;
	-*)	usage >&2; exit 2 ;;
	*)	names+=("$arg") ;;
	esac
done
if [ -n "$list" ]; then
	table
	exit
fi
rm -rf "$work"
mkdir -p "$work"
run_all
