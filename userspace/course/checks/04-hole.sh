# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
answer $(in_lab '
	mmlab proc mmap --at 0x20000000 $((A * 4096)); mmlab proc mmap --at 0x20100000 $((B * 4096))
	mmlab vma find 0x20080000
	mmlab proc munmap 0x20000000 $((A * 4096))
	mmlab vma find 0x20000000' 2> /dev/null | sed -n '/^find_vma/{n;s/-.*//p;}')
