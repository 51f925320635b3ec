# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
pid=$(mmlab proc new | sed -n 's/^lab process \([0-9]*\).*/\1/p')
mmlab touch --pid "$pid" 0x20000000 $((PAGES * 4096)) --write 1 > /dev/null
before=$(number AnonPages /proc/mmlab/meminfo)
child=$(mmlab proc fork --pid "$pid" | sed -n 's/^lab process \([0-9]*\).*/\1/p')
store() { mmlab touch --pid "$1" 0x20000000 $(($2 * 4096)) --write 2 > /dev/null; }

store "$child" "$K"
answer $((($(number AnonPages /proc/mmlab/meminfo) - before) / 4))
mmlab proc kill "$child" "$pid" > /dev/null
