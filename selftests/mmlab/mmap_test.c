// SPDX-License-Identifier: GPL-2.0
/*
 * What mmap() and mprotect() of the device grant and refuse.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "touch.h"

#ifndef MAP_SYNC
#define MAP_SYNC	0x80000
#endif

#define LVA		0x40000000UL
#define RW		(PROT_READ | PROT_WRITE)

/* On 32 bits the kernel itself says no to the largest lengths and offsets. */
#define NARROW	(sizeof(long) == 4)

FIXTURE(mmap) {
	struct guard guard;
	int fd;
	size_t page;
};

FIXTURE_SETUP(mmap)
{
	GUARD_BEGIN(&self->guard);
	self->page = page_size();
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(mmap)
{
	close(self->fd);
	GUARD_END(&self->guard);
}

/* The errno of an mmap() of the device, 0 if it was granted. */
static int try_mmap(int fd, size_t len, int prot, int flags, uint64_t lva)
{
	void *window = mmap(NULL, len, prot, flags, fd, lva);

	if (window == MAP_FAILED)
		return errno;
	munmap(window, len);
	return 0;
}

static uint32_t region_at(int fd, uint32_t lva)
{
	struct mmlab_translation t;

	return lab_translate(fd, lva, &t) ? ~0U : t.region;
}

TEST_F(mmap, lengths_and_offsets)
{
	size_t i;
	static const struct {
		uint64_t len, offset;
	} bad[] = {
		{ 0, LVA },
		{ 4096, LVA + 1 },
		{ 4096, LVA + 2048 },
		{ 4096, 1ULL << 32 },
		{ 4096, 1ULL << 32 | LVA },
		{ 4096, 1ULL << 40 },
		{ 4096, 1ULL << 44 | LVA },
		{ 4096, 0x7ffffffffffff000 },
		{ 4096, 0x8000000000000000 },
		{ 4096, 0xfffffffffffff000 },
		{ 8192, 0xfffffffffffff000 },
		{ 8192, LAB_USER_END - 4096 },
		{ LAB_USER_END + 4096, 0 },
		{ 1ULL << 32, 0 },
		{ 1ULL << 32, LVA },
		{ 1ULL << 40, LVA },
	};

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		int err = try_mmap(self->fd, bad[i].len, RW, MAP_SHARED,
				   bad[i].offset);

		EXPECT_TRUE(err == EINVAL || err == EOVERFLOW ||
			    (err == ENOMEM && NARROW))
			TH_LOG("row %zu: errno %d", i, err);
	}
	EXPECT_EQ(0, lab_vmstat("lab_windows"));
	EXPECT_EQ(MMLAB_REGION_HOLE, region_at(self->fd, LVA));
	EXPECT_EQ(MMLAB_REGION_HOLE, region_at(self->fd, LAB_USER_END - 1));
	EXPECT_EQ(MMLAB_REGION_HOLE, region_at(self->fd, 0));
}

TEST_F(mmap, exact_boundary)
{
	struct mmlab_info info;
	unsigned char *window;

	ASSERT_EQ(0, lab_info(self->fd, &info));
	window = lab_map(self->fd, LAB_USER_END - self->page, self->page, RW);
	ASSERT_NE(NULL, window);
	window[self->page - 1] = 1;
	munmap(window, self->page);
	window = lab_map(self->fd, 0, self->page, RW);
	ASSERT_NE(NULL, window);
	window[0] = 1;
	munmap(window, self->page);
	/* the kernel part is there, but not for users */
	EXPECT_EQ(EPERM, try_mmap(self->fd, self->page, RW, MAP_SHARED,
				  LAB_USER_END));
	EXPECT_EQ(EPERM, try_mmap(self->fd, self->page, PROT_READ, MAP_SHARED,
				  LAB_USER_END));
	EXPECT_EQ(EPERM, try_mmap(self->fd, self->page, PROT_READ, MAP_SHARED,
				  info.high_memory));
	EXPECT_EQ(EPERM, try_mmap(self->fd, self->page, PROT_READ, MAP_SHARED,
				  info.vmalloc_start));
	EXPECT_EQ(NARROW ? EOVERFLOW : EPERM,
		  try_mmap(self->fd, self->page, PROT_READ, MAP_SHARED,
			   (1ULL << 32) - self->page));
	EXPECT_EQ(EINVAL, try_mmap(self->fd, 2 * self->page, PROT_READ,
				   MAP_SHARED, LAB_USER_END - self->page));
}

TEST_F(mmap, all_of_user_space)
{
	unsigned char *window;

	if (NARROW)
		SKIP(return, "3 GiB are all that a 32-bit program has");
	window = lab_map(self->fd, 0, LAB_USER_END, RW);
	ASSERT_NE(NULL, window);
	window[0] = 1;
	window[LAB_USER_END - 1] = 2;
	window[LAB_USER_END / 2] = 3;
	EXPECT_EQ(3, lab_vmstat("nr_anon_pages") - self->guard.before.anon);
	munmap(window, LAB_USER_END);
	EXPECT_EQ(3 + 3, lab_munmap(self->fd, 0, LAB_USER_END));
	EXPECT_EQ(self->guard.before.anon, lab_vmstat("nr_anon_pages"));
}

TEST_F(mmap, open_modes)
{
	unsigned char *window;
	int fd = lab_open(O_RDONLY);

	ASSERT_LE(0, fd);
	EXPECT_EQ(EACCES, try_mmap(fd, self->page, RW, MAP_SHARED, LVA));
	EXPECT_EQ(EACCES, try_mmap(fd, self->page, PROT_WRITE, MAP_SHARED, LVA));
	EXPECT_EQ(MMLAB_REGION_HOLE, region_at(fd, LVA));
	window = lab_map(fd, LVA, self->page, PROT_READ);
	ASSERT_NE(NULL, window);
	EXPECT_EQ(-1, mprotect(window, self->page, RW));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(0, window[0]);
	munmap(window, self->page);
	close(fd);

	fd = lab_open(O_WRONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(EACCES, try_mmap(fd, self->page, PROT_READ, MAP_SHARED, LVA));
	EXPECT_EQ(EACCES, try_mmap(fd, self->page, RW, MAP_SHARED, LVA));
	close(fd);
}

TEST_F(mmap, private_windows)
{
	unsigned char value;
	void *window;

	EXPECT_EQ(EINVAL, try_mmap(self->fd, self->page, RW, MAP_PRIVATE, LVA));
	EXPECT_EQ(EINVAL, try_mmap(self->fd, self->page, PROT_WRITE,
				   MAP_PRIVATE, LVA));
	EXPECT_EQ(MMLAB_REGION_HOLE, region_at(self->fd, LVA));
	window = mmap(NULL, self->page, PROT_READ, MAP_PRIVATE, self->fd, LVA);
	if (window == MAP_FAILED) {
		EXPECT_EQ(EINVAL, errno);
		return;
	}
	EXPECT_EQ(0, touch_read(window, &value));
	EXPECT_EQ(-1, mprotect(window, self->page, RW));
	EXPECT_EQ(EACCES, errno);
	munmap(window, self->page);
}

TEST_F(mmap, no_execution)
{
	unsigned char *window;

	EXPECT_EQ(EPERM, try_mmap(self->fd, self->page, PROT_READ | PROT_EXEC,
				  MAP_SHARED, LVA));
	EXPECT_EQ(EPERM, try_mmap(self->fd, self->page, RW | PROT_EXEC,
				  MAP_SHARED, LVA));
	EXPECT_EQ(EPERM, try_mmap(self->fd, self->page, PROT_READ | PROT_EXEC,
				  MAP_PRIVATE, LVA));
	EXPECT_EQ(MMLAB_REGION_HOLE, region_at(self->fd, LVA));
	window = lab_map(self->fd, LVA, self->page, RW);
	ASSERT_NE(NULL, window);
	EXPECT_EQ(-1, mprotect(window, self->page, PROT_READ | PROT_EXEC));
	EXPECT_EQ(EACCES, errno);
	munmap(window, self->page);
}

TEST_F(mmap, flags)
{
	EXPECT_EQ(EOPNOTSUPP, try_mmap(self->fd, self->page, RW,
				       MAP_SHARED_VALIDATE | MAP_SYNC, LVA));
	EXPECT_EQ(EINVAL, try_mmap(self->fd, 1UL << 21, RW,
				   MAP_SHARED | MAP_HUGETLB, LVA));
	EXPECT_EQ(EINVAL, try_mmap(self->fd, self->page, RW,
				   MAP_SHARED | MAP_GROWSDOWN, LVA));
	EXPECT_EQ(EINVAL, try_mmap(self->fd, self->page, PROT_READ,
				   MAP_PRIVATE | MAP_GROWSDOWN, LVA));
	EXPECT_EQ(MMLAB_REGION_HOLE, region_at(self->fd, LVA));
	EXPECT_EQ(0, try_mmap(self->fd, self->page, RW,
			      MAP_SHARED | MAP_NORESERVE | MAP_LOCKED, LVA));
}

TEST_F(mmap, populate)
{
	size_t len = 20 * self->page;
	void *window = mmap(NULL, len, RW, MAP_SHARED | MAP_POPULATE, self->fd,
			    LVA);

	ASSERT_NE(MAP_FAILED, window);
	EXPECT_EQ(20, lab_vmstat("nr_anon_pages") - self->guard.before.anon);
	munmap(window, len);
}

TEST_F(mmap, fixed_over_a_window)
{
	unsigned char *window = lab_map(self->fd, LVA, 3 * self->page, RW);

	ASSERT_NE(NULL, window);
	window[self->page] = 1;
	ASSERT_EQ(window + self->page,
		  mmap(window + self->page, self->page, RW,
		       MAP_SHARED | MAP_FIXED, self->fd, 2 * LVA));
	EXPECT_EQ(0, window[self->page]);
	window[self->page] = 2;
	EXPECT_EQ(3, lab_vmstat("lab_windows"));
	munmap(window, 3 * self->page);
	window = lab_map(self->fd, LVA, 3 * self->page, RW);
	ASSERT_NE(NULL, window);
	EXPECT_EQ(1, window[self->page]);
	munmap(window, 3 * self->page);
	EXPECT_EQ(0, lab_vmstat("lab_windows"));
}

/* Windows over regions that exist may ask for no more than they permit. */
TEST_F(mmap, over_a_read_only_region)
{
	unsigned char *window = lab_map(self->fd, LVA, 2 * self->page, PROT_READ);

	ASSERT_NE(NULL, window);
	EXPECT_EQ(-1, mprotect(window, self->page, RW));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(EACCES, try_mmap(self->fd, self->page, RW, MAP_SHARED, LVA));
	/* and where only a part exists, nothing new comes of a refusal */
	EXPECT_EQ(EACCES, try_mmap(self->fd, 4 * self->page, RW, MAP_SHARED,
				   LVA - self->page));
	EXPECT_EQ(MMLAB_REGION_HOLE, region_at(self->fd, LVA - 1));
	EXPECT_EQ(MMLAB_REGION_HOLE, region_at(self->fd, LVA + 2 * self->page));
	/* reading is granted, and fills the gaps */
	EXPECT_EQ(0, try_mmap(self->fd, 4 * self->page, PROT_READ, MAP_SHARED,
			      LVA - self->page));
	EXPECT_EQ(MMLAB_REGION_USER, region_at(self->fd, LVA - 1));
	EXPECT_EQ(MMLAB_REGION_USER, region_at(self->fd, LVA + 2 * self->page));
	munmap(window, 2 * self->page);
}

/* So is a region without rights: there is no way to one by the host's mprotect(). */
TEST_F(mmap, over_a_region_without_rights)
{
	unsigned char *window;

	ASSERT_EQ(0, lab_region_at(self->fd, LVA, self->page, PROT_NONE));
	EXPECT_EQ(EACCES, try_mmap(self->fd, self->page, PROT_READ, MAP_SHARED, LVA));
	window = lab_map(self->fd, LVA, self->page, PROT_NONE);
	ASSERT_NE(NULL, window);
	EXPECT_EQ(-1, mprotect(window, self->page, PROT_READ));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-1, mprotect(window, self->page, PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	munmap(window, self->page);
}

TEST_F(mmap, reading_a_writable_region)
{
	unsigned char *window = lab_map(self->fd, LVA, self->page, RW);
	unsigned char *reader = lab_map(self->fd, LVA, self->page, PROT_READ);

	ASSERT_NE(NULL, window);
	ASSERT_NE(NULL, reader);
	window[5] = 5;
	EXPECT_EQ(5, reader[5]);
	EXPECT_EQ(SIGSEGV, touch_write(reader, 1));
	EXPECT_EQ(0, mprotect(reader, self->page, RW));
	EXPECT_EQ(0, touch_write(reader, 1));
	EXPECT_EQ(1, window[0]);
	munmap(reader, self->page);
	munmap(window, self->page);
}

TEST_F(mmap, neighbours_merge)
{
	struct mmlab_translation t;
	int i;

	for (i = 0; i < 6; i++) {
		unsigned char *window;

		window = lab_map(self->fd, LVA + i * self->page, self->page,
				 i < 3 ? RW : PROT_READ);
		ASSERT_NE(NULL, window);
		munmap(window, self->page);
	}
	ASSERT_EQ(0, lab_translate(self->fd, LVA + self->page, &t));
	EXPECT_EQ(LVA, t.vma_start);
	EXPECT_EQ(LVA + 3 * self->page, t.vma_end);
	EXPECT_EQ(RW, t.vma_prot);
	ASSERT_EQ(0, lab_translate(self->fd, LVA + 4 * self->page, &t));
	EXPECT_EQ(LVA + 3 * self->page, t.vma_start);
	EXPECT_EQ(LVA + 6 * self->page, t.vma_end);
	EXPECT_EQ(PROT_READ, t.vma_prot);
	/* a hole in the middle splits */
	EXPECT_EQ(0, lab_munmap(self->fd, LVA + self->page, self->page));
	ASSERT_EQ(0, lab_translate(self->fd, LVA, &t));
	EXPECT_EQ(LVA + self->page, t.vma_end);
	ASSERT_EQ(0, lab_translate(self->fd, LVA + 2 * self->page, &t));
	EXPECT_EQ(LVA + 2 * self->page, t.vma_start);
	EXPECT_EQ(LVA + 3 * self->page, t.vma_end);
}

TEST_F(mmap, munmap_arguments)
{
	const struct {
		uint32_t start, len;
	} bad[] = {
		{ LVA + 1, self->page },
		{ LVA, self->page + 1 },
		{ LVA, 1 },
		{ LVA, 0 },
		{ LAB_USER_END, self->page },
		{ LAB_USER_END - self->page, 2 * self->page },
		{ -self->page, self->page },
		{ -self->page, 2 * self->page },	/* wraps */
		{ LVA, -self->page },
	};
	unsigned char *window = lab_map(self->fd, LVA, self->page, RW);
	size_t i;

	ASSERT_NE(NULL, window);
	window[0] = 1;
	for (i = 0; i < ARRAY_LEN(bad); i++)
		EXPECT_EQ(-EINVAL, lab_munmap(self->fd, bad[i].start, bad[i].len))
			TH_LOG("row %zu", i);
	EXPECT_EQ(1, window[0]);
	/* nothing there is no error */
	EXPECT_EQ(0, lab_munmap(self->fd, 2 * LVA, 16 * self->page));
	EXPECT_LE(1, lab_munmap(self->fd, 0, LAB_USER_END));
	EXPECT_EQ(MMLAB_REGION_HOLE, region_at(self->fd, LVA));
	munmap(window, self->page);
}

TEST_HARNESS_MAIN
