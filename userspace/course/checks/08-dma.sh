# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
own_process
large=0 order=$ORDER
while [ "$order" -le 10 ]; do
	large=$((large + $(free_blocks DMA "$order")))
	order=$((order + 1))
done
expect "free blocks of order %s and up in zone DMA|$ORDER" 0 "$large"
holds "free blocks of order 10 in zone Normal" "%s or more|5" "$(free_blocks Normal 10)" \
	[ "$(free_blocks Normal 10)" -ge 5 ]
