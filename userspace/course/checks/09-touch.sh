# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
pid=$(mmlab proc exec | sed -n 's/.*lab process \([0-9]*\).*/\1/p')
mmlab proc brk --pid "$pid" "+$BYTES" > /dev/null
mmlab poke --pid "$pid" 0x0804a000 1 > /dev/null
page=0
while [ $((page * 4096)) -lt "$N" ]; do
	mmlab poke --pid "$pid" $((0x0804c000 + page * 4096)) 1 > /dev/null
	page=$((page + 1))
done
rss=$(number VmRSS "/proc/mmlab/$pid/status")
mmlab proc kill "$pid" > /dev/null
answer "$rss"
