#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# The vm lane's part in the VM: a file system that knows O_DIRECT, for the tests
# that pin pages by it, the runner's limit for a program, which grows as those of
# the tests do (see selftests/mmlab/harness.h), the order of the programs, and then
# the kernel's own runner. MMLAB_ORDER may be
#   random:SEED  all of them, in an order that follows from SEED
#   twice        each of them twice in a row
#   alone        each of them with a module that is loaded for it
set -e
settings=/opt/kselftest/mmlab/settings
list=/opt/kselftest/kselftest-list.txt
limit=$(sed -n 's/^timeout=//p' $settings)
echo "timeout=$((limit * ${MMLAB_PATIENCE:-1}))" > $settings

shuffled()	# SEED
{
	awk -v seed="$1" 'BEGIN { srand(seed) }
		{ line[NR] = $0 }
		END {
			for (i = NR; i > 0; i--) {
				j = int(rand() * i) + 1
				print line[j]
				line[j] = line[i]
			}
		}' $list
}

# between two programs, as a program of the collection
make_unload()
{
	cat > /opt/kselftest/mmlab/unload.sh <<-'TXT'
	#!/bin/sh
	[ ! -d /sys/module/mmlab_mapdrv ] || rmmod mmlab_mapdrv || exit
	[ ! -d /sys/module/mmlab ] || rmmod mmlab
	TXT
	chmod 755 /opt/kselftest/mmlab/unload.sh
}

case ${MMLAB_ORDER-} in
'')	;;
random:*) shuffled "${MMLAB_ORDER#*:}" > $list.new ;;
twice)	sed p $list > $list.new ;;
alone)	make_unload
	sed 'a mmlab:unload.sh' $list > $list.new ;;
*)	echo "MMLAB_ORDER: random:SEED, twice or alone" >&2
	exit 2 ;;
esac
if [ -e $list.new ]; then
	mv $list.new $list
	echo "# order: $(sed 's/^mmlab://' $list | tr '\n' ' ')"
fi
mke2fs /dev/ram0 8192 > /dev/null
mkdir -p /direct
mount /dev/ram0 /direct
export MMLAB_DIRECT_DIR=/direct
exec sh /opt/kselftest/run_kselftest.sh
