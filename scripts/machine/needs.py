# SPDX-License-Identifier: GPL-2.0
"""What each verb needs of the host, and which package brings it."""
from collections import namedtuple

# verb: who needs it. look_for: commands, or globs of absolute paths; one is enough.
# packages: by family of distributions, the preferred name first.
Need = namedtuple('Need', 'verb look_for packages')

FAMILIES = {'debian': 'debian', 'ubuntu': 'debian', 'fedora': 'fedora', 'rhel': 'fedora',
            'centos': 'fedora', 'arch': 'arch', 'suse': 'opensuse', 'opensuse': 'opensuse',
            'opensuse-tumbleweed': 'opensuse', 'opensuse-leap': 'opensuse',
            'alpine': 'alpine'}

# what no package of a family mends
NOT_THERE = {
    'opensuse': 'openSUSE has no apt of its own, and Debian\'s kernel comes by apt.',
    'alpine': 'Its C library can\'t run the tools in Debian\'s kernel headers.',
}

# Verb, what is looked for, and the names of Debian and Ubuntu, Fedora, Arch Linux,
# openSUSE, Alpine. "-": not known, or part of the base system. Lanes need what the
# demo needs, and more.
TABLE = '''
demo	gcc	gcc	gcc	gcc	gcc	gcc
demo	make	make	make	make	make	make
demo	/usr/include/stdio.h	libc6-dev	glibc-devel	glibc	glibc-devel	musl-dev
demo	/usr/include/libkmod.h|/usr/include/*/libkmod.h	libkmod-dev	kmod-devel	kmod	libkmod-devel	kmod-dev
demo	/usr/include/curses.h	libncurses-dev	ncurses-devel	ncurses	ncurses-devel	ncurses-dev
demo	/usr/include/cjson/cJSON.h	libcjson-dev	cjson-devel	cjson	libcjson-devel	cjson-dev
demo	/usr/lib/*/libelf.so.1|/usr/lib64/libelf.so.1|/usr/lib/libelf.so.1	libelf1t64|libelf1	elfutils-libelf	libelf	libelf1	libelf
demo	qemu-system-x86_64	qemu-system-x86	qemu-system-x86-core	qemu-system-x86	qemu-x86	qemu-system-x86_64
demo	rsync	rsync	rsync	rsync	rsync	rsync
demo	cpio	cpio	cpio	cpio	cpio	cpio
demo	tar	tar	tar	tar	tar	tar
demo	timeout	coreutils	coreutils	coreutils	coreutils	coreutils
demo	flock	util-linux	util-linux	util-linux	util-linux	flock
demo	apt-get	apt	apt	apt	-	apt
demo	dpkg-deb	dpkg	dpkg	dpkg	dpkg	dpkg
demo	/usr/share/keyrings/debian-archive-keyring.*	debian-archive-keyring	debian-keyring	debian-archive-keyring	-	debian-archive-keyring
check	g++	g++
check	clang	clang
check	/usr/lib/llvm-*/lib/clang/*/lib/*/libclang_rt.fuzzer*.a	libclang-rt-dev|libclang-common-14-dev
check	slabtop	procps
check	stress-ng	stress-ng
check	kmod	kmod
check	perl	perl
check	xz	xz-utils
check	zstd	zstd
check	bc	bc
check	sparse	sparse
check	/usr/lib/python3/dist-packages/pyte/__init__.py	python3-pyte
check	mandoc	mandoc
check	lowdown	lowdown
check	zsh	zsh
check	fish	fish
check	shellcheck	shellcheck
check	flex	flex
check	bison	bison
check	/usr/include/libelf.h	libelf-dev
i386	i686-linux-gnu-gcc-12|i686-linux-gnu-gcc	gcc-12-i686-linux-gnu|gcc-i686-linux-gnu
i386	/usr/i686-linux-gnu/include/stdio.h	libc6-dev-i386-cross
bundle	zip	zip
web	/usr/share/seabios/bios.bin	seabios
web	node	nodejs
web	npm	npm
web	zstd	zstd
check-web	chromium	chromium
check-web	/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc	fonts-noto-cjk
aarch64	aarch64-linux-gnu-gcc-12|aarch64-linux-gnu-gcc	gcc-12-aarch64-linux-gnu|gcc-aarch64-linux-gnu
aarch64	/usr/aarch64-linux-gnu/include/stdio.h	libc6-dev-arm64-cross
aarch64	qemu-system-aarch64	qemu-system-arm
riscv64	riscv64-linux-gnu-gcc-12|riscv64-linux-gnu-gcc	gcc-12-riscv64-linux-gnu|gcc-riscv64-linux-gnu
riscv64	/usr/riscv64-linux-gnu/include/stdio.h	libc6-dev-riscv64-cross
riscv64	qemu-system-riscv64	qemu-system-misc|qemu-system-riscv
riscv64	/usr/share/qemu/opensbi-riscv64-generic-fw_dynamic.bin	opensbi
'''


def _read(line):
    verb, look_for, *names = line.split('\t')
    return Need(verb, look_for.split('|'), {
        family: name.split('|')
        for family, name in zip(('debian', 'fedora', 'arch', 'opensuse', 'alpine'), names)
        if name != '-'})


NEEDS = [_read(line) for line in TABLE.strip().splitlines()]
MACHINES = ('i386', 'aarch64', 'riscv64')
