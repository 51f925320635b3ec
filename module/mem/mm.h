/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pages of a lab process: VMAs, page tables and frames together, and the
 * host's windows kept in step with them. Regions: mmap.h.
 *
 * An entry in a window is made under the lock that let the touch through. So a change
 * that takes a page or a right away changes the lab's entry and then flushes the
 * windows, under the same lock: touches that come later meet the changed entry.
 */
#ifndef MMLAB_MEM_MM_H
#define MMLAB_MEM_MM_H

#include "frames_bulk.h"
#include "process.h"

/**
 * mmlab_mm_touch_locked() - have a page at an address
 * @p: process
 * @lva: user linear address
 * @write: the touch is a write
 * @pfn: (out) frame, mapped with the access noted in its entry
 *
 * What a page fault does: find the VMA, or let a stack grow; walk, and where the
 * entry is empty, supply page table and zeroed frame. As on i386, what can be
 * written or executed can be read.
 *
 * Context: lab_mm.lock held.
 * Return: 0; -EFAULT: no VMA; -EACCES: the VMA forbids it; -ENOMEM: arena
 * exhausted; -EIO: the page tables are corrupt (reported).
 */
int mmlab_mm_touch_locked(struct lab_process *p, lva_t lva, bool write,
			  u32 *pfn);

/* Pages that mmlab_mm_around_locked() has at once. */
#define LAB_AROUND_MAX	LAB_BULK_MAX

/**
 * mmlab_mm_around_locked() - have pages around one that was touched
 * @p: process
 * @lva: (in) user linear address to begin at; (out) that of the first page found
 * @end: first address behind the range, which is within one page table
 * @write: the touch was a store: only pages that are dirty, and those supplied now
 *	count as accessed and dirty. Else no access is noted in their entries
 * @pages: (out) LAB_AROUND_MAX of the host's pages, at addresses that follow
 *
 * Pages are supplied only where that is a matter of a frame, and while more than
 * half of all frames are free: a touch must not fail because of pages that nobody
 * has asked for. Pages where the VMA forbids the touch are left out.
 *
 * Context: lab_mm.lock held.
 * Return: pages found; 0: none up to the end.
 */
u32 mmlab_mm_around_locked(struct lab_process *p, u64 *lva, u64 end, bool write,
			   struct page **pages);

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
 * mmlab_mm_flush() - let the windows of a process look at its page tables anew
 * @p: process
 *
 * For those who change page tables by another way than this file.
 *
 * Context: takes lab_mm.lock; sleeps.
 */
void mmlab_mm_flush(struct lab_process *p);

/**
 * mmlab_mm_empty_locked() - free the pages of a range
 * @p: process
 * @start: first address, page aligned
 * @end: first address behind the range, page aligned, in user space
 *
 * Windows are flushed before a frame is freed, so nobody sees the next owner's
 * data through them. Page tables go when they are empty.
 *
 * Context: lab_mm.lock held; sleeps.
 * Return: frames freed, page tables included.
 */
u64 mmlab_mm_empty_locked(struct lab_process *p, u32 start, u32 end);

/**
 * mmlab_mm_protect_locked() - give the entries of a range their VMAs' rights
 * @p: process
 * @start: first address, page aligned
 * @end: first address behind the range, page aligned, in user space
 * @rights: of LAB_VM_RIGHTS, those of all VMAs in the range
 *
 * Context: lab_mm.lock held; sleeps.
 */
void mmlab_mm_protect_locked(struct lab_process *p, u32 start, u32 end,
			     u32 rights);

/**
 * mmlab_mm_validate() - check VMAs, page tables and counters
 * @p: process
 * @v: verdict to add to
 *
 * Context: takes lab_mm.lock.
 */
void mmlab_mm_validate(struct lab_process *p, struct lab_verdict *v);

#endif /* MMLAB_MEM_MM_H */
