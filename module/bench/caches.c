// SPDX-License-Identifier: GPL-2.0
/*
 * Patterns of slab caches and of kmalloc. Neither side zeroes, neither accounts.
 */
#include <linux/err.h>
#include <linux/slab.h>

#include "../mmlab_api.h"
#include "measure.h"

#define CACHE_MAX_SIZE	131072U
#define KMALLOC_MAX	(4U << 20)
#define CACHE_BATCH	256U
#define CACHE_BULK	64U

static int prepare_cache(struct bench_job *job)
{
	void *cache;

	if (job->request.side == SIDE_LAB)
		cache = mmlab_kmem_cache_create("mmlab_bench", job->request.arg, 0, 0, NULL);
	else
		cache = kmem_cache_create("mmlab_bench", job->request.arg, 0, 0, NULL);
	if (IS_ERR_OR_NULL(cache))
		return cache ? PTR_ERR(cache) : -ENOMEM;
	job->cache = cache;
	return 0;
}

static void finish_cache(struct bench_job *job)
{
	if (!job->cache)
		return;
	if (job->request.side == SIDE_LAB)
		mmlab_kmem_cache_destroy(job->cache);
	else
		kmem_cache_destroy(job->cache);
}

static __always_inline void *lab_take(struct bench_what what)
{
	return mmlab_kmem_cache_alloc(what.cache);
}

static __always_inline int lab_give(struct bench_what what, void *object)
{
	return mmlab_kmem_cache_free(what.cache, object);
}

static __always_inline void *host_take(struct bench_what what)
{
	return kmem_cache_alloc(what.cache, GFP_KERNEL);
}

static __always_inline int host_give(struct bench_what what, void *object)
{
	kmem_cache_free(what.cache, object);
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

static int lab_batch(struct bench_worker *w)
{
	return bench_batches(w, CACHE_BATCH, lab_take, lab_give);
}

static int host_batch(struct bench_worker *w)
{
	return bench_batches(w, CACHE_BATCH, host_take, host_give);
}

static int lab_bulk(struct bench_worker *w)
{
	u32 done, refused = 0;
	int err;

	for (done = 0; done < w->job->request.count; done += CACHE_BULK) {
		bench_begin(&w->sample.get);
		err = mmlab_kmem_cache_alloc_bulk(w->job->cache, w->objects, CACHE_BULK);
		bench_end(&w->sample.get);
		if (err)
			return err;
		bench_begin(&w->sample.put);
		refused += mmlab_kmem_cache_free_bulk(w->job->cache, w->objects, CACHE_BULK);
		bench_end(&w->sample.put);
		w->sample.allocs += CACHE_BULK;
		cond_resched();
		if (READ_ONCE(w->job->stop))
			break;
	}
	return refused ? -EIO : 0;
}

static int host_bulk(struct bench_worker *w)
{
	u32 done;

	for (done = 0; done < w->job->request.count; done += CACHE_BULK) {
		int got;

		bench_begin(&w->sample.get);
		got = kmem_cache_alloc_bulk(w->job->cache, GFP_KERNEL, CACHE_BULK,
					    w->objects);
		bench_end(&w->sample.get);
		if (!got)
			return -ENOMEM;
		bench_begin(&w->sample.put);
		kmem_cache_free_bulk(w->job->cache, CACHE_BULK, w->objects);
		bench_end(&w->sample.put);
		w->sample.allocs += CACHE_BULK;
		cond_resched();
		if (READ_ONCE(w->job->stop))
			break;
	}
	return 0;
}

static __always_inline void *lab_kmalloc_take(struct bench_what what)
{
	return mmlab_kmalloc(what.arg, 0);
}

static __always_inline int lab_kmalloc_give(struct bench_what what, void *object)
{
	return mmlab_kfree(object);
}

static __always_inline void *host_kmalloc_take(struct bench_what what)
{
	return kmalloc(what.arg, GFP_KERNEL | __GFP_NOWARN);
}

static __always_inline int host_kmalloc_give(struct bench_what what, void *object)
{
	kfree(object);
	return 0;
}

static int lab_kmalloc(struct bench_worker *w)
{
	return bench_repeat(w, lab_kmalloc_take, lab_kmalloc_give);
}

static int host_kmalloc(struct bench_worker *w)
{
	return bench_repeat(w, host_kmalloc_take, host_kmalloc_give);
}

const struct bench_pattern bench_cache_patterns[] = {
	{ .name = "cache-repeat", .arg = "bytes", .min_arg = 1,
	  .max_arg = CACHE_MAX_SIZE, .prepare = prepare_cache,
	  .finish = finish_cache, .run = { lab_repeat, host_repeat } },
	{ .name = "cache-batch", .arg = "bytes", .min_arg = 1,
	  .max_arg = CACHE_MAX_SIZE, .prepare = prepare_cache,
	  .finish = finish_cache, .run = { lab_batch, host_batch } },
	{ .name = "cache-bulk", .arg = "bytes", .min_arg = 1,
	  .max_arg = CACHE_MAX_SIZE, .prepare = prepare_cache,
	  .finish = finish_cache, .run = { lab_bulk, host_bulk } },
	{ .name = "kmalloc-repeat", .arg = "bytes", .min_arg = 1,
	  .max_arg = KMALLOC_MAX, .run = { lab_kmalloc, host_kmalloc } },
	{}
};
