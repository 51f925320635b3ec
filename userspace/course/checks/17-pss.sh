# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2153
twins "$PAGES"
store "$child" "$K" 2
# shellcheck disable=SC2046  # two answers
answer $(awk '/^Rss:/ { rss += $2 } /^Pss:/ { pss += $2 } END { print rss, pss }' "/proc/mmlab/$child/smaps")
end_twins
