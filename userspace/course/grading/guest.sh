#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2016
#
# In the VM: tries modules that a student's function is in. Arguments: SEED OPS CASE…. The first
# line says "course" and "begin", with a tab between them. For each of the steps cases, law and
# leaks there is a line with the fields "course", STEP, and "met", or "unmet", WANTED and FOUND.
# One that is missing is a step that was not met.
seed=$1 ops=$2
shift 2

say()	# FIELD…
{
	printf 'course'
	printf '\t%s' "$@"
	printf '\n'
}

# Each case alone, in mmlab_test.ko, which has a core of its own.
cases()
{
	for name; do
		if ! insmod /lib/modules/mmlab_test.ko "only=$name" "seed=$seed" "ops=$ops"; then
			why=$(dmesg | sed -n 's/^.*mmlab_test: # \(.*: want .*\)/\1/p' | tail -n 1)
			say cases unmet "$name" "${why:--}"
			return
		fi
		rmmod mmlab_test
	done
	say cases met
}

# What is in use, by kind: frames, and objects of each cache. A cache may keep free slabs, so
# its frames tell nothing.
in_use()
{
	mmlab drain > /dev/null
	grep -E '^(page tables|user|blocks|vmalloc|quarantine|bad): ' /proc/mmlab/check
	awk 'NR > 2 { print $1 " objects: " $2 }' /proc/mmlab/slabinfo
}

# Some of everything that the core does, in lab processes that end.
work()
{
	mmlab run -- sh -c '
		for n in 0 1 2 3 4 5 6 7; do
			mmlab touch $((0x10000000 + n * 0x400000)) 8192 --write 1
		done
		mmlab proc munmap 0x10400000 4096
		mmlab proc munmap 0x10800000 8192
		mmlab proc mmap --fixed --stack --at 0xbfffe000 8192
		mmlab poke 0xbfff0000 1
		mmlab alloc --order 3 --count 4
		mmlab alloc --order 9
		area=$(mmlab vmalloc 64K | grep -o "0x[0-9a-f]*" | head -n 1)
		mmlab vmalloc 16K --lazy
		mmlab vfree "$area"
		mmlab cache create course --size 100
		mmlab cache alloc course --count 200 | grep -o "0x[0-9a-f]*" > /tmp/objects
		mmlab cache free course $(head -n 100 /tmp/objects)
		mmlab cache free course $(tail -n +101 /tmp/objects)
		mmlab cache destroy course'
	parent=$(mmlab proc new | sed -n 's/^lab process \([0-9]*\).*/\1/p')
	mmlab touch --pid "$parent" 0x20000000 65536 --write 1
	child=$(mmlab proc fork --pid "$parent" | sed -n 's/^lab process \([0-9]*\).*/\1/p')
	mmlab touch --pid "$child" 0x20000000 16384 --write 2
	mmlab proc kill "$parent" "$child"
	mmlab swapon --size 1M
	for policy in clock nfu; do
		mmlab run -- sh -c "mmlab proc --limit 2 --policy $policy
			mmlab touch 0x10000000 16K --write 1
			mmlab peek 0x10000000 4"
	done
	mmlab swapoff 0
}

law()
{
	last=$(tail -n 1 /proc/mmlab/check)
	if [ "$last" = ok ]; then
		say law met
	else
		say law unmet ok "$last"
	fi
}

leaks()
{
	kind=$(grep -vxFf /tmp/before /tmp/after | head -n 1 | cut -d : -f 1)
	if [ -z "$kind" ]; then
		say leaks met
	else
		say leaks unmet "$(grep "^$kind:" /tmp/before)" "$(grep "^$kind:" /tmp/after)"
	fi
}

printf 'course\tbegin\n'
# an endless loop ends the VM
echo 1 > /proc/sys/kernel/softlockup_panic
cases "$@"
insmod /lib/modules/mmlab.ko || exit
in_use > /tmp/before
work > /tmp/work 2>&1
in_use > /tmp/after
law
leaks
rmmod mmlab || say leaks unmet "rmmod mmlab" "$(lsmod | grep '^mmlab ')"
