#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# A mutant's part in the VM: runs the tests in the order given, each a name and a
# limit in seconds, and ends at the first that is red; with --all it goes on. Lines
# "mutant: …" tell how it goes.
tests=/opt/mmlab/selftests
out=/tmp/mutant.out
reached=/sys/module/mmlab_reach/parameters/reached
cpu1=/sys/devices/system/cpu/cpu1/online

unit()
{
	insmod "/lib/modules/$1.ko" ops=20000
	status=$?
	dmesg | sed -n "s/^\[[^]]*\] $1: //p"
	rmmod "$1" 2> /dev/null
	return $status
}

memory()
{
	insmod "$MMLAB_KO" || return
	unit mmlab_mem_test || return
	grep -qx ok /proc/mmlab/check
}

# its own words for the first failure
reason()
{
	sed -n 's/^ *not ok [0-9]* *-* *//p' $out | head -n 1 | grep . ||
		grep -iE 'error|failed|FAIL' $out | head -n 1 | grep . ||
		tail -n 1 $out
}

# The host patches code while it moves pages, which an emulated second CPU stands badly.
one_cpu()
{
	echo 0 > $cpu1
	cd $tests && "$@"
	status=$?
	echo 1 > $cpu1
	return $status
}

run()	# TEST
{
	case $1 in
	@unit)		unit mmlab_test ;;
	@memory)	memory ;;
	@programs)	HELLO_LAB=/opt/mmlab/examples/hello-lab sh /opt/mmlab/tests/lab.sh ;;
	hostways_test)	one_cpu "./$1" ;;
	*)		cd $tests && exec "./$1" ;;
	esac
}

# Each test has a module of its own, so that it is red by itself.
unload()
{
	dmesg -c > /dev/null
	[ ! -d /sys/module/mmlab_mapdrv ] || rmmod mmlab_mapdrv
	[ ! -d /sys/module/mmlab ] || rmmod mmlab || {
		echo "mutant: red $name: the module can't be unloaded after it"
		exit 1
	}
}

# which mutants the test reached; the next test begins without a note
reached()
{
	digits=$(cat $reached)
	echo "mutant: reached $name $digits"
	printf %s "$digits" | tr 1 0 > $reached
}

case ${1-} in
--run)	run "$2"
	exit ;;
--all)	all=1
	shift ;;
*)	all='' ;;
esac

insmod /lib/modules/mmlab_reach.ko || exit
mke2fs /dev/ram0 8192 > /dev/null 2>&1 && mkdir -p /direct &&
	mount /dev/ram0 /direct && export MMLAB_DIRECT_DIR=/direct
echo "mutant: begin"
name=nothing
unload
for test; do
	limit=${test#*=} name=${test%=*} start=$(cut -d ' ' -f 1 /proc/uptime)
	echo "mutant: run $name $limit"
	timeout -k 5 "$limit" sh "$0" --run "$name" > $out 2>&1
	status=$?
	echo "mutant: took $name $start $(cut -d ' ' -f 1 /proc/uptime)"
	case $status in
	0|4) ;;
	*)	tail -n 40 $out | sed 's/^/| /' ;;
	esac
	case $status in
	0|4)	;;	# 4 is kselftest's word for skipped
	124|137) echo "mutant: red $name: its time was up"
		[ -n "$all" ] || exit 1 ;;
	*)	echo "mutant: red $name: $(reason)"
		[ -n "$all" ] || exit 1 ;;
	esac
	unload
	reached
done
echo "mutant: green"
