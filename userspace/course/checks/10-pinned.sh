# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
own_process
show=$(mmlab cache show "$NAME" 2> /dev/null)
partial=$(echo "$show" | sed -n 's/^slabs  *[0-9]* full, \([0-9]*\) partial.*/\1/p')
others=$(echo "$show" | sed -n 's/^slabs  *\([0-9]*\) full, [0-9]* partial, \([0-9]*\) free.*/\1 + \2/p')
used=$(echo "$show" | awk '/^in use/ { print $3 }')
holds "slabs that are full in part" "%s or more|$SLABS" "${partial:-0}" [ "${partial:-0}" -ge "$SLABS" ]
expect "slabs that are full or free" 0 $((${others:-99}))
holds "objects in use" "%s or fewer|$MOST" "${used:--}" [ "${used:-99999}" -le "$MOST" ]
