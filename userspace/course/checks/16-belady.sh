# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
faults() { mmlab play --policy "$1" --frames "$2" --count $COURSE_ANSWER 2> /dev/null | sed -n 's/.* \([0-9]*\) faults by.*/\1/p'; }
length=$(echo "$COURSE_ANSWER" | wc -w)

three=$(faults fifo 3) four=$(faults fifo 4)
expect "the first page" "$FIRST" "${COURSE_ANSWER%% *}"
holds "touches" "%s or fewer|12" "$length" [ "$length" -le 12 ]
holds "faults with 3 and with 4 frames" "more with 4" "${three:--}, ${four:--}" \
	[ "${four:-0}" -gt "${three:-0}" ]
