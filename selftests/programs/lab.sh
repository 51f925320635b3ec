#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2016
# The command on the real lab: root, the module not loaded yet, $MMLAB_MODULE the
# module file. Made for a VM's busybox; needs mmlab (or $MMLAB) and hello-lab
# (or $HELLO_LAB). TAP, the counts on the last line. Injects corruption: expected in
# the kernel log are messages like "mmlab: BUG inject-overflow-7: …".
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

bench_leaves_nothing()	# NAME
{
	grep -qx 'Blocks: *0 kB' /proc/mmlab/meminfo && ! grep -q '^mmlab_bench ' /proc/mmlab/slabinfo &&
		[ "$(sed 's/ .*//' /proc/mmlab/vmallocinfo | wc -l)" -eq 0 ] && [ ! -e /proc/mmlab_bench ] &&
		[ "$(wc -l < /proc/mmlab/swaps)" -eq 1 ] && [ "$(cat /sys/module/mmlab/parameters/zero_page)" = 0 ] &&
		tail -n 1 /proc/mmlab/check | grep -qx ok
	result $? "$1" /proc/mmlab/meminfo /proc/mmlab/check
}

# fewer of them, if a slow kernel's lane says so
bench_rows=${BENCH_ROWS-page-repeat/0 page-repeat/9 page-ordered page-random page-bulk cache-repeat
	cache-batch cache-bulk kmalloc-repeat/256 kmalloc-repeat/16K empty}
bench_slow_rows=${BENCH_SLOW_ROWS-vmalloc-repeat/4K vzalloc-repeat/64K vmalloc-area/64K
	vmalloc-busy/10 touch-anon/64K touch-memfd/64K touch-read/64K touch-zero/64K fork-tables/64K
	fork-windows/64K cow-break/64K swap-pair/256K read-buddyinfo read-slabinfo read-check ioctl}
# shellcheck disable=SC2086  # words
expect "bench of all quick patterns, by one CPU and by two" 0 '^empty/0  *2 ' -- \
	bench --repetitions 2 --count 300 --threads 1,2 $bench_rows
# shellcheck disable=SC2086  # words
expect "bench of the slow ones" 0 '^ioctl/0  *2 ' -- \
	bench --repetitions 1 --count 5 --threads 1,2 $bench_slow_rows
bench_leaves_nothing "bench leaves nothing behind"
expect "bench with more threads than CPUs" 1 'More threads than CPUs' -- bench --threads 64 page-repeat/0
expect "bench of an order that there is not" 1 'argument out of range' -- bench page-repeat/11
expect "bench of more than there is" 1 'too little memory' -- bench --side lab --count 5000 page-ordered/2
bench_leaves_nothing "nor does one that fails"
insmod "${module%/*}/mmlab_bench.ko"
for bad in '' frob frob=1 pattern=frob 'pattern=page-repeat' 'pattern=page-repeat side=left' \
	'pattern=page-repeat side=lab arg=11' 'pattern=page-repeat side=lab threads=0' \
	'pattern=page-repeat side=lab count=1000001' 'pattern=page-repeat side=lab count=-1' \
	'pattern=page-repeat side=lab repetitions=1001' 'pattern=cache-repeat side=lab arg=0'; do
	! echo "$bad" 2> "$work/err" > /proc/mmlab_bench && grep -q 'Invalid argument' "$work/err"
	result $? "the bench's file refuses '$bad'" "$work/err"
done
"$MMLAB" bench --count 1000000 --repetitions 1000 page-repeat/0 > /dev/null 2> "$work/err" &
until grep -q page-repeat "$work/err"; do sleep 0.1; done
kill -INT $!
wait $!
[ $? -eq 1 ] && grep -q interrupted "$work/err"
result $? "bench can be interrupted" "$work/err"
expect "unload says that the bench is there" 1 'module mmlab_bench uses it' -- unload
rmmod mmlab_bench

expect "walk in the direct map" 0 'physical address 0x00001234 = frame 1 + 0x234, zone DMA' -- walk 0xc0001234
expect "walk to nothing" 0 'the directory entry is empty' -- walk 0x10000123
expect "walk --touch" 0 'region: user, 0x10000000-0x10001000 rw-' -- walk --touch 0x10000123
grep -q '^    host frame 0x.*, in two windows' "$work/out" && grep -q 'map it: 2,' "$work/out" &&
	grep -q 'are the window.s$' "$work/out" && grep -q 'lab and host agree' "$work/out"
result $? "walk and the host agree" "$work/out"
in_session "walk in a vmalloc area agrees" 0 'lab and host agree' \
	'a=$($MMLAB vmalloc 8K --scatter | sed -n "s/^\(0x[0-9a-f]*\).*/\1/p"); $MMLAB walk $((a + 4097))'
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
expect "alloc of too much" 1 'No such block is left' -- alloc --order 10 --count 100
in_session "a session frees its block" 0 '^freed 0x.*, order 2' \
	'p=$($MMLAB alloc --order 2 | sed -n "s/^\(0x[0-9a-f]*\).*/\1/p"); $MMLAB free $p/2'
in_session "but not twice" 1 'free already' \
	'p=$($MMLAB alloc | sed -n "s/^\(0x[0-9a-f]*\).*/\1/p"); $MMLAB free $p; $MMLAB free $p'
in_session "nor another's" 1 'another lab process' \
	'p=$($MMLAB alloc | sed -n "s/^\(0x[0-9a-f]*\).*/\1/p"); $MMLAB run -- $MMLAB free $p'

in_session "cache create, alloc, show" 0 '^in use *40 ' \
	'$MMLAB cache create fish --size 100; $MMLAB cache alloc fish --count 40; $MMLAB cache show fish'
in_session "its slab is drawn" 0 '39 of   39  #\{39\}$' \
	'$MMLAB cache create fish --size 100 --magazine 0; $MMLAB cache alloc fish --count 39; $MMLAB cache show fish'
in_session "an object holds what is poked" 0 '^c.*: 01 02 ' \
	'$MMLAB cache create fish --size 100; a=$($MMLAB cache alloc fish | sed -n "s/^\(0x[0-9a-f]*\).*/\1/p"); $MMLAB poke $a 1 2; $MMLAB peek $a 4'
in_session "cache free and destroy" 0 '^cache fish is gone' \
	'$MMLAB cache create fish --size 100 --flags ZPFU; a=$($MMLAB cache alloc fish --count 50 | sed -n "s/^\(0x[0-9a-f]*\).*/\1/p"); $MMLAB cache free fish $a && $MMLAB cache destroy fish'
in_session "destroy of a cache in use" 1 '3 objects are left, 0 of them' \
	'$MMLAB cache create fish --size 100; $MMLAB cache alloc fish --count 3; $MMLAB cache destroy fish'
in_session "cache shrink" 0 'gave back [1-9][0-9]* frames' \
	'$MMLAB cache create fish --size 4096; a=$($MMLAB cache alloc fish --count 5 | sed -n "s/^\(0x[0-9a-f]*\).*/\1/p"); $MMLAB cache free fish $a; $MMLAB cache shrink fish'
in_session "cache resize" 0 'CPUs. magazines of 7$' \
	'$MMLAB cache create fish --size 100; $MMLAB cache resize fish 7; $MMLAB cache show fish'
in_session "another's cache" 4 'belongs to another lab process' \
	'$MMLAB cache create fish --size 100; $MMLAB run -- $MMLAB cache alloc fish'
in_session "the lab's own cache" 4 'to the lab itself' '$MMLAB cache shrink lab_object'
expect "a cache name twice" 1 'Another cache has that name' -- cache create kmalloc-64 --size 64
expect "kmalloc" 0 '^0xc.* 128  Normal$' -- kmalloc 100
expect "kmalloc --dma" 0 '^0xc0.* 131072  DMA$' -- kmalloc 128K --dma
expect "kmalloc from the buddy allocator" 0 '^0xc.*  262144 ' -- kmalloc 131073
expect "kmalloc holds while a command runs" 0 '^in use *1000 ' -- kmalloc 8 --count 1000 -- "$MMLAB" slab kmalloc-8
in_session "kfree" 0 '^freed 0xc' \
	'$MMLAB kfree $($MMLAB kmalloc 100 | sed -n "s/^\(0x[0-9a-f]*\).*/\1/p")'
in_session "kfree inside an object" 1 'no object of this session begins there' \
	'a=$($MMLAB kmalloc 100 | sed -n "s/^\(0x[0-9a-f]*\).*/\1/p"); $MMLAB kfree $((a + 8))'
expect "slab" 0 ' kmalloc-64$' -- slab
[ "$(grep -c kmalloc- "$work/out")" -eq 34 ]
result $? "slab lists every kmalloc cache" "$work/out"
for act in internal blocks slabs vmalloc; do
	expect "fragmentation $act" 0 '^the story came out as told' -- fragmentation $act
	! grep -q BAD "$work/out"
	result $? "fragmentation $act: every line" "$work/out"
done

expect "vmalloc" 0 '^0xc4800000        12288       3       3 .*  0xc4803000$' -- vmalloc 12K
expect "vmalloc --scatter" 0 ' 75      75         75 ' -- vmalloc 300K --scatter
expect "vmalloc --align" 0 '^0xc5000000 ' -- vmalloc 4K --align 16M
expect "vmalloc of more than there is" 1 'No frames or no hole' -- vmalloc 64M
expect "a lazy area needs no frames" 0 ' 16384       0 ' -- vmalloc 64M --lazy
expect "vm list" 0 '^0xc4800000-0xc4803000       3       3  0xc4803000 [0-9]* *eager user read-only .*mmlab_ioctl_vmalloc' -- vmalloc 12K --user --readonly -- "$MMLAB" vm list
in_session "areas, written, read and freed" 0 '^freed 0xc4800000' \
	'$MMLAB vmalloc 12K; $MMLAB poke 0xc4802fff 7 && $MMLAB peek 0xc4802fff 1 | grep -q ": 07" && $MMLAB vfree 0xc4800000'
in_session "a byte past an area" 1 '0xc4803000 is the guard page after the area 0xc4800000-0xc4803000 (vmalloc, 3 pages) of lab process' \
	'$MMLAB vmalloc 12K; $MMLAB poke 0xc4803000 7'
in_session "a window that runs past it" 1 'SIGBUS at 0xc4803000: 0xc4803000 is the guard page after' \
	'$MMLAB vmalloc 12K; $MMLAB touch 0xc4800000 16K'
in_session "a touch supplies a lazy page" 0 '      10       1  0xc480a000 [0-9]* *lazy ' \
	'$MMLAB vmalloc 40K --lazy; $MMLAB touch 0xc4805000 >&2; $MMLAB vm list'
in_session "vfree inside an area" 1 'is inside of the area' '$MMLAB vmalloc 12K; $MMLAB vfree 0xc4801000'
in_session "vfree of another's" 1 'only its owner' '$MMLAB vmalloc 12K; $MMLAB run -- $MMLAB vfree 0xc4800000'
in_session "a window on another's area" 4 'was not made for other lab processes' \
	'$MMLAB vmalloc 12K; $MMLAB run -- $MMLAB touch 0xc4800000'
in_session "a store in a read-only area" 4 'to which only its owner writes' \
	'$MMLAB vmalloc 12K --user --readonly; $MMLAB touch 0xc4800000 --write 1 && $MMLAB run -- $MMLAB touch 0xc4800000 --write 1'
expect "virt_to_phys in the vmalloc region" 1 'Ask the page tables' -- walk --virt-to-phys 0xc4800000
expect "regions" 0 '^vmalloc        0xc4800000: refused$' -- regions --scatter
grep -q '^vmalloc         1000000  1003520  0xc4800000  vmalloc region  .*     245  no, 245 stretches$' "$work/out"
result $? "regions: vmalloc's frames are scattered" "$work/out"
[ "$(grep -c 'as the walk says$' "$work/out")" -eq 2 ]
result $? "regions: the direct map is a subtraction" "$work/out"
expect "eager-lazy" 0 '^  one by fault, and frame *ok *256 *0 *1 *256 *256 ' -- eager-lazy
[ "$(grep -c '^  all .* ok ' "$work/out")" -eq 2 ] && ! grep -q BAD "$work/out"
result $? "eager-lazy: every line" "$work/out"

for file in buddyinfo zoneinfo meminfo vmstat maps check extfrag_index unusable_index slabinfo vmallocinfo swaps kpageflags kpagecount; do
	expect "info $file" 0 "/proc/mmlab/$file: " -- info $file
	! grep -q 'does not know' "$work/out"
	result $? "info $file knows every key" "$work/out"
done
in_session "unload in use says by whom" 1 'PID .* 1 descriptor, 0 windows' '$MMLAB unload; exit $?'
in_session "unload in a session says so" 1 'leave the session' '$MMLAB unload; exit $?'
"${HELLO_LAB:-hello-lab}" > "$work/out" 2>&1 && grep -q 'the child reads: hello from the lab' "$work/out"
result $? "the first program works" "$work/out"
export XDG_RUNTIME_DIR="$work"
expect "proc exec" 0 '^example in lab process [0-9]*, kept in the background$' -- proc exec
p=$(sed -n 's/^example in lab process \([0-9]*\),.*/\1/p' "$work/out")
cut -c 1-22 "$work/out" | sed 1d > "$work/maps"
cmp -s "$work/maps" - <<-END
	08048000-08049000 r-xp
	08049000-0804a000 rw-p
	bfffe000-c0000000 rwxp
END
result $? "the article's three lines" "$work/maps"
expect "proc list" 0 "^$p *example *3 *16 *8  its keeper" -- proc list
expect "proc brk to the byte" 0 'ended at 0x0804986c, and ends at 0x0804b86d' -- proc brk --pid "$p" +8193
expect "the heap has pages" 0 '^0x0804a000-0x0804c000  rw-p *8  \[heap\]' -- vma list --pid "$p"
expect "brk back" 0 'ends at 0x0804986c' -- proc brk --pid "$p" 0x0804986c
expect "takes the region away" 1 '^0x0804a000 lies in no region' -- vma find --pid "$p" 0x0804a000
expect "poke --pid" 0 '^stored 2 bytes' -- poke --pid "$p" 0x08049758 7 8
expect "peek --pid" 0 '^08049758: 07 08' -- peek --pid "$p" 0x08049758 2
expect "proc fork" 0 "^lab process [0-9]*, a copy of $p, kept by" -- proc fork --pid "$p"
c=$(sed -n 's/^lab process \([0-9]*\),.*/\1/p' "$work/out")
expect "a store to the parent" 0 '^stored 2 bytes' -- poke --pid "$p" 0x08049758 9 9
expect "is not seen in the copy" 0 '^08049758: 07 08' -- peek --pid "$c" 0x08049758 2
expect "the copy ends" 0 'not kept any more' -- proc kill "$c"
expect "a store to the text" 4 'forbids' -- poke --pid "$p" 0x08048388 0
expect "the stack grows when touched" 0 'lab and host agree' -- walk --pid "$p" --touch 0xbfff0000
expect "and its region with it" 0 '^0xbfff0000-0xc0000000  rwxp' -- vma find --pid "$p" 0xbfff0000
expect "proc mmap" 0 '^0x40000000-0x40010000 rw-' -- proc mmap --pid "$p" 64K
expect "proc mprotect splits" 0 '^0x40001000-0x40002000 r--' -- proc mprotect --pid "$p" 0x40001000 4096 r
expect "into three" 0 '^0x40002000-0x40010000  rw-p' -- vma list --pid "$p"
expect "page find before the touch" 1 'no frame yet' -- page find --pid "$p" 0x40000000
in_session "draw shows the process of mmlab run" 0 '^The regions of lab process' '$MMLAB touch 0x10000000 16K --write 1; $MMLAB draw regions --ascii'
own=$(sed -n 's/^lab process \([0-9]*\) (.*/\1/p' "$work/err" "$work/out" | head -n 1)
grep -q "^The regions of lab process $own:" "$work/out"
result $? "not the one with most regions" "$work/out" "$work/err"
expect "swapon" 0 '^area 0: ' -- swapon --size 1M
out='$MMLAB proc --limit 2 --policy fifo; $MMLAB touch 0x10000000 16K --write 1'
in_session "walk to a page that is out" 0 '^    slot 1 of swap area 0  -present' "$out; \$MMLAB walk 0x10000000"
in_session "page find of one" 1 'is out, in slot [0-9]* of swap area 0; a touch' "$out; \$MMLAB page find 0x10000000"
expect "swapoff" 0 '^area 0 is off' -- swapoff 0
expect "proc munmap" 0 'is free, and with it' -- proc munmap --pid "$p" 0x40000000 64K
expect "proc exec of a real program" 0 '^busybox in lab process' -- proc exec --pid "$p" /bin/busybox
expect "its bytes" 0 ': 7f 45 4c 46' -- peek --pid "$p" "0x$(sed -n '2s/-.*//p' "$work/out")" 4
expect "proc kill" 0 'not kept any more' -- proc kill "$p"
# the snapshot's frames are those of check, whatever the state
cat > "$work/states" <<-'END'
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		case $((i % 6)) in
		0) $MMLAB touch $((0x10000000 + i * 0x400000)) $((i * 20000)) ;;
		1) $MMLAB alloc --order $((i % 7)) --count $i ;;
		2) $MMLAB kmalloc $((i * 99)) --count 20 ;;
		3) $MMLAB vmalloc $((i * 9000)) --scatter ;;
		4) $MMLAB drain ;;
		5) $MMLAB touch 0x20000000 $((i * 30000)) --write $i ;;
		esac > /dev/null 2>&1
		$MMLAB snapshot | sed -n 's/^  \([a-z]*\)  *\([0-9]*\)$/\1 \2/p' | sort > $1.seen
		sed -n 's/^per-cpu/percpu/;s/^page tables/pgtable/;s/^blocks/block/;/^arena/d
			s/^\([a-z]*\): *\([1-9][0-9]*\)$/\1 \2/p' /proc/mmlab/check | sort > $1.check
		cmp $1.seen $1.check || exit 1
	done
	wc -l < $1.seen
END
in_session "a snapshot counts what check counts, in twelve states" 0 '^8$' "sh $work/states $work/of"
expect "trace-byte" 0 '^ok   the same frame went back' -- trace-byte
! grep -q '^BAD' "$work/out" && grep -q 'buddy_split .*becomes two' "$work/out" &&
	grep -q 'buddy_merge .*two blocks become' "$work/out"
result $? "trace-byte: every finding, split and merge" "$work/out"
[ -z "$(ls /sys/kernel/tracing/instances)" ]
result $? "trace-byte leaves no instance"
for program in segments brk-demo ten-copies; do
	"$program" > "$work/out" 2>&1 && ! grep -q '^BAD' "$work/out"
	result $? "the article's program $program" "$work/out"
done
maptest > "$work/out" 2>&1 && [ "$(cat "$work/out")" = 'hello world from kernel space !' ]
result $? "maptest reads what the kernel wrote" "$work/out"
mapnopage-read > "$work/out" 2>&1 && [ "$(cat "$work/out")" = 'page  1: test 1 (1 page fault)
page  2: test 2 (1 page fault)' ]
result $? "mapnopage-read reads two pages, a fault each" "$work/out"
mapnopage-write 3 > "$work/out" 2>&1 && mapnopage-read 3 3 4 > "$work/out" 2>&1 && [ "$(cat "$work/out")" = 'page  3: write from userspace (1 page fault)
page  3: write from userspace (0 page faults)
page  4: test 4 (1 page fault)' ]
result $? "what mapnopage-write wrote is there for the next" "$work/out"
claims > "$work/out" 2> "$work/err" && grep -q '^lab: .* 0 not run$' "$work/out" &&
	grep -q '^host: .* 0 not run$' "$work/out"
result $? "claims: every check was run" "$work/out" "$work/err"
[ "$(grep -c '^    lab    true ' "$work/out")" -eq 23 ] && [ "$(grep -c '^    lab    FALSE ' "$work/out")" -eq 4 ]
result $? "claims: 23 are true of the lab and 4 are not" "$work/out"
expect "drain" 0 'frames left the per-CPU lists' -- drain
expect "check" 0 '^ok$' -- check
expect "nobody is left" 0 '^processes   0 lab processes, 0 windows' -- status

expect "play as a figure" 0 '^</svg>' -- \
	play --svg --policy fifo --frames 3 7 0 1 2 0 3 0 4 2 3 0 3 2 1 2 0 1 7 0 1
[ "$(grep -c 'class="boxstrong"' "$work/out")" -eq 15 ]
result $? "a strong border for each of the 15 faults" "$work/out"

# corruption on purpose: exactly five reports, which mark this instance for good
expect "inject leak" 0 '^caught exactly as expected' -- inject leak
expect "leaves no mark" 0 '^ok$' -- check
for kind in overflow underflow uaf double-free wrong-cache; do
	expect "inject $kind" 0 '^caught exactly as expected' -- inject $kind
	! grep -q BAD "$work/out"
	result $? "inject $kind: every observation" "$work/out"
done
expect "check tells of five reports" 1 '^BROKEN: 5 reports' -- check
[ "$(dmesg | grep -c 'mmlab: BUG inject-[a-z-]*[0-9]*: ')" -eq 5 ]
result $? "the kernel log has five"
expect "unload of the marked instance" 0 '^unloaded' -- unload
expect "load afresh" 0 '^loaded' -- load mem=16
echo 40 > /sys/module/mmlab/parameters/pcp_batch
echo 1,100,0,-1 > /sys/module/mmlab/parameters/fail_frame
expect "reset with another size" 0 '^loaded' -- reset mem=8
expect "reset keeps the parameters" 0 'mem=8 .*pcp_batch=40' -- status
expect "reset keeps them all" 0 '^loaded' -- reset
expect "and is the same machine" 0 '\] 8192 kB' -- status
expect "a fresh instance is sound" 0 '^ok$' -- check
expect "unload at the end" 0 '^unloaded' -- unload
expect "unload again" 3 'not loaded' -- unload
plan
tap_end
