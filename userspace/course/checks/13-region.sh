# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
end=$((0xc0000000 + MIB * 0x100000))
if [ $((LVA)) -lt $((0xc0000000)) ]; then
	answer user
elif [ $((LVA)) -lt $end ]; then
	answer direct
elif [ $((LVA)) -lt $(((end + 0x800000) / 0x800000 * 0x800000)) ]; then
	answer hole
else
	answer vmalloc
fi
