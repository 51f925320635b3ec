#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# insmod and rmmod, 200 times with readers of /proc at work: the host gets all of
# its memory back, and leaves no traces. MMLAB_CYCLES sets another number.
here=$(dirname "$0")
# shellcheck source=selftests/mmlab/tap.sh disable=SC1091
. "$here/tap.sh"

cycles=${MMLAB_CYCLES:-200}
# less than a page in each round; a debug kernel keeps much for later reports
tolerance_kb=${MMLAB_TOLERANCE_KB:-$((cycles * 3))}
readers=

# Text and binary files, until told to stop; an error is none of their business.
read_for_ever()
{
	while [ -e "$stop_file" ]; do
		cat /proc/mmlab/* > /dev/null 2>&1
	done
}

start_readers()
{
	stop_file=/tmp/mmlab-readers.$$
	mkdir -p /tmp
	: > "$stop_file"
	for _ in 1 2 3; do
		read_for_ever &
		readers="$readers $!"
	done
}

stop_readers()
{
	rm -f "$stop_file"
	# shellcheck disable=SC2086
	wait $readers
}

nothing_left()
{
	for place in /proc/mmlab /dev/mmlab /sys/module/mmlab \
		/sys/class/misc/mmlab; do
		if [ -e "$place" ]; then
			say "$place is still there"
			return 1
		fi
	done
}

load_and_unload()
{
	n=0
	while [ "$n" -lt "$1" ]; do
		insmod "$module_file" || { say "insmod failed in round $n"; return 1; }
		check_ok || { say "check is not ok in round $n"; return 1; }
		rmmod mmlab || { say "rmmod failed in round $n"; return 1; }
		n=$((n + 1))
	done
}

# The host's own caches settle in a few rounds; then no growth is forgiven.
cycle_with_readers()
{
	start_readers
	load_and_unload $((cycles < 10 ? cycles : 10)) || { stop_readers; return 1; }
	before=$(host_free_kb)
	load_and_unload "$cycles"
	status=$?
	stop_readers
	return "$status"
}

memory_is_back()
{
	after=$(host_free_kb)
	lost=$((before - after))
	say "free before: $before kB, after $cycles rounds: $after kB"
	[ "$lost" -le "$tolerance_kb" ]
}

busy_is_refused()
{
	insmod "$module_file" || return 1
	mkfifo /tmp/mmlab-fifo.$$ || return 1
	"$here/lab_tool" hold < /tmp/mmlab-fifo.$$ > /tmp/mmlab-out.$$ &
	holder=$!
	exec 3> /tmp/mmlab-fifo.$$
	while ! grep -q holding /tmp/mmlab-out.$$; do
		kill -0 "$holder" 2>/dev/null || break
	done
	status=0
	rmmod mmlab 2>/dev/null && status=1
	[ -e /proc/mmlab/check ] || status=1
	exec 3>&-
	wait "$holder" || status=1
	rm -f /tmp/mmlab-fifo.$$ /tmp/mmlab-out.$$
	rmmod mmlab || status=1
	return "$status"
}

messages_name_the_cause()
{
	for params in mem=3 mem=897 mem=abc; do
		error=$(insmod "$module_file" "$params" 2>&1) && return 1
		case $error in
		*[Ii]nvalid*) ;;
		*) say "insmod $params says: $error"; return 1 ;;
		esac
	done
	# the log tells what insmod can't
	log_since_mark | grep -q 'mmlab: .*mem' ||
		{ say "the kernel log says nothing of mem="; return 1; }
}

sound() { check_ok && [ "$(taint_now)" = "$taint" ]; }

plan 7
module_file=$(find_module) || exit 1
mark_log
is_loaded || insmod "$module_file" || exit 1
taint=$(taint_now)	# of a kernel that has had the module before
unload || exit 1
check "insmod says what is wrong with a parameter" messages_name_the_cause
check "rmmod is refused while a window is left" busy_is_refused
check "$cycles times insmod and rmmod with readers" cycle_with_readers
check "the host has its memory back" memory_is_back
check "nothing is left in /proc, /dev, /sys" nothing_left
check "the kernel log is clean" log_is_clean
insmod "$module_file"
check "loaded once more, it is sound and the taint is as before" sound
finish
