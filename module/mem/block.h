/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The blocks of frames that a lab process has taken by number. They are linked by
 * their entries in mem_map.
 */
#ifndef MMLAB_MEM_BLOCK_H
#define MMLAB_MEM_BLOCK_H

#include "../core/buddy.h"
#include "process.h"

/**
 * mmlab_block_alloc() - take a block of frames for a process
 * @p: process
 * @order: any value
 * @flags: LAB_GFP_DMA or 0
 *
 * Context: takes lab_mm.lock.
 * Return: frame number of a zeroed block, or PFN_NONE.
 */
u32 mmlab_block_alloc(struct lab_process *p, unsigned int order,
		      lab_gfp_t flags);

/**
 * mmlab_block_free() - give a process's block back
 * @p: process
 * @pfn: frame number as the user gave it, any value
 * @order: order as the user gave it, any value
 *
 * Context: takes lab_mm.lock.
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

/**
 * mmlab_block_validate_locked() - check the list of blocks
 * @p: process
 * @v: verdict to add to
 *
 * Rules: each block is in the arena, in use as a block, names its owner, and is
 * linked back; the list is as long as counted.
 *
 * Context: lab_mm.lock held.
 */
void mmlab_block_validate_locked(const struct lab_process *p,
				 struct lab_verdict *v);

#endif /* MMLAB_MEM_BLOCK_H */
