# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
frames=$(for pid in $(mmlab proc list | awk '$1 ~ /^[0-9]+$/ { print $1 }'); do
	mmlab page find --pid "$pid" "$LVA" 2> /dev/null | sed -n 's/.* is frame \([0-9]*\),.*/\1/p'
done | sort -u | wc -l)
holds "frames that are at %s in some process|$LVA" "%s or more|2" "$frames" [ "$frames" -ge 2 ]
