// SPDX-License-Identifier: GPL-2.0
/*
 * Stacks: they grow down by a touch, to a limit, and keep a gap to the region below.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "touch.h"

#define TOP		0x60000000UL
#define LIMIT		(8UL << 20)
#define GAP		(1UL << 20)
#define RW		(PROT_READ | PROT_WRITE)
#define NR_THREADS	4
#define NR_ROUNDS	32

FIXTURE(stack) {
	struct guard guard;
	int fd;
	size_t page;
	unsigned char *window;	/* of LIMIT bytes, up to TOP */
};

/* A stack of one page below TOP. */
static int make_stack(int fd, size_t page)
{
	uint32_t start = TOP - page;

	return lab_region(fd, &start, page, RW, MMLAB_MAP_FIXED | MMLAB_MAP_STACK);
}

/* A window that reached below the stack's limit would make a region there. */
FIXTURE_SETUP(stack)
{
	GUARD_BEGIN(&self->guard);
	self->page = page_size();
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, make_stack(self->fd, self->page));
	self->window = lab_map(self->fd, TOP - LIMIT, LIMIT, RW);
	ASSERT_NE(NULL, self->window);
}

FIXTURE_TEARDOWN(stack)
{
	munmap(self->window, LIMIT);
	close(self->fd);
	GUARD_END(&self->guard);
}

/* Where the region that ends at TOP begins; 0: there is none. */
static uint32_t stack_start(int fd)
{
	struct mmlab_translation t;

	if (lab_translate(fd, TOP - 1, &t) || t.region != MMLAB_REGION_USER ||
	    t.vma_end != TOP)
		return 0;
	return t.vma_start;
}

/* The place of a linear address in the window. */
static unsigned char *at(unsigned char *window, uint32_t lva)
{
	return window + (lva - (TOP - LIMIT));
}

TEST_F(stack, a_window_makes_no_region_of_it)
{
	struct mmlab_translation t;

	EXPECT_EQ(TOP - self->page, stack_start(self->fd));
	ASSERT_EQ(0, lab_translate(self->fd, TOP - LIMIT, &t));
	EXPECT_EQ(MMLAB_REGION_HOLE, t.region);
	EXPECT_EQ(0, lab_vmstat("nr_anon_pages") - self->guard.before.anon);
}

TEST_F(stack, grows_by_a_touch)
{
	unsigned char value;

	EXPECT_EQ(0, touch_write(at(self->window, TOP - 1), 1));
	EXPECT_EQ(TOP - self->page, stack_start(self->fd));
	EXPECT_EQ(0, touch_write(at(self->window, TOP - self->page - 1), 2));
	EXPECT_EQ(TOP - 2 * self->page, stack_start(self->fd));
	/* a load makes it grow as well; only touched addresses get a page */
	EXPECT_EQ(0, touch_read(at(self->window, TOP - 100 * self->page), &value));
	EXPECT_EQ(0, value);
	EXPECT_EQ(TOP - 100 * self->page, stack_start(self->fd));
	EXPECT_EQ(3, lab_vmstat("nr_anon_pages") - self->guard.before.anon);
	EXPECT_EQ(1, *at(self->window, TOP - 1));
	EXPECT_EQ(2, *at(self->window, TOP - self->page - 1));
}

TEST_F(stack, to_the_limit_and_no_byte_more)
{
	unsigned char *edge = lab_map(self->fd, TOP - LIMIT - self->page, self->page,
				      RW);
	unsigned char value;

	ASSERT_NE(NULL, edge);
	/* the window at the edge has made a region there, which goes */
	ASSERT_EQ(0, lab_munmap(self->fd, TOP - LIMIT - self->page, self->page));
	EXPECT_EQ(SIGBUS, touch_write(edge + self->page - 1, 1));
	EXPECT_EQ(TOP - self->page, stack_start(self->fd));
	EXPECT_EQ(0, touch_write(at(self->window, TOP - LIMIT), 1));
	EXPECT_EQ(TOP - LIMIT, stack_start(self->fd));
	EXPECT_EQ(SIGBUS, touch_read(edge + self->page - 1, &value));
	EXPECT_EQ(TOP - LIMIT, stack_start(self->fd));
	munmap(edge, self->page);
}

TEST_F(stack, keeps_away_from_what_is_below)
{
	uint32_t end = TOP - LIMIT / 2;
	unsigned char value;

	ASSERT_EQ(0, lab_region_at(self->fd, end - self->page, self->page, RW));
	EXPECT_EQ(SIGBUS, touch_write(at(self->window, end + GAP - 1), 1));
	EXPECT_EQ(SIGBUS, touch_read(at(self->window, end), &value));
	EXPECT_EQ(TOP - self->page, stack_start(self->fd));
	EXPECT_EQ(0, touch_write(at(self->window, end + GAP), 1));
	EXPECT_EQ(end + GAP, stack_start(self->fd));
	EXPECT_EQ(SIGBUS, touch_write(at(self->window, end + GAP - 1), 1));
	EXPECT_EQ(0, touch_write(at(self->window, end - 1), 1));
	/* with the neighbour gone it can go on */
	ASSERT_LE(1, lab_munmap(self->fd, end - self->page, self->page));
	EXPECT_EQ(0, touch_write(at(self->window, end + GAP - 1), 1));
	EXPECT_EQ(end + GAP - self->page, stack_start(self->fd));
}

/* A region is made on request where a stack could grow. */
TEST_F(stack, regions_below_are_made)
{
	uint32_t hint = TOP - LIMIT / 2;
	unsigned char *q;

	ASSERT_EQ(0, lab_region_at(self->fd, TOP - LIMIT, self->page, RW));
	EXPECT_EQ(0, touch_write(at(self->window, TOP - LIMIT), 7));
	ASSERT_EQ(0, lab_region(self->fd, &hint, self->page, RW, 0));
	EXPECT_EQ(TOP - LIMIT / 2, hint);
	EXPECT_EQ(0, touch_write(at(self->window, hint), 7));
	/* not where it wants to be alone */
	hint = TOP - 2 * self->page;
	ASSERT_EQ(0, lab_region(self->fd, &hint, self->page, RW, 0));
	EXPECT_NE(TOP - 2 * self->page, hint);
	q = lab_map(self->fd, hint, self->page, RW);
	ASSERT_NE(NULL, q);
	munmap(q, self->page);
}

TEST_F(stack, rights_are_the_stack_s)
{
	unsigned char value;

	ASSERT_EQ(0, lab_mprotect(self->fd, TOP - self->page, self->page,
				  PROT_READ));
	EXPECT_EQ(SIGBUS, touch_write(at(self->window, TOP - self->page - 1), 1));
	EXPECT_EQ(0, touch_read(at(self->window, TOP - self->page - 1), &value));
	EXPECT_EQ(1, lab_vmstat("nr_anon_pages") - self->guard.before.anon);
}

/* Bytes by file offset: supplied when written, zeros when read. */
TEST_F(stack, by_pread_and_pwrite)
{
	uint32_t below = TOP - 10 * self->page;
	char byte = 5;

	EXPECT_EQ(1, pwrite(self->fd, &byte, 1, below));
	EXPECT_EQ(below, stack_start(self->fd));
	EXPECT_EQ(5, *at(self->window, below));
	EXPECT_EQ(-1, pwrite(self->fd, &byte, 1, TOP - LIMIT - 1));
	EXPECT_EQ(EIO, errno);
	EXPECT_EQ(1, pread(self->fd, &byte, 1, below + self->page));
	EXPECT_EQ(0, byte);
	EXPECT_EQ(-1, pread(self->fd, &byte, 1, TOP - LIMIT - 1));
	EXPECT_EQ(EIO, errno);
	EXPECT_EQ(1, lab_vmstat("nr_anon_pages") - self->guard.before.anon);
}

struct climber {
	pthread_barrier_t *start;
	unsigned char *window;
	size_t page;
	unsigned int nr;
	unsigned int failures;
};

/* Every thread touches pages of its own below the stack, in its own order. */
static void *climb(void *arg)
{
	struct climber *c = arg;
	unsigned int i;

	for (i = 0; i < NR_ROUNDS; i++) {
		uint32_t pages = (i * 7 % NR_ROUNDS) * NR_THREADS + c->nr + 2;
		unsigned char *p = at(c->window, TOP - pages * c->page);

		pthread_barrier_wait(c->start);
		*p = c->nr + 1;
		c->failures += *p != c->nr + 1;
	}
	return NULL;
}

TEST_F(stack, four_threads_make_it_grow)
{
	struct climber climbers[NR_THREADS];
	pthread_t threads[NR_THREADS];
	pthread_barrier_t start;
	int i, pages = NR_ROUNDS * NR_THREADS;

	pthread_barrier_init(&start, NULL, NR_THREADS);
	for (i = 0; i < NR_THREADS; i++) {
		climbers[i] = (struct climber){ &start, self->window, self->page, i };
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, climb, &climbers[i]));
	}
	for (i = 0; i < NR_THREADS; i++) {
		pthread_join(threads[i], NULL);
		EXPECT_EQ(0, climbers[i].failures);
	}
	EXPECT_EQ(TOP - (pages + 1) * self->page, stack_start(self->fd));
	EXPECT_EQ(pages, lab_vmstat("nr_anon_pages") - self->guard.before.anon);
	for (i = 0; i < pages; i++)
		EXPECT_EQ(i % NR_THREADS + 1,
			  *at(self->window, TOP - (i + 2) * self->page));
	pthread_barrier_destroy(&start);
}

TEST_HARNESS_MAIN
