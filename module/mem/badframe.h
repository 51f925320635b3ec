/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bad frames: frames with a page that the host has found faulty (a machine check, or
 * hard_offline_page). Such a frame is never given out again. It stays with its owner
 * until the owner frees it; a touch of it through a window is a SIGBUS.
 *
 * As long as there is no bad frame, this costs the allocator one no-op.
 */
#ifndef MMLAB_MEM_BADFRAME_H
#define MMLAB_MEM_BADFRAME_H

#include <linux/jump_label.h>
#include <linux/mm.h>

#include "arena.h"

/* On as soon as the host has found a bad page: allocations take the slow path. */
DECLARE_STATIC_KEY_FALSE(mmlab_badframe_key);

/* Has the host found the frame's page faulty? */
static inline bool mmlab_badframe_is(u32 pfn)
{
	return PageHWPoison(mmlab_arena_page(pfn));
}

/*
 * If the block that the caller holds has a bad frame, that frame becomes FRAME_BAD and all
 * others of the block become free: the caller does not hold it any more. Returns whether it
 * had one. Inside a section.
 */
bool mmlab_badframe_put_aside(u32 pfn, unsigned int order);

/*
 * Puts aside the bad frames that are free. Runs by itself when the host finds a bad page, and
 * on every drain. Freezes.
 */
void mmlab_badframe_scan(void);

/* Counts bad frames, used or put aside. Context: any; O(frames) if there is one. */
u32 mmlab_badframe_count(void);

/*
 * Begins to watch for pages that the host finds faulty, at module load, once there is an
 * arena. 0, or the errno of tracepoint_probe_register().
 */
int mmlab_badframe_init(void);
void mmlab_badframe_exit(void);

#endif /* MMLAB_MEM_BADFRAME_H */
