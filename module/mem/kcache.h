/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cache with its magazines: slabs (core/slab.h) under per-CPU magazines with a
 * depot (Bonwick & Adams 2001). Each CPU has two magazines of a cache, so that its
 * use of objects can go up and down by a whole magazine without leaving the CPU. Full
 * and empty magazines are exchanged at the depot. Only if that does not help, objects
 * go to and from slabs, in batches.
 *
 * Lock order: freeze -> (section) lab_cpu.lock -> depot_lock -> lab_slab_cache.lock.
 */
#ifndef MMLAB_MEM_KCACHE_H
#define MMLAB_MEM_KCACHE_H

#include <linux/percpu.h>
#include <linux/spinlock.h>

#include "../core/slab.h"

#define LAB_MAX_MAGAZINE	240U	/* objects */

/**
 * struct lab_magazine - objects at hand
 * @next: next magazine in the depot
 * @size: objects that it can hold
 * @rounds: objects in it; out of date in a CPU's loaded magazine, where
 *	lab_cache_cpu.top is right
 * @bottom: NULL, always: an allocation that finds it at @top - 1 knows that the
 *	magazine is empty, without a comparison with @round
 * @round: the objects
 */
struct lab_magazine {
	struct lab_magazine *next;
	u32 size;
	u32 rounds;
	void *bottom;
	void *round[];
};

/**
 * struct lab_cache_cpu - a CPU's part of a cache
 * @top: after the last object in @loaded
 * @end: limit of @top; both are equal while magazines are off, so that a free finds
 *	no room
 * @loaded: the magazine in use, NULL if magazines are off
 * @previous: the magazine in use before; full or empty
 * @nr_alloc: allocations from magazines
 * @nr_moved: objects that came into both magazines other than by a fast free, less
 *	those that left them other than by @nr_alloc
 * @nr_alloc_slow: allocations that needed the depot or slabs
 * @nr_free_slow: frees that needed them
 */
struct lab_cache_cpu {
	void **top;
	void **end;
	struct lab_magazine *loaded;
	struct lab_magazine *previous;
	unsigned long nr_alloc;
	long nr_moved;
	unsigned long nr_alloc_slow;
	unsigned long nr_free_slow;
};

/* Objects that a magazine of this CPU holds; 0: magazines are off. */
static inline u32 mmlab_kcache_capacity(const struct lab_cache_cpu *cc)
{
	return cc->loaded ? cc->loaded->size : 0;
}

/* Objects in the loaded magazine. */
static inline u32 mmlab_kcache_rounds(const struct lab_cache_cpu *cc)
{
	return cc->loaded ? cc->top - cc->loaded->round : 0;
}

/* Objects in both magazines. */
static inline u32 mmlab_kcache_parked(const struct lab_cache_cpu *cc)
{
	return cc->loaded ? mmlab_kcache_rounds(cc) + cc->previous->rounds : 0;
}

/* Frees into magazines: not counted on the fast path, as all the rest is. */
static inline unsigned long mmlab_kcache_nr_free(const struct lab_cache_cpu *cc)
{
	return mmlab_kcache_parked(cc) + cc->nr_alloc - cc->nr_moved;
}

/**
 * struct lab_kcache - a cache with its magazines
 * @slab: the slabs
 * @cpu: the CPUs' magazines, changed inside a section or under the freeze
 * @owner: lab pid of the process that made it, 0: the lab kernel
 * @nr_users: references by mmlab_cache_get_id(), under caches_lock
 * @ended: next cache that is destroyed under the same freeze
 * @magazine_size: objects per magazine; changed under freeze and @depot_lock
 * @depot_lock: covers what follows
 * @full: full magazines
 * @empty: empty magazines
 * @nr_full: magazines on @full
 * @nr_empty: magazines on @empty
 * @nr_exchanges: magazines that came from or went to the depot
 */
struct lab_kcache {
	struct lab_slab_cache slab;
	struct lab_cache_cpu __percpu *cpu;
	u32 owner;
	u32 nr_users;
	struct lab_kcache *ended;
	u32 magazine_size;
	spinlock_t depot_lock;
	struct lab_magazine *full;
	struct lab_magazine *empty;
	u32 nr_full;
	u32 nr_empty;
	u64 nr_exchanges;
};

#endif /* MMLAB_MEM_KCACHE_H */
