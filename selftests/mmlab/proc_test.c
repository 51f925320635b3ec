// SPDX-License-Identifier: GPL-2.0
/*
 * The files of /proc/mmlab: rights, reading in pieces, formats, and numbers that
 * agree, at rest and under load.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <poll.h>
#include <sys/stat.h>
#include <time.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "spoil.h"
#include "touch.h"

#define LVA		0x40000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define MAX_TEXT	16384
#define NR_WORKERS	4

static const char * const binary_files[] = { "kpagecount", "kpageflags" };

FIXTURE(proc) {
	struct guard guard;
	struct mmlab_info info;
	int fd;
	size_t page;
	char text[MAX_TEXT], again[MAX_TEXT];
};

/* Something of everything, and a fragmented arena. */
FIXTURE_SETUP(proc)
{
	struct mmlab_block blocks[64];
	unsigned char *window;
	size_t i;

	GUARD_BEGIN(&self->guard);
	self->page = page_size();
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, lab_info(self->fd, &self->info));
	for (i = 0; i < ARRAY_LEN(blocks); i++)
		ASSERT_EQ(0, lab_alloc(self->fd, i % 9, i % 2, &blocks[i]));
	for (i = 0; i < ARRAY_LEN(blocks); i += 3)
		ASSERT_EQ(0, lab_free(self->fd, &blocks[i]));
	window = lab_map(self->fd, LVA, 100 * self->page, RW);
	ASSERT_NE(NULL, window);
	for (i = 0; i < 10; i++)
		window[i * i * self->page] = 1;
	munmap(window, 100 * self->page);
}

FIXTURE_TEARDOWN(proc)
{
	close(self->fd);
	GUARD_END(&self->guard);
}

TEST_F(proc, modes)
{
	struct stat st;
	char path[64];
	size_t i;

	for (i = 0; i < nr_text_files + ARRAY_LEN(binary_files); i++) {
		bool text = i < nr_text_files;

		snprintf(path, sizeof(path), LAB_PROC "/%s", text ?
			 text_files[i].name : binary_files[i - nr_text_files]);
		ASSERT_EQ(0, stat(path, &st))
			TH_LOG("%s", path);
		EXPECT_EQ(S_IFREG | (text ? text_files[i].mode : 0400),
			  st.st_mode)
			TH_LOG("%s", path);
		EXPECT_EQ(0, st.st_uid);
	}
}

/* A number of more than 32 bits in hexadecimal is no lab address. */
static bool has_host_pointer(const char *text)
{
	size_t digits = 0, letters = 0;

	for (; *text; text++) {
		digits = isxdigit((unsigned char)*text) ? digits + 1 : 0;
		letters = !digits ? 0 : letters + !isdigit((unsigned char)*text);
		if ((digits > 8 && letters) || digits >= 16)
			return true;
	}
	return false;
}

static int read_as_nobody(void *arg)
{
	char *text = arg;
	size_t i;

	CHILD_CHECK(become_nobody() == 0);
	for (i = 0; i < nr_text_files; i++) {
		ssize_t n = read_whole(text_files[i].name, text, MAX_TEXT);

		if (text_files[i].mode == 0400) {
			CHILD_CHECK(n == -EACCES);
			continue;
		}
		CHILD_CHECK(n > 0);
		CHILD_CHECK(!text_files[i].parse(text));
		CHILD_CHECK(!has_host_pointer(text));
	}
	for (i = 0; i < ARRAY_LEN(binary_files); i++)
		CHILD_CHECK(read_whole(binary_files[i], text, MAX_TEXT) ==
			    -EACCES);
	return 0;
}

TEST_F(proc, unprivileged_reader)
{
	EXPECT_EQ(0, run_child(read_as_nobody, self->text));
	EXPECT_TRUE(has_host_pointer("x ffff888012345678 y"));
	EXPECT_TRUE(has_host_pointer("0x00007f0012345678"));
	EXPECT_FALSE(has_host_pointer("c0000000-c4000000 rw-s 00000000"));
	EXPECT_FALSE(has_host_pointer("pgfault 1234567890"));
}

TEST_F(proc, formats)
{
	size_t i;

	for (i = 0; i < nr_text_files; i++) {
		ASSERT_LT(0, read_whole(text_files[i].name, self->text, MAX_TEXT));
		ASSERT_FINE(text_files[i].parse(self->text));
		EXPECT_FALSE(has_host_pointer(self->text));
		/* and the parser is not blind on this very text */
		ASSERT_FINE(spoil_all(text_files[i].parse, self->text));
	}
}

TEST_F(proc, reading_in_pieces)
{
	static const size_t sizes[] = { 1, 7, 13, 511, 4095, 4097 };
	size_t i, k;

	for (i = 0; i < nr_text_files; i++) {
		const char *name = text_files[i].name;

		ASSERT_LT(0, read_whole(name, self->text, MAX_TEXT));
		for (k = 0; k < 2 * ARRAY_LEN(sizes); k++) {
			ASSERT_LT(0, read_chunks(name, self->again, MAX_TEXT,
						 sizes[k / 2], k % 2));
			EXPECT_STREQ(self->text, self->again)
				TH_LOG("%s in pieces of %zu", name, sizes[k / 2]);
		}
	}
}

TEST_F(proc, seeking_back)
{
	char path[64];
	size_t i;

	for (i = 0; i < nr_text_files; i++) {
		ssize_t len;
		int fd;

		snprintf(path, sizeof(path), LAB_PROC "/%s", text_files[i].name);
		fd = open(path, O_RDONLY);
		ASSERT_LE(0, fd);
		memset(self->text, 0, MAX_TEXT);
		memset(self->again, 0, MAX_TEXT);
		len = read(fd, self->text, MAX_TEXT - 1);
		ASSERT_LT(10, len);
		EXPECT_EQ(5, lseek(fd, 5, SEEK_SET));
		EXPECT_EQ(len - 5, read(fd, self->again, MAX_TEXT - 1));
		EXPECT_STREQ(self->text + 5, self->again);
		EXPECT_EQ(0, lseek(fd, 0, SEEK_SET));
		EXPECT_EQ(len, read(fd, self->again, MAX_TEXT - 1));
		EXPECT_STREQ(self->text, self->again);
		EXPECT_EQ(0, read(fd, self->again, MAX_TEXT - 1));
		close(fd);
	}
}

/* All calls but read behave as on the host's own meminfo. */
struct treatment {
	int write, mmap, poll, ioctl, truncate;
};

static struct treatment treat(const char *path)
{
	struct treatment t = { 0 };
	int fd = open(path, O_RDWR);
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN | POLLPRI };

	if (fd < 0)
		fd = open(path, O_RDONLY);
	poll_fd.fd = fd;
	t.write = write(fd, "1", 1) < 0 ? errno : 0;
	t.mmap = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ?
		 errno : 0;
	t.poll = poll(&poll_fd, 1, 0) < 0 ? -1 : poll_fd.revents;
	t.ioctl = lab_ioctl(fd, MMLAB_CHECK, NULL);
	t.truncate = truncate(path, 0) < 0 ? errno : 0;
	close(fd);
	return t;
}

TEST_F(proc, nothing_but_reading)
{
	struct treatment host = treat("/proc/meminfo");
	char path[64];
	size_t i;

	EXPECT_EQ(EIO, host.write);
	EXPECT_EQ(EIO, host.mmap);
	for (i = 0; i < nr_text_files + ARRAY_LEN(binary_files); i++) {
		struct treatment lab;

		snprintf(path, sizeof(path), LAB_PROC "/%s", i < nr_text_files ?
			 text_files[i].name : binary_files[i - nr_text_files]);
		lab = treat(path);
		EXPECT_EQ(0, memcmp(&host, &lab, sizeof(host)))
			TH_LOG("%s: write %d mmap %d poll %d ioctl %d truncate %d, meminfo: %d %d %d %d %d",
			       path, lab.write, lab.mmap, lab.poll, lab.ioctl,
			       lab.truncate, host.write, host.mmap, host.poll,
			       host.ioctl, host.truncate);
	}
	ASSERT_LT(0, read_whole("meminfo", self->text, MAX_TEXT));
}

/* NULL, or how meminfo breaks the conservation law. */
static const char *check_meminfo(const struct table *t, unsigned long arena_kb)
{
	static const char * const classes[] = {
		"MemFree", "PerCpuPages", "Slab", "PageTables", "AnonPages",
		"Blocks", "VmallocPages", "Quarantine", "Bad", "Reserved",
	};
	unsigned long sum = 0;
	size_t i;

	for (i = 0; i < ARRAY_LEN(classes); i++) {
		bool found;

		sum += table_value(t, classes[i], &found);
		if (!found)
			return format_error("meminfo has no %s", classes[i]);
	}
	if (sum != arena_kb)
		return format_error("meminfo sums up to %lu kB of %lu", sum,
				    arena_kb);
	if (table_value(t, "MemTotal", NULL) +
	    table_value(t, "Reserved", NULL) != arena_kb)
		return "MemTotal is not the arena less Reserved";
	if (table_value(t, "MemAvailable", NULL) >
	    table_value(t, "MemTotal", NULL))
		return "more available than there is";
	return NULL;
}

/* The frames of a class in the file check; -1: it has no such line. */
static long class_of(const char *text, const char *class)
{
	const char *line = strstr(text, class);

	return line ? strtol(line + strlen(class), NULL, 10) : -1;
}

TEST_F(proc, check_tells_the_census)
{
	struct census c;

	ASSERT_LT(0, read_whole("check", self->text, MAX_TEXT));
	ASSERT_FINE(read_census(&c));
	EXPECT_EQ(c.free, class_of(self->text, "free:"));
	EXPECT_EQ(c.pcp, class_of(self->text, "\nper-cpu:"));
	EXPECT_EQ(c.slab, class_of(self->text, "\nslab:"));
	EXPECT_EQ(c.tables, class_of(self->text, "\npage tables:"));
	EXPECT_EQ(c.anon, class_of(self->text, "\nuser:"));
	EXPECT_EQ(c.blocks, class_of(self->text, "\nblocks:"));
	EXPECT_EQ(c.vmalloc, class_of(self->text, "\nvmalloc:"));
	EXPECT_EQ(c.quarantine, class_of(self->text, "\nquarantine:"));
	EXPECT_EQ(c.bad, class_of(self->text, "\nbad:"));
	EXPECT_EQ(c.reserved, class_of(self->text, "\nreserved:"));
	EXPECT_EQ(self->info.nr_frames, class_of(self->text, "\narena:"));
}

TEST_F(proc, numbers_agree)
{
	static const char * const keys[] = {
		"MemTotal", "MemFree", "MemAvailable", "Buffers", "Cached",
		"SwapCached", "Active", "Inactive", "Active(anon)", "Inactive(anon)",
		"SwapTotal", "SwapFree", "AnonPages", "Slab",
		"SReclaimable", "SUnreclaim", "PageTables", "Blocks",
		"VmallocTotal", "VmallocUsed", "VmallocChunk", "PerCpuPages",
		"HardwareCorrupted", "Bad", "Quarantine", "Reserved",
	};
	unsigned long kb = self->page / 1024, free = 0, pcp = 0;
	struct buddyinfo b;
	struct zoneinfo z;
	struct census c;
	struct table t;
	unsigned int i, k;
	bool found;

	ASSERT_LT(0, read_whole("buddyinfo", self->text, MAX_TEXT));
	ASSERT_FINE(parse_buddyinfo(self->text, &b));
	ASSERT_LT(0, read_whole("zoneinfo", self->text, MAX_TEXT));
	ASSERT_FINE(parse_zoneinfo(self->text, &z));
	ASSERT_LT(0, read_whole("meminfo", self->text, MAX_TEXT));
	ASSERT_FINE(parse_meminfo(self->text, &t));
	ASSERT_FINE(read_census(&c));

	ASSERT_FINE(check_meminfo(&t, self->info.nr_frames * kb));
	for (i = 0; i < ARRAY_LEN(keys); i++) {
		table_value(&t, keys[i], &found);
		EXPECT_TRUE(found)
			TH_LOG("no %s", keys[i]);
	}
	ASSERT_EQ(2, z.nr_zones);
	EXPECT_STREQ("DMA", z.zone[0].name);
	EXPECT_STREQ("Normal", z.zone[1].name);
	for (i = 0; i < z.nr_zones; i++) {
		EXPECT_STREQ(b.zone[i].name, z.zone[i].name);
		EXPECT_EQ(z.zone[i].free, z.zone[i].nr_free_pages);
		EXPECT_LE(z.zone[i].min, z.zone[i].low);
		EXPECT_LE(z.zone[i].low, z.zone[i].high);
		EXPECT_LE(z.zone[i].managed, z.zone[i].present);
		EXPECT_LE(z.zone[i].present, z.zone[i].spanned);
		free += z.zone[i].free;
		for (k = 0; k < z.zone[i].nr_cpus; k++)
			pcp += z.zone[i].count[k];
	}
	EXPECT_EQ(free, buddyinfo_frames(&b));
	EXPECT_EQ(free, c.free);
	EXPECT_EQ(free * kb, table_value(&t, "MemFree", NULL));
	EXPECT_EQ(pcp, c.pcp);
	EXPECT_EQ(pcp * kb, table_value(&t, "PerCpuPages", NULL));
	EXPECT_EQ(c.anon * kb, table_value(&t, "AnonPages", NULL));
	EXPECT_EQ(10, c.anon);
	EXPECT_EQ(c.tables * kb, table_value(&t, "PageTables", NULL));
	EXPECT_EQ(c.blocks * kb, table_value(&t, "Blocks", NULL));
}

/* The two indices, computed anew by the kernel's formulas. */
static long unusable(const unsigned long *nr_free, int order)
{
	unsigned long free = 0, usable = 0;
	int o;

	for (o = 0; o < NR_ORDERS; o++) {
		free += nr_free[o] << o;
		usable += o >= order ? nr_free[o] << o : 0;
	}
	return free ? (free - usable) * 1000 / free : 1000;
}

static long extfrag(const unsigned long *nr_free, int order)
{
	unsigned long free = 0, blocks = 0, suitable = 0;
	int o;

	for (o = 0; o < NR_ORDERS; o++) {
		free += nr_free[o] << o;
		blocks += nr_free[o];
		suitable += o >= order ? nr_free[o] : 0;
	}
	if (!blocks)
		return 0;
	if (suitable)
		return -1000;
	return 1000 - (1000 + free * 1000 / (1UL << order)) / blocks;
}

static const char *check_indices(char *text)
{
	struct index frag, waste;
	struct buddyinfo b;
	const char *error;
	unsigned int z, o;

	read_whole("buddyinfo", text, MAX_TEXT);
	error = parse_buddyinfo(text, &b);
	read_whole("extfrag_index", text, MAX_TEXT);
	error = error ?: parse_extfrag(text, &frag);
	read_whole("unusable_index", text, MAX_TEXT);
	error = error ?: parse_unusable(text, &waste);
	for (z = 0; !error && z < b.nr_zones; z++) {
		for (o = 0; o < NR_ORDERS; o++) {
			long f = extfrag(b.zone[z].nr_free, o);
			long w = unusable(b.zone[z].nr_free, o);

			if (f != frag.zone[z].value[o] ||
			    w != waste.zone[z].value[o])
				return format_error("zone %u, order %u: extfrag %ld, should be %ld; unusable %ld, should be %ld",
						    z, o, frag.zone[z].value[o],
						    f, waste.zone[z].value[o], w);
		}
	}
	return error;
}

TEST_F(proc, fragmentation_indices)
{
	struct mmlab_block *blocks = calloc(32768, sizeof(*blocks));
	struct mmlab_drain drain;
	size_t i, n = 0;

	ASSERT_NE(NULL, blocks);
	ASSERT_FINE(check_indices(self->text));
	while (n < 32768 && !lab_alloc(self->fd, 0, MMLAB_ZONE_NORMAL, &blocks[n]))
		n++;
	ASSERT_FINE(check_indices(self->text));
	/* every second frame free: nothing above order 0 */
	for (i = 0; i < n; i += 2)
		ASSERT_EQ(0, lab_free(self->fd, &blocks[i]));
	ASSERT_EQ(0, lab_drain(self->fd, &drain));
	ASSERT_FINE(check_indices(self->text));
	free(blocks);
}

static unsigned long count_flag(const uint64_t *flags, size_t n, int flag)
{
	unsigned long nr = 0;
	size_t i;

	for (i = 0; i < n; i++)
		nr += flags[i] >> flag & 1;
	return nr;
}

TEST_F(proc, page_files)
{
	size_t i, n = self->info.nr_frames, size = n * 8;
	uint64_t *flags = malloc(size + 16), *counts = malloc(size + 16), word;
	unsigned long mapped = 0;
	struct mmlab_area area = { .size = 2 * page_size() };
	struct mmlab_translation t;
	unsigned char *window;
	struct census c;
	int fd;

	ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_VMALLOC, &area));
	window = lab_map(self->fd, area.lva, 2 * page_size(), PROT_READ | PROT_WRITE);
	ASSERT_NE(NULL, window);
	window[0] = 1;
	ASSERT_EQ(size, read_whole("kpageflags", (char *)flags, size + 1));
	ASSERT_EQ(size, read_whole("kpagecount", (char *)counts, size + 1));
	ASSERT_FINE(read_census(&c));
	EXPECT_EQ(c.free, count_flag(flags, n, KPF_BUDDY));
	EXPECT_EQ(c.tables, count_flag(flags, n, KPF_PGTABLE));
	EXPECT_EQ(c.anon, count_flag(flags, n, KPF_ANON));
	EXPECT_EQ(c.slab, count_flag(flags, n, KPF_SLAB));
	EXPECT_EQ(c.reserved, count_flag(flags, n, KPF_RESERVED));
	for (i = 0; i < n; i++) {
		mapped += counts[i];
		ASSERT_TRUE(!counts[i] || flags[i] >> KPF_ANON & 1);
		ASSERT_EQ(0, flags[i] >> 48);
	}
	EXPECT_EQ(c.anon, mapped);
	/* an area's entries are the kernel's own, with a window on it or without */
	EXPECT_LE(2, c.vmalloc);
	ASSERT_EQ(0, lab_translate(self->fd, area.lva, &t));
	EXPECT_EQ(1, t.mapcount);
	EXPECT_EQ(0, counts[t.pfn]);
	ASSERT_EQ(0, lab_translate(self->fd, LVA, &t));
	EXPECT_EQ(1, counts[t.pfn]);
	EXPECT_TRUE(flags[t.pgd_pfn] >> KPF_PGTABLE & 1);

	fd = open(LAB_PROC "/kpageflags", O_RDONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(8, pread(fd, &word, 8, t.pgd_pfn * 8));
	EXPECT_EQ(flags[t.pgd_pfn], word);
	EXPECT_EQ(-1, pread(fd, &word, 7, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, pread(fd, &word, 8, 4));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, pread(fd, &word, 8, size));
	EXPECT_EQ(0, pread(fd, &word, 8, 1LL << 40));
	EXPECT_EQ(8, pread(fd, flags, 16, size - 8));
	EXPECT_EQ(-1, pread(fd, mmap(NULL, 8, PROT_NONE, MAP_PRIVATE |
				     MAP_ANONYMOUS, -1, 0), 8, 0));
	EXPECT_EQ(EFAULT, errno);
	close(fd);
	munmap(window, 2 * page_size());
	free(flags);
	free(counts);
}

struct worker {
	time_t until;
	unsigned int seed;
	unsigned long arena_kb;
};

static int read_all(void *arg)
{
	const struct worker *w = arg;
	static char text[MAX_TEXT];
	unsigned long kb = page_size() / 1024;
	const char *error = NULL;
	struct table t;
	struct census c;
	size_t i;

	while (!error && time(NULL) < w->until) {
		for (i = 0; !error && i < nr_text_files; i++) {
			if (read_chunks(text_files[i].name, text, MAX_TEXT,
					i % 2 ? 1000 : MAX_TEXT, false) <= 0)
				error = "a file can't be read";
			else
				error = text_files[i].parse(text);
		}
		read_whole("meminfo", text, MAX_TEXT);
		error = error ?: parse_meminfo(text, &t);
		error = error ?: check_meminfo(&t, w->arena_kb);
		error = error ?: read_census(&c);
		if (!error && census_sum(&c) * kb != w->arena_kb)
			error = "vmstat breaks the conservation law";
		if (!error && read_whole("kpageflags", text, MAX_TEXT - 7) <= 0)
			error = "kpageflags can't be read";
	}
	if (error)
		fprintf(stderr, "# reader: %s\n", error);
	return !!error;
}

static int mutate(void *arg)
{
	struct worker *w = arg;
	struct mmlab_block blocks[32];
	size_t page = page_size(), i, n;
	struct mmlab_drain drain;

	while (time(NULL) < w->until) {
		int fd = lab_open(O_RDWR);
		unsigned char *p;

		CHILD_CHECK(fd >= 0);
		p = lab_map(fd, LVA, 64 * page, RW);
		CHILD_CHECK(p);
		for (n = 0; n < ARRAY_LEN(blocks); n++)
			if (lab_alloc(fd, rand_r(&w->seed) % 7,
				      rand_r(&w->seed) % 2, &blocks[n]))
				break;
		for (i = 0; i < 64; i += 1 + rand_r(&w->seed) % 4)
			p[i * page] = i;
		for (i = 0; i < n; i += 2)
			CHILD_CHECK(lab_free(fd, &blocks[i]) == 0);
		CHILD_CHECK(lab_munmap(fd, LVA + 16 * page, 16 * page) >= 0);
		if (w->seed % 8 == 0)
			CHILD_CHECK(lab_drain(fd, &drain) == 0);
		close(fd);
		munmap(p, 64 * page);
	}
	return 0;
}

TEST_F_TIMEOUT(proc, snapshots_under_load, 120)
{
	int seconds = getenv("MMLAB_LONG") ? 30 : 3;
	pid_t pids[2 * NR_WORKERS];
	size_t i;

	fflush(NULL);
	for (i = 0; i < ARRAY_LEN(pids); i++) {
		struct worker w = { time(NULL) + seconds, i + 1,
				    self->info.nr_frames * self->page / 1024 };

		pids[i] = fork();
		if (!pids[i])
			_exit(i % 2 ? mutate(&w) : read_all(&w));
	}
	for (i = 0; i < ARRAY_LEN(pids); i++) {
		int status = -1;

		ASSERT_EQ(pids[i], waitpid(pids[i], &status, 0));
		EXPECT_EQ(0, status);
	}
}

TEST_HARNESS_MAIN
