/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages of a lab process that go out and come back: entries, windows and slots.
 */
#ifndef MMLAB_MEM_MM_SWAP_H
#define MMLAB_MEM_MM_SWAP_H

#include "process.h"
#include "reclaim.h"

/* Reclaim of pages of lab processes; for mmlab_reclaim_init(). */
extern const struct lab_reclaim_ops mmlab_mm_reclaim_ops;

/**
 * mmlab_mm_page_out_locked() - take a page away from all processes that map it
 * @f: their family
 * @lva: linear address of the page
 * @pfn: its frame, which is freed
 *
 * The windows are flushed first. Then a page that was never stored to is forgotten,
 * as the next touch brings zeros anyway; one that is as its slot is dropped; all
 * others are written. A page is in for all that share it, or out for all.
 *
 * Context: lab_mm.lock held; sleeps.
 * Return: true: it is gone; false: it is not at this address any more, the host has
 * it pinned or found it bad, or there is no room for it.
 */
bool mmlab_mm_page_out_locked(struct lab_family *f, u32 lva, u32 pfn);

/*
 * The same without the lock: it is taken, and dropped while the page is written. A page that
 * is touched meanwhile stays. One such write at a time: reclaim_lock is held.
 */
bool mmlab_mm_page_out(struct lab_family *f, u32 lva, u32 pfn);

/**
 * mmlab_mm_page_in_locked() - bring a page back (do_swap_page() of Linux)
 * @p: process; others of its family whose entries name the slot get the page as well
 * @lva: linear address of the page
 * @entry: its entry, which is a swap entry
 * @flags: of the entry from now on; with LAB_PTE_DIRTY, the slot is given up. If others
 *	get the page as well, they are without LAB_PTE_RW and LAB_PTE_DIRTY
 * @pfn: (out) its frame, PFN_NONE on errors
 *
 * Context: lab_mm.lock held; sleeps.
 * Return: 0; -ENOMEM: no frame; -EIO: the entry is corrupt (reported), or the page can't
 * be read (logged), and stays out; -EINTR: the task is to die.
 */
int mmlab_mm_page_in_locked(struct lab_process *p, u32 lva, u32 *entry,
			    u32 flags, u32 *pfn);

/*
 * Was a page touched since the last call? Clears the accessed bits, and has the windows
 * flushed, so that the next touch sets one again. Sleeps.
 */
bool mmlab_mm_test_young_locked(struct lab_family *f, u32 lva, u32 pfn);

/* Puts all pages of a process on lists that are on none. Takes lab_mm.lock. */
void mmlab_mm_list_pages(struct lab_process *p);

/**
 * mmlab_mm_unuse() - bring back all that lies in a swap area
 * @p: process
 * @type: the area, which is closed
 *
 * Frames that are copies of its slots are none any more, either.
 *
 * Context: takes lab_mm.lock, and lets go of it to reclaim; sleeps.
 * Return: 0; -ENOMEM: not all pages fit; -EIO: a page can't be read; -EINTR: the
 * task is to die.
 */
int mmlab_mm_unuse(struct lab_process *p, u32 type);

#endif /* MMLAB_MEM_MM_SWAP_H */
