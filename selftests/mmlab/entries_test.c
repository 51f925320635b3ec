// SPDX-License-Identifier: GPL-2.0
/*
 * The host changes its entries of a window while threads store and load through it:
 * a store is there or is made anew, and never lost, refused or without an end. Of the
 * lab's side nothing changes, so that it finds each of its pages as it was.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "touch.h"

#define LVA		0x40000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define NR_PAGES	16
#define NR_THREADS	3
#define NR_ROUNDS	100
#define CLEAR_REFS	"/proc/self/clear_refs"

#ifndef MADV_COLD
#define MADV_COLD	20
#endif
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

/* A window of NR_PAGES pages, and its contents. */
struct shown {
	int fd;
	size_t page;
	uint32_t start;
	unsigned char *window;
};

FIXTURE(entries) {
	struct guard guard;
	struct shown shown;
	int fd;
	size_t page, len;
	uint32_t start;
	unsigned char *window;
};

/* The kind of memory in the window, and how many pages a touch brings. */
FIXTURE_VARIANT(entries) {
	bool area;
	int around;
};

FIXTURE_VARIANT_ADD(entries, region) {
	.around = 1,
};

FIXTURE_VARIANT_ADD(entries, region_around) {
	.around = 8,
};

FIXTURE_VARIANT_ADD(entries, lazy_area) {
	.area = true,
	.around = 1,
};

FIXTURE_SETUP(entries)
{
	struct mmlab_area area = { .flags = MMLAB_VM_LAZY };

	GUARD_BEGIN(&self->guard);
	ASSERT_EQ(0, write_number(LAB_PARAMS "/fault_around", variant->around));
	self->page = page_size();
	self->len = NR_PAGES * self->page;
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->start = LVA;
	if (variant->area) {
		area.size = self->len;
		ASSERT_EQ(0, lab_ioctl(self->fd, MMLAB_VMALLOC, &area));
		self->start = area.lva;
	}
	self->window = lab_map(self->fd, self->start, self->len, RW);
	ASSERT_NE(NULL, self->window);
	self->shown = (struct shown){ self->fd, self->page, self->start, self->window };
}

FIXTURE_TEARDOWN(entries)
{
	munmap(self->window, self->len);
	close(self->fd);
	EXPECT_EQ(0, write_number(LAB_PARAMS "/fault_around", 1));
	GUARD_END(&self->guard);
}

/**
 * struct storer - a thread that counts up a word of its own in each page
 * @window: where it stores
 * @page: bytes of a page
 * @nr: its own word
 * @stop: set when it has done enough
 * @rounds: times that it went through all pages
 * @lost: stores that it did not find again
 */
struct storer {
	unsigned char *window;
	size_t page;
	unsigned int nr;
	volatile bool *stop;
	volatile unsigned long rounds;
	unsigned long lost;
};

static volatile uint32_t *word_of(const struct storer *s, unsigned int page)
{
	return (volatile uint32_t *)(s->window + page * s->page) + s->nr;
}

static void *store(void *arg)
{
	struct storer *s = arg;
	uint32_t value;
	unsigned int i;

	for (value = 1; !*s->stop; value++) {
		for (i = 0; i < NR_PAGES; i++) {
			s->lost += *word_of(s, i) != value - 1;
			*word_of(s, i) = value;
			s->lost += *word_of(s, i) != value;
		}
		s->rounds++;
	}
	return NULL;
}

static void drop_some(struct shown *w, unsigned int round)
{
	size_t from = round % NR_PAGES;
	size_t nr = 1 + round / NR_PAGES % (NR_PAGES - from);

	madvise(w->window + from * w->page, nr * w->page, MADV_DONTNEED);
}

static void age(struct shown *w, unsigned int round)
{
	madvise(w->window, NR_PAGES * w->page, round % 2 ? MADV_COLD : MADV_PAGEOUT);
}

/* 1: accessed bits, 4: every entry only reads, and the next store is a fault. */
static void clear_refs(struct shown *w, unsigned int round)
{
	write_number(CLEAR_REFS, round % 2 ? 4 : 1);
}

/* A new window in the place of the old one, in one step for the touching threads. */
static void map_over(struct shown *w, unsigned int round)
{
	size_t from = round % NR_PAGES * w->page;

	mmap(w->window + from, w->page, RW, MAP_SHARED | MAP_FIXED, w->fd,
	     w->start + from);
}

/* A child gets the window without entries, and makes some. */
static int touch_all(void *arg)
{
	struct shown *w = arg;
	unsigned char value;
	size_t i;

	for (i = 0; i < NR_PAGES; i++)
		if (touch_read(w->window + i * w->page, &value))
			return 1;
	return 0;
}

static void fork_some(struct shown *w, unsigned int round)
{
	if (round % 16 == 0)
		run_child(touch_all, w);
}

static const struct {
	const char *name;
	void (*change)(struct shown *w, unsigned int round);
} changes[] = {
	{ "dropped by madvise()", drop_some },
	{ "aged", age },
	{ "that only read, by " CLEAR_REFS, clear_refs },
	{ "of a new window over the old one", map_over },
	{ "of a fork", fork_some },
};

static unsigned long rounds_of(const struct storer *storers)
{
	unsigned long least = ~0UL;
	int i;

	for (i = 0; i < NR_THREADS; i++)
		if (storers[i].rounds < least)
			least = storers[i].rounds;
	return least;
}

TEST_F_TIMEOUT(entries, change_beside_stores, 120)
{
	volatile bool stop;
	struct storer storers[NR_THREADS];
	pthread_t threads[NR_THREADS];
	struct mmlab_translation t;
	unsigned long round, before;
	size_t c, i, k;

	for (c = 0; c < ARRAY_LEN(changes); c++) {
		stop = false;
		memset(self->window, 0, self->len);
		for (i = 0; i < NR_THREADS; i++) {
			storers[i] = (struct storer){ self->window, self->page, i,
						      &stop };
			ASSERT_EQ(0, pthread_create(&threads[i], NULL, store,
						    &storers[i]));
		}
		for (round = 0; round < NR_ROUNDS; round++)
			changes[c].change(&self->shown, round);
		/* they still get on, all of them */
		before = rounds_of(storers);
		while (rounds_of(storers) < before + 2)
			sched_yield();
		stop = true;
		for (i = 0; i < NR_THREADS; i++) {
			pthread_join(threads[i], NULL);
			EXPECT_EQ(0, storers[i].lost)
				TH_LOG("entries %s", changes[c].name);
			for (k = 0; k < NR_PAGES; k++)
				EXPECT_EQ(storers[i].rounds, *word_of(&storers[i], k));
		}
	}
	for (i = 0; i < NR_PAGES; i++) {
		ASSERT_EQ(0, lab_translate(self->fd, self->start + i * self->page, &t));
		EXPECT_EQ(MMLAB_STEP_OK, t.step);
		EXPECT_EQ(1, t.mapcount);
	}
}

/* Another mapping of the same page keeps its entry when the first one drops its own. */
TEST_F(entries, of_one_window_are_not_the_other_s)
{
	unsigned char *second = lab_map(self->fd, self->start, self->len, RW);
	size_t i;

	ASSERT_NE(NULL, second);
	for (i = 0; i < NR_PAGES; i++) {
		self->window[i * self->page] = i + 1;
		EXPECT_EQ(i + 1, second[i * self->page]);
		ASSERT_EQ(0, madvise(self->window + i * self->page, self->page,
				     MADV_DONTNEED));
		second[i * self->page] += 100;
		EXPECT_EQ(i + 101, self->window[i * self->page]);
	}
	munmap(second, self->len);
}

/* A page that only reads by mprotect() is a SIGSEGV to stores, and no more. */
TEST_F(entries, protected_and_not)
{
	unsigned char value;
	size_t i;

	for (i = 0; i < NR_PAGES; i++) {
		unsigned char *p = self->window + i * self->page;

		ASSERT_EQ(0, touch_write(p, i + 1));
		ASSERT_EQ(0, mprotect(p, self->page, PROT_READ));
		EXPECT_EQ(SIGSEGV, touch_write(p, 99));
		ASSERT_EQ(0, touch_read(p, &value));
		EXPECT_EQ(i + 1, value);
		ASSERT_EQ(0, mprotect(p, self->page, RW));
		EXPECT_EQ(0, touch_write(p, i + 101));
		ASSERT_EQ(0, mprotect(p, self->page, PROT_NONE));
		EXPECT_EQ(SIGSEGV, touch_read(p, &value));
		ASSERT_EQ(0, mprotect(p, self->page, RW));
		ASSERT_EQ(0, touch_read(p, &value));
		EXPECT_EQ(i + 101, value);
	}
}

TEST_HARNESS_MAIN
