/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The loops. They are inlined with the functions that they call, so that both
 * sides pay for nothing but their allocator.
 */
#ifndef MMLAB_BENCH_MEASURE_H
#define MMLAB_BENCH_MEASURE_H

#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/timex.h>

#include "bench.h"
#include "mark.h"

/* Allocations between two looks at the scheduler. */
#define BENCH_STRETCH	1000U

/**
 * struct bench_what - arguments of a loop's calls, in registers
 * @cache: struct mmlab_kmem_cache or struct kmem_cache
 * @arg: order or bytes
 */
struct bench_what {
	void *cache;
	u32 arg;
};

/* take() returns NULL: nothing left; give() returns 0, or not if refused */
typedef void *(bench_take_t)(struct bench_what what);
typedef int (bench_give_t)(struct bench_what what, void *object);

static inline struct bench_what bench_what(const struct bench_worker *w)
{
	return (struct bench_what){
		.cache = w->job->cache, .arg = w->job->request.arg,
	};
}

static __always_inline void bench_begin(struct bench_span *span)
{
	span->ns -= ktime_get_ns();
	span->cycles -= get_cycles();
	bench_mark(BENCH_MARK_BEGIN);
}

static __always_inline void bench_end(struct bench_span *span)
{
	bench_mark(BENCH_MARK_END);
	span->cycles += get_cycles();
	span->ns += ktime_get_ns();
}

/* Each object is freed before the next one is taken. */
static __always_inline int bench_repeat(struct bench_worker *w,
					bench_take_t *take, bench_give_t *give)
{
	const struct bench_what what = bench_what(w);
	u32 left = w->job->request.count, nr, i;
	int refused = 0;

	for (; left && !READ_ONCE(w->job->stop); left -= nr) {
		nr = min(left, BENCH_STRETCH);
		bench_begin(&w->sample.get);
		for (i = 0; i < nr; i++) {
			void *object = take(what);

			if (unlikely(!object))
				return -ENOMEM;
			refused |= give(what, object);
		}
		bench_end(&w->sample.get);
		w->sample.allocs += nr;
		cond_resched();
	}
	return refused ? -EIO : 0;
}

/* Takes @nr objects; returns how many came. */
static __always_inline u32 bench_take_all(struct bench_worker *w, u32 nr,
					  bench_take_t *take)
{
	const struct bench_what what = bench_what(w);
	u32 i;

	bench_begin(&w->sample.get);
	for (i = 0; i < nr; i++) {
		w->objects[i] = take(what);
		if (unlikely(!w->objects[i]))
			break;
	}
	bench_end(&w->sample.get);
	w->sample.allocs += i;
	return i;
}

/* All are taken, then all are freed, in the order of the job's permutation. */
static __always_inline int bench_all(struct bench_worker *w, bench_take_t *take,
				     bench_give_t *give)
{
	const struct bench_what what = bench_what(w);
	const u32 *order = w->job->order_of_frees;
	u32 nr = w->job->request.count, got, i;
	int refused = 0;

	got = bench_take_all(w, nr, take);
	bench_barrier(w);
	bench_begin(&w->sample.put);
	if (got < nr || !order)
		for (i = 0; i < got; i++)
			refused |= give(what, w->objects[i]);
	else
		for (i = 0; i < nr; i++)
			refused |= give(what, w->objects[order[i]]);
	bench_end(&w->sample.put);
	return got < nr ? -ENOMEM : refused ? -EIO : 0;
}

/* @batch are taken, @batch are freed, and so on. */
static __always_inline int bench_batches(struct bench_worker *w, u32 batch,
					 bench_take_t *take, bench_give_t *give)
{
	const struct bench_what what = bench_what(w);
	u32 done, got, i;
	int refused = 0;

	for (done = 0; done < w->job->request.count; done += batch) {
		got = bench_take_all(w, batch, take);
		bench_begin(&w->sample.put);
		for (i = 0; i < got; i++)
			refused |= give(what, w->objects[i]);
		bench_end(&w->sample.put);
		if (got < batch)
			return -ENOMEM;
		cond_resched();
		if (READ_ONCE(w->job->stop))
			break;
	}
	return refused ? -EIO : 0;
}

#endif /* MMLAB_BENCH_MEASURE_H */
