#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# Runs in the VM: lets others' programs, Prometheus' node_exporter, slabtop and pmap,
# read /proc/mmlab as if it were /proc, and compares their output with the files.
# Each broken copy of a file must be noticed. stress-ng is let loose on the files and
# on the device. KTAP on stdout.
exporter=$1
slabtop=$2
stress=$3
pmap=$4
files='buddyinfo meminfo slabinfo vmstat zoneinfo'
url=http://127.0.0.1:9100/metrics
work=/tmp/outside
tries_at_most=$((100 * MMLAB_PATIENCE))	# of 100 ms
number=0 failed=0

result()	# VERDICT(0 = ok) DESCRIPTION
{
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		[ ! -s $work/faults ] || sed 's/^/# /' $work/faults
		failed=$((failed + 1))
	fi
}

# scrape ROOT: one scrape of an exporter that takes ROOT for /proc, to metrics
scrape()
{
	local tries=0 pid

	"$exporter" --path.procfs="$1" --web.listen-address=127.0.0.1:9100 \
		--collector.disable-defaults --collector.buddyinfo \
		--collector.meminfo --collector.slabinfo --collector.vmstat \
		--collector.zoneinfo \
		--collector.vmstat.fields='.*' > $work/log 2>&1 &
	pid=$!
	until wget -q -O $work/metrics $url 2>/dev/null; do
		tries=$((tries + 1))
		if [ $tries -gt $tries_at_most ]; then
			echo "# node_exporter gave no answer:"
			sed 's/^/# /' $work/log
			break
		fi
		sleep 0.1
	done
	kill $pid
	wait $pid 2>/dev/null
	[ $tries -le $tries_at_most ]
}

# the lines that the metrics must have, made of the files: "name{labels} value"
expect_buddyinfo()
{
	awk '{ zone = $4; node = $2; sub(",", "", node)
	       for (i = 5; i <= NF; i++)
		printf "node_buddyinfo_blocks{node=\"%s\",size=\"%d\",zone=\"%s\"} %s\n", \
			node, i - 5, zone, $i }' "$1/buddyinfo"
}

expect_meminfo()
{
	awk '{ sub(":", "", $1); sub(/\(/, "_", $1); sub(/\)/, "", $1)
	       printf "node_memory_%s_bytes %.0f\n", $1, $2 * 1024 }' "$1/meminfo"
}

expect_slabinfo()
{
	awk 'NR > 2 { s = "{slab=\"" $1 "\"}"
	       print "node_slabinfo_active_objects" s, $2
	       print "node_slabinfo_objects" s, $3
	       print "node_slabinfo_object_size_bytes" s, $4
	       print "node_slabinfo_objects_per_slab" s, $5
	       print "node_slabinfo_pages_per_slab" s, $6 }' "$1/slabinfo"
}

expect_vmstat() { sed 's/^/node_vmstat_/' "$1/vmstat"; }

expect_zoneinfo()
{
	awk '$1 == "Node" { zone = $4; pages = 0; next }
	     $1 == "pages" { pages = 1 }
	     $1 == "pagesets" { pages = 0 }
	     pages && $1 ~ /^(min|low|high|spanned|present|managed)$/ {
		printf "node_zoneinfo_%s_pages{node=\"0\",zone=\"%s\"} %s\n", $1, zone, $2 }
	     $1 == "nr_free_pages" {
		printf "node_zoneinfo_nr_free_pages{node=\"0\",zone=\"%s\"} %s\n", zone, $2 }
	' "$1/zoneinfo"
}

# every expected sample is there with an equal number
compare()
{
	awk 'NR == FNR { if ($1 !~ /^#/) got[$1] = $2; next }
	     { seen++
	       if (!($1 in got)) print $1 " is missing, the file says " $2
	       else if (got[$1] + 0 != $2 + 0) print $1 " is " got[$1] ", the file says " $2 }
	     END { if (seen < 5) print "only " seen + 0 " numbers in the file" }
	' $work/metrics $work/expected > $work/faults
	[ ! -s $work/faults ]
}

success_of()	# COLLECTOR: 0 or 1
{
	sed -n "s/^node_scrape_collector_success{collector=\"$1\"} //p" $work/metrics
}

# judge ROOT COLLECTOR: success, and the numbers equal those in ROOT's file
judge()
{
	if [ "$(success_of "$2")" != 1 ]; then
		echo "node_scrape_collector_success is $(success_of "$2")" > $work/faults
		return 1
	fi
	"expect_$2" "$work/before" > $work/expected
	compare
}

copy()	# FROM TO
{
	rm -rf "$2"
	mkdir -p "$2"
	for file in $files; do
		cat "$1/$file" > "$2/$file"
	done
}

# broken COLLECTOR WHAT SED-SCRIPT: the exporter reads a copy damaged by SED
broken()
{
	copy $work/before $work/broken
	sed -i "$3" "$work/broken/$1"
	if cmp -s "$work/before/$1" "$work/broken/$1"; then
		echo "sed changed nothing" > $work/faults
		result 1 "$1 with $2 is noticed"
		return
	fi
	scrape $work/broken
	if judge $work/broken "$1"; then
		echo "it was taken for good" > $work/faults
		result 1 "$1 with $2 is noticed"
	else
		result 0 "$1 with $2 is noticed"
	fi
}

# ---- slabtop ---------------------------------------------------------------

# slabtop_of FILE: one run that finds FILE in the place of /proc/slabinfo
slabtop_of()
{
	# shellcheck disable=SC2016  # for the other shell
	TERM=dumb unshare -m sh -c 'mount --bind "$1" /proc/slabinfo &&
		exec "$2" -o' - "$1" "$slabtop" > $work/slabtop 2>> $work/faults
}

# "objects OBJECTS ACTIVE", "slabs", "caches", and a line for each of its rows
totals_of_slabtop()
{
	sed -n 's#^.*Active / Total \(Objects\|Slabs\|Caches\).*: *\([0-9]*\) / \([0-9]*\).*#\1 \2 \3#p' \
		$work/slabtop
	awk 'rows && NF == 8 { print "row", $8, $1, $2, $5, $6 }
	     $1 == "OBJS" { rows = 1 }' $work/slabtop | sort
}

totals_of_file()	# FILE
{
	awk 'NR > 2 { active += $2; objects += $3; slabs += $15
	       active_slabs += $14; caches++; if ($2) active_caches++ }
	     END { print "Objects", active, objects
		   print "Slabs", active_slabs, slabs
		   print "Caches", active_caches + 0, caches }' "$1"
	awk 'NR > 2 { print "row", $1, $3, $2, $15, $5 }' "$1" | sort
}

# judge_slabtop GIVEN TRUE: slabtop on the file GIVEN says what TRUE holds
judge_slabtop()
{
	: > $work/faults
	slabtop_of "$1" || return 1
	totals_of_slabtop > $work/said
	totals_of_file "$2" > $work/expected
	diff $work/expected $work/said > $work/faults
}

# broken_slabtop WHAT SED-SCRIPT
broken_slabtop()
{
	sed "$2" $work/before/slabinfo > $work/broken-slabinfo
	if cmp -s $work/before/slabinfo $work/broken-slabinfo; then
		echo "sed changed nothing" > $work/faults
		result 1 "slabtop: $1 is noticed"
	elif judge_slabtop $work/broken-slabinfo $work/before/slabinfo; then
		echo "it was taken for good" > $work/faults
		result 1 "slabtop: $1 is noticed"
	else
		result 0 "slabtop: $1 is noticed"
	fi
}

# ---- pmap ------------------------------------------------------------------

# pmap_of DIRECTORY ARG…: pmap of a process that sleeps, with maps and smaps that are
# those of DIRECTORY
pmap_of()
{
	local dir=$1

	shift
	# shellcheck disable=SC2016  # for the other shell
	unshare -m sh -c 'mount --bind "$1/maps" "/proc/$2/maps" &&
		mount --bind "$1/smaps" "/proc/$2/smaps" || exit
		pid=$2 pmap=$3
		shift 3
		exec "$pmap" "$@" "$pid"' - "$dir" $holder "$pmap" "$@" 2>> $work/faults
}

# of smaps: "ADDRESS PERM SIZE RSS DIRTY" for each region, and their sums
rows_of_smaps()	# FILE
{
	awk '$1 ~ /^[0-9a-f]+-[0-9a-f]+$/ { sub("-.*", "", $1); at = $1; perm = $2 }
	     $1 == "Size:" { size = $2; sizes += $2 }
	     $1 == "Rss:" { rss = $2; resident += $2 }
	     $1 == "Pss:" { pss = $2; shares += $2 }
	     $1 == "VmFlags:" { print at, perm, size, rss, pss }
	     END { print "sum", sizes, resident, shares }' "$1"
}

rows_of_pmap()	# FILE
{
	awk '$1 ~ /^[0-9a-f]+$/ && $2 ~ /^[-r]/ {
		at = sprintf("%8s", $1); gsub(" ", "0", at)
		print at, $2, $6, $7, $8 }
	     $NF == "KB" { print "sum", $1, $2, $3 }' "$1"
}

# of maps: "ADDRESS PERM" for each region, and the sum of their sizes in KiB
rows_of_maps()	# FILE
{
	awk '{ split($1, at, "-"); print "maps", at[1], $2 }' "$1"
}

# plain pmap: 08048000      4K r-x--
rows_of_plain_pmap()	# FILE
{
	awk '$2 ~ /^[0-9]+K$/ && $1 != "total" {
		print "maps", substr($1, length($1) - 7), substr($3, 1, 3) "p" }' "$1"
}

# judge_pmap GIVEN TRUE: pmap on the files in GIVEN says what those in TRUE hold
judge_pmap()
{
	: > $work/faults
	pmap_of "$1" -X > $work/pmap || return 1
	pmap_of "$1" > $work/pmap-plain || return 1
	{ rows_of_pmap $work/pmap; rows_of_plain_pmap $work/pmap-plain; } > $work/said
	{ rows_of_smaps "$2/smaps"; rows_of_maps "$2/maps"; } > $work/expected
	[ "$(wc -l < $work/expected)" -gt 8 ] || echo "too few regions" > $work/faults
	diff $work/expected $work/said >> $work/faults
	[ ! -s $work/faults ]
}

# broken_pmap FILE WHAT SED-SCRIPT
broken_pmap()
{
	rm -rf $work/broken
	cp -R $work/process $work/broken
	sed -i "$3" "$work/broken/$1"
	if cmp -s "$work/process/$1" "$work/broken/$1"; then
		echo "sed changed nothing" > $work/faults
		result 1 "pmap: $1 with $2 is noticed"
	elif judge_pmap $work/broken $work/process; then
		echo "it was taken for good" > $work/faults
		result 1 "pmap: $1 with $2 is noticed"
	else
		result 0 "pmap: $1 with $2 is noticed"
	fi
}

# a copy of a lab process's files; Rss must be its resident counter
pmap_cases()	# LAB-PID
{
	mkdir -p $work/process
	cat "/proc/mmlab/$1/maps" > $work/process/maps
	cat "/proc/mmlab/$1/smaps" > $work/process/smaps
	judge_pmap "/proc/mmlab/$1" $work/process
	result $? "pmap: equal rows and totals"
	: > $work/faults
	[ "$(awk '$NF == "KB" { print $2 }' $work/pmap)" = \
		"$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/mmlab/$1/status")" ]
	result $? "pmap: its Rss is the lab process's"
	broken_pmap smaps "another Rss" '/^Rss:/s/ \([0-9]*\) kB/ 1\1 kB/'
	broken_pmap smaps "a region less" '1,/^VmFlags/d'
	broken_pmap maps "a region less" 2d
	broken_pmap maps "other rights" '1s/r-x/rwx/'
}

# ---- stress-ng -------------------------------------------------------------

# loose WHAT COMMAND…: stress-ng on it for some seconds; it must have done
# something, and the lab must be well afterwards
loose()
{
	local what=$1 status=1

	shift
	(cd $work && "$@" --timeout 5 --metrics-brief) > $work/stress 2>&1 &&
		grep -Eq '(dev|procfs) +[1-9][0-9]* ' $work/stress &&
		grep -qx ok /proc/mmlab/check &&
		status=0
	cp $work/stress $work/faults
	result $status "stress-ng on $what: it ends, and check is ok"
}

mkdir -p $work
echo "TAP version 13"
[ -d /proc/mmlab ] || insmod "$MMLAB_KO" || exit 1
# a lab process with pages, caches and objects, so that not all is nought
rm -f $work/ready
mmlab run -- sh -c "mmlab alloc --order 3 && mmlab cache create fish --size 100 &&
	mmlab cache alloc fish --count 300 && mmlab kmalloc 1000 --count 50 &&
	mmlab cache create bowl --size 5000 --magazine 0 &&
	touch $work/ready && exec sleep 1000" > $work/log 2>&1 &
holder=$!
while [ ! -e $work/ready ]; do
	if ! kill -0 $holder; then
		sed 's/^/# /' $work/log
		exit 1
	fi
	sleep 0.1
done
copy /proc/mmlab $work/before
scrape /proc/mmlab
result $? "node_exporter answers"
copy /proc/mmlab $work/after
diff -r $work/before $work/after > $work/faults
result $? "reading changes nothing"
for collector in $files; do
	judge /proc/mmlab "$collector"
	result $? "$collector: success, equal numbers"
done
broken buddyinfo "a number of another size" '1s/\([0-9][0-9]*\) $/9\1 /'
broken buddyinfo "a column less" '1s/ *[0-9]* $/ /'
broken meminfo "a blank line" '3s/.*//'
broken meminfo "a word for a number" '2s/[0-9][0-9]*/many/'
broken slabinfo "a word for a number" '3s/ [0-9][0-9]* : tun/ many : tun/'
broken slabinfo "a blank in a name" '3s/-/ /'
broken slabinfo "a group more" '3s/$/ : globalstat 1 2/'
broken slabinfo "another number" '4s/ \([0-9][0-9]*\) : tun/ 7\1 : tun/'
broken slabinfo "a row less" '4d'
broken vmstat "a word for a number" '1s/[0-9][0-9]*/many/'
broken vmstat "another number" '1s/[0-9][0-9]*/123456/'
broken zoneinfo "no zone of its name" 's/zone *DMA/zone/'
broken zoneinfo "another number" 's/\(managed *\)/\11/'
copy /proc/mmlab $work/before
judge_slabtop /proc/mmlab/slabinfo $work/before/slabinfo
result $? "slabtop: equal totals and rows"
broken_slabtop "a row less" '4d'
broken_slabtop "a row twice" '3p'
broken_slabtop "another number of objects" '4s/^\([^ ]* *[0-9]* *\)/\19/'
broken_slabtop "another version" '1s/2\.1/3.0/'
# the article's program, with a page in each of some parts
lab_pid=$(mmlab proc exec 2> $work/faults | sed -n 's/.*lab process \([0-9]*\).*/\1/p' |
	head -n 1)
[ -n "$lab_pid" ]
result $? "a lab process runs the article's program"
mmlab proc brk --pid "$lab_pid" +40000 > /dev/null
mmlab walk --pid "$lab_pid" --touch 0x08049864 > /dev/null
mmlab walk --pid "$lab_pid" --touch 0x0804b000 > /dev/null
mmlab walk --pid "$lab_pid" --touch 0xbffffff0 > /dev/null
pmap_cases "$lab_pid"
mmlab proc kill "$lab_pid" > /dev/null
loose "the device" "$stress" --dev 2 --dev-file /dev/mmlab
# shellcheck disable=SC2016  # for the other shell
loose "the files" unshare -m sh -c \
	'mount --bind /proc/mmlab /proc && exec "$@"' - "$stress" --procfs 2
kill $holder
wait $holder 2>/dev/null
rmmod mmlab
result $? "the module unloads"
echo "1..$number"
[ $failed = 0 ]
