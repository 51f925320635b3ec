#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# The vm lane's part in the VM: a file system that knows O_DIRECT, for the tests
# that pin pages by it, and then the kernel's own runner.
set -e
mke2fs /dev/ram0 8192 > /dev/null
mkdir -p /direct
mount /dev/ram0 /direct
export MMLAB_DIRECT_DIR=/direct
exec sh /opt/kselftest/run_kselftest.sh
