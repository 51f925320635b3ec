// SPDX-License-Identifier: GPL-2.0
/*
 * Fault-around: what a touch brings along, and what it must not.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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

TEST_F(around, only_touches_are_noted)
{
	unsigned char *window = lab_map(self->fd, LVA, 16 * self->page, RW);
	uint32_t pte;
	long faults;

	ASSERT_NE(NULL, window);
	EXPECT_EQ(0, touch_write(window, 1));
	EXPECT_EQ(MMLAB_PTE_ACCESSED | MMLAB_PTE_DIRTY,
		  entry_at(self->fd, LVA) & (MMLAB_PTE_ACCESSED | MMLAB_PTE_DIRTY));
	pte = entry_at(self->fd, LVA + self->page);
	EXPECT_EQ(MMLAB_PTE_PRESENT | MMLAB_PTE_RW | MMLAB_PTE_USER,
		  pte & (self->page - 1));
	/* a store is a fault of its own, which the entry tells */
	faults = lab_vmstat("pgfault");
	EXPECT_EQ(0, touch_write(window + self->page, 1));
	EXPECT_EQ(faults + 1, lab_vmstat("pgfault"));
	EXPECT_EQ(MMLAB_PTE_ACCESSED | MMLAB_PTE_DIRTY,
		  entry_at(self->fd, LVA + self->page) &
		  (MMLAB_PTE_ACCESSED | MMLAB_PTE_DIRTY));
	munmap(window, 16 * self->page);
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
	munmap(window, 16 * self->page);
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
