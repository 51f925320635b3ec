// SPDX-License-Identifier: GPL-2.0
/*
 * A cache that goes while another thread, or another process, is about to use it
 * by its handle. All answers are among the expected ones, and no thread uses freed memory;
 * the kernels of scripts/vm/debug-kernel would report that.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"
#include "objects.h"

#define MAX_HANDLE	64

FIXTURE(slab_race) {
	struct guard guard;
	int fd, other;
	time_t until;
	uint32_t lowest;	/* the handle that the next cache will get */
};

FIXTURE_SETUP(slab_race)
{
	long id;

	GUARD_BEGIN(&self->guard);
	self->guard.expected = "mmlab: BUG inject-race";
	self->fd = lab_open(O_RDWR);
	self->other = lab_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_LE(0, self->other);
	id = cache_create(self->fd, "race-probe", 64, 0);
	ASSERT_LT(0, id);
	ASSERT_LE(0, cache_op(self->fd, id, MMLAB_CACHE_DESTROY, 0));
	self->lowest = id;
	self->until = time(NULL) + (getenv("MMLAB_LONG") ? 30 : 3);
}

FIXTURE_TEARDOWN(slab_race)
{
	close(self->other);
	close(self->fd);
	GUARD_END(&self->guard);
}

/* A thread that repeats an operation on one handle. */
struct poker {
	int fd;
	uint32_t id, op;
	atomic_bool end;
	unsigned long done, refused;
	long wrong;		/* an errno that is not meant */
	const long *allowed;	/* ends with 0 */
};

static bool is_allowed(const struct poker *p, long err)
{
	const long *a;

	for (a = p->allowed; *a; a++)
		if (*a == err)
			return true;
	return false;
}

static void *poke(void *arg)
{
	struct poker *p = arg;

	while (!atomic_load(&p->end)) {
		long err = cache_op(p->fd, p->id, p->op, 0);

		if (err >= 0)
			p->done++;
		else if (is_allowed(p, err))
			p->refused++;
		else
			p->wrong = err;
	}
	return NULL;
}

static void stop(struct poker *p, pthread_t thread)
{
	atomic_store(&p->end, true);
	pthread_join(thread, NULL);
}

/* Another process asks for the cache of one that is just closing. */
TEST_F_TIMEOUT(slab_race, foreign_handle_and_close, 120)
{
	static const long allowed[] = { -EPERM, -ENOENT, 0 };
	struct poker p = { .fd = self->other, .id = self->lowest,
			   .op = MMLAB_CACHE_SHRINK, .allowed = allowed };
	unsigned long rounds = 0;
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, poke, &p));
	while (time(NULL) < self->until) {
		int fd = lab_open(O_RDWR);

		ASSERT_LE(0, fd);
		EXPECT_EQ(self->lowest, cache_create(fd, "race-closed", 100, 0));
		close(fd);
		rounds++;
	}
	stop(&p, thread);
	TH_LOG("%lu closes, %lu refusals", rounds, p.refused);
	EXPECT_EQ(0, p.wrong);
	EXPECT_EQ(0, p.done);
	EXPECT_LT(0, p.refused);
	EXPECT_LT(0, rounds);
}

/* A sibling destroys the cache before its maker has its handle. */
TEST_F_TIMEOUT(slab_race, create_and_destroy, 120)
{
	static const long allowed[] = { -ENOENT, -EBUSY, 0 };
	struct poker p = { .fd = self->fd, .id = self->lowest,
			   .op = MMLAB_CACHE_DESTROY, .allowed = allowed };
	unsigned long made = 0, there = 0;
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, poke, &p));
	while (time(NULL) < self->until) {
		long id = cache_create(self->fd, "race-made", 100, 0);

		if (id == -EEXIST) {
			there++;
			continue;
		}
		ASSERT_EQ(self->lowest, id);
		made++;
	}
	stop(&p, thread);
	cache_op(self->fd, self->lowest, MMLAB_CACHE_DESTROY, 0);
	TH_LOG("%lu made, %lu destroyed, %lu times still there", made, p.done,
	       there);
	EXPECT_EQ(0, p.wrong);
	EXPECT_LT(0, p.done);
	EXPECT_GE(made, p.done);
	EXPECT_GE(p.done + 1, made);
}

/* What INJECT is about to free twice goes with its cache in between. */
TEST_F_TIMEOUT(slab_race, inject_and_destroy, 120)
{
	static const long allowed[] = { -ENOENT, -EBUSY, 0 };
	struct poker p = { .fd = self->fd, .id = self->lowest,
			   .op = MMLAB_CACHE_DESTROY, .allowed = allowed };
	unsigned long injected = 0, gone = 0;
	pthread_t thread;

	if (lab_vmstat("lab_reports"))
		SKIP(return, "what is injected here would not be told from older reports");
	ASSERT_EQ(0, pthread_create(&thread, NULL, poke, &p));
	while (time(NULL) < self->until) {
		struct mmlab_injection inject = {
			.kind = MMLAB_INJECT_DOUBLE_FREE };
		struct mmlab_object o;
		int err;

		cache_create(self->fd, "inject-race", 100, MMLAB_CACHE_POISON);
		if (object_alloc(self->fd, self->lowest, 0, &o)) {
			gone++;
			continue;
		}
		inject.lva = o.lva;
		err = lab_ioctl(self->fd, MMLAB_INJECT, &inject);
		ASSERT_EQ(0, err);
		injected++;
	}
	stop(&p, thread);
	cache_op(self->fd, self->lowest, MMLAB_CACHE_DESTROY, 0);
	TH_LOG("%lu injected, %lu caches destroyed, %lu times too late", injected,
	       p.done, gone);
	EXPECT_EQ(0, p.wrong);
	EXPECT_LT(0, injected);
	EXPECT_LT(0, p.done);
	/* the module is as it is after an injection: begin anew */
	close(self->fd);
	close(self->other);
	EXPECT_EQ(0, lab_unload());
	EXPECT_EQ(0, lab_load(""));
	/* memory that an earlier program had left in the old module is gone with it */
	ASSERT_FINE(read_census(&self->guard.before));
	self->fd = lab_open(O_RDWR);
	self->other = lab_open(O_RDWR);
}

TEST_HARNESS_MAIN
