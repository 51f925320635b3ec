#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The tracepoints mmlab:* are there, carry the field names of the host's kmem:*
# where the host has such an event, and fire.
here=$(dirname "$0")
# shellcheck source=selftests/mmlab/tap.sh disable=SC1091
. "$here/tap.sh"

tracing=/sys/kernel/tracing

# has_fields EVENT FIELD…
has_fields()
{
	event=$1
	shift
	for field; do
		grep -qE "^[[:space:]]field:.*[ *]$field;" \
			"$tracing/events/mmlab/$event/format" ||
			{ say "mmlab:$event has no field $field"; return 1; }
	done
}

# All fields that both events can have go by the host's names.
like_host()
{
	for field in pfn order gfp_flags; do
		grep -q " $field;" "$tracing/events/kmem/$2/format" || continue
		has_fields "$1" "$field" || return 1
	done
}

counter() { sed -n "s/^$1 //p" /proc/mmlab/vmstat; }

record()
{
	splits=$(counter buddy_split) merges=$(counter buddy_merge)
	echo 0 > "$tracing"/tracing_on
	: > "$tracing"/trace
	echo 1 > "$tracing"/events/mmlab/enable
	echo 1 > "$tracing"/tracing_on
	"$here/lab_tool" exercise
	status=$?
	echo 0 > "$tracing"/tracing_on
	echo 0 > "$tracing"/events/mmlab/enable
	splits=$(($(counter buddy_split) - splits))
	merges=$(($(counter buddy_merge) - merges))
	cat "$tracing"/trace > "$log"
	: > "$tracing"/trace
	return "$status"
}

# fired EVENT REGEX
fired()
{
	grep -qE " $1: .*$2" "$log" ||
		{ say "no $1 that matches '$2'"; return 1; }
}

split_and_merge()
{
	fired buddy_split 'pfn=0x[0-9a-f]+ order=[0-9]+ buddy=0x[0-9a-f]+' &&
	fired buddy_merge 'pfn=0x[0-9a-f]+ order=[0-9]+ buddy=0x[0-9a-f]+'
}

# as_many EVENT NUMBER: the log has so many of them
as_many()
{
	nr=$(grep -c " $1: " "$log")
	[ "$nr" -gt 0 ] && [ "$nr" -eq "$2" ] || { say "$nr $1, counted are $2"; return 1; }
}

as_many_as_counted() { as_many buddy_split "$splits" && as_many buddy_merge "$merges"; }

faults()
{
	fired fault 'address=0x12345000 write=1 pfn=0x[0-9a-f]+ result=0' &&
	fired fault 'address=0x12346000 write=0 .* result=0' &&
	fired fault 'address=0x12345000 write=1 .* result=-[0-9]+'
}

no_host_pointer() { ! grep -qE '0x[0-9a-f]{9,}|ffff[0-9a-f]{12}' "$log"; }

all_fields()
{
	has_fields page_alloc pfn order gfp_flags use owner &&
	has_fields page_free pfn order use &&
	has_fields buddy_split pfn order buddy &&
	has_fields buddy_merge pfn order buddy &&
	has_fields fault owner address write pfn result
}

plan 10
module_file=$(find_module) || exit 1
log=/tmp/mmlab-trace.$$
mkdir -p /tmp
[ -e $tracing/trace ] || mount -t tracefs none $tracing
is_loaded || insmod "$module_file"
mark_log
check "all events have their fields" all_fields
check "page_alloc is named like kmem:mm_page_alloc" like_host page_alloc mm_page_alloc
check "page_free is named like kmem:mm_page_free" like_host page_free mm_page_free
check "an exercise can be recorded" record
check "page_alloc and page_free fire" \
	eval 'fired page_alloc "pfn=0x[0-9a-f]+ order=10" && fired page_free "pfn=0x[0-9a-f]+ order=10"'
check "buddy_split and buddy_merge fire" split_and_merge
check "as many as the counters grow" as_many_as_counted
check "faults are told with their result" faults
check "no host pointer" no_host_pointer
check "check is ok and the kernel log clean" eval 'check_ok && log_is_clean'
rm -f "$log"
finish
