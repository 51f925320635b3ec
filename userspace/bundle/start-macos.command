#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Starts the lab in this terminal, in QEMU (emulated on a Mac with an Apple chip). `exit`
# ends it; Ctrl-A and then X ends QEMU itself.
cd "$(dirname "$0")" || exit 1
PATH=$PATH:/opt/homebrew/bin:/usr/local/bin
command -v qemu-system-x86_64 > /dev/null || {
	echo "QEMU is missing: brew install qemu" >&2
	exit 1
}
exec qemu-system-x86_64 -accel hvf -accel tcg,thread=multi -smp 2 -m 512 -nodefaults \
	-no-user-config -display none -no-reboot -chardev stdio,id=term,mux=on,signal=off \
	-serial chardev:term -kernel vmlinux -initrd initramfs.gz \
	-append "console=ttyS0 quiet loglevel=3 rdinit=/init panic=-1 no_timer_check"
