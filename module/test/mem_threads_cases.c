// SPDX-License-Identifier: GPL-2.0
/*
 * Two CPUs on one cache: objects made on one are freed on the other, and both
 * work at random while their magazines are emptied under them.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/sched.h>

#include "../mmlab_api.h"
#include "cases.h"

#define OBJECT_SIZE	72U
#define RING		512U
#define NR_LIVE		200U

/**
 * struct ring - objects on their way from one thread to the other
 * @slot: objects
 * @head: number of objects put in so far, the producer's
 * @tail: number of objects taken out so far, the consumer's
 */
struct ring {
	void *slot[RING];
	u32 head;
	u32 tail;
};

/**
 * struct worker - one thread
 * @t: expectations of its own; collected when it has ended
 * @cache: cache of all
 * @ring: between producer and consumer
 * @mark: what it writes into its objects
 * @live: objects it holds
 * @nr_live: of them
 * @task: the thread
 * @done: completed at its end
 */
struct worker {
	struct test_ctx t;
	struct mmlab_kmem_cache *cache;
	struct ring *ring;
	u64 mark;
	u64 *live[NR_LIVE];
	u32 nr_live;
	struct task_struct *task;
	struct completion done;
};

static void mark_object(u64 *object, u64 mark)
{
	object[0] = mark;
	object[OBJECT_SIZE / 8 - 1] = ~mark;
}

static void expect_mark(struct test_ctx *t, const u64 *object, u64 mark)
{
	EXPECT_EQ(t, mark, object[0]);
	EXPECT_EQ(t, ~mark, object[OBJECT_SIZE / 8 - 1]);
}

static int produce(void *data)
{
	struct worker *w = data;
	struct ring *ring = w->ring;
	u32 i;

	for (i = 0; i < w->t.ops; i++) {
		u64 *object = mmlab_kmem_cache_alloc(w->cache);

		/* pairs with the consumer's release: the slot is empty */
		while (i - smp_load_acquire(&ring->tail) >= RING)
			cond_resched();
		if (EXPECT(&w->t, object))
			mark_object(object, i);
		ring->slot[i % RING] = object;
		/* pairs with the consumer's acquire: the slot is filled */
		smp_store_release(&ring->head, i + 1);
	}
	complete(&w->done);
	return 0;
}

static int consume(void *data)
{
	struct worker *w = data;
	struct ring *ring = w->ring;
	u32 i;

	for (i = 0; i < w->t.ops; i++) {
		u64 *object;

		/* pairs with the producer's release: the slot is filled */
		while (smp_load_acquire(&ring->head) == i)
			cond_resched();
		object = ring->slot[i % RING];
		/* pairs with the producer's acquire: the slot is empty */
		smp_store_release(&ring->tail, i + 1);
		if (!object)
			continue;
		expect_mark(&w->t, object, i);
		EXPECT_EQ(&w->t, 0, mmlab_kmem_cache_free(w->cache, object));
	}
	complete(&w->done);
	return 0;
}

static void free_one(struct worker *w, u32 i)
{
	u64 *object = w->live[i];

	w->live[i] = w->live[--w->nr_live];
	expect_mark(&w->t, object, w->mark);
	EXPECT_EQ(&w->t, 0, mmlab_kmem_cache_free(w->cache, object));
}

static int churn(void *data)
{
	struct worker *w = data;
	u32 op;

	for (op = 0; op < w->t.ops; op++) {
		if (w->nr_live < NR_LIVE && (!w->nr_live || test_below(&w->t, 2))) {
			u64 *object = mmlab_kmem_cache_alloc(w->cache);

			if (!EXPECT(&w->t, object))
				break;
			mark_object(object, w->mark);
			w->live[w->nr_live++] = object;
		} else {
			free_one(w, test_below(&w->t, w->nr_live));
		}
		if (op % 4096 == 0) {
			mmlab_kmem_cache_shrink(w->cache);
			cond_resched();
		}
	}
	while (w->nr_live)
		free_one(w, 0);
	complete(&w->done);
	return 0;
}

static void collect(struct test_ctx *t, const struct test_ctx *part)
{
	if (part->nr_failures && !t->nr_failures)
		memcpy(t->message, part->message, sizeof(t->message));
	t->nr_failures += part->nr_failures;
	t->nr_checks += part->nr_checks;
}

/* Each on a CPU of its own, if there are two. */
static void run_threads(struct test_ctx *t, u32 ops, int (*const work[2])(void *))
{
	struct mmlab_kmem_cache *cache = mmlab_kmem_cache_create("test-threads", OBJECT_SIZE, 0,
								 0, NULL);
	struct worker *w = mmlab_test_alloc(t, 2 * sizeof(*w));
	struct ring *ring = mmlab_test_alloc(t, sizeof(*ring));
	unsigned int cpu = cpumask_first(cpu_online_mask), i;

	if (!EXPECT(t, !IS_ERR(cache)) || !w || !ring)
		return;
	for (i = 0; i < 2; i++) {
		w[i].t.ops = ops;
		mmlab_test_seed(&w[i].t.random, t->seed + i);
		w[i].cache = cache;
		w[i].ring = ring;
		w[i].mark = i + 1;
		init_completion(&w[i].done);
		w[i].task = kthread_create(work[i], &w[i], "mmlab_mem_test/%u", i);
		if (!EXPECT(t, !IS_ERR(w[i].task)))
			goto err_stop;
		kthread_bind(w[i].task, cpu);
		cpu = cpumask_next(cpu, cpu_online_mask);
		if (cpu >= nr_cpu_ids)
			cpu = cpumask_first(cpu_online_mask);
	}
	for (i = 0; i < 2; i++)
		wake_up_process(w[i].task);
	for (i = 0; i < 2; i++) {
		wait_for_completion(&w[i].done);
		collect(t, &w[i].t);
	}
	EXPECT_EQ(t, 0, mmlab_kmem_cache_destroy(cache));
	return;

err_stop:
	/* those that were made have not begun and never will */
	while (i-- > 0)
		kthread_stop(w[i].task);
	EXPECT_EQ(t, 0, mmlab_kmem_cache_destroy(cache));
}

static void threads_producer_consumer(struct test_ctx *t)
{
	static int (*const work[2])(void *) = { produce, consume };

	run_threads(t, t->ops / 5, work);
}

static void threads_churn(struct test_ctx *t)
{
	static int (*const work[2])(void *) = { churn, churn };

	run_threads(t, t->ops / 5, work);
}

const struct test_case mmlab_test_mem_threads[] = {
	{ "mem_threads_producer_consumer", threads_producer_consumer },
	{ "mem_threads_churn", threads_churn },
	{}
};
