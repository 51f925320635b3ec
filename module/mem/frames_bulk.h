/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Allocation and freeing of single frames in bulk: a hundred frames in few sections.
 */
#ifndef MMLAB_MEM_FRAMES_BULK_H
#define MMLAB_MEM_FRAMES_BULK_H

#include "../core/buddy.h"

/* Frames that change hands in one section, so that none is long. */
#define LAB_BULK_MAX	64U

/**
 * mmlab_frames_alloc_bulk() - take up to @nr single frames of zone Normal
 * @nr: frames wanted
 * @flags: LAB_GFP_ZERO or 0
 * @use: what the frames are for; not USE_NONE
 * @owner: lab pid, 0 for the lab kernel
 * @chain: (in, out) the first frame of a chain, linked by lab_frame.next to
 *	PFN_NONE, or PFN_NONE itself; the new ones are put in front
 *
 * Takes frames from this CPU's list and the free lists above the watermark only.
 * mmlab_frames_alloc() also tries the reserves, zone DMA and the caches.
 *
 * Context: process context, may sleep.
 * Return: frames taken, at most LAB_BULK_MAX, perhaps 0.
 */
u32 mmlab_frames_alloc_bulk(u32 nr, lab_gfp_t flags, enum frame_use use,
			    u32 owner, u32 *chain);

/*
 * Gives a chain of single frames back; no frame is in it twice. Each is checked as by
 * mmlab_frames_free(). The first one that is refused ends the call: it does not belong to the
 * caller, so its link can't be followed. May sleep. 0, or an error of mmlab_frames_free().
 */
int mmlab_frames_free_bulk(u32 chain, enum frame_use use, u32 owner);

#endif /* MMLAB_MEM_FRAMES_BULK_H */
