/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Slab objects and caches that lab processes own: known by linear address and by
 * handle, freed with the process at the latest.
 */
#ifndef MMLAB_MEM_OBJECT_H
#define MMLAB_MEM_OBJECT_H

#include "cache.h"
#include "process.h"

/* Makes the cache of the records kept here. Module load. 0 or an errno. */
int mmlab_object_init(void);

/**
 * mmlab_object_find_cache() - a process's own cache by handle
 * @p: process
 * @id: handle, any value
 *
 * Return: the cache, kept until mmlab_cache_put(); ERR_PTR(): -ENOENT, -EPERM
 * (another's).
 */
struct lab_kcache *mmlab_object_find_cache(struct lab_process *p, u32 id);

/**
 * mmlab_object_alloc() - take an object for a process
 * @p: process
 * @k: its cache, or NULL: kmalloc
 * @size: kmalloc: bytes
 * @flags: kmalloc: LAB_DMA or 0
 * @lva: (out) linear address
 * @usable: (out) bytes
 *
 * The object is zeroed, unless its cache has debug flags.
 *
 * Context: takes lab_mm.lock.
 * Return: 0; -ENOMEM: the arena is exhausted, or no such size.
 */
int mmlab_object_alloc(struct lab_process *p, struct lab_kcache *k, u32 size,
		       unsigned int flags, u32 *lva, u32 *usable);

/**
 * mmlab_object_free() - give a process's object back
 * @p: process
 * @k: the cache into which it is freed, or NULL: kmalloc
 * @lva: linear address, any value
 *
 * Context: takes lab_mm.lock.
 * Return: 0; -ENOENT: the process has no such object; -EINVAL: it is no object
 * of this cache; -EUCLEAN: bytes around it were overwritten, it is quarantined
 * and no longer the process's.
 */
int mmlab_object_free(struct lab_process *p, struct lab_kcache *k, u32 lva);

/**
 * mmlab_object_room_locked() - how far an address reaches into an own object
 * @p: process
 * @lva: linear address, any value
 *
 * Context: lab_mm.lock held.
 * Return: bytes from @lva to the end of the object; 0: in no object of @p.
 */
u32 mmlab_object_room_locked(struct lab_process *p, u32 lva);

enum lab_injection {
	INJECT_OVERFLOW = 1,
	INJECT_UNDERFLOW,
	INJECT_UAF,
	INJECT_DOUBLE_FREE,
	INJECT_WRONG_CACHE,
};

/**
 * mmlab_object_inject() - do something wrong to an object on purpose
 * @p: process
 * @kind: what
 * @lva: object of @p, from a cache of its own that would notice
 * @other: INJECT_WRONG_CACHE: another cache of @p
 *
 * Context: takes lab_mm.lock.
 * Return: 0; -ENOENT: no such object; -EINVAL: kind, or the cache would not
 * notice; -EAGAIN: INJECT_UAF: freed, and its slab went with it.
 */
int mmlab_object_inject(struct lab_process *p, enum lab_injection kind, u32 lva,
			struct lab_kcache *other);

/* The process ends: its objects and its caches go. Takes lab_mm.lock. */
void mmlab_object_exit(struct lab_process *p);

#endif /* MMLAB_MEM_OBJECT_H */
