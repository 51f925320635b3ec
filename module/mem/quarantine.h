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

/*
 * Puts a single frame, which the caller holds and which is in no list, into quarantine.
 * Inside a section.
 */
void mmlab_quarantine_add(u32 pfn);

/*
 * Frees the frames that are not pinned any more; returns how many. A worker calls it every
 * second while there are frames in quarantine; so do a drain and a shortage. No section.
 */
u32 mmlab_quarantine_scan(void);

/* Frames in quarantine now. */
u32 mmlab_quarantine_count(void);

/* Checks that the queue has as many frames as are counted. Under the freeze. */
void mmlab_quarantine_validate(struct lab_verdict *v);

/* Stops the regular scan. */
void mmlab_quarantine_exit(void);

#endif /* MMLAB_MEM_QUARANTINE_H */
