/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The address space of a lab process at work: VMAs, page tables and frames
 * together, and the host's windows kept in step with them.
 */
#ifndef MMLAB_MEM_MM_H
#define MMLAB_MEM_MM_H

#include "process.h"

/* VMAs per lab process, as Linux's vm.max_map_count. */
#define LAB_MAX_VMAS	65530U

/**
 * mmlab_mm_map() - make sure that a range has VMAs, and what they permit
 * @p: process
 * @start: first address, page aligned
 * @end: first address behind the range, page aligned, in user space
 * @flags: LAB_VM_ bits: rights of new VMAs, and the rights needed
 * @rights: (out) LAB_VM_ bits that the whole range has
 *
 * Context: takes lab_mm.lock.
 * Return: 0; -EACCES: a VMA of the range has not all of @flags (nothing
 * changed); -ENOMEM: LAB_MAX_VMAS, or the arena has no memory for VMA objects (nothing changed).
 */
int mmlab_mm_map(struct lab_process *p, u32 start, u32 end, u32 flags,
		 u32 *rights);

/**
 * mmlab_mm_unmap() - take a range out, with its pages
 * @p: process
 * @start: first address, page aligned
 * @end: first address behind the range, page aligned, in user space
 * @nr_frames: (out) pages and page tables freed
 *
 * Windows are flushed before a frame is freed, so nobody sees the next owner's
 * data through them.
 *
 * Context: takes lab_mm.lock.
 * Return: 0; -ENOMEM: no memory to split a VMA, or LAB_MAX_VMAS (nothing
 * changed).
 */
int mmlab_mm_unmap(struct lab_process *p, u32 start, u32 end, u64 *nr_frames);

/**
 * mmlab_mm_touch_locked() - have a page at an address
 * @p: process
 * @lva: user linear address
 * @rights: LAB_VM_ bits that the VMA must have: all that the way of the touch
 *	would permit from now on, for the host's entry is as wide as its window
 * @write: the touch is a write
 * @pfn: (out) frame, mapped with the access noted in its entry
 *
 * What a page fault does: find the VMA, walk, and where the entry is empty,
 * supply page table and zeroed frame.
 *
 * Context: lab_mm.lock held.
 * Return: 0; -EFAULT: no VMA; -EACCES: the VMA forbids it; -ENOMEM: arena
 * exhausted; -EIO: the page tables are corrupt (reported).
 */
int mmlab_mm_touch_locked(struct lab_process *p, lva_t lva, u32 rights,
			  bool write, u32 *pfn);

/**
 * mmlab_mm_peek_locked() - look for the page at an address, supply nothing
 * @p: process
 * @lva: user linear address
 * @pfn: (out) frame, or PFN_NONE if the page was never touched
 *
 * Context: lab_mm.lock held.
 * Return: 0; -EFAULT: no VMA; -EACCES: it can't be read; -EIO: the page tables
 * are corrupt (reported).
 */
int mmlab_mm_peek_locked(struct lab_process *p, lva_t lva, u32 *pfn);

/**
 * mmlab_mm_sync_dirty_locked() - make one entry's dirty bit true
 * @p: process
 * @lva: user linear address
 *
 * Stores through a window that is already open set the host's dirty bit only, as
 * a CPU with a software-filled TLB would. Flushes the windows on this page and
 * takes the bit over.
 *
 * Context: lab_mm.lock held.
 */
void mmlab_mm_sync_dirty_locked(struct lab_process *p, lva_t lva);

/**
 * mmlab_mm_validate() - check VMAs, page tables and counters
 * @p: process
 * @v: verdict to add to
 *
 * Context: takes lab_mm.lock.
 */
void mmlab_mm_validate(struct lab_process *p, struct lab_verdict *v);

#endif /* MMLAB_MEM_MM_H */
