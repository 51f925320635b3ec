/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Magazines: the layer between a cache's users and its slabs.
 */
#ifndef MMLAB_MEM_MAGAZINE_H
#define MMLAB_MEM_MAGAZINE_H

#include "arena.h"
#include "kcache.h"
#include "section.h"

/*
 * Gives a new cache, whose slab part is set up, its magazines of @size objects; 0: none. 0,
 * or -ENOMEM if the host has no memory.
 */
int mmlab_magazine_init(struct lab_kcache *k, u32 size);

/* Frees the host memory of empty magazines and of the per-CPU part. */
void mmlab_magazine_exit(struct lab_kcache *k);

/* Objects per magazine of a new cache; if @wanted is below 0, by its objects' size. */
u32 mmlab_magazine_default_size(const struct lab_slab_cache *c, int wanted);

/* Empties one CPU's magazines into the slabs. Under the freeze. */
void mmlab_magazine_empty_cpu(struct lab_kcache *k, unsigned int cpu);

/* Empties the magazines of all CPUs, and the depot. Under the freeze. */
void mmlab_magazine_empty_all(struct lab_kcache *k);

/*
 * Changes the size of all magazines; 0 objects switches them off. Freezes. 0, or -ENOMEM if
 * the host has no memory; nothing has changed then.
 */
int mmlab_magazine_resize(struct lab_kcache *k, u32 size);

/* Frees all free slabs but @keep. Returns frames. Not in a section. */
u32 mmlab_magazine_free_slabs(struct lab_kcache *k, u32 keep);

/* Frees the depot's empty magazines. */
void mmlab_magazine_trim(struct lab_kcache *k);

/*
 * The slow paths: exchange magazines, go to the slabs, check debug bytes, wait for a
 * thaw. Arguments and return values are those of mmlab_magazine_alloc() and
 * mmlab_magazine_free().
 */
void *mmlab_magazine_alloc_slow(struct lab_kcache *k, unsigned long caller);
int mmlab_magazine_free_slow(struct lab_kcache *k, void *object,
			     unsigned long caller);

/* The last object of this CPU's magazine, or NULL. */
static __always_inline void *mmlab_magazine_pop(struct lab_cache_cpu __percpu *cc)
{
	void **last = __this_cpu_read(cc->top) - 1, *object = *last;

	mmlab_section_assert_held();
	if (unlikely(!object))
		return NULL;
	/* Not an expression: on i386 the macro casts only its first operand. */
	__this_cpu_write(cc->top, last);
	__this_cpu_inc(cc->nr_alloc);
	return object;
}

/*
 * Puts an object of @k into this CPU's magazine, if there is room. A cache with
 * debugging has no magazines, so it never has room. In a section.
 */
static __always_inline bool mmlab_magazine_push(struct lab_kcache *k, void *object)
{
	struct lab_cache_cpu *cc = this_cpu_ptr(k->cpu);
	void **top = cc->top;

	mmlab_section_assert_held();
	if (unlikely(top >= cc->end))
		return false;
	*top = object;
	cc->top = top + 1;
	return true;
}

/* The fast path of an allocation. NULL: mmlab_magazine_alloc_slow() has to decide. */
static __always_inline void *mmlab_magazine_try_alloc(struct lab_kcache *k)
{
	void *object;

	if (unlikely(!mmlab_section_try_enter(0, &mmlab_fast_limits.nr_orders)))
		return NULL;
	object = mmlab_magazine_pop(k->cpu);
	mmlab_section_leave();
	return object;
}

/*
 * The fast path of a free. False: nothing was done, mmlab_magazine_free_slow() has to
 * decide.
 */
static __always_inline bool mmlab_magazine_try_free(struct lab_kcache *k, void *object)
{
	size_t offset = (size_t)object - (size_t)mmlab_machine.base;
	bool freed;

	if (unlikely(!mmlab_section_try_enter(offset, &mmlab_fast_limits.nr_bytes)))
		return false;
	freed = mmlab_slab_begins(&k->slab, mmlab_slab_head(&mmlab_machine,
							    &k->slab, offset),
				  offset) && mmlab_magazine_push(k, object);
	mmlab_section_leave();
	return freed;
}

/*
 * Takes an object; NULL if the arena is exhausted. Inline, so that each entry point has a
 * copy and passes its own @caller (code address), for LAB_SLAB_STORE_USER. May sleep.
 */
static __always_inline void *mmlab_magazine_alloc(struct lab_kcache *k,
						  unsigned long caller)
{
	void *object = mmlab_magazine_try_alloc(k);

	return likely(object) ? object : mmlab_magazine_alloc_slow(k, caller);
}

/*
 * Gives an object back; a pointer at which no object of @k begins, such as NULL, is refused.
 * A second free is found at once with debugging or without magazines; else when the magazine
 * is emptied into the slab. May sleep. 0, or -EINVAL, -ENOENT or -EUCLEAN as
 * mmlab_slab_debug_free().
 */
static __always_inline int mmlab_magazine_free(struct lab_kcache *k, void *object,
					       unsigned long caller)
{
	if (likely(mmlab_magazine_try_free(k, object)))
		return 0;
	return mmlab_magazine_free_slow(k, object, caller);
}

/* Takes @nr objects and returns 0; or none, and -ENOMEM if the arena is exhausted. */
int mmlab_magazine_alloc_bulk(struct lab_kcache *k, void **objects, u32 nr,
			      unsigned long caller);

/* Frees several objects; returns how many were refused. */
u32 mmlab_magazine_free_bulk(struct lab_kcache *k, void **objects, u32 nr,
			     unsigned long caller);

#endif /* MMLAB_MEM_MAGAZINE_H */
