#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# The vm lane's part in the VM: a file system that knows O_DIRECT, for the tests
# that pin pages by it, the runner's limit for a program, which grows as those of
# the tests do (see selftests/mmlab/harness.h), and then the kernel's own runner.
set -e
settings=/opt/kselftest/mmlab/settings
limit=$(sed -n 's/^timeout=//p' $settings)
echo "timeout=$((limit * ${MMLAB_PATIENCE:-1}))" > $settings
mke2fs /dev/ram0 8192 > /dev/null
mkdir -p /direct
mount /dev/ram0 /direct
export MMLAB_DIRECT_DIR=/direct
exec sh /opt/kselftest/run_kselftest.sh
