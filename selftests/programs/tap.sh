# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# How a test script counts; sourced by *.test. TAP on stdout; the plan is
# the last line, so that a script which dies early has none.

tap_count=0 tap_failed=0 tap_skipped=0
work=$(mktemp -d "${TMPDIR:-/tmp}/mmlab-test.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
unset MMLAB_FD MMLAB_DEV MMLAB_PROC MMLAB_ROOT MMLAB_MODULE

# A copy of proc/ as the directory DEST. Files of bytes are kept as text: eight
# octal numbers, a frame, in each line.
copy_proc()	# DEST
{
	cp -r "$(dirname "$0")/proc" "$1"
	for octal in "$1"/*.octal; do
		# shellcheck disable=SC2059  # the bytes are the format
		printf "$(sed 's/ /\\/g' "$octal" | tr -d '\n')" > "${octal%.octal}"
		rm "$octal"
	done
}

result()	# STATUS NAME [FILE…]: the files say why not
{
	tap_count=$((tap_count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_count - $2"
	else
		echo "not ok $tap_count - $2"
		tap_failed=$((tap_failed + 1))
		shift 2
		[ $# -eq 0 ] || sed 's/^/# /' "$@"
	fi
}

skip()	# NAME WHY
{
	tap_count=$((tap_count + 1)) tap_skipped=$((tap_skipped + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

run()	# ARG…: mmlab with output in $work/out and $work/err, status in $status
{
	timeout $((20 * ${MMLAB_PATIENCE:-1})) "$MMLAB" "$@" > "$work/out" 2> "$work/err" < /dev/null
	status=$?
}

# expect NAME STATUS PATTERN -- ARG…: mmlab ends with that status, and out or
# err has a line that matches (an empty PATTERN matches always)
expect()
{
	name=$1 want=$2 pattern=$3
	shift 4
	run "$@"
	if [ "$status" -eq "$want" ] && grep -q -e "$pattern" "$work/out" "$work/err"; then
		result 0 "$name"
	else
		echo "# mmlab $*: status $status, wanted $want and /$pattern/"
		result 1 "$name" "$work/out" "$work/err"
	fi
}

# expect_json NAME STATUS EXPRESSION -- ARG…: the output is JSON d, of which the
# Python expression holds
expect_json()
{
	name=$1 want=$2 expression=$3
	shift 4
	run "$@"
	python3 - "$work/out" "$expression" > "$work/why" 2>&1 <<-'PYTHON'
		import json, sys
		d = json.load(open(sys.argv[1], encoding="utf-8"))
		sys.exit(0 if eval(sys.argv[2]) else "false: " + sys.argv[2])
	PYTHON
	good=$?
	[ "$status" -eq "$want" ] || good=1
	result $good "$name" "$work/why" "$work/out" "$work/err"
}

plan()
{
	echo "1..$tap_count"
}

# For a script that runs alone: the counts, and the verdict as exit status
tap_end()
{
	echo "$((tap_count - tap_failed - tap_skipped)) passed, $tap_failed failed, $tap_skipped skipped"
	[ $tap_failed -eq 0 ]
}
