# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
own_process
awk '{ split($1, end, "-"); print end[1], end[2] }' "/proc/mmlab/$MMLAB_PID/maps" > "/tmp/regions.$$"
n=$(wc -l < "/tmp/regions.$$")
holes=$(awk 'NR > 1 && $1 != last { n++ } { last = $2 } END { print n + 0 }' "/tmp/regions.$$")
outside=$(grep -vc '^3000' "/tmp/regions.$$")
rm -f "/tmp/regions.$$"
expect "regions" "$N" "$n"
expect "holes between them" 0 "$holes"
expect "regions elsewhere" 0 "$outside"
