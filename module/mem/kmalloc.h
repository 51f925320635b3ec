/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kmalloc: memory by the byte, from a family of caches by size, and straight
 * from the buddy allocator where an object would be too large for them.
 */
#ifndef MMLAB_MEM_KMALLOC_H
#define MMLAB_MEM_KMALLOC_H

#include "../core/buddy.h"
#include "magazine.h"

#define LAB_KMALLOC_MAX_CACHE	131072U
#define LAB_KMALLOC_MAX		((size_t)PAGE_SIZE << (LAB_NR_ORDERS - 1))

/**
 * mmlab_kmalloc_init() - make kmalloc-8 ... kmalloc-131072, dma-kmalloc-*
 *
 * Context: module load.
 * Return: 0; what mmlab_cache_create() says.
 */
int mmlab_kmalloc_init(void);

/* Bytes usable at @ptr; 0: nothing of kmalloc begins there. */
size_t mmlab_kmalloc_size(const void *ptr);

#define LAB_KMALLOC_NR_SIZES	17U
#define LAB_KMALLOC_SMALL_MAX	192U	/* up to here, a table says which */
#define LAB_KMALLOC_INDEX_256	7U

extern struct lab_kcache *mmlab_kmalloc_caches[2][LAB_KMALLOC_NR_SIZES]; /* [DMA] */
extern u8 mmlab_kmalloc_small[LAB_KMALLOC_SMALL_MAX / 8]; /* by (size - 1) / 8 */

/* The cache that serves @size bytes, or NULL if the buddy allocator does. */
static __always_inline struct lab_kcache *mmlab_kmalloc_cache(size_t size,
							      unsigned int flags)
{
	u32 index;

	/* 0 becomes the largest number of all */
	if (unlikely(size - 1 >= LAB_KMALLOC_MAX_CACHE))
		return NULL;
	if (size <= LAB_KMALLOC_SMALL_MAX)
		index = mmlab_kmalloc_small[(size - 1) / 8];
	else
		index = LAB_KMALLOC_INDEX_256 + fls((u32)(size - 1) >> 8);
	return mmlab_kmalloc_caches[!!(flags & LAB_DMA)][index];
}

/* What does not fit a cache: a block of its own. As the two that follow. */
void *mmlab_kmalloc_alloc_large(size_t size, unsigned int flags, u32 owner);
int mmlab_kmalloc_free_large(void *ptr, u32 owner);

/**
 * mmlab_kmalloc_alloc() - take at least @size bytes
 * @size: bytes; 0 is refused
 * @flags: LAB_DMA, LAB_ZERO
 * @owner: lab pid for blocks that come from the buddy allocator
 * @caller: code address
 *
 * Context: process context, may sleep.
 * Return: memory aligned to 8 bytes, powers of two to their size up to a page;
 * NULL: @size is 0 or above 4 MiB, or the arena is exhausted.
 */
static __always_inline void *mmlab_kmalloc_alloc(size_t size, unsigned int flags,
						 u32 owner,
						 unsigned long caller)
{
	struct lab_kcache *k = mmlab_kmalloc_cache(size, flags);
	void *ptr;

	if (unlikely(!k))
		return mmlab_kmalloc_alloc_large(size, flags, owner);
	ptr = mmlab_cache_alloc(k, caller);
	if (unlikely(flags & LAB_ZERO) && ptr)
		memset(ptr, 0, k->slab.object_size);
	return ptr;
}

/**
 * mmlab_kmalloc_free() - give it back
 * @ptr: any pointer but NULL
 * @owner: as at the allocation
 * @caller: code address
 *
 * Return: 0; -EINVAL: nothing of kmalloc begins there; others as
 * mmlab_cache_free() and mmlab_frames_free().
 */
static __always_inline int mmlab_kmalloc_free(void *ptr, u32 owner,
					      unsigned long caller)
{
	u32 id = mmlab_slab_cache_id(&mmlab_machine, ptr);
	struct lab_kcache *k;

	if (unlikely(!id))
		return mmlab_kmalloc_free_large(ptr, owner);
	k = mmlab_cache_by_id(id);
	return likely(k) ? mmlab_cache_free(k, ptr, caller) : -EINVAL;
}

#endif /* MMLAB_MEM_KMALLOC_H */
