/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames: the pages of the arena, and mem_map[], which has an entry for each.
 *
 * Memory is handled in blocks of 2^order frames. A block's first frame, its
 * head, carries the block's state. All others are FRAME_TAIL and stay so when the
 * block changes hands, so that no allocation or free walks over a block's tails.
 */
#ifndef MMLAB_CORE_FRAME_H
#define MMLAB_CORE_FRAME_H

#include "core_internal.h"
#include "layout.h"
#include "page.h"
#include "verdict.h"

#define LAB_NR_ORDERS	11U

enum frame_state {
	FRAME_TAIL,		/* not the first frame of a block */
	FRAME_FREE,		/* head of a free block in its zone's free_area[] */
	FRAME_PCP,		/* head of a block on a per-CPU list */
	FRAME_USED,		/* head of a block that has a user, see frame_use */
	FRAME_QUARANTINE,	/* freed while its host page was pinned */
	FRAME_RESERVED,		/* never given out */
	FRAME_BAD,		/* its host page is faulty: never given out again */
	NR_FRAME_STATES
};

enum frame_use {
	USE_NONE,
	USE_BLOCK,		/* handed to a kernel user or by ioctl */
	USE_USER,		/* a page of a lab process */
	USE_PGTABLE,		/* page directory or page table */
	USE_SLAB,
	USE_VMALLOC,
	NR_FRAME_USES
};

enum lab_zone_id {
	LAB_ZONE_DMA,
	LAB_ZONE_NORMAL,
	NR_LAB_ZONES
};

/**
 * struct lab_frame - one frame of the arena
 * @next: next block of the list that the head is on (free_area, per-CPU list,
 *	quarantine, or a list of the block's user; USE_USER: lru.h), as a frame
 *	number
 * @prev: previous one, where the list is doubly linked
 * @owner: FRAME_USED: lab pid of the lab process, 0 for the lab kernel;
 *	USE_SLAB: number of the cache; 0 in all other states
 * @mapcount: USE_USER, USE_VMALLOC: lab page-table entries that map the frame;
 *	USE_PGTABLE: entries in it that are not empty, without those of a
 *	directory that are shared with the lab kernel; USE_SLAB: objects in use
 * @private: USE_SLAB: bitmap of the free objects, if 32 bits are enough;
 *	USE_USER: linear address and LAB_PG_ bits of a page that is on a list of
 *	lru.h
 * @colour: USE_SLAB: where the first object begins, in colour steps; else 0
 * @order: heads: the block's order
 * @state: enum frame_state
 * @use: FRAME_USED: enum frame_use
 * @identity: the five fields at once; written by the block's owner, or under the
 *	zone's lock. A reader that has only a number or a pointer may race with that
 *	(data_race()): an identity which is the wanted one is the reader's own, and can't
 *	change; any other is refused, whatever it is. Machines of 32 bits read and write
 *	it in two halves. So there, a wrong free for owner 0 at the moment at which the
 *	block gets or loses its owner can be taken for a right one.
 * @host: the page of the host that the frame is; used in mem/ only
 * @room: makes an entry as large on machines of 32 bits
 *
 * A free block's fields are under its zone's lock. Those of every other block belong to
 * its holder; mem/ changes state, use and owner inside a section only (mem/section.h).
 */
struct lab_frame {
	u32 next;
	u32 prev;
	u32 mapcount;
	u32 private;
	union {
		struct {
			u8 colour;
			u8 order;
			u8 state;
			u8 use;
			u32 owner;
		};
		u64 identity;
	};
	union {
		void *host;
		u64 room;
	};
};

/* A power of two: entries are found by a shift. */
#define LAB_FRAME_SHIFT	5
static_assert(sizeof(struct lab_frame) == 1U << LAB_FRAME_SHIFT,
	      "entries are found by a shift");

/* Where the parts of a frame's identity lie in it. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LAB_IDENTITY_SHIFT(byte)	(8 * (byte))
#else
#define LAB_IDENTITY_SHIFT(byte)	(56 - 8 * (byte))
#endif
#define LAB_IDENTITY_OWNER_SHIFT	(LAB_IDENTITY_SHIFT(0) ? 0 : 32)
#define LAB_IDENTITY_COLOUR		(0xffULL << LAB_IDENTITY_SHIFT(0))

/* What a block is, as one number, so that one comparison or store is enough. */
static __always_inline u64 mmlab_frame_identity(u32 owner, unsigned int order,
						enum frame_state state,
						enum frame_use use)
{
	return (u64)owner << LAB_IDENTITY_OWNER_SHIFT |
	       (u64)order << LAB_IDENTITY_SHIFT(1) |
	       (u64)state << LAB_IDENTITY_SHIFT(2) |
	       (u64)use << LAB_IDENTITY_SHIFT(3);
}

/* The free blocks of one order, newest first; @head is PFN_NONE if there are none. */
struct lab_free_area {
	u32 head;
	u32 nr_free;
};

/**
 * struct lab_zone - a range of frames with free lists of its own
 * @lock: covers all that follows @nr_managed, and the frames of free blocks
 * @name: as printed in /proc/mmlab
 * @start: first frame number
 * @end: end of the zone (exclusive), a frame number
 * @nr_managed: frames that the buddy allocator was given
 * @min: frames kept for callers that may use the reserve
 * @low: a quarter above @min; below it, mmlab-kswapd begins
 * @high: a half above @min; there it ends
 * @lowmem_reserve: frames that a fallback from a higher zone must leave
 * @nr_free: frames in all free blocks together
 * @nonempty: bit o is set if free_area[o] has a block
 * @free_area: free blocks by order
 * @nr_splits: blocks halved so far
 * @nr_merges: pairs of buddies merged so far
 */
struct lab_zone {
	spinlock_t lock;
	const char *name;
	u32 start;
	u32 end;
	u32 nr_managed;
	u32 min;
	u32 low;
	u32 high;
	u32 lowmem_reserve;

	u32 nr_free;
	u32 nonempty;
	struct lab_free_area free_area[LAB_NR_ORDERS];
	u64 nr_splits;
	u64 nr_merges;
};

/**
 * struct lab_machine - the lab's physical memory
 * @mem_map: one entry per frame, handed in by the caller of mmlab_frame_init()
 * @base: host address of the arena mapping; frame 0 is there and all others follow
 * @nr_bytes: bytes in the arena
 * @nr_frames: frames in the arena
 * @zone: DMA and Normal
 */
struct lab_machine {
	struct lab_frame *mem_map;
	void *base;
	size_t nr_bytes;
	u32 nr_frames;
	struct lab_zone zone[NR_LAB_ZONES];
};

static inline struct lab_frame *mmlab_frame(const struct lab_machine *m, u32 pfn)
{
	return &m->mem_map[pfn];
}

static inline void *mmlab_frame_address(const struct lab_machine *m, u32 pfn)
{
	return m->base + ((size_t)pfn << PAGE_SHIFT);
}

static inline enum lab_zone_id mmlab_frame_zone(const struct lab_machine *m,
						u32 pfn)
{
	return pfn < m->zone[LAB_ZONE_DMA].end ? LAB_ZONE_DMA : LAB_ZONE_NORMAL;
}

/* The end of the direct map (exclusive): high_memory of Linux. */
static inline u32 mmlab_frame_high_memory(const struct lab_machine *m)
{
	return LAB_PAGE_OFFSET + (m->nr_frames << PAGE_SHIFT);
}

/* First linear address of the vmalloc region, 8 MiB after the direct map. */
static inline u32 mmlab_frame_vmalloc_start(const struct lab_machine *m)
{
	return LAB_PAGE_OFFSET + (m->nr_frames << PAGE_SHIFT) +
			 LAB_VMALLOC_OFFSET;
}

/*
 * Describes an arena: zones, and mem_map of @nr_frames zeroed entries, which the caller frees
 * in the end. @base: address of frame 0. Zone DMA gets the first 16 MiB, or a quarter of an
 * arena below 64 MiB. Frame 0 is reserved, so that no valid block has the physical address 0.
 * Nothing is free before mmlab_buddy_init(). Module load.
 */
void mmlab_frame_init(struct lab_machine *m, struct lab_frame *mem_map,
		      void *base, u32 nr_frames);

/*
 * The head of the block that a frame belongs to, or PFN_NONE if mem_map is inconsistent. The
 * caller holds the block, or the freeze; otherwise the answer may be out of date.
 */
u32 mmlab_frame_head(const struct lab_machine *m, u32 pfn);

/**
 * mmlab_frame_may_free() - check whether a free is legal
 * @m: machine
 * @pfn: frame number as the caller gave it, any value
 * @order: order as the caller gave it, any value
 * @use: use of the block, as the caller knows it
 * @owner: owner of the block, as the caller knows it
 *
 * Callers that may free the same block at the same moment need a lock of their own.
 *
 * Return:
 * * 0 - the block may be freed
 * * -EINVAL - no block of that order and use begins at @pfn
 * * -ENOENT - the block is already free, and was not merged with another one
 * * -EPERM - the block belongs to another owner
 */
static inline int mmlab_frame_may_free(const struct lab_machine *m, u32 pfn,
				       unsigned int order, enum frame_use use,
				       u32 owner)
{
	struct lab_frame frame;

	if (unlikely(pfn >= m->nr_frames))
		return -EINVAL;
	/* data_race(): see lab_frame.identity. Read once: all answers are about one state. */
	frame.identity = data_race(READ_ONCE(mmlab_frame(m, pfn)->identity));
	if (likely(frame.state == FRAME_USED && frame.order == order &&
		   frame.use == use))
		return likely(frame.owner == owner) ? 0 : -EPERM;
	return frame.state == FRAME_USED || frame.state == FRAME_TAIL ||
	       frame.state == FRAME_RESERVED ? -EINVAL : -ENOENT;
}

/**
 * struct lab_frame_census - the frames of mem_map by class; each is in one
 * @nr_state: frames by zone and by state of their block
 * @nr_use: FRAME_USED frames by zone and use
 * @nr_orphans: frames that belong to no block; 0 unless mem_map is broken
 */
struct lab_frame_census {
	u32 nr_state[NR_LAB_ZONES][NR_FRAME_STATES];
	u32 nr_use[NR_LAB_ZONES][NR_FRAME_USES];
	u32 nr_orphans;
};

/* Counts mem_map from block to block. No block may change hands meanwhile (freeze). */
void mmlab_frame_count(const struct lab_machine *m,
		       struct lab_frame_census *census);

/*
 * Checks what mem_map says about each block. Rules: blocks are aligned, follow each other
 * without gap or overlap, do not cross zones; states and uses are known ones; tails are
 * tails. No block may change hands meanwhile (freeze).
 */
void mmlab_frame_validate(const struct lab_machine *m, struct lab_verdict *v);

#endif /* MMLAB_CORE_FRAME_H */
