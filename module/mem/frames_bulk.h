/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Many single frames in few sections, for users that take and give back a
 * hundred at a time.
 */
#ifndef MMLAB_MEM_FRAMES_BULK_H
#define MMLAB_MEM_FRAMES_BULK_H

#include "../core/buddy.h"

/* Frames that change hands in one section, so that none is long. */
#define LAB_BULK_MAX	64U

/**
 * mmlab_frames_alloc_bulk() - take up to @nr single frames of zone Normal
 * @nr: frames wanted
 * @flags: LAB_ZERO or 0
 * @use: what for; not USE_NONE
 * @owner: lab pid, 0 for the lab kernel
 * @chain: (in, out) the first frame of a chain, linked by lab_frame.next to
 *	PFN_NONE, or that; the new ones are put in front
 *
 * What can be had without disturbing others; it takes mmlab_frames_alloc() to
 * have the reserves, zone DMA and the caches looked through.
 *
 * Context: process context, may sleep.
 * Return: frames taken, at most LAB_BULK_MAX, perhaps 0.
 */
u32 mmlab_frames_alloc_bulk(u32 nr, unsigned int flags, enum frame_use use,
			    u32 owner, u32 *chain);

/**
 * mmlab_frames_free_bulk() - give a chain of single frames back
 * @chain: the first frame, linked by lab_frame.next to PFN_NONE; each is there
 *	once
 * @use: what the caller used them for
 * @owner: whom they were allocated for
 *
 * Each is judged as by mmlab_frames_free(). One that is refused ends it: it is
 * not the caller's, and neither is the link in it.
 *
 * Context: process context, may sleep.
 * Return: 0; the errors of mmlab_frames_free().
 */
int mmlab_frames_free_bulk(u32 chain, enum frame_use use, u32 owner);

#endif /* MMLAB_MEM_FRAMES_BULK_H */
