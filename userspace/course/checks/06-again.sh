# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
answer $(in_lab '
	last=$((0x20000000 + (PAGES - 1) * 4096))
	mmlab touch 0x20000000 $((PAGES * 4096)) --write $BYTE
	mmlab proc munmap $((0x20000000 + (PAGES - GONE) * 4096)) $((GONE * 4096))
	mmlab proc mmap --at $((0x20000000 + (PAGES - GONE) * 4096)) $((GONE * 4096))
	mmlab touch $last 1
	mmlab peek $last 1
	grep VmRSS "/proc/mmlab/$MMLAB_PID/status"' 2> /dev/null |
	awk '/^20[0-9a-f]*:/ { print "0x" $2 } /VmRSS/ { print $2 / 4 }')
