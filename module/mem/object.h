/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Slab objects and caches that lab processes own: known by linear address and by
 * handle, freed with the process at the latest.
 */
#ifndef MMLAB_MEM_OBJECT_H
#define MMLAB_MEM_OBJECT_H

#include "cache.h"
#include "process.h"

/* Makes the cache of the records kept here, at module load. 0 or an errno. */
int mmlab_object_init(void);

/*
 * A process's own cache by a handle of any value, with a reference for mmlab_cache_put().
 *
 * Return: the cache, or an ERR_PTR():
 * * -ENOENT - no cache has that handle
 * * -EPERM - it belongs to another process
 */
struct lab_kcache *mmlab_object_find_cache(struct lab_process *p, u32 id);

/*
 * Takes an object for a process from its cache @k, or if that is NULL, @size bytes from
 * kmalloc, with @flags LAB_GFP_DMA or 0. It is zeroed, unless its cache has debug flags.
 * @usable: (out) bytes. Takes lab_mm.lock. 0, or -ENOMEM if the arena is exhausted or kmalloc
 * has no such size.
 */
int mmlab_object_alloc(struct lab_process *p, struct lab_kcache *k, u32 size,
		       lab_gfp_t flags, u32 *lva, u32 *usable);

/*
 * Gives a process's object at @lva, any value, back to the cache @k, or if that is NULL, to
 * kmalloc. Takes lab_mm.lock.
 *
 * Return:
 * * 0 - the object is free
 * * -ENOENT - the process has no such object
 * * -EINVAL - it is no object of this cache
 * * -EUCLEAN - bytes around it were overwritten; it is quarantined and does not belong to the
 *   process any more
 */
int mmlab_object_free(struct lab_process *p, struct lab_kcache *k, u32 lva);

/*
 * Bytes from an address of any value to the end of the object that it is in; 0 if it is in no
 * object of @p.
 */
u32 mmlab_object_room_locked(struct lab_process *p, u32 lva);

enum lab_injection {
	INJECT_OVERFLOW = 1,
	INJECT_UNDERFLOW,
	INJECT_UAF,
	INJECT_DOUBLE_FREE,
	INJECT_WRONG_CACHE,
};

/*
 * Misuses an object of @p on purpose; it is from one of its own caches with the debug flags
 * to notice it. @other: for INJECT_WRONG_CACHE, another cache of @p. Takes lab_mm.lock.
 *
 * Return:
 * * 0 - the misuse happened
 * * -ENOENT - the process has no such object
 * * -EINVAL - the kind is unknown, or the cache would not notice it
 * * -EAGAIN - INJECT_UAF: the object was freed, and its slab as well
 */
int mmlab_object_inject(struct lab_process *p, enum lab_injection kind, u32 lva,
			struct lab_kcache *other);

/* Frees the objects and caches of a process that ends. Takes lab_mm.lock. */
void mmlab_object_exit(struct lab_process *p);

#endif /* MMLAB_MEM_OBJECT_H */
