# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
own_process
expect "pages of VmRSS" "$PAGES" $(($(number VmRSS "/proc/mmlab/$MMLAB_PID/status") / 4))
expect "page tables" "$TABLES" $(($(number VmPTE "/proc/mmlab/$MMLAB_PID/status") / 4))
