/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Swap slots: which are free, how many page-table entries name each, and which
 * frame holds a copy of one (the swap cache). Numbers only; nothing here reads
 * or writes a page.
 *
 * Up to LAB_NR_SWAP_AREAS areas, as in Linux 2.4: the one of the highest priority
 * is filled first, those of equal priority in turn. Inside an area, slots are
 * given out one after the other as long as the cluster lasts, so that pages that
 * went together lie together; then in the next cluster that is all free, and
 * when there is none, in the next that has any.
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
 * @turn: when it gave out a slot last; among areas of equal priority, the one
 *	for which this is longest ago is next
 * @prio: priority
 * @closed: gives out nothing any more: swapoff is under way
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
 * @entry: by frame: the swap entry that it is a copy of, or 0; one number per
 *	frame of the arena, handed in by the caller
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
 * mmlab_swap_init() - no swap yet
 * @s: any contents; the lock is initialised by the caller
 * @m: machine
 * @entry: a zeroed number per frame; stays the caller's
 */
void mmlab_swap_init(struct lab_swap *s, const struct lab_machine *m,
		     u32 *entry);

/* Bytes of memory that an area of so many slots needs; 0: too few or too many. */
size_t mmlab_swap_area_bytes(u32 nr_slots);

/**
 * mmlab_swap_add_area() - swapon
 * @s: swap areas
 * @memory: mmlab_swap_area_bytes() of any contents, aligned for u32; stays the
 *	caller's
 * @nr_slots: as there, header included
 * @prio: priority
 *
 * Context: lab_swap.lock.
 * Return: the area's type; -EINVAL: a size that mmlab_swap_area_bytes() refuses;
 * -EPERM: there are LAB_NR_SWAP_AREAS already, as swapon(2) says it.
 */
int mmlab_swap_add_area(struct lab_swap *s, void *memory, u32 nr_slots,
			int prio);

/**
 * mmlab_swap_close_area() - begin or break off swapoff
 * @s: swap areas
 * @type: area, any value
 * @closed: give out no slot any more; false: do again
 *
 * Context: lab_swap.lock.
 * Return: 0; -EINVAL: no such area, or it is so already.
 */
int mmlab_swap_close_area(struct lab_swap *s, u32 type, bool closed);

/**
 * mmlab_swap_next_used() - walk over the slots in use, for swapoff
 * @s: swap areas
 * @type: area that is there
 * @slot: the one before; 0 to begin
 *
 * Context: lab_swap.lock.
 * Return: the next slot in use; 0: none.
 */
u32 mmlab_swap_next_used(const struct lab_swap *s, u32 type, u32 slot);

/**
 * mmlab_swap_del_area() - end swapoff
 * @s: swap areas
 * @type: area, any value
 *
 * Context: lab_swap.lock.
 * Return: 0; -EINVAL: no such area, or it isn't closed; -EBUSY: slots in use.
 */
int mmlab_swap_del_area(struct lab_swap *s, u32 type);

/**
 * mmlab_swap_alloc() - a slot for a frame (add_to_swap() of Linux)
 * @s: swap areas
 * @pfn: frame that is in no slot's place yet
 *
 * The frame is in the swap cache from now on; no entry names the slot yet.
 *
 * Context: lab_swap.lock.
 * Return: swap entry; 0: swap is full.
 */
u32 mmlab_swap_alloc(struct lab_swap *s, u32 pfn);

/**
 * mmlab_swap_dup() - one more entry names a slot
 * @s: swap areas
 * @swp: swap entry, any value
 *
 * Context: lab_swap.lock.
 * Return: 0; -EINVAL: no such slot, or the header; -ENOENT: it is free;
 * -EOVERFLOW: LAB_SWAP_COUNT_MAX name it already.
 */
int mmlab_swap_dup(struct lab_swap *s, u32 swp);

/**
 * mmlab_swap_free() - one entry less names a slot
 * @s: swap areas
 * @swp: swap entry, any value
 *
 * Context: lab_swap.lock.
 * Return: entries that still name it; if none does and no frame is its copy, it
 * is free now. -EINVAL, -ENOENT: as mmlab_swap_dup(), and no entry named it.
 */
int mmlab_swap_free(struct lab_swap *s, u32 swp);

/**
 * mmlab_swap_count() - how many entries name a slot?
 * @s: swap areas
 * @swp: swap entry, any value
 *
 * Context: lab_swap.lock.
 * Return: entries; -EINVAL, -ENOENT: as mmlab_swap_dup().
 */
int mmlab_swap_count(struct lab_swap *s, u32 swp);

/**
 * mmlab_swap_cache_add() - a frame has become a copy of a slot, by reading it
 * @s: swap areas
 * @swp: swap entry, any value
 * @pfn: frame in no slot's place
 *
 * Context: lab_swap.lock.
 * Return: 0; -EINVAL, -ENOENT: as mmlab_swap_dup(); -EEXIST: it has one already.
 */
int mmlab_swap_cache_add(struct lab_swap *s, u32 swp, u32 pfn);

/**
 * mmlab_swap_cache_find() - the copy of a slot
 * @s: swap areas
 * @swp: swap entry, any value
 *
 * Context: lab_swap.lock.
 * Return: frame; PFN_NONE: none, or no such slot.
 */
u32 mmlab_swap_cache_find(struct lab_swap *s, u32 swp);

/**
 * mmlab_swap_cache_del() - a frame is no slot's copy any more
 * @s: swap areas
 * @pfn: frame
 *
 * Context: lab_swap.lock.
 * Return: the swap entry, whose slot is free if no entry names it; 0: it was none.
 */
u32 mmlab_swap_cache_del(struct lab_swap *s, u32 pfn);

/**
 * mmlab_swap_can_reuse() - may a store go to this frame, or must it be copied?
 * @s: swap areas
 * @pfn: frame of use USE_USER
 *
 * can_share_swap_page() of Linux 2.4: entries that map it, and those that name
 * the slot that it is a copy of, are one together.
 *
 * Context: lab_swap.lock; the frame's family's lock.
 */
bool mmlab_swap_can_reuse(struct lab_swap *s, u32 pfn);

/**
 * struct lab_swap_census - all areas together
 * @nr_slots: slots for pages
 * @nr_used: of these, in use
 * @nr_entries: page-table entries that name one: the sum of all counts
 * @nr_cached: of those in use, with a frame in the swap cache
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
 * @census: (out) what was found
 * @v: verdict to add to
 *
 * Rules: the header is bad and nothing else is; a cluster counts its slots in
 * use, an area as well; a slot's copy is a user page that names the slot, and a
 * frame that names a slot is its copy.
 *
 * Context: lab_swap.lock.
 */
void mmlab_swap_validate(const struct lab_swap *s,
			 struct lab_swap_census *census, struct lab_verdict *v);

#endif /* MMLAB_CORE_SWAPMAP_H */
