#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# In a VM: judges what a student has done in the lab. /opt/student/jobs has a word, which no
# command of the student gets to see, and then a line for each: ID KIND SEED ROUND ANSWER…; the
# commands of an experiment are in /opt/student/ID.sh. Prints "course", the word and "begin", and
# for each job "course", the word, ID and the verdict as JSON, with tabs between them.
export MMLAB_COURSE_WORK=/tmp/work
mkdir -p $MMLAB_COURSE_WORK
set -f	# an answer is no pattern
read -r word < /opt/student/jobs
sed 1d /opt/student/jobs > /tmp/jobs
rm /opt/student/jobs
# commands that fork without end leave room to end them
echo 1000 > /proc/sys/kernel/threads-max

# The processes that there are, by number
processes()
{
	set +f
	for process in /proc/[0-9]*; do
		echo "${process#/proc/}"
	done
	set -f
}

# Ends what the commands of an experiment have left: what was not there before. It takes no new
# process, and stops all first, since one may make others meanwhile.
end_the_rest()
{
	set +f
	for signal in STOP KILL STOP KILL; do
		for process in /proc/[0-9]*; do
			case $before in
			*" ${process#/proc/} "*) ;;
			*) kill -$signal "${process#/proc/}" ;;
			esac
		done
	done 2> /dev/null
	set -f
}

# a lab that no other exercise has used
new_lab()
{
	end_the_rest
	mmlab proc list | awk '$1 ~ /^[0-9]+$/ { print $1 }' | while read -r pid; do
		mmlab proc kill "$pid"
	done > /dev/null 2>&1
	[ -e /proc/mmlab/check ] || mmlab load > /dev/null
	mmlab reset > /dev/null
}

mmlab load > /dev/null || exit
printf 'course\t%s\tbegin\n' "$word"
while read -r id kind seed round answer; do
	before=" $(processes | tr '\n' ' ')"
	printf 'seed %s\n%s open 0 %s 0\n' "$seed" "$id" "$round" > $MMLAB_COURSE_WORK/progress
	if [ "$kind" = experiment ]; then
		set -- --script "/opt/student/$id.sh"
	else
		# shellcheck disable=SC2086  # words
		set -- -- $answer
	fi
	# into a file: commands that are left can't keep it from its end, as they could a pipe
	timeout -k 5 $((30 * ${MMLAB_PATIENCE:-1})) mmlab course check --json "$id" "$@" \
		< /dev/null > /tmp/verdict 2> /dev/null
	printf 'course\t%s\t%s\t%s\n' "$word" "$id" "$(head -c 65536 /tmp/verdict | tr -d '\n')"
	[ "$kind" != experiment ] || new_lab
done < /tmp/jobs
