#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Runs *.test of this folder (or those given) and adds them up. A script without a plan,
# or with a plan that is not what it ran, has died on its way: it fails.
# Usage: MMLAB=… FAKE_LAB=… ARTICLE=… run.sh [FILE…]
set -u
here=$(unset CDPATH; cd "$(dirname "$0")" && pwd)
: "${MMLAB:?the program to test}" "${FAKE_LAB:?fake/ as built}"
: "${ARTICLE:?the directory userspace/article as built}"
export MMLAB FAKE_LAB ARTICLE
passed=0 failed=0 skipped=0
out=$(mktemp "${TMPDIR:-/tmp}/mmlab-run.XXXXXX") || exit 1
trap 'rm -f "$out"' EXIT

[ $# -gt 0 ] || set -- "$here"/*.test
for test; do
	echo "# ${test##*/}"
	timeout -k 5 $((120 * ${MMLAB_PATIENCE:-1})) sh "$test" > "$out" 2>&1 < /dev/null
	cat "$out"
	bad=$(grep -c '^not ok ' "$out")
	all=$(grep -c -E '^(not )?ok ' "$out")
	skips=$(grep -c '^ok .* # SKIP ' "$out")
	if [ "$(tail -n 1 "$out")" != "1..$all" ] || [ "$all" -eq 0 ]; then
		echo "not ok - ${test##*/} ended without its plan"
		failed=$((failed + 1))
	fi
	passed=$((passed + all - bad - skips))
	failed=$((failed + bad))
	skipped=$((skipped + skips))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
