# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
answer "$(in_lab 'mmlab proc mmap --at 0x20000000 $((PAGES * 4096)) &&
	mmlab proc mprotect $((0x20000000 + K * 4096)) 4096 r &&
	mmlab proc munmap $((0x20000000 + M * 4096)) 4096 &&
	mmlab vma list' 2> /dev/null | sed -n 's/^\([0-9]*\) region.*/\1/p')"
