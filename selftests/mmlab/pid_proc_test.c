// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/mmlab/<lab pid>/: formats, numbers that agree, rights, and the end with the lab
 * process. Readers that are slow: pid_reader_test.c
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"

#define RW		(PROT_READ | PROT_WRITE)
#define HEAP_PAGE	0x0804a000UL
#define MAX_TEXT	32768
#define PM_PRESENT	(1ULL << 63)
#define PM_EXCLUSIVE	(1ULL << 56)
#define PM_PFN		((1ULL << 55) - 1)

static const char * const text_files[] = {
	"cmdline", "comm", "maps", "smaps", "stat", "statm", "status",
};

FIXTURE(pid_proc) {
	struct guard guard;
	struct mmlab_info info;
	int fd;
	size_t page;
	char text[MAX_TEXT], again[MAX_TEXT];
};

static char *path_of(uint32_t pid, const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%u%s%s", LAB_PROC, pid, *name ? "/" : "",
		 name);
	return path;
}

static ssize_t read_file(uint32_t pid, const char *name, char *text)
{
	return read_whole(path_of(pid, name), text, MAX_TEXT);
}

/*
 * The article's program with a heap, a page in each part, one of them only read;
 * and regions apart: without rights, with all, in pieces.
 */
FIXTURE_SETUP(pid_proc)
{
	unsigned char *q;
	int i;

	GUARD_BEGIN(&self->guard);
	self->page = page_size();
	if (self->page != 0x1000)
		SKIP(return, "the article's program has pages of 4 KiB");
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, lab_info(self->fd, &self->info));
	ASSERT_EQ(0, lab_exec_example(self->fd));
	ASSERT_EQ(0, lab_brk(self->fd, &(uint32_t){ HEAP_PAGE + 0x4004 }));
	ASSERT_EQ(1, pwrite(self->fd, "b", 1, HEAP_PAGE - 1));
	ASSERT_EQ(1, pwrite(self->fd, "h", 1, HEAP_PAGE + 0x2000));
	ASSERT_EQ(1, pwrite(self->fd, "s", 1, 0xbffffffc));
	q = lab_map(self->fd, 0x08048000, self->page, PROT_READ);
	ASSERT_NE(NULL, q);
	(void)*(volatile unsigned char *)q;
	munmap(q, self->page);
	ASSERT_EQ(0, lab_region_at(self->fd, 0x20000000, self->page, PROT_NONE));
	ASSERT_EQ(0, lab_region_at(self->fd, 0x20001000, 0x2000, RW | PROT_EXEC));
	for (i = 0; i < 40; i++)
		ASSERT_EQ(0, lab_region_at(self->fd, 0x30000000 + i * 0x4000, 0x3000,
					   i % 2 ? RW : PROT_READ));
	ASSERT_EQ(1, pwrite(self->fd, "x", 1, 0x30004000));
}

FIXTURE_TEARDOWN(pid_proc)
{
	if (self->fd >= 0)
		close(self->fd);
	GUARD_END(&self->guard);
}

/* ---- formats ---- */

/* NULL, or a text about the error in a line "Key:   N kB" of @format. */
static const char *check_kb(const char *line, const char *format, unsigned long *kb)
{
	char key[40], name[31], expected[80];

	if (sscanf(line, "%30[A-Za-z_]: %lu kB", name, kb) != 2)
		return format_error("no 'Key: N kB': '%s'", line);
	snprintf(key, sizeof(key), "%s:", name);
	snprintf(expected, sizeof(expected), format, key, *kb);
	return strcmp(line, expected) ?
	       format_error("'%s' should be '%s'", line, expected) : NULL;
}

/* Two small letters and a blank, again and again. */
static bool is_flags(const char *flags)
{
	for (; *flags; flags += 3)
		if (flags[0] < 'a' || flags[0] > 'z' || flags[1] < 'a' ||
		    flags[1] > 'z' || flags[2] != ' ')
			return false;
	return true;
}

/* The sums of smaps over all regions, in kB; and its headers, as maps. */
struct smaps {
	unsigned long size, rss, pss, dirty, clean, referenced;
	char headers[MAX_TEXT];
};

static void add_up(struct smaps *s, const char *line, unsigned long kb)
{
	const struct {
		const char *key;
		unsigned long *sum;
	} sums[] = {
		{ "Size:", &s->size }, { "Rss:", &s->rss }, { "Pss:", &s->pss },
		{ "Private_Dirty:", &s->dirty }, { "Private_Clean:", &s->clean },
		{ "Referenced:", &s->referenced },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(sums); i++)
		if (!strncmp(line, sums[i].key, strlen(sums[i].key)))
			*sums[i].sum += kb;
}

static const char *parse_smaps(const char *text, struct smaps *s)
{
	const char *error = NULL;
	char line[512];

	memset(s, 0, sizeof(*s));
	while (!error && next_line(&text, line, sizeof(line), &error)) {
		unsigned long start, end, kb;

		if (sscanf(line, "%lx-%lx ", &start, &end) == 2) {
			strcat(strcat(s->headers, line), "\n");
		} else if (!strncmp(line, "VmFlags: ", 9)) {
			if (!is_flags(line + 9))
				error = format_error("'%s'", line);
		} else if (strncmp(line, "THPeligible:    ", 16)) {
			error = check_kb(line, "%-16s%8lu kB", &kb);
			if (!error)
				add_up(s, line, kb);
		}
	}
	return error;
}

/* The keys of @text, which begin lines, are in @of and come there in that order. */
static const char *keys_in_order(const char *text, const char *of)
{
	const char *error = NULL;
	char line[512], key[64];

	while (next_line(&text, line, sizeof(line), &error)) {
		size_t len = strcspn(line, ":");

		snprintf(key, sizeof(key), "\n%.*s:", (int)(len < 60 ? len : 60), line);
		of = strstr(of, key);
		if (!of)
			return format_error("the host's file has no '%s' there", key + 1);
	}
	return error;
}

static void cut_line(char *text, const char *key)
{
	char *line = strstr(text, key), *next = line ? strchr(line, '\n') : NULL;

	if (next)
		memmove(line, next + 1, strlen(next));
}

TEST_F(pid_proc, maps_and_smaps)
{
	static struct smaps smaps;
	struct maps maps;

	ASSERT_LT(0, read_file(self->info.lab_pid, "maps", self->text));
	ASSERT_FINE(parse_maps(self->text, &maps));
	EXPECT_EQ(46, maps.nr_rows);
	ASSERT_LT(0, read_file(self->info.lab_pid, "smaps", self->again));
	ASSERT_FINE(parse_smaps(self->again, &smaps));
	EXPECT_STREQ(self->text, smaps.headers);
	EXPECT_EQ(5 * 4, smaps.rss);
	EXPECT_EQ(5 * 4, smaps.pss);
	EXPECT_EQ(4 * 4, smaps.dirty);
	EXPECT_EQ(1 * 4, smaps.clean);
	EXPECT_EQ(5 * 4, smaps.referenced);
	/* the first region's keys are the host's */
	*strstr(strchr(self->again, '\n') + 1, "\nVmFlags") = '\0';
	strcat(self->again, "\n");
	ASSERT_LT(0, read_whole("/proc/self/smaps", self->text, MAX_TEXT));
	/* 30934843019a ("mm/smaps: add Pss_Dirty") */
	if (!strstr(self->text, "\nPss_Dirty:"))
		cut_line(self->again, "Pss_Dirty:");
	ASSERT_FINE(keys_in_order(strchr(self->again, '\n') + 1, self->text));
}

/* The number after "Key:", in kB or without a unit. */
static unsigned long status_of(const char *text, const char *key)
{
	const char *line = strstr(text, key);

	return line ? strtoul(line + strlen(key), NULL, 10) : ~0UL;
}

TEST_F(pid_proc, status)
{
	static struct smaps smaps;
	const char *line;
	char host[MAX_TEXT];

	ASSERT_LT(0, read_file(self->info.lab_pid, "smaps", self->again));
	ASSERT_FINE(parse_smaps(self->again, &smaps));
	ASSERT_LT(0, read_file(self->info.lab_pid, "status", self->text));
	EXPECT_EQ(0, strncmp(self->text, "Name:\texample\n", 14));
	for (line = strstr(self->text, "\nVm"); line; line = strstr(line + 1, "\nVm")) {
		unsigned long kb;
		char one[80] = "";

		if (sscanf(line + 1, "%79[^\n]", one) != 1)
			one[0] = '\0';
		ASSERT_FINE(check_kb(one, "%s\t%8lu kB", &kb));
	}
	EXPECT_NE(NULL, strstr(self->text, "\nUid:\t0\t0\t0\t0\n"));
	EXPECT_NE(NULL, strstr(self->text, "\nGid:\t0\t0\t0\t0\n"));
	EXPECT_EQ(self->info.lab_pid, status_of(self->text, "\nPid:\t"));
	EXPECT_EQ(self->info.lab_pid, status_of(self->text, "\nTgid:\t"));
	EXPECT_EQ(smaps.rss, status_of(self->text, "\nVmRSS:\t"));
	EXPECT_EQ(smaps.rss, status_of(self->text, "\nRssAnon:\t"));
	EXPECT_EQ(smaps.rss, status_of(self->text, "\nVmHWM:\t"));
	EXPECT_EQ(smaps.size, status_of(self->text, "\nVmSize:\t"));
	EXPECT_EQ(8, status_of(self->text, "\nVmStk:\t"));
	EXPECT_EQ(4, status_of(self->text, "\nVmExe:\t"));
	ASSERT_LT(0, read_whole("/proc/self/status", host, MAX_TEXT));
	memmove(host + 1, host, strlen(host) + 1);
	*host = '\n';
	ASSERT_FINE(keys_in_order(self->text, host));
}

TEST_F(pid_proc, stat_and_statm)
{
	unsigned long long stat[53] = { 0 };
	unsigned long statm[7];
	char name[32] = "", state = 0, *at, end;
	int i, n = 0, nr;

	ASSERT_LT(0, read_file(self->info.lab_pid, "stat", self->text));
	nr = sscanf(self->text, "%llu (%31[^)]) %c%n", &stat[1], name, &state, &n);
	ASSERT_EQ(3, nr);
	for (i = 4, at = self->text + n; i <= 52; i++) {
		ASSERT_EQ(' ', *at)
			TH_LOG("before field %d", i);
		stat[i] = strtoull(at, &at, 10);
	}
	EXPECT_STREQ("\n", at);
	EXPECT_STREQ("example", name);
	EXPECT_EQ('S', state);
	EXPECT_EQ(self->info.lab_pid, stat[1]);
	EXPECT_EQ(5, stat[24]);
	EXPECT_EQ(lab_example.start_code, stat[26]);
	EXPECT_EQ(lab_example.end_code, stat[27]);
	EXPECT_EQ(lab_example.stack_top, stat[28]);
	EXPECT_EQ(lab_example.start_data, stat[45]);
	EXPECT_EQ(lab_example.end_data, stat[46]);
	EXPECT_EQ(lab_example.start_brk, stat[47]);
	EXPECT_EQ(5, stat[10]);
	ASSERT_LT(0, read_file(self->info.lab_pid, "statm", self->again));
	nr = sscanf(self->again, "%lu %lu %lu %lu %lu %lu %lu%c", &statm[0], &statm[1],
		    &statm[2], &statm[3], &statm[4], &statm[5], &statm[6], &end);
	ASSERT_EQ(8, nr);
	EXPECT_EQ('\n', end);
	EXPECT_EQ(stat[23], statm[0] * self->page);
	EXPECT_EQ(5, statm[1]);
	EXPECT_EQ(1, statm[3]);
	EXPECT_EQ(8, read_file(self->info.lab_pid, "cmdline", self->text));
	EXPECT_STREQ("example", self->text);
	EXPECT_EQ(8, read_file(self->info.lab_pid, "comm", self->text));
	EXPECT_STREQ("example\n", self->text);
}

/* Text that begins and ends inside pages: both count. */
TEST_F(pid_proc, text_that_is_not_round)
{
	static const struct {
		uint32_t start, end;
		unsigned long pages;
	} texts[] = {
		{ 0x08048000, 0x08048000, 0 }, { 0x08048010, 0x08048010, 1 },
		{ 0x08048fff, 0x08049001, 2 }, { 0x08048010, 0x08049010, 2 },
		{ 0x08048000, 0x0804a000, 2 }, { 0x08048001, 0x0804a001, 3 },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(texts); i++) {
		struct mmlab_exec exec = lab_example;
		unsigned long statm[4];
		int nr;

		exec.start_code = texts[i].start;
		exec.end_code = texts[i].end;
		ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_EXEC, &exec));
		ASSERT_LT(0, read_file(self->info.lab_pid, "statm", self->text));
		nr = sscanf(self->text, "%lu %lu %lu %lu", &statm[0], &statm[1],
			    &statm[2], &statm[3]);
		ASSERT_EQ(4, nr);
		EXPECT_EQ(texts[i].pages, statm[3])
			TH_LOG("text %zu", i);
		ASSERT_LT(0, read_file(self->info.lab_pid, "status", self->text));
		EXPECT_EQ(4 * texts[i].pages, status_of(self->text, "\nVmExe:\t"));
	}
}

/* What psutil and others look for, each a line of its own with one number. */
TEST_F(pid_proc, lines_that_readers_want)
{
	static const char * const keys[] = {
		"Threads:", "voluntary_ctxt_switches:", "nonvoluntary_ctxt_switches:",
	};
	size_t i;

	ASSERT_LT(0, read_file(self->info.lab_pid, "status", self->text));
	for (i = 0; i < ARRAY_LEN(keys); i++) {
		char wanted[64];

		snprintf(wanted, sizeof(wanted), "\n%s\t%d\n", keys[i], !i);
		EXPECT_NE(NULL, strstr(self->text, wanted))
			TH_LOG("%s", keys[i]);
	}
}

/* smaps region by region: flags that say what maps says, and which one grows. */
TEST_F(pid_proc, flags_of_each_region)
{
	const char *line, *next;
	unsigned int nr = 0, nr_growing = 0;

	ASSERT_LT(0, read_file(self->info.lab_pid, "smaps", self->text));
	for (line = self->text; (next = strstr(line, "\nVmFlags: ")); nr++) {
		char perms[5] = "", got[64] = "", wanted[64];
		bool stack = memmem(line, next - line, "[stack]", 7);
		int has_perms = sscanf(line, "%*x-%*x %4s ", perms);
		int has_flags = sscanf(next, "\nVmFlags: %63[^\n]", got);

		ASSERT_TRUE(has_perms == 1 && has_flags == 1);
		snprintf(wanted, sizeof(wanted), "%s%s%smr mw me %s",
			 perms[0] == 'r' ? "rd " : "", perms[1] == 'w' ? "wr " : "",
			 perms[2] == 'x' ? "ex " : "", stack ? "gd " : "");
		EXPECT_STREQ(wanted, got)
			TH_LOG("region %u", nr);
		nr_growing += stack;
		line = strchr(next + 1, '\n') + 1;
	}
	EXPECT_EQ(46, nr);
	EXPECT_EQ(1, nr_growing);
}

TEST_F(pid_proc, reading_in_pieces)
{
	static const size_t sizes[] = { 1, 7, 511, 4097 };
	size_t i, k;

	for (i = 0; i < ARRAY_LEN(text_files); i++) {
		const char *path = path_of(self->info.lab_pid, text_files[i]);
		ssize_t len = read_whole(path, self->text, MAX_TEXT);

		ASSERT_LT(0, len);
		for (k = 0; k < 2 * ARRAY_LEN(sizes); k++) {
			EXPECT_EQ(len, read_chunks(path, self->again, MAX_TEXT,
						   sizes[k / 2], k % 2));
			EXPECT_EQ(0, memcmp(self->text, self->again, len))
				TH_LOG("%s in pieces of %zu", path, sizes[k / 2]);
		}
	}
}

/* ---- pagemap ---- */

static bool agrees(int fd, uint32_t lva, uint64_t entry)
{
	struct mmlab_translation t;

	if (lab_translate(fd, lva, &t))
		return false;
	if (t.step != MMLAB_STEP_OK)
		return !entry;
	return entry == (PM_PRESENT | PM_EXCLUSIVE | t.pfn);
}

TEST_F(pid_proc, pagemap)
{
	static uint64_t entries[8192];
	int fd = open(path_of(self->info.lab_pid, "pagemap"), O_RDONLY);
	unsigned int present = 0;
	size_t i, page = 0;
	struct maps maps;
	ssize_t n;

	ASSERT_LE(0, fd);
	while ((n = read(fd, entries, sizeof(entries))) > 0) {
		for (i = 0; i < n / sizeof(entries[0]); i++, page++) {
			if (!entries[i])
				continue;
			present++;
			EXPECT_TRUE(agrees(self->fd, page * self->page, entries[i]));
		}
	}
	EXPECT_EQ(0, n);
	EXPECT_EQ(LAB_USER_END / self->page, page);
	EXPECT_EQ(5, present);
	ASSERT_LT(0, read_file(self->info.lab_pid, "maps", self->text));
	ASSERT_FINE(parse_maps(self->text, &maps));
	for (i = 0; i < maps.nr_rows; i++) {
		size_t at = maps.row[i].start / self->page;

		for (; at < maps.row[i].end / self->page; at++) {
			ASSERT_EQ(8, pread(fd, entries, 8, at * 8));
			EXPECT_TRUE(agrees(self->fd, at * self->page, entries[0]));
		}
	}
	EXPECT_EQ(-1, pread(fd, entries, 7, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, pread(fd, entries, 8, 4));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, pread(fd, entries, 8, LAB_USER_END / self->page * 8));
	EXPECT_EQ(8, pread(fd, entries, 16, LAB_USER_END / self->page * 8 - 8));
	EXPECT_EQ(0, lseek(fd, 0, SEEK_SET));
	EXPECT_EQ(-1, syscall(SYS_read, fd, 8, 8));
	EXPECT_EQ(EFAULT, errno);
	close(fd);
}

/* ---- rights ---- */

static int stranger(void *arg)
{
	uint32_t pid = *(uint32_t *)arg;
	char text[64];
	size_t i;

	CHILD_CHECK(become_nobody() == 0);
	for (i = 0; i < ARRAY_LEN(text_files); i++)
		CHILD_CHECK(read_whole(path_of(pid, text_files[i]), text,
				       sizeof(text)) > 0);
	CHILD_CHECK(open(path_of(pid, "pagemap"), O_RDONLY) < 0 && errno == EACCES);
	CHILD_CHECK(open(path_of(pid, "maps"), O_WRONLY) < 0 && errno == EACCES);
	return 0;
}

TEST_F(pid_proc, modes_and_readers)
{
	unsigned int i, nr = 0;
	struct dirent *entry;
	struct stat st;
	DIR *dir;

	ASSERT_EQ(0, stat(path_of(self->info.lab_pid, ""), &st));
	EXPECT_EQ(S_IFDIR | 0555, st.st_mode);
	for (i = 0; i < ARRAY_LEN(text_files); i++) {
		ASSERT_EQ(0, stat(path_of(self->info.lab_pid, text_files[i]), &st));
		EXPECT_EQ(S_IFREG | 0444, st.st_mode);
	}
	ASSERT_EQ(0, stat(path_of(self->info.lab_pid, "pagemap"), &st));
	EXPECT_EQ(S_IFREG | 0400, st.st_mode);
	EXPECT_EQ(0, st.st_uid | st.st_gid);
	dir = opendir(path_of(self->info.lab_pid, ""));
	ASSERT_NE(NULL, dir);
	while ((entry = readdir(dir)))
		nr += *entry->d_name != '.';
	closedir(dir);
	EXPECT_EQ(ARRAY_LEN(text_files) + 1, nr);
	EXPECT_EQ(0, run_child(stranger, &self->info.lab_pid));
}

/* The user that opened the device may read it all. */
static int open_as_nobody(void *arg)
{
	struct mmlab_info info;
	struct stat st;
	uint64_t entry;
	int fd, map;

	CHILD_CHECK(become_nobody() == 0);
	fd = lab_open(O_RDWR);
	CHILD_CHECK(fd >= 0 && lab_info(fd, &info) == 0);
	map = open(path_of(info.lab_pid, "pagemap"), O_RDONLY);
	CHILD_CHECK(map >= 0 && pread(map, &entry, 8, 0) == 8);
	CHILD_CHECK(fstat(map, &st) == 0);
	CHILD_CHECK(st.st_uid == LAB_NOBODY && st.st_gid == LAB_NOBODY);
	CHILD_CHECK(stat(path_of(info.lab_pid, ""), &st) == 0);
	CHILD_CHECK(st.st_uid == LAB_NOBODY && st.st_gid == LAB_NOBODY);
	return 0;
}

TEST_F(pid_proc, belongs_to_who_opened_the_device)
{
	ASSERT_EQ(0, chmod(LAB_DEVICE, 0666));
	EXPECT_EQ(0, run_child(open_as_nobody, NULL));
	chmod(LAB_DEVICE, 0600);
}

/* ---- the end ---- */

TEST_F(pid_proc, gone_after_the_last_close)
{
	int maps = open(path_of(self->info.lab_pid, "maps"), O_RDONLY);
	int pagemap = open(path_of(self->info.lab_pid, "pagemap"), O_RDONLY);
	int copy = dup(self->fd);
	uint64_t entry;
	char text[16];

	ASSERT_LE(0, maps);
	ASSERT_LE(0, pagemap);
	EXPECT_EQ(16, read(maps, text, sizeof(text)));
	close(self->fd);
	self->fd = -1;
	EXPECT_EQ(0, access(path_of(self->info.lab_pid, "maps"), F_OK));
	close(copy);
	EXPECT_EQ(-1, access(path_of(self->info.lab_pid, ""), F_OK));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_GE(0, read(maps, text, sizeof(text)));
	EXPECT_GE(0, pread(pagemap, &entry, 8, 0x8048 * 8));
	close(maps);
	close(pagemap);
}

TEST_HARNESS_MAIN
