#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2086,SC2016
#
# The lane course's part in the VM: the course is done from its texts, with each seed given.
# A wrong answer and an untouched machine get nothing; the right answer, which is what the
# lab says, and the commands of a solution get all points. KTAP.
work=/tmp/course nr=0 failed=0
export MMLAB_COURSE_WORK=$work/student

result()	# STATUS NAME
{
	nr=$((nr + 1))
	if [ "$1" = 0 ]; then
		echo "ok $nr - $2"
	else
		echo "not ok $nr - $2"
		sed 's/^/# /' $work/out
		failed=1
	fi
}

course() { timeout $((100 * MMLAB_PATIENCE)) mmlab course --seed "$seed" "$@" > $work/out 2>&1; }

# what was wanted, from the verdict on a wrong answer
wanted() { sed -n 's/^             wanted: //p' $work/out; }

predict()	# ID
{
	course check "$1" none none none
	[ $? = 1 ] && grep -q ', 0 of ' $work/out
	result $? "$1, seed $seed: a wrong answer"
	truth=$(wanted | grep -vx -e -)
	[ -n "$truth" ] || truth=unknown
	course reset "$1"
	example=$(mmlab course --seed "$seed" solution "$1" | sed -n 's/^An example: `\(.*\)`.*/\1/p')
	# shellcheck disable=SC2086  # words
	course check "$1" ${example:-$truth}
	result $? "$1, seed $seed: the right answer"
	course reset "$1"
}

experiment()	# ID
{
	mmlab run -- mmlab course --seed "$seed" check "$1" > $work/out 2>&1
	[ $? = 1 ] && grep -q ', 0 of ' $work/out
	result $? "$1, seed $seed: nothing was done"
	mmlab course --seed "$seed" solution "$1" | sed -n '/^```sh$/,/^```$/{/^```/d;p}' > $work/script
	course check "$1" --script $work/script
	result $? "$1, seed $seed: the solution"
	if grep -qx own_process "/usr/share/mmlab/course/checks/$1.sh"; then
		# as a student does it, who types the commands in there
		course reset "$1"
		timeout $((100 * MMLAB_PATIENCE)) mmlab run -- sh -c '. "$0"; mmlab course check "$1"' \
			$work/script "$1" > $work/out 2>&1
		result $? "$1, seed $seed: the solution in mmlab run"
	fi
	mmlab proc list | awk '$1 ~ /^[0-9]+$/ { print $1 }' | while read -r pid; do
		mmlab proc kill "$pid" > /dev/null 2>&1
	done
	course reset "$1"
}

mkdir -p $work
mmlab load || exit 1
echo "KTAP version 1"
for seed; do
	mmlab course list | grep -e "${COURSE_ONLY:-.}" | awk '$2 == "predict" || $2 == "experiment" { print $1, $2 }' > $work/list
	while read -r id kind; do
		$kind "$id"
	done < $work/list
done
echo "1..$nr"
exit $failed
