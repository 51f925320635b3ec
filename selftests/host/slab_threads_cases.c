// SPDX-License-Identifier: GPL-2.0
/*
 * Threads on one slab cache while a validator looks on. TSan looks for races;
 * every object that a thread holds carries its mark, so that an object handed
 * out twice shows too.
 */
#include "../../module/core/buddy.h"
#include "../../module/core/slab_debug.h"
#include "host.h"

#define NR_WORKERS	4
#define NR_LIVE		64U
#define OBJECT_SIZE	104U

/**
 * struct worker - one thread
 * @t: expectations of its own; collected when it has ended
 * @m: machine of all
 * @c: cache of all
 * @thread: the thread
 * @mark: number that it writes into its objects
 * @live: objects it holds, @nr_live of them
 * @done: not 0 when all workers have ended, for the observer
 */
struct worker {
	struct test_ctx t;
	struct lab_machine *m;
	struct lab_slab_cache *c;
	pthread_t thread;
	u32 mark;
	void *live[NR_LIVE];
	u32 nr_live;
	int *done;
};

static void grow(struct worker *w)
{
	mmlab_test_grow(&w->t, w->m, w->c);
}

static void mark_objects(struct worker *w, u32 from, u32 nr)
{
	while (nr--)
		memset(w->live[from++], (int)w->mark, OBJECT_SIZE);
}

/* Checks that no other thread has written to it. */
static void expect_mine(struct worker *w, const void *object)
{
	const u8 *byte = object;

	EXPECT_EQ(&w->t, w->mark, byte[0]);
	EXPECT_EQ(&w->t, w->mark, byte[OBJECT_SIZE - 1]);
}

static void alloc_bulk(struct worker *w, u32 nr)
{
	u32 got;

	nr = min(nr, NR_LIVE - w->nr_live);
	got = mmlab_slab_alloc(w->m, w->c, w->live + w->nr_live, nr);
	mark_objects(w, w->nr_live, got);
	w->nr_live += got;
	if (got < nr)
		grow(w);
}

static void free_bulk(struct worker *w, u32 nr)
{
	u32 i;

	nr = min(nr, w->nr_live);
	w->nr_live -= nr;
	for (i = 0; i < nr; i++)
		expect_mine(w, w->live[w->nr_live + i]);
	EXPECT_EQ(&w->t, 0, mmlab_slab_free_bulk(w->m, w->c, w->live + w->nr_live,
						 nr));
}

static void *plain(void *data)
{
	struct worker *w = data;
	u32 op;

	for (op = 0; op < w->t.ops && !w->t.nr_failures; op++) {
		u32 nr = test_below(&w->t, 4) ? 1 : test_below(&w->t, NR_LIVE);

		if (test_below(&w->t, 2))
			alloc_bulk(w, nr);
		else
			free_bulk(w, nr);
		if (!test_below(&w->t, 64))
			mmlab_test_free_slabs(w->m, mmlab_slab_shrink(w->m, w->c, 1));
	}
	free_bulk(w, NR_LIVE);
	return NULL;
}

static void debug_alloc(struct worker *w)
{
	const struct lab_slab_track track = { .caller = w->mark, .when = 1 };
	struct lab_slab_fault fault;
	void *object = mmlab_slab_debug_alloc(w->m, w->c, &track, &fault);

	EXPECT_EQ(&w->t, SLAB_FAULT_NONE, fault.kind);
	if (!object) {
		grow(w);
		return;
	}
	w->live[w->nr_live++] = object;
	mark_objects(w, w->nr_live - 1, 1);
}

static void debug_free(struct worker *w)
{
	const struct lab_slab_track track = { .caller = w->mark, .when = 2 };
	void *object = w->live[--w->nr_live];
	struct lab_slab_fault fault;

	expect_mine(w, object);
	EXPECT_EQ(&w->t, 0, mmlab_slab_debug_free(w->m, w->c, object, &track,
						  &fault));
	EXPECT_EQ(&w->t, SLAB_FAULT_NONE, fault.kind);
}

static void *debugging(void *data)
{
	struct worker *w = data;
	u32 op;

	for (op = 0; op < w->t.ops / 4 && !w->t.nr_failures; op++) {
		if (w->nr_live < NR_LIVE && (!w->nr_live || test_below(&w->t, 2)))
			debug_alloc(w);
		else
			debug_free(w);
	}
	while (w->nr_live && !w->t.nr_failures)
		debug_free(w);
	return NULL;
}

/* An observer finds nothing wrong while the others work. */
static void *observe(void *data)
{
	struct worker *w = data;

	while (!__atomic_load_n(w->done, __ATOMIC_ACQUIRE)) {
		struct lab_cache_snapshot s;
		struct lab_slab_fault fault;

		mmlab_test_slab_sound(&w->t, w->m, w->c);
		EXPECT(&w->t, !mmlab_slab_debug_validate(w->m, w->c, &fault));
		EXPECT_EQ(&w->t, SLAB_FAULT_NONE, fault.kind);
		mmlab_slab_snapshot(w->c, &s);
		EXPECT_EQ(&w->t, s.nr_grown - s.nr_reaped,
			  s.nr_slabs[SLABS_FULL] + s.nr_slabs[SLABS_PARTIAL] +
			  s.nr_slabs[SLABS_FREE]);
		EXPECT(&w->t, s.nr_active <= NR_WORKERS * NR_LIVE);
	}
	return NULL;
}

static void run_threads(struct test_ctx *t, lab_slab_flags_t flags, void *(*work)(void *))
{
	const struct lab_cache_params params = {
		.name = "threads", .id = 1, .size = OBJECT_SIZE, .flags = flags,
	};
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(8), true);
	struct worker *w = mmlab_test_alloc(t, (NR_WORKERS + 1) * sizeof(*w));
	struct lab_slab_cache *c = mmlab_test_alloc(t, sizeof(*c));
	int done = 0, i;

	if (!m || !w || !c || !EXPECT_EQ(t, 0, mmlab_slab_init(c, &params)))
		return;
	for (i = 0; i <= NR_WORKERS; i++) {
		w[i].t.ops = t->ops / NR_WORKERS;
		mmlab_test_seed(&w[i].t.random, t->seed + i);
		w[i].m = m;
		w[i].c = c;
		w[i].mark = i + 1;
		w[i].done = &done;
		if (!EXPECT_EQ(t, 0, pthread_create(&w[i].thread, NULL,
						    i < NR_WORKERS ? work : observe,
						    &w[i])))
			return;
	}
	for (i = 0; i < NR_WORKERS; i++)
		pthread_join(w[i].thread, NULL);
	__atomic_store_n(&done, 1, __ATOMIC_RELEASE);
	pthread_join(w[NR_WORKERS].thread, NULL);
	for (i = 0; i <= NR_WORKERS; i++)
		mmlab_host_collect(t, &w[i].t);
	EXPECT_EQ(t, 0, c->nr_active);
	EXPECT_EQ(t, 0, c->nr_refused);
	EXPECT_EQ(t, 0, c->nr_quarantined);
	mmlab_test_free_slabs(m, mmlab_slab_shrink(m, c, 0));
	mmlab_test_slab_sound(t, m, c);
	EXPECT_EQ(t, c->nr_grown, c->nr_reaped);
	mmlab_test_sound(t, m);
}

static void threads_slab(struct test_ctx *t)
{
	run_threads(t, 0, plain);
}

static void threads_slab_debug(struct test_ctx *t)
{
	run_threads(t, LAB_SLAB_DEBUG_FLAGS, debugging);
}

const struct test_case mmlab_host_slab_threads[] = {
	{ "threads_slab", threads_slab },
	{ "threads_slab_debug", threads_slab_debug },
	{}
};
