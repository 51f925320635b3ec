# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
# the shell's numbers: awk of busybox has no hexadecimal ones beyond 0x7fffffff
second=$((0xc4800000 + (A + 1) * 4096))
[ $D -le $B ] || second=$((second + (B + 1 + C + 1) * 4096))
answer "$(printf '0x%x' $second)"
