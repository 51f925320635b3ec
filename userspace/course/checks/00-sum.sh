# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2046,SC2153
answer $(in_lab '
	number() { awk -v field="$1:" '\''$1 == field { print $2 }'\'' "$2"; }
	anon=$(number AnonPages /proc/mmlab/meminfo) tables=$(number PageTables /proc/mmlab/meminfo)
	mmlab touch 0x10000000 $((PAGES * 4096)) > /dev/null
	echo $(($(number AnonPages /proc/mmlab/meminfo) - anon)) \
		$(($(number PageTables /proc/mmlab/meminfo) - tables))' 2> /dev/null)
