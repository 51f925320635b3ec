/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Caches at work: slabs (core/slab.h) under per-CPU magazines with a depot
 * (Bonwick & Adams 2001). Each CPU has two magazines of a cache, so that it can
 * go up and down by a whole magazine without leaving its own; full and empty
 * ones are exchanged at the depot; only when that does not help, objects go to
 * and from slabs, in batches.
 *
 * Lock order: freeze -> (section) lab_cpu.lock -> depot_lock -> lab_cache.lock.
 */
#ifndef MMLAB_MEM_CACHE_H
#define MMLAB_MEM_CACHE_H

#include <linux/list.h>
#include <linux/percpu.h>

#include "../core/slab.h"
#include "../core/slab_debug.h"

#define LAB_MAX_CACHES		1024U
#define LAB_MAX_OWNED		512U	/* caches of one lab process */
#define LAB_MAX_MAGAZINE	240U	/* objects */

/**
 * struct lab_magazine - objects at hand
 * @next: next magazine in the depot
 * @size: objects that it can hold
 * @rounds: objects in it; for a CPU's loaded one, lab_cache_cpu.top says that
 * @bottom: NULL, which tells an allocation that there is no round left
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
 * @top: behind the last object in @loaded
 * @end: where @top can't go further; there is nothing between @bottom and it if
 *	magazines are off
 * @loaded: the magazine in use, NULL if they are off
 * @previous: the one before; full or empty
 * @nr_alloc: allocations from magazines
 * @nr_moved: objects that came into both magazines by other ways than a free that
 *	found room, less those that left by other ways than @nr_alloc
 * @nr_alloc_slow: allocations that needed depot or slabs
 * @nr_free_slow: frees that did
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
static inline u32 mmlab_cache_capacity(const struct lab_cache_cpu *cc)
{
	return cc->loaded ? cc->loaded->size : 0;
}

/* Objects in the loaded magazine. */
static inline u32 mmlab_cache_rounds(const struct lab_cache_cpu *cc)
{
	return cc->loaded ? cc->top - cc->loaded->round : 0;
}

/* Objects in both. */
static inline u32 mmlab_cache_parked(const struct lab_cache_cpu *cc)
{
	return cc->loaded ? mmlab_cache_rounds(cc) + cc->previous->rounds : 0;
}

/* Frees into magazines: what is not counted, because all the rest is. */
static inline unsigned long mmlab_cache_nr_free(const struct lab_cache_cpu *cc)
{
	return mmlab_cache_parked(cc) + cc->nr_alloc - cc->nr_moved;
}

/**
 * struct lab_kcache - a cache with its magazines
 * @slab: the slabs
 * @cpu: the CPUs' magazines, changed inside a section or under the freeze
 * @owner: lab pid of the process that made it, 0: the lab kernel
 * @nr_users: holders by mmlab_cache_get_id(), under the lock of the list
 * @ended: next one of those that go together
 * @magazine_size: objects per magazine; changed under freeze and @depot_lock
 * @depot_lock: covers what follows
 * @full: full magazines
 * @empty: empty magazines
 * @nr_full: of them
 * @nr_empty: of them
 * @nr_exchanges: magazines that came from or went to the depot
 */
struct lab_kcache {
	struct lab_cache slab;
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

/**
 * mmlab_cache_create() - make a cache
 * @name: 1 ... 31 characters of [A-Za-z0-9_.-], not taken
 * @size: bytes per object, 1 ... 131072
 * @align: a power of two up to 4096, or 0 for 8
 * @flags: LAB_SLAB_ bits; those of the parameter debug= are added
 * @owner: lab pid, 0: the lab kernel
 * @magazine: objects per magazine up to LAB_MAX_MAGAZINE, or below 0: what the
 *	parameter magazine= says
 * @ctor: constructor or NULL
 *
 * Context: process context, sleeps.
 * Return: the cache, held for a lab process as by mmlab_cache_get_id(); ERR_PTR():
 * -EINVAL, -EEXIST (name), -ENOSPC (1023 caches exist, or LAB_MAX_OWNED of this
 * owner), -ENOMEM (host).
 */
struct lab_kcache *mmlab_cache_create(const char *name, u32 size, u32 align,
				      u32 flags, u32 owner, int magazine,
				      void (*ctor)(void *object));

/**
 * mmlab_cache_destroy() - give a cache's slabs back and forget it
 * @k: cache; nobody may be about to use it
 * @nr_held: holders by mmlab_cache_get_id() that the caller is: 0 or 1; gone with
 *	the cache
 *
 * Context: process context, sleeps, freezes.
 * Quarantined objects, which nobody can free, go with their slabs.
 *
 * Return: 0; -EBUSY: objects or the cache itself are still in use, nothing
 * changed but that the magazines are empty.
 */
int mmlab_cache_destroy(struct lab_kcache *k, u32 nr_held);

/**
 * mmlab_cache_alloc_bulk() - take several objects, or none
 * @k: cache
 * @objects: (out) array of @nr
 * @nr: objects
 * @caller: code address
 *
 * Return: 0; -ENOMEM: none were taken.
 */
int mmlab_cache_alloc_bulk(struct lab_kcache *k, void **objects, u32 nr,
			   unsigned long caller);

/* Gives several back; returns how many were refused. */
u32 mmlab_cache_free_bulk(struct lab_kcache *k, void **objects, u32 nr,
			  unsigned long caller);

/**
 * mmlab_cache_shrink() - empty a cache's magazines and give free slabs back
 * @k: cache
 *
 * Context: process context, freezes.
 * Return: frames given back.
 */
u32 mmlab_cache_shrink(struct lab_kcache *k);

/* All caches at once; the page allocator calls it on shortage. */
u32 mmlab_cache_shrink_all(void);

/**
 * mmlab_cache_resize() - change the size of a cache's magazines
 * @k: cache
 * @size: objects per magazine, 0 switches them off
 *
 * Context: process context, freezes.
 * Return: 0; -EINVAL: above LAB_MAX_MAGAZINE, or a cache with debugging, whose
 * objects are looked at each time; -ENOMEM (host).
 */
int mmlab_cache_resize(struct lab_kcache *k, u32 size);

/**
 * struct lab_slab_map - which objects of a slab are in use
 * @pfn: its first frame
 * @nr_objects: objects
 * @nr_used: of them, in use or parked
 * @colour: offset of the first in bytes
 * @used: bit i of the whole is set if object i is in use; as many as fit
 */
struct lab_slab_map {
	u32 pfn;
	u32 nr_objects;
	u32 nr_used;
	u32 colour;
	u64 used[8];
};

/**
 * mmlab_cache_get_id() - find a cache and keep it
 * @id: handle, any value
 * @owner: lab pid of who asks, and who does not end meanwhile
 *
 * Return: the cache, which can't be destroyed until mmlab_cache_put();
 * ERR_PTR(): -ENOENT; -EPERM: it is another's.
 */
struct lab_kcache *mmlab_cache_get_id(u32 id, u32 owner);
void mmlab_cache_put(struct lab_kcache *k);

/**
 * mmlab_cache_destroy_owned() - destroy all caches of a process that ends
 * @owner: lab pid
 *
 * Nothing is in use in them any more but quarantined objects, whose slabs go as
 * they are.
 *
 * Context: process context, freezes.
 */
void mmlab_cache_destroy_owned(u32 owner);

/**
 * mmlab_cache_map() - look at one slab
 * @id: handle of a cache
 * @index: which, from 0: full ones first, then partial, then free ones
 * @map: (out)
 *
 * Return: 0; -ENOENT: no such cache, or it has no more slabs.
 */
int mmlab_cache_map(u32 id, u32 index, struct lab_slab_map *map);

/* By number; number 0 is nobody's. Set under a lock, cleared under the freeze. */
extern struct lab_kcache *mmlab_caches[LAB_MAX_CACHES];

/* The same, with a cache that no frame belongs to where there is none. */
extern struct lab_kcache *mmlab_cache_owners[LAB_MAX_CACHES];

/* The cache with this number; objects of it must be known to be in use. */
static __always_inline struct lab_kcache *mmlab_cache_by_id(u32 id)
{
	return likely(id < LAB_MAX_CACHES) ? READ_ONCE(mmlab_caches[id]) : NULL;
}

/* Do the slabs of this cache hold what the lab's own code follows? */
bool mmlab_cache_is_internal(u32 id);

/**
 * struct lab_kcache_snapshot - a cache with its magazines at one moment
 * @slab: slabs
 * @owner: lab pid
 * @magazine_size: objects per magazine
 * @nr_parked: objects in the CPUs' magazines
 * @nr_depot: objects in the depot
 * @nr_full: magazines in the depot
 * @nr_empty: the same
 * @nr_alloc: summed over all CPUs, like the three that follow
 */
struct lab_kcache_snapshot {
	struct lab_cache_snapshot slab;
	u32 owner;
	u32 magazine_size;
	u32 nr_parked;
	u32 nr_depot;
	u32 nr_full;
	u32 nr_empty;
	u64 nr_exchanges;
	u64 nr_alloc;
	u64 nr_free;
	u64 nr_alloc_slow;
	u64 nr_free_slow;
};

/* Objects in use: handed out, and not parked. */
static inline u32 mmlab_cache_nr_active(const struct lab_kcache_snapshot *s)
{
	u32 nr_parked = s->nr_parked + s->nr_depot;

	/* An object freed twice is parked twice: don't count below 0. */
	return s->slab.nr_active - min(s->slab.nr_active, nr_parked);
}

/**
 * mmlab_cache_snapshot_one() - one cache at one moment
 * @name: its name, or "" to look for @id
 * @id: its handle
 * @s: (out)
 *
 * Context: process context, freezes.
 * Return: 0; -ENOENT: no such cache.
 */
int mmlab_cache_snapshot_one(const char *name, u32 id,
			     struct lab_kcache_snapshot *s);

/**
 * mmlab_cache_snapshot_all() - all caches at one moment, in order of creation
 * @nr: (out) caches
 *
 * Context: process context, freezes.
 * Return: array for kvfree(), or NULL: no host memory.
 */
struct lab_kcache_snapshot *mmlab_cache_snapshot_all(u32 *nr);

/**
 * mmlab_cache_validate() - check all caches
 * @v: verdict to add to
 *
 * Corrupt objects of caches with debugging are reported here (report.h), each
 * once, and are a broken rule of their cache. At most 16 of a cache in one check;
 * the next one finds the next.
 *
 * Context: process context, freezes.
 */
void mmlab_cache_validate(struct lab_verdict *v);

/* A CPU went offline: its magazines go back to the slabs. Under the freeze. */
void mmlab_cache_drain_cpu(unsigned int cpu);

/* Does the parameter debug= hold nothing but letters that mean something? */
bool mmlab_cache_debug_ok(void);

/* There is no cache yet. Before all others. */
void mmlab_cache_init(void);

/**
 * mmlab_cache_exit() - at unload: forget all caches that are left
 *
 * Context: nobody uses caches any more.
 */
void mmlab_cache_exit(void);

#endif /* MMLAB_MEM_CACHE_H */
