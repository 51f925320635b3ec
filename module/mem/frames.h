/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Allocation and freeing of frames: the front of the lab's page allocator, over
 * per-CPU lists, the buddy allocator and the quarantine.
 */
#ifndef MMLAB_MEM_FRAMES_H
#define MMLAB_MEM_FRAMES_H

#include "../core/buddy.h"

/*
 * Takes a block of 2^@order frames; any order. @flags: LAB_GFP_DMA, LAB_GFP_RESERVE,
 * LAB_GFP_ZERO, LAB_GFP_NORETRY. @use: not USE_NONE. On shortage mmlab_frames_shortage() is
 * called, once, unless LAB_GFP_NORETRY says that the caller has other means. May sleep.
 * Returns a frame number; PFN_NONE if there is no such block or the order is above 10.
 */
u32 mmlab_frames_alloc(unsigned int order, lab_gfp_t flags,
		       enum frame_use use, u32 owner);

/**
 * mmlab_frames_free() - give a block back
 * @pfn: frame number as the caller knows it, any value
 * @order: order as the caller knows it, any value
 * @use: what the caller used it for
 * @owner: owner that it was allocated for
 *
 * A block that does not fit this description is left alone, and the refusal is
 * counted. Pages that user space could see go to quarantine if they are pinned.
 * The caller makes sure that a block is not freed by two threads at once.
 *
 * Context: process context, may sleep.
 * Return:
 * * 0 - the block is free or in quarantine
 * * -EINVAL - no block of that order and use begins at @pfn
 * * -ENOENT - the block is already free
 * * -EPERM - the block belongs to another owner
 */
int mmlab_frames_free(u32 pfn, unsigned int order, enum frame_use use,
		      u32 owner);

/* The slow paths after those of frames_fast.h; arguments and return values as above. */
u32 mmlab_frames_alloc_slow(unsigned int order, lab_gfp_t flags,
			    enum frame_use use, u32 owner);
int mmlab_frames_free_slow(u32 pfn, unsigned int order, enum frame_use use,
			   u32 owner);

/* What an allocation does after its section: zeroing, events. Returns @pfn. */
u32 mmlab_frames_finish(u32 pfn, unsigned int order, lab_gfp_t flags,
			enum frame_use use, u32 owner);

/* A shrinker frees frames that it can spare, and returns how many. */
typedef u32 (mmlab_shrink_t)(void);

/*
 * Sets the function that frees frames on shortage, or NULL. No allocation of frames may
 * happen under a lock that it takes.
 */
void mmlab_frames_set_shrinker(mmlab_shrink_t *shrink);

/*
 * Gives parked frames back to the buddy allocator: the shrinker is called, the quarantine is
 * looked through and the per-CPU lists are drained. Freezes. Returns frames.
 */
u32 mmlab_frames_shortage(void);

/*
 * Empties the per-CPU lists, and returns their frames; looks through quarantine.
 * @nr_released: (out) frames that left it, or NULL. Freezes.
 */
u32 mmlab_frames_drain(u32 *nr_released);

#endif /* MMLAB_MEM_FRAMES_H */
