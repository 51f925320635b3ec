// SPDX-License-Identifier: GPL-2.0
/*
 * vmalloc areas: addresses, guard pages, lazy frames, rights, windows of several
 * processes, and that no former owner sees the next owner's data.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "touch.h"

FIXTURE(vmalloc) {
	struct guard guard;
	struct mmlab_info info;
	int fd;
	int other;
	uint32_t first;		/* where the lowest hole for a page and its guard is */
};

static int area_alloc(int fd, uint32_t size, uint32_t align, uint32_t flags,
		      struct mmlab_area *area)
{
	*area = (struct mmlab_area){ .size = size, .align = align, .flags = flags };
	return lab_ioctl(fd, MMLAB_VMALLOC, area);
}

static int area_free(int fd, uint32_t lva)
{
	struct mmlab_area area = { .lva = lva };

	return lab_ioctl(fd, MMLAB_VFREE, &area);
}

static int area_stat(int fd, uint32_t lva, struct mmlab_area *area)
{
	*area = (struct mmlab_area){ .lva = lva };
	return lab_ioctl(fd, MMLAB_VM_STAT, area);
}

FIXTURE_SETUP(vmalloc)
{
	struct mmlab_area area;

	GUARD_BEGIN(&self->guard);
	self->fd = lab_open(O_RDWR);
	self->other = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_LE(0, self->other);
	ASSERT_EQ(0, lab_info(self->fd, &self->info));
	ASSERT_EQ(0, area_alloc(self->fd, 1, 0, 0, &area));
	self->first = area.lva;
	ASSERT_EQ(0, area_free(self->fd, area.lva));
}

FIXTURE_TEARDOWN(vmalloc)
{
	close(self->fd);
	close(self->other);
	GUARD_END(&self->guard);
}

TEST_F(vmalloc, addresses_follow_each_other_with_a_guard_between)
{
	struct mmlab_area area, next, aligned;

	EXPECT_TRUE(self->info.features & MMLAB_FEATURE_VMALLOC);
	EXPECT_LE(self->info.vmalloc_start, self->first);
	ASSERT_EQ(0, area_alloc(self->fd, 1, 0, 0, &area));
	EXPECT_EQ(self->first, area.lva);
	EXPECT_EQ(page_size(), area.size);
	EXPECT_EQ(1, area.nr_mapped);
	ASSERT_EQ(0, area_alloc(self->fd, 3 * page_size(), 0, 0, &next));
	EXPECT_EQ(area.lva + 2 * page_size(), next.lva);
	ASSERT_EQ(0, area_alloc(self->fd, 1, 1 << 20, 0, &aligned));
	EXPECT_EQ(0, aligned.lva & ((1 << 20) - 1));

	/* the lowest hole that fits is taken again */
	ASSERT_EQ(0, area_free(self->fd, area.lva));
	EXPECT_EQ(-EINVAL, area_free(self->fd, area.lva));
	ASSERT_EQ(0, area_alloc(self->fd, 1, 0, 0, &area));
	EXPECT_EQ(self->first, area.lva);
}

/* A page table that became empty goes when another one does. */
TEST_F(vmalloc, one_empty_table_stays_at_most)
{
	long before = lab_meminfo("PageTables");
	struct mmlab_area area;

	ASSERT_EQ(0, area_alloc(self->fd, 16 << 20, 0, 0, &area));
	EXPECT_LE(before + 3 * (long)page_size() / 1024, lab_meminfo("PageTables"));
	ASSERT_EQ(0, area_free(self->fd, area.lva));
	EXPECT_GE(before + (long)page_size() / 1024, lab_meminfo("PageTables"));
}

TEST_F(vmalloc, bad_requests)
{
	struct mmlab_area area;

	EXPECT_EQ(-EINVAL, area_alloc(self->fd, 0, 0, 0, &area));
	EXPECT_EQ(-EINVAL, area_alloc(self->fd, 1, 3, 0, &area));
	EXPECT_EQ(-EINVAL, area_alloc(self->fd, 1, 0, MMLAB_VM_HOST, &area));
	EXPECT_EQ(-EINVAL, area_alloc(self->fd, 1, 0, 1U << 31, &area));
	EXPECT_EQ(-EINVAL, area_alloc(self->fd, 1, 0,
				      MMLAB_VM_LAZY | MMLAB_VM_SCATTER, &area));
	EXPECT_EQ(-ENOMEM, area_alloc(self->fd, 0xffffffff, 0, MMLAB_VM_LAZY, &area));
	EXPECT_EQ(-ENOMEM, area_alloc(self->fd, 0xfffff000, 0, MMLAB_VM_LAZY, &area));
	EXPECT_EQ(-ENOMEM, area_alloc(self->fd, 1U << 30, 0, 0, &area));
	EXPECT_EQ(-EINVAL, area_free(self->fd, 0));
	EXPECT_EQ(-EINVAL, area_free(self->fd, 0xffffffff));
	ASSERT_EQ(0, area_alloc(self->fd, 2 * page_size(), 0, 0, &area));
	EXPECT_EQ(-EINVAL, area_free(self->fd, area.lva + page_size()));
	EXPECT_EQ(-EPERM, area_free(self->other, area.lva));
	EXPECT_EQ(-ENOENT, area_stat(self->fd, area.lva + 3 * page_size(), &area));
}

TEST_F(vmalloc, words_that_are_reserved)
{
	struct mmlab_area area, bad[2];
	size_t i;

	ASSERT_EQ(0, area_alloc(self->fd, page_size(), 0, 0, &area));
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		bad[i] = (struct mmlab_area){
			.lva = area.lva, .flags = !i, .reserved = (uint64_t)i << 63,
		};
		EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_VM_STAT, &bad[i]));
		EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_VFREE, &bad[i]));
	}
	EXPECT_EQ(0, area_free(self->fd, area.lva));
	bad[1].lva = 0;
	bad[1].size = page_size();
	EXPECT_EQ(-EINVAL, lab_ioctl(self->fd, MMLAB_VMALLOC, &bad[1]));
}

TEST_F(vmalloc, exhaustion_leaves_nothing_behind)
{
	struct mmlab_area area, all;

	/* more than there is: the frames taken before the failure are freed */
	EXPECT_EQ(-ENOMEM, area_alloc(self->fd, self->info.nr_frames * page_size(),
				      0, 0, &all));
	ASSERT_EQ(0, area_alloc(self->fd, 1, 0, 0, &area));
	EXPECT_EQ(self->first, area.lva);
}

TEST_F(vmalloc, windows_share_and_the_guard_is_a_sigbus)
{
	size_t size = 10 * page_size();
	struct mmlab_area area;
	unsigned char *mine, *theirs, value;

	ASSERT_EQ(0, area_alloc(self->fd, size, 0, MMLAB_VM_USER, &area));
	mine = lab_map(self->fd, area.lva, size + page_size(), PROT_READ | PROT_WRITE);
	theirs = lab_map(self->other, area.lva, size, PROT_READ | PROT_WRITE);
	ASSERT_NE(NULL, mine);
	ASSERT_NE(NULL, theirs);
	memset(mine, 0x5a, size);
	EXPECT_EQ(0, memcmp(mine, theirs, size));
	EXPECT_EQ(SIGBUS, touch_write(mine + size, 1));
	EXPECT_EQ(SIGBUS, touch_read(mine + size, &value));
	munmap(mine, size + page_size());
	munmap(theirs, size);
}

struct readonly_write {
	int fd;
	uint32_t lva;
};

/* All but the owner only read; CAP_SYS_ADMIN reaches all. */
static int write_as_nobody(void *arg)
{
	const struct readonly_write *w = arg;
	char byte = 1;

	CHILD_CHECK(become_nobody() == 0);
	CHILD_CHECK(pwrite(w->fd, &byte, 1, w->lva) == -1 && errno == EACCES);
	CHILD_CHECK(pread(w->fd, &byte, 1, w->lva) == 1);
	return 0;
}

TEST_F(vmalloc, rights)
{
	struct mmlab_area own, readonly;
	unsigned char *window, *mine, value;
	struct readonly_write write = { .fd = self->other };
	char byte = 9;

	ASSERT_EQ(0, area_alloc(self->fd, 1, 0, 0, &own));
	EXPECT_EQ(NULL, lab_map(self->other, own.lva, page_size(), PROT_READ));
	EXPECT_EQ(EPERM, errno);
	window = lab_map(self->fd, own.lva, page_size(), PROT_READ | PROT_WRITE);
	ASSERT_NE(NULL, window);
	EXPECT_EQ(0, touch_write(window, 1));
	munmap(window, page_size());

	ASSERT_EQ(0, area_alloc(self->fd, 1, 0, MMLAB_VM_USER | MMLAB_VM_READONLY,
				&readonly));
	EXPECT_EQ(NULL, lab_map(self->other, readonly.lva, page_size(),
				PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	window = lab_map(self->other, readonly.lva, page_size(), PROT_READ);
	ASSERT_NE(NULL, window);
	EXPECT_EQ(0, touch_read(window, &value));
	EXPECT_EQ(0, value);
	EXPECT_EQ(-1, mprotect(window, page_size(), PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	/* the owner writes, by a window and by pwrite; the others see it */
	mine = lab_map(self->fd, readonly.lva, page_size(), PROT_READ | PROT_WRITE);
	ASSERT_NE(NULL, mine);
	EXPECT_EQ(0, touch_write(mine, 8));
	EXPECT_EQ(1, pwrite(self->fd, &byte, 1, readonly.lva + 1));
	EXPECT_EQ(8, window[0]);
	EXPECT_EQ(9, window[1]);
	munmap(mine, page_size());
	munmap(window, page_size());
	write.lva = readonly.lva;
	EXPECT_EQ(0, run_child(write_as_nobody, &write));
}

TEST_F(vmalloc, lazy_areas_get_frames_on_the_first_touch)
{
	size_t size = 64 * page_size();
	struct mmlab_area area, now;
	unsigned char *window, value;
	char byte = 7;

	ASSERT_EQ(0, area_alloc(self->fd, size, 0, MMLAB_VM_LAZY, &area));
	EXPECT_EQ(0, area.nr_mapped);
	window = lab_map(self->fd, area.lva, size, PROT_READ | PROT_WRITE);
	ASSERT_NE(NULL, window);
	EXPECT_EQ(0, touch_read(window + 3 * page_size(), &value));
	EXPECT_EQ(0, value);
	EXPECT_EQ(0, touch_write(window + 5 * page_size(), 1));
	EXPECT_EQ(1, pwrite(self->fd, &byte, 1, area.lva + 9 * page_size()));
	ASSERT_EQ(0, area_stat(self->fd, area.lva + 5, &now));
	EXPECT_EQ(area.lva, now.lva);
	EXPECT_EQ(3, now.nr_mapped);
	EXPECT_EQ(0, touch_read(window + 9 * page_size(), &value));
	EXPECT_EQ(7, value);
	munmap(window, size);
}

TEST_F(vmalloc, one_byte_past_the_end_by_the_accessor)
{
	struct mmlab_area area;
	char bytes[2] = { 1, 2 };

	ASSERT_EQ(0, area_alloc(self->fd, 1, 0, MMLAB_VM_USER, &area));
	EXPECT_EQ(1, pwrite(self->fd, bytes, 2, area.lva + page_size() - 1));
	EXPECT_EQ(-1, pwrite(self->fd, bytes, 1, area.lva + page_size()));
	EXPECT_EQ(EIO, errno);
	EXPECT_EQ(-1, pread(self->fd, bytes, 1, area.lva + page_size()));
	EXPECT_EQ(EIO, errno);
}

TEST_F(vmalloc, translation_names_the_frame)
{
	struct mmlab_translation t = { 0 };
	struct mmlab_area area;
	uint32_t before = 0;
	int i;

	ASSERT_EQ(0, area_alloc(self->fd, 8 * page_size(), 0, MMLAB_VM_SCATTER, &area));
	for (i = 0; i < 8; i++) {
		ASSERT_EQ(0, lab_translate(self->other, area.lva + i * page_size(), &t));
		EXPECT_EQ(MMLAB_REGION_VMALLOC, t.region);
		EXPECT_EQ(MMLAB_STEP_OK, t.step);
		EXPECT_EQ(1, t.mapcount);
		/* scattered: no two neighbours are neighbours */
		if (i)
			EXPECT_TRUE(t.pfn != before + 1 && t.pfn + 1 != before);
		before = t.pfn;
	}
	ASSERT_EQ(0, lab_translate(self->other, area.lva + 8 * page_size(), &t));
	EXPECT_EQ(MMLAB_REGION_VMALLOC, t.region);	/* the guard page */
	EXPECT_EQ(MMLAB_STEP_NO_PAGE, t.step);
}

/* Holds a window on the area until told to look again. */
static int look_after_free(void *arg)
{
	unsigned char *window = arg, value;

	return touch_read(window, &value) == SIGBUS ? 0 : value;
}

TEST_F(vmalloc, a_free_reaches_the_windows_of_all_processes)
{
	struct mmlab_area area, next;
	unsigned char *window[3], value;
	int fd[3], i;

	ASSERT_EQ(0, area_alloc(self->fd, 1, 0, MMLAB_VM_USER, &area));
	for (i = 0; i < 3; i++) {
		fd[i] = lab_open(O_RDWR);
		ASSERT_LE(0, fd[i]);
		window[i] = lab_map(fd[i], area.lva, page_size(),
				    PROT_READ | PROT_WRITE);
		ASSERT_NE(NULL, window[i]);
		EXPECT_EQ(0, touch_write(window[i], 0x11));
	}
	ASSERT_EQ(0, area_free(self->fd, area.lva));
	/* the next owner of the address does not share its area */
	ASSERT_EQ(0, area_alloc(self->fd, 1, 0, 0, &next));
	ASSERT_EQ(area.lva, next.lva);
	EXPECT_EQ(1, pwrite(self->fd, "s", 1, next.lva));
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(SIGBUS, touch_read(window[i], &value));
		EXPECT_EQ(0, run_child(look_after_free, window[i]));
		munmap(window[i], page_size());
		close(fd[i]);
	}
}

TEST_F(vmalloc, areas_go_with_their_process)
{
	struct mmlab_area area, now;
	int fd = lab_open(O_RDWR);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, area_alloc(fd, 1 << 20, 0, MMLAB_VM_USER, &area));
	ASSERT_EQ(0, area_stat(self->fd, area.lva, &now));
	close(fd);
	EXPECT_EQ(-ENOENT, area_stat(self->fd, area.lva, &now));
}

/* Sum of the numbers after pages= in vmallocinfo. */
static long sum_of_pages(void)
{
	FILE *file = fopen(LAB_PROC "/vmallocinfo", "r");
	char line[512], *at;
	long sum = 0;

	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file)) {
		at = strstr(line, " pages=");
		if (at)
			sum += strtol(at + 7, NULL, 10);
	}
	fclose(file);
	return sum;
}

static long vmalloc_used_kb(void)
{
	FILE *file = fopen(LAB_PROC "/meminfo", "r");
	char line[128];
	long kb = -1;

	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "VmallocUsed: %ld kB", &kb) == 1)
			break;
	fclose(file);
	return kb;
}

TEST_F(vmalloc, vmallocinfo_adds_up)
{
	struct mmlab_area area;
	char byte = 1;
	int i;

	for (i = 1; i <= 20; i++)
		ASSERT_EQ(0, area_alloc(self->fd, i * page_size(), 0,
					i % 3 ? 0 : MMLAB_VM_LAZY, &area));
	EXPECT_EQ(1, pwrite(self->fd, &byte, 1, area.lva));
	EXPECT_EQ(sum_of_pages() * (long)page_size() / 1024, vmalloc_used_kb());
	EXPECT_LT(0, sum_of_pages());
}

TEST_F(vmalloc, fifteen_thousand_areas)
{
	struct mmlab_area area;
	int i;

	/* lazy, so that addresses are the only thing that is used up */
	for (i = 0; i < 15000; i++)
		ASSERT_EQ(0, area_alloc(self->fd, 1, 0, MMLAB_VM_LAZY, &area));
	EXPECT_EQ(self->first + 2 * 14999 * page_size(), area.lva);
}

/* The table that the last free left empty is kept for the next area of its 4 MiB. */
TEST_F(vmalloc, a_drain_takes_the_page_table_that_was_kept)
{
	struct mmlab_drain drained;
	struct mmlab_area area;
	long tables;

	ASSERT_EQ(0, lab_drain(self->fd, &drained));
	tables = lab_vmstat("nr_page_table_pages");
	ASSERT_EQ(0, area_alloc(self->fd, 1, 1 << 26, 0, &area));
	EXPECT_EQ(tables + 1, lab_vmstat("nr_page_table_pages"));
	ASSERT_EQ(0, area_free(self->fd, area.lva));
	EXPECT_EQ(tables + 1, lab_vmstat("nr_page_table_pages"));
	ASSERT_EQ(0, lab_drain(self->fd, &drained));
	EXPECT_EQ(tables, lab_vmstat("nr_page_table_pages"));
}

TEST_HARNESS_MAIN
