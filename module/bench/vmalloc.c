// SPDX-License-Identifier: GPL-2.0
/*
 * Patterns of vmalloc. Areas without a mapping for the host kernel are compared
 * with the host's, which have nothing else.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "../mmlab_api.h"
#include "measure.h"

#define VMALLOC_MAX	(16U << 20)
#define BUSY_MAX	50000U

static __always_inline void *lab_take(struct bench_what what)
{
	return mmlab_vmalloc(what.arg);
}

static __always_inline void *lab_take_zeroed(struct bench_what what)
{
	return mmlab_vzalloc(what.arg);
}

static __always_inline void *lab_take_page(struct bench_what what)
{
	return mmlab_vmalloc(PAGE_SIZE);
}

static __always_inline int lab_give(struct bench_what what, void *object)
{
	return mmlab_vfree(object);
}

/* An address in the lab, which the host has no mapping for. */
static __always_inline void *lab_take_area(struct bench_what what)
{
	return (void *)(uintptr_t)mmlab_vmalloc_area(what.arg);
}

static __always_inline int lab_give_area(struct bench_what what, void *object)
{
	return mmlab_vfree_area((u32)(uintptr_t)object);
}

static __always_inline void *host_take(struct bench_what what)
{
	return __vmalloc(what.arg, GFP_KERNEL | __GFP_NOWARN);
}

static __always_inline void *host_take_zeroed(struct bench_what what)
{
	return __vmalloc(what.arg, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
}

static __always_inline void *host_take_page(struct bench_what what)
{
	return __vmalloc(PAGE_SIZE, GFP_KERNEL | __GFP_NOWARN);
}

static __always_inline int host_give(struct bench_what what, void *object)
{
	vfree(object);
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

static int lab_zeroed(struct bench_worker *w)
{
	return bench_repeat(w, lab_take_zeroed, lab_give);
}

static int host_zeroed(struct bench_worker *w)
{
	return bench_repeat(w, host_take_zeroed, host_give);
}

static int lab_area(struct bench_worker *w)
{
	return bench_repeat(w, lab_take_area, lab_give_area);
}

static int lab_page(struct bench_worker *w)
{
	return bench_repeat(w, lab_take_page, lab_give);
}

static int host_page(struct bench_worker *w)
{
	return bench_repeat(w, host_take_page, host_give);
}

/* As many areas of one page as the argument says stay in use meanwhile. */
static int prepare_busy(struct bench_job *job)
{
	u32 i;

	job->held = kvmalloc_array(job->request.arg + 1, sizeof(*job->held),
				   GFP_KERNEL);
	if (!job->held)
		return -ENOMEM;
	for (i = 0; i < job->request.arg; i++) {
		void *area = job->request.side == SIDE_LAB ?
			     mmlab_vmalloc(PAGE_SIZE) : vmalloc(PAGE_SIZE);

		if (!area)
			return -ENOMEM;
		job->held[job->nr_held++] = area;
		cond_resched();
	}
	return 0;
}

static void finish_busy(struct bench_job *job)
{
	while (job->nr_held) {
		void *area = job->held[--job->nr_held];

		if (job->request.side == SIDE_LAB)
			mmlab_vfree(area);
		else
			vfree(area);
		cond_resched();
	}
	kvfree(job->held);
}

const struct bench_pattern bench_vmalloc_patterns[] = {
	{ .name = "vmalloc-repeat", .arg = "bytes", .min_arg = 1,
	  .max_arg = VMALLOC_MAX, .run = { lab_repeat, host_repeat } },
	{ .name = "vzalloc-repeat", .arg = "bytes", .min_arg = 1,
	  .max_arg = VMALLOC_MAX, .run = { lab_zeroed, host_zeroed } },
	{ .name = "vmalloc-area", .arg = "bytes", .min_arg = 1,
	  .max_arg = VMALLOC_MAX, .run = { lab_area, host_repeat } },
	{ .name = "vmalloc-busy", .arg = "areas", .max_arg = BUSY_MAX,
	  .prepare = prepare_busy, .finish = finish_busy,
	  .run = { lab_page, host_page } },
	{}
};
