# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
write=''
[ "$KIND" = load ] || write='--write 1'
entry=$(in_lab "mmlab touch 0x10000000 1 $write; mmlab walk 0x10000000" 2> /dev/null |
	sed -n 's/^page table, .* is \(0x[0-9a-f]*\)$/\1/p')
answer $((entry >> 5 & 1)) $((entry >> 6 & 1))
