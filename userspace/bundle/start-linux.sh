#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Starts the lab in this terminal, in QEMU, with KVM where that works. `exit` ends it;
# Ctrl-A and then X ends QEMU itself.
cd "$(dirname "$0")" || exit 1
qemu=${QEMU:-qemu-system-x86_64}
command -v "$qemu" > /dev/null || {
	echo "QEMU is missing. Debian, Ubuntu: apt install qemu-system-x86; Fedora: dnf install qemu-system-x86-core; Arch: pacman -S qemu-system-x86" >&2
	exit 1
}
# shellcheck disable=SC2046 # two words, or none
set -- ROWS=$(stty size 2> /dev/null | cut -d ' ' -f 1) COLUMNS=$(stty size 2> /dev/null | cut -d ' ' -f 2)
exec "$qemu" -accel "${ACCEL:-kvm}" -accel tcg,thread=multi -smp 2 -m 512 -nodefaults -no-user-config \
	-display none -no-reboot -chardev stdio,id=term,mux=on,signal=off -serial chardev:term \
	-kernel vmlinux -initrd initramfs.gz \
	-append "console=ttyS0 quiet loglevel=3 rdinit=/init panic=-1 no_timer_check $*"
