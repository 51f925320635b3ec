# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
line=$(mmlab vmalloc "$BYTES" -- cat /proc/mmlab/vmallocinfo 2> /dev/null | grep 'pages=' | tail -n 1)
answer "$(echo "$line" | sed 's/.*pages=\([0-9]*\).*/\1/')" "$(echo "$line" | awk '{ print $2 }')"
