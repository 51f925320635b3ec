/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Quarantine: frames that were freed while somebody in the host still held
 * their page (vmsplice, O_DIRECT, process_vm_readv). They are not given out
 * again before the last such reference is gone.
 */
#ifndef MMLAB_MEM_QUARANTINE_H
#define MMLAB_MEM_QUARANTINE_H

#include <linux/mm.h>

#include "arena.h"

/* Somebody but the lab has a reference on the frame's host page. */
static inline bool mmlab_quarantine_is_pinned(u32 pfn)
{
	return page_ref_count(mmlab_arena_page(pfn)) != 1;
}

/**
 * mmlab_quarantine_add() - put a single frame away
 * @pfn: frame that is FRAME_USED and the caller's
 *
 * Context: inside a section.
 */
void mmlab_quarantine_add(u32 pfn);

/**
 * mmlab_quarantine_scan() - give back what is not pinned any more
 *
 * Runs by itself every second while there is anything, on every drain and on
 * shortage.
 *
 * Context: process context, no section.
 * Return: frames given back to the buddy allocator.
 */
u32 mmlab_quarantine_scan(void);

/* Frames in quarantine now. */
u32 mmlab_quarantine_count(void);

/* Adds broken rules to @v: the list has as many frames as are counted. */
void mmlab_quarantine_validate(struct lab_verdict *v);

/* Stops the regular scan. */
void mmlab_quarantine_exit(void);

#endif /* MMLAB_MEM_QUARANTINE_H */
