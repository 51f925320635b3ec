/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Slab caches (Bonwick 1994; Linux 2.4 mm/slab.c): objects of one kind in slabs
 * of 2^order frames, kept on lists of full, partial and free slabs.
 *
 * A slab's descriptor is the mem_map entry of its first frame; nothing that an
 * object's user could overwrite is ever followed as a pointer. Which objects are
 * free is a bitmap: in the descriptor if 32 bits are enough (off-slab), else
 * after the last object (on-slab). A set bit is a free object, so a double free is found
 * without any debugging.
 *
 * The caller provides the frames and frees them. Functions that change a cache take its
 * lock; those named _locked need it held.
 */
#ifndef MMLAB_CORE_SLAB_H
#define MMLAB_CORE_SLAB_H

#include "slab_layout.h"

/**
 * struct lab_cache_params - properties of a new cache
 * @name: 1 ... LAB_CACHE_NAME_MAX characters of [A-Za-z0-9_.-]
 * @id: its number
 * @size: bytes per object, 1 ... LAB_SLAB_MAX_SIZE
 * @align: a power of two up to LAB_SLAB_MAX_ALIGN, or 0 for 8
 * @flags: LAB_SLAB_ bits
 * @seed: for LAB_SLAB_RANDOM
 * @ctor: constructor or NULL; not together with LAB_SLAB_POISON
 */
struct lab_cache_params {
	const char *name;
	u32 id;
	u32 size;
	u32 align;
	lab_slab_flags_t flags;
	u32 seed;
	void (*ctor)(void *object);
};

/*
 * Lays out a cache of any contents, which has no slabs then. The slab order is the smallest
 * at which at most an eighth of the slab is waste, or else the one with the least, up to
 * order 3 or what one object needs. 0, or -EINVAL if the name, the size, the alignment or a
 * flag is not allowed.
 */
int mmlab_slab_init(struct lab_slab_cache *c, const struct lab_cache_params *params);

/*
 * Makes a slab of a block of the cache's order and of use USE_SLAB, which then belongs to the
 * cache. Constructors run without the lock.
 */
void mmlab_slab_add(struct lab_machine *m, struct lab_slab_cache *c, u32 pfn);

/*
 * Takes up to @nr objects, from partial slabs first, then from free ones. Returns how many;
 * if they are fewer, the cache needs another slab.
 */
u32 mmlab_slab_alloc(struct lab_machine *m, struct lab_slab_cache *c,
		     void **objects, u32 nr);

/* The same under lab_slab_cache.lock. */
u32 mmlab_slab_alloc_locked(struct lab_machine *m, struct lab_slab_cache *c,
			    void **objects, u32 nr);

/**
 * mmlab_slab_is_object() - check that an object begins at an offset
 * @c: cache
 * @offset: in bytes, from the first object of a slab; an address before it gives a
 *	huge number
 *
 * With inverse = (2^64 + e) / size, where 0 < e <= size, the offset of object q times
 * the inverse is q * e modulo 2^64, and that of any other byte is not below the
 * inverse (Lemire, Kaser and Kurz 2019, "Faster remainder by direct computation").
 * So one comparison with nr_objects * e says both that there is no remainder and that
 * the quotient is below nr_objects.
 */
static __always_inline bool mmlab_slab_is_object(const struct lab_slab_cache *c,
						 u32 offset)
{
	return likely(offset * c->inverse < c->limit);
}

/* The entry of the slab's head frame, if @offset of the arena is in a slab of @c. */
static __always_inline const struct lab_frame *
mmlab_slab_head(const struct lab_machine *m, const struct lab_slab_cache *c,
		size_t offset)
{
	return (const void *)m->mem_map +
	       ((offset >> (PAGE_SHIFT - LAB_FRAME_SHIFT)) & c->head_mask);
}

/*
 * The head frame of the slab in which @object, any pointer, begins; PFN_NONE if no object of
 * this cache does. @index: (out) the object's number in its slab, if not NULL. The answer
 * stays true as long as the object is in use.
 */
static __always_inline u32 mmlab_slab_find(const struct lab_machine *m,
					   const struct lab_slab_cache *c,
					   const void *object, u32 *index)
{
	size_t offset = (size_t)object - (size_t)m->base;
	const struct lab_frame *frame;

	if (unlikely(offset >= m->nr_bytes))
		return PFN_NONE;
	frame = mmlab_slab_head(m, c, offset);
	/* data_race(): see lab_frame.identity */
	if (unlikely((data_race(frame->identity) & ~LAB_IDENTITY_COLOUR) !=
		     c->identity))
		return PFN_NONE;
	offset = ((u32)offset & c->slab_mask) - c->pad_left -
		 frame->colour * LAB_SLAB_COLOUR_STEP;
	if (unlikely(!mmlab_slab_is_object(c, (u32)offset)))
		return PFN_NONE;
	if (index)
		*index = (u32)offset / c->size;
	return frame - m->mem_map;
}

/*
 * On the fast path: does an object of @c, a cache without debugging, begin at @offset of the
 * arena? @frame should be the head of one of its slabs. If it is, the difference of the two
 * identities is its colour. With debugging, any answer.
 */
static __always_inline bool mmlab_slab_begins(const struct lab_slab_cache *c,
					      const struct lab_frame *frame,
					      size_t offset)
{
	/* data_race(): see lab_frame.identity */
	u64 colour = data_race(frame->identity) ^ c->identity;

	/* turned so that the colour's byte is the lowest one */
	if (LAB_IDENTITY_SHIFT(0))
		colour = colour << 8 | colour >> 56;
	return likely(colour <= U8_MAX) &&
	       mmlab_slab_is_object(c, ((u32)offset & c->slab_mask) -
				    (u32)colour * LAB_SLAB_COLOUR_STEP);
}

/* The same for any pointer. */
static __always_inline bool mmlab_slab_holds(const struct lab_machine *m,
					     const struct lab_slab_cache *c,
					     const void *object)
{
	size_t offset = (size_t)object - (size_t)m->base;

	return likely(offset < m->nr_bytes) &&
	       mmlab_slab_begins(c, mmlab_slab_head(m, c, offset), offset);
}

/**
 * mmlab_slab_free() - give an object back to its slab
 * @m: machine
 * @c: cache
 * @object: any pointer
 *
 * Context: takes lab_slab_cache.lock.
 * Refusals are counted.
 *
 * Return:
 * * 0 - the object is free
 * * -EINVAL - no object of this cache begins at @object
 * * -ENOENT - the object is already free
 */
int mmlab_slab_free(struct lab_machine *m, struct lab_slab_cache *c, void *object);

/* The same under lab_slab_cache.lock. */
int mmlab_slab_free_locked(struct lab_machine *m, struct lab_slab_cache *c,
			   void *object);

/* Takes a given free object out of its slab. lab_slab_cache.lock held. */
void mmlab_slab_take_locked(struct lab_machine *m, struct lab_slab_cache *c, u32 pfn,
			    u32 index);

/* Frees several objects under one lock; returns how many were refused. */
u32 mmlab_slab_free_bulk(struct lab_machine *m, struct lab_slab_cache *c,
			 void **objects, u32 nr);

/*
 * Takes free slabs but @keep out of a cache. Returns a list of head frames linked by their
 * @next, which the caller frees; PFN_NONE if there are none.
 */
u32 mmlab_slab_shrink(struct lab_machine *m, struct lab_slab_cache *c, u32 keep);

/* The same for all slabs of a cache without users, even with objects in use. */
u32 mmlab_slab_abandon(struct lab_machine *m, struct lab_slab_cache *c);

/*
 * The head frame of slab @index, from 0: full slabs first, then partial, then free ones.
 * PFN_NONE if the cache has no more. O(@index).
 */
u32 mmlab_slab_nth_locked(const struct lab_machine *m, struct lab_slab_cache *c,
			  u32 index);

/* The number of the cache that has @object in a slab, or 0. */
static __always_inline u32 mmlab_slab_cache_id(const struct lab_machine *m,
					       const void *object)
{
	size_t offset = (size_t)object - (size_t)m->base;
	const struct lab_frame *frame;
	u32 pfn;

	if (unlikely(offset >= m->nr_bytes))
		return 0;
	pfn = offset >> PAGE_SHIFT;
	if (unlikely(mmlab_frame(m, pfn)->state == FRAME_TAIL)) {
		pfn = mmlab_frame_head(m, pfn);
		if (pfn == PFN_NONE)
			return 0;
	}
	frame = mmlab_frame(m, pfn);
	return likely(frame->state == FRAME_USED && frame->use == USE_SLAB) ?
	       frame->owner : 0;
}

/* The address of an object of a slab. */
static inline void *mmlab_slab_object(const struct lab_machine *m,
				      const struct lab_slab_cache *c, u32 pfn,
				      u32 index)
{
	return mmlab_frame_address(m, pfn) +
	       mmlab_frame(m, pfn)->colour * LAB_SLAB_COLOUR_STEP +
	       (size_t)index * c->size + c->pad_left;
}

/* Is the object with this number free? lab_slab_cache.lock or no other user. */
bool mmlab_slab_is_free(const struct lab_machine *m, const struct lab_slab_cache *c,
			u32 pfn, u32 index);

/**
 * struct lab_cache_snapshot - a cache at one moment, for printing
 * @name: as in struct lab_slab_cache, as are the fields that follow
 * @nr_slabs: slabs by condition
 */
struct lab_cache_snapshot {
	char name[LAB_CACHE_NAME_MAX + 1];
	u32 id;
	lab_slab_flags_t flags;
	u32 object_size;
	u32 size;
	u32 align;
	u32 order;
	u32 nr_objects;
	u32 nr_colours;
	u32 bitmap_offset;
	u32 nr_slabs[NR_SLAB_LISTS];
	u32 nr_active;
	u32 nr_quarantined;
	u64 nr_grown;
	u64 nr_reaped;
	u64 nr_refused;
	u32 high_active;
};

/* Takes a snapshot of a cache. Takes lab_slab_cache.lock. */
void mmlab_slab_snapshot(struct lab_slab_cache *c, struct lab_cache_snapshot *s);

/* Bytes of a slab that hold no object and no part of one. */
static inline u32 mmlab_slab_waste(const struct lab_cache_snapshot *s)
{
	return ((u32)PAGE_SIZE << s->order) - s->nr_objects * s->size;
}

/*
 * Checks a cache's slabs, in O(slabs). Rules: every slab is a block of the cache's order, in
 * use as a slab of this cache, on the list for its number of objects in use, and linked back;
 * the bitmap has as many set bits as the slab has free objects, and none after the last
 * object; counters agree.
 */
void mmlab_slab_validate(struct lab_machine *m, struct lab_slab_cache *c,
			 struct lab_verdict *v);

#endif /* MMLAB_CORE_SLAB_H */
