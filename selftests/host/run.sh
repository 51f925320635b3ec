#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs lanes of the core in userland and adds their counts up. Each program
# closes with its own totals; one that ends without them counts as a failure.
# The last line is the verdict on all of it.
set -uo pipefail

MIN_LINES=99 MIN_BRANCHES=97	# percent of each file of the core
SECONDS_EACH=300		# a program that hangs is ended

usage()
{
	echo "usage: run.sh OBJDIR LANE…   lanes: asan tsan coverage" >&2
	exit 2
}

[ $# -ge 2 ] || usage
objdir=$1
shift
# shellcheck source=scripts/machine/prologue.sh
. "$(dirname "$0")/../../scripts/machine/prologue.sh"
passed=0 failed=0 skipped=0

add()	# PASSED FAILED SKIPPED
{
	passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# program NAME COMMAND…: shows its output, adds its totals
program()
{
	local name=$1 out=$objdir/$1.log status line

	shift
	echo "# $name"
	timeout -k 5 $((SECONDS_EACH * ${MMLAB_PATIENCE:-1})) "$@" 2>&1 | tee "$out"
	status=${PIPESTATUS[0]}
	line=$(tail -n 1 "$out")
	if ! [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
		echo "not ok - $name ended without totals, exit status $status"
		add 0 1 0
		return
	fi
	add "${BASH_REMATCH[@]:1}"
	if [ "$status" != 0 ] && [ "${BASH_REMATCH[2]}" = 0 ]; then
		echo "not ok - $name: exit status $status"
		add 0 1 0
	fi
}

cases()	# VARIANT ARGS…
{
	local variant=$1

	shift
	program "$variant-${1-cases}" "$objdir/$variant/cases" "$@" \
		seed="$SEED" ops="$OPS"
}

# a trace of the slab caches, played on the core and on the oracle; traces that
# were damaged must be refused
slab_trace()
{
	local tool=$objdir/asan/slab_trace trace=$objdir/slab.trace

	"$tool" record "$trace" seed="$SEED" ops="$OPS" || rm -f "$trace"
	program slab-trace "$tool" replay "$trace"
	head -c -8 "$trace" > "$trace.short"
	{ head -c 40 "$trace"; printf x; tail -c +42 "$trace"; } > "$trace.changed"
	{ printf x; tail -c +2 "$trace"; } > "$trace.foreign"
	refused "a trace that ends early" "$tool" replay "$trace.short"
	refused "a trace that was changed" "$tool" replay "$trace.changed"
	refused "a file that is no trace" "$tool" replay "$trace.foreign"
	refused "a trace that is missing" "$tool" replay "$trace.none"
}

# refused NAME COMMAND…: one case, that the command gives exit status 2
refused()
{
	local name=$1 status=0

	shift
	"$@" > /dev/null 2>&1 || status=$?
	if [ $status = 2 ]; then
		echo "ok - refused: $name"
		add 1 0 0
	else
		echo "not ok - refused: $name: exit status $status"
		add 0 1 0
	fi
}

# One result per file of the core, and one for all of it, headers included. gcov's
# summary is "File …" and what follows, calls last; after the last file are totals
# that count the shim as well. A branch is one outcome of a condition.
coverage_table()
{
	gcov -b -n -o "$objdir/coverage/module/core" \
		"$objdir"/coverage/module/core/*.gcda 2>/dev/null |
	awk -v top="$top/" -v lines="$MIN_LINES" -v branches="$MIN_BRANCHES" \
		-v sources="$(cd "$top" && echo module/core/*.c)" '
	function percent(part, whole) { return whole ? 100 * part / whole : 100 }
	function judge(what, line, branch) {
		good = line >= lines && branch >= branches
		good ? passed++ : failed++
		printf "%s - coverage of %-24s lines %6.2f %%, branches %6.2f %%\n",
			good ? "ok" : "not ok", what, line, branch
	}
	/^File /	{ file = $2; gsub(/\047/, "", file); sub(top, "", file) }
	/^(Calls|No calls)/ { file = "" }
	file !~ /^module\/core\// { next }
	/^Lines executed/ {
		split($0, part, /[:%]/)
		line[file] = part[2]
		branch[file] = 100
		nr_lines += $NF
		lines_done += int(part[2] * $NF / 100 + 0.5)
	}
	/^Taken at least once/ {
		split($0, part, /[:%]/)
		branch[file] = part[2]
		nr_branches += $NF
		branches_done += int(part[2] * $NF / 100 + 0.5)
	}
	END {
		for (i = split(sources, source, " "); i > 0; i--) {
			if (source[i] in line) {
				judge(source[i], line[source[i]], branch[source[i]])
				continue
			}
			skipped++
			print "ok - coverage of " source[i] \
				" # SKIP it has no cases in userland"
		}
		judge("all of module/core", percent(lines_done, nr_lines),
			nr_lines ? percent(branches_done, nr_branches) : 0)
		printf "# reached: %d of %d lines, %d of %d branches, headers included\n",
			lines_done, nr_lines, branches_done, nr_branches
		printf "# wanted: lines %d %%, branches %d %%\n", lines, branches
		printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
	}'
}

for lane; do
	case $lane in
	asan)
		cases asan
		cases asan shim
		slab_trace ;;
	tsan)
		cases tsan threads ;;
	coverage)
		find "$objdir/coverage" -name '*.gcda' -delete
		OPS=$((OPS / 10)) cases coverage
		coverage_table > "$objdir/coverage/table"
		program coverage-table cat "$objdir/coverage/table"
		program unreached "$(dirname "$0")/unreached.sh" "$objdir" ;;
	*)	usage ;;
	esac
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
