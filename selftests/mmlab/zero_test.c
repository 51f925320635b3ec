// SPDX-License-Identifier: GPL-2.0
/*
 * The zero page: what a load finds before the first store, what that store leaves of it,
 * and that it is no page of the process. It is switched on for each test.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "pidfile.h"
#include "pressure.h"
#include "procfile.h"
#include "touch.h"

#define LVA		0x40000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define PARAMETER	LAB_PARAMS "/zero_page"
#define NR_PAGES	16UL

FIXTURE(zero) {
	struct guard guard;
	int fd;
	size_t page, len;
	unsigned char *p;
	long anon;
};

FIXTURE_SETUP(zero)
{
	GUARD_BEGIN(&self->guard);
	ASSERT_EQ(0, write_number(PARAMETER, 1));
	self->page = page_size();
	self->len = NR_PAGES * self->page;
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->p = lab_map(self->fd, LVA, self->len, RW);
	ASSERT_NE(NULL, self->p);
	self->anon = lab_vmstat("nr_anon_pages");
}

FIXTURE_TEARDOWN(zero)
{
	munmap(self->p, self->len);
	close(self->fd);
	EXPECT_EQ(0, write_number(PARAMETER, 0));
	GUARD_END(&self->guard);
}

/* Does a load show zeros, and the entry the zero page? */
static bool reads_zero(int fd, const unsigned char *p, uint32_t lva)
{
	unsigned char value = 1;

	return !touch_read(p, &value) && !value && pagemap_of(fd, lva) == PM_PRESENT;
}

TEST_F(zero, loads_take_no_frame)
{
	struct mmlab_translation t;
	size_t at;

	for (at = 0; at < self->len; at += self->page)
		ASSERT_TRUE(reads_zero(self->fd, self->p + at, LVA + at));
	EXPECT_EQ(self->anon, lab_vmstat("nr_anon_pages"));
	ASSERT_EQ(0, lab_translate(self->fd, LVA + self->page, &t));
	EXPECT_EQ(MMLAB_STEP_OK, t.step);
	EXPECT_EQ(0, t.pfn);
	EXPECT_EQ(0, t.mapcount);
	EXPECT_EQ(MMLAB_PTE_PRESENT | MMLAB_PTE_USER | MMLAB_PTE_ACCESSED,
		  t.pte & (self->page - 1));
	ASSERT_FINE(check_lab(self->fd));
}

TEST_F(zero, a_second_load_is_free)
{
	unsigned char value;
	long faults;

	ASSERT_TRUE(reads_zero(self->fd, self->p, LVA));
	faults = lab_vmstat("pgfault");
	EXPECT_EQ(0, touch_read(self->p + 1, &value));
	EXPECT_EQ(faults, lab_vmstat("pgfault"));
	EXPECT_EQ(1, pid_faults(self->fd));
}

TEST_F(zero, the_first_store_brings_a_page)
{
	unsigned long long minor;
	long faults;
	size_t i;

	ASSERT_TRUE(reads_zero(self->fd, self->p, LVA));
	ASSERT_TRUE(reads_zero(self->fd, self->p + self->page, LVA + self->page));
	/* the frames that are given out next are not clean */
	for (i = self->len / 2; i < self->len; i += self->page) {
		ASSERT_EQ(0, touch_write(self->p + i, 1));
		memset(self->p + i, 0xff, self->page);
	}
	ASSERT_LT(0, lab_munmap(self->fd, LVA + self->len / 2, self->len / 2));
	faults = lab_vmstat("pgfault");
	minor = pid_faults(self->fd);
	ASSERT_EQ(0, touch_write(self->p + 100, 7));
	EXPECT_EQ(faults + 1, lab_vmstat("pgfault"));
	EXPECT_EQ(minor + 1, pid_faults(self->fd));
	EXPECT_EQ(7, self->p[100]);
	for (i = 0; i < self->page; i++)
		ASSERT_EQ(i == 100 ? 7 : 0, self->p[i]);
	EXPECT_NE(0, pagemap_of(self->fd, LVA) & PM_PFN);
	EXPECT_EQ(PM_EXCLUSIVE, pagemap_of(self->fd, LVA) & PM_EXCLUSIVE);
	EXPECT_EQ(self->anon + 1, lab_vmstat("nr_anon_pages"));
	/* the other page, and every reader of frame 0, still see zeros */
	ASSERT_TRUE(reads_zero(self->fd, self->p + self->page, LVA + self->page));
	ASSERT_FINE(check_lab(self->fd));
}

/* All windows of the process show the new page. */
TEST_F(zero, other_windows_follow)
{
	unsigned char *second = lab_map(self->fd, LVA, self->page, RW);

	ASSERT_NE(NULL, second);
	ASSERT_TRUE(reads_zero(self->fd, self->p, LVA));
	ASSERT_TRUE(reads_zero(self->fd, second, LVA));
	ASSERT_EQ(0, touch_write(self->p, 3));
	EXPECT_EQ(3, second[0]);
	munmap(second, self->page);
}

TEST_F(zero, it_is_not_resident)
{
	size_t at;

	for (at = 0; at < self->len; at += self->page)
		ASSERT_TRUE(reads_zero(self->fd, self->p + at, LVA + at));
	EXPECT_EQ(0, pid_number(self->fd, "status", "VmRSS:"));
	EXPECT_EQ(0, pid_number(self->fd, "status", "VmHWM:"));
	EXPECT_EQ(0, pid_number(self->fd, "smaps", "Rss:"));
	EXPECT_EQ(0, pid_number(self->fd, "smaps", "Pss:"));
	EXPECT_EQ(0, pid_number(self->fd, "smaps", "Referenced:"));
	ASSERT_EQ(0, touch_write(self->p, 1));
	EXPECT_EQ(self->page / 1024, pid_number(self->fd, "status", "VmRSS:"));
	EXPECT_EQ(self->page / 1024, pid_number(self->fd, "smaps", "Rss:"));
	EXPECT_EQ((1ULL << KPF_RESERVED) | (1ULL << KPF_ZERO_PAGE), frame_word("kpageflags", 0));
	EXPECT_EQ(0, frame_word("kpageflags", 1) >> KPF_ZERO_PAGE & 1);
}

TEST_F(zero, unmapping_frees_nothing_of_it)
{
	ASSERT_TRUE(reads_zero(self->fd, self->p, LVA));
	/* the page table alone */
	EXPECT_EQ(1, lab_munmap(self->fd, LVA, self->len));
	EXPECT_EQ(SIGBUS, touch_write(self->p, 1));
	ASSERT_FINE(check_lab(self->fd));
}

TEST_F(zero, rights_come_and_go)
{
	ASSERT_TRUE(reads_zero(self->fd, self->p, LVA));
	ASSERT_EQ(0, lab_mprotect(self->fd, LVA, self->len, PROT_READ));
	ASSERT_TRUE(reads_zero(self->fd, self->p, LVA));
	EXPECT_EQ(SIGBUS, touch_write(self->p, 1));
	ASSERT_EQ(0, lab_mprotect(self->fd, LVA, self->len, RW));
	ASSERT_FINE(check_lab(self->fd));
	ASSERT_TRUE(reads_zero(self->fd, self->p, LVA));
	EXPECT_EQ(0, touch_write(self->p, 1));
	EXPECT_EQ(1, self->p[0]);
	ASSERT_FINE(check_lab(self->fd));
}

/* The file and the ioctl read it as zeros, and a store by them breaks it. */
TEST_F(zero, stores_by_the_file)
{
	char text[8] = "xxxxxxx";

	ASSERT_TRUE(reads_zero(self->fd, self->p, LVA));
	ASSERT_EQ(8, pread(self->fd, text, 8, LVA));
	EXPECT_EQ(0, memcmp(text, "\0\0\0\0\0\0\0", 8));
	EXPECT_EQ(8, pwrite(self->fd, "written", 8, LVA));
	EXPECT_STREQ("written", (char *)self->p);
	ASSERT_TRUE(reads_zero(self->fd, self->p + self->page, LVA + self->page));
	EXPECT_EQ(4, lab_access(self->fd, MMLAB_ACCESS_WRITE, LVA + self->page, "abc", 4));
	EXPECT_STREQ("abc", (char *)self->p + self->page);
	ASSERT_FINE(check_lab(self->fd));
}

/* The frame itself takes no store, by any way. */
TEST_F(zero, the_frame_is_not_written_to)
{
	char text[4] = "abc";

	EXPECT_EQ(-EPERM, lab_access(self->fd, MMLAB_ACCESS_PHYS | MMLAB_ACCESS_WRITE, 16,
				     text, 4));
	EXPECT_EQ(-EPERM, lab_access(self->fd, MMLAB_ACCESS_WRITE, LAB_USER_END + 16, text, 4));
	EXPECT_EQ(4, lab_access(self->fd, MMLAB_ACCESS_PHYS, 16, text, 4));
	EXPECT_EQ(0, memcmp(text, "\0\0\0\0", 4));
	ASSERT_FINE(check_lab(self->fd));
}

/* A pin for reading keeps zeros; a pin for writing gets a page. */
TEST_F(zero, pins)
{
	struct iovec iov = { self->p, self->page };
	unsigned char seen[16];
	int pipes[2];

	ASSERT_TRUE(reads_zero(self->fd, self->p, LVA));
	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(self->page, vmsplice(pipes[1], &iov, 1, 0));
	ASSERT_EQ(0, touch_write(self->p, 5));
	ASSERT_EQ(1, read(pipes[0], seen, 1));
	EXPECT_EQ(0, seen[0]);
	EXPECT_EQ(5, self->p[0]);
	EXPECT_EQ(0, lab_vmstat("nr_quarantine"));
	close(pipes[0]);
	close(pipes[1]);

	/* a read into the window stores to it in the kernel */
	ASSERT_TRUE(reads_zero(self->fd, self->p + self->page, LVA + self->page));
	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(3, write(pipes[1], "abc", 3));
	ASSERT_EQ(3, read(pipes[0], self->p + self->page, 3));
	EXPECT_EQ('a', self->p[self->page]);
	close(pipes[0]);
	close(pipes[1]);
	ASSERT_TRUE(reads_zero(self->fd, self->p + 2 * self->page, LVA + 2 * self->page));
	ASSERT_FINE(check_lab(self->fd));
}

TEST_F(zero, a_fork_has_it_too)
{
	unsigned char *c;
	int child;

	ASSERT_TRUE(reads_zero(self->fd, self->p, LVA));
	ASSERT_EQ(0, touch_write(self->p + self->page, 1));
	child = lab_fork(self->fd);
	ASSERT_LE(0, child);
	EXPECT_EQ(PM_PRESENT, pagemap_of(child, LVA));
	EXPECT_EQ(self->page / 1024, pid_number(child, "status", "VmRSS:"));
	ASSERT_FINE(check_lab(self->fd));
	c = lab_map(child, LVA, self->len, RW);
	ASSERT_NE(NULL, c);
	ASSERT_TRUE(reads_zero(child, c, LVA));
	ASSERT_EQ(0, touch_write(c, 9));
	ASSERT_TRUE(reads_zero(self->fd, self->p, LVA));
	ASSERT_EQ(0, touch_write(self->p, 8));
	EXPECT_EQ(9, c[0]);
	EXPECT_EQ(8, self->p[0]);
	ASSERT_FINE(check_lab(child));
	munmap(c, self->len);
	close(child);
	ASSERT_FINE(check_lab(self->fd));
}

/*
 * It is on no list and needs no slot. A load takes no page away from a process that has
 * as many as it may.
 */
TEST_F(zero, under_pressure)
{
	long out = lab_vmstat("pswpout");
	uint32_t type;
	size_t at;

	for (at = self->len - 4 * self->page; at < self->len; at += self->page)
		ASSERT_EQ(0, touch_write(self->p + at, 1));
	ASSERT_TRUE(reads_zero(self->fd, self->p, LVA));
	ASSERT_EQ(0, swap_on(self->fd, 64, &type));
	ASSERT_EQ(4, set_limit(self->fd, 4));
	for (at = 0; at < self->len / 2; at += self->page)
		ASSERT_TRUE(reads_zero(self->fd, self->p + at, LVA + at));
	EXPECT_EQ(out, lab_vmstat("pswpout"));
	EXPECT_EQ(0, count_out(self->fd, LVA, self->len));
	ASSERT_FINE(check_lab(self->fd));
	for (at = 0; at < self->len; at += self->page) {
		ASSERT_EQ(0, touch_write(self->p + at, 1 + at / self->page));
		ASSERT_GE(4 * self->page / 1024, pid_number(self->fd, "status", "VmRSS:"));
	}
	EXPECT_EQ(NR_PAGES - 4, count_out(self->fd, LVA, self->len));
	for (at = 0; at < self->len; at += self->page)
		EXPECT_EQ(1 + at / self->page, self->p[at]);
	ASSERT_FINE(check_lab(self->fd));
	ASSERT_EQ(0, swap_off(self->fd, type));
}

/* With one host entry, each touch of another page is a soft fault, of this page, too. */
TEST_F(zero, touches_are_seen)
{
	long soft;
	int i;

	ASSERT_TRUE(reads_zero(self->fd, self->p, LVA));
	ASSERT_TRUE(reads_zero(self->fd, self->p + self->page, LVA + self->page));
	ASSERT_LE(0, set_tlb(self->fd, 1));
	soft = soft_faults(self->fd);
	for (i = 0; i < 10; i++)
		(void)*(volatile unsigned char *)(self->p + i % 2 * self->page);
	EXPECT_EQ(soft + 10, soft_faults(self->fd));
	EXPECT_EQ(2, pid_faults(self->fd));
}

TEST_F(zero, fault_around)
{
	long before = read_number(LAB_PARAMS "/fault_around"), faults;
	unsigned char value;
	size_t at;

	ASSERT_EQ(0, write_number(LAB_PARAMS "/fault_around", 8));
	ASSERT_EQ(0, touch_write(self->p + 8 * self->page, 1));
	ASSERT_TRUE(reads_zero(self->fd, self->p, LVA));
	faults = lab_vmstat("pgfault");
	for (at = 0; at < 8 * self->page; at += self->page) {
		EXPECT_EQ(0, touch_read(self->p + at, &value));
		EXPECT_EQ(0, value);
		EXPECT_EQ(PM_PRESENT, pagemap_of(self->fd, LVA + at));
	}
	EXPECT_EQ(faults, lab_vmstat("pgfault"));
	/* of the neighbours of a store, those that were loaded keep it */
	ASSERT_EQ(0, touch_write(self->p + self->page, 1));
	EXPECT_EQ(PM_PRESENT, pagemap_of(self->fd, LVA));
	EXPECT_EQ(0, self->p[0]);
	ASSERT_FINE(check_lab(self->fd));
	EXPECT_EQ(0, write_number(LAB_PARAMS "/fault_around", before));
}

/* A process keeps what it has of it; a load gets a frame again. */
TEST_F(zero, switched_off_meanwhile)
{
	unsigned char value;

	ASSERT_TRUE(reads_zero(self->fd, self->p, LVA));
	ASSERT_EQ(0, write_number(PARAMETER, 0));
	ASSERT_EQ(0, touch_read(self->p + self->page, &value));
	EXPECT_NE(0, pagemap_of(self->fd, LVA + self->page) & PM_PFN);
	ASSERT_TRUE(reads_zero(self->fd, self->p, LVA));
	ASSERT_EQ(0, touch_write(self->p, 1));
	EXPECT_EQ(self->anon + 2, lab_vmstat("nr_anon_pages"));
}

TEST_HARNESS_MAIN
