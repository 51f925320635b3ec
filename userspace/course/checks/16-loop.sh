# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
faults() { mmlab play --policy "$1" --frames "$2" --count $COURSE_ANSWER 2> /dev/null | sed -n 's/.* \([0-9]*\) faults by.*/\1/p'; }
length=$(echo "$COURSE_ANSWER" | wc -w)

lru=$(faults lru 3) mru=$(faults mru 3)
holds "touches" "%s or fewer|$LENGTH" "$length" [ "$length" -le "$LENGTH" ]
holds "faults of LRU and of MRU" "twice as many of LRU" "${lru:--}, ${mru:--}" \
	[ "${lru:-0}" -ge $((2 * ${mru:-99})) ]
