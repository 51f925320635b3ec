// SPDX-License-Identifier: GPL-2.0
/*
 * The text files line by line: each has the lines that it should have, in order, and each
 * number is the one that another file, an ioctl or a parameter has.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "objects.h"
#include "pidfile.h"
#include "pressure.h"

#define LVA		0x40000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define MAX_TEXT	32768

FIXTURE(lines) {
	struct guard guard;
	struct mmlab_info info;
	int fd;
	long page, kb;		/* bytes, and kB, of a page */
	char text[MAX_TEXT];
};

FIXTURE_SETUP(lines)
{
	GUARD_BEGIN(&self->guard);
	self->page = page_size();
	self->kb = self->page / 1024;
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, lab_info(self->fd, &self->info));
}

FIXTURE_TEARDOWN(lines)
{
	close(self->fd);
	GUARD_END(&self->guard);
}

/* ---- which lines there are ---- */

static const char * const meminfo_keys[] = {
	"MemTotal", "MemFree", "MemAvailable", "Buffers", "Cached", "SwapCached",
	"Active", "Inactive", "Active(anon)", "Inactive(anon)", "SwapTotal", "SwapFree",
	"AnonPages", "Slab", "SReclaimable", "SUnreclaim", "PageTables", "Blocks",
	"VmallocTotal", "VmallocUsed", "VmallocChunk", "VmallocPages", "PerCpuPages",
	"HardwareCorrupted", "Bad", "Quarantine", "Reserved",
};

static const char * const vmstat_keys[] = {
	"nr_free_pages", "nr_inactive_anon", "nr_active_anon", "nr_isolated_anon",
	"nr_anon_pages", "nr_page_table_pages", "nr_swapcached", "nr_slab_unreclaimable",
	"nr_blocks", "nr_vmalloc", "nr_pcp_pages", "nr_quarantine", "nr_bad",
	"nr_reserved", "pgalloc_dma", "pgalloc_normal", "pgfree", "pgfree_refused",
	"pgfault", "pgfault_sigbus", "pgfault_around", "pgfault_soft", "pgzap",
	"pcp_refill", "pcp_spill", "pcp_drain", "quarantine_in", "quarantine_out",
	"allocstall", "badframe", "pswpin", "pswpout", "pgactivate", "pgdeactivate",
	"pgmajfault", "pgrefill", "pgsteal_kswapd", "pgsteal_direct", "pgscan_kswapd",
	"pgscan_direct", "kswapd_low_wmark_hit_quickly", "kswapd_high_wmark_hit_quickly",
	"pageoutrun", "pgreuse", "buddy_split", "buddy_merge", "lab_processes",
	"lab_windows", "lab_reports", "lab_metadata_bytes",
};

static const char * const check_keys[] = {
	"free", "per-cpu", "slab", "page", "user", "blocks", "vmalloc", "quarantine", "bad",
	"reserved", "arena", "frames", "buddy", "per-cpu", "quarantine", "conservation",
	"caches", "direct", "vmalloc", "processes", "swap", "ok",
};

/* A zone, with lines of each CPU before the tail; the node stands in the first one. */
static const char * const node_keys[] = {
	"per-node", "nr_anon_pages", "nr_slab_unreclaimable", "nr_page_table_pages",
};

static const char * const zone_keys[] = {
	"pages", "boost", "min", "low", "high", "spanned", "present", "managed", "cma",
	"protection", "nr_free_pages", "nr_zone_anon_pages", "nr_zone_page_table_pages",
	"nr_zone_slab_pages", "nr_zone_vmalloc_pages", "nr_zone_block_pages",
	"nr_zone_pcp_pages", "nr_zone_quarantine_pages", "nr_zone_bad_pages",
	"nr_zone_reserved_pages", "pagesets",
};

static const char * const cpu_keys[] = {
	"cpu", "count", "high", "batch",
};

static const char * const tail_keys[] = {
	"node_unreclaimable", "start_pfn",
};

static const char * const status_keys[] = {
	"Name", "State", "Tgid", "Ngid", "Pid", "PPid", "TracerPid", "Uid", "Gid", "VmPeak",
	"VmSize", "VmLck", "VmPin", "VmHWM", "VmRSS", "RssAnon", "RssFile", "RssShmem",
	"VmData", "VmStk", "VmExe", "VmLib", "VmPTE", "VmSwap", "Threads",
	"voluntary_ctxt_switches", "nonvoluntary_ctxt_switches",
};

/* after the heading of a region */
static const char * const smaps_keys[] = {
	"Size", "KernelPageSize", "MMUPageSize", "Rss", "Pss", "Pss_Dirty", "Shared_Clean",
	"Shared_Dirty", "Private_Clean", "Private_Dirty", "Referenced", "Anonymous",
	"LazyFree", "AnonHugePages", "ShmemPmdMapped", "FilePmdMapped", "Shared_Hugetlb",
	"Private_Hugetlb", "Swap", "SwapPss", "Locked", "THPeligible", "VmFlags",
};

/* The first word of each line, without what follows it; a text valid until the next call. */
static const char *keys_of(const char *text)
{
	static char keys[8192];
	size_t len = 0;

	while (*text && len < sizeof(keys) - 64) {
		size_t n;

		text += strspn(text, " ");
		n = strcspn(text, ": \t\n");
		len += sprintf(keys + len, "%s%.*s", len ? " " : "", (int)(n < 60 ? n : 60), text);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return keys;
}

static void add(char *text, const char * const *keys, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		strcat(strcat(text, *text ? " " : ""), keys[i]);
}

static void add_zones(char *text)
{
	static const char * const head[] = { "Node" };
	long nr = sysconf(_SC_NPROCESSORS_ONLN), cpu, zone;

	for (zone = 0; zone < 2; zone++) {
		add(text, head, ARRAY_LEN(head));
		if (!zone)
			add(text, node_keys, ARRAY_LEN(node_keys));
		add(text, zone_keys, ARRAY_LEN(zone_keys));
		for (cpu = 0; cpu < nr; cpu++)
			add(text, cpu_keys, ARRAY_LEN(cpu_keys));
		add(text, tail_keys, ARRAY_LEN(tail_keys));
	}
}

TEST_F(lines, all_are_there_in_order)
{
	static const char * const files[] = { "meminfo", "vmstat", "check", "zoneinfo" };
	static char keys[4][16384], of_status[1024], of_smaps[1024];
	size_t i;

	add(keys[0], meminfo_keys, ARRAY_LEN(meminfo_keys));
	add(keys[1], vmstat_keys, ARRAY_LEN(vmstat_keys));
	add(keys[2], check_keys, ARRAY_LEN(check_keys));
	add_zones(keys[3]);
	for (i = 0; i < ARRAY_LEN(files); i++) {
		ASSERT_LT(0, read_whole(files[i], self->text, MAX_TEXT));
		EXPECT_STREQ(keys[i], keys_of(self->text));
	}
	add(of_status, status_keys, ARRAY_LEN(status_keys));
	EXPECT_STREQ(of_status, keys_of(pid_file(self->fd, "status")));
	ASSERT_EQ(0, lab_region_at(self->fd, LVA, self->page, RW));
	add(of_smaps, smaps_keys, ARRAY_LEN(smaps_keys));
	EXPECT_STREQ(of_smaps, keys_of(strchr(pid_file(self->fd, "smaps"), '\n') + 1));
}

/* ---- numbers of the machine ---- */

/* The n-th number after a word at the start of a line, blanks left out; -1: none. */
static long number_after(const char *text, const char *key, int n)
{
	size_t len = strlen(key);

	for (; text; text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL) {
		const char *at = text + strspn(text, " ");

		if (strncmp(at, key, len) || !strchr(": \t", at[len]))
			continue;
		for (at += len; n--; at += strspn(at, "0123456789"))
			at += strcspn(at, "0123456789\n");
		at += strcspn(at, "0123456789\n");
		return *at == '\n' ? -1 : strtol(at, NULL, 10);
	}
	return -1;
}

TEST_F(lines, zoneinfo_has_the_numbers_of_vmstat)
{
	static const struct { const char *zone, *machine; } sums[] = {
		{ "nr_free_pages", "nr_free_pages" }, { "nr_zone_anon_pages", "nr_anon_pages" },
		{ "nr_zone_page_table_pages", "nr_page_table_pages" },
		{ "nr_zone_slab_pages", "nr_slab_unreclaimable" },
		{ "nr_zone_vmalloc_pages", "nr_vmalloc" }, { "nr_zone_block_pages", "nr_blocks" },
		{ "nr_zone_pcp_pages", "nr_pcp_pages" },
		{ "nr_zone_quarantine_pages", "nr_quarantine" },
		{ "nr_zone_bad_pages", "nr_bad" }, { "nr_zone_reserved_pages", "nr_reserved" },
	};
	static const char * const of_node[] = {
		"nr_anon_pages", "nr_slab_unreclaimable", "nr_page_table_pages",
	};
	struct mmlab_block block[3];
	struct mmlab_area area = { .size = 3 * self->page };
	unsigned char *p;
	const char *normal;
	size_t i;

	/* something of each kind, and of blocks in both zones */
	ASSERT_EQ(0, lab_alloc(self->fd, 2, MMLAB_ZONE_DMA, &block[0]));
	ASSERT_EQ(0, lab_alloc(self->fd, 0, MMLAB_ZONE_DMA, &block[1]));
	ASSERT_EQ(0, lab_alloc(self->fd, 4, MMLAB_ZONE_NORMAL, &block[2]));
	ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_VMALLOC, &area));
	p = lab_map(self->fd, LVA, 7 * self->page, RW);
	ASSERT_NE(NULL, p);
	for (i = 0; i < 7; i++)
		p[i * self->page] = 1;
	munmap(p, 7 * self->page);

	ASSERT_LT(0, read_whole("zoneinfo", self->text, MAX_TEXT));
	normal = strstr(self->text, "zone   Normal");
	ASSERT_NE(NULL, normal);
	for (i = 0; i < ARRAY_LEN(sums); i++) {
		EXPECT_EQ(lab_vmstat(sums[i].machine), number_after(self->text, sums[i].zone, 0) +
			  number_after(normal, sums[i].zone, 0))
			TH_LOG("%s", sums[i].zone);
	}
	EXPECT_EQ(5, number_after(self->text, "nr_zone_block_pages", 0));
	EXPECT_EQ(1, number_after(self->text, "nr_zone_reserved_pages", 0));
	for (i = 0; i < ARRAY_LEN(of_node); i++) {
		EXPECT_EQ(lab_vmstat(of_node[i]), number_after(self->text, of_node[i], 0))
			TH_LOG("%s", of_node[i]);
	}
}

/* Frames that the lists of a CPU hold at most: of orders 0 to 3, and a block of order 9. */
static long all_lists(long high)
{
	long order, nr = high ? 1L << 9 : 0;

	for (order = 0; order < 4; order++)
		nr += high >> order << order;
	return nr;
}

TEST_F(lines, zoneinfo_has_sizes_and_limits)
{
	long high = read_number(LAB_PARAMS "/pcp_high"), batch = read_number(LAB_PARAMS "/pcp_batch");
	struct zoneinfo z;
	unsigned int i, k;
	const char *normal;

	ASSERT_LT(0, read_whole("zoneinfo", self->text, MAX_TEXT));
	ASSERT_FINE(parse_zoneinfo(self->text, &z));
	normal = strstr(self->text, "zone   Normal");
	ASSERT_NE(NULL, normal);
	/* an allocation that prefers Normal leaves a part of DMA, one for DMA leaves none */
	EXPECT_EQ(0, number_after(self->text, "protection", 0));
	EXPECT_EQ((long)z.zone[1].managed / 256, number_after(self->text, "protection", 1));
	EXPECT_EQ(0, number_after(normal, "protection", 0));
	EXPECT_EQ(0, number_after(normal, "protection", 1));
	EXPECT_EQ(0, z.zone[0].start_pfn);
	EXPECT_EQ(self->info.zone_end[0], z.zone[0].spanned);
	EXPECT_EQ(self->info.zone_end[1] - self->info.zone_end[0], z.zone[1].spanned);
	for (i = 0; i < 2; i++) {
		const char *text = i ? normal : self->text;

		EXPECT_EQ(z.zone[i].spanned, z.zone[i].present);
		/* frame 0 is reserved */
		EXPECT_EQ(z.zone[i].spanned - !i, z.zone[i].managed);
		EXPECT_EQ(z.zone[i].min + z.zone[i].min / 4, z.zone[i].low);
		EXPECT_EQ(z.zone[i].min + z.zone[i].min / 2, z.zone[i].high);
		EXPECT_LT(0, z.zone[i].min);
		EXPECT_EQ(0, number_after(text, "boost", 0));
		EXPECT_EQ(0, number_after(text, "cma", 0));
		EXPECT_EQ(0, number_after(text, "node_unreclaimable", 0));
		for (k = 0; k < z.zone[i].nr_cpus; k++) {
			EXPECT_EQ(all_lists(high), z.zone[i].pcp_high[k]);
			EXPECT_EQ(batch, z.zone[i].pcp_batch[k]);
		}
	}
}

TEST_F(lines, meminfo_has_the_rest)
{
	struct mmlab_area area = { .size = 5 * self->page };
	long available = 0, free, total;
	struct census c;
	struct zoneinfo z;
	unsigned int i;

	total = ((long)self->info.vmalloc_end - (long)self->info.vmalloc_start) / 1024;
	EXPECT_EQ(total, lab_meminfo("VmallocTotal"));
	EXPECT_EQ(0, lab_meminfo("VmallocUsed"));
	EXPECT_EQ(total, lab_meminfo("VmallocChunk"));
	ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_VMALLOC, &area));
	/* at the lowest address, with a page to guard it */
	EXPECT_EQ(total - 6 * self->kb, lab_meminfo("VmallocChunk"));
	EXPECT_EQ(5 * self->kb, lab_meminfo("VmallocUsed"));
	EXPECT_EQ(5 * self->kb, lab_meminfo("VmallocPages"));

	ASSERT_FINE(read_census(&c));
	EXPECT_EQ(c.slab * self->kb, lab_meminfo("Slab"));
	EXPECT_EQ(c.slab * self->kb, lab_meminfo("SUnreclaim"));
	EXPECT_EQ(0, lab_meminfo("SReclaimable") + lab_meminfo("Buffers") + lab_meminfo("Cached"));
	EXPECT_EQ(0, lab_meminfo("HardwareCorrupted") + lab_meminfo("Bad"));
	EXPECT_EQ(c.reserved * self->kb, lab_meminfo("Reserved"));
	EXPECT_EQ(1, c.reserved);
	ASSERT_LT(0, read_whole("zoneinfo", self->text, MAX_TEXT));
	ASSERT_FINE(parse_zoneinfo(self->text, &z));
	for (i = 0; i < 2; i++) {
		free = z.zone[i].free;
		available += free > (long)z.zone[i].min ? free - (long)z.zone[i].min : 0;
	}
	EXPECT_EQ((available + c.pcp) * self->kb, lab_meminfo("MemAvailable"));
}

/* What is kept back is not available, and no less than nothing. */
TEST_F(lines, nothing_is_available_below_the_watermarks)
{
	struct mmlab_block b;
	struct census c;
	int order;

	for (order = MMLAB_NR_ORDERS - 1; order >= 0; order--)
		while (!lab_alloc(self->fd, order, MMLAB_ZONE_DMA, &b))
			;
	for (order = MMLAB_NR_ORDERS - 1; order >= 0; order--)
		while (!lab_alloc(self->fd, order, MMLAB_ZONE_NORMAL, &b))
			;
	ASSERT_FINE(read_census(&c));
	EXPECT_EQ(c.pcp * self->kb, lab_meminfo("MemAvailable"));
	EXPECT_LT(0, c.free);
}

TEST_F(lines, swaps_and_meminfo_agree)
{
	static const char head[] = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
	char wanted[512];
	struct mmlab_swap swap[2] = {
		{ .nr_pages = 64, .prio = 3 }, { .nr_pages = 128, .prio = -1 },
	};
	unsigned char *p;
	long out;
	size_t i;

	ASSERT_LT(0, read_whole("swaps", self->text, MAX_TEXT));
	EXPECT_STREQ(head, self->text);
	p = lab_map(self->fd, LVA, 32 * self->page, RW);
	ASSERT_NE(NULL, p);
	fill(p, 0, 32 * self->page, 1);
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_SWAPON, &swap[i]));
	EXPECT_EQ(192 * self->kb, lab_meminfo("SwapTotal"));
	EXPECT_EQ(192 * self->kb, lab_meminfo("SwapFree"));
	ASSERT_EQ(12, set_limit(self->fd, 12));
	out = count_out(self->fd, LVA, 32 * self->page);
	EXPECT_EQ(20, out);
	EXPECT_EQ((192 - out) * self->kb, lab_meminfo("SwapFree"));
	EXPECT_EQ(0, lab_meminfo("SwapCached"));
	snprintf(wanted, sizeof(wanted),
		 "%s%-40sfile\t\t%ld\t\t%ld\t\t3\n%-40sfile\t\t%ld\t\t0\t\t-1\n", head, "memory:0",
		 64 * self->kb, out * self->kb, "memory:1", 128 * self->kb);
	ASSERT_LT(0, read_whole("swaps", self->text, MAX_TEXT));
	EXPECT_STREQ(wanted, self->text);
	/* read back and not stored to, a page is a copy of its slot */
	EXPECT_EQ(0, count_wrong(p, 0, 4 * self->page, 1));
	EXPECT_LT(0, lab_meminfo("SwapCached"));
	munmap(p, 32 * self->page);
	for (i = 0; i < 2; i++)
		EXPECT_EQ(0, swap_off(self->fd, swap[i].type));
}

/* An event that each of the two zones causes by itself. */
TEST_F(lines, blocks_of_both_zones_are_split_and_merged)
{
	static struct mmlab_block blocks[64];
	unsigned int zone, nr, i;

	for (zone = 0; zone < MMLAB_NR_ZONES; zone++) {
		const char *event = zone ? "pgalloc_normal" : "pgalloc_dma";
		long splits = lab_vmstat("buddy_split"), merges = lab_vmstat("buddy_merge");
		long taken = lab_vmstat(event), freed = lab_vmstat("pgfree");

		/* orders without per-CPU lists */
		for (nr = 0; nr < 8; nr++)
			ASSERT_EQ(0, lab_alloc(self->fd, 5, zone, &blocks[nr]));
		EXPECT_LT(splits, lab_vmstat("buddy_split"));
		EXPECT_EQ(taken + 8, lab_vmstat(event));
		for (i = 0; i < nr; i++)
			ASSERT_EQ(0, lab_free(self->fd, &blocks[i]));
		EXPECT_LT(merges, lab_vmstat("buddy_merge"));
		EXPECT_EQ(freed + 8, lab_vmstat("pgfree"));
	}
}

TEST_F(lines, processes_windows_and_metadata)
{
	long windows = lab_vmstat("lab_windows"), bytes = lab_vmstat("lab_metadata_bytes");
	unsigned char *p[2];
	int other;

	EXPECT_EQ(1, lab_vmstat("lab_processes"));
	other = lab_open(O_RDWR);
	ASSERT_LE(0, other);
	EXPECT_EQ(2, lab_vmstat("lab_processes"));
	p[0] = lab_map(self->fd, LVA, self->page, RW);
	p[1] = lab_map(other, LVA, self->page, RW);
	EXPECT_EQ(windows + 2, lab_vmstat("lab_windows"));
	munmap(p[0], self->page);
	munmap(p[1], self->page);
	EXPECT_EQ(windows, lab_vmstat("lab_windows"));
	close(other);
	EXPECT_EQ(1, lab_vmstat("lab_processes"));
	EXPECT_EQ(0, lab_vmstat("lab_reports"));
	/* the same for each frame */
	EXPECT_LE(16 * (long)self->info.nr_frames, bytes);
	EXPECT_EQ(0, bytes % self->info.nr_frames);
}

/* ---- areas, caches ---- */

/* A row of maps; the name is in its column. */
static size_t add_row(char *text, size_t at, uint32_t start, uint32_t end, const char *perms,
		      const char *name)
{
	char row[80];

	snprintf(row, sizeof(row), "%08x-%08x %s 00000000 00:00 0 ", start, end, perms);
	return at + sprintf(text + at, "%-73s%s\n", row, name);
}

TEST_F(lines, maps_and_vmallocinfo_have_each_area)
{
	static const struct { uint32_t pages, flags; const char *perms; } areas[] = {
		{ 1, 0, "rw-p" }, { 2, MMLAB_VM_USER, "rw-s" },
		{ 3, MMLAB_VM_USER | MMLAB_VM_READONLY, "r--s" }, { 4, MMLAB_VM_LAZY, "rw-p" },
	};
	char maps[2048], row[128], *at, *next;
	size_t len, i;

	len = add_row(maps, 0, self->info.page_offset, self->info.high_memory, "rw-s",
		      "[direct map]");
	for (i = 0; i < ARRAY_LEN(areas); i++) {
		struct mmlab_area area = {
			.size = areas[i].pages * self->page, .flags = areas[i].flags,
		};
		uint32_t end;

		ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_VMALLOC, &area));
		end = area.lva + areas[i].pages * self->page;
		len = add_row(maps, len, area.lva, end, areas[i].perms, "[vmalloc]");
		len = add_row(maps, len, end, end + self->page, "---p", "[guard page]");
	}
	ASSERT_LT(0, read_whole("maps", self->text, MAX_TEXT));
	EXPECT_STREQ(maps, self->text);

	ASSERT_LT(0, read_whole("vmallocinfo", self->text, MAX_TEXT));
	for (i = 0, at = self->text; i < ARRAY_LEN(areas); i++, at = next + 1) {
		uint32_t start = 0, end = 0;
		long size = 0;
		int n = 0, nr;

		next = strchr(at, '\n');
		ASSERT_NE(NULL, next);
		*next = '\0';
		nr = sscanf(at, "0x%8x-0x%8x %7ld%n", &start, &end, &size, &n);
		ASSERT_EQ(3, nr);
		snprintf(row, sizeof(row), "0x%08x-0x%08x %7ld", start, end, size);
		EXPECT_EQ(0, strncmp(row, at, n));
		EXPECT_EQ((areas[i].pages + 1) * self->page, size);
		EXPECT_EQ(size, (long)(end - start));
		/* the function that made it, then what it has */
		EXPECT_EQ(0, strncmp(at + n, " mmlab_ioctl_vmalloc+", 21));
		at = strchr(at + n + 1, ' ');
		ASSERT_NE(NULL, at);
		at += strspn(at, " ");
		if (*at == '[')		/* the module's name */
			at = strchr(at, ' ') + 1;
		if (areas[i].flags & MMLAB_VM_LAZY)
			snprintf(row, sizeof(row), "vmalloc");
		else
			snprintf(row, sizeof(row), "pages=%u vmalloc%s N0=%u", areas[i].pages,
				 areas[i].flags & MMLAB_VM_USER ? " user" : "", areas[i].pages);
		EXPECT_STREQ(row, at);
	}
	EXPECT_EQ('\0', *at);
}

TEST_F(lines, slabinfo_has_what_the_ioctl_says)
{
	static uint32_t lvas[300];
	struct mmlab_cache_stat s;
	char wanted[256];
	uint32_t nr_slabs;
	long id = cache_create(self->fd, "lines", 200, 0);

	ASSERT_LT(0, id);
	ASSERT_EQ(0, cache_op(self->fd, id, MMLAB_CACHE_RESIZE, 15));
	ASSERT_EQ(300, object_alloc_many(self->fd, id, lvas, 300));
	ASSERT_EQ(0, object_free_many(self->fd, id, lvas, 200));
	ASSERT_EQ(0, cache_stat(self->fd, id, &s));
	nr_slabs = s.nr_full + s.nr_partial + s.nr_free;
	EXPECT_LT(0, s.nr_full_magazines);
	EXPECT_LT(s.nr_depot, s.nr_parked + s.nr_depot);
	snprintf(wanted, sizeof(wanted),
		 "\n%-17s %6u %6u %6u %4u %4d : tunables %4u %4u %4u : slabdata %6u %6u %6u\n",
		 "lines", 100, nr_slabs * s.nr_objects, s.size, s.nr_objects, 1 << s.order, 15, 8,
		 s.nr_full_magazines, nr_slabs - s.nr_free, nr_slabs, s.nr_parked + s.nr_depot);
	ASSERT_LT(0, read_whole("slabinfo", self->text, MAX_TEXT));
	EXPECT_NE(NULL, strstr(self->text, wanted))
		TH_LOG("no row%s", wanted);
}

/* ---- a process ---- */

/* Pages of the rows of maps whose rights begin with @perms, with a stack or without. */
static long pages_in_maps(int fd, const char *perms, bool stack)
{
	const char *text = pid_file(fd, "maps");
	unsigned long start, end;
	char got[5], line[256];
	const char *error = NULL;
	long bytes = 0;

	while (next_line(&text, line, sizeof(line), &error))
		if (sscanf(line, "%lx-%lx %4s", &start, &end, got) == 3 &&
		    !strncmp(got + 1, perms, 2) && stack == !!strstr(line, "[stack]"))
			bytes += end - start;
	return bytes / page_size();
}

/* The article's program with a library, a heap, and pages of each. */
static int become_example(int fd)
{
	char byte = 1;

	return lab_exec_example(fd) ?: lab_brk(fd, &(uint32_t){ 0x0804d000 }) ?:
	       lab_region_at(fd, LVA, 6 * page_size(), PROT_READ | PROT_EXEC) ?:
	       lab_region_at(fd, LVA + 0x100000, 2 * page_size(), RW) ?:
	       pwrite(fd, &byte, 1, 0x0804a000) != 1 || pwrite(fd, &byte, 1, 0xbfffffff) != 1;
}

TEST_F(lines, status_has_what_maps_has)
{
	long data, stack, exec, text = 1, size;
	struct mmlab_info info = self->info;

	if (self->page != 4096)
		SKIP(return, "the article's program has pages of 4 KiB");
	ASSERT_EQ(0, become_example(self->fd));
	stack = pages_in_maps(self->fd, "wx", true);
	data = pages_in_maps(self->fd, "w-", false);
	exec = pages_in_maps(self->fd, "-x", false);
	EXPECT_EQ(2, stack);
	EXPECT_EQ(1 + 3 + 2, data);
	EXPECT_EQ(1 + 6, exec);
	size = data + stack + exec;
	EXPECT_EQ(data * self->kb, pid_number(self->fd, "status", "VmData:"));
	EXPECT_EQ(stack * self->kb, pid_number(self->fd, "status", "VmStk:"));
	EXPECT_EQ(text * self->kb, pid_number(self->fd, "status", "VmExe:"));
	EXPECT_EQ((exec - text) * self->kb, pid_number(self->fd, "status", "VmLib:"));
	EXPECT_EQ(size * self->kb, pid_number(self->fd, "status", "VmSize:"));
	EXPECT_EQ(size * self->kb, pid_number(self->fd, "status", "VmPeak:"));
	/* tables for the heap and for the stack */
	EXPECT_EQ(2 * self->kb, pid_number(self->fd, "status", "VmPTE:"));
	EXPECT_EQ(2 * self->kb, pid_number(self->fd, "status", "VmRSS:"));
	EXPECT_EQ(2 * self->kb, pid_number(self->fd, "status", "RssAnon:"));
	EXPECT_EQ(0, pid_number(self->fd, "status", "VmLck:") +
		  pid_number(self->fd, "status", "VmPin:") +
		  pid_number(self->fd, "status", "RssFile:") +
		  pid_number(self->fd, "status", "RssShmem:") +
		  pid_number(self->fd, "status", "VmSwap:"));
	EXPECT_EQ(info.lab_pid, pid_number(self->fd, "status", "Tgid:"));
	EXPECT_EQ(0, pid_number(self->fd, "status", "Ngid:") +
		  pid_number(self->fd, "status", "TracerPid:"));
	EXPECT_NE(NULL, strstr(pid_file(self->fd, "status"), "\nState:\tS (sleeping)\n"));
	snprintf(self->text, MAX_TEXT, "%ld 2 0 %ld 0 %ld 0\n", size, text, data + stack);
	EXPECT_STREQ(self->text, pid_file(self->fd, "statm"));

	/* what was once there is the peak, and no more */
	ASSERT_LT(0, lab_munmap(self->fd, 0x0804a000, self->page));
	ASSERT_EQ(0, lab_munmap(self->fd, LVA, 6 * self->page));
	EXPECT_EQ(size * self->kb, pid_number(self->fd, "status", "VmPeak:"));
	EXPECT_EQ((size - 7) * self->kb, pid_number(self->fd, "status", "VmSize:"));
	EXPECT_EQ(2 * self->kb, pid_number(self->fd, "status", "VmHWM:"));
	EXPECT_EQ(1 * self->kb, pid_number(self->fd, "status", "VmRSS:"));
	EXPECT_EQ(0, pid_number(self->fd, "status", "VmLib:"));
}

/* All 52 columns. */
TEST_F(lines, stat_is_whole)
{
	uint32_t pid = self->info.lab_pid;
	long size;
	int n;

	if (self->page != 4096)
		SKIP(return, "the article's program has pages of 4 KiB");
	ASSERT_EQ(0, become_example(self->fd));
	size = pid_number(self->fd, "status", "VmSize:") * 1024;
	n = snprintf(self->text, MAX_TEXT,
		     "%u (example) S 0 %u %u 0 -1 0 2 0 0 0 0 0 0 0 20 0 1 0 0 %ld 2 %lu", pid, pid,
		     pid, size, ~0UL);
	n += snprintf(self->text + n, MAX_TEXT - n, " %u %u %u 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0",
		      lab_example.start_code, lab_example.end_code, lab_example.stack_top);
	snprintf(self->text + n, MAX_TEXT - n, " %u %u %u 0 0 0 0 0\n", lab_example.start_data,
		 lab_example.end_data, lab_example.start_brk);
	EXPECT_STREQ(self->text, pid_file(self->fd, "stat"));
}

TEST_F(lines, smaps_of_one_region)
{
	static const char * const zeros[] = {
		"Shared_Clean:", "Shared_Dirty:", "LazyFree:", "AnonHugePages:", "ShmemPmdMapped:",
		"FilePmdMapped:", "Shared_Hugetlb:", "Private_Hugetlb:", "Swap:", "SwapPss:",
		"Locked:", "THPeligible:",
	};
	const struct { const char *key; long pages; } lines[] = {
		{ "Size:", 8 }, { "KernelPageSize:", 1 }, { "MMUPageSize:", 1 }, { "Rss:", 5 },
		{ "Pss:", 5 }, { "Pss_Dirty:", 2 }, { "Private_Clean:", 3 },
		{ "Private_Dirty:", 2 }, { "Referenced:", 5 }, { "Anonymous:", 5 },
	};
	volatile unsigned char *p = lab_map(self->fd, LVA, 8 * self->page, RW);
	size_t i;

	ASSERT_NE(NULL, p);
	for (i = 0; i < 5; i++)
		if (i < 2)
			p[i * self->page] = 1;
		else
			(void)p[i * self->page];
	for (i = 0; i < ARRAY_LEN(lines); i++) {
		EXPECT_EQ(lines[i].pages * self->kb, pid_number(self->fd, "smaps", lines[i].key))
			TH_LOG("%s", lines[i].key);
	}
	for (i = 0; i < ARRAY_LEN(zeros); i++) {
		EXPECT_EQ(0, pid_number(self->fd, "smaps", zeros[i]))
			TH_LOG("%s", zeros[i]);
	}
	EXPECT_NE(NULL, strstr(pid_file(self->fd, "smaps"), "\nVmFlags: rd wr mr mw me\x20\n"));
	munmap((void *)p, 8 * self->page);
}

TEST_HARNESS_MAIN
