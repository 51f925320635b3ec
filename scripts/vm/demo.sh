#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# The demo's part in the VM: loads the module, shows each file, lets programs
# touch lab memory, unloads. Ends at the first step that fails.
set -e
bold='' plain=''
[ -z "$DEMO_COLOUR" ] || { bold=$(printf '\033[1;36m') plain=$(printf '\033[0m'); }

title() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }
show()	{ printf '%s$ %s%s\n' "$bold" "$*" "$plain"; "$@"; }

title "load the module: a machine of 64 MiB inside this kernel"
free_before=$(awk '$1 == "MemFree:" { print $2 }' /proc/meminfo)
show mmlab load
show ls -l /dev/mmlab /proc/mmlab

title "its memory, in the host's own formats"
for file in buddyinfo meminfo vmstat maps extfrag_index unusable_index; do
	show cat /proc/mmlab/$file
done
title "zoneinfo begins with"
head -n 12 /proc/mmlab/zoneinfo
title "kpageflags and kpagecount: 8 bytes for each frame; the first four of each"
show xxd -l 32 /proc/mmlab/kpageflags
show xxd -l 32 /proc/mmlab/kpagecount

title "an open of /dev/mmlab is a process of that machine; a touch is a page fault"
show /opt/mmlab/examples/hello-lab
show mmlab touch 0x10000000 64K --write 0x41
show mmlab walk --touch 0x10000123
show mmlab walk 0xc0000000

title "blocks of pages out of the buddy allocator"
show mmlab alloc --order 3 --count 2 -- cat /proc/mmlab/buddyinfo
show mmlab status

title "more than the machine has: a SIGBUS, not a hang, and no harm to the host"
if show mmlab touch 0x20000000 80M; then
	echo "that should have ended in a SIGBUS"
	exit 1
fi

title "the machine checks itself: every structure, and that no frame is lost"
show cat /proc/mmlab/check
[ "$(tail -n 1 /proc/mmlab/check)" = ok ]

title "unload it: every page goes back to the host"
show mmlab unload
free_after=$(awk '$1 == "MemFree:" { print $2 }' /proc/meminfo)
echo "MemFree of the host: $free_before kB before, $free_after kB after"
[ $((free_before - free_after)) -lt 8192 ]
[ ! -e /proc/mmlab ] && [ ! -e /dev/mmlab ]
