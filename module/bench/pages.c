// SPDX-License-Identifier: GPL-2.0
/*
 * Patterns of the page allocators. Neither side zeroes.
 */
#include <linux/gfp.h>
#include <linux/mm.h>

#include "../mmlab_api.h"
#include "measure.h"

#define LAB_MAX_ORDER	10U
#define PAGE_BULK	128U
#define COMPUTE_MAX	1000U

static __always_inline void *lab_take(struct bench_what what)
{
	return mmlab_alloc_pages(what.arg, 0);
}

static __always_inline int lab_give(struct bench_what what, void *object)
{
	return mmlab_free_pages(object, what.arg);
}

static __always_inline void *host_take(struct bench_what what)
{
	return alloc_pages(GFP_KERNEL | __GFP_NOWARN, what.arg);
}

static __always_inline int host_give(struct bench_what what, void *object)
{
	__free_pages(object, what.arg);
	return 0;
}

static int lab_repeat(struct bench_worker *w)
{
	return bench_repeat(w, lab_take, lab_give);
}

static int host_repeat(struct bench_worker *w)
{
	return bench_repeat(w, host_take, host_give);
}

static int lab_all(struct bench_worker *w)
{
	return bench_all(w, lab_take, lab_give);
}

static int host_all(struct bench_worker *w)
{
	return bench_all(w, host_take, host_give);
}

/* The lab has no function for several blocks at once: one by one. */
static int lab_bulk(struct bench_worker *w)
{
	return bench_batches(w, PAGE_BULK, lab_take, lab_give);
}

/* Pages of order 0 into empty places; the host may give fewer than asked for. */
static u32 host_bulk_take(struct bench_worker *w)
{
	struct page **pages = (struct page **)w->objects;
	u32 got = 0, before;

	memset(pages, 0, PAGE_BULK * sizeof(*pages));
	bench_begin(&w->sample.get);
	do {
		before = got;
		got = alloc_pages_bulk(GFP_KERNEL | __GFP_NOWARN, PAGE_BULK, pages);
	} while (got < PAGE_BULK && got > before);
	bench_end(&w->sample.get);
	w->sample.allocs += got;
	return got;
}

static int host_bulk(struct bench_worker *w)
{
	u32 done, got, i;

	for (done = 0; done < w->job->request.count; done += PAGE_BULK) {
		got = host_bulk_take(w);
		bench_begin(&w->sample.put);
		for (i = 0; i < got; i++)
			__free_page(w->objects[i]);
		bench_end(&w->sample.put);
		if (got < PAGE_BULK)
			return -ENOMEM;
		cond_resched();
		if (READ_ONCE(w->job->stop))
			break;
	}
	return 0;
}

/* The loop around all others. */
static int empty_repeat(struct bench_worker *w)
{
	u32 left = w->job->request.count, nr, i;

	for (; left; left -= nr) {
		nr = min(left, BENCH_STRETCH);
		bench_begin(&w->sample.get);
		for (i = 0; i < nr; i++)
			barrier();
		bench_end(&w->sample.get);
		w->sample.allocs += nr;
	}
	return 0;
}

/*
 * Steps of arithmetic in registers. CPUs share nothing in it, so what it costs on
 * several CPUs more than on one is the machine's doing.
 */
static int compute_repeat(struct bench_worker *w)
{
	u32 left = w->job->request.count, steps = w->job->request.arg, nr, i, k;
	u32 value = w->number;

	for (; left && !READ_ONCE(w->job->stop); left -= nr) {
		nr = min(left, BENCH_STRETCH);
		bench_begin(&w->sample.get);
		for (i = 0; i < nr; i++)
			for (k = 0; k < steps; k++) {
				value = value * 1664525 + 1013904223;
				OPTIMIZER_HIDE_VAR(value);
			}
		bench_end(&w->sample.get);
		w->sample.allocs += nr;
		cond_resched();
	}
	return 0;
}

const struct bench_pattern bench_page_patterns[] = {
	{ .name = "empty", .arg = "nothing", .run = { empty_repeat, empty_repeat } },
	{ .name = "compute", .arg = "steps", .min_arg = 1, .max_arg = COMPUTE_MAX,
	  .run = { compute_repeat, compute_repeat } },
	{ .name = "page-repeat", .arg = "order", .max_arg = LAB_MAX_ORDER,
	  .run = { lab_repeat, host_repeat } },
	{ .name = "page-ordered", .arg = "order", .max_arg = LAB_MAX_ORDER,
	  .run = { lab_all, host_all } },
	{ .name = "page-random", .arg = "order", .max_arg = LAB_MAX_ORDER,
	  .shuffled = true, .run = { lab_all, host_all } },
	{ .name = "page-bulk", .arg = "order", .max_arg = 0,
	  .run = { lab_bulk, host_bulk } },
	{}
};
