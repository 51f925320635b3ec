/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pages of a lab process: VMAs, page tables and frames together, and the host's
 * windows kept in step with them. Regions are in mmap.h.
 *
 * The host's entry is made under the lock under which the touch was checked. A change
 * that takes a page or a right away changes the lab's entry and flushes the windows under
 * one hold of the same lock, so every later touch finds the changed entry. For a page, the
 * flush comes first: the dirty bit and the host's references are final then.
 *
 * Ranges are [@start, @end), page aligned, in user space.
 */
#ifndef MMLAB_MEM_MM_H
#define MMLAB_MEM_MM_H

#include "frames_bulk.h"
#include "process.h"

/* The page was there: only its accessed bit was set, or only the host's entry missing. */
#define LAB_SOFT_FAULT	1

/*
 * Supplies the page at an address of user space, as a touch does, and notes the access in its
 * entry. @held: page that the caller has a reference on, or NULL. A stack grows; a page that
 * is out is read back; a store to a page that is shared breaks the sharing.
 *
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

/*
 * Finds or supplies pages around one that was touched. @lva: (in) user linear address to begin
 * at; (out) address of the first page found. @end: exclusive, within the same page table.
 * @write: the touch was a store: only dirty pages are found, and those supplied now count as
 * accessed and dirty. After a load no access is noted. @pages: (out) LAB_AROUND_MAX pages of
 * the host, at consecutive addresses. Returns how many; 0 if there are none up to @end.
 */
u32 mmlab_mm_around_locked(struct lab_process *p, u64 *lva, u64 end, bool write,
			   struct page **pages);

/*
 * Finds the page at an address of user space without touching it; one that is out is read
 * back. @pfn: (out) PFN_NONE if the page was never touched, or never stored to and maps the
 * zero page.
 *
 * Return:
 * * 0 - @pfn is set
 * * -EFAULT - the address is in no VMA
 * * -EACCES - the VMA can't be read
 * * -ENOMEM, -EDQUOT, -EIO - as mmlab_mm_touch_locked()
 */
int mmlab_mm_follow_page_locked(struct lab_process *p, u32 lva, u32 *pfn);

/* For page tables that a privileged write has changed. Takes lab_mm.lock; sleeps. */
void mmlab_flush_tlb_mm(struct lab_process *p);

/* Frees the pages of a range, and page tables that are empty then; returns frames. Sleeps. */
u64 mmlab_mm_zap_range_locked(struct lab_process *p, u32 start, u32 end);

/* Gives the entries of a range the @rights that all of its VMAs have. Sleeps. */
void mmlab_mm_mprotect_locked(struct lab_process *p, u32 start, u32 end,
			      lab_vma_flags_t rights);

/* Checks VMAs, page tables and counters. Takes lab_mm.lock. */
void mmlab_mm_validate(struct lab_process *p, struct lab_verdict *v);

#endif /* MMLAB_MEM_MM_H */
