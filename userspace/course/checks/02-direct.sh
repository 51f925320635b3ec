# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
line=$(mmlab walk "$LVA" | grep '^physical address')
phys=$(echo "$line" | awk '{ print $3 }')
answer "$(echo "$line" | awk '{ print $6 }')" "$phys"
