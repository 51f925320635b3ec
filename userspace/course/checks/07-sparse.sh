# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
answer $(in_lab '
	i=0
	while [ $i -lt $N ]; do
		mmlab touch $((0x10000000 + i * STEP)) 1 > /dev/null
		i=$((i + 1))
	done
	grep VmPTE "/proc/mmlab/$MMLAB_PID/status"' 2> /dev/null | awk '/VmPTE/ { print $2 / 4 }')
