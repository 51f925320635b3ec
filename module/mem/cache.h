/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All caches: the list of them, creation and destruction, and snapshots of what they
 * hold. Objects are taken and freed in magazine.h.
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
 * @magazine: objects per magazine up to LAB_MAX_MAGAZINE; below 0, the parameter
 *	magazine= decides
 * @ctor: constructor or NULL
 *
 * Context: process context, sleeps.
 * Return: the cache, with a reference for a lab process as by mmlab_cache_get_id(), or
 * an ERR_PTR():
 * * -EINVAL - the name, the size, the alignment or a flag is not allowed
 * * -EEXIST - a cache has that name
 * * -ENOSPC - there are 1023 caches, or LAB_MAX_OWNED of this owner
 * * -ENOMEM - the host has no memory
 */
struct lab_kcache *mmlab_cache_create(const char *name, u32 size, u32 align,
				      lab_slab_flags_t flags, u32 owner, int magazine,
				      void (*ctor)(void *object));

/**
 * mmlab_cache_destroy() - free a cache and its slabs
 * @k: cache, in which no other thread may begin an allocation or a free
 * @nr_held: references by mmlab_cache_get_id() that the caller has, 0 or 1; dropped
 *	with the cache
 *
 * Quarantined objects can't be freed by their owner; they go with their slabs.
 *
 * Context: process context, sleeps, freezes.
 * Return:
 * * 0 - the cache is gone
 * * -EBUSY - objects or the cache itself are still in use; only the magazines were
 *   emptied
 */
int mmlab_cache_destroy(struct lab_kcache *k, u32 nr_held);

/* Empties a cache's magazines and gives free slabs back. Freezes. Returns frames. */
u32 mmlab_cache_shrink(struct lab_kcache *k);

/* Shrinks all caches under one freeze; the page allocator calls it on shortage. */
u32 mmlab_cache_shrink_all(void);

/*
 * Changes the size of the magazines; 0 objects switches them off. Freezes.
 *
 * Return:
 * * 0 - the magazines have the size
 * * -EINVAL - @size is above LAB_MAX_MAGAZINE, or the cache has debug flags, which have to see
 *   each object at each call
 * * -ENOMEM - the host has no memory
 */
int mmlab_cache_resize(struct lab_kcache *k, u32 size);

/*
 * Which objects of a slab are in use. @pfn: its first frame. @nr_used: in use or parked.
 * @colour: offset of the first object in bytes. @used: bit i of the array is set if object i
 * is in use; the first 512 objects.
 */
struct lab_slab_map {
	u32 pfn;
	u32 nr_objects;
	u32 nr_used;
	u32 colour;
	u64 used[8];
};

/*
 * Takes a reference to the cache with a handle of any value: it can't be destroyed until
 * mmlab_cache_put(). @owner: lab pid of the caller, which does not end meanwhile.
 *
 * Return: the cache, or an ERR_PTR():
 * * -ENOENT - there is none
 * * -EPERM - it belongs to another process
 */
struct lab_kcache *mmlab_cache_get_id(u32 id, u32 owner);
void mmlab_cache_put(struct lab_kcache *k);

/*
 * Destroys all caches of a process that ends. Only quarantined objects are still in use in
 * them; their slabs go as they are. Freezes.
 */
void mmlab_cache_destroy_owned(u32 owner);

/*
 * Looks at slab @index of a cache, from 0: full ones first, then partial, then free ones. 0,
 * or -ENOENT: there is no such cache or slab.
 */
int mmlab_cache_map(u32 id, u32 index, struct lab_slab_map *map);

/* By number; no cache has number 0. Set under a lock, cleared under the freeze. */
extern struct lab_kcache *mmlab_caches[LAB_MAX_CACHES];

/* The same; an empty place has a stand-in with an identity that no frame can have. */
extern struct lab_kcache *mmlab_cache_owners[LAB_MAX_CACHES];

/* The cache with this number; objects of it must be known to be in use. */
static __always_inline struct lab_kcache *mmlab_cache_by_id(u32 id)
{
	/* Pairs with smp_store_release() of a new cache: the address is followed. */
	return likely(id < LAB_MAX_CACHES) ? READ_ONCE(mmlab_caches[id]) : NULL;
}

/* Do the slabs of this cache hold pointers that the lab's own code follows? */
bool mmlab_cache_is_internal(u32 id);

/*
 * A cache with its magazines at one moment. @nr_parked: objects in the CPUs' magazines;
 * @nr_depot: those in the depot. @nr_exchanges: magazines that came from or went to the
 * depot. The counts of allocations and frees are sums over all CPUs.
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

/*
 * A snapshot of the cache with this name, or if that is "", with this handle. Freezes. 0, or
 * -ENOENT.
 */
int mmlab_cache_snapshot_one(const char *name, u32 id,
			     struct lab_kcache_snapshot *s);

/*
 * A snapshot of all caches in order of creation: array for kvfree(), or NULL if the host has
 * no memory. Freezes.
 */
struct lab_kcache_snapshot *mmlab_cache_snapshot_all(u32 *nr);

/*
 * Checks all caches. A corrupt object of a cache with debugging is reported here (report.h),
 * once, and is a broken rule of its cache. One check finds at most 16 in a cache; the next
 * check finds the next ones. Freezes.
 */
void mmlab_cache_validate(struct lab_verdict *v);

/* Empties the magazines of a CPU that went offline into the slabs. Under the freeze. */
void mmlab_cache_drain_cpu(unsigned int cpu);

/* Begins with no cache, at module load. -EINVAL: debug= has an unknown letter. */
int mmlab_cache_init(void);

/* Frees all caches that are left. Module exit: no cache has a user any more. */
void mmlab_cache_exit(void);

#endif /* MMLAB_MEM_CACHE_H */
