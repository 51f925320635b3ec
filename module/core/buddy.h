/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The buddy allocator (Knowlton 1965; Linux mm/page_alloc.c): free blocks of
 * 2^0 ... 2^10 frames by order; a block's buddy is pfn ^ (1 << order).
 */
#ifndef MMLAB_CORE_BUDDY_H
#define MMLAB_CORE_BUDDY_H

#include "frame.h"

/* Flags of an allocation; the page_alloc event shows their values. */
typedef u32 __bitwise lab_gfp_t;

#define LAB_GFP_BIT(nr)		((__force lab_gfp_t)(1U << (nr)))
#define LAB_GFP_DMA		LAB_GFP_BIT(0)	/* from zone DMA only, else Normal then DMA */
#define LAB_GFP_RESERVE		LAB_GFP_BIT(1)	/* may use the reserve; for page tables */
#define LAB_GFP_ZERO		LAB_GFP_BIT(2)	/* mem/: fill with zeros */
#define LAB_GFP_NORETRY		LAB_GFP_BIT(3)	/* mem/: no second try after a shortage */

/*
 * Frees all frames of a machine fresh from mmlab_frame_init() but the reserved one, in the
 * largest blocks that alignment allows, and sets the watermarks. Module load.
 */
void mmlab_buddy_init(struct lab_machine *m);

/*
 * Takes a block of 2^@order frames; the caller has checked the order. The smallest free block
 * that fits is found in one step from a bitmap and halved. @flags: LAB_GFP_DMA,
 * LAB_GFP_RESERVE. Normal falls back to DMA, minus DMA's lowmem_reserve.
 *
 * Context: process context; takes a zone lock, as all functions below do.
 * Return: frame number; the head is FRAME_USED with use USE_NONE. PFN_NONE if no block is
 * free above the watermarks.
 */
u32 mmlab_buddy_alloc(struct lab_machine *m, unsigned int order,
		      lab_gfp_t flags);

/*
 * Takes up to @nr blocks of one zone under one lock, without fallback or reserve, and puts
 * them in front of the list @head, linked by their @next. Returns how many; each is
 * FRAME_PCP.
 */
unsigned int mmlab_buddy_alloc_bulk(struct lab_machine *m,
				    enum lab_zone_id zone, unsigned int order,
				    unsigned int nr, u32 *head);

/*
 * Frees a block and merges it with its free buddies. The caller has checked that @pfn is the
 * head of a block that is not free (mmlab_frame_may_free()); the order is the head's.
 */
void mmlab_buddy_free(struct lab_machine *m, u32 pfn);

/*
 * Frees up to @nr blocks of a list, all of one zone, linked by their @next; @head advances.
 * Returns how many.
 */
unsigned int mmlab_buddy_free_bulk(struct lab_machine *m,
				   enum lab_zone_id zone, unsigned int nr,
				   u32 *head);

/*
 * Puts a frame aside for good. Its block, which is free or held by the caller, is halved
 * around it; the frame becomes FRAME_BAD, all other halves are free afterwards. If the block
 * is free, no other block may change hands meanwhile (freeze). Source:
 * break_down_buddy_pages() in Linux mm/page_alloc.c.
 */
void mmlab_buddy_retire(struct lab_machine *m, u32 pfn);

/**
 * struct lab_zone_snapshot - one zone at one moment, for printing
 * @name: as in struct lab_zone, as are the fields that follow
 * @nr_free_blocks: free blocks by order
 */
struct lab_zone_snapshot {
	const char *name;
	u32 start;
	u32 end;
	u32 nr_managed;
	u32 min;
	u32 low;
	u32 high;
	u32 lowmem_reserve;
	u32 nr_free;
	u32 nr_free_blocks[LAB_NR_ORDERS];
	u64 nr_splits;
	u64 nr_merges;
};

/* Takes a snapshot of a zone, under its lock. */
void mmlab_buddy_snapshot(struct lab_machine *m, enum lab_zone_id zone,
			  struct lab_zone_snapshot *s);

/*
 * Permille of the free memory that lies in blocks too small for @order. Source:
 * unusable_free_index() in Linux mm/vmstat.c.
 */
int mmlab_buddy_unusable_index(const struct lab_zone_snapshot *s,
			       unsigned int order);

/*
 * Why an allocation would fail: -1000 if it would not; otherwise 0 to 1000, near 0 for lack
 * of memory, near 1000 because of fragmentation. Source: __fragmentation_index() in Linux
 * mm/vmstat.c.
 */
int mmlab_buddy_extfrag_index(const struct lab_zone_snapshot *s,
			      unsigned int order);

/*
 * Checks the free lists of all zones, in O(frames). Rules: every listed block is free, of the
 * list's order, aligned, inside its zone and linked back; counts and bitmap agree with the
 * lists; no two free buddies of one order below the largest; the free blocks of mem_map and
 * the listed ones are the same number.
 */
void mmlab_buddy_validate(struct lab_machine *m, struct lab_verdict *v);

#endif /* MMLAB_CORE_BUDDY_H */
