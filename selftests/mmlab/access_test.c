// SPDX-License-Identifier: GPL-2.0
/*
 * Reading and writing lab memory: MMLAB_ACCESS by physical and by linear
 * address, pread(), pwrite() and lseek() as on /proc/PID/mem, MMLAB_TRANSLATE,
 * MMLAB_DRAIN and MMLAB_CHECK.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "objects.h"

#define NR_PROCESSES	300
#define LVA		0x08048000U
#define PHYS		MMLAB_ACCESS_PHYS
#define WRITE		MMLAB_ACCESS_WRITE
#define SPACE_END	(1ULL << 32)

FIXTURE(access) {
	struct guard guard;
	struct mmlab_info info;
	int fd;
	int other;
	struct mmlab_block block;	/* of fd, 4 pages */
	struct mmlab_block foreign;	/* of other */
	unsigned char *window;		/* of fd, 3 pages at LVA */
	size_t page;
	char data[65536];
};

FIXTURE_SETUP(access)
{
	GUARD_BEGIN(&self->guard);
	self->page = page_size();
	self->fd = lab_open(O_RDWR);
	self->other = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_LE(0, self->other);
	ASSERT_EQ(0, lab_info(self->fd, &self->info));
	ASSERT_EQ(0, lab_alloc(self->fd, 2, MMLAB_ZONE_NORMAL, &self->block));
	ASSERT_EQ(0, lab_alloc(self->other, 0, MMLAB_ZONE_NORMAL,
			       &self->foreign));
	self->window = lab_map(self->fd, LVA, 3 * self->page,
			       PROT_READ | PROT_WRITE);
	ASSERT_NE(NULL, self->window);
}

FIXTURE_TEARDOWN(access)
{
	munmap(self->window, 3 * self->page);
	close(self->fd);
	close(self->other);
	GUARD_END(&self->guard);
}

TEST_F(access, own_block_by_both_addresses)
{
	char text[] = "physical and linear", seen[32];
	size_t i, len = sizeof(text);
	uint64_t end = self->block.phys + 4 * self->page;

	ASSERT_EQ(len, lab_access(self->fd, PHYS | WRITE, self->block.phys + 5,
				  text, len));
	ASSERT_EQ(len, lab_access(self->fd, PHYS, self->block.phys + 5, seen, len));
	EXPECT_STREQ(text, seen);
	memset(seen, 0, sizeof(seen));
	ASSERT_EQ(len, lab_access(self->fd, 0, self->block.lva + 5, seen, len));
	EXPECT_STREQ(text, seen);

	/* over page boundaries, and the whole block at once */
	for (i = 0; i < 4 * self->page; i++)
		self->data[i] = i * 7;
	ASSERT_EQ(4 * self->page, lab_access(self->fd, WRITE, self->block.lva,
					     self->data, 4 * self->page));
	memset(self->data, 0, sizeof(self->data));
	ASSERT_EQ(4 * self->page, lab_access(self->fd, PHYS, self->block.phys,
					     self->data, 4 * self->page));
	for (i = 0; i < 4 * self->page; i++)
		ASSERT_EQ((char)(i * 7), self->data[i]);
	EXPECT_EQ(1, lab_access(self->fd, PHYS, end - 1, seen, 1));
	EXPECT_EQ(0, lab_access(self->fd, PHYS, self->block.phys, seen, 0));
}

struct attempt {
	int fd;
	uint64_t phys;
	uint32_t lva;
	uint64_t own;
};

static int access_as_nobody(void *arg)
{
	const struct attempt *a = arg;
	uint64_t word = 0;

	CHILD_CHECK(become_nobody() == 0);
	CHILD_CHECK(lab_access(a->fd, PHYS, a->own, &word, 8) == 8);
	CHILD_CHECK(lab_access(a->fd, PHYS, a->phys, &word, 8) == -EPERM);
	CHILD_CHECK(lab_access(a->fd, PHYS | WRITE, a->phys, &word, 8) == -EPERM);
	CHILD_CHECK(lab_access(a->fd, 0, a->lva, &word, 8) == -EPERM);
	CHILD_CHECK(lab_access(a->fd, WRITE, a->lva, &word, 8) == -EPERM);
	CHILD_CHECK(lab_access(a->fd, PHYS, 0, &word, 8) == -EPERM);
	CHILD_CHECK(lab_access(a->fd, WRITE, LVA, &word, 8) == 8);
	CHILD_CHECK(lab_access(a->fd, 0, LVA, &word, 8) == 8);
	CHILD_CHECK(pread(a->fd, &word, 8, a->lva) == -1 && errno == EPERM);
	return 0;
}

TEST_F(access, of_others_only_with_the_capability)
{
	struct attempt attempt = { self->fd, self->foreign.phys,
				   self->foreign.lva, self->block.phys };
	uint64_t word = 0x1234;

	EXPECT_EQ(8, lab_access(self->fd, PHYS | WRITE, self->foreign.phys,
				&word, 8));
	word = 0;
	EXPECT_EQ(8, lab_access(self->fd, 0, self->foreign.lva, &word, 8));
	EXPECT_EQ(0x1234, word);
	EXPECT_EQ(8, lab_access(self->fd, PHYS, 0, &word, 8));
	EXPECT_EQ(0, run_child(access_as_nobody, &attempt));
}

/* A range that begins in an own block and ends in another's gives none of it. */
static int overrun_as_nobody(void *arg)
{
	const struct attempt *a = arg;
	char two[2] = { 1, 1 };
	ssize_t n;

	CHILD_CHECK(become_nobody() == 0);
	n = lab_access(a->fd, PHYS, a->own - 1, two, 2);
	CHILD_CHECK(n == -EPERM || n == 1);
	CHILD_CHECK(two[1] == 1);
	return 0;
}

TEST_F(access, across_the_end_of_an_own_block)
{
	struct attempt attempt = { .fd = self->fd };

	attempt.own = self->block.phys + 4 * self->page;
	EXPECT_EQ(0, run_child(overrun_as_nobody, &attempt));
}

TEST_F(access, out_of_range)
{
	uint64_t end = (uint64_t)self->info.nr_frames * self->page;
	const struct {
		uint32_t flags;
		uint64_t addr, len;
	} bad[] = {
		{ PHYS, end, 1 },
		{ PHYS, end - 1, 2 },
		{ PHYS, 0, end + 1 },
		{ PHYS, self->block.phys, ~0ULL },
		{ PHYS, ~0ULL, 1 },
		{ PHYS, ~0ULL, 2 },
		{ PHYS, self->block.phys | SPACE_END, 1 },
		{ 0, SPACE_END, 1 },
		{ 0, SPACE_END - 1, 2 },
		{ 0, LVA, ~0ULL },
		{ 0, LVA, SPACE_END },
		{ 0, ~0ULL, 1 },
		{ 0, LVA | SPACE_END, 1 },
		{ 0, LVA | 1ULL << 63, 1 },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		EXPECT_EQ(-EINVAL, lab_access(self->fd, bad[i].flags,
					      bad[i].addr, self->data,
					      bad[i].len))
			TH_LOG("row %zu, read", i);
		EXPECT_EQ(-EINVAL, lab_access(self->fd, bad[i].flags | WRITE,
					      bad[i].addr, self->data,
					      bad[i].len))
			TH_LOG("row %zu, write", i);
	}
}

/* Nothing, up to the very end, is no access past it. */
TEST_F(access, no_bytes_at_the_end)
{
	uint64_t end = (uint64_t)self->info.nr_frames * self->page;
	struct mmlab_access a = { .addr = LVA, .buf = (uintptr_t)self->data, .done = 77 };

	EXPECT_EQ(0, lab_ioctl(self->fd, MMLAB_ACCESS, &a));
	EXPECT_EQ(0, a.done);
	EXPECT_EQ(0, lab_access(self->fd, PHYS, end, self->data, 0));
	EXPECT_EQ(0, lab_access(self->fd, 0, SPACE_END, self->data, 0));
	EXPECT_EQ(-EINVAL, lab_access(self->fd, PHYS, end + 1, self->data, 0));
	EXPECT_EQ(-EINVAL, lab_access(self->fd, 0, SPACE_END + 1, self->data, 0));
}

TEST_F(access, nothing_lives_there)
{
	uint32_t holes[] = { 0, LVA - 1, LVA + 3 * self->page,
			     self->info.page_offset - 1,
			     self->info.high_memory,
			     self->info.vmalloc_start - 1,
			     self->info.vmalloc_end - 1, /* areas begin below */
			     self->info.vmalloc_end, ~0U };
	size_t i;
	char byte = 1;

	for (i = 0; i < ARRAY_LEN(holes); i++) {
		EXPECT_EQ(-EIO, lab_access(self->fd, 0, holes[i], &byte, 1))
			TH_LOG("read at %#x", holes[i]);
		EXPECT_EQ(-EIO, lab_access(self->fd, WRITE, holes[i], &byte, 1))
			TH_LOG("write at %#x", holes[i]);
		EXPECT_EQ(-1, pread(self->fd, &byte, 1, holes[i]));
		EXPECT_EQ(EIO, errno);
		EXPECT_EQ(-1, pwrite(self->fd, &byte, 1, holes[i]));
		EXPECT_EQ(EIO, errno);
	}
	EXPECT_EQ(self->guard.before.anon, lab_vmstat("nr_anon_pages"));
}

TEST_F(access, bad_buffers)
{
	char *hole = mmap(NULL, self->page, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *bad[] = { NULL, hole, (void *)-1L, (void *)LONG_MIN };
	size_t i;

	*self->window = 1;
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		EXPECT_EQ(-EFAULT, lab_access(self->fd, 0, LVA, bad[i], 8));
		EXPECT_EQ(-EFAULT, lab_access(self->fd, WRITE, LVA, bad[i], 8));
		EXPECT_EQ(-EFAULT, lab_access(self->fd, PHYS, self->block.phys,
					      bad[i], 8));
		EXPECT_EQ(-1, pread(self->fd, bad[i], 8, LVA));
		EXPECT_EQ(EFAULT, errno);
		EXPECT_EQ(-1, pwrite(self->fd, bad[i], 8, LVA));
		EXPECT_EQ(EFAULT, errno);
	}
	munmap(hole, self->page);
}

TEST_F(access, rights)
{
	unsigned char *window;
	char byte = 1;
	int fd;

	fd = lab_open(O_RDONLY);
	ASSERT_LE(0, fd);
	window = lab_map(fd, LVA, self->page, PROT_READ);
	ASSERT_NE(NULL, window);
	EXPECT_EQ(1, lab_access(fd, 0, LVA, &byte, 1));
	EXPECT_EQ(-EACCES, lab_access(fd, WRITE, LVA, &byte, 1));
	EXPECT_EQ(-EACCES, lab_access(fd, WRITE | PHYS, self->block.phys, &byte, 1));
	munmap(window, self->page);
	close(fd);

	/* a region that was made read-only, through a file that may write */
	window = lab_map(self->fd, 2 * LVA, self->page, PROT_READ);
	ASSERT_NE(NULL, window);
	EXPECT_EQ(-EACCES, lab_access(self->fd, WRITE, 2 * LVA, &byte, 1));
	EXPECT_EQ(-1, pwrite(self->fd, &byte, 1, 2 * LVA));
	EXPECT_TRUE(errno == EACCES || errno == EIO);
	EXPECT_EQ(1, lab_access(self->fd, 0, 2 * LVA, &byte, 1));
	munmap(window, self->page);
}

/* As with read(2), rights are those of the open: a file that only writes reads nothing. */
TEST_F(access, by_a_file_that_only_writes)
{
	char byte = 1;
	int fd = lab_open(O_WRONLY);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, lab_region_at(fd, LVA, self->page, PROT_READ | PROT_WRITE));
	EXPECT_EQ(1, lab_access(fd, WRITE, LVA, &byte, 1));
	EXPECT_EQ(-EACCES, lab_access(fd, 0, LVA, &byte, 1));
	EXPECT_EQ(-EACCES, lab_access(fd, PHYS, self->block.phys, &byte, 1));
	close(fd);
}

static int open_without_capability(void)
{
	int fd = -1;

	if (!chmod(LAB_DEVICE, 0666) && !seteuid(LAB_NOBODY)) {
		fd = lab_open(O_RDWR);
		if (seteuid(0))
			return -1;
	}
	return chmod(LAB_DEVICE, 0600) ? -1 : fd;
}

/* The capability is wanted of the caller, and of the task that opened the file as well. */
TEST_F(access, by_a_file_that_was_opened_without_the_capability)
{
	char byte = 1;
	int fd = open_without_capability();

	ASSERT_LE(0, fd);
	EXPECT_EQ(-EPERM, lab_access(fd, PHYS, self->foreign.phys, &byte, 1));
	EXPECT_EQ(-EPERM, lab_access(fd, WRITE, self->foreign.lva, &byte, 1));
	EXPECT_EQ(-1, pread(fd, &byte, 1, self->foreign.lva));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, pwrite(fd, &byte, 1, self->foreign.lva));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(1, lab_access(self->fd, PHYS, self->foreign.phys, &byte, 1));
	close(fd);
}

/* An area's flags say what others may do; a guard page is nobody's. */
TEST_F(access, of_others_areas)
{
	static const struct { uint32_t flags; int read, write; } kinds[] = {
		{ 0, -EPERM, -EPERM },
		{ MMLAB_VM_USER, 1, 1 },
		{ MMLAB_VM_USER | MMLAB_VM_READONLY, 1, -EACCES },
	};
	int fd = open_without_capability();
	size_t i;

	ASSERT_LE(0, fd);
	for (i = 0; i < ARRAY_LEN(kinds); i++) {
		struct mmlab_area area = { .size = self->page, .flags = kinds[i].flags };
		uint32_t last, guard;
		char byte = 7;

		ASSERT_EQ(0, lab_ioctl(self->other, MMLAB_VMALLOC, &area));
		last = area.lva + self->page - 1;
		guard = last + 1;
		EXPECT_EQ(1, lab_access(self->other, WRITE, last, &byte, 1));
		EXPECT_EQ(kinds[i].write, lab_access(fd, WRITE, last, &byte, 1));
		EXPECT_EQ(1, lab_access(self->fd, WRITE, last, &byte, 1));
		byte = 0;
		EXPECT_EQ(kinds[i].read, lab_access(fd, 0, last, &byte, 1));
		EXPECT_EQ(kinds[i].read == 1 ? 7 : 0, byte);
		EXPECT_EQ(1, lab_access(self->fd, 0, last, &byte, 1));
		EXPECT_EQ(-EIO, lab_access(fd, 0, guard, &byte, 1));
		EXPECT_EQ(-EIO, lab_access(self->fd, 0, guard, &byte, 1));
		EXPECT_EQ(-EIO, lab_access(fd, 0, guard + self->page, &byte, 1));
		area = (struct mmlab_area){ .lva = area.lva };
		EXPECT_EQ(0, lab_ioctl(self->other, MMLAB_VFREE, &area));
	}
	close(fd);
}

TEST_F(access, pread_and_pwrite)
{
	struct mmlab_translation t;
	char text[] = "through the file";
	size_t i, len = sizeof(text);

	/* untouched: zeros */
	memset(self->data, 1, self->page);
	ASSERT_EQ(self->page, pread(self->fd, self->data, self->page, LVA));
	for (i = 0; i < self->page; i++)
		ASSERT_EQ(0, self->data[i]);
	/* a write supplies the page, and the window sees it */
	ASSERT_EQ(len, pwrite(self->fd, text, len, LVA + self->page - 3));
	ASSERT_EQ(0, lab_translate(self->fd, LVA + self->page, &t));
	EXPECT_EQ(MMLAB_STEP_OK, t.step);
	EXPECT_EQ(MMLAB_PTE_DIRTY, t.pte & MMLAB_PTE_DIRTY);
	EXPECT_STREQ(text, (char *)self->window + self->page - 3);
	self->window[self->page] = '*';
	ASSERT_EQ(len, pread(self->fd, self->data, len, LVA + self->page - 3));
	EXPECT_EQ('*', self->data[3]);
	/* bytes after the region are left out */
	EXPECT_EQ(self->page + 10, pread(self->fd, self->data, sizeof(self->data),
					 LVA + 2 * self->page - 10));
	EXPECT_EQ(10, pwrite(self->fd, self->data, sizeof(self->data),
			     LVA + 3 * self->page - 10));
}

TEST_F(access, positions)
{
	char byte = 'x';

	EXPECT_EQ(0, lseek(self->fd, 0, SEEK_CUR));
	EXPECT_EQ(LVA, lseek(self->fd, LVA, SEEK_SET));
	EXPECT_EQ(1, write(self->fd, &byte, 1));
	EXPECT_EQ(LVA + 1, lseek(self->fd, 0, SEEK_CUR));
	EXPECT_EQ(LVA, lseek(self->fd, -1, SEEK_CUR));
	byte = 0;
	EXPECT_EQ(1, read(self->fd, &byte, 1));
	EXPECT_EQ('x', byte);
	/* failing, it stays */
	EXPECT_EQ(16, lseek(self->fd, 16, SEEK_SET));
	EXPECT_EQ(-1, read(self->fd, &byte, 1));
	EXPECT_EQ(16, lseek(self->fd, 0, SEEK_CUR));
	EXPECT_EQ(-1, lseek(self->fd, -17, SEEK_CUR));
	EXPECT_EQ(-1, lseek(self->fd, 0, 77));

	/* the last byte is reserved, at the end there is nothing */
	EXPECT_EQ(-1, pread(self->fd, &byte, 1, SPACE_END - 1));
	EXPECT_EQ(EIO, errno);
	EXPECT_EQ(0, pread(self->fd, &byte, 1, SPACE_END));
	EXPECT_EQ(0, pread(self->fd, &byte, 1, 1LL << 62));
	EXPECT_EQ(-1, pwrite(self->fd, &byte, 1, SPACE_END));
	EXPECT_EQ(EFBIG, errno);
	EXPECT_EQ(SPACE_END, lseek(self->fd, 0, SEEK_END));
	EXPECT_EQ(-1, lseek(self->fd, 1, SEEK_END));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(LVA, lseek(self->fd, LVA - SPACE_END, SEEK_END));
}

TEST_F(access, vectors)
{
	char a[3] = "abc", b[5] = "defgh", seen[9] = "";
	struct iovec out[] = { { a, 3 }, { b, 5 } };
	struct iovec in[] = { { seen, 1 }, { seen + 1, 7 } };

	ASSERT_EQ(8, pwritev(self->fd, out, 2, LVA + self->page - 4));
	ASSERT_EQ(8, preadv(self->fd, in, 2, LVA + self->page - 4));
	EXPECT_STREQ("abcdefgh", seen);
}

/*
 * The buffer lies in a window of the very process that is read or written, and
 * has never been touched: the copy faults and must find no lock held.
 */
TEST_F(access, buffer_in_an_own_window)
{
	struct mmlab_access a = { .addr = LVA, .len = 2 * self->page };
	unsigned char *buf;
	int round;

	for (round = 0; round < 4; round++) {
		uint32_t at = 0x20000000 + round * 0x400000;

		buf = lab_map(self->fd, at, 2 * self->page, PROT_READ | PROT_WRITE);
		ASSERT_NE(NULL, buf);
		switch (round) {
		case 0:
			EXPECT_EQ(2 * self->page, pread(self->fd, buf,
							2 * self->page, LVA));
			break;
		case 1:
			EXPECT_EQ(2 * self->page, pwrite(self->fd, buf,
							 2 * self->page, LVA));
			break;
		default:
			a.buf = (uintptr_t)buf;
			a.flags = round == 2 ? 0 : WRITE;
			a.done = 0;
			EXPECT_EQ(0, lab_ioctl(self->fd, MMLAB_ACCESS, &a));
			EXPECT_EQ(2 * self->page, a.done);
		}
		munmap(buf, 2 * self->page);
	}
	/* onto itself */
	self->window[0] = 42;
	EXPECT_EQ(self->page, pread(self->fd, self->window, self->page, LVA));
	EXPECT_EQ(self->page, pwrite(self->fd, self->window, self->page, LVA));
	EXPECT_EQ(42, self->window[0]);
	/* from one page into the next, which is there through the window only */
	EXPECT_EQ(self->page, pread(self->fd, self->window + self->page,
				    self->page, LVA));
	EXPECT_EQ(42, self->window[self->page]);
}

TEST_F(access, arena_exhausted)
{
	static struct mmlab_block b;
	char byte = 1;
	int fd = lab_open(O_RDWR);
	int order;

	ASSERT_LE(0, fd);
	for (order = MMLAB_NR_ORDERS - 1; order >= 0; order--)
		while (!lab_alloc(fd, order, MMLAB_ZONE_NORMAL, &b))
			;
	EXPECT_EQ(-ENOMEM, lab_access(self->fd, WRITE, LVA, &byte, 1));
	EXPECT_EQ(-1, pwrite(self->fd, &byte, 1, LVA));
	EXPECT_EQ(ENOMEM, errno);
	close(fd);
	EXPECT_EQ(1, lab_access(self->fd, WRITE, LVA, &byte, 1));
}

/* Words in all memory that root can read which look like the kernel's pointers, or -errno. */
static long count_host_pointers(int fd, size_t page, uint32_t nr_frames)
{
	uint64_t *words = malloc(page), at;
	ssize_t got = 0;
	long nr = 0;
	size_t i;

	for (at = 0; words && at < (uint64_t)nr_frames * page && got >= 0; at += page) {
		got = lab_access(fd, PHYS, at, words, page);
		for (i = 0; got == (ssize_t)page && i < page / sizeof(*words); i++)
			nr += words[i] >> 48 == 0xffff && words[i] < -4096ULL;
		/* no program may read what lab processes themselves are made of */
		got = got == -EPERM ? 0 : got;
	}
	free(words);
	return words && got >= 0 ? nr : -EIO;
}

TEST_F(access, what_is_freed_has_no_pointer_of_the_host)
{
	int fds[NR_PROCESSES];
	long before;
	size_t i;

	if (sizeof(long) == 4)
		SKIP(return, "pointers of 32 bits look like addresses of the lab");
	before = count_host_pointers(self->fd, self->page, self->info.nr_frames);
	ASSERT_LE(0, before);
	for (i = 0; i < NR_PROCESSES; i++)
		fds[i] = lab_open(O_RDWR);
	for (i = 0; i < NR_PROCESSES; i++) {
		EXPECT_LE(0, fds[i]);
		close(fds[i]);
	}
	ASSERT_LT(0, cause_shortage(self->fd));
	EXPECT_GE(before, count_host_pointers(self->fd, self->page, self->info.nr_frames));
}

TEST_F(access, translation)
{
	uint32_t lva = LVA + self->page + 123;
	struct mmlab_translation t;

	ASSERT_EQ(0, lab_translate(self->fd, lva, &t));
	EXPECT_EQ(MMLAB_REGION_USER, t.region);
	EXPECT_EQ(MMLAB_STEP_NO_TABLE, t.step);
	EXPECT_EQ(LVA, t.vma_start);
	EXPECT_EQ(LVA + 3 * self->page, t.vma_end);
	EXPECT_EQ(PROT_READ | PROT_WRITE, t.vma_prot);
	EXPECT_EQ(~0U, t.table_pfn);
	EXPECT_EQ(~0U, t.pfn);
	EXPECT_EQ(0, t.pde);
	self->window[0] = 1;
	ASSERT_EQ(0, lab_translate(self->fd, lva, &t));
	EXPECT_EQ(MMLAB_STEP_NO_PAGE, t.step);
	EXPECT_NE(~0U, t.table_pfn);
	EXPECT_EQ(0, t.pte);

	self->window[self->page + 123] = 99;
	ASSERT_EQ(0, lab_translate(self->fd, lva, &t));
	EXPECT_EQ(MMLAB_STEP_OK, t.step);
	EXPECT_EQ(lva / self->page / 1024, t.pgd_index);
	EXPECT_EQ(lva / self->page % 1024, t.pte_index);
	EXPECT_EQ(123, t.offset);
	EXPECT_EQ(t.pfn * self->page + 123, t.phys);
	EXPECT_EQ(t.table_pfn, t.pde / self->page);
	EXPECT_EQ(t.pfn, t.pte / self->page);
	EXPECT_EQ(MMLAB_PTE_PRESENT | MMLAB_PTE_USER | MMLAB_PTE_RW,
		  t.pte & (MMLAB_PTE_PRESENT | MMLAB_PTE_USER | MMLAB_PTE_RW));
	EXPECT_EQ(1, t.mapcount);
	/* the walk can be done by hand, in lab memory */
	EXPECT_EQ(4, lab_access(self->fd, PHYS, t.pgd_pfn * self->page +
				4 * t.pgd_index, self->data, 4));
	EXPECT_EQ(t.pde, *(uint32_t *)self->data);
	EXPECT_EQ(4, lab_access(self->fd, PHYS, t.table_pfn * self->page +
				4 * t.pte_index, self->data, 4));
	EXPECT_EQ(t.pfn, *(uint32_t *)self->data / self->page);
	EXPECT_EQ(1, lab_access(self->fd, PHYS, t.phys, self->data, 1));
	EXPECT_EQ(99, self->data[0]);
}

TEST_F(access, translation_of_the_kernel_part)
{
	struct mmlab_translation t;
	uint32_t holes[] = { self->info.high_memory,
			     self->info.vmalloc_start - 1,
			     self->info.vmalloc_end, ~0U };
	size_t i;

	ASSERT_EQ(0, lab_translate(self->fd, self->block.lva + 77, &t));
	EXPECT_EQ(MMLAB_REGION_DIRECT, t.region);
	EXPECT_EQ(MMLAB_STEP_OK, t.step);
	EXPECT_EQ(self->block.phys + 77, t.phys);
	EXPECT_EQ(0, t.pte & MMLAB_PTE_USER);
	ASSERT_EQ(0, lab_translate(self->fd, self->info.high_memory - 1, &t));
	EXPECT_EQ(self->info.nr_frames - 1, t.pfn);
	for (i = 0; i < ARRAY_LEN(holes); i++) {
		ASSERT_EQ(0, lab_translate(self->fd, holes[i], &t));
		EXPECT_EQ(MMLAB_REGION_HOLE, t.region)
			TH_LOG("%#x", holes[i]);
		EXPECT_NE(MMLAB_STEP_OK, t.step);
	}
	ASSERT_EQ(0, lab_translate(self->fd, LVA - 1, &t));
	EXPECT_EQ(MMLAB_REGION_HOLE, t.region);
}

TEST_F(access, drain_and_check)
{
	struct mmlab_check check = { 0 };
	struct mmlab_drain drain;

	/* the block's neighbours were fetched with it */
	ASSERT_EQ(0, lab_free(self->fd, &self->block));
	EXPECT_LT(0, lab_vmstat("nr_pcp_pages"));
	ASSERT_EQ(0, lab_drain(self->fd, &drain));
	EXPECT_LT(0, drain.nr_pcp);
	EXPECT_EQ(0, lab_vmstat("nr_pcp_pages"));
	ASSERT_EQ(0, lab_drain(self->fd, &drain));
	EXPECT_EQ(0, drain.nr_pcp);
	EXPECT_EQ(0, drain.nr_quarantined);

	memset(check.rule, 'x', sizeof(check.rule));
	ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_CHECK, &check));
	EXPECT_EQ(0, check.broken);
	EXPECT_EQ(0, check.rule[0]);
	EXPECT_LT(0, check.nr_objects);
}

TEST_HARNESS_MAIN
