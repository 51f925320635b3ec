# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
pid=$(mmlab proc exec | sed -n 's/.*lab process \([0-9]*\).*/\1/p')
mmlab proc brk --pid "$pid" "+$PLUS" > /dev/null
end=$(mmlab proc brk --pid "$pid" -- "-$MINUS" | sed -n 's/.*ends at \(0x[0-9a-f]*\)$/\1/p')
region=$(awk -v heap="${end#0x}" '{ split($1, end, "-") } end[1] < heap && heap <= end[2] { print "0x" end[2] }' \
	"/proc/mmlab/$pid/maps")
mmlab proc kill "$pid" > /dev/null
answer "$end" "$region"
