# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
lines=$(claims | grep -F -A 2 -e "$CLAIM")
of() { echo "$lines" | awk -v world="$1" '$1 == world { print $2 }'; }
answer "$(of host)" "$(of lab)"
