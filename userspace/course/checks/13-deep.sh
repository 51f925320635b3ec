# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
own_process
expect "pages of the stack" "$PAGES" $(($(number VmStk "/proc/mmlab/$MMLAB_PID/status") / 4))
expect "frames of user memory" "$FRAMES" $(($(number VmRSS "/proc/mmlab/$MMLAB_PID/status") / 4))
