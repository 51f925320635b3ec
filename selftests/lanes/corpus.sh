# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Inputs of a fuzzer as lines of hex; sourced by the scripts that run one, here and in the VM.

# unpack FILE DIRECTORY: a file of the directory for each line but comments
unpack()
{
	rm -rf "$2"
	mkdir -p "$2"
	grep -v '^#' "$1" | {
		nr=1000
		while read -r line; do
			# shellcheck disable=SC2059  # the bytes are in the format
			printf "$(echo "$line" | sed 's/../\\x&/g')" > "$2/$nr"
			nr=$((nr + 1))
		done
	}
}

in_hex() { od -An -v -tx1 "$1" | tr -d ' \n'; }
