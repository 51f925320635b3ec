// SPDX-License-Identifier: GPL-2.0
/*
 * Regions: MMLAB_MMAP, MMLAB_MPROTECT, MMLAB_BRK and MMLAB_EXEC, their refusals, and the
 * windows on the regions afterwards.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "touch.h"

#define LVA		0x50000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define NR_PAGES	8
#define MAX_TEXT	16384
#define HEAP		0x08049868U

FIXTURE(region) {
	struct guard guard;
	int fd;
	uint32_t pid;
	size_t page, len;
	unsigned char *p;	/* a window of NR_PAGES pages at LVA */
	char text[MAX_TEXT], again[MAX_TEXT];
};

FIXTURE_SETUP(region)
{
	struct mmlab_info info;

	GUARD_BEGIN(&self->guard);
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, lab_info(self->fd, &info));
	self->pid = info.lab_pid;
	self->page = page_size();
	self->len = NR_PAGES * self->page;
	ASSERT_EQ(0, lab_region_at(self->fd, LVA, self->len, RW));
	self->p = lab_map(self->fd, LVA, self->len, RW);
	ASSERT_NE(NULL, self->p);
}

FIXTURE_TEARDOWN(region)
{
	munmap(self->p, self->len);
	close(self->fd);
	GUARD_END(&self->guard);
}

/* Everything that a call could have changed. */
static void snapshot(uint32_t pid, char *text)
{
	static const char * const files[] = { "maps", "statm", "stat" };
	char path[64];
	ssize_t n, len = 0;
	size_t i;

	for (i = 0; i < ARRAY_LEN(files); i++) {
		snprintf(path, sizeof(path), "%u/%s", pid, files[i]);
		n = read_whole(path, text + len, MAX_TEXT - len);
		len += n > 0 ? n : 0;
	}
}

/* The pages of a kind in the process's statm: 0 all, 1 resident. */
static long statm(uint32_t pid, int which)
{
	long value[2] = { -1, -1 };
	char path[64], text[128];

	snprintf(path, sizeof(path), "%u/statm", pid);
	if (read_whole(path, text, sizeof(text)) > 0)
		sscanf(text, "%ld %ld", &value[0], &value[1]);
	return value[which];
}

static uint32_t entry(int fd, uint32_t lva)
{
	struct mmlab_translation t;

	if (lab_translate(fd, lva, &t) || t.step != MMLAB_STEP_OK)
		return 0;
	return t.pte & (MMLAB_PTE_RW | MMLAB_PTE_ACCESSED | MMLAB_PTE_DIRTY);
}

#define CLEAN	(MMLAB_PTE_RW | MMLAB_PTE_ACCESSED)
#define DIRTY	(CLEAN | MMLAB_PTE_DIRTY)

/* ---- what is refused ---- */

static const struct {
	struct mmlab_region region;
	int mmap, mprotect;
} refused[] = {
	{ { LVA, 0, RW }, -EINVAL, -EINVAL },
	{ { LVA, 0x800, RW }, -EINVAL, -EINVAL },
	{ { LVA + 1, 0x1000, RW }, -EINVAL, -EINVAL },
	{ { LVA, 0x1001, RW }, -EINVAL, -EINVAL },
	{ { LVA, 0x1000, 8 }, -EINVAL, -EINVAL },
	{ { LVA, 0x1000, ~0U }, -EINVAL, -EINVAL },
	{ { LVA, 0x1000, RW, 1U << 3 }, -EINVAL, -EINVAL },
	{ { LVA, 0x1000, RW, ~0U }, -EINVAL, -EINVAL },
	{ { LVA, 0x1000, RW, 0, 1 }, -EINVAL, -EINVAL },
	{ { LVA, 0x1000, RW, 0, 1ULL << 63 }, -EINVAL, -EINVAL },
	{ { LVA, 0x1000, RW, MMLAB_MAP_STACK }, 0, -EINVAL },
	/* not in user space, or more than all of it */
	{ { 0xc0000000, 0x1000, RW, MMLAB_MAP_FIXED }, -EINVAL, -EINVAL },
	{ { 0xbffff000, 0x2000, RW, MMLAB_MAP_FIXED }, -EINVAL, -EINVAL },
	{ { 0xfffff000, 0x2000, RW, MMLAB_MAP_FIXED }, -EINVAL, -EINVAL },
	{ { 0x1000, 0xc0000000, RW, MMLAB_MAP_FIXED }, -EINVAL, -EINVAL },
	{ { 0, 0xc0001000, RW }, -EINVAL, -EINVAL },
	{ { 0xc0000000, 0x1000, RW }, 0, -EINVAL },
	/* nowhere free */
	{ { 0, 0xc0000000, RW }, -ENOMEM, -ENOMEM },
	{ { 0, 0xbffff000, RW }, -ENOMEM, -ENOMEM },
	/* a part of it is no region: before, after */
	{ { LVA - 0x1000, 0x2000, RW }, 0, -ENOMEM },
	{ { LVA + 0x7000, 0x2000, RW }, 0, -ENOMEM },
	{ { 0, 0x1000, RW }, 0, -ENOMEM },
	{ { 0xbffff000, 0x1000, RW }, 0, -ENOMEM },
};

TEST_F(region, refused_and_unchanged)
{
	size_t i;

	if (self->page != 0x1000)
		SKIP(return, "the table is of pages of 4 KiB");
	self->p[0] = 1;
	snapshot(self->pid, self->text);
	for (i = 0; i < ARRAY_LEN(refused); i++) {
		struct mmlab_region region = refused[i].region;

		EXPECT_EQ(refused[i].mprotect,
			  lab_ioctl(self->fd, MMLAB_MPROTECT, &region))
			TH_LOG("row %zu", i);
		if (!refused[i].mmap)
			continue;
		EXPECT_EQ(refused[i].mmap,
			  lab_ioctl(self->fd, MMLAB_MMAP, &region))
			TH_LOG("row %zu", i);
		EXPECT_EQ(0, memcmp(&region, &refused[i].region, sizeof(region)));
	}
	snapshot(self->pid, self->again);
	EXPECT_STREQ(self->text, self->again);
	EXPECT_EQ(1, self->p[0]);
}

TEST_F(region, where_there_is_room)
{
	uint32_t first = 0, second = 0, hint = LVA + self->len;

	ASSERT_EQ(0, lab_region(self->fd, &first, self->page, PROT_READ, 0));
	EXPECT_EQ(0x40000000, first);
	ASSERT_EQ(0, lab_region(self->fd, &second, self->page, RW, 0));
	EXPECT_EQ(0x40000000 + self->page, second);
	ASSERT_EQ(0, lab_region(self->fd, &hint, self->page, PROT_READ, 0));
	EXPECT_EQ(LVA + self->len, hint);
	hint = LVA;
	ASSERT_EQ(0, lab_region(self->fd, &hint, self->page, PROT_READ, 0));
	EXPECT_EQ(0x40000000 + 2 * self->page, hint);
	hint = LAB_USER_END;
	ASSERT_EQ(0, lab_region(self->fd, &hint, self->page, PROT_READ, 0));
	EXPECT_EQ(0x40000000 + 3 * self->page, hint);
	/* the first and the last page of user space */
	EXPECT_EQ(0, lab_region_at(self->fd, 0, self->page, RW));
	EXPECT_EQ(0, lab_region_at(self->fd, LAB_USER_END - self->page,
				   self->page, RW));
	EXPECT_EQ(NR_PAGES + 7, statm(self->pid, 0));
}

/* As many as there may be; then what would need one more is refused. */
TEST_F_TIMEOUT(region, too_many, 120)
{
	uint32_t nr = 1, at = LVA + 2 * self->len;
	long total;
	int err;

	for (;; nr++, at += 2 * self->page) {
		err = lab_region_at(self->fd, at, self->page, RW);
		if (err)
			break;
	}
	EXPECT_EQ(-ENOMEM, err);
	EXPECT_EQ(65529, nr);
	total = statm(self->pid, 0);
	EXPECT_EQ(-ENOMEM, lab_mprotect(self->fd, LVA, self->page, PROT_READ));
	ASSERT_EQ(0, lab_munmap(self->fd, LVA + self->page, self->page));
	EXPECT_EQ(-ENOMEM, lab_munmap(self->fd, LVA + 3 * self->page, self->page));
	EXPECT_EQ(NULL, lab_map(self->fd, at, 4 * self->page, RW));
	EXPECT_EQ(total - 1, statm(self->pid, 0));
	/* without a split it goes on */
	EXPECT_EQ(0, lab_munmap(self->fd, LVA + 2 * self->page, self->page));
}

/* ---- rights ---- */

TEST_F(region, window_on_a_region_made_read_only)
{
	unsigned char value;

	self->p[0] = 7;
	ASSERT_EQ(0, lab_mprotect(self->fd, LVA, self->len, PROT_READ));
	EXPECT_EQ(0, touch_read(self->p, &value));
	EXPECT_EQ(7, value);
	EXPECT_EQ(SIGBUS, touch_write(self->p, 8));
	EXPECT_EQ(SIGBUS, touch_write(self->p + self->page, 8));
	EXPECT_EQ(0, touch_read(self->p + self->page, &value));
	EXPECT_EQ(SIGBUS, touch_write(self->p + self->page, 8));
	EXPECT_EQ(-1, pwrite(self->fd, "x", 1, LVA));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(7, self->p[0]);
	EXPECT_EQ(NULL, lab_map(self->fd, LVA, self->page, RW));
	EXPECT_EQ(EACCES, errno);
	ASSERT_EQ(0, lab_mprotect(self->fd, LVA, self->len, RW));
	EXPECT_EQ(0, touch_write(self->p, 9));
	EXPECT_EQ(9, self->p[0]);
	EXPECT_EQ(0, touch_write(self->p + self->page, 9));
	EXPECT_EQ(2, statm(self->pid, 1));
}

TEST_F(region, no_rights_at_all)
{
	unsigned char value;
	char byte;

	self->p[0] = 7;
	ASSERT_EQ(0, lab_mprotect(self->fd, LVA, self->page, PROT_NONE));
	EXPECT_EQ(SIGBUS, touch_read(self->p, &value));
	EXPECT_EQ(SIGBUS, touch_write(self->p, 1));
	EXPECT_EQ(-1, pread(self->fd, &byte, 1, LVA));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(0, touch_write(self->p + self->page, 1));
	EXPECT_EQ(2, statm(self->pid, 1));
	ASSERT_EQ(0, lab_mprotect(self->fd, LVA, self->page, PROT_READ));
	EXPECT_EQ(0, touch_read(self->p, &value));
	EXPECT_EQ(7, value);
}

/* As on i386, a page that can be written or executed can be read. */
TEST_F(region, writing_or_executing_means_reading)
{
	unsigned char value, *q;

	self->p[0] = 7;
	ASSERT_EQ(0, lab_mprotect(self->fd, LVA, self->page, PROT_WRITE));
	EXPECT_EQ(0, touch_read(self->p, &value));
	EXPECT_EQ(0, touch_write(self->p, 8));
	q = lab_map(self->fd, LVA, self->page, RW);
	EXPECT_NE(NULL, q);
	if (q)
		munmap(q, self->page);
	ASSERT_EQ(0, lab_mprotect(self->fd, LVA, self->page, PROT_EXEC));
	EXPECT_EQ(0, touch_read(self->p, &value));
	EXPECT_EQ(8, value);
	EXPECT_EQ(SIGBUS, touch_write(self->p, 9));
	q = lab_map(self->fd, LVA, self->page, PROT_READ);
	EXPECT_NE(NULL, q);
	if (q)
		munmap(q, self->page);
}

static int store(void *arg)
{
	return touch_write(arg, 1);
}

TEST_F(region, dirty_at_every_moment)
{
	unsigned char *q = lab_map(self->fd, LVA, self->len, RW), value;
	uint32_t at = LVA;

	ASSERT_NE(NULL, q);
	EXPECT_EQ(0, entry(self->fd, at));
	EXPECT_EQ(0, touch_read(self->p, &value));
	EXPECT_EQ(CLEAN, entry(self->fd, at));
	EXPECT_EQ(0, touch_write(self->p, 1));
	EXPECT_EQ(DIRTY, entry(self->fd, at));

	/* read through one window, written through the other */
	at += self->page;
	EXPECT_EQ(0, touch_read(self->p + self->page, &value));
	EXPECT_EQ(0, touch_read(q + self->page, &value));
	EXPECT_EQ(CLEAN, entry(self->fd, at));
	EXPECT_EQ(0, touch_write(q + self->page, 1));
	EXPECT_EQ(DIRTY, entry(self->fd, at));

	/* read here, written by a child; its window has the entries of this one */
	at += self->page;
	EXPECT_EQ(0, touch_read(self->p + 2 * self->page, &value));
	EXPECT_EQ(CLEAN, entry(self->fd, at));
	EXPECT_EQ(0, run_child(store, self->p + 2 * self->page));
	EXPECT_EQ(DIRTY, entry(self->fd, at));

	/* a store that is refused leaves no trace; a dirty page stays dirty */
	at += self->page;
	EXPECT_EQ(0, touch_read(self->p + 3 * self->page, &value));
	ASSERT_EQ(0, lab_mprotect(self->fd, LVA, self->len, PROT_READ));
	EXPECT_EQ(MMLAB_PTE_ACCESSED, entry(self->fd, at));
	EXPECT_EQ(SIGBUS, touch_write(self->p + 3 * self->page, 1));
	EXPECT_EQ(MMLAB_PTE_ACCESSED, entry(self->fd, at));
	EXPECT_EQ(DIRTY & ~MMLAB_PTE_RW, entry(self->fd, LVA));
	ASSERT_EQ(0, lab_mprotect(self->fd, LVA, self->len, RW));
	EXPECT_EQ(CLEAN, entry(self->fd, at));
	EXPECT_EQ(0, touch_write(self->p + 3 * self->page, 1));
	EXPECT_EQ(DIRTY, entry(self->fd, at));
	munmap(q, self->len);
}

/* ---- windows across splits and merges ---- */

static bool pages_are(const unsigned char *p, size_t page, const char *values)
{
	unsigned char value;

	for (; *values; values++, p += page) {
		if (touch_read(p, &value) != (*values == '-' ? SIGBUS : 0))
			return false;
		if (*values != '-' && value != *values - '0')
			return false;
	}
	return true;
}

TEST_F(region, window_across_splits_and_merges)
{
	int i;

	for (i = 0; i < NR_PAGES; i++)
		self->p[i * self->page] = i + 1;
	ASSERT_EQ(0, lab_mprotect(self->fd, LVA + 2 * self->page,
				  3 * self->page, PROT_READ));
	EXPECT_TRUE(pages_are(self->p, self->page, "12345678"));
	EXPECT_EQ(0, touch_write(self->p + self->page, 9));
	EXPECT_EQ(SIGBUS, touch_write(self->p + 2 * self->page, 9));
	EXPECT_EQ(SIGBUS, touch_write(self->p + 4 * self->page, 9));
	EXPECT_EQ(0, touch_write(self->p + 5 * self->page, 9));
	EXPECT_TRUE(pages_are(self->p, self->page, "19345978"));
	ASSERT_EQ(0, lab_mprotect(self->fd, LVA + 3 * self->page, self->page,
				  PROT_NONE));
	EXPECT_TRUE(pages_are(self->p, self->page, "193-5978"));
	EXPECT_EQ(1, lab_munmap(self->fd, LVA + 6 * self->page, self->page));
	EXPECT_TRUE(pages_are(self->p, self->page, "193-59-8"));
	ASSERT_EQ(0, lab_mprotect(self->fd, LVA + 2 * self->page,
				  3 * self->page, RW));
	EXPECT_TRUE(pages_are(self->p, self->page, "193459-8"));
	ASSERT_EQ(0, lab_region_at(self->fd, LVA + 6 * self->page, self->page, RW));
	EXPECT_TRUE(pages_are(self->p, self->page, "19345908"));
	for (i = 0; i < NR_PAGES; i++)
		EXPECT_EQ(0, touch_write(self->p + i * self->page, 5));
	EXPECT_TRUE(pages_are(self->p, self->page, "55555555"));
	EXPECT_EQ(NR_PAGES, statm(self->pid, 0));
}

TEST_F(region, fixed_over_a_window_is_new)
{
	unsigned char *q = lab_map(self->fd, LVA, self->len, PROT_READ);
	int i;

	ASSERT_NE(NULL, q);
	for (i = 0; i < NR_PAGES; i++)
		self->p[i * self->page] = i + 1;
	EXPECT_TRUE(pages_are(q, self->page, "12345678"));
	ASSERT_EQ(0, lab_region_at(self->fd, LVA + self->page, 3 * self->page, RW));
	EXPECT_EQ(NR_PAGES - 3, statm(self->pid, 1));
	EXPECT_TRUE(pages_are(q, self->page, "10005678"));
	EXPECT_TRUE(pages_are(self->p, self->page, "10005678"));
	/* over more than it, and with less rights */
	ASSERT_EQ(0, lab_region_at(self->fd, LVA - self->page,
				   self->len + 2 * self->page, PROT_READ));
	EXPECT_TRUE(pages_are(self->p, self->page, "00000000"));
	EXPECT_EQ(SIGBUS, touch_write(self->p, 1));
	EXPECT_EQ(NR_PAGES + 2, statm(self->pid, 0));
	munmap(q, self->len);
}

/* ---- stores that go round the fault of the window's owner ---- */

static long ptrace_store(pid_t pid, void *address)
{
	long err;
	int status;

	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL) ||
	    waitpid(pid, &status, 0) != pid)
		return -1;
	err = ptrace(PTRACE_POKEDATA, pid, address, 0x2222) ? -errno : 0;
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
	return err;
}

static long store_into(pid_t pid, void *address, long value)
{
	struct iovec local = { &value, sizeof(value) };
	struct iovec remote = { address, sizeof(value) };

	return process_vm_writev(pid, &local, 1, &remote, 1, 0) < 0 ? -errno : 0;
}

static long store_by_mem(pid_t pid, void *address, long value)
{
	char path[64];
	long err;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDWR);
	err = pwrite(fd, &value, sizeof(value), (uintptr_t)address) < 0 ? -errno : 0;
	close(fd);
	return err;
}

static void expect_stores(struct __test_metadata *_metadata, unsigned char *p,
			  bool permitted)
{
	pid_t pid = fork();

	if (!pid) {
		pause();
		_exit(0);
	}
	EXPECT_EQ(permitted ? 0 : -EFAULT, store_into(pid, p, 0x3333));
	EXPECT_EQ(permitted ? 0 : -EIO, store_by_mem(pid, p, 0x4444));
	EXPECT_EQ(permitted ? 0 : -EIO, store_by_mem(getpid(), p, 0x5555));
	EXPECT_EQ(permitted ? 0 : -EIO, ptrace_store(pid, p));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

TEST_F(region, stores_of_others)
{
	unsigned char *reader;
	char mem[64] = "x";

	*(long *)self->p = 0x1111;
	expect_stores(_metadata, self->p, true);
	EXPECT_EQ(0x2222, *(long *)self->p);
	ASSERT_EQ(0, lab_mprotect(self->fd, LVA, self->len, PROT_READ));
	expect_stores(_metadata, self->p, false);
	EXPECT_EQ(0x2222, *(long *)self->p);
	/* a page that is not there yet, and a window that only reads */
	expect_stores(_metadata, self->p + self->page, false);
	reader = lab_map(self->fd, LVA, self->page, PROT_READ);
	ASSERT_NE(NULL, reader);
	expect_stores(_metadata, reader, false);
	EXPECT_EQ(0x2222, *(long *)reader);
	EXPECT_EQ(1, pread(self->fd, mem, 1, LVA + self->page));
	EXPECT_EQ(0, mem[0]);
	munmap(reader, self->page);
	ASSERT_EQ(0, lab_mprotect(self->fd, LVA, self->len, RW));
	expect_stores(_metadata, self->p, true);
}

TEST_HARNESS_MAIN
