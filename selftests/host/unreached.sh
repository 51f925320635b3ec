#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: unreached.sh OBJDIR
#
# After the coverage run: each line of the core that no case reached, and each
# outcome of a condition that no case had, must stand with its reason in the file
# "unreached" beside this script, and code listed there must be unreached.
set -uo pipefail

# shellcheck source=scripts/machine/prologue.sh
. "$(dirname "$0")/../../scripts/machine/prologue.sh"
here=$(cd "$(dirname "$0")" && pwd)
table=$here/unreached
objects=$(cd "$1/coverage/module/core" && pwd) || exit 2
work=$(mktemp -d "${TMPDIR:-/tmp}/mmlab-unreached.XXXXXX")
trap 'rm -rf "$work"' EXIT

# "FILE | TEXT" of what gcov says was not reached
found()
{
	(cd "$work" && gcov -b -o "$objects" "$objects"/*.gcda > /dev/null 2>&1)
	for file in "$work"/*.gcov; do
		grep -q "0:Source:.*/module/core/" "$file" || continue
		awk -v file="$(basename "$file" .gcov)" '
		function say() {
			sub(/^[^:]*:[^:]*:[ \t]*/, "", text)
			gsub(/\|/, "\\|", text)
			print file " | " text
		}
		/^ *[-0-9#=*]+: *[0-9]+:/ { text = source = $0 }
		/^ *(#####|=====)\*?:/ { say() }
		/^branch +[0-9]+ (never executed|taken 0%)/ { text = source; say() }
		' "$file"
	done | sort -u
}

explained() { grep -v '^#' "$table" | awk -F ' [|] ' 'NF == 3 && $3 { print $1 " | " $2 }' | sort; }

passed=0 failed=0
found > "$work/found"
explained > "$work/explained"
while IFS= read -r line; do
	echo "ok - not reached, and it is known why: $line"
	passed=$((passed + 1))
done < <(comm -12 "$work/found" "$work/explained")
while IFS= read -r line; do
	echo "not ok - not reached by any case (write one, or say why not in" \
		"selftests/host/unreached): $line"
	failed=$((failed + 1))
done < <(comm -23 "$work/found" "$work/explained")
while IFS= read -r line; do
	echo "not ok - reached, or gone, and still in selftests/host/unreached: $line"
	failed=$((failed + 1))
done < <(comm -13 "$work/found" "$work/explained")
if [ "$(find "$work" -name '*.gcov' | wc -l)" -lt 7 ]; then
	echo "not ok - gcov says nothing about the core"
	failed=$((failed + 1))
fi
echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ] && [ $passed -gt 0 ]
