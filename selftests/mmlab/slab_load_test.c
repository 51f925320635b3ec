// SPDX-License-Identifier: GPL-2.0
/*
 * Caches that are made, used and destroyed by many at once, while others look at
 * them: no answer but those that are meant, and numbers that agree afterwards.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "objects.h"

#define NR_THREADS	4
#define NR_CACHES	6

FIXTURE(slab_load) {
	struct guard guard;
	struct slabinfo slabs;
	int fd;
	time_t until;
};

FIXTURE_SETUP(slab_load)
{
	GUARD_BEGIN(&self->guard);
	self->fd = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->until = time(NULL) + (getenv("MMLAB_LONG") ? 30 : 3);
}

FIXTURE_TEARDOWN(slab_load)
{
	close(self->fd);
	GUARD_END(&self->guard);
}

/* The caches of one lab process, which its threads share. */
struct shared {
	int fd;
	time_t until;
	volatile uint32_t ids[NR_CACHES];
	volatile unsigned long done[NR_CACHES];	/* times that one was destroyed */
};

struct worker {
	struct shared *shared;
	unsigned int seed;
	char wrong[128];
	unsigned long rounds;
};

static void blame(struct worker *w, const char *what, long err)
{
	if (!*w->wrong)
		snprintf(w->wrong, sizeof(w->wrong), "%s: %s", what,
			 strerror(-err));
}

static const uint32_t flags[NR_CACHES] = { 0, 0, DEBUG_FLAGS,
					   MMLAB_CACHE_RANDOM, MMLAB_CACHE_DMA,
					   MMLAB_CACHE_POISON };

/* Makes cache @i, unless it is there; perhaps another thread is faster. */
static void make(struct worker *w, size_t i)
{
	char name[32];
	long id;

	snprintf(name, sizeof(name), "shared-%zu", i);
	id = cache_create(w->shared->fd, name, 40 + i * 300, flags[i]);
	if (id > 0)
		w->shared->ids[i] = id;
	else if (id != -EEXIST)
		blame(w, "create", id);
}

static void use(struct worker *w, uint32_t id)
{
	uint32_t lvas[30];
	size_t n = 0, nr = 1 + rand_r(&w->seed) % ARRAY_LEN(lvas);
	struct mmlab_object o;
	int err = 0;

	while (n < nr && !err) {
		err = object_alloc(w->shared->fd, id, 0, &o);
		if (!err)
			lvas[n++] = o.lva;
	}
	if (err && err != -ENOENT)
		blame(w, "alloc", err);
	/* while there are objects, the cache can't go */
	err = object_free_many(w->shared->fd, id, lvas, n);
	if (err)
		blame(w, "free", err);
}

/* On a busy machine the time can be over before a thread has begun. */
static bool has_to_go_on(const struct worker *w)
{
	const struct shared *s = w->shared;
	unsigned long destroyed = 0;
	size_t i;

	for (i = 0; i < NR_CACHES; i++)
		destroyed += s->done[i];
	return !*w->wrong && (time(NULL) < s->until || !w->rounds || !destroyed);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct shared *s = w->shared;

	while (has_to_go_on(w)) {
		size_t i = rand_r(&w->seed) % NR_CACHES;
		uint32_t id = s->ids[i];
		long err = 0;

		switch (id ? rand_r(&w->seed) % 16 : 16) {
		case 0:
			err = cache_op(s->fd, id, MMLAB_CACHE_DESTROY, 0);
			if (!err)
				__sync_fetch_and_add(&s->done[i], 1);
			if (err == -EBUSY)
				err = 0;
			else
				make(w, i);
			break;
		case 1:
			err = cache_op(s->fd, id, MMLAB_CACHE_SHRINK, 0);
			break;
		case 2:
			err = cache_op(s->fd, id, MMLAB_CACHE_RESIZE,
				       flags[i] & DEBUG_FLAGS ? 0 :
				       rand_r(&w->seed) % 100);
			/* a handle may come again, of a cache for debugging */
			if (err == -EINVAL)
				err = 0;
			break;
		case 16:
			make(w, i);
			break;
		default:
			use(w, id);
		}
		if (err < 0 && err != -ENOENT)
			blame(w, "cache_op", err);
		w->rounds++;
	}
	return NULL;
}

/* Looks at everything from another process. */
static int watch(void *arg)
{
	time_t until = *(time_t *)arg;
	static struct slabinfo s;
	unsigned long rounds = 0;
	int fd = lab_open(O_RDONLY);
	static char text[8192];

	CHILD_CHECK(fd >= 0);
	while (time(NULL) < until) {
		uint32_t id = 1 + rounds++ % 64, index = 0;
		const char *wrong = read_slabinfo(&s);
		struct mmlab_cache_stat stat;
		struct mmlab_slab_map map;
		int err;

		if (wrong)
			fprintf(stderr, "# watcher: %s\n", wrong);
		CHILD_CHECK(!wrong);
		while (!(err = slab_map(fd, id, index, &map)))
			CHILD_CHECK(map.nr_used <= map.nr_objects && index++ < 1e6);
		CHILD_CHECK(err == -ENOENT);
		err = cache_stat(fd, id, &stat);
		CHILD_CHECK(err == -ENOENT || (!err && stat.id == id));
		CHILD_CHECK(err || stat.nr_active + stat.nr_parked +
			    stat.nr_depot <= stat.nr_objects *
			    (stat.nr_full + stat.nr_partial + stat.nr_free));
		CHILD_CHECK(read_whole("check", text, sizeof(text)) > 0);
		wrong = parse_check(text);
		if (wrong)
			fprintf(stderr, "# watcher: %s\n", text);
		CHILD_CHECK(!wrong);
	}
	return 0;
}

TEST_F_TIMEOUT(slab_load, threads_share_caches, 120)
{
	struct shared shared = { .fd = self->fd, .until = self->until };
	struct worker workers[NR_THREADS] = { { .seed = 0 } };
	pthread_t threads[NR_THREADS];
	unsigned long destroyed = 0, rounds = 0;
	int status = -1;
	pid_t watcher;
	size_t i;

	fflush(NULL);
	watcher = fork();
	if (!watcher)
		_exit(watch(&self->until));
	for (i = 0; i < NR_THREADS; i++) {
		workers[i] = (struct worker){ &shared, i + 1 };
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, work,
					    &workers[i]));
	}
	for (i = 0; i < NR_THREADS; i++) {
		pthread_join(threads[i], NULL);
		EXPECT_STREQ("", workers[i].wrong);
		EXPECT_LT(0, workers[i].rounds);
		rounds += workers[i].rounds;
	}
	ASSERT_EQ(watcher, waitpid(watcher, &status, 0));
	EXPECT_EQ(0, status);
	for (i = 0; i < NR_CACHES; i++) {
		struct mmlab_cache_stat s;

		destroyed += shared.done[i];
		if (!cache_stat(self->fd, shared.ids[i], &s))
			EXPECT_EQ(0, s.nr_active);
	}
	TH_LOG("%lu rounds, %lu caches destroyed", rounds, destroyed);
	EXPECT_LT(0, destroyed);
	ASSERT_FINE(read_slabinfo(&self->slabs));
	EXPECT_EQ(slabinfo_frames(&self->slabs),
		  lab_vmstat("nr_slab_unreclaimable"));
}

/* Two threads free the same object: one of them does. */
struct racer {
	int fd;
	uint32_t id;
	const uint32_t *lvas;
	size_t nr, freed;
	int err;
};

static void *race(void *arg)
{
	struct racer *r = arg;
	size_t i;

	for (i = 0; i < r->nr; i++) {
		int err = object_free(r->fd, r->id, r->lvas[i]);

		r->freed += !err;
		if (err && err != -ENOENT)
			r->err = err;
	}
	return NULL;
}

TEST_F_TIMEOUT(slab_load, two_threads_free_the_same, 60)
{
	static const uint32_t some_flags[] = { 0, DEBUG_FLAGS };
	static uint32_t lvas[3000];
	size_t i;

	for (i = 0; i < ARRAY_LEN(some_flags); i++) {
		long id = cache_create(self->fd, "raced", 100, some_flags[i]);
		struct racer a = { self->fd, id, lvas, 3000 }, b = a;
		struct mmlab_cache_stat s;
		pthread_t thread;

		ASSERT_EQ(3000, object_alloc_many(self->fd, id, lvas, 3000));
		ASSERT_EQ(0, pthread_create(&thread, NULL, race, &a));
		race(&b);
		pthread_join(thread, NULL);
		EXPECT_EQ(3000, a.freed + b.freed);
		EXPECT_EQ(0, a.err);
		EXPECT_EQ(0, b.err);
		ASSERT_EQ(0, cache_stat(self->fd, id, &s));
		EXPECT_EQ(0, s.nr_active);
		ASSERT_EQ(0, cache_op(self->fd, id, MMLAB_CACHE_DESTROY, 0));
	}
}

/* Lab processes that come, use everything, and are killed in the middle. */
static int mess(void *arg)
{
	unsigned int seed = *(unsigned int *)arg, i;
	int fd = lab_open(O_RDWR);
	struct mmlab_object o;
	char name[32];

	for (i = 0; ; i++) {
		long id;

		snprintf(name, sizeof(name), "mess-%u-%u", seed, i % 20);
		id = cache_create(fd, name, 1 + rand_r(&seed) % 9000,
				  flags[i % NR_CACHES]);
		if (id > 0)
			object_alloc(fd, id, 0, &o);
		object_alloc(fd, KMALLOC, 1 + rand_r(&seed) % 200000, &o);
	}
	return 0;
}

TEST_F_TIMEOUT(slab_load, killed_in_the_middle, 60)
{
	struct mmlab_cache_stat s;
	struct census before, after;
	unsigned int seed;
	unsigned int i;
	pid_t pid;

	ASSERT_LT(0, cause_shortage(self->fd));
	ASSERT_FINE(read_census(&before));
	for (seed = 1; seed <= 10; seed++) {
		fflush(NULL);
		pid = fork();
		if (!pid)
			_exit(mess(&seed));
		usleep(50000 + 7919 * seed);
		kill(pid, SIGKILL);
		ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	}
	ASSERT_FINE(read_slabinfo(&self->slabs));
	for (i = 0; i < self->slabs.nr_rows; i++)
		EXPECT_NE(0, strncmp("mess", self->slabs.row[i].name, 4));
	EXPECT_EQ(slabinfo_frames(&self->slabs),
		  lab_vmstat("nr_slab_unreclaimable"));
	ASSERT_EQ(0, cache_stat_named(self->fd, "mm_struct", &s));
	EXPECT_EQ(1, s.nr_active);
	ASSERT_LT(0, cause_shortage(self->fd));
	ASSERT_FINE(read_census(&after));
	EXPECT_EQ(before.slab, after.slab);
}

/* slabinfo, meminfo, vmstat and kpageflags tell of the same slabs. */
TEST_F_TIMEOUT(slab_load, numbers_agree, 60)
{
	static const uint32_t sizes[] = { 8, 300, 4096, 70000 };
	unsigned long frames, active = 0;
	uint32_t step, i;
	struct table t;
	char text[8192];

	for (step = 0; step < 12; step++) {
		struct mmlab_object o;
		long id;

		snprintf(text, 32, "step-%u", step);
		id = cache_create(self->fd, text, sizes[step % 4],
				  flags[step % NR_CACHES]);
		ASSERT_LT(0, id);
		for (i = 0; i < 37; i++)
			ASSERT_EQ(0, object_alloc(self->fd, id, 0, &o));
		ASSERT_EQ(0, object_free(self->fd, id, o.lva));
		ASSERT_EQ(0, object_alloc(self->fd, KMALLOC, step * 50 + 1, &o));

		ASSERT_FINE(read_slabinfo(&self->slabs));
		frames = slabinfo_frames(&self->slabs);
		ASSERT_LT(0, read_whole("meminfo", text, sizeof(text)));
		ASSERT_FINE(parse_meminfo(text, &t));
		EXPECT_EQ(frames * page_size() / 1024,
			  table_value(&t, "Slab", NULL));
		EXPECT_EQ(table_value(&t, "Slab", NULL),
			  table_value(&t, "SReclaimable", NULL) +
			  table_value(&t, "SUnreclaim", NULL));
		EXPECT_EQ(frames, lab_vmstat("nr_slab_unreclaimable"));
		snprintf(text, 32, "step-%u", step);
		EXPECT_EQ(36, slab_row(&self->slabs, text)->active_objs);
	}
	for (i = 0; i < self->slabs.nr_rows; i++)
		if (!strncmp(self->slabs.row[i].name, "step-", 5))
			active += self->slabs.row[i].active_objs;
	EXPECT_EQ(12 * 36, active);
}

TEST_HARNESS_MAIN
