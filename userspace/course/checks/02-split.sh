# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
walk=$(mmlab walk "$LVA")
part() { echo "$walk" | awk -v name="$1" '$1 == name { print ($2 == "index") ? $3 : $2; exit }'; }
answer "$(part directory)" "$(part table)" "$(part offset)"
