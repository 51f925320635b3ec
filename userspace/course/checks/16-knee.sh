# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
faults() { mmlab play --random loop --pages "$PAGES" --length $((PAGES * ROUNDS)) --policy lru --frames "$1" --count | sed -n 's/.* \([0-9]*\) faults by.*/\1/p'; }
answer "$(faults $((PAGES - 1)))" "$(faults "$PAGES")"
