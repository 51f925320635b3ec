/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Swap areas and what lies in them, over core/swapmap. Where an area keeps its pages:
 * swap_store.h.
 *
 * Lock order: lab_mm.lock -> lab_lru.lock -> lab_swap.lock -> section. Pages are
 * read and written without lab_swap.lock, under the lock of the process whose page
 * it is: so a slot has one reader or writer at a time.
 */
#ifndef MMLAB_MEM_SWAPFILE_H
#define MMLAB_MEM_SWAPFILE_H

#include <linux/jump_label.h>

#include "../core/fork.h"
#include "../core/vma.h"
#include "swap_store.h"

/* Slots that an area has at most: 4 GiB of pages. */
#define LAB_SWAPFILE_MAX_PAGES	0x100000U

/* On while there is swap. Without, a fault and an unmap cost a no-op more. */
DECLARE_STATIC_KEY_FALSE(mmlab_swap_key);

static __always_inline bool mmlab_swap_is_on(void)
{
	return static_branch_unlikely(&mmlab_swap_key);
}

/* Module load, and exit, when there is no lab process any more. */
void mmlab_swapfile_init(void);
void mmlab_swapfile_exit(void);

/*
 * Makes an area of a store with room for 1 to LAB_SWAPFILE_MAX_PAGES pages. Sleeps; one caller
 * at a time. Returns its type, and the store is the area's; -EPERM: there are LAB_NR_SWAP_AREAS;
 * -ENOMEM.
 */
int mmlab_swapfile_add(struct lab_swap_store *store, u32 nr_pages, int prio);

/*
 * Begins swapoff: the area gives out no slot any more; or, with false, breaks it off. 0;
 * -EINVAL: no such area.
 */
int mmlab_swapfile_close(u32 type, bool closed);

/*
 * Ends swapoff of a closed area, after a write under way, and closes its store. 0; -EBUSY:
 * slots are in use.
 */
int mmlab_swapfile_del(u32 type);

/* The area in this file, or -ENOENT. */
int mmlab_swapfile_find(const struct inode *inode);

/* Areas that there are. */
u32 mmlab_swapfile_count(void);

/**
 * mmlab_swapfile_choose() - find a slot for a page that goes out
 * @pfn: its frame, which no window shows any more and no one has pinned
 * @dirty: (in) it was stored to since it was read back, if it ever was; (out) it has to be
 *	written
 *
 * The frame is a copy of the slot until the caller, who counts the entries that name the
 * slot from now on, calls mmlab_swapfile_uncache().
 *
 * Context: lab_mm.lock of its family held; sleeps.
 * Return: swap entry; 0: swap is full, and the frame is no copy.
 */
u32 mmlab_swapfile_choose(u32 pfn, bool *dirty);

/*
 * Writes a page to its slot; what went wrong is logged. Sleeps. 0, or an errno; -EINTR: the
 * task is to die.
 */
int mmlab_swapfile_write(u32 swp, u32 pfn);

/*
 * A write without the lock of the page's process begins and ends, one at a time. Until it
 * ends, its slot is in use, and swapoff of its area waits. mmlab_swapfile_is_writeback(): is
 * this frame written so?
 */
void mmlab_swapfile_begin_write(u32 swp, u32 pfn);
void mmlab_swapfile_end_write(u32 swp);
bool mmlab_swapfile_is_writeback(u32 pfn);

/*
 * Reads the page of a swap entry, of any value, into a frame. @keep: (in) the frame is to
 * stay a copy of the slot; (out) it is one. Sleeps. 0; -ENOENT: no entry names that slot; -EIO:
 * the page can't be read; -EINTR: the task is to die.
 */
int mmlab_swapfile_in_locked(struct lab_mm *mm, u32 swp, u32 pfn, bool *keep);

/* An entry of @mm that named a slot is gone; lab_mm.lock is held. -EIO: it named none. */
int mmlab_swapfile_forget_locked(struct lab_mm *mm, u32 swp);

/*
 * mmlab_fork_copy_range() from the parent's address space to the child's, up to @end
 * (exclusive). lab_mm.lock of both is held.
 */
int mmlab_swapfile_fork_locked(struct lab_mm *to, const struct lab_mm *from, u64 end,
			       struct lab_fork_copy *copy);

/* An entry of @mm names a slot in use; lab_mm.lock is held. -EIO: too many do. */
int mmlab_swapfile_dup_locked(struct lab_mm *mm, u32 swp);

/* Entries that name a slot; 0 if it is free. */
u32 mmlab_swapfile_count_entries(u32 swp);

/* The slot that a frame is a copy of, or 0; and whether there is one. */
u32 mmlab_swapfile_slot(u32 pfn);
bool mmlab_swapfile_is_cached(u32 pfn);

/* The same between mmlab_swapfile_lock() and _unlock(), also if there never was swap. */
bool mmlab_swapfile_is_cached_locked(u32 pfn);

/*
 * A user page of the caller's is no slot's copy any more; true if it was one. @type: only if
 * the slot is in this area; PFN_NONE: in any.
 */
bool mmlab_swapfile_uncache(u32 pfn, u32 type);

/*
 * A swap area: pages that it holds at most (0: there is no area of this type), pages in it,
 * priority.
 */
struct lab_swapfile_view {
	u32 nr_pages;
	u32 nr_used;
	int prio;
};

/*
 * Looks at all LAB_NR_SWAP_AREAS at one moment, by type. Returns frames that are copies of a
 * slot.
 */
u32 mmlab_swapfile_view(struct lab_swapfile_view *view);

/*
 * Looks at one area, of a type below LAB_NR_SWAP_AREAS. Returns the program's file that it is
 * in, with a reference for the caller; NULL: it is in memory, or there is none.
 */
struct file *mmlab_swapfile_view_file(u32 type, struct lab_swapfile_view *view);

/*
 * Checks slots, counts and copies. Rule: as many entries name slots as the counts of all
 * slots say. Under the freeze, and between mmlab_swapfile_lock() and _unlock().
 */
void mmlab_swapfile_validate_locked(struct lab_verdict *v);

/* Keeps slots and counts as they are; to be taken before a freeze. */
void mmlab_swapfile_lock(void);
void mmlab_swapfile_unlock(void);

#endif /* MMLAB_MEM_SWAPFILE_H */
