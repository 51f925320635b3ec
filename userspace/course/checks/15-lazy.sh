# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
own_process
found=$(mmlab vm list 2> /dev/null | awk '$1 ~ /^0x/ { print $2 "/" $3 }' | tr '\n' ' ')
case " $found" in
*" $PAGES/$FRAMES "*) yes=yes ;;
*) yes=no ;;
esac
holds "areas, as pages/frames" "%s among them|$PAGES/$FRAMES" "$found" [ $yes = yes ]
