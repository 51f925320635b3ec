# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
found=$(for smaps in /proc/mmlab/[0-9]*/smaps; do
	[ ! -e "$smaps" ] ||
		awk '/^Shared_/ { s += $2 } /^Private_/ { p += $2 } END { print s / 4 "/" p / 4 }' "$smaps"
done | tr '\n' ' ')
case " $found" in
*" $SHARED/$PRIVATE "*) yes=yes ;;
*) yes=no ;;
esac
holds "processes, as shared/private pages" "%s among them|$SHARED/$PRIVATE" "$found" [ $yes = yes ]
