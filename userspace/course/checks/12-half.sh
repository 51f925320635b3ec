# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
own_process
large=$(($(free_blocks DMA 9) + $(free_blocks DMA 10)))
free=$(awk '$4 == "DMA" { for (size = 1; o < 11; o++) { n += $(5 + o) * size; size *= 2 } print n }' /proc/mmlab/buddyinfo)
expect "free blocks of order 9 and 10 in zone DMA" 0 "$large"
holds "free frames in zone DMA" "%s or more|$FRAMES" "$free" [ "$free" -ge "$FRAMES" ]
