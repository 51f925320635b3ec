/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The blocks of frames that a lab process has taken by number. They are linked by
 * their entries in mem_map.
 */
#ifndef MMLAB_MEM_BLOCK_H
#define MMLAB_MEM_BLOCK_H

#include "../core/buddy.h"
#include "process.h"

/*
 * Takes a block of frames for a process; returns the frame number of a zeroed block, or
 * PFN_NONE. @order: any value. @flags: LAB_GFP_DMA or 0. Takes lab_mm.lock.
 */
u32 mmlab_block_alloc(struct lab_process *p, unsigned int order,
		      lab_gfp_t flags);

/*
 * Gives a process's block back; number and order are the user's, of any value. Takes
 * lab_mm.lock.
 *
 * Return:
 * * 0 - the block is free
 * * -EINVAL, -ENOENT - as mmlab_frames_free()
 * * -EPERM - the block belongs to another process
 */
int mmlab_block_free(struct lab_process *p, u32 pfn, unsigned int order);

/* Frees all blocks of a process that ends. Takes lab_mm.lock. */
void mmlab_block_exit(struct lab_process *p);

/* Is the frame part of a block that belongs to this process? lab_mm.lock held. */
bool mmlab_block_is_own_locked(const struct lab_process *p, u32 pfn);

/*
 * Checks the list of blocks. Rules: each block is in the arena, in use as a block, names its
 * owner, and is linked back; the list is as long as counted.
 */
void mmlab_block_validate_locked(const struct lab_process *p,
				 struct lab_verdict *v);

#endif /* MMLAB_MEM_BLOCK_H */
