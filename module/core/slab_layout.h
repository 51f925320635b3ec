/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cache, and the bytes of its objects. With debugging, an object is laid out so:
 *
 *   | left red zone | object | right red zone | 2 tracks | padding |
 *
 * Red zones are 0xbb around free objects and 0xcc around those in use. A free object
 * is 0x6b up to its last byte, 0xa5. Padding is 0x5a. Any other value there is
 * corruption.
 */
#ifndef MMLAB_CORE_SLAB_LAYOUT_H
#define MMLAB_CORE_SLAB_LAYOUT_H

#include "frame.h"

#define LAB_CACHE_NAME_MAX	31U	/* characters of [A-Za-z0-9_.-] */
#define LAB_SLAB_MAX_SIZE	131072U	/* bytes of the largest object */
#define LAB_SLAB_MIN_SIZE	8U
#define LAB_SLAB_MAX_ALIGN	4096U
#define LAB_SLAB_COLOUR_STEP	64U	/* bytes: a cache line */

/* Flags of a cache; the debug flags have slub_debug's letters. */
typedef u32 __bitwise lab_slab_flags_t;

#define LAB_SLAB_BIT(nr)	((__force lab_slab_flags_t)(1U << (nr)))
#define LAB_SLAB_DMA		LAB_SLAB_BIT(0)	/* slabs from zone DMA */
#define LAB_SLAB_RED_ZONE	LAB_SLAB_BIT(1)	/* Z: guard bytes around objects */
#define LAB_SLAB_POISON		LAB_SLAB_BIT(2)	/* P: fill free objects */
#define LAB_SLAB_CONSISTENCY	LAB_SLAB_BIT(3)	/* F: count bitmaps on each call */
#define LAB_SLAB_STORE_USER	LAB_SLAB_BIT(4)	/* U: callers that allocated and freed */
#define LAB_SLAB_RANDOM		LAB_SLAB_BIT(5)	/* objects in random order */
#define LAB_SLAB_INTERNAL	LAB_SLAB_BIT(6)	/* the lab's own: not for users */
#define LAB_SLAB_DEBUG_FLAGS	(LAB_SLAB_RED_ZONE | LAB_SLAB_POISON | \
				 LAB_SLAB_CONSISTENCY | LAB_SLAB_STORE_USER)

enum lab_slab_list_id {
	SLABS_FULL,
	SLABS_PARTIAL,
	SLABS_FREE,
	NR_SLAB_LISTS
};

/* Slabs in one condition; @head is the first slab's head frame, or PFN_NONE. */
struct lab_slab_list {
	u32 head;
	u32 nr;
};

/**
 * struct lab_slab_cache - objects of one kind
 * @lock: covers what follows @ctor, and the descriptors of the cache's slabs
 * @name: as in slabinfo
 * @id: number, kept in the owner field of its slabs
 * @flags: LAB_SLAB_ bits
 * @object_size: bytes that were asked for
 * @size: bytes from one object to the next, with alignment and debug bytes
 * @align: alignment of objects in bytes, a power of two
 * @pad_left: debug bytes in front of an object
 * @inverse: of @size, times 2^64; see mmlab_slab_is_object()
 * @limit: an offset times @inverse is below it if, and only if, an object begins there
 * @identity: of the head frames of its slabs, without their colour
 * @order: frames per slab, log2
 * @head_mask: leaves the entry of a slab's head frame, in bytes from the first
 *	entry, of the entry of any of them
 * @slab_mask: leaves the offset into a slab of an offset into the arena
 * @nr_objects: objects per slab
 * @nr_colours: number of different offsets of the first object
 * @bitmap_offset: of an on-slab bitmap in bytes; 0: off-slab
 * @ctor: called once for each object when its slab is made, or NULL
 * @colour_next: colour of the next slab
 * @random: state of the random order
 * @list: slabs by condition
 * @nr_active: objects handed out, including those parked in magazines
 * @nr_quarantined: corrupt objects among them, which stay in use
 * @nr_grown: slabs made so far
 * @nr_reaped: slabs given back so far
 * @nr_refused: frees refused so far
 * @high_active: highest @nr_active so far
 */
struct lab_slab_cache {
	spinlock_t lock;
	char name[LAB_CACHE_NAME_MAX + 1];
	u32 id;
	lab_slab_flags_t flags;
	u32 object_size;
	u32 size;
	u32 align;
	u32 pad_left;
	u64 inverse;
	u64 limit;
	u64 identity;
	size_t head_mask;
	u32 order;
	u32 slab_mask;
	u32 nr_objects;
	u32 nr_colours;
	u32 bitmap_offset;
	void (*ctor)(void *object);

	u32 colour_next;
	u32 random;
	struct lab_slab_list list[NR_SLAB_LISTS];
	u32 nr_active;
	u32 nr_quarantined;
	u64 nr_grown;
	u64 nr_reaped;
	u64 nr_refused;
	u32 high_active;
};

#define LAB_RED_INACTIVE	0xbb
#define LAB_RED_ACTIVE		0xcc
#define LAB_POISON_FREE		0x6b
#define LAB_POISON_END		0xa5
#define LAB_POISON_INUSE	0x5a

#define LAB_RED_ZONE_BYTES	8U

/*
 * The caller that allocated or freed an object: code address, time by any clock (for the age;
 * 0: never), process id of the host, CPU number.
 */
struct lab_slab_track {
	u64 caller;
	u64 when;
	u32 pid;
	u32 cpu;
};

enum lab_slab_track_id {
	TRACK_ALLOC,
	TRACK_FREE,
	NR_SLAB_TRACKS
};

/* Sets size and pad_left of a cache from object_size, align and flags. */
void mmlab_slab_layout_init(struct lab_slab_cache *c);

/* Gives an object of a new slab the bytes of a free one. */
void mmlab_slab_layout_new(const struct lab_slab_cache *c, void *object);

/* Gives an object the bytes of a free one. */
void mmlab_slab_layout_set_free(const struct lab_slab_cache *c, void *object);

/* Fills the red zones, if there are any. */
void mmlab_slab_layout_set_zones(const struct lab_slab_cache *c, void *object, u8 value);

/* Fills red zones and padding: all around the object but the tracks. */
void mmlab_slab_layout_set_around(const struct lab_slab_cache *c, void *object, u8 zone);

/* Offsets from the object's first byte: of the right red zone, then of its end. */
static inline u32 mmlab_slab_layout_right_zone(const struct lab_slab_cache *c)
{
	return c->object_size;
}

static inline u32 mmlab_slab_layout_right_end(const struct lab_slab_cache *c)
{
	u32 end = round_up(c->object_size, 8U);

	/* at least a byte, at most what rounding up leaves plus a word */
	return c->flags & LAB_SLAB_RED_ZONE ? end + LAB_RED_ZONE_BYTES : c->object_size;
}

/* Offsets of the tracks, then of the padding. */
static inline u32 mmlab_slab_layout_tracks(const struct lab_slab_cache *c)
{
	return round_up(mmlab_slab_layout_right_end(c), 8U);
}

static inline u32 mmlab_slab_layout_padding(const struct lab_slab_cache *c)
{
	return mmlab_slab_layout_tracks(c) + (c->flags & LAB_SLAB_STORE_USER ?
		NR_SLAB_TRACKS * (u32)sizeof(struct lab_slab_track) : 0);
}

/* A track of an object; LAB_SLAB_STORE_USER. */
static inline struct lab_slab_track *
mmlab_slab_layout_track(const struct lab_slab_cache *c, void *object,
			enum lab_slab_track_id id)
{
	return (struct lab_slab_track *)(object + mmlab_slab_layout_tracks(c)) + id;
}

#endif /* MMLAB_CORE_SLAB_LAYOUT_H */
