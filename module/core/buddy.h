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

/**
 * mmlab_buddy_init() - put all frames on the free lists, and set the watermarks
 * @m: machine fresh from mmlab_frame_init()
 *
 * All frames but the reserved one become free, in the largest blocks that alignment
 * allows.
 *
 * Context: module load; no other thread knows @m.
 */
void mmlab_buddy_init(struct lab_machine *m);

/**
 * mmlab_buddy_alloc() - take a block of 2^order frames
 * @m: machine
 * @order: 0 ... LAB_NR_ORDERS - 1, checked by the caller
 * @flags: LAB_GFP_DMA, LAB_GFP_RESERVE
 *
 * The smallest free block that fits is found in one step from a bitmap and
 * halved down to @order. Normal falls back to DMA, minus DMA's lowmem_reserve.
 *
 * Context: process context; takes a zone lock.
 * Return: frame number; the head is FRAME_USED with use USE_NONE. PFN_NONE if no block
 * is free above the watermarks.
 */
u32 mmlab_buddy_alloc(struct lab_machine *m, unsigned int order,
		      lab_gfp_t flags);

/**
 * mmlab_buddy_alloc_bulk() - take several blocks of one zone under one lock
 * @m: machine
 * @zone: the zone; there is no fallback
 * @order: 0 ... LAB_NR_ORDERS - 1, checked by the caller
 * @nr: blocks wanted
 * @head: list of blocks linked by their @next to put the new ones in front of
 *
 * Context: as mmlab_buddy_alloc(). The reserve is left alone.
 * Return: blocks taken, 0 ... @nr; each head is FRAME_PCP.
 */
unsigned int mmlab_buddy_alloc_bulk(struct lab_machine *m,
				    enum lab_zone_id zone, unsigned int order,
				    unsigned int nr, u32 *head);

/**
 * mmlab_buddy_free() - free a block and merge it with its free buddies
 * @m: machine
 * @pfn: head of a block that is not free, checked by the caller
 *	(mmlab_frame_may_free()); its order is the head's
 *
 * Context: as mmlab_buddy_alloc().
 */
void mmlab_buddy_free(struct lab_machine *m, u32 pfn);

/**
 * mmlab_buddy_free_bulk() - free up to @nr blocks of one zone
 * @m: machine
 * @zone: the zone of all blocks on the list
 * @nr: blocks at most
 * @head: list of blocks linked by their @next; advanced
 *
 * Context: as mmlab_buddy_alloc().
 * Return: blocks freed.
 */
unsigned int mmlab_buddy_free_bulk(struct lab_machine *m,
				   enum lab_zone_id zone, unsigned int nr,
				   u32 *head);

/**
 * mmlab_buddy_retire() - put a frame aside for good
 * @m: machine
 * @pfn: the frame; its block is free, or the caller holds it
 *
 * The block is halved around the frame, which becomes FRAME_BAD; all other halves
 * are free afterwards. Source: break_down_buddy_pages() in Linux mm/page_alloc.c.
 *
 * Context: as mmlab_buddy_alloc(). If the frame's block is free, no other block may
 * change hands meanwhile (freeze).
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

/**
 * mmlab_buddy_unusable_index() - compute the free memory that an order can't use
 * @s: zone
 * @order: order wanted
 *
 * Source: unusable_free_index() in Linux mm/vmstat.c.
 * Return: permille of the free memory, from 0 (all of it is usable) to 1000.
 */
int mmlab_buddy_unusable_index(const struct lab_zone_snapshot *s,
			       unsigned int order);

/**
 * mmlab_buddy_extfrag_index() - compute why an allocation would fail
 * @s: zone
 * @order: order wanted
 *
 * Source: __fragmentation_index() in Linux mm/vmstat.c.
 * Return: -1000 if it would not fail. Otherwise 0 to 1000: near 0 for lack of memory,
 * near 1000 because of fragmentation.
 */
int mmlab_buddy_extfrag_index(const struct lab_zone_snapshot *s,
			      unsigned int order);

/**
 * mmlab_buddy_validate() - check the free lists of all zones
 * @m: machine
 * @v: verdict to add to
 *
 * Rules: every listed block is free, of the list's order, aligned, inside its
 * zone and linked back; counts and bitmap agree with the lists; no two free
 * buddies of one order below the largest; the free blocks of mem_map and the
 * listed ones are the same number.
 *
 * Context: takes each zone lock in turn, for O(frames).
 */
void mmlab_buddy_validate(struct lab_machine *m, struct lab_verdict *v);

#endif /* MMLAB_CORE_BUDDY_H */
