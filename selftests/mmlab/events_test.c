// SPDX-License-Identifier: GPL-2.0
/*
 * The counters of vmstat: what happens is counted as often as it happens, and nothing else
 * is. All of it is done on one CPU, whose lists are empty at the beginning.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "objects.h"
#include "touch.h"

#define LVA		0x40000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define MAX_BLOCKS	192	/* more than a list holds */
#define NR_PAGES	200

FIXTURE(events) {
	struct guard guard;
	int fd;
	size_t page;
	struct mmlab_block block[MAX_BLOCKS];
	struct mmlab_area area, other;
	unsigned char *p;		/* NR_PAGES at LVA */
	struct table before;
};

#define SELF	FIXTURE_DATA(events)

static const char *read_vmstat(struct table *t)
{
	char text[8192];

	return read_whole("vmstat", text, sizeof(text)) < 0 ? "vmstat can't be read" :
	       parse_vmstat(text, t);
}

FIXTURE_SETUP(events)
{
	struct mmlab_drain drain;

	GUARD_BEGIN(&self->guard);
	ASSERT_TRUE(run_on(0));
	self->page = page_size();
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->p = lab_map(self->fd, LVA, NR_PAGES * self->page, RW);
	ASSERT_NE(NULL, self->p);
	self->p[0] = 1;		/* its table is there */
	/* an area that stays: the next one finds a slab and a page table */
	self->other = (struct mmlab_area){ .size = self->page };
	ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_VMALLOC, &self->other));
	ASSERT_EQ(0, lab_drain(self->fd, &drain));
	memset(&self->area, 0, sizeof(self->area));
}

FIXTURE_TEARDOWN(events)
{
	struct mmlab_area other = { .lva = self->other.lva };

	lab_ioctl(self->fd, MMLAB_VFREE, &other);
	munmap(self->p, NR_PAGES * self->page);
	close(self->fd);
	GUARD_END(&self->guard);
}

/* ---- what is done ---- */

static int take_blocks(SELF *self, uint32_t order, uint32_t zone, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (lab_alloc(self->fd, order, zone, &self->block[i]))
			return -1;
	return 0;
}

static int give_blocks(SELF *self, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (lab_free(self->fd, &self->block[i]))
			return -1;
	return 0;
}

static int take_one(SELF *self)
{
	return take_blocks(self, 0, MMLAB_ZONE_NORMAL, 1);
}

static int give_one(SELF *self)
{
	return give_blocks(self, 1);
}

static int take_many(SELF *self)
{
	return take_blocks(self, 0, MMLAB_ZONE_NORMAL, MAX_BLOCKS);
}

static int give_many(SELF *self)
{
	return give_blocks(self, MAX_BLOCKS);
}

static int take_large(SELF *self)
{
	return take_blocks(self, 5, MMLAB_ZONE_DMA, 3);
}

static int give_large(SELF *self)
{
	return give_blocks(self, 3);
}

static int give_wrong(SELF *self)
{
	struct mmlab_block wrong = { .order = 10 };

	return lab_free(self->fd, &wrong) ? 0 : -1;
}

static int drain(SELF *self)
{
	struct mmlab_drain drain;

	return lab_drain(self->fd, &drain);
}

/* All blocks of the largest order, and one more. */
static int run_short(SELF *self)
{
	size_t nr = 0;

	while (nr < MAX_BLOCKS && !lab_alloc(self->fd, 10, MMLAB_ZONE_NORMAL, &self->block[nr]))
		nr++;
	return give_blocks(self, nr);
}

static int store(SELF *self)
{
	return touch_write(self->p + self->page, 1);
}

static int load_and_store(SELF *self)
{
	unsigned char value;

	return touch_read(self->p + 2 * self->page, &value) ?:
	       touch_write(self->p + 2 * self->page, 1);
}

static int touch_nothing(SELF *self)
{
	unsigned char value;

	return lab_munmap(self->fd, LVA + 9 * self->page, self->page) < 0 ||
	       touch_read(self->p + 9 * self->page, &value) != SIGBUS ||
	       touch_write(self->p + 9 * self->page, 1) != SIGBUS;
}

static int store_by_file(SELF *self)
{
	return pwrite(self->fd, "x", 1, LVA + 3 * self->page) != 1;
}

static int touch_all(SELF *self)
{
	int sig;

	return touch_pages(self->p, NR_PAGES, 1, &sig) != NR_PAGES;
}

static int unmap_all(SELF *self)
{
	return lab_munmap(self->fd, LVA, NR_PAGES * self->page) != NR_PAGES + 1;
}

static int take_area(SELF *self)
{
	self->area = (struct mmlab_area){
		.size = NR_PAGES * self->page, .flags = MMLAB_VM_USER,
	};
	return lab_ioctl(self->fd, MMLAB_VMALLOC, &self->area);
}

static int give_area(SELF *self)
{
	struct mmlab_area area = { .lva = self->area.lva };

	return lab_ioctl(self->fd, MMLAB_VFREE, &area);
}

/* Two of three processes have windows of their own, on whatever. */
static int give_area_with_processes(SELF *self)
{
	int other = lab_open(O_RDWR), third = lab_open(O_RDWR), err;
	unsigned char *q;

	if (other < 0 || third < 0)
		return -1;
	q = lab_map(other, self->area.lva, self->page, RW);
	err = !q || touch_write(q, 1) || read_vmstat(&self->before) || give_area(self);
	munmap(q, self->page);
	close(other);
	close(third);
	return err;
}

/* ---- what is counted ---- */

#define MAX_EVENTS	6
#define ANY		(-1)
#define SOME		(-2)	/* one at least */

static const struct step {
	const char *what;
	int (*act)(SELF *self);
	struct { const char *event; long nr; } counts[MAX_EVENTS];
} steps[] = {
	{ "a frame, the list is empty", take_one,
	  { { "pgalloc_normal", 1 }, { "pcp_refill", 1 } } },
	{ "the frame comes back", give_one, { { "pgfree", 1 } } },
	{ "a frame, the list has some", take_one, { { "pgalloc_normal", 1 } } },
	{ "and back", give_one, { { "pgfree", 1 } } },
	{ "a drain", drain, { { "pcp_drain", 1 } } },
	{ "more frames than a list has", take_many,
	  { { "pgalloc_normal", MAX_BLOCKS }, { "pcp_refill", 7 } } },
	{ "more than it may have", give_many, { { "pgfree", MAX_BLOCKS }, { "pcp_spill", 1 } } },
	{ "blocks without a list", take_large, { { "pgalloc_dma", 3 } } },
	{ "these blocks come back", give_large, { { "pgfree", 3 } } },
	{ "a wrong free", give_wrong, { { "pgfree_refused", 1 } } },
	{ "a store", store, { { "pgfault", 1 }, { "pgalloc_normal", 1 } } },
	{ "a load and a store", load_and_store, { { "pgfault", 2 }, { "pgalloc_normal", 1 } } },
	{ "touches of nothing", touch_nothing, { { "pgfault_sigbus", 2 }, { "pgzap", 1 } } },
	{ "a store by the file", store_by_file, { { "pgalloc_normal", 1 } } },
	{ "an area", take_area,
	  { { "pgalloc_normal", NR_PAGES }, { "pcp_refill", ANY } } },
	{ "the area goes, one process has a window", give_area,
	  { { "pgfree", NR_PAGES }, { "pgzap", 1 }, { "pcp_spill", SOME } } },
	{ "an area anew", take_area, { { "pgalloc_normal", NR_PAGES }, { "pcp_refill", ANY } } },
	{ "it goes, two of three have windows", give_area_with_processes,
	  { { "pgfree", ANY }, { "pgzap", 2 }, { "pcp_spill", ANY } } },
	{ "a shortage", run_short,
	  { { "pgalloc_normal", ANY }, { "pgalloc_dma", ANY }, { "pgfree", ANY },
	    { "pcp_spill", ANY }, { "allocstall", 1 }, { "pcp_drain", 1 } } },
};

static long nr_wanted(const struct step *s, const char *event)
{
	size_t i;

	for (i = 0; i < MAX_EVENTS && s->counts[i].event; i++)
		if (!strcmp(s->counts[i].event, event))
			return s->counts[i].nr;
	return 0;
}

/* A name that begins with nr_ or lab_ is a state; the buddy allocator's work varies. */
static bool is_event(const char *name)
{
	return strncmp(name, "nr_", 3) && strncmp(name, "lab_", 4) && strncmp(name, "buddy_", 6);
}

static const char *compare(const struct step *s, const struct table *before)
{
	struct table after;
	const char *error = read_vmstat(&after);
	unsigned int i;

	for (i = 0; !error && i < after.nr_rows; i++) {
		const char *name = after.row[i].name;
		long nr = (long)(after.row[i].value - before->row[i].value);
		long wanted = nr_wanted(s, name);

		if (is_event(name) && nr != wanted && wanted != ANY && (wanted != SOME || !nr))
			error = format_error("%s: %s %ld times, should be %ld", s->what, name, nr,
					     wanted);
	}
	return error;
}

TEST_F(events, each_is_counted_as_often_as_it_happens)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(steps); i++) {
		ASSERT_FINE(read_vmstat(&self->before));
		ASSERT_EQ(0, steps[i].act(self)) {
			TH_LOG("%s", steps[i].what);
		}
		EXPECT_FINE(compare(&steps[i], &self->before));
	}
}

/* Pages one by one, and in bulk. */
TEST_F(events, frames_that_come_and_go_in_numbers)
{
	static const struct step numbers[] = {
		{ "all pages", touch_all,
		  { { "pgfault", NR_PAGES }, { "pgalloc_normal", NR_PAGES - 1 },
		    { "pcp_refill", ANY } } },
		{ "none of them", unmap_all,
		  { { "pgfree", NR_PAGES + 1 }, { "pgzap", 1 }, { "pcp_spill", SOME } } },
	};
	size_t i;

	/* the first one is there, but not its entry in the window */
	munmap(self->p, NR_PAGES * self->page);
	self->p = lab_map(self->fd, LVA, NR_PAGES * self->page, RW);
	ASSERT_NE(NULL, self->p);
	for (i = 0; i < ARRAY_LEN(numbers); i++) {
		ASSERT_FINE(read_vmstat(&self->before));
		ASSERT_EQ(0, numbers[i].act(self)) {
			TH_LOG("%s", numbers[i].what);
		}
		EXPECT_FINE(compare(&numbers[i], &self->before));
	}
}

/* A flush is one of windows: without one there is nothing to flush. */
TEST_F(events, no_window_no_flush)
{
	static const struct step without = {
		"no window", unmap_all, { { "pgfree", ANY }, { "pcp_spill", ANY } },
	};

	ASSERT_EQ(0, touch_all(self));
	munmap(self->p, NR_PAGES * self->page);
	ASSERT_FINE(read_vmstat(&self->before));
	ASSERT_EQ(0, without.act(self));
	EXPECT_FINE(compare(&without, &self->before));
	self->p = lab_map(self->fd, LVA, NR_PAGES * self->page, RW);
	ASSERT_NE(NULL, self->p);
}

TEST_HARNESS_MAIN
