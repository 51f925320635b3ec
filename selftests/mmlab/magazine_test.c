// SPDX-License-Identifier: GPL-2.0
/*
 * Magazines and their depots: parked objects are not active, and go back to the slabs by
 * shrink, on shortage, when a CPU goes offline and when the magazines change their size;
 * all of it at rest and under load.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "objects.h"

#define CPU1_ONLINE	"/sys/devices/system/cpu/cpu1/online"
#define MAGAZINE	LAB_PARAMS "/magazine"
#define NR_OBJECTS	1000

FIXTURE(magazine) {
	struct guard guard;
	struct slabinfo slabs;
	uint32_t lvas[NR_OBJECTS];
	uint32_t id;
	int fd;
};

FIXTURE_SETUP(magazine)
{
	GUARD_BEGIN(&self->guard);
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->id = cache_create(self->fd, "parked", 200, 0);
	ASSERT_LT(0, (int)self->id);
}

FIXTURE_TEARDOWN(magazine)
{
	write_number(MAGAZINE, -1);
	write_number(CPU1_ONLINE, 1);
	close(self->fd);
	GUARD_END(&self->guard);
}

static uint32_t parked(const struct mmlab_cache_stat *s)
{
	return s->nr_parked + s->nr_depot;
}

TEST_F(magazine, parked_are_not_active)
{
	const struct slab_row *row;
	struct mmlab_cache_stat s;
	long nr_slabs;

	ASSERT_EQ(NR_OBJECTS, object_alloc_many(self->fd, self->id, self->lvas,
						NR_OBJECTS));
	ASSERT_FINE(read_slabinfo(&self->slabs));
	row = slab_row(&self->slabs, "parked");
	EXPECT_EQ(NR_OBJECTS, row->active_objs);
	ASSERT_EQ(0, object_free_many(self->fd, self->id, self->lvas,
				      NR_OBJECTS));
	ASSERT_FINE(read_slabinfo(&self->slabs));
	row = slab_row(&self->slabs, "parked");
	EXPECT_EQ(0, row->active_objs);
	EXPECT_LT(0, row->active_slabs);
	ASSERT_EQ(0, cache_stat(self->fd, self->id, &s));
	EXPECT_EQ(0, s.nr_active);
	EXPECT_LT(2 * s.magazine, parked(&s));
	EXPECT_LT(0, s.nr_depot);
	EXPECT_LE(NR_OBJECTS, s.high_active);
	EXPECT_EQ(NR_OBJECTS, s.nr_alloc + s.nr_alloc_slow);
	EXPECT_EQ(NR_OBJECTS, s.nr_free_fast + s.nr_free_slow);
	EXPECT_GT(NR_OBJECTS / 10, s.nr_alloc_slow);

	nr_slabs = s.nr_full + s.nr_partial + s.nr_free;
	EXPECT_EQ(nr_slabs << s.order, cache_op(self->fd, self->id,
						MMLAB_CACHE_SHRINK, 0));
	ASSERT_EQ(0, cache_stat(self->fd, self->id, &s));
	EXPECT_EQ(0, parked(&s) + s.nr_full + s.nr_partial + s.nr_free +
		  s.nr_full_magazines + s.nr_empty_magazines);
	EXPECT_EQ(s.nr_grown, s.nr_reaped);
	ASSERT_FINE(read_slabinfo(&self->slabs));
	EXPECT_EQ(0, slab_row(&self->slabs, "parked")->num_slabs);
}

/* Going up and down by a magazine needs nothing but this CPU's own two. */
TEST_F(magazine, no_thrashing_at_the_border)
{
	struct mmlab_cache_stat before, after;
	cpu_set_t all, one;
	int i;

	sched_getaffinity(0, sizeof(all), &all);
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(one), &one));
	ASSERT_EQ(0, cache_op(self->fd, self->id, MMLAB_CACHE_RESIZE, 10));
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(100, object_alloc_many(self->fd, self->id, self->lvas,
						 100));
		ASSERT_EQ(0, object_free_many(self->fd, self->id, self->lvas, 100));
	}
	ASSERT_EQ(0, cache_stat(self->fd, self->id, &before));
	for (i = 0; i < 50; i++) {
		ASSERT_EQ(11, object_alloc_many(self->fd, self->id, self->lvas, 11));
		ASSERT_EQ(0, object_free_many(self->fd, self->id, self->lvas, 11));
	}
	ASSERT_EQ(0, cache_stat(self->fd, self->id, &after));
	EXPECT_GE(1, after.nr_exchanges - before.nr_exchanges);
	EXPECT_GE(104, after.nr_alloc_slow - before.nr_alloc_slow);
	EXPECT_EQ(before.nr_grown, after.nr_grown);
	sched_setaffinity(0, sizeof(all), &all);
}

/* Everything freed and shrunk: the buddy has it all in its largest blocks. */
TEST_F_TIMEOUT(magazine, all_frames_come_home, 60)
{
	static const uint32_t sizes[] = { 8, 100, 1000, 5000, 100000 };
	struct buddyinfo before, after;
	struct mmlab_object o;
	size_t i, k;
	char text[1024];

	ASSERT_LT(0, cause_shortage(self->fd));
	ASSERT_LT(0, read_whole("buddyinfo", text, sizeof(text)));
	ASSERT_FINE(parse_buddyinfo(text, &before));
	for (i = 0; i < ARRAY_LEN(sizes); i++) {
		int fd = lab_open(O_RDWR);
		long id = cache_create(fd, "visitor", sizes[i], 0);
		size_t n = 10000000 / (sizes[i] + 9000);

		for (k = 0; k < n; k++) {
			ASSERT_EQ(0, object_alloc(fd, KMALLOC, sizes[i], &o));
			ASSERT_EQ(0, object_alloc(fd, id, 0, &o));
			if (k % 3)
				ASSERT_EQ(0, object_free(fd, id, o.lva));
		}
		close(fd);
	}
	ASSERT_LT(0, cause_shortage(self->fd));
	ASSERT_LT(0, read_whole("buddyinfo", text, sizeof(text)));
	ASSERT_FINE(parse_buddyinfo(text, &after));
	for (i = 0; i < before.nr_zones; i++)
		EXPECT_EQ(before.zone[i].nr_free[NR_ORDERS - 1],
			  after.zone[i].nr_free[NR_ORDERS - 1]);
	EXPECT_LE(buddyinfo_frames(&before), buddyinfo_frames(&after));
}

/* Parked objects are used before an allocation fails. */
TEST_F_TIMEOUT(magazine, shortage_takes_what_is_parked, 60)
{
	long most, stalls, nr = 0, id, order;
	struct mmlab_cache_stat s;
	static uint32_t lvas[100];
	struct mmlab_block b;
	struct census c;

	most = cause_shortage(self->fd);
	ASSERT_LT(1000, most);
	id = cache_create(self->fd, "large", 65536, 0);
	ASSERT_EQ(0, cache_op(self->fd, id, MMLAB_CACHE_RESIZE, 50));
	ASSERT_EQ(100, object_alloc_many(self->fd, id, lvas, 100));
	ASSERT_EQ(0, object_free_many(self->fd, id, lvas, 100));
	ASSERT_EQ(0, cache_stat(self->fd, id, &s));
	EXPECT_LE(100, parked(&s));
	stalls = lab_vmstat("allocstall");

	for (order = MMLAB_NR_ORDERS - 1; order >= 0; order--)
		while (!lab_alloc(self->fd, order, MMLAB_ZONE_NORMAL, &b))
			nr += 1L << order;
	EXPECT_EQ(most, nr);
	EXPECT_LT(stalls, lab_vmstat("allocstall"));
	ASSERT_EQ(0, cache_stat(self->fd, id, &s));
	EXPECT_EQ(0, parked(&s));
	EXPECT_EQ(0, s.nr_full + s.nr_partial + s.nr_free);
	ASSERT_FINE(read_census(&c));
	EXPECT_EQ(self->guard.nr_frames, census_sum(&c));
	ASSERT_FINE(check_now());
}

static int use_on_cpu(void *arg)
{
	const int *fd_id_cpu = arg;
	static uint32_t lvas[150];
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(fd_id_cpu[2], &set);
	CHILD_CHECK(sched_setaffinity(0, sizeof(set), &set) == 0);
	CHILD_CHECK(object_alloc_many(fd_id_cpu[0], fd_id_cpu[1], lvas, 150) ==
		    150);
	CHILD_CHECK(object_free_many(fd_id_cpu[0], fd_id_cpu[1], lvas, 150) ==
		    0);
	return 0;
}

TEST_F(magazine, cpu_goes_offline)
{
	int args[] = { self->fd, self->id, 1 };
	struct mmlab_cache_stat s, before;

	if (access(CPU1_ONLINE, W_OK))
		SKIP(return, "there is no second CPU that can go offline");
	ASSERT_EQ(0, run_child(use_on_cpu, args));
	ASSERT_EQ(0, cache_stat(self->fd, self->id, &before));
	EXPECT_LT(0, before.nr_parked);
	ASSERT_EQ(0, write_number(CPU1_ONLINE, 0));
	ASSERT_EQ(0, cache_stat(self->fd, self->id, &s));
	EXPECT_EQ(0, s.nr_parked);
	EXPECT_EQ(0, s.nr_active);
	/* what it did is still counted */
	EXPECT_EQ(before.nr_alloc, s.nr_alloc);
	EXPECT_EQ(before.nr_alloc_slow, s.nr_alloc_slow);
	EXPECT_EQ(before.nr_free_fast, s.nr_free_fast);
	EXPECT_EQ(before.nr_free_slow, s.nr_free_slow);
	ASSERT_FINE(check_now());
	ASSERT_EQ(0, write_number(CPU1_ONLINE, 1));
	ASSERT_EQ(0, run_child(use_on_cpu, args));
}

struct churner {
	int fd;
	uint32_t id, seed;
	volatile bool *stop;
	bool may_starve;	/* there may be no memory */
	unsigned long rounds;
	const char *wrong;
};

/* Objects come and go; each is marked, and must be as it was left. */
static void *churn(void *arg)
{
	struct churner *c = arg;
	struct mmlab_object o[40] = { { .id = 0 } };
	uint64_t mark;

	while (!*c->stop && !c->wrong) {
		size_t i = rand_r(&c->seed) % ARRAY_LEN(o);
		uint64_t wanted = (uintptr_t)c + i;
		uint32_t id = i % 4 ? c->id : KMALLOC;

		if (o[i].lva) {
			if (pread(c->fd, &mark, 8, o[i].lva) != 8 ||
			    mark != wanted)
				c->wrong = "an object has lost its mark";
			else if (object_free(c->fd, id, o[i].lva))
				c->wrong = "free";
			o[i].lva = 0;
		} else if (object_alloc(c->fd, id, id ? 0 : 8 + i * i, &o[i])) {
			o[i].lva = 0;
			c->wrong = c->may_starve ? NULL : "alloc";
		} else if (pwrite(c->fd, &wanted, 8, o[i].lva) != 8) {
			c->wrong = "pwrite";
		}
		c->rounds++;
	}
	for (size_t i = 0; i < ARRAY_LEN(o) && !c->wrong; i++)
		if (o[i].lva)
			object_free(c->fd, i % 4 ? c->id : KMALLOC, o[i].lva);
	return NULL;
}

#define NR_CHURNERS	2

struct load {
	volatile bool stop;
	struct churner churner[NR_CHURNERS];
	pthread_t thread[NR_CHURNERS];
};

static void load_begin(struct load *l, int fd, uint32_t id, bool may_starve)
{
	size_t i;

	memset(l, 0, sizeof(*l));
	for (i = 0; i < NR_CHURNERS; i++) {
		l->churner[i] = (struct churner){ fd, id, i + 1, &l->stop,
						 may_starve };
		pthread_create(&l->thread[i], NULL, churn, &l->churner[i]);
	}
}

/* NULL, or what went wrong. */
static const char *load_end(struct load *l)
{
	const char *wrong = NULL;
	size_t i;

	l->stop = true;
	for (i = 0; i < NR_CHURNERS; i++) {
		pthread_join(l->thread[i], NULL);
		wrong = wrong ?: l->churner[i].wrong;
		if (!l->churner[i].rounds)
			wrong = "a thread did nothing";
	}
	return wrong;
}

TEST_F_TIMEOUT(magazine, sizes_change_under_load, 60)
{
	static const long sizes[] = { 0, 1, 240, 7, -1, 0, 2, -1 };
	const struct slab_row *row;
	struct mmlab_cache_stat s;
	struct load load;
	size_t i;

	load_begin(&load, self->fd, self->id, false);
	for (i = 0; i < 3 * ARRAY_LEN(sizes); i++) {
		long size = sizes[i % ARRAY_LEN(sizes)];

		ASSERT_EQ(0, write_number(MAGAZINE, size));
		EXPECT_EQ(size, read_number(MAGAZINE));
		ASSERT_EQ(0, cache_stat(self->fd, self->id, &s));
		EXPECT_EQ(size < 0 ? 60 : size, s.magazine);
		EXPECT_TRUE(size || !parked(&s));
		ASSERT_FINE(read_slabinfo(&self->slabs));
		row = slab_row(&self->slabs, "parked");
		EXPECT_GE(NR_CHURNERS * 40, row->active_objs);
		usleep(20000);
		ASSERT_FINE(check_now());
	}
	ASSERT_FINE(load_end(&load));
	EXPECT_EQ(-EINVAL, write_number(MAGAZINE, -2));
	EXPECT_EQ(-EINVAL, write_number(MAGAZINE, 241));
	EXPECT_EQ(-1, read_number(MAGAZINE));
	ASSERT_EQ(0, cache_stat(self->fd, self->id, &s));
	EXPECT_EQ(0, s.nr_active);
}

TEST_F_TIMEOUT(magazine, cpu_comes_and_goes_under_load, 60)
{
	struct mmlab_cache_stat s;
	struct load load;
	int i;

	if (access(CPU1_ONLINE, W_OK))
		SKIP(return, "there is no second CPU that can go offline");
	load_begin(&load, self->fd, self->id, false);
	for (i = 0; i < 6; i++) {
		ASSERT_EQ(0, write_number(CPU1_ONLINE, i % 2));
		ASSERT_FINE(check_now());
		usleep(100000);
		ASSERT_FINE(read_slabinfo(&self->slabs));
	}
	ASSERT_FINE(load_end(&load));
	ASSERT_EQ(0, cache_stat(self->fd, self->id, &s));
	EXPECT_EQ(0, s.nr_active);
	ASSERT_FINE(check_now());
}

TEST_F_TIMEOUT(magazine, shrunk_under_load, 60)
{
	struct load load;
	int i;

	load_begin(&load, self->fd, self->id, true);
	for (i = 0; i < 100; i++) {
		ASSERT_LE(0, cache_op(self->fd, self->id, MMLAB_CACHE_SHRINK, 0));
		if (i % 10 == 0)
			ASSERT_LT(0, cause_shortage(self->fd));
	}
	ASSERT_FINE(load_end(&load));
	ASSERT_FINE(check_now());
}

TEST_HARNESS_MAIN
