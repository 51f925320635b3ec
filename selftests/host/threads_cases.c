// SPDX-License-Identifier: GPL-2.0
/*
 * Threads on one buddy allocator. TSan looks for races; every frame that a
 * thread holds carries its mark, so that a frame handed out twice shows too.
 */
#include "../../module/core/buddy.h"
#include "host.h"

#define NR_WORKERS	4
#define NR_LIVE		96

/**
 * struct worker - one thread
 * @t: expectations of its own; collected when it has ended
 * @m: machine of all
 * @mark: number that it writes into its frames
 * @live: blocks it holds, @nr_live of them
 * @done: nonzero when all workers have ended, for the observer
 */
struct worker {
	struct test_ctx t;
	struct lab_machine *m;
	pthread_t thread;
	u32 mark;
	u32 live[NR_LIVE];
	u32 nr_live;
	int *done;
};

static void mark_block(struct worker *w, u32 pfn, u32 nr, u32 from, u32 to)
{
	u32 i;

	for (i = 0; i < nr; i++) {
		EXPECT_EQ(&w->t, from, mmlab_frame(w->m, pfn + i)->owner);
		mmlab_frame(w->m, pfn + i)->owner = to;
	}
}

static void free_one(struct worker *w, u32 i)
{
	u32 pfn = w->live[i];
	unsigned int order = mmlab_frame(w->m, pfn)->order;

	w->live[i] = w->live[--w->nr_live];
	EXPECT_EQ(&w->t, 0,
		  mmlab_frame_may_free(w->m, pfn, order, USE_BLOCK, w->mark));
	mark_block(w, pfn, 1U << order, w->mark, 0);
	mmlab_buddy_free(w->m, pfn);
}

static void alloc_one(struct worker *w)
{
	unsigned int order = test_below(&w->t, test_below(&w->t, 8) ? 4 : 9);
	u32 pfn = mmlab_buddy_alloc(w->m, order, test_below(&w->t, 4) ? 0 : LAB_GFP_DMA);

	if (pfn == PFN_NONE)
		return;
	EXPECT_EQ(&w->t, order, mmlab_frame(w->m, pfn)->order);
	mmlab_frame(w->m, pfn)->use = USE_BLOCK;
	mark_block(w, pfn, 1U << order, 0, w->mark);
	w->live[w->nr_live++] = pfn;
}

static void *mixed(void *data)
{
	struct worker *w = data;
	u32 op;

	for (op = 0; op < w->t.ops; op++) {
		if (w->nr_live && (w->nr_live == NR_LIVE || test_below(&w->t, 2)))
			free_one(w, test_below(&w->t, w->nr_live));
		else
			alloc_one(w);
	}
	while (w->nr_live)
		free_one(w, 0);
	return NULL;
}

static void *bulk(void *data)
{
	struct worker *w = data;
	u32 op, pfn, got, back;

	for (op = 0; op < w->t.ops / 32; op++) {
		u32 zone = test_below(&w->t, NR_LAB_ZONES), head = PFN_NONE;
		unsigned int order = test_below(&w->t, 4);

		got = mmlab_buddy_alloc_bulk(w->m, zone, order,
					     1 + test_below(&w->t, 31), &head);
		for (pfn = head; pfn != PFN_NONE; pfn = mmlab_frame(w->m, pfn)->next)
			mark_block(w, pfn, 1U << order, 0, w->mark);
		for (pfn = head; pfn != PFN_NONE; pfn = mmlab_frame(w->m, pfn)->next)
			mark_block(w, pfn, 1U << order, w->mark, 0);
		back = mmlab_buddy_free_bulk(w->m, zone, got / 2, &head);
		back += mmlab_buddy_free_bulk(w->m, zone, got, &head);
		EXPECT_EQ(&w->t, got, back);
	}
	return NULL;
}

/* An observer finds numbers that agree while the others work. */
static void *observe(void *data)
{
	struct worker *w = data;

	while (!__atomic_load_n(w->done, __ATOMIC_ACQUIRE)) {
		struct lab_verdict v = {};
		u32 zone, order, sum;

		for (zone = 0; zone < NR_LAB_ZONES; zone++) {
			struct lab_zone_snapshot s;

			mmlab_buddy_snapshot(w->m, zone, &s);
			for (sum = 0, order = 0; order < LAB_NR_ORDERS; order++)
				sum += s.nr_free_blocks[order] << order;
			EXPECT_EQ(&w->t, s.nr_free, sum);
		}
		mmlab_buddy_validate(w->m, &v);
		w->t.nr_checks++;
		if (v.broken)
			mmlab_test_fail(&w->t, v.rule, (int)v.where, "sound",
					v.want, v.got);
	}
	return NULL;
}

void mmlab_host_collect(struct test_ctx *t, const struct test_ctx *part)
{
	if (part->nr_failures && !t->nr_failures)
		memcpy(t->message, part->message, sizeof(t->message));
	t->nr_failures += part->nr_failures;
	t->nr_checks += part->nr_checks;
}

static void run_threads(struct test_ctx *t, void *(*const work[])(void *))
{
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(16), false);
	struct worker *w = mmlab_test_alloc(t, (NR_WORKERS + 1) * sizeof(*w));
	int done = 0, i;
	u32 zone;

	if (!m || !w)
		return;
	for (i = 0; i <= NR_WORKERS; i++) {
		w[i].t.ops = t->ops / NR_WORKERS;
		mmlab_test_seed(&w[i].t.random, t->seed + i);
		w[i].m = m;
		w[i].mark = i + 1;
		w[i].done = &done;
		if (!EXPECT_EQ(t, 0, pthread_create(&w[i].thread, NULL,
						    i < NR_WORKERS ? work[i] : observe,
						    &w[i])))
			return;
	}
	for (i = 0; i < NR_WORKERS; i++)
		pthread_join(w[i].thread, NULL);
	__atomic_store_n(&done, 1, __ATOMIC_RELEASE);
	pthread_join(w[NR_WORKERS].thread, NULL);
	for (i = 0; i <= NR_WORKERS; i++)
		mmlab_host_collect(t, &w[i].t);
	mmlab_test_sound(t, m);
	for (zone = 0; zone < NR_LAB_ZONES; zone++) {
		EXPECT_EQ(t, m->zone[zone].nr_managed, m->zone[zone].nr_free);
		EXPECT_EQ(t, m->zone[zone].nr_splits, m->zone[zone].nr_merges);
	}
}

static void threads_mixed(struct test_ctx *t)
{
	static void *(*const work[NR_WORKERS])(void *) = {
		mixed, mixed, mixed, mixed
	};

	run_threads(t, work);
}

static void threads_bulk(struct test_ctx *t)
{
	static void *(*const work[NR_WORKERS])(void *) = {
		bulk, bulk, mixed, mixed
	};

	run_threads(t, work);
}

const struct test_case mmlab_host_threads[] = {
	{ "threads_mixed", threads_mixed },
	{ "threads_bulk", threads_bulk },
	{}
};
