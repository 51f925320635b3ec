# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
own_process
rss=$(($(number VmRSS "/proc/mmlab/$MMLAB_PID/status") / 4))
pte=$(($(number VmPTE "/proc/mmlab/$MMLAB_PID/status") / 4))
expect "page tables, and frames of user memory" "$rss" "$pte"
holds "page tables" "%s or more|$TABLES" "$pte" [ "$pte" -ge "$TABLES" ]
