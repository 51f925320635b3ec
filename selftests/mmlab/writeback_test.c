// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that mmlab-kswapd writes while their process goes on. A write takes a second here
 * (swap_delay_us), and kpageflags shows which page it is. If the machine is so busy that the
 * write is over too early, the case tries the next one.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "pidfile.h"
#include "pressure.h"
#include "touch.h"

#define LVA		0x40000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define LEN		(6UL << 20)	/* on a machine of 4 MiB */
#define NR_FRAMES	1024
#define NR_SLOTS	(2 * LEN / page_size())	/* for a copy as well */
#define DELAY		LAB_PARAMS "/swap_delay_us"
#define ROUNDS		5
#define TRIES		1000		/* of 20 ms; only a failure takes so long */

#define SELF		FIXTURE_DATA(writeback)

FIXTURE(writeback) {
	struct guard guard;
	int fd;
	uint32_t type;
	unsigned char *p;
	size_t filled, at;	/* the page that is written */
	uint32_t pfn;		/* its frame */
};

FIXTURE_SETUP(writeback)
{
	lab_unload();
	ASSERT_EQ(0, lab_load("mem=4"));
	GUARD_BEGIN(&self->guard);
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->p = lab_map(self->fd, LVA, LEN, RW);
	ASSERT_NE(NULL, self->p);
	ASSERT_EQ(0, swap_on(self->fd, NR_SLOTS, &self->type));
}

static bool is_written(uint32_t pfn)
{
	uint64_t word = frame_word("kpageflags", pfn);

	return word != NO_WORD && word >> KPF_WRITEBACK & 1;
}

/* The frame that is written now, or NR_FRAMES. */
static uint32_t find_written(void)
{
	static char text[NR_FRAMES * sizeof(uint64_t) + 1];
	uint64_t word;
	uint32_t pfn;

	if (read_whole("kpageflags", text, sizeof(text)) < 0)
		return NR_FRAMES;
	for (pfn = 0; pfn < NR_FRAMES; pfn++) {
		memcpy(&word, text + pfn * sizeof(word), sizeof(word));
		if (word >> KPF_WRITEBACK & 1)
			break;
	}
	return pfn;
}

/* Fills pages until mmlab-kswapd writes one of the process. */
static bool await_write(SELF *self)
{
	int i;

	if (write_number(DELAY, 1000000))
		return false;
	for (i = 0; i < patient(TRIES); i++) {
		self->pfn = find_written();
		self->at = self->pfn < NR_FRAMES ?
			   find_frame(self->fd, LVA, LEN, self->pfn) : LEN;
		if (self->at < LEN && is_written(self->pfn))
			return true;
		if (lab_meminfo("SwapFree") < lab_meminfo("SwapTotal")) {
			usleep(20000);
			continue;
		}
		if (self->filled == LEN)
			return false;
		fill(self->p, self->filled, self->filled + page_size(), 1);
		self->filled += page_size();
	}
	return false;
}

static bool await_end(uint32_t pfn)
{
	int i;

	for (i = 0; i < patient(TRIES) && is_written(pfn); i++)
		usleep(20000);
	return !is_written(pfn);
}

FIXTURE_TEARDOWN(writeback)
{
	EXPECT_EQ(0, write_number(DELAY, 0));
	munmap(self->p, LEN);
	if (self->fd >= 0)
		close(self->fd);
	EXPECT_TRUE(await_end(find_written()));
	EXPECT_FINE(swap_end(self->type));
	GUARD_END(&self->guard);
	lab_unload();
	EXPECT_EQ(0, lab_load(""));
}

/* Touches of the process don't wait for the write. */
TEST_F_TIMEOUT(writeback, the_process_goes_on, 120)
{
	bool went_on = false;
	uint64_t word;
	int i;

	for (i = 0; i < ROUNDS && !went_on; i++) {
		ASSERT_TRUE(await_write(self));
		/* a soft fault, and one without a window */
		self->p[self->at] = self->p[self->at];
		ASSERT_EQ(sizeof(word), pread(self->fd, &word, sizeof(word), LVA + self->at));
		went_on = is_written(self->pfn);
		EXPECT_FINE(check_now());
		EXPECT_TRUE(await_end(self->pfn));
	}
	EXPECT_TRUE(went_on);
	EXPECT_EQ(0, count_wrong(self->p, 0, self->filled, 1));
}

/* What is stored while the page is written is not lost, whoever comes first afterwards. */
TEST_F_TIMEOUT(writeback, what_is_stored_stays, 120)
{
	bool stored = false;
	int i;

	for (i = 0; i < ROUNDS && !stored; i++) {
		ASSERT_TRUE(await_write(self));
		fill(self->p, self->at, self->at + page_size(), 2);
		stored = is_written(self->pfn);
		EXPECT_TRUE(await_end(self->pfn));
	}
	ASSERT_TRUE(stored);
	EXPECT_EQ(0, write_number(DELAY, 0));
	for (i = 0; i < ROUNDS && !(pagemap_of(self->fd, LVA + self->at) & PM_SWAP); i++) {
		fill(self->p, 0, self->at, 3);
		fill(self->p, self->at + page_size(), LEN, 3);
	}
	EXPECT_TRUE(pagemap_of(self->fd, LVA + self->at) & PM_SWAP);
	EXPECT_EQ(0, count_wrong(self->p, self->at, self->at + page_size(), 2));
}

/* The frame waits in quarantine, and the slot is in use, until the write ends. */
TEST_F_TIMEOUT(writeback, what_is_unmapped_waits, 120)
{
	bool waited = false;
	int i, n;

	for (i = 0; i < ROUNDS && !waited; i++) {
		ASSERT_TRUE(await_write(self));
		ASSERT_LT(0, lab_munmap(self->fd, LVA + self->at, page_size()));
		n = lab_vmstat("nr_quarantine");
		EXPECT_FINE(check_now());
		waited = is_written(self->pfn);
		if (waited)
			EXPECT_EQ(1, n);
		EXPECT_TRUE(await_end(self->pfn));
		ASSERT_EQ(0, lab_region_at(self->fd, LVA + self->at, page_size(), RW));
		fill(self->p, self->at, self->at + page_size(), 1);
	}
	EXPECT_TRUE(waited);
	for (i = 0; i < patient(TRIES) && lab_vmstat("nr_quarantine"); i++)
		usleep(20000);
	EXPECT_EQ(0, lab_vmstat("nr_quarantine"));
}

/* swapoff of the area that is written to waits, and brings back what had gone before. */
TEST_F_TIMEOUT(writeback, swapoff_waits, 120)
{
	bool waited = false;
	int i;

	for (i = 0; i < ROUNDS && !waited; i++) {
		ASSERT_TRUE(await_write(self));
		ASSERT_EQ(0, write_number(DELAY, 0));
		waited = is_written(self->pfn);
		ASSERT_EQ(0, swap_off(self->fd, self->type));
		EXPECT_FALSE(is_written(self->pfn));
		EXPECT_FINE(check_now());
		EXPECT_EQ(0, count_wrong(self->p, 0, self->filled, 1));
		ASSERT_EQ(0, swap_on(self->fd, NR_SLOTS, &self->type));
	}
	EXPECT_TRUE(waited);
}

/* Both processes have the page as it was at the fork. */
TEST_F_TIMEOUT(writeback, what_is_copied_is_shared, 120)
{
	bool copied = false;
	int i, copy = -1;

	for (i = 0; i < ROUNDS && !copied; i++) {
		ASSERT_TRUE(await_write(self));
		copy = lab_fork(self->fd);
		ASSERT_LE(0, copy);
		copied = is_written(self->pfn);
		EXPECT_FINE(check_now());
		EXPECT_TRUE(await_end(self->pfn));
		EXPECT_EQ(0, write_number(DELAY, 0));
		if (!copied)
			close(copy);
	}
	ASSERT_TRUE(copied);
	fill(self->p, 0, LEN, 4);
	munmap(self->p, LEN);
	close(self->fd);
	self->fd = copy;
	self->p = lab_map(copy, LVA, LEN, RW);
	ASSERT_NE(NULL, self->p);
	EXPECT_EQ(0, count_wrong(self->p, 0, self->filled, 1));
}

/* The process is gone, and its frame and slot are free. */
TEST_F_TIMEOUT(writeback, the_process_ends, 120)
{
	bool ended = false;
	int i;

	for (i = 0; i < ROUNDS && !ended; i++) {
		ASSERT_TRUE(await_write(self));
		munmap(self->p, LEN);
		ended = is_written(self->pfn);
		close(self->fd);
		EXPECT_TRUE(await_end(self->pfn));
		self->fd = lab_open(O_RDWR);
		ASSERT_LE(0, self->fd);
		self->p = lab_map(self->fd, LVA, LEN, RW);
		ASSERT_NE(NULL, self->p);
		self->filled = 0;
		EXPECT_EQ(lab_meminfo("SwapTotal"), lab_meminfo("SwapFree"));
	}
	EXPECT_TRUE(ended);
}

TEST_HARNESS_MAIN
