# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The suites that a lane runs in the VM, on any kernel; sourced by the lanes vm,
# debug and kernel after lane.sh. A lane sets
# shellcheck disable=SC2034,SC2154  # the lanes use them
suite_lane=vm		# first word of the logs' names
suite_options=()	# options of every VM
suite_wrapper=()	# the command that runs each suite's command in the VM
suite_environment=()	# of the kselftest collection and the programs: NAME=VALUE
suite_patience=1	# factor of the VM's time limit
suite_slow=1		# factor of the limits in the VM
SEED=1 OPS=1000000
bundle=$top/build/kselftest/bundle
injected='mmlab: BUG inject-[a-z]+: '	# reports that inject_test asks for
# what tests make of the lab's tables, on purpose
wrong_tables='mmlab: corruption in the (page tables|processes|direct map|vmalloc( region)?|swap|frames): '

# in_vm NAME SECONDS [OPTION…] -- COMMAND…: output to $out, status to $status
in_vm()
{
	local name=$suite_lane-$1 seconds=$(($2 * suite_patience)) options=()

	shift 2
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	out=$logs/$name.ktap status=0
	"$top/scripts/lab-vm" --name "$name" --timeout "$seconds" --patience "$suite_slow" \
		${suite_options[@]+"${suite_options[@]}"} \
		${options[@]+"${options[@]}"} \
		-- ${suite_wrapper[@]+"${suite_wrapper[@]}"} "$@" \
		< /dev/null 2>&1 | tee "$out"
	status=${PIPESTATUS[0]}
}

# judge_ktap NAME: counts the last VM's KTAP, and its exit status. The kernel's
# runner exits 0 whether tests pass or not: its KTAP decides.
judge_ktap()
{
	awk -f "$top/selftests/judges/ktap.awk" "$out" > "$out.tally"
	sed 's/^/# /' "$out.tally"
	judge "$1"
}

# judge_tally NAME: takes the counts from the last line that has some; kmemleak
# may have the last word after it
judge_tally()
{
	grep -E '^(# )?[0-9]+ passed, [0-9]+ failed, ' "$out" | tail -n 1 > "$out.tally"
	judge "$1"
}

judge()
{
	local before=$lane_failed

	add_tally "$1" "$out.tally" || true
	if [ "$status" = 99 ]; then
		fail "$1: memory leaked, see kmemleak's words above"
	elif [ "$status" != 0 ] && [ "$lane_failed" = "$before" ]; then
		fail "$1: the VM gave exit status $status"
	fi
}

# Options for a block device in memory and a file system that knows O_DIRECT. Some
# kernels have parts of that built in.
direct_modules()
{
	local place module

	if [ -n "${LAB_KERNEL-}" ]; then
		place=$("$top/scripts/kernel" --print MODULES "$LAB_KERNEL")
	elif [ -z "${LAB_KDIR-}" ]; then
		place=$("$top/scripts/setup" --print MODULES)
	else
		return 0
	fi
	for module in brd crc32c_generic ext4; do
		[ -z "$(find "$place" -name "$module.ko")" ] || echo --module "$module"
	done
}

# The collection, by the kernel's own runner; twice takes twice as long.
kselftests()
{
	local seconds=450

	[ "${MMLAB_ORDER-}" != twice ] || seconds=$((seconds * 2))
	# shellcheck disable=SC2046	# a list of words
	in_vm kselftest "$seconds" --expect "$injected" \
		--dir "$bundle:/opt/kselftest" \
		--file "$top/selftests/guests/kselftest.sh:/opt/kselftest-guest.sh" \
		$(direct_modules) -- env ${suite_environment[@]+"${suite_environment[@]}"} \
		sh /opt/kselftest-guest.sh
	judge_ktap "kselftest"
}

# Faulty pages and broken page tables: messages about them are expected here, and
# nowhere else. A faulty page makes the module patch its own code. An emulated CPU may
# keep the breakpoint that stands there for a moment, and die of it when it comes by
# later, if another CPU patches; so hostways_test has one CPU.
hostile_programs="tables_test rules_test reports_test hostways_test"

hostile_program()	# PROGRAM
{
	local cpus=2

	[ "$1" != hostways_test ] || cpus=1
	in_vm "$1" 200 --smp "$cpus" --expect 'MCE: Killing' \
		--expect "$wrong_tables" --expect "$injected" \
		--dir "$bundle/mmlab:/opt/mmlab/selftests" \
		-- env ${suite_environment[@]+"${suite_environment[@]}"} \
		"/opt/mmlab/selftests/$1"
	judge_ktap "$1"
}

hostile()
{
	local program

	for program in $hostile_programs; do
		hostile_program "$program"
	done
}

# one program of the collection, without the runner
selftest()	# PROGRAM
{
	case " $hostile_programs " in
	*" $1 "*)
		hostile_program "$1"
		return ;;
	esac
	# shellcheck disable=SC2016  # for the guest's shell
	in_vm "$1" 100 --expect "$injected" \
		--dir "$bundle/mmlab:/opt/mmlab/selftests" \
		-- env ${suite_environment[@]+"${suite_environment[@]}"} \
		sh -c 'cd /opt/mmlab/selftests && exec "./$1"' - "$1"
	judge_ktap "$1"
}

unit_cases()
{
	# shellcheck disable=SC2016  # for the guest's shell
	in_vm unit 120 -- sh -c '
		insmod /lib/modules/mmlab_test.ko "$@"
		status=$?
		dmesg | sed -n "s/^\[[^]]*\] mmlab_test: //p"
		rmmod mmlab_test 2>/dev/null
		exit $status' - "seed=$SEED" "ops=$OPS"
	judge_ktap "unit cases"
}

# the cases of what mmlab.ko offers to other modules; it must be well afterwards
memory_cases()
{
	# shellcheck disable=SC2016  # for the guest's shell
	in_vm memory 120 -- sh -c '
		insmod /lib/modules/mmlab.ko || exit
		insmod /lib/modules/mmlab_mem_test.ko "$@"
		status=$?
		dmesg | sed -n "s/^\[[^]]*\] mmlab_mem_test: //p"
		rmmod mmlab_mem_test 2>/dev/null
		grep -qx ok /proc/mmlab/check || status=1
		rmmod mmlab || status=1
		exit $status' - "seed=$SEED" "ops=$OPS"
	judge_ktap "memory cases"
}

# the programs of userspace/ on the real lab
programs()
{
	in_vm programs 120 --expect 'mmlab: BUG inject-[a-z-]+-[0-9]+: ' \
		--dir "$top/selftests/programs:/opt/mmlab/tests" \
		-- env HELLO_LAB=/opt/mmlab/examples/hello-lab \
		${suite_environment[@]+"${suite_environment[@]}"} \
		sh /opt/mmlab/tests/lab.sh
	judge_tally "programs"
}
