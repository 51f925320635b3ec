/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kmalloc: memory by the byte, from a family of caches by size, and straight
 * from the buddy allocator where an object would be too large for them.
 */
#ifndef MMLAB_MEM_KMALLOC_H
#define MMLAB_MEM_KMALLOC_H

#include "cache.h"

#define LAB_KMALLOC_MAX_CACHE	131072U
#define LAB_KMALLOC_MAX		((size_t)PAGE_SIZE << (LAB_NR_ORDERS - 1))

/**
 * mmlab_kmalloc_init() - make kmalloc-8 ... kmalloc-131072, dma-kmalloc-*
 *
 * Context: module load.
 * Return: 0; what mmlab_cache_create() says.
 */
int mmlab_kmalloc_init(void);

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
void *mmlab_kmalloc_alloc(size_t size, unsigned int flags, u32 owner,
			  unsigned long caller);

/**
 * mmlab_kmalloc_free() - give it back
 * @ptr: any pointer but NULL
 * @owner: as at the allocation
 * @caller: code address
 *
 * Return: 0; -EINVAL: nothing of kmalloc begins there; others as
 * mmlab_cache_free() and mmlab_frames_free().
 */
int mmlab_kmalloc_free(void *ptr, u32 owner, unsigned long caller);

/* Bytes usable at @ptr; 0: nothing of kmalloc begins there. */
size_t mmlab_kmalloc_size(const void *ptr);

/* The cache that serves @size bytes, or NULL if the buddy allocator does. */
struct lab_kcache *mmlab_kmalloc_cache(size_t size, unsigned int flags);

#endif /* MMLAB_MEM_KMALLOC_H */
