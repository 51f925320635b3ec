# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
faults() { mmlab play --policy "$1" --frames "$2" --count $COURSE_ANSWER 2> /dev/null | sed -n 's/.* \([0-9]*\) faults by.*/\1/p'; }
length=$(echo "$COURSE_ANSWER" | wc -w)

lru=$(faults lru 3) clock=$(faults clock 3)
holds "touches" "%s or fewer|14" "$length" [ "$length" -le 14 ]
holds "faults of CLOCK and of LRU" "more of CLOCK" "${clock:--}, ${lru:--}" \
	[ "${clock:-0}" -gt "${lru:-0}" ]
