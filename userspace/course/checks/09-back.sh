# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
best=0 now=0
for status in /proc/mmlab/[0-9]*/status; do
	[ -e "$status" ] || continue
	grep -q '^Name:.*example' "$status" || continue
	now=$(number VmRSS "$status")
	best=$(($(number VmHWM "$status") - 8))
done
expect "kB of VmRSS of the example" 8 "$now"
holds "kB of VmHWM above that" "%s or more|$((PAGES * 4))" "$best" [ "$best" -ge $((PAGES * 4)) ]
