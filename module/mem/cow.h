/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copy on write: the first store to a page that is shared.
 */
#ifndef MMLAB_MEM_COW_H
#define MMLAB_MEM_COW_H

#include <linux/mm_types.h>

#include "process.h"

/**
 * mmlab_mm_break_cow_locked() - give a process a page that it may store to
 * @p: process, whose VMA at @lva permits stores
 * @lva: linear address of the page
 * @entry: its entry, without LAB_PTE_RW
 * @flags: of the entry from now on, with LAB_PTE_RW and LAB_PTE_DIRTY
 * @held: page that the caller has a reference on, or NULL
 * @pfn: (in) frame of the family that the entry maps; (out) frame that it maps now
 *
 * do_wp_page() of Linux. If no other process maps the page and none can still have it
 * pinned, it is used on; else its contents get a frame of their own, and the windows of
 * @p are flushed. A bad frame is left as it is: it can't be read, and the touch fails.
 *
 * Context: lab_mm.lock held; sleeps.
 * Return:
 * * 0 - @pfn is set
 * * -ENOMEM - there is no frame
 */
int mmlab_mm_break_cow_locked(struct lab_process *p, u32 lva, u32 *entry, u32 flags,
			      const struct page *held, u32 *pfn);

#endif /* MMLAB_MEM_COW_H */
