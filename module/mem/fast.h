/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tricks of the fast paths: what each replaces, what it saves, and what must hold for
 * it. They are where their structure is; this is the list of them.
 *
 * The numbers are instructions of one call without the trick, less those with it: 6.1 on
 * x86_64, where mmlab_alloc_pages() takes 30, mmlab_free_pages() 42,
 * mmlab_kmem_cache_alloc() 16, mmlab_kmem_cache_free() 32, mmlab_kmalloc() 21 and
 * mmlab_kfree() 35. A trick that saves one or two stays only because of the row
 * kmalloc-repeat of Documentation/performance.md, which takes 67. Each of these tricks is
 * in that row. With one instruction more, the pair takes 68.0 of the host's 271.5: a ratio
 * of 0.2505 for a goal of 0.25 (measured without mmlab_kmalloc_cpu[]).
 *
 * Limits that are 0 while frozen (struct lab_fast_limits, section.h): 3; a free 3 or 4.
 *   A fast path compares its argument with a limit anyway. While the lab is frozen the
 *   limit is 0, so that the same comparison finds the freeze, and no flag is read.
 *   Invariant: the freezer stores the limits before it waits for sections, and each
 *   comparison is inside a section.
 *
 * Identity words (struct lab_frame, core/frame.h): 5 for pages, 2 for objects.
 *   State, use, order, colour and owner of a block are one word. A free compares it with
 *   the word that the block must have, instead of five fields.
 *   Invariant: only the block's holder writes the word, at once. So a word that is the
 *   wanted one can't change.
 *
 * The difference of identities (mmlab_frames_assign_listed(), frames_fast.h): 3.
 *   A block off a list has a word that is known but for the order. To add a constant
 *   keeps the order, and nothing has to be put together.
 *   Invariant: each block on a per-CPU list is FRAME_PCP, USE_NONE, of owner 0.
 *
 * The colour out of the same word (mmlab_slab_begins(), core/slab.h): 1.
 *   The identities of a slab's head and of its cache differ in the colour only. So the
 *   difference says whether the slab is the cache's, and is the colour.
 *   Invariant: a cache's identity has colour 0, and is that of its slabs otherwise.
 *
 * A page's number by rotation (mmlab_fast_page(), below): 3.
 *   Invariant: the arena mapping is page aligned, and the arena has fewer than 2^52
 *   pages (2^20 on 32 bits).
 *
 * A slab's head by one mask (mmlab_slab_head(), core/slab.h): 3.
 *   The shift to the page and that to the entry in mem_map are one, and the mask clears
 *   the bits inside the slab.
 *   Invariant: an entry has 2^LAB_FRAME_SHIFT bytes; slabs are aligned to their size.
 *
 * Lemire's inverse (mmlab_slab_is_object(), core/slab.h): 3, one of them a division.
 *   One product and one comparison say that an offset is a multiple of the object size,
 *   and of an object inside the slab.
 *   Invariant: offsets have 32 bits, and inverse and limit were made for this size.
 *
 * NULL below a magazine's rounds (struct lab_magazine, kcache.h): 3.
 *   An allocation reads the round below top. If that is NULL, the magazine is empty, so
 *   top need not be compared with the bottom.
 *   Invariant: bottom is NULL, always; a CPU without magazines points at such a NULL.
 *
 * Shadow tables of kmalloc (kmalloc.h, cache.h): sizes 2, owners 2, CPU parts 1.
 *   mmlab_kmalloc_small[] has the cache of each size; mmlab_cache_owners[] has a
 *   stand-in where there is no cache, so no pointer is compared with NULL;
 *   mmlab_kmalloc_cpu[] leads to a cache's magazines without the cache.
 *   Invariant: the stand-in's identity is one that no frame can have; the caches of
 *   kmalloc stay until the module goes.
 *
 * The size less one (mmlab_kmalloc_try_alloc(), kmalloc.h): 1.
 *   0 - 1 is the largest number, so that the limit refuses a size of 0 as well.
 *
 * Frees that are not counted (mmlab_kcache_nr_free(), kcache.h): 1.
 *   They follow from the allocations and from the objects that are parked.
 *   Invariant: lab_cache_cpu.nr_moved counts what moves in any other way.
 */
#ifndef MMLAB_MEM_FAST_H
#define MMLAB_MEM_FAST_H

#include "arena.h"

/*
 * The number of the page that begins at an address. The rotation moves the offset in the
 * page to the highest bits, so that any other address gives a number beyond the arena,
 * which the limit of frame numbers refuses without a comparison of its own.
 */
static __always_inline size_t mmlab_fast_page(const void *ptr)
{
	size_t offset = ptr - mmlab_machine.base;

	return offset >> PAGE_SHIFT | offset << (BITS_PER_LONG - PAGE_SHIFT);
}

#endif /* MMLAB_MEM_FAST_H */
