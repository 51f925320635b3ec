// SPDX-License-Identifier: GPL-2.0
/*
 * Slab caches: geometry, lists, bitmaps. A cache's lists and its slabs'
 * descriptors are under lab_slab_cache.lock; no other lock is taken below it.
 *
 * A slab's descriptor is the mem_map entry of its head: mapcount counts the objects in
 * use, next and prev link the list, private is the bitmap of up to 32 objects. A larger
 * bitmap is at the end of the slab, where a program error can overwrite it; so what is
 * read from there is never trusted to be in bounds.
 *
 * Invariants: a slab is on the list that its mapcount says; mapcount and the clear bits of
 * the bitmap agree, unless the bitmap was overwritten; nr_active is the sum of mapcounts.
 */
#include "core_internal.h"
#include "name.h"
#include "slab.h"

#define MAX_ORDER_FOR_WASTE	3U
#define OFF_SLAB_OBJECTS	32U	/* bits of lab_frame.private */

static u32 bitmap_bytes(u32 nr_objects)
{
	return nr_objects <= OFF_SLAB_OBJECTS ? 0 :
	       DIV_ROUND_UP(nr_objects, 32) * 4;
}

/* Objects that fit into a slab of 2^order frames together with their bitmap. */
static u32 objects_that_fit(u32 size, u32 order)
{
	u32 slab_bytes = (u32)PAGE_SIZE << order;
	u32 nr = slab_bytes / size;

	while (nr && nr * size + bitmap_bytes(nr) > slab_bytes)
		nr--;
	return nr;
}

static u32 waste(u32 size, u32 order)
{
	return ((u32)PAGE_SIZE << order) - objects_that_fit(size, order) * size;
}

/*
 * The smallest order that wastes at most an eighth of the slab: a large order is harder to
 * get, and a free slab of it keeps more memory idle.
 */
static u32 choose_order(u32 size)
{
	u32 order = 0, best;

	while ((u32)PAGE_SIZE << order < size)
		order++;
	for (best = order; order <= MAX_ORDER_FOR_WASTE; order++) {
		if (waste(size, order) <= (u32)PAGE_SIZE << order >> 3)
			return order;
		/* compares waste/2^order with the best one, without division */
		if (waste(size, order) << best < waste(size, best) << order)
			best = order;
	}
	return best;
}

int mmlab_slab_init(struct lab_slab_cache *c, const struct lab_cache_params *params)
{
	u32 align = params->align ?: 8;
	u32 list, slab_bytes, used;

	if (!mmlab_name_ok(params->name, LAB_CACHE_NAME_MAX) || !params->size ||
	    params->size > LAB_SLAB_MAX_SIZE || align > LAB_SLAB_MAX_ALIGN ||
	    align & (align - 1) ||
	    (params->ctor && params->flags & LAB_SLAB_POISON))
		return -EINVAL;
	memset(c, 0, sizeof(*c));
	spin_lock_init(&c->lock);
	memcpy(c->name, params->name, strlen(params->name));
	c->id = params->id;
	c->flags = params->flags;
	c->ctor = params->ctor;
	c->random = params->seed;
	c->object_size = params->size;
	c->align = max(align, LAB_SLAB_MIN_SIZE);
	mmlab_slab_layout_init(c);

	c->order = choose_order(c->size);
	c->head_mask = ~(((size_t)1 << (c->order + LAB_FRAME_SHIFT)) - 1);
	c->slab_mask = ((u32)PAGE_SIZE << c->order) - 1;
	c->identity = mmlab_frame_identity(c->id, c->order, FRAME_USED, USE_SLAB);
	c->nr_objects = objects_that_fit(c->size, c->order);
	/*
	 * see mmlab_slab_is_object(): ceil(2^64 / size), and the first product that is too large
	 */
	c->inverse = div_u64(U64_MAX, c->size) + 1;
	if (c->inverse * c->size == 0)	/* a power of two; e must not be 0 */
		c->inverse++;
	c->limit = c->nr_objects * (c->inverse * c->size);
	slab_bytes = (u32)PAGE_SIZE << c->order;
	used = c->nr_objects * c->size + bitmap_bytes(c->nr_objects);
	if (c->nr_objects > OFF_SLAB_OBJECTS)
		c->bitmap_offset = slab_bytes - bitmap_bytes(c->nr_objects);
	/* A colour must not spoil the alignment, nor overflow its byte. */
	c->nr_colours = 1;
	if (c->align <= LAB_SLAB_COLOUR_STEP)
		c->nr_colours += min((slab_bytes - used) / LAB_SLAB_COLOUR_STEP,
				     (u32)U8_MAX);
	for (list = 0; list < NR_SLAB_LISTS; list++)
		c->list[list].head = PFN_NONE;
	return 0;
}

/* Words of 32 bits, a set bit for a free object. */
static u32 *free_bitmap(const struct lab_machine *m, const struct lab_slab_cache *c,
			u32 pfn)
{
	if (c->bitmap_offset)
		return mmlab_frame_address(m, pfn) + c->bitmap_offset;
	return &mmlab_frame(m, pfn)->private;
}

static u32 bitmap_words(const struct lab_slab_cache *c)
{
	return DIV_ROUND_UP(c->nr_objects, 32);
}

static void slab_link_locked(struct lab_machine *m, struct lab_slab_cache *c, u32 pfn,
			     enum lab_slab_list_id id)
{
	struct lab_slab_list *list = &c->list[id];
	struct lab_frame *frame = mmlab_frame(m, pfn);

	lockdep_assert_held(&c->lock);
	frame->prev = PFN_NONE;
	frame->next = list->head;
	if (list->head != PFN_NONE)
		mmlab_frame(m, list->head)->prev = pfn;
	list->head = pfn;
	list->nr++;
}

static void slab_unlink_locked(struct lab_machine *m, struct lab_slab_cache *c, u32 pfn,
			       enum lab_slab_list_id id)
{
	struct lab_slab_list *list = &c->list[id];
	struct lab_frame *frame = mmlab_frame(m, pfn);

	lockdep_assert_held(&c->lock);
	if (frame->prev != PFN_NONE)
		mmlab_frame(m, frame->prev)->next = frame->next;
	else
		list->head = frame->next;
	if (frame->next != PFN_NONE)
		mmlab_frame(m, frame->next)->prev = frame->prev;
	list->nr--;
}

/* The list for a slab with so many objects in use. */
static enum lab_slab_list_id list_for(const struct lab_slab_cache *c, u32 nr_used)
{
	return !nr_used ? SLABS_FREE :
	       nr_used < c->nr_objects ? SLABS_PARTIAL : SLABS_FULL;
}

/* The only place where a slab changes its list, so that list and count always agree. */
static void set_nr_used_locked(struct lab_machine *m, struct lab_slab_cache *c, u32 pfn,
			       u32 nr_used)
{
	struct lab_frame *frame = mmlab_frame(m, pfn);
	enum lab_slab_list_id from = list_for(c, frame->mapcount);
	enum lab_slab_list_id to = list_for(c, nr_used);

	lockdep_assert_held(&c->lock);
	frame->mapcount = nr_used;
	if (from != to) {
		slab_unlink_locked(m, c, pfn, from);
		slab_link_locked(m, c, pfn, to);
	}
}

void mmlab_slab_add(struct lab_machine *m, struct lab_slab_cache *c, u32 pfn)
{
	struct lab_frame *frame = mmlab_frame(m, pfn);
	u32 *map, i;

	spin_lock(&c->lock);
	frame->colour = c->colour_next;
	c->colour_next = (c->colour_next + 1) % c->nr_colours;
	spin_unlock(&c->lock);

	/* The slab is on no list yet: no other CPU finds it, and constructors need no lock. */
	frame->owner = c->id;
	frame->mapcount = 0;
	frame->private = 0;
	map = free_bitmap(m, c, pfn);
	memset(map, 0, bitmap_words(c) * sizeof(*map));
	for (i = 0; i < c->nr_objects; i++) {
		map[i / 32] |= 1U << (i % 32);
		if (c->flags & LAB_SLAB_DEBUG_FLAGS)
			mmlab_slab_layout_new(c, mmlab_slab_object(m, c, pfn, i));
		if (c->ctor)
			c->ctor(mmlab_slab_object(m, c, pfn, i));
	}

	spin_lock(&c->lock);
	slab_link_locked(m, c, pfn, SLABS_FREE);
	c->nr_grown++;
	spin_unlock(&c->lock);
}

/* The word to begin the search with: a random one, or the first in ordinary caches. */
static u32 first_word(struct lab_slab_cache *c)
{
	if (!(c->flags & LAB_SLAB_RANDOM))
		return 0;
	c->random = c->random * 1664525U + 1013904223U;	/* Numerical Recipes */
	return (c->random >> 16) % bitmap_words(c);
}

/* The bit to take from a word that is not 0: its lowest, or a random one. */
static u32 pick_bit(struct lab_slab_cache *c, u32 word)
{
	u32 turn, turned;

	if (!(c->flags & LAB_SLAB_RANDOM))
		return __ffs(word);
	c->random = c->random * 1664525U + 1013904223U;
	turn = c->random >> 27;
	turned = turn ? word >> turn | word << (32 - turn) : word;
	return (__ffs(turned) + turn) % 32;
}

/*
 * The free objects by one word of a slab's bitmap. An on-slab bitmap can have been
 * overwritten: bits after the last object must not become objects.
 */
static u32 free_bits(const struct lab_slab_cache *c, const u32 *map, u32 word)
{
	u32 nr_left = c->nr_objects - word * 32;

	return nr_left < 32 ? map[word] & ((1U << nr_left) - 1) : map[word];
}

/* Takes up to @nr objects from one slab that has some. */
static u32 alloc_from_slab_locked(struct lab_machine *m, struct lab_slab_cache *c, u32 pfn,
				  void **objects, u32 nr)
{
	u32 *map = free_bitmap(m, c, pfn);
	u32 words = bitmap_words(c), word = first_word(c), got = 0, i;

	lockdep_assert_held(&c->lock);
	for (i = 0; i < words && got < nr; i++) {
		u32 bits = free_bits(c, map, word);

		while (bits && got < nr) {
			u32 bit = pick_bit(c, bits);

			bits &= ~(1U << bit);
			map[word] &= ~(1U << bit);
			objects[got++] = mmlab_slab_object(m, c, pfn,
							   word * 32 + bit);
		}
		word = word + 1 == words ? 0 : word + 1;
	}
	return got;
}

u32 mmlab_slab_alloc_locked(struct lab_machine *m, struct lab_slab_cache *c,
			    void **objects, u32 nr)
{
	u32 got = 0;

	lockdep_assert_held(&c->lock);
	while (got < nr) {
		/* partial slabs first: free ones can then be given back whole */
		u32 pfn = c->list[SLABS_PARTIAL].head, taken;

		if (pfn == PFN_NONE)
			pfn = c->list[SLABS_FREE].head;
		if (pfn == PFN_NONE)
			break;
		taken = alloc_from_slab_locked(m, c, pfn, objects + got, nr - got);
		if (unlikely(!taken)) {
			u32 nr_lost = c->nr_objects - mmlab_frame(m, pfn)->mapcount;

			/* The bitmap lost its bits: the slab has no object to give. */
			c->nr_active += nr_lost;
			c->nr_quarantined += nr_lost;
			set_nr_used_locked(m, c, pfn, c->nr_objects);
			continue;
		}
		set_nr_used_locked(m, c, pfn, mmlab_frame(m, pfn)->mapcount + taken);
		got += taken;
	}
	c->nr_active += got;
	c->high_active = max(c->high_active, c->nr_active);
	return got;
}

u32 mmlab_slab_alloc(struct lab_machine *m, struct lab_slab_cache *c,
		     void **objects, u32 nr)
{
	u32 got;

	spin_lock(&c->lock);
	got = mmlab_slab_alloc_locked(m, c, objects, nr);
	spin_unlock(&c->lock);
	return got;
}

bool mmlab_slab_is_free(const struct lab_machine *m, const struct lab_slab_cache *c,
			u32 pfn, u32 index)
{
	return free_bitmap(m, c, pfn)[index / 32] >> (index % 32) & 1;
}

int mmlab_slab_free_locked(struct lab_machine *m, struct lab_slab_cache *c,
			   void *object)
{
	u32 index, pfn = mmlab_slab_find(m, c, object, &index);
	u32 nr_used;

	lockdep_assert_held(&c->lock);
	if (unlikely(pfn == PFN_NONE)) {
		c->nr_refused++;
		return -EINVAL;
	}
	/* the count is a second witness against a bitmap that was overwritten */
	nr_used = mmlab_frame(m, pfn)->mapcount;
	if (unlikely(mmlab_slab_is_free(m, c, pfn, index) || !nr_used)) {
		c->nr_refused++;
		return -ENOENT;
	}
	free_bitmap(m, c, pfn)[index / 32] |= 1U << (index % 32);
	set_nr_used_locked(m, c, pfn, nr_used - 1);
	c->nr_active--;
	return 0;
}

void mmlab_slab_take_locked(struct lab_machine *m, struct lab_slab_cache *c, u32 pfn,
			    u32 index)
{
	lockdep_assert_held(&c->lock);
	free_bitmap(m, c, pfn)[index / 32] &= ~(1U << (index % 32));
	set_nr_used_locked(m, c, pfn, mmlab_frame(m, pfn)->mapcount + 1);
	c->nr_active++;
	c->high_active = max(c->high_active, c->nr_active);
}

int mmlab_slab_free(struct lab_machine *m, struct lab_slab_cache *c, void *object)
{
	int err;

	spin_lock(&c->lock);
	err = mmlab_slab_free_locked(m, c, object);
	spin_unlock(&c->lock);
	return err;
}

u32 mmlab_slab_free_bulk(struct lab_machine *m, struct lab_slab_cache *c,
			 void **objects, u32 nr)
{
	u32 i, nr_refused = 0;

	spin_lock(&c->lock);
	for (i = 0; i < nr; i++)
		nr_refused += mmlab_slab_free_locked(m, c, objects[i]) != 0;
	spin_unlock(&c->lock);
	return nr_refused;
}

/* Moves slabs of one list, but for @keep, to the front of another chain. */
static u32 take_slabs_locked(struct lab_machine *m, struct lab_slab_cache *c,
			     enum lab_slab_list_id id, u32 keep, u32 taken)
{
	lockdep_assert_held(&c->lock);
	while (c->list[id].nr > keep) {
		u32 pfn = c->list[id].head;

		slab_unlink_locked(m, c, pfn, id);
		c->nr_active -= mmlab_frame(m, pfn)->mapcount;
		mmlab_frame(m, pfn)->next = taken;
		taken = pfn;
		c->nr_reaped++;
	}
	return taken;
}

u32 mmlab_slab_shrink(struct lab_machine *m, struct lab_slab_cache *c, u32 keep)
{
	u32 taken;

	spin_lock(&c->lock);
	taken = take_slabs_locked(m, c, SLABS_FREE, keep, PFN_NONE);
	spin_unlock(&c->lock);
	return taken;
}

u32 mmlab_slab_abandon(struct lab_machine *m, struct lab_slab_cache *c)
{
	u32 list, taken = PFN_NONE;

	spin_lock(&c->lock);
	for (list = 0; list < NR_SLAB_LISTS; list++)
		taken = take_slabs_locked(m, c, list, 0, taken);
	spin_unlock(&c->lock);
	return taken;
}

u32 mmlab_slab_nth_locked(const struct lab_machine *m, struct lab_slab_cache *c,
			  u32 index)
{
	u32 list, pfn;

	lockdep_assert_held(&c->lock);
	for (list = 0; list < NR_SLAB_LISTS; list++)
		for (pfn = c->list[list].head; pfn != PFN_NONE;
		     pfn = mmlab_frame(m, pfn)->next)
			if (!index--)
				return pfn;
	return PFN_NONE;
}

void mmlab_slab_snapshot(struct lab_slab_cache *c, struct lab_cache_snapshot *s)
{
	u32 list;

	memcpy(s->name, c->name, sizeof(s->name));
	s->id = c->id;
	s->flags = c->flags;
	s->object_size = c->object_size;
	s->size = c->size;
	s->align = c->align;
	s->order = c->order;
	s->nr_objects = c->nr_objects;
	s->nr_colours = c->nr_colours;
	s->bitmap_offset = c->bitmap_offset;
	spin_lock(&c->lock);
	for (list = 0; list < NR_SLAB_LISTS; list++)
		s->nr_slabs[list] = c->list[list].nr;
	s->nr_active = c->nr_active;
	s->nr_quarantined = c->nr_quarantined;
	s->nr_grown = c->nr_grown;
	s->nr_reaped = c->nr_reaped;
	s->nr_refused = c->nr_refused;
	s->high_active = c->high_active;
	spin_unlock(&c->lock);
}

/* Objects in use by the bitmap. */
static u32 count_used(const struct lab_machine *m, const struct lab_slab_cache *c,
		      u32 pfn, struct lab_verdict *v)
{
	const u32 *map = free_bitmap(m, c, pfn);
	u32 i, nr_free = 0;

	for (i = 0; i < bitmap_words(c); i++)
		nr_free += hweight32(map[i]);
	mmlab_verdict_expect(v, "a slab has no more free objects than objects",
			     pfn, 1, nr_free <= c->nr_objects);
	if (c->nr_objects % 32)
		mmlab_verdict_expect(v, "a slab's bitmap ends with its objects",
				     pfn, 0, map[i - 1] >> (c->nr_objects % 32));
	return c->nr_objects - nr_free;
}

static void validate_slab(const struct lab_machine *m, const struct lab_slab_cache *c,
			  u32 pfn, u32 prev, enum lab_slab_list_id list,
			  struct lab_verdict *v)
{
	const struct lab_frame *frame = mmlab_frame(m, pfn);

	mmlab_verdict_expect(v, "a slab's frames are in use as a slab", pfn, 1,
			     frame->state == FRAME_USED && frame->use == USE_SLAB);
	mmlab_verdict_expect(v, "a slab belongs to the cache that lists it", pfn,
			     c->id, frame->owner);
	mmlab_verdict_expect(v, "a slab has its cache's order", pfn, c->order,
			     frame->order);
	mmlab_verdict_expect(v, "a slab is linked back", pfn, prev, frame->prev);
	mmlab_verdict_expect(v, "a slab is on the list that its objects call for",
			     pfn, list_for(c, frame->mapcount), list);
	mmlab_verdict_expect(v, "a slab's bitmap agrees with its count", pfn,
			     frame->mapcount, count_used(m, c, pfn, v));
}

void mmlab_slab_validate(struct lab_machine *m, struct lab_slab_cache *c,
			 struct lab_verdict *v)
{
	u32 list, nr_used = 0, nr_slabs = 0;

	spin_lock(&c->lock);
	for (list = 0; list < NR_SLAB_LISTS; list++) {
		u32 prev = PFN_NONE, nr = 0, pfn;

		for (pfn = c->list[list].head;
		     pfn != PFN_NONE && nr < c->list[list].nr;
		     pfn = mmlab_frame(m, pfn)->next) {
			if (!mmlab_verdict_expect(v, "a listed slab is in the arena",
						  pfn, 1, pfn < m->nr_frames))
				break;
			validate_slab(m, c, pfn, prev, list, v);
			nr_used += mmlab_frame(m, pfn)->mapcount;
			prev = pfn;
			nr++;
		}
		mmlab_verdict_expect(v, "a slab list is as long as counted", c->id,
				     c->list[list].nr, nr);
		mmlab_verdict_expect(v, "a slab list ends", c->id, PFN_NONE, pfn);
		nr_slabs += nr;
	}
	mmlab_verdict_expect(v, "objects in slabs = objects counted", c->id,
			     c->nr_active, nr_used);
	mmlab_verdict_expect(v, "slabs made = slabs here + slabs given back",
			     c->id, c->nr_grown, nr_slabs + c->nr_reaped);
	v->nr_objects += nr_slabs;
	spin_unlock(&c->lock);
}
