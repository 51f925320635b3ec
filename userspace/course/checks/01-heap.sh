# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
heap=$(cat /proc/mmlab/[0-9]*/maps 2> /dev/null | awk '/\[heap\]/ { print $1 }' | tail -n 1)
pages=0
[ -z "$heap" ] || pages=$(((0x${heap#*-} - 0x${heap%-*}) / 4096))
expect "pages of a region [heap]" "$PAGES" "$pages"
