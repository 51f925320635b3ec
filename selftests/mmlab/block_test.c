// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks of pages: allocation by order and zone, ownership, every bad free,
 * zeroing, and their end at close.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <time.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"

#define MAX_BLOCKS	32768
#define SECRET		0x5ec2e7UL

FIXTURE(block) {
	struct guard guard;
	struct mmlab_info info;
	int fd;
};

FIXTURE_SETUP(block)
{
	GUARD_BEGIN(&self->guard);
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, lab_info(self->fd, &self->info));
}

FIXTURE_TEARDOWN(block)
{
	close(self->fd);
	GUARD_END(&self->guard);
}

static uint32_t block_pfn(const struct mmlab_block *b)
{
	return b->phys / page_size();
}

TEST_F(block, every_order_and_zone)
{
	uint32_t order, zone;

	for (zone = 0; zone < MMLAB_NR_ZONES; zone++) {
		for (order = 0; order < MMLAB_NR_ORDERS; order++) {
			struct mmlab_block b;
			uint32_t start;

			ASSERT_EQ(0, lab_alloc(self->fd, order, zone, &b));
			EXPECT_EQ(order, b.order);
			EXPECT_EQ(zone, b.got_zone);
			start = b.got_zone ? self->info.zone_end[0] : 1;
			EXPECT_EQ(0, b.phys % (page_size() << order));
			EXPECT_LE(start, block_pfn(&b));
			EXPECT_GE(self->info.zone_end[b.got_zone],
				  block_pfn(&b) + (1U << order));
			EXPECT_EQ(b.phys + self->info.page_offset, b.lva);
			EXPECT_EQ(1 << order, lab_vmstat("nr_blocks") -
				  self->guard.before.blocks);
			ASSERT_EQ(0, lab_free(self->fd, &b));
			EXPECT_EQ(self->guard.before.blocks,
				  lab_vmstat("nr_blocks"));
		}
	}
}

TEST_F(block, bad_orders_and_zones)
{
	static const uint32_t orders[] = { 11, 12, 31, 32, 33, 64, 255, 256,
					   1U << 31, ~0U };
	static const uint32_t zones[] = { 2, 3, 32, 64, 1U << 31, ~0U };
	struct mmlab_block b, good;
	size_t i;

	ASSERT_EQ(0, lab_alloc(self->fd, 0, 0, &good));
	for (i = 0; i < ARRAY_LEN(orders); i++) {
		EXPECT_EQ(-EINVAL, lab_alloc(self->fd, orders[i], 0, &b));
		EXPECT_EQ(0, b.phys);
		b = good;
		b.order = orders[i];
		EXPECT_EQ(-EINVAL, lab_free(self->fd, &b));
	}
	EXPECT_EQ(0, lab_free(self->fd, &good));
	for (i = 0; i < ARRAY_LEN(zones); i++)
		EXPECT_EQ(-EINVAL, lab_alloc(self->fd, 0, zones[i], &b));
	EXPECT_EQ(self->guard.before.blocks, lab_vmstat("nr_blocks"));
}

TEST_F(block, bad_frees)
{
	struct mmlab_block b, wrong;
	long refused = lab_vmstat("pgfree_refused");
	uint64_t beyond;
	size_t i;

	ASSERT_EQ(0, lab_alloc(self->fd, 3, MMLAB_ZONE_NORMAL, &b));
	beyond = (uint64_t)self->info.nr_frames * page_size();
	{
		uint64_t bad[] = {
			0,			/* frame 0 is reserved */
			~0ULL,
			1,			/* not a page's address */
			b.phys + 1,
			b.phys + page_size(),	/* interior */
			b.phys + 7 * page_size(),
			beyond,
			beyond - 1,
			b.phys | 1ULL << 32,	/* the same in 32 bits */
			b.phys | 1ULL << 44,
			b.phys | 1ULL << 63,
			b.lva,			/* linear, not physical */
		};

		for (i = 0; i < ARRAY_LEN(bad); i++) {
			wrong = b;
			wrong.phys = bad[i];
			EXPECT_EQ(-EINVAL, lab_free(self->fd, &wrong))
				TH_LOG("phys %#llx", (long long)bad[i]);
		}
	}
	for (i = 0; i < MMLAB_NR_ORDERS; i++) {
		wrong = b;
		wrong.order = i;
		if (i == b.order)
			continue;
		EXPECT_EQ(-EINVAL, lab_free(self->fd, &wrong));
	}
	/* counted are those that name a frame: the reserved one, two inside, ten wrong orders */
	EXPECT_EQ(refused + 13, lab_vmstat("pgfree_refused"));
	EXPECT_EQ(8, lab_vmstat("nr_blocks") - self->guard.before.blocks);
	ASSERT_EQ(0, lab_free(self->fd, &b));
}

TEST_F(block, double_free)
{
	uint32_t order;

	for (order = 0; order < MMLAB_NR_ORDERS; order++) {
		struct mmlab_block b;
		int again;

		ASSERT_EQ(0, lab_alloc(self->fd, order, MMLAB_ZONE_NORMAL, &b));
		ASSERT_EQ(0, lab_free(self->fd, &b));
		again = lab_free(self->fd, &b);
		/* merged with its buddy, it may be the inside of another block */
		EXPECT_TRUE(again == -ENOENT ||
			    (again == -EINVAL && order > 3 &&
			     order < MMLAB_NR_ORDERS - 1))
			TH_LOG("order %u: %d", order, again);
	}
}

TEST_F(block, of_another_process)
{
	struct mmlab_translation t;
	struct mmlab_block b, table;
	int other = lab_open(O_RDWR);

	ASSERT_LE(0, other);
	ASSERT_EQ(0, lab_alloc(other, 2, MMLAB_ZONE_NORMAL, &b));
	EXPECT_EQ(-EPERM, lab_free(self->fd, &b));
	EXPECT_EQ(4, lab_vmstat("nr_blocks") - self->guard.before.blocks);
	ASSERT_EQ(0, lab_free(other, &b));

	/* a frame in use, but as no block at all: the own page directory */
	ASSERT_EQ(0, lab_translate(self->fd, 0, &t));
	table = (struct mmlab_block){ .phys = t.pgd_pfn * page_size() };
	EXPECT_EQ(-EINVAL, lab_free(self->fd, &table));
	close(other);
}

TEST_F(block, freed_at_close)
{
	struct mmlab_block b;
	int other = lab_open(O_RDWR);
	uint32_t order;

	ASSERT_LE(0, other);
	for (order = 0; order < MMLAB_NR_ORDERS; order++)
		ASSERT_EQ(0, lab_alloc(other, order, MMLAB_ZONE_NORMAL, &b));
	EXPECT_EQ((1 << MMLAB_NR_ORDERS) - 1,
		  lab_vmstat("nr_blocks") - self->guard.before.blocks);
	close(other);
	EXPECT_EQ(self->guard.before.blocks, lab_vmstat("nr_blocks"));
	EXPECT_TRUE(lab_free(self->fd, &b) < 0);
}

static int free_in_child(void *arg)
{
	struct { int fd; struct mmlab_block b; } *job = arg;

	CHILD_CHECK(lab_free(job->fd, &job->b) == 0);
	return 0;
}

/* The open file owns the block, not the task. */
TEST_F(block, inherited_by_fork)
{
	struct { int fd; struct mmlab_block b; } job = { self->fd };

	ASSERT_EQ(0, lab_alloc(self->fd, 0, MMLAB_ZONE_NORMAL, &job.b));
	EXPECT_EQ(0, run_child(free_in_child, &job));
	EXPECT_EQ(-ENOENT, lab_free(self->fd, &job.b));
}

/* Takes all there is in blocks of one order; returns how many. */
static size_t take_all(int fd, uint32_t order, struct mmlab_block *blocks)
{
	size_t n;

	for (n = 0; n < MAX_BLOCKS; n++)
		if (lab_alloc(fd, order, MMLAB_ZONE_NORMAL, &blocks[n]))
			break;
	return n;
}

TEST_F(block, exhaustion)
{
	struct mmlab_block *blocks = calloc(MAX_BLOCKS, sizeof(*blocks));
	unsigned char *used = calloc(1, self->info.nr_frames);
	static const uint32_t orders[] = { 10, 5, 0 };
	size_t i, k, n, round;
	int fd;

	ASSERT_NE(NULL, blocks);
	ASSERT_NE(NULL, used);
	for (round = 0; round < ARRAY_LEN(orders); round++) {
		uint32_t frames = 1U << orders[round];
		bool fallback = false;

		fd = lab_open(O_RDWR);
		ASSERT_LE(0, fd);
		n = take_all(fd, orders[round], blocks);
		ASSERT_LT(n, MAX_BLOCKS);
		/* all but a reserve and what the page tables took */
		EXPECT_LT(self->info.nr_frames / 4 * 3, n * frames);
		memset(used, 0, self->info.nr_frames);
		for (i = 0; i < n; i++) {
			uint32_t pfn = block_pfn(&blocks[i]);

			fallback |= blocks[i].got_zone == MMLAB_ZONE_DMA;
			for (k = pfn; k < pfn + frames; k++)
				ASSERT_EQ(0, used[k]++);
		}
		EXPECT_TRUE(fallback);
		EXPECT_EQ(-ENOMEM, lab_alloc(fd, orders[round],
					     MMLAB_ZONE_NORMAL, &blocks[n]));
		EXPECT_EQ(-ENOMEM, lab_alloc(fd, MMLAB_NR_ORDERS - 1,
					     MMLAB_ZONE_DMA, &blocks[n]));
		close(fd);
	}
	free(used);
	free(blocks);
}

/* Nothing may be seen of what another wrote, whatever way a frame came back. */
TEST_F(block, zeroed_for_the_next)
{
	struct mmlab_block *blocks = calloc(MAX_BLOCKS, sizeof(*blocks));
	size_t i, k, n, size = page_size() << 3;
	unsigned long *data = malloc(size);
	int fd = lab_open(O_RDWR);

	ASSERT_NE(NULL, blocks);
	ASSERT_LE(0, fd);
	for (k = 0; k < size / sizeof(*data); k++)
		data[k] = SECRET;
	n = take_all(fd, 3, blocks);
	for (i = 0; i < n; i++)
		ASSERT_EQ(size, lab_access(fd, MMLAB_ACCESS_PHYS |
			  MMLAB_ACCESS_WRITE, blocks[i].phys, data, size));
	for (i = 0; i < n; i += 2)
		ASSERT_EQ(0, lab_free(fd, &blocks[i]));
	close(fd);

	n = take_all(self->fd, 3, blocks);
	ASSERT_LT(0, n);
	for (i = 0; i < n; i++) {
		ASSERT_EQ(size, lab_access(self->fd, MMLAB_ACCESS_PHYS,
					   blocks[i].phys, data, size));
		for (k = 0; k < size / sizeof(*data); k++)
			ASSERT_EQ(0, data[k]);
	}
	for (i = 0; i < n; i++)
		ASSERT_EQ(0, lab_free(self->fd, &blocks[i]));
	free(data);
	free(blocks);
}

struct racer {
	int fd;
	struct mmlab_block block;
	pthread_barrier_t *start;
	int result;
};

static void *free_racing(void *arg)
{
	struct racer *racer = arg;

	pthread_barrier_wait(racer->start);
	racer->result = lab_free(racer->fd, &racer->block);
	return NULL;
}

TEST_F(block, two_threads_free_the_same)
{
	pthread_barrier_t start;
	long loser;
	int round;

	ASSERT_EQ(0, pthread_barrier_init(&start, NULL, 2));
	for (round = 0; round < 300; round++) {
		struct racer racers[2];
		pthread_t thread;

		racers[0] = (struct racer){ .fd = self->fd, .start = &start };
		ASSERT_EQ(0, lab_alloc(self->fd, round % 2, MMLAB_ZONE_NORMAL,
				       &racers[0].block));
		racers[1] = racers[0];
		ASSERT_EQ(0, pthread_create(&thread, NULL, free_racing,
					    &racers[1]));
		free_racing(&racers[0]);
		pthread_join(thread, NULL);
		ASSERT_TRUE((racers[0].result == 0) ^ (racers[1].result == 0));
		/* free already; or merged with its buddy, and no block begins there */
		loser = racers[0].result + racers[1].result;
		ASSERT_TRUE(loser == -ENOENT || loser == -EINVAL);
	}
	pthread_barrier_destroy(&start);
}

struct worker {
	int fd;
	unsigned int seed;
	time_t until;
	const char *wrong;
};

/* Allocates and frees at random; finds writes of other threads into its blocks. */
static void *stress(void *arg)
{
	struct worker *w = arg;
	struct mmlab_block held[16];
	uint64_t tags[16], seen;
	size_t n = 0;

	while (!w->wrong && (time(NULL) < w->until || n)) {
		bool take = time(NULL) < w->until && n < ARRAY_LEN(held) &&
			    rand_r(&w->seed) % 2;

		if (take && !lab_alloc(w->fd, rand_r(&w->seed) % 6,
				       rand_r(&w->seed) % 2, &held[n])) {
			tags[n] = held[n].phys ^ w->seed;
			if (lab_access(w->fd, MMLAB_ACCESS_PHYS |
				       MMLAB_ACCESS_WRITE, held[n].phys,
				       &tags[n], sizeof(seen)) != sizeof(seen))
				w->wrong = "a write to an own block failed";
			n++;
		} else if (n) {
			n--;
			if (lab_access(w->fd, MMLAB_ACCESS_PHYS, held[n].phys,
				       &seen, sizeof(seen)) != sizeof(seen))
				w->wrong = "a read of an own block failed";
			else if (seen != tags[n])
				w->wrong = "an own block changed";
			else if (lab_free(w->fd, &held[n]))
				w->wrong = "freeing an own block failed";
		}
	}
	return NULL;
}

TEST_F(block, stress_by_threads)
{
	struct worker workers[4];
	pthread_t threads[4];
	size_t i;

	for (i = 0; i < ARRAY_LEN(workers); i++) {
		workers[i] = (struct worker){ lab_open(O_RDWR), i + 1,
					      time(NULL) + 2, NULL };
		ASSERT_LE(0, workers[i].fd);
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, stress,
					    &workers[i]));
	}
	for (i = 0; i < ARRAY_LEN(workers); i++) {
		pthread_join(threads[i], NULL);
		EXPECT_TRUE(!workers[i].wrong)
			TH_LOG("%s", workers[i].wrong);
		close(workers[i].fd);
	}
}

TEST_HARNESS_MAIN
