# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
answer $(in_lab '
	mmlab proc mmap --at 0x20000000 1M
	i=0
	while [ $i -lt $COUNT ]; do
		mmlab poke $((0x20000000 + i * STRIDE)) 1
		i=$((i + 1))
	done > /dev/null
	grep VmRSS "/proc/mmlab/$MMLAB_PID/status"' 2> /dev/null | awk '/VmRSS/ { print $2 / 4 }')
