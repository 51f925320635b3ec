# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
got=$(mmlab kmalloc "$SIZE" 2> /dev/null | awk '/^0x/ { print $2 }')
answer "$got" $((4096 / got))
