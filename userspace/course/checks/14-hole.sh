# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
own_process
gaps=$(awk '{ split($1, end, "-"); print end[1], end[2] }' /proc/mmlab/vmallocinfo | sort |
	while read -r start end; do
		[ -z "${last-}" ] || echo $(((start - last) / 4096))
		last=$end
	done | tr '\n' ' ')
case " $gaps" in
*" $PAGES "*) found=yes ;;
*) found=no ;;
esac
holds "pages between areas" "%s between two of them|$PAGES" "$gaps" [ $found = yes ]
