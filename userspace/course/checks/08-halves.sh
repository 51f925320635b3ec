# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
# the same split, of a zone that has one free block of each order from 4 to 9, and 3 of order 10
answer $(awk -v order="$ORDER" -v count="$COUNT" 'BEGIN {
	for (o = 4; o < 10; o++) free[o] = 1
	free[10] = 3
	while (count--) {
		for (have = order; !free[have]; have++)
			;
		for (free[have]--; have > order; )
			free[--have]++
	}
	print free[order] + 0, free[order + 1] + 0
}')
