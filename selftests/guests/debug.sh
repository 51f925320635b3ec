#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# The debug lane's part in the VM: runs a command, unloads the module, and then
# asks kmemleak. Exit status: the command's, or 99 if something leaked.
kmemleak=/sys/kernel/debug/kmemleak
MIN_AGE=6	# seconds; kmemleak looks at nothing younger than 5

# It reports faults in the kernel log, where scripts/vm/boot finds them as well.
leaks()
{
	sleep $MIN_AGE
	echo scan > $kmemleak
	echo scan > $kmemleak	# what seemed lost while it moved is found again
	cat $kmemleak > /tmp/leaks
	[ ! -s /tmp/leaks ] || sed 's/^/# /' /tmp/leaks
	[ -s /tmp/leaks ]
}

if [ ! -w $kmemleak ]; then
	echo "debug-guest: error: this kernel has no kmemleak;" \
		"boot the one of scripts/vm/debug-kernel" >&2
	exit 2
fi
# leaks from the kernel's own start are none of the module's
dmesg -n 4
echo scan > $kmemleak
echo clear > $kmemleak
dmesg -n 8

"$@"
status=$?
# once with the module's symbols, and once when its own pointers are gone
! leaks || [ $status != 0 ] || status=99
if [ -d /sys/module/mmlab ]; then
	[ ! -d /sys/module/mmlab_mapdrv ] || rmmod mmlab_mapdrv || status=$?
	rmmod mmlab || status=$?
	! leaks || [ $status != 0 ] || status=99
fi
exit $status
