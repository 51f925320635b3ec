# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# How a test lane counts; sourced by selftests/lanes/*. Each case prints a line
# "ok - NAME", "not ok - NAME" or "ok - NAME # SKIP WHY", and the lane's last
# line is "N passed, N failed, N skipped", written by lane_end only: a lane
# that dies on its way has no verdict, and scripts/check takes that as failure.
# shellcheck disable=SC2034  # the lanes use them
# shellcheck source=scripts/machine/prologue.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/machine/prologue.sh"
# shellcheck source=scripts/machine/load.sh
. "$top/scripts/machine/load.sh"
# the factor of the time limits of what runs here; the VM has its own (scripts/vm/boot)
MMLAB_PATIENCE=$(patience)
export MMLAB_PATIENCE
logs=$top/build/log
lane_passed=0 lane_failed=0 lane_skipped=0
mkdir -p "$logs"

pass() { echo "ok - $1"; lane_passed=$((lane_passed + 1)); }
skip() { echo "ok - $1 # SKIP $2"; lane_skipped=$((lane_skipped + 1)); }

# fail NAME [FILE]: FILE says why
fail()
{
	echo "not ok - $1"
	[ -z "${2-}" ] || tail -n 40 "$2" | sed 's/^/# /'
	lane_failed=$((lane_failed + 1))
}

# run NAME COMMAND…: one case, which is the command's exit status
run()
{
	local name=$1 out

	shift
	out=$(mktemp "${TMPDIR:-/tmp}/mmlab-lane.XXXXXX")
	if "$@" > "$out" 2>&1 < /dev/null; then
		pass "$name"
	else
		fail "$name" "$out"
	fi
	rm -f "$out"
}

# add_tally NAME FILE: takes over the counts of FILE's last line
add_tally()
{
	local line words

	line=$(tail -n 1 "$2")
	if [[ $line =~ ^(#\ )?([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
		words=("${BASH_REMATCH[@]}")
		lane_passed=$((lane_passed + words[2]))
		lane_failed=$((lane_failed + words[3]))
		lane_skipped=$((lane_skipped + words[4]))
		[ "${words[3]}" = 0 ]
	else
		fail "$1: it ended without a verdict" <(tail -n 20 "$2")
		return 1
	fi
}

lane_end()
{
	echo "$lane_passed passed, $lane_failed failed, $lane_skipped skipped"
	[ $lane_failed = 0 ] && [ $((lane_passed + lane_failed)) -gt 0 ]
	exit
}
