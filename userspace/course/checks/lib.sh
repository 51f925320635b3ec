# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What the checks of the course share; sourced before each of them, by `mmlab course`. The
# exercise's numbers are in variables of their names. Descriptor 3 takes the report, whose lines
# userspace/course/judge.h lists. A check asks the lab, or works the answer out; it has no
# table of answers. WHAT and WANT are said in the student's language, by userspace/po: a value
# in one of them is written %s, and comes after a bar, as in "%s or more|$PAGES".

report() { printf '%s\n' "$*" >&3; }
tab=$(printf '\t')

# expect WHAT WANT GOT: a step of an experiment
expect()
{
	if [ "$2" = "$3" ]; then
		report "met$tab$1$tab$2$tab$3"
	else
		report "unmet$tab$1$tab$2$tab$3"
	fi
}

# holds WHAT WANT GOT CONDITION…: a step whose condition is a command; WANT says it in words
holds()
{
	what=$1 want=$2 got=$3
	shift 3
	if "$@"; then
		report "met$tab$what$tab$want$tab$got"
	else
		report "unmet$tab$what$tab$want$tab$got"
	fi
}

# answer WORD…: what a student should have answered
answer() { report "answer$tab$*"; }

blocked()
{
	report "blocked$tab$*"
	exit 0
}

# number FIELD FILE: of a file with lines "FIELD: N kB", or "FIELD N"
number() { awk -v field="$1" '$1 == field || $1 == field ":" { print $2; exit }' "$2"; }

# free_blocks ZONE ORDER: of buddyinfo
free_blocks()
{
	awk -v zone="$1" -v order="$2" '$4 == zone { print $(5 + order) }' /proc/mmlab/buddyinfo
}

# in_lab TEXT: runs these commands in a lab process of their own
in_lab() { mmlab run -- sh -c "$1"; }

# kept COMMAND…: the number of the lab process that it keeps
kept() { "$@" | sed -n 's/^lab process \([0-9]*\).*/\1/p'; }

# store PID PAGES BYTE: to the first pages of a lab process of twins
store() { mmlab touch --pid "$1" 0x20000000 $(($2 * 4096)) --write "$3" > /dev/null; }

# twins PAGES: a lab process that stored to so many pages, $parent, and its copy, $child
twins()
{
	parent=$(kept mmlab proc new)
	store "$parent" "$1" 1
	child=$(kept mmlab proc fork --pid "$parent")
}

end_twins() { mmlab proc kill "$child" "$parent" > /dev/null; }

# The lab process that an experiment is in: that of `mmlab run`.
own_process()
{
	[ -n "${MMLAB_PID-}" ] ||
		blocked "this one is done inside mmlab run, and checked in there"
}

[ -e /proc/mmlab/check ] || blocked "the module is not loaded: mmlab load (in make shell)"

# Commands of an experiment that are handed in as a file run in a lab process of their own, if
# the check asks for one.
if [ -n "${COURSE_SCRIPT-}" ]; then
	if [ -z "${COURSE_INSIDE-}" ] && grep -qx own_process "$1"; then
		export COURSE_INSIDE=1
		# shellcheck disable=SC2016  # the inner shell's words
		exec mmlab run -- sh -c '. "$0/lib.sh"; . "$1"; report end' "$0" "$1"
	fi
	# they have no way to the report, nor to the words above
	sh "$COURSE_SCRIPT" > /dev/null 3>&-
fi
