// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/mapdrv, /dev/mapdrv-eager and /dev/mapnopage: texts, refusals, a fault per
 * page or none, the log, and stores that other windows see.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "touch.h"

#define NR_PAGES	10
#define HELLO		"hello world from kernel space !"
#define LOG_PARAM	"/sys/module/mmlab_mapdrv/parameters/log"

static const char * const nodes[] = {
	"/dev/mapdrv", "/dev/mapdrv-eager", "/dev/mapnopage",
};

FIXTURE(mapdrv) {
	struct guard guard;
	int fd[ARRAY_LEN(nodes)];
	size_t size;
};

static int unload_driver(void)
{
	return syscall(SYS_delete_module, "mmlab_mapdrv", O_NONBLOCK) ? -errno : 0;
}

/* The areas stay once they are made, until the driver goes. */
FIXTURE_SETUP(mapdrv)
{
	size_t i;

	ASSERT_EQ(0, lab_require());
	GUARD_BEGIN(&self->guard);
	unload_driver();
	ASSERT_EQ(0, lab_load_beside("mmlab_mapdrv", ""));
	for (i = 0; i < ARRAY_LEN(nodes); i++) {
		self->fd[i] = open(nodes[i], O_RDWR | O_CLOEXEC);
		ASSERT_LE(0, self->fd[i]);
	}
	self->size = NR_PAGES * page_size();
}

FIXTURE_TEARDOWN(mapdrv)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(nodes); i++)
		close(self->fd[i]);
	EXPECT_EQ(0, unload_driver());
	GUARD_END(&self->guard);
}

static unsigned char *map(int fd, size_t len, int prot)
{
	return lab_map(fd, 0, len, prot);
}

/* 0, or the errno that mmap() gave. */
static int map_error(int fd, size_t len, int prot, int flags, off_t offset)
{
	void *p = mmap(NULL, len, prot, flags, fd, offset);

	if (p == MAP_FAILED)
		return errno;
	munmap(p, len);
	return 0;
}

TEST_F(mapdrv, the_first_page_says_hello)
{
	size_t i;

	for (i = 0; i < 2; i++) {
		char *p = (char *)map(self->fd[i], self->size, PROT_READ);

		ASSERT_NE(NULL, p);
		EXPECT_STREQ(HELLO, p);
		EXPECT_EQ(0, p[page_size()]);
		munmap(p, self->size);
	}
}

TEST_F(mapdrv, numbered_pages_say_which_they_are)
{
	unsigned char *p = map(self->fd[2], self->size, PROT_READ);
	char text[16];
	int i;

	ASSERT_NE(NULL, p);
	for (i = 0; i < NR_PAGES; i++) {
		snprintf(text, sizeof(text), "test %d", i + 1);
		EXPECT_STREQ(text, (char *)p + i * page_size());
	}
	munmap(p, self->size);
}

TEST_F(mapdrv, synced)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(nodes); i++) {
		unsigned char *p = map(self->fd[i], self->size, PROT_READ | PROT_WRITE);

		ASSERT_NE(NULL, p);
		EXPECT_EQ(0, msync(p, self->size, MS_SYNC));
		EXPECT_EQ(0, fsync(self->fd[i]));
		munmap(p, self->size);
	}
}

TEST_F(mapdrv, refusals)
{
	size_t page = page_size(), i;

	for (i = 0; i < ARRAY_LEN(nodes); i++) {
		int fd = self->fd[i];

		EXPECT_EQ(0, map_error(fd, self->size, PROT_READ, MAP_SHARED, 0));
		EXPECT_EQ(0, map_error(fd, 1, PROT_READ, MAP_SHARED, 0));
		EXPECT_EQ(ENXIO, map_error(fd, self->size + 1, PROT_READ, MAP_SHARED, 0));
		EXPECT_EQ(ENXIO, map_error(fd, 1UL << 30, PROT_READ, MAP_SHARED, 0));
		EXPECT_EQ(ENXIO, map_error(fd, page, PROT_READ, MAP_SHARED, page));
		EXPECT_EQ(ENXIO, map_error(fd, page, PROT_READ, MAP_SHARED, self->size));
		EXPECT_EQ(ENXIO, map_error(fd, page, PROT_READ, MAP_SHARED, 1ULL << 31));
		EXPECT_EQ(EINVAL, map_error(fd, page, PROT_WRITE, MAP_PRIVATE, 0));
		EXPECT_EQ(EPERM, map_error(fd, page, PROT_READ | PROT_EXEC, MAP_SHARED, 0));
	}
}

TEST_F(mapdrv, what_mmap_refuses_mprotect_does_not_give)
{
	size_t page = page_size();
	void *p = mmap(NULL, page, PROT_READ, MAP_PRIVATE, self->fd[0], 0);
	int fd = open(nodes[0], O_RDONLY | O_CLOEXEC);

	ASSERT_NE(MAP_FAILED, p);
	EXPECT_EQ(-1, mprotect(p, page, PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-1, mprotect(p, page, PROT_READ | PROT_EXEC));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(MAP_FAILED, mremap(p, page, 2 * page, MREMAP_MAYMOVE));
	munmap(p, page);

	ASSERT_LE(0, fd);
	EXPECT_EQ(EACCES, map_error(fd, page, PROT_WRITE, MAP_SHARED, 0));
	p = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, p);
	EXPECT_EQ(-1, mprotect(p, page, PROT_READ | PROT_WRITE));
	munmap(p, page);
	close(fd);
}

static long minor_faults(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) ? -1 : usage.ru_minflt;
}

/* Faults of one touch; what else the program touches for it is there already. */
static long faults_of(unsigned char *p)
{
	unsigned char value;
	long before = minor_faults();

	return touch_read(p, &value) ? -1 : minor_faults() - before;
}

TEST_F(mapdrv, a_fault_for_each_page_or_none)
{
	static const int faults[] = { 1, 0, 1 };
	unsigned char here = 0;
	size_t i, page;

	faults_of(&here);

	for (i = 0; i < ARRAY_LEN(nodes); i++) {
		unsigned char *p = map(self->fd[i], self->size, PROT_READ);

		ASSERT_NE(NULL, p);
		for (page = 0; page < NR_PAGES; page++) {
			EXPECT_EQ(faults[i], faults_of(p + page * page_size()));
			EXPECT_EQ(0, faults_of(p + page * page_size() + 1));
		}
		munmap(p, self->size);
	}
}

TEST_F(mapdrv, a_window_can_be_cut_and_moved)
{
	unsigned char *p = map(self->fd[2], self->size, PROT_READ), *q;
	size_t page = page_size();

	ASSERT_NE(NULL, p);
	munmap(p, 3 * page);
	munmap(p + 5 * page, page);
	q = mremap(p + 7 * page, page, page, MREMAP_MAYMOVE | MREMAP_FIXED,
		   p + 5 * page);
	ASSERT_EQ(p + 5 * page, q);
	EXPECT_STREQ("test 8", (char *)q);
	EXPECT_STREQ("test 4", (char *)p + 3 * page);
	/* the host forgets the entry of a page that is not wanted */
	EXPECT_EQ(0, madvise(p + 3 * page, page, MADV_DONTNEED));
	EXPECT_STREQ("test 4", (char *)p + 3 * page);
	munmap(p + 3 * page, 7 * page);
}

/* Lines of the kernel log since the guard began, with @text in them. */
static int count_logged(const char *text)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC), nr = 0;
	char record[8192];
	ssize_t n;

	for (;;) {
		n = read(fd, record, sizeof(record) - 1);
		if (n < 0 && errno == EPIPE)
			continue;
		if (n <= 0)
			break;
		record[n] = '\0';
		nr += !!strstr(record, text);
	}
	close(fd);
	return nr;
}

TEST_F(mapdrv, the_log_only_on_request)
{
	unsigned char *p, value;
	char line[80];
	int i, had;

	for (i = 0; i < NR_PAGES; i++) {
		snprintf(line, sizeof(line), "map_drv: page fault for offset 0x%zx (kseg xc",
			 i * page_size());
		p = map(self->fd[0], self->size, PROT_READ);
		ASSERT_NE(NULL, p);
		had = count_logged(line);
		EXPECT_EQ(0, touch_read(p + i * page_size(), &value));
		EXPECT_EQ(had, count_logged(line));
		munmap(p, self->size);

		p = map(self->fd[0], self->size, PROT_READ);
		ASSERT_NE(NULL, p);
		ASSERT_EQ(0, write_number(LOG_PARAM, 1));
		EXPECT_EQ(0, touch_read(p + i * page_size(), &value));
		ASSERT_EQ(0, write_number(LOG_PARAM, 0));
		EXPECT_EQ(had + 1, count_logged(line));
		munmap(p, self->size);
	}
	had = count_logged("map_drv: size too big");
	ASSERT_EQ(0, write_number(LOG_PARAM, 1));
	EXPECT_EQ(ENXIO, map_error(self->fd[0], self->size + 1, PROT_READ, MAP_SHARED, 0));
	ASSERT_EQ(0, write_number(LOG_PARAM, 0));
	EXPECT_EQ(had + 1, count_logged("map_drv: size too big"));
}

static int write_in_child(void *arg)
{
	unsigned char *p = map(*(int *)arg, page_size(), PROT_READ | PROT_WRITE);

	CHILD_CHECK(p);
	strcpy((char *)p + 100, "write from userspace");
	return 0;
}

TEST_F(mapdrv, a_writer_may_be_gone_before_the_reader_comes)
{
	char *p;

	EXPECT_EQ(0, run_child(write_in_child, &self->fd[2]));
	close(self->fd[2]);
	self->fd[2] = open(nodes[2], O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->fd[2]);
	p = (char *)map(self->fd[2], self->size, PROT_READ);
	ASSERT_NE(NULL, p);
	EXPECT_STREQ("write from userspace", p + 100);
	EXPECT_STREQ("test 1", p);
	munmap(p, self->size);

	/* both ways to the first area show the same, the other area does not */
	EXPECT_EQ(0, run_child(write_in_child, &self->fd[1]));
	p = (char *)map(self->fd[0], self->size, PROT_READ);
	ASSERT_NE(NULL, p);
	EXPECT_STREQ("write from userspace", p + 100);
	munmap(p, self->size);
}

TEST_F(mapdrv, the_area_is_one_of_the_lab_kernel)
{
	int lab = lab_open(O_RDWR), nr = 0;
	struct mmlab_area area;
	char line[256];
	unsigned long start;
	FILE *file;

	file = fopen(LAB_PROC "/vmallocinfo", "r");
	ASSERT_NE(NULL, file);
	ASSERT_LE(0, lab);
	while (fgets(line, sizeof(line), file)) {
		if (!strstr(line, "mapdrv_open") && !strstr(line, "make_area"))
			continue;
		nr++;
		EXPECT_NE(NULL, strstr(line, " pages=10 vmalloc N0=10\n"));
		start = strtoul(line, NULL, 16);
		/* no way to it but the device's */
		EXPECT_EQ(NULL, lab_map(lab, start, page_size(), PROT_READ));
		EXPECT_EQ(EPERM, errno);
		area = (struct mmlab_area){ .lva = start };
		EXPECT_EQ(-EPERM, lab_ioctl(lab, MMLAB_VFREE, &area));
	}
	EXPECT_EQ(2, nr);
	fclose(file);
	close(lab);
}

TEST_F(mapdrv, only_root_opens_the_nodes)
{
	struct stat st;
	size_t i;

	for (i = 0; i < ARRAY_LEN(nodes); i++) {
		ASSERT_EQ(0, stat(nodes[i], &st));
		EXPECT_EQ(S_IFCHR | 0600, st.st_mode);
		EXPECT_EQ(0, st.st_uid);
	}
}

/* Not a TEST_F: the fixture's open files would hold the module as well. */
TEST(a_window_holds_the_module)
{
	unsigned char *p, value;
	int fd;

	ASSERT_EQ(0, lab_require());
	ASSERT_EQ(0, lab_load_beside("mmlab_mapdrv", ""));
	fd = open(nodes[0], O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, fd);
	p = map(fd, page_size(), PROT_READ);
	ASSERT_NE(NULL, p);
	close(fd);
	EXPECT_EQ(-EWOULDBLOCK, unload_driver());
	EXPECT_EQ(-EWOULDBLOCK, lab_unload());
	EXPECT_EQ(0, touch_read(p, &value));
	munmap(p, page_size());
	EXPECT_EQ(0, lab_unload());
	EXPECT_EQ(-1, access(nodes[0], F_OK));

	/* the smallest machine has room for it, and a new one a fresh text */
	ASSERT_EQ(0, lab_load("mem=4"));
	EXPECT_EQ(-1, access(nodes[0], F_OK));
	ASSERT_EQ(0, lab_load_beside("mmlab_mapdrv", ""));
	fd = open(nodes[2], O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, fd);
	p = map(fd, page_size(), PROT_READ);
	ASSERT_NE(NULL, p);
	EXPECT_STREQ("test 1", (char *)p);
	EXPECT_EQ(0, p[100]);
	munmap(p, page_size());
	close(fd);
	EXPECT_EQ(0, lab_unload());
	EXPECT_EQ(0, lab_load(""));
}

TEST_HARNESS_MAIN
