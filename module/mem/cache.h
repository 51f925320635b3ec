/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All caches: the list of them, birth and death, what they hold at one moment.
 * Objects: magazine.h.
 */
#ifndef MMLAB_MEM_CACHE_H
#define MMLAB_MEM_CACHE_H

#include "../core/slab_debug.h"
#include "kcache.h"

#define LAB_MAX_CACHES		1024U
#define LAB_MAX_OWNED		512U	/* caches of one lab process */

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

/**
 * mmlab_cache_init() - begin with no cache
 *
 * Context: module load, before all that makes caches.
 * Return: 0; -EINVAL: the parameter debug= has a letter that means nothing.
 */
int mmlab_cache_init(void);

/**
 * mmlab_cache_exit() - at unload: forget all caches that are left
 *
 * Context: nobody uses caches any more.
 */
void mmlab_cache_exit(void);

#endif /* MMLAB_MEM_CACHE_H */
