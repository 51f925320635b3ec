# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
answer "$(awk -v a="$A" -v b="$B" -v c="$C" -v d="$D" 'BEGIN {
	start = 3296722944			# 0xc4800000
	second = start + (a + 1) * 4096
	printf "0x%x", d <= b ? second : second + (b + 1 + c + 1) * 4096
}')"
