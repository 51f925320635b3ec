# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# How busy this machine is; sourced where a time limit is set. Limits are for hangs: they
# are made for an idle machine, and grow on one that has more to do than CPUs.
loadavg=/proc/loadavg

# Percent of the time that a program takes on the idle machine
slowness()
{
	local load cpus

	cpus=$(nproc)
	read -r load _ < "$loadavg"
	load=$((10#${load/./}))
	echo $((load <= 100 * cpus ? 100 : load / cpus))
}

# the same as a whole factor of seconds
patience() { echo $((($(slowness) + 99) / 100)); }
