/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kmalloc: memory by the byte, from a family of caches by size, and straight
 * from the buddy allocator where an object would be too large for them.
 */
#ifndef MMLAB_MEM_KMALLOC_H
#define MMLAB_MEM_KMALLOC_H

#include "../core/buddy.h"
#include "cache.h"
#include "magazine.h"

#define LAB_KMALLOC_MAX_CACHE	131072U
#define LAB_KMALLOC_MAX		((size_t)PAGE_SIZE << (LAB_NR_ORDERS - 1))

/*
 * Makes kmalloc-8 ... kmalloc-131072, dma-kmalloc-*, at module load. 0, or the errno of
 * mmlab_cache_create().
 */
int mmlab_kmalloc_init(void);

/* Bytes usable at @ptr; 0 if no memory of kmalloc begins there. */
size_t mmlab_kmalloc_size(const void *ptr);

#define LAB_KMALLOC_NR_SIZES	17U
#define LAB_KMALLOC_SMALL_MAX	8192U	/* up to here, a table says which */
#define LAB_KMALLOC_INDEX_8K	12U

extern struct lab_kcache *mmlab_kmalloc_caches[2][LAB_KMALLOC_NR_SIZES]; /* [DMA] */
extern struct lab_cache_cpu __percpu *mmlab_kmalloc_cpu[LAB_KMALLOC_NR_SIZES]; /* theirs */
extern u8 mmlab_kmalloc_small[LAB_KMALLOC_SMALL_MAX / 8]; /* by (size - 1) / 8 */

/* Which cache serves @size bytes, 1 ... LAB_KMALLOC_MAX_CACHE? */
static __always_inline u32 mmlab_kmalloc_index(size_t size)
{
	if (size <= LAB_KMALLOC_SMALL_MAX)
		return mmlab_kmalloc_small[(size - 1) / 8];
	/* 8192 is 2^13, and the sizes go on in powers of two */
	return LAB_KMALLOC_INDEX_8K - 12 + __fls(size - 1);
}

/* The slow paths; arguments and return values are those of the functions below. */
void *mmlab_kmalloc_alloc_slow(size_t size, lab_gfp_t flags, u32 owner,
			       unsigned long caller);
int mmlab_kmalloc_free_slow(void *ptr, u32 owner, unsigned long caller);

/*
 * As mmlab_magazine_try_alloc(), up to LAB_KMALLOC_SMALL_MAX. The comparison refuses 0
 * bytes as well, because 0 - 1 is the largest number of all.
 */
static __always_inline void *mmlab_kmalloc_try_alloc(size_t size)
{
	void *ptr;

	if (unlikely(!mmlab_section_try_enter(size - 1, &mmlab_fast_limits.kmalloc)))
		return NULL;
	ptr = mmlab_magazine_pop(mmlab_kmalloc_cpu[mmlab_kmalloc_small[(size - 1) / 8]]);
	mmlab_section_leave();
	return ptr;
}

/*
 * As mmlab_magazine_try_free(). The frame's owner field may be anything: it is a cache
 * number only if the whole identity is that of the cache, which is compared next.
 */
static __always_inline bool mmlab_kmalloc_try_free(void *ptr)
{
	size_t offset = (size_t)ptr - (size_t)mmlab_machine.base;
	const struct lab_frame *frame;
	struct lab_kcache *k;
	bool freed;

	if (unlikely(!mmlab_section_try_enter(offset, &mmlab_fast_limits.nr_bytes)))
		return false;
	frame = &mmlab_machine.mem_map[offset >> PAGE_SHIFT];
	k = READ_ONCE(mmlab_cache_owners[frame->owner % LAB_MAX_CACHES]);
	freed = mmlab_slab_begins(&k->slab, frame, offset) &&
		mmlab_magazine_push(k, ptr);
	mmlab_section_leave();
	return freed;
}

/**
 * mmlab_kmalloc_alloc() - take at least @size bytes
 * @size: bytes; 0 is refused
 * @flags: LAB_GFP_DMA, LAB_GFP_ZERO
 * @owner: lab pid for blocks that come from the buddy allocator
 * @caller: code address
 *
 * Context: process context, may sleep.
 * Return: memory aligned to 8 bytes, and if @size is a power of two to @size or a
 * page, whichever is less; NULL if @size is 0 or above 4 MiB, or the arena is
 * exhausted.
 */
static __always_inline void *mmlab_kmalloc_alloc(size_t size, lab_gfp_t flags,
						 u32 owner,
						 unsigned long caller)
{
	void *ptr = flags ? NULL : mmlab_kmalloc_try_alloc(size);

	return likely(ptr) ? ptr :
	       mmlab_kmalloc_alloc_slow(size, flags, owner, caller);
}

/*
 * Frees memory of mmlab_kmalloc_alloc() for the same owner; any pointer but NULL.
 *
 * Return:
 * * 0 - it is free
 * * -EINVAL - no memory of kmalloc begins there
 * * others - as mmlab_magazine_free() and mmlab_frames_free()
 */
static __always_inline int mmlab_kmalloc_free(void *ptr, u32 owner,
					      unsigned long caller)
{
	return likely(mmlab_kmalloc_try_free(ptr)) ? 0 :
	       mmlab_kmalloc_free_slow(ptr, owner, caller);
}

#endif /* MMLAB_MEM_KMALLOC_H */
