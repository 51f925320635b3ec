# SPDX-License-Identifier: GPL-2.0
# The verbs of mmlab. `make help` lists them; scripts/ does the work.

KDIR ?= /lib/modules/$(shell uname -r)/build

## all: build the module (for the running kernel, or KDIR=) and the programs
all: modules userspace

## modules: build mmlab.ko into build/KERNEL/
modules:
	@scripts/vm/build-module "$(KDIR)"

## userspace: build libmmlab and the program mmlab
userspace:
	@scripts/vm/build-programs

## install: the module, for KDIR=, and the programs into the system (DESTDIR=, PREFIX=)
install:
	@DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" INSTALL_MOD_DIR="$(INSTALL_MOD_DIR)" \
		scripts/packaging/install "$(KDIR)"

## uninstall: take that away again
uninstall:
	@DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" INSTALL_MOD_DIR="$(INSTALL_MOD_DIR)" \
		scripts/packaging/install --remove "$(KDIR)"

## dist: the sources of the last commit as build/mmlab-VERSION.tar.gz, the same bytes each time
version = $(shell scripts/packaging/version)
dist:
	@mkdir -p build && git archive --format=tar --prefix=mmlab-$(version)/ HEAD | \
		gzip -9n > build/mmlab-$(version).tar.gz && echo build/mmlab-$(version).tar.gz

## deb: the Debian packages mmlab-dkms, mmlab and mmlab-doc into build/deb
deb:
	@scripts/packaging/deb

## check-hosts: demo, make, install and dkms on the distributions (root, debootstrap)
check-hosts:
	@scripts/check-hosts

## demo: set up, build, boot a VM, load the module, show it at work
demo:
	@scripts/demo

## shell: the same VM with a prompt, the module loaded
shell:
	@scripts/demo --shell

## lab: build what that VM has anew; its command reload takes it
lab:
	@scripts/demo --lab

## gdb: gdb on a running make shell, with the module's source lines
gdb:
	@scripts/demo --gdb

## trace: the lab's events while COMMAND runs in a VM
COMMAND ?= mmlab touch 0x10000000 64K
trace:
	@scripts/demo --trace $(COMMAND)

## course: exercises that check themselves (COURSE='start 08-merge'; none: the list)
COURSE ?= list
course:
	@scripts/course $(COURSE)

## web: the lab in a browser tab, as a static site in build/web
web:
	@scripts/web/site

## bundle: kernel, files and start scripts for QEMU on Linux, macOS and Windows
bundle:
	@scripts/bundle

## quick: the cases of module/core in userland, in a few seconds
quick:
	@scripts/quick

## check: run every test lane
check:
	@scripts/check

## check-style check-host check-fuzz check-vm check-outside check-red check-scripts: one lane
check-style check-host check-fuzz check-vm check-outside check-red check-scripts:
	@scripts/check $(@:check-%=%)

## check-kasan: the VM's tests on a kernel with KASAN and lockdep (in CI, not in check)
## check-debug: the VM's tests on kernels that look for faults (not in check)
## check-course: the exercises and their grader (not in check)
check-debug check-kasan check-newest check-i386 check-course:
	@scripts/check $(@:check-%=%)

## check-web: make web, and the tests of the site in a browser (not in check)
check-web:
	@scripts/check web

## matrix: the VM's tests on many kernels; writes README's table (not in check)
matrix:
	@scripts/check matrix

## mutants: faults drawn by chance that the tests must notice (SEED=1 COUNT=40)
mutants:
	@SEED="$(SEED)" COUNT="$(COUNT)" scripts/check mutants

## check-ci: check, check-kasan and check-newest
check-ci:
	@scripts/check --ci

## check-all: check, check-debug, fuzz-kernel and matrix
check-all:
	@scripts/check --all

## fuzz: the lane fuzz for longer (FUZZ_SECONDS=600)
FUZZ_SECONDS ?= 600
fuzz:
	@selftests/lanes/fuzz $(FUZZ_SECONDS)

## fuzz-kernel: the lane kcov, the module in a VM under libFuzzer (KFUZZ_SECONDS=300)
KFUZZ_SECONDS ?= 300
fuzz-kernel:
	@selftests/lanes/kcov $(KFUZZ_SECONDS)

## bench: measure the lab beside the host's allocators, into Documentation/performance.md
bench:
	@scripts/bench

## setup: install and download what is missing; the other verbs do it themselves
setup:
	@scripts/setup

## clean: remove everything built (the downloads in the cache stay)
clean:
	@rm -rf build/* build
	@$(MAKE) --no-print-directory -C selftests/host clean

## help: this list
help:
	@sed -n 's/^## \(.*\): \(.*\)/  \1\n\t\2/p' Makefile

.PHONY: web bundle check-web dist deb install uninstall check-hosts all modules userspace demo shell lab gdb trace course quick check bench setup clean help fuzz fuzz-kernel matrix mutants check-all check-ci \
	check-style check-host check-fuzz check-vm check-outside check-red check-scripts \
	check-debug check-kasan check-newest check-i386 check-course
