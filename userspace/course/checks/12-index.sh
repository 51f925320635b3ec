# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
answer $(echo "$BLOCKS" | awk -v order="$ORDER" '{
	for (size = 1; o < NF; o++) {
		frames = $(o + 1) * size
		size *= 2
		all += frames
		if (o < order)
			small += frames
	}
	print small + 0, all ? int(small * 1000 / all) : 1000
}')
