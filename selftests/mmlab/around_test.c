// SPDX-License-Identifier: GPL-2.0
/*
 * Fault-around: pages that a touch brings along, and pages that it must not.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "procfile.h"
#include "touch.h"

#define LVA		0x40000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define PARAMETER	LAB_PARAMS "/fault_around"
#define AROUND		16

FIXTURE(around) {
	struct guard guard;
	int fd;
	size_t page;
	long before;
};

FIXTURE_SETUP(around)
{
	GUARD_BEGIN(&self->guard);
	self->page = page_size();
	self->before = read_number(PARAMETER);
	ASSERT_LE(1, self->before);
	ASSERT_EQ(0, write_number(PARAMETER, AROUND));
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(around)
{
	close(self->fd);
	EXPECT_EQ(0, write_number(PARAMETER, self->before));
	GUARD_END(&self->guard);
}

static long minor_faults(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) ? -errno : usage.ru_minflt;
}

static uint32_t entry_at(int fd, uint32_t lva)
{
	struct mmlab_translation t;

	return lab_translate(fd, lva, &t) || t.step != MMLAB_STEP_OK ? 0 : t.pte;
}

TEST_F(around, neighbours_come_along)
{
	unsigned char *window = lab_map(self->fd, LVA, 64 * self->page, RW);
	long anon = lab_vmstat("nr_anon_pages"), faults, host;
	long around = lab_vmstat("pgfault_around"), i;
	unsigned char value = 1;

	ASSERT_NE(NULL, window);
	faults = lab_vmstat("pgfault");
	EXPECT_EQ(0, touch_read(window + 20 * self->page, &value));
	EXPECT_EQ(0, value);
	EXPECT_EQ(anon + AROUND, lab_vmstat("nr_anon_pages"));
	EXPECT_EQ(around + AROUND - 1, lab_vmstat("pgfault_around"));
	EXPECT_EQ(faults + 1, lab_vmstat("pgfault"));
	host = minor_faults();
	for (i = 16; i < 32; i++)
		(void)((volatile unsigned char *)window)[i * self->page];
	EXPECT_EQ(host, minor_faults());
	EXPECT_EQ(faults + 1, lab_vmstat("pgfault"));
	EXPECT_EQ(0, entry_at(self->fd, LVA + 15 * self->page));
	EXPECT_EQ(0, entry_at(self->fd, LVA + 32 * self->page));
	munmap(window, 64 * self->page);
	EXPECT_EQ(AROUND + 1, lab_munmap(self->fd, LVA, 64 * self->page));
	EXPECT_EQ(anon, lab_vmstat("nr_anon_pages"));
}

#define BOTH	(MMLAB_PTE_ACCESSED | MMLAB_PTE_DIRTY)

TEST_F(around, loads_are_not_noted)
{
	unsigned char *window = lab_map(self->fd, LVA, 16 * self->page, RW);
	unsigned char value;
	uint32_t pte;
	long faults;

	ASSERT_NE(NULL, window);
	EXPECT_EQ(0, touch_read(window, &value));
	EXPECT_EQ(MMLAB_PTE_ACCESSED, entry_at(self->fd, LVA) & BOTH);
	pte = entry_at(self->fd, LVA + self->page);
	EXPECT_EQ(MMLAB_PTE_PRESENT | MMLAB_PTE_RW | MMLAB_PTE_USER,
		  pte & (self->page - 1));
	/* the first store is a fault of its own, which the entry tells */
	faults = lab_vmstat("pgfault");
	EXPECT_EQ(0, touch_write(window + self->page, 1));
	EXPECT_EQ(faults + 1, lab_vmstat("pgfault"));
	EXPECT_EQ(BOTH, entry_at(self->fd, LVA + self->page) & BOTH);
	EXPECT_EQ(0, entry_at(self->fd, LVA + 2 * self->page) & BOTH);
	munmap(window, 16 * self->page);
}

/* As parts of a huge page: pages that a store brings along are dirty and writable. */
TEST_F(around, stores_bring_dirty_pages)
{
	unsigned char *window = lab_map(self->fd, LVA, 64 * self->page, RW);
	long anon = lab_vmstat("nr_anon_pages"), faults, host, i;
	long around = lab_vmstat("pgfault_around");
	char text[4096] = "";

	ASSERT_NE(NULL, window);
	faults = lab_vmstat("pgfault");
	EXPECT_EQ(0, touch_write(window + 20 * self->page, 1));
	EXPECT_EQ(anon + AROUND, lab_vmstat("nr_anon_pages"));
	EXPECT_EQ(around + AROUND - 1, lab_vmstat("pgfault_around"));
	for (i = 16; i < 32; i++)
		EXPECT_EQ(BOTH, entry_at(self->fd, LVA + i * self->page) & BOTH);
	host = minor_faults();
	for (i = 16; i < 32; i++)
		((volatile unsigned char *)window)[i * self->page]++;
	EXPECT_EQ(host, minor_faults());
	EXPECT_EQ(faults + 1, lab_vmstat("pgfault"));
	for (i = 16; i < 32; i++)
		EXPECT_EQ(1 + (i == 20), window[i * self->page]);
	EXPECT_EQ(0, entry_at(self->fd, LVA + 15 * self->page));
	EXPECT_EQ(0, entry_at(self->fd, LVA + 32 * self->page));
	/* the process's own counters agree */
	EXPECT_LT(0, read_whole(LAB_PROC "/check", text, sizeof(text)));
	EXPECT_NE(NULL, strstr(text, "\nok\n"));
	/* all of them go, and so do their entries in the window */
	EXPECT_EQ(AROUND + 1, lab_munmap(self->fd, LVA, 64 * self->page));
	EXPECT_EQ(SIGBUS, touch_write(window + 31 * self->page, 1));
	munmap(window, 64 * self->page);
	EXPECT_EQ(anon, lab_vmstat("nr_anon_pages"));
}

/* A page that was there before, and clean, is left alone by a store beside it. */
TEST_F(around, stores_leave_clean_pages)
{
	unsigned char *window = lab_map(self->fd, LVA, 16 * self->page, RW);
	unsigned char value;
	long faults;

	ASSERT_NE(NULL, window);
	ASSERT_EQ(0, write_number(PARAMETER, 1));
	EXPECT_EQ(0, touch_read(window + 3 * self->page, &value));
	ASSERT_EQ(0, write_number(PARAMETER, AROUND));
	EXPECT_EQ(0, touch_write(window + 8 * self->page, 1));
	EXPECT_EQ(BOTH, entry_at(self->fd, LVA + 2 * self->page) & BOTH);
	EXPECT_EQ(MMLAB_PTE_ACCESSED, entry_at(self->fd, LVA + 3 * self->page) & BOTH);
	EXPECT_EQ(BOTH, entry_at(self->fd, LVA + 4 * self->page) & BOTH);
	faults = lab_vmstat("pgfault");
	EXPECT_EQ(0, touch_write(window + 3 * self->page, 1));
	EXPECT_EQ(faults + 1, lab_vmstat("pgfault"));
	EXPECT_EQ(BOTH, entry_at(self->fd, LVA + 3 * self->page) & BOTH);
	munmap(window, 16 * self->page);
}

TEST_F(around, stores_need_the_right)
{
	unsigned char *window = lab_map(self->fd, LVA, 16 * self->page, RW);
	long anon = lab_vmstat("nr_anon_pages"), i;
	unsigned char value;

	ASSERT_NE(NULL, window);
	ASSERT_EQ(0, lab_mprotect(self->fd, LVA + 4 * self->page, 4 * self->page,
				  PROT_READ));
	EXPECT_EQ(0, touch_write(window, 1));
	EXPECT_EQ(anon + 12, lab_vmstat("nr_anon_pages"));
	EXPECT_EQ(SIGBUS, touch_write(window + 5 * self->page, 1));
	EXPECT_EQ(0, touch_read(window + 5 * self->page, &value));
	EXPECT_EQ(anon + 16, lab_vmstat("nr_anon_pages"));
	EXPECT_EQ(0, entry_at(self->fd, LVA + 6 * self->page) & MMLAB_PTE_RW);
	/* a right that is taken away is also gone from pages that came along */
	ASSERT_EQ(0, lab_mprotect(self->fd, LVA, 16 * self->page, PROT_READ));
	for (i = 0; i < 16; i++)
		EXPECT_EQ(SIGBUS, touch_write(window + i * self->page, 1));
	EXPECT_EQ(0, touch_read(window + self->page, &value));
	EXPECT_EQ(0, value);
	ASSERT_EQ(0, lab_mprotect(self->fd, LVA, 16 * self->page, RW));
	EXPECT_EQ(0, touch_write(window + 9 * self->page, 1));
	munmap(window, 16 * self->page);
}

/* Windows that only read: nothing that they bring is dirty. */
TEST_F(around, readers)
{
	static const int flags[] = { MAP_SHARED, MAP_PRIVATE };
	size_t len = 16 * self->page, i, k;

	for (i = 0; i < ARRAY_LEN(flags); i++) {
		uint32_t lva = LVA + i * len;
		unsigned char *window, value = 1;

		ASSERT_EQ(0, lab_region_at(self->fd, lva, len, RW));
		window = mmap(NULL, len, PROT_READ, flags[i], self->fd, lva);
		ASSERT_NE(MAP_FAILED, window);
		EXPECT_EQ(0, touch_read(window + self->page, &value));
		EXPECT_EQ(0, value);
		for (k = 0; k < 16; k++)
			EXPECT_EQ(k == 1 ? MMLAB_PTE_ACCESSED : 0,
				  entry_at(self->fd, lva + k * self->page) & BOTH);
		EXPECT_EQ(SIGSEGV, touch_write(window + self->page, 1));
		EXPECT_EQ(1, pwrite(self->fd, "x", 1, lva + 2 * self->page));
		EXPECT_EQ('x', window[2 * self->page]);
		munmap(window, len);
	}
}

/* In a vmalloc area a touch brings its own page and no other. */
TEST_F(around, not_in_areas)
{
	struct mmlab_area area = { .size = 16 * self->page, .flags = MMLAB_VM_LAZY };
	unsigned char *window, value;

	ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_VMALLOC, &area));
	window = lab_map(self->fd, area.lva, area.size, RW);
	ASSERT_NE(NULL, window);
	EXPECT_EQ(0, touch_write(window + 3 * self->page, 7));
	EXPECT_EQ(0, touch_read(window + 5 * self->page, &value));
	EXPECT_EQ(7, window[3 * self->page]);
	area = (struct mmlab_area){ .lva = area.lva };
	ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_VM_STAT, &area));
	EXPECT_EQ(2, area.nr_mapped);
	area = (struct mmlab_area){ .lva = area.lva };
	ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_VFREE, &area));
	EXPECT_EQ(SIGBUS, touch_write(window + 3 * self->page, 1));
	munmap(window, 16 * self->page);
}

TEST_F(around, stacks_do_not_grow_for_it)
{
	uint32_t start = LVA + 30 * self->page;
	unsigned char *window;
	long anon;

	ASSERT_EQ(0, lab_region(self->fd, &start, 2 * self->page, RW,
				MMLAB_MAP_FIXED | MMLAB_MAP_STACK));
	window = lab_map(self->fd, LVA, 32 * self->page, RW);
	ASSERT_NE(NULL, window);
	anon = lab_vmstat("nr_anon_pages");
	EXPECT_EQ(0, touch_write(window + 31 * self->page, 1));
	EXPECT_EQ(anon + 2, lab_vmstat("nr_anon_pages"));
	/* down to page 20, and so all from there on */
	EXPECT_EQ(0, touch_write(window + 20 * self->page, 1));
	EXPECT_EQ(anon + 12, lab_vmstat("nr_anon_pages"));
	munmap(window, 32 * self->page);
}

/* Pages of another VMA with its rights; none where there is no VMA. */
TEST_F(around, no_further_than_vmas_and_windows)
{
	unsigned char *only = lab_map(self->fd, LVA + self->page, self->page, PROT_READ);
	unsigned char *three, value;
	long anon = lab_vmstat("nr_anon_pages");

	ASSERT_NE(NULL, only);
	EXPECT_EQ(0, touch_read(only, &value));
	EXPECT_EQ(anon + 1, lab_vmstat("nr_anon_pages"));
	munmap(only, self->page);
	EXPECT_LE(0, lab_munmap(self->fd, LVA + self->page, self->page));

	/* a hole in the middle of the window */
	three = lab_map(self->fd, LVA, 3 * self->page, RW);
	ASSERT_NE(NULL, three);
	EXPECT_LE(0, lab_munmap(self->fd, LVA + self->page, self->page));
	EXPECT_EQ(0, touch_read(three, &value));
	EXPECT_EQ(anon + 2, lab_vmstat("nr_anon_pages"));
	EXPECT_EQ(SIGBUS, touch_read(three + self->page, &value));
	EXPECT_EQ(0, touch_read(three + 2 * self->page, &value));
	munmap(three, 3 * self->page);
	EXPECT_LE(0, lab_munmap(self->fd, LVA, 3 * self->page));

	/* a window on the middle of an aligned range, all of which has a VMA */
	ASSERT_EQ(0, lab_region_at(self->fd, LVA, 16 * self->page, RW));
	three = lab_map(self->fd, LVA + 7 * self->page, 3 * self->page, RW);
	ASSERT_NE(NULL, three);
	EXPECT_EQ(0, touch_write(three + self->page, 1));
	EXPECT_EQ(anon + 3, lab_vmstat("nr_anon_pages"));
	EXPECT_EQ(0, touch_write(three, 1));
	EXPECT_EQ(anon + 3, lab_vmstat("nr_anon_pages"));
	munmap(three, 3 * self->page);
}

TEST_F(around, taken_away_with_the_rest)
{
	unsigned char *window = lab_map(self->fd, LVA, 16 * self->page, RW);
	unsigned char value;

	ASSERT_NE(NULL, window);
	EXPECT_EQ(0, touch_read(window, &value));
	EXPECT_LE(1, lab_munmap(self->fd, LVA + 4 * self->page, self->page));
	EXPECT_EQ(SIGBUS, touch_read(window + 4 * self->page, &value));
	EXPECT_EQ(0, touch_read(window + 5 * self->page, &value));
	munmap(window, 16 * self->page);
}

/* With half of the arena in use, a touch brings its own page and no other. */
TEST_F(around, not_when_memory_is_scarce)
{
	unsigned char *window = lab_map(self->fd, LVA, 16 * self->page, RW);
	struct mmlab_block block;
	long frames = lab_vmstat("nr_free_pages"), anon;
	unsigned char value;

	ASSERT_NE(NULL, window);
	while (lab_vmstat("nr_free_pages") > frames * 2 / 5)
		ASSERT_EQ(0, lab_alloc(self->fd, 8, MMLAB_ZONE_NORMAL, &block));
	anon = lab_vmstat("nr_anon_pages");
	EXPECT_EQ(0, touch_read(window, &value));
	EXPECT_EQ(anon + 1, lab_vmstat("nr_anon_pages"));
	EXPECT_EQ(0, touch_write(window + self->page, 1));
	EXPECT_EQ(anon + 2, lab_vmstat("nr_anon_pages"));
	munmap(window, 16 * self->page);
}

TEST_F(around, one_switches_it_off)
{
	unsigned char *window = lab_map(self->fd, LVA, 16 * self->page, RW);
	long anon = lab_vmstat("nr_anon_pages");
	unsigned char value;

	ASSERT_NE(NULL, window);
	ASSERT_EQ(0, write_number(PARAMETER, 1));
	EXPECT_EQ(0, touch_read(window, &value));
	EXPECT_EQ(anon + 1, lab_vmstat("nr_anon_pages"));
	EXPECT_EQ(0, touch_write(window + self->page, 1));
	EXPECT_EQ(anon + 2, lab_vmstat("nr_anon_pages"));
	munmap(window, 16 * self->page);
}

/* More than is entered at once, with some there before, and two windows. */
TEST_F(around, many_at_once)
{
	unsigned char *window = lab_map(self->fd, LVA, 512 * self->page, RW);
	unsigned char *other = lab_map(self->fd, LVA, 512 * self->page, RW);
	long anon = lab_vmstat("nr_anon_pages"), i;

	ASSERT_NE(NULL, window);
	ASSERT_NE(NULL, other);
	ASSERT_EQ(0, write_number(PARAMETER, 1));
	for (i = 0; i < 512; i += 100)
		EXPECT_EQ(0, touch_write(window + i * self->page, 1));
	ASSERT_EQ(0, write_number(PARAMETER, 512));
	EXPECT_EQ(0, touch_write(window + 333 * self->page, 1));
	EXPECT_EQ(anon + 512, lab_vmstat("nr_anon_pages"));
	EXPECT_EQ(0, touch_write(other + 111 * self->page, 1));
	EXPECT_EQ(anon + 512, lab_vmstat("nr_anon_pages"));
	for (i = 0; i < 512; i++)
		EXPECT_EQ(i % 100 == 0 || i == 333 || i == 111,
			  window[i * self->page]);
	munmap(other, 512 * self->page);
	munmap(window, 512 * self->page);
}

TEST_F(around, parameter)
{
	static const long bad[] = { 0, 3, 1024, -1, 65536 };
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++)
		EXPECT_EQ(-EINVAL, write_number(PARAMETER, bad[i]))
			TH_LOG("%ld", bad[i]);
	EXPECT_EQ(AROUND, read_number(PARAMETER));
}

TEST_HARNESS_MAIN
