# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The cache of what was downloaded and unpacked; sourced by the scripts that fill
# it, with their name in $script.
cache=${MMLAB_CACHE:-${XDG_CACHE_HOME:-~/.cache}/mmlab}

say()  { printf '%s: %s\n' "${script-}" "$*" >&2; }
die()  { printf '%s: error: %s\n' "${script-}" "$*" >&2; exit 1; }

# make_entry INTO FUNCTION ARGS…: fills a directory of the cache by FUNCTION,
# atomically: an interrupted run leaves nothing that looks complete
make_entry()
{
	local into=$1 tmp=$cache/tmp.$$

	shift
	[ ! -d "$cache/$into" ] || return 0
	rm -rf "$tmp"
	mkdir -p "$tmp"
	("$1" "$tmp" "${@:2}") || { rm -rf "$tmp"; die "could not make $into in the cache"; }
	mv "$tmp" "$cache/$into"
}
