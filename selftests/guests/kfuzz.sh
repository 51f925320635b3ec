#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# The lane kcov's part in the VM: kfuzz on the inputs in /opt/kfuzz/seeds, then on
# and on from there and from those in /opt/kfuzz/corpus. If it does not survive one,
# that is looked for among the last: one that fails by itself, or else all of them.
#   usage: kfuzz.sh replay | fuzz SECONDS SEED
# shellcheck source=selftests/lanes/corpus.sh
. /opt/kfuzz/corpus.sh

place=/opt/kfuzz
recent=/tmp/kfuzz-recent

kfuzz() { $with "$place/kfuzz" -rss_limit_mb=0 -timeout=60 "$@" 2>&1; }
with=''

# these inputs again, with all checks after each of them
again()	# FILE…
{
	with='env KFUZZ_EVERY=1 KFUZZ_SHOW=1'
	kfuzz "$@" > /tmp/out && return
	grep -A 3 'kfuzz: wrong' /tmp/out
	return 1
}

# after a failure: how to see it again
blame()
{
	cp "$recent" /tmp/blamed
	sed 's/^/kfuzz: recent: /' /tmp/blamed
	unpack /tmp/blamed /tmp/blamed.d
	again /tmp/blamed.d/* && { echo "kfuzz: it does not fail again"; return; }
	tail -n 1 "$recent" > /tmp/blamed
	unpack /tmp/blamed /tmp/blamed.d
	again /tmp/blamed.d/* || echo "kfuzz: fails: $(cat /tmp/blamed)"
}

mkdir -p /tmp/kfuzz-corpus "$place/corpus" "$place/seeds"
: > /tmp/kfuzz-reached
insmod "$MMLAB_KO" mem=4 || exit
insmod "${MMLAB_KO%/*}/mmlab_mapdrv.ko" || exit
case $1 in
replay)
	again "$place"/seeds/*
	status=$?
	cat /tmp/out
	exit $status ;;
fuzz)
	echo "kfuzz: seeds"
	with='env KFUZZ_EVERY=1'
	kfuzz -runs=0 "$place/seeds" || { blame; exit 1; }
	with=''
	echo "kfuzz: run"
	# all are kept, and taken in turn, if the code that they reach is not known
	kfuzz ${KFUZZ_BLIND:+-keep_seed=1 -entropic=0} -max_len=512 \
		-len_control=0 -max_total_time="$2" -seed="$3" \
		-print_final_stats=1 /tmp/kfuzz-corpus "$place/corpus" \
		"$place/seeds" || { blame; exit 1; } ;;
esac
