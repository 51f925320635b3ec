/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pages of a lab process: VMAs, page tables and frames together, and the host's
 * windows kept in step with them. Regions are in mmap.h.
 *
 * The host's entry is made under the lock under which the touch was checked. A change
 * that takes a page or a right away changes the lab's entry and flushes the windows under
 * one hold of the same lock, so every later touch finds the changed entry. For a page, the
 * flush comes first: the dirty bit and the host's references are final then.
 */
#ifndef MMLAB_MEM_MM_H
#define MMLAB_MEM_MM_H

#include "frames_bulk.h"
#include "process.h"

/* The page was there: only its accessed bit was set, or only the host's entry missing. */
#define LAB_SOFT_FAULT	1

/**
 * mmlab_mm_touch_locked() - supply the page at an address, as a touch does
 * @p: process
 * @lva: user linear address
 * @write: the touch is a write
 * @held: page that the caller has a reference on, or NULL
 * @pfn: (out) frame, mapped with the access noted in its entry
 *
 * Finds the VMA, or lets a stack grow; walks the page tables, and supplies a page table
 * and a zeroed frame if the entry is empty; reads the page back if the entry names a swap
 * slot. A store to a page that is shared breaks the sharing. As on i386, a page that can
 * be written or executed can be read.
 *
 * Context: lab_mm.lock held.
 * Return:
 * * 0 - the page is there
 * * LAB_SOFT_FAULT - the same, and it is no fault of the lab
 * * -EFAULT - the address is in no VMA
 * * -EACCES - the VMA does not permit the touch
 * * -ENOMEM - the arena is exhausted; mmlab_reclaim_retry() may help
 * * -EDQUOT - the process is at its limit, and no page of it can go
 * * -EIO - the page tables are corrupt (reported), or a page can't be read back
 */
int mmlab_mm_touch_locked(struct lab_process *p, u32 lva, bool write,
			  const struct page *held, u32 *pfn);

/* Pages that one call of mmlab_mm_around_locked() finds at most. */
#define LAB_AROUND_MAX	LAB_BULK_MAX

/**
 * mmlab_mm_around_locked() - find or supply pages around one that was touched
 * @p: process
 * @lva: (in) user linear address to begin at; (out) address of the first page found
 * @end: end of the range (exclusive), which is within one page table
 * @write: the touch was a store: only dirty pages are found, and those supplied now
 *	count as accessed and dirty. After a load no access is noted in the entries
 * @pages: (out) LAB_AROUND_MAX of the host's pages, at consecutive addresses
 *
 * A page is supplied only if its page table exists, and while more than half of all
 * frames are free: a touch must not fail because of pages that the program did not
 * touch. Pages in a VMA that does not permit the touch are left out.
 *
 * Context: lab_mm.lock held.
 * Return: pages found; 0 if there are none up to @end.
 */
u32 mmlab_mm_around_locked(struct lab_process *p, u64 *lva, u64 end, bool write,
			   struct page **pages);

/**
 * mmlab_mm_follow_page_locked() - find the page at an address, if it was touched
 * @p: process
 * @lva: user linear address
 * @pfn: (out) frame, or PFN_NONE if the page was never touched
 *
 * A page that is out is read back.
 *
 * Context: lab_mm.lock held.
 * Return:
 * * 0 - @pfn is set
 * * -EFAULT - the address is in no VMA
 * * -EACCES - the VMA can't be read
 * * -ENOMEM, -EDQUOT, -EIO - as mmlab_mm_touch_locked()
 */
int mmlab_mm_follow_page_locked(struct lab_process *p, u32 lva, u32 *pfn);

/**
 * mmlab_flush_tlb_mm() - flush all windows of a process
 * @p: process
 *
 * After page tables were changed by a privileged write to lab memory.
 *
 * Context: takes lab_mm.lock; sleeps.
 */
void mmlab_flush_tlb_mm(struct lab_process *p);

/**
 * mmlab_mm_zap_range_locked() - free the pages of a range
 * @p: process
 * @start: first address, page aligned
 * @end: end of the range (exclusive), page aligned, in user space
 *
 * Windows are flushed before a frame is freed, so that no program sees the next
 * owner's data through them. Page tables are freed when they are empty.
 *
 * Context: lab_mm.lock held; sleeps.
 * Return: frames freed, page tables included.
 */
u64 mmlab_mm_zap_range_locked(struct lab_process *p, u32 start, u32 end);

/**
 * mmlab_mm_mprotect_locked() - give the entries of a range their VMAs' rights
 * @p: process
 * @start: first address, page aligned
 * @end: end of the range (exclusive), page aligned, in user space
 * @rights: bits of LAB_VMA_RIGHTS, which all VMAs in the range have
 *
 * Context: lab_mm.lock held; sleeps.
 */
void mmlab_mm_mprotect_locked(struct lab_process *p, u32 start, u32 end,
			      lab_vma_flags_t rights);

/**
 * mmlab_mm_validate() - check VMAs, page tables and counters
 * @p: process
 * @v: verdict to add to
 *
 * Context: takes lab_mm.lock.
 */
void mmlab_mm_validate(struct lab_process *p, struct lab_verdict *v);

#endif /* MMLAB_MEM_MM_H */
