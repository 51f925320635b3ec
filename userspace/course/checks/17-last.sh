# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2153
twins "$PAGES"
before=$(number AnonPages /proc/mmlab/meminfo)
store "$child" "$K" 2
store "$parent" "$L" 2
answer $((($(number AnonPages /proc/mmlab/meminfo) - before) / 4))
end_twins
