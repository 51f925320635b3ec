# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
order=0
while [ $((1 << order)) -lt "$PAGES" ]; do
	order=$((order + 1))
done
answer $order $(((1 << order) - PAGES))
