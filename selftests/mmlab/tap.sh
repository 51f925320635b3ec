# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Results of a shell test: plan N, then N times check NAME COMMAND…, then finish.

tap_count=0 tap_failed=0 tap_skipped=0

plan()
{
	tap_planned=$1
	echo "TAP version 13"
	echo "1..$1"
}

# check NAME COMMAND…: the case is that the command succeeds
check()
{
	tap_name=$1
	shift
	tap_count=$((tap_count + 1))
	if "$@"; then
		echo "ok $tap_count $tap_name"
	else
		echo "not ok $tap_count $tap_name"
		tap_failed=$((tap_failed + 1))
	fi
}

# skip NAME REASON
skip()
{
	tap_count=$((tap_count + 1)) tap_skipped=$((tap_skipped + 1))
	echo "ok $tap_count $1 # SKIP $2"
}

say() { echo "# $*"; }

# All that was planned has run, and nothing failed: only that is a success.
finish()
{
	echo "# Totals: pass:$((tap_count - tap_failed - tap_skipped))" \
		"fail:$tap_failed xfail:0 xpass:0 skip:$tap_skipped error:0"
	if [ "$tap_count" != "$tap_planned" ]; then
		say "$tap_planned cases planned, $tap_count have run"
		exit 1
	fi
	[ "$tap_failed" = 0 ] || exit 1
	[ "$tap_skipped" != "$tap_planned" ] || exit 4
	exit 0
}

# ---- the lab ---------------------------------------------------------------

# prints the module file, as the programs look for it
find_module()
{
	for file in "${MMLAB_KO:-/mmlab.ko}" /lib/modules/mmlab.ko; do
		[ -r "$file" ] || continue
		echo "$file"
		return 0
	done
	say "no mmlab.ko: set MMLAB_KO to its path" >&2
	return 1
}

is_loaded() { [ -d /sys/module/mmlab ]; }

# The driver that lives on the lab goes first.
unload()
{
	[ ! -d /sys/module/mmlab_mapdrv ] || rmmod mmlab_mapdrv || return
	! is_loaded || rmmod mmlab
}
check_ok() { [ "$(tail -n 1 /proc/mmlab/check)" = ok ]; }
taint_now() { cat /proc/sys/kernel/tainted; }

# the host's free memory, with the pages that its CPUs have at hand
host_free_kb()
{
	awk '/^MemFree:/ { kb += $2 } $1 == "count:" { kb += $2 * page / 1024 }
		END { print int(kb) }' page="$(getconf PAGESIZE 2>/dev/null || echo 4096)" \
		/proc/meminfo /proc/zoneinfo
}

# The kernel log since a moment: the lines after the marker, without it.
mark_log()
{
	log_marker="mmlab selftest $$.$(cut -d ' ' -f 1 /proc/uptime)"
	echo "<6>$log_marker" > /dev/kmsg
}

# without reports of the kernel's own data races, which are none of ours
log_since_mark()
{
	dmesg | awk -v marker="$log_marker" 'seen && !/BUG: KCSAN: [^[]*$/
		index($0, marker) { seen = 1 }'
}

log_is_clean()
{
	if log_since_mark | grep -E 'BUG|WARNING|Oops|Call Trace|ad page |refcount|KASAN|UBSAN|circular|lockup|oom-killer|Out of memory|corruption|allocation failure|blocked for more'
	then
		return 1
	fi
	dmesg | grep -q "$log_marker"
}
