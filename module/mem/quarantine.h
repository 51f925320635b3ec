/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Quarantine: frames that were freed while their page was pinned (vmsplice, O_DIRECT,
 * process_vm_readv). They are not given out again before the last pin is gone.
 */
#ifndef MMLAB_MEM_QUARANTINE_H
#define MMLAB_MEM_QUARANTINE_H

#include <linux/mm.h>

#include "arena.h"

/* Does the host page have a reference besides that of the arena? */
static inline bool mmlab_quarantine_is_pinned(u32 pfn)
{
	return page_ref_count(mmlab_arena_page(pfn)) != 1;
}

/**
 * mmlab_quarantine_add() - put a single frame into quarantine
 * @pfn: frame that the caller holds, in no list
 *
 * Context: inside a section.
 */
void mmlab_quarantine_add(u32 pfn);

/**
 * mmlab_quarantine_scan() - free the frames that are not pinned any more
 *
 * A worker calls it every second while there are frames in quarantine; so do a drain
 * and a shortage.
 *
 * Context: process context, no section.
 * Return: frames given back to the buddy allocator.
 */
u32 mmlab_quarantine_scan(void);

/* Frames in quarantine now. */
u32 mmlab_quarantine_count(void);

/* Checks that the queue has as many frames as are counted. Under the freeze. */
void mmlab_quarantine_validate(struct lab_verdict *v);

/* Stops the regular scan. */
void mmlab_quarantine_exit(void);

#endif /* MMLAB_MEM_QUARANTINE_H */
