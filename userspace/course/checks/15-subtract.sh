# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
for from in "$A" "$B" "$D"; do
	case $from in
	kmalloc|get_free_page|"a slab cache") verdict="${verdict-} yes" ;;
	*) verdict="${verdict-} no" ;;
	esac
done
answer $verdict
