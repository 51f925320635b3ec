#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2016
# The command on the real lab: root, the module not loaded yet, $MMLAB_MODULE the
# module file. Made for a VM's busybox; needs mmlab (or $MMLAB) and hello-lab
# (or $HELLO_LAB). TAP, the counts on the last line.
set -u
MMLAB=${MMLAB:-mmlab}
module=${MMLAB_MODULE:?the module file}
. "$(dirname "$0")/tap.sh"
export MMLAB_MODULE="$module"

# in_session NAME STATUS PATTERN SCRIPT: $MMLAB works in there
in_session()
{
	export MMLAB
	expect "$1" "$2" "$3" -- run -- sh -c "$4"
}

expect "status before" 3 'not loaded' -- status
expect "doctor before" 0 'Nothing is in the way' -- doctor
expect "load mem=3" 1 'mem= is 4 to 896' -- load mem=3
expect "load mem=897" 1 'mem= is 4 to 896' -- load mem=897
expect "load of an unknown parameter" 2 "no parameter 'frob'" -- load frob=1
head -c 1000 "$module" > "$work/short.ko"
expect "load of a truncated file" 1 '' -- load --module "$work/short.ko"
expect "still not loaded" 3 'not loaded' -- status
expect "load mem=16 pcp_high=0" 0 '^loaded' -- load mem=16 pcp_high=0
expect "load twice" 1 'loaded already' -- load
expect "status shows the parameters" 0 'mem=16 .*pcp_high=0' -- status
expect "status adds up to the arena" 0 '\] 16384 kB' -- status
expect "doctor after" 0 'ok .* the lab.s own check says ok' -- doctor
expect "unload" 0 '^unloaded' -- unload
expect "load" 0 '^loaded' -- load

expect "walk in the direct map" 0 'physical address 0x00001234 = frame 1 + 0x234, zone DMA' -- walk 0xc0001234
expect "walk to nothing" 0 'the directory entry is empty' -- walk 0x10000123
expect "walk --touch" 0 'region: user, 0x10000000-0x10001000 rw' -- walk --touch 0x10000123
expect "touch faults once a page" 0 'this program: 16$' -- touch 0x10000000 64K
expect "touch of the last user page" 0 'from 1 page' -- touch 0xbffff000
expect "touch past user space" 1 'passes the end' -- touch 0xbffff000 8K
expect "touch of the kernel's part" 4 'User space ends' -- touch 0xc0000000
expect "touch until the arena is empty" 1 'SIGBUS at 0x.*: the arena has no frame left' -- touch 0x10000000 64M
in_session "the second touch takes no frame" 0 'frames of user memory:   16 before, 16 after' \
	'$MMLAB touch 0x10000000 64K >&2; $MMLAB touch 0x10000000 64K'
in_session "a store is seen by peek" 0 '^10003000: 41 00' \
	'$MMLAB touch 0x10000000 64K --write 0x41; $MMLAB peek 0x10003000 2'
in_session "a store sets the dirty bit" 0 'entry 0 is .*67$' \
	'$MMLAB touch 0x10000000 --write 1; $MMLAB walk 0x10000000'
in_session "a read-only region refuses stores" 4 'permits less' \
	'$MMLAB touch 0x10000000 --read-only; $MMLAB touch 0x10000000 --write 1'
in_session "poke and dd agree" 0 '^hi$' \
	'$MMLAB touch 0x10000000; $MMLAB poke 0x10000010 104 105; dd bs=2 count=1 skip=$((0x10000010 / 2)) <&$MMLAB_FD; echo'
expect "peek where nothing is" 1 'Nothing lives there' -- peek 0x10000000
expect "alloc" 0 ' Normal     3       32$' -- alloc --order 3
expect "alloc in zone DMA" 0 ' DMA       10     4096$' -- alloc --order 10 --zone dma
expect "alloc of too much" 1 'No block of that order is left' -- alloc --order 10 --count 100
in_session "a session frees its block" 0 '^freed 0x.*, order 2' \
	'p=$($MMLAB alloc --order 2 | sed -n "s/^\(0x[0-9a-f]*\).*/\1/p"); $MMLAB free $p/2'
in_session "but not twice" 1 'free already' \
	'p=$($MMLAB alloc | sed -n "s/^\(0x[0-9a-f]*\).*/\1/p"); $MMLAB free $p; $MMLAB free $p'
in_session "nor another's" 1 'another lab process' \
	'p=$($MMLAB alloc | sed -n "s/^\(0x[0-9a-f]*\).*/\1/p"); $MMLAB run -- $MMLAB free $p'

for file in buddyinfo zoneinfo meminfo vmstat maps check extfrag_index unusable_index kpageflags kpagecount; do
	expect "info $file" 0 "/proc/mmlab/$file: " -- info $file
	! grep -q 'does not know' "$work/out"
	result $? "info $file knows every key" "$work/out"
done
in_session "unload in use says by whom" 1 'PID .* 1 descriptor, 0 windows' '$MMLAB unload; exit $?'
in_session "unload in a session says so" 1 'leave the session' '$MMLAB unload; exit $?'
"${HELLO_LAB:-hello-lab}" > "$work/out" 2>&1 && grep -q 'the child reads: hello from the lab' "$work/out"
result $? "the first program works" "$work/out"
expect "drain" 0 'frames left the per-CPU lists' -- drain
expect "check" 0 '^ok$' -- check
expect "nobody is left" 0 '^processes   0 lab processes, 0 windows' -- status
expect "unload at the end" 0 '^unloaded' -- unload
expect "unload again" 3 'not loaded' -- unload
plan
tap_end
