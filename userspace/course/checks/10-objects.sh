# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
show=$(mmlab cache create course --size "$SIZE" -- mmlab cache show course 2> /dev/null)
answer "$(echo "$show" | sed -n 's/^object.* bytes, \([0-9]*\) from.*/\1/p')" \
	"$(echo "$show" | sed -n 's/^slab .*, \([0-9]*\) objects\{0,1\},.*/\1/p')"
