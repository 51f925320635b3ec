/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The arena: host pages that are the lab machine's memory, and the arena mapping,
 * one contiguous mapping of them all in the host kernel.
 */
#ifndef MMLAB_MEM_ARENA_H
#define MMLAB_MEM_ARENA_H

#include <linux/mm_types.h>

#include "../core/frame.h"

/* The lab machine; there is one. */
extern struct lab_machine mmlab_machine;

/**
 * mmlab_arena_init() - take memory from the host and describe it
 * @mem_mib: size of the arena in MiB, LAB_MEM_MIN_MIB ... LAB_MEM_MAX_MIB
 *
 * Takes the largest blocks that the host has, splits them into single pages and
 * falls back to smaller ones, so that fragmentation of the host does not matter.
 * The pages are zeroed: no host data is ever seen through the lab.
 *
 * Context: module load.
 * Return:
 * * 0 - the arena is there
 * * -ENOMEM - the host does not have that much; the OOM killer was not called
 */
int mmlab_arena_init(unsigned long mem_mib);

/* Drops the lab's reference on every page: pinned ones go when the pin goes. */
void mmlab_arena_exit(void);

/* The host page that a frame is. */
static inline struct page *mmlab_arena_page(u32 pfn)
{
	return mmlab_frame(&mmlab_machine, pfn)->host;
}

/* Host memory in bytes that describes the arena: mem_map. */
size_t mmlab_arena_metadata_bytes(void);

#endif /* MMLAB_MEM_ARENA_H */
