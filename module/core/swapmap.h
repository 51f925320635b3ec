/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Swap slots: which are free, how many page-table entries name each, and which
 * frame holds a copy of one (the swap cache). Numbers only; nothing here reads
 * or writes a page.
 *
 * There are up to LAB_NR_SWAP_AREAS areas, as in Linux 2.4. The area with the highest
 * priority is filled first, areas of equal priority in turn. Inside an area, slots are
 * given out one after the other up to the end of the cluster, so that pages that are
 * swapped out together lie together. The next cluster is the next one that is all
 * free or, if there is none, the next one with a free slot.
 *
 * A slot is in use as long as an entry names it or a frame is its copy.
 *
 * Context of each function: lab_swap.lock held. @type and @swp may have any value.
 */
#ifndef MMLAB_CORE_SWAPMAP_H
#define MMLAB_CORE_SWAPMAP_H

#include "pgtable.h"

#define LAB_NR_SWAP_AREAS	8U
#define LAB_SWAP_CLUSTER	32U
#define LAB_SWAP_COUNT_MAX	254U	/* entries that may name a slot */
#define LAB_SWAP_COUNT_BAD	255U	/* never given out: slot 0, the header */
#define LAB_SWAP_MIN_SLOTS	2U	/* a header and a page */

/**
 * struct lab_swap_area - a swap area
 * @count: by slot: entries that name it, or LAB_SWAP_COUNT_BAD; NULL: no area
 * @cluster: by cluster: slots in it that are in use or bad
 * @frame: by slot: the frame that is a copy of it, or PFN_NONE
 * @nr_slots: slots, the header included
 * @nr_used: slots in use
 * @next: slot at which the search begins
 * @turn: when it gave out a slot last; among areas of equal priority, the one with the
 *	oldest @turn is next
 * @prio: priority
 * @closed: swapoff is under way: no slot is given out
 */
struct lab_swap_area {
	u8 *count;
	u8 *cluster;
	u32 *frame;
	u32 nr_slots;
	u32 nr_used;
	u32 next;
	u64 turn;
	int prio;
	bool closed;
};

/**
 * struct lab_swap - all swap areas
 * @lock: covers everything here
 * @m: machine
 * @entry: by frame: the swap entry that it is a copy of, or 0; the caller's array, with
 *	one number per frame of the arena
 * @area: by type
 * @turn: counts slots that were given out
 * @nr_cached: frames in the swap cache
 */
struct lab_swap {
	struct mutex lock;
	const struct lab_machine *m;
	u32 *entry;
	struct lab_swap_area area[LAB_NR_SWAP_AREAS];
	u64 turn;
	u32 nr_cached;
};

/* Slots that pages can be put in. */
static inline u32 mmlab_swap_area_pages(const struct lab_swap_area *area)
{
	return area->nr_slots - 1;
}

/*
 * Begins without swap areas; @s has any contents but for the lock, which the caller has
 * initialised. @entry: zeroed array with a number per frame, which the caller frees in the
 * end.
 */
void mmlab_swap_init(struct lab_swap *s, const struct lab_machine *m,
		     u32 *entry);

/* Bytes of memory that an area of so many slots needs; 0 if they are too few or many. */
size_t mmlab_swap_area_bytes(u32 nr_slots);

/*
 * Adds a swap area of @nr_slots, header included (swapon). @memory: mmlab_swap_area_bytes()
 * of any contents, aligned for u32, which the caller frees in the end.
 *
 * Return: its type, or
 * * -EINVAL - mmlab_swap_area_bytes() refuses the size
 * * -EPERM - there are LAB_NR_SWAP_AREAS already (the errno of swapon(2))
 */
int mmlab_swap_add_area(struct lab_swap *s, void *memory, u32 nr_slots,
			int prio);

/*
 * Begins swapoff: the area gives out no slot any more; or, with false, cancels it. 0, or
 * -EINVAL if there is no such area, or nothing to change.
 */
int mmlab_swap_close_area(struct lab_swap *s, u32 type, bool closed);

/*
 * The next slot in use of an existing area after @slot, for swapoff, which begins with 0; 0
 * if there is none.
 */
u32 mmlab_swap_next_used(const struct lab_swap *s, u32 type, u32 slot);

/*
 * Removes a swap area: the end of swapoff.
 *
 * Return:
 * * 0 - the area is gone
 * * -EINVAL - there is no such area, or it is not closed
 * * -EBUSY - slots are in use
 */
int mmlab_swap_del_area(struct lab_swap *s, u32 type);

/*
 * Takes a slot for a frame that is no copy of one yet (add_to_swap() of Linux). The frame is
 * then in the swap cache; no entry names the slot yet. Returns the swap entry; 0 if swap is
 * full.
 */
u32 mmlab_swap_alloc(struct lab_swap *s, u32 pfn);

/**
 * mmlab_swap_dup() - count one more entry that names a slot
 * @s: swap areas
 * @swp: swap entry, any value
 *
 * Context: lab_swap.lock.
 * Return:
 * * 0 - the entry is counted
 * * -EINVAL - there is no such slot, or it is the header
 * * -ENOENT - the slot is free
 * * -EOVERFLOW - LAB_SWAP_COUNT_MAX entries name it already
 */
int mmlab_swap_dup(struct lab_swap *s, u32 swp);

/*
 * Counts one entry less that names a slot. Returns entries that still name it; if there is
 * none and no frame is its copy, it is free now. -EINVAL as mmlab_swap_dup(); -ENOENT if no
 * entry named it.
 */
int mmlab_swap_free(struct lab_swap *s, u32 swp);

/* The entries that name a slot, or -EINVAL or -ENOENT as mmlab_swap_dup(). */
int mmlab_swap_count(struct lab_swap *s, u32 swp);

/*
 * Notes that a slot was read into a frame, which is no copy of a slot yet.
 *
 * Return:
 * * 0 - the frame is the copy
 * * -EINVAL, -ENOENT - as mmlab_swap_dup()
 * * -EEXIST - the slot has a copy
 */
int mmlab_swap_cache_add(struct lab_swap *s, u32 swp, u32 pfn);

/* The frame that is the copy of a slot; PFN_NONE if there is no copy or no such slot. */
u32 mmlab_swap_cache_find(struct lab_swap *s, u32 swp);

/*
 * Takes a frame out of the swap cache. Returns the swap entry, whose slot is free now if no
 * entry names it; 0 if the frame was no copy.
 */
u32 mmlab_swap_cache_del(struct lab_swap *s, u32 pfn);

/*
 * Does a store need no copy of this user page? As can_share_swap_page() of Linux 2.4: it may
 * be reused if one entry alone maps it or names the slot that it is a copy of. The family's
 * lock is held as well.
 */
bool mmlab_swap_can_reuse(struct lab_swap *s, u32 pfn);

/**
 * struct lab_swap_census - sums over all areas
 * @nr_slots: slots for pages
 * @nr_used: slots in use
 * @nr_entries: page-table entries that name a slot: the sum of all counts
 * @nr_cached: slots in use that have a frame in the swap cache
 */
struct lab_swap_census {
	u32 nr_slots;
	u32 nr_used;
	u64 nr_entries;
	u32 nr_cached;
};

/*
 * Checks maps, clusters and swap cache, and fills in @census. Rules: only the header is bad;
 * the counts of clusters and areas are those of their slots in use; a slot's copy is a user
 * page that names the slot, and a frame that names a slot is its copy.
 */
void mmlab_swap_validate(const struct lab_swap *s,
			 struct lab_swap_census *census, struct lab_verdict *v);

#endif /* MMLAB_CORE_SWAPMAP_H */
