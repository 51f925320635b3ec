/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The zero page: what a load of a page finds that was never stored to.
 *
 * One frame (LAB_ZERO_PFN) is mapped by all processes. It is no page of any of them: no
 * count, no list, no swap. So it is never freed, and the first store only has to put a
 * page of the process in its place.
 */
#ifndef MMLAB_MEM_ZERO_H
#define MMLAB_MEM_ZERO_H

#include "badframe.h"
#include "process.h"

extern unsigned int mmlab_zero_page;

/* Does a load map the zero page? Not if the host has found it faulty. */
static inline bool mmlab_zero_is_on(void)
{
	return unlikely(READ_ONCE(mmlab_zero_page)) && !mmlab_badframe_is(LAB_ZERO_PFN);
}

/**
 * mmlab_zero_map_locked() - map the zero page by empty entries
 * @p: process
 * @lva: user linear address of the first
 * @entry: first entry; all are in one table
 * @nr: entries
 * @flags: LAB_PTE_ bits
 *
 * Context: lab_mm.lock held.
 */
void mmlab_zero_map_locked(struct lab_process *p, u32 lva, u32 *entry, u32 nr, u32 flags);

/**
 * mmlab_zero_break_locked() - give a process a page of its own in the zero page's place
 * @p: process
 * @lva: user linear address
 * @entry: its entry, which maps the zero page
 * @flags: LAB_PTE_ bits from now on
 * @pfn: (out) frame, zeroed
 *
 * The windows of @p on this page are flushed.
 *
 * Context: lab_mm.lock held; sleeps.
 * Return:
 * * 0 - the page is there
 * * -ENOMEM - no frame
 */
int mmlab_zero_break_locked(struct lab_process *p, u32 lva, u32 *entry, u32 flags, u32 *pfn);

/**
 * mmlab_zero_validate() - check that the zero page holds zeros
 * @v: verdict to add to
 *
 * Context: any; a privileged store to this frame is refused.
 */
void mmlab_zero_validate(struct lab_verdict *v);

#endif /* MMLAB_MEM_ZERO_H */
