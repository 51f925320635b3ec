# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
answer $(in_lab '
	mmlab proc mmap --fixed --stack --at 0xbfffe000 8192
	mmlab poke $((0xc0000000 - DOWN)) 1
	grep -E "VmStk|VmRSS" "/proc/mmlab/$MMLAB_PID/status"' 2> /dev/null |
	awk '/VmStk/ { stack = $2 / 4 } /VmRSS/ { rss = $2 / 4 } END { print stack, rss }')
