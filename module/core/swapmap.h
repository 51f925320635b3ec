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

/**
 * mmlab_swap_init() - begin without swap areas
 * @s: any contents; the lock is initialised by the caller
 * @m: machine
 * @entry: zeroed array with a number per frame, which the caller frees in the end
 */
void mmlab_swap_init(struct lab_swap *s, const struct lab_machine *m,
		     u32 *entry);

/* Bytes of memory that an area of so many slots needs; 0 if they are too few or many. */
size_t mmlab_swap_area_bytes(u32 nr_slots);

/**
 * mmlab_swap_add_area() - add a swap area (swapon)
 * @s: swap areas
 * @memory: mmlab_swap_area_bytes() of any contents, aligned for u32, which the caller
 *	frees in the end
 * @nr_slots: slots, header included
 * @prio: priority
 *
 * Context: lab_swap.lock.
 * Return: the area's type, or:
 * * -EINVAL - mmlab_swap_area_bytes() refuses the size
 * * -EPERM - there are LAB_NR_SWAP_AREAS already; swapon(2) uses the same errno
 */
int mmlab_swap_add_area(struct lab_swap *s, void *memory, u32 nr_slots,
			int prio);

/**
 * mmlab_swap_close_area() - begin or cancel swapoff
 * @s: swap areas
 * @type: area, any value
 * @closed: give out no slot any more; false: give out slots again
 *
 * Context: lab_swap.lock.
 * Return: 0, or -EINVAL if there is no such area, or nothing to change.
 */
int mmlab_swap_close_area(struct lab_swap *s, u32 type, bool closed);

/**
 * mmlab_swap_next_used() - walk over the slots in use, for swapoff
 * @s: swap areas
 * @type: existing area
 * @slot: the slot before; 0 to begin
 *
 * Context: lab_swap.lock.
 * Return: the next slot in use; 0 if there is none.
 */
u32 mmlab_swap_next_used(const struct lab_swap *s, u32 type, u32 slot);

/**
 * mmlab_swap_del_area() - remove a swap area (the end of swapoff)
 * @s: swap areas
 * @type: area, any value
 *
 * Context: lab_swap.lock.
 * Return:
 * * 0 - the area is gone
 * * -EINVAL - there is no such area, or it is not closed
 * * -EBUSY - slots are in use
 */
int mmlab_swap_del_area(struct lab_swap *s, u32 type);

/**
 * mmlab_swap_alloc() - take a slot for a frame (add_to_swap() of Linux)
 * @s: swap areas
 * @pfn: frame that is no copy of a slot yet
 *
 * The frame is then in the swap cache; no entry names the slot yet.
 *
 * Context: lab_swap.lock.
 * Return: swap entry; 0 if swap is full.
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

/**
 * mmlab_swap_free() - count one entry less that names a slot
 * @s: swap areas
 * @swp: swap entry, any value
 *
 * Context: lab_swap.lock.
 * Return: entries that still name the slot; if there is none and no frame is its copy,
 * it is free now. -EINVAL as mmlab_swap_dup(); -ENOENT if no entry named it.
 */
int mmlab_swap_free(struct lab_swap *s, u32 swp);

/**
 * mmlab_swap_count() - count the entries that name a slot
 * @s: swap areas
 * @swp: swap entry, any value
 *
 * Context: lab_swap.lock.
 * Return: entries, or -EINVAL or -ENOENT as mmlab_swap_dup().
 */
int mmlab_swap_count(struct lab_swap *s, u32 swp);

/**
 * mmlab_swap_cache_add() - note that a slot was read into a frame
 * @s: swap areas
 * @swp: swap entry, any value
 * @pfn: frame that is no copy of a slot yet
 *
 * Context: lab_swap.lock.
 * Return: 0; -EINVAL or -ENOENT as mmlab_swap_dup(); -EEXIST if the slot has a copy.
 */
int mmlab_swap_cache_add(struct lab_swap *s, u32 swp, u32 pfn);

/**
 * mmlab_swap_cache_find() - find the copy of a slot
 * @s: swap areas
 * @swp: swap entry, any value
 *
 * Context: lab_swap.lock.
 * Return: frame; PFN_NONE if there is no copy or no such slot.
 */
u32 mmlab_swap_cache_find(struct lab_swap *s, u32 swp);

/**
 * mmlab_swap_cache_del() - take a frame out of the swap cache
 * @s: swap areas
 * @pfn: frame
 *
 * Context: lab_swap.lock.
 * Return: the swap entry; its slot is free now if no entry names it. 0 if the frame was
 * no copy of a slot.
 */
u32 mmlab_swap_cache_del(struct lab_swap *s, u32 pfn);

/**
 * mmlab_swap_can_reuse() - check that a store needs no copy of a frame
 * @s: swap areas
 * @pfn: frame of use USE_USER
 *
 * As can_share_swap_page() of Linux 2.4: it may be reused if one entry alone maps it or
 * names the slot that it is a copy of.
 *
 * Context: lab_swap.lock; the frame's family's lock.
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

/**
 * mmlab_swap_validate() - check maps, clusters and swap cache
 * @s: swap areas
 * @census: (out) sums
 * @v: verdict to add to
 *
 * Rules: only the header is bad; the counts of clusters and areas are those of their
 * slots in use; a slot's copy is a user page that names the slot, and a frame that
 * names a slot is its copy.
 *
 * Context: lab_swap.lock.
 */
void mmlab_swap_validate(const struct lab_swap *s,
			 struct lab_swap_census *census, struct lab_verdict *v);

#endif /* MMLAB_CORE_SWAPMAP_H */
