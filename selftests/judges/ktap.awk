#!/usr/bin/awk -f
# SPDX-License-Identifier: GPL-2.0
#
# Counts the cases of a KTAP stream as the kernel's kselftest runner writes it:
# one result per program, and below it, each line after "# ", the results of
# the program's own cases. Counted are the innermost results. Whatever was
# announced by a plan and has no result has failed, and so has a program that isn't
# ok itself though all its cases are. The last line is the tally.

function failure(why)
{
	failed++
	print "# counted as failed: " why
}

# plan and results of the program that is running
function begin_program()
{
	inner_plan = -1
	inner_seen = inner_failed = 0
}

function count(line)
{
	if (line ~ /^not ok/)
		failed++
	else if (line ~ /# SKIP/)
		skipped++
	else
		passed++
}

function end_program(line, name)
{
	name = line
	sub(/^(not )?ok [0-9]* *(- )?/, "", name)
	outer_seen++
	if (inner_plan < 0 && !inner_seen) {
		count(line)
	} else {
		if (inner_plan < 0)
			failure(name ": no plan")
		else if (inner_seen != inner_plan)
			failure(name ": " inner_plan " cases planned, " \
				inner_seen " have a result")
		if (line ~ /^not ok/ && !inner_failed && inner_seen == inner_plan)
			failure(name ": not ok, though no case is")
		if (line ~ /^ok/ && inner_failed)
			print "# " name ": called ok with " inner_failed " failed"
	}
	begin_program()
}

BEGIN { outer_plan = -1; begin_program() }

{ sub(/\r$/, "") }

/^1\.\.[0-9]+/		{ split($1, p, /\.\./); outer_plan = p[2] + 0; next }
/^# 1\.\.[0-9]+/	{ split($2, p, /\.\./); inner_plan = p[2] + 0; next }
/^(not )?ok( |$)/	{ end_program($0); next }
/^# (not )?ok [0-9]/ {
	inner_seen++
	if ($2 == "not")
		inner_failed++
	count(substr($0, 3))
}

END {
	if (inner_seen || inner_plan >= 0)
		failure("the last program has no result")
	if (outer_plan < 0)
		failure("the run has no plan")
	else if (outer_seen != outer_plan)
		failure(outer_plan " programs planned, " outer_seen " have a result")
	if (passed + failed == 0)
		failure("nothing was executed")
	printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
	exit failed > 0
}
