#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# The VM's part of `make trace`: loads the module, runs the command, and prints what it
# says and each event of the lab that it caused.
tracing=/sys/kernel/tracing
mmlab load > /dev/null || exit
echo > $tracing/trace
echo 1 > $tracing/events/mmlab/enable || exit
"$@"
status=$?
echo 0 > $tracing/events/mmlab/enable
echo
grep -v '^#' $tracing/trace
exit $status
