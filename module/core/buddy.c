// SPDX-License-Identifier: GPL-2.0
/*
 * The buddy allocator. All free lists and counts are under their zone's lock, the last
 * one in the lock order: no other lock is taken below it.
 *
 * Begin with alloc_block_locked() and free_block_locked(): these are the textbook's split
 * and merge. The rest does the same for batches: expand_locked() makes many blocks of one
 * at once, free_run_locked() one of many.
 *
 * Two invariants hold whenever the lock is dropped: two free buddies are one block of the
 * next order, and a bit of nonempty is set exactly if its list has a block.
 */
#include "core_internal.h"
#include "buddy.h"

static inline void list_add_block_locked(struct lab_machine *m, struct lab_zone *z,
					 u32 pfn, unsigned int order)
{
	struct lab_free_area *area = &z->free_area[order];
	struct lab_frame *frame = mmlab_frame(m, pfn);

	lockdep_assert_held(&z->lock);
	frame->identity = mmlab_frame_identity(0, order, FRAME_FREE, USE_NONE);
	frame->prev = PFN_NONE;
	frame->next = area->head;
	if (area->head != PFN_NONE)
		mmlab_frame(m, area->head)->prev = pfn;
	area->head = pfn;
	area->nr_free++;
	z->nonempty |= 1U << order;
}

/* The caller gives the frame its next state. */
static inline void list_del_block_locked(struct lab_machine *m, struct lab_zone *z,
					 u32 pfn, unsigned int order)
{
	struct lab_free_area *area = &z->free_area[order];
	struct lab_frame *frame = mmlab_frame(m, pfn);

	lockdep_assert_held(&z->lock);
	if (frame->prev != PFN_NONE)
		mmlab_frame(m, frame->prev)->next = frame->next;
	else
		area->head = frame->next;
	if (frame->next != PFN_NONE)
		mmlab_frame(m, frame->next)->prev = frame->prev;
	area->nr_free--;
	if (area->head == PFN_NONE)
		z->nonempty &= ~(1U << order);
}

/* Takes a block if @keep frames stay free after it. */
static inline u32 alloc_block_locked(struct lab_machine *m, struct lab_zone *z,
				     unsigned int order, u32 keep,
				     enum frame_state state)
{
	unsigned long fit = z->nonempty >> order;
	unsigned int have;
	u32 pfn;

	lockdep_assert_held(&z->lock);
	if (!fit || z->nr_free < keep + (1U << order))
		return PFN_NONE;
	have = order + __ffs(fit);
	pfn = z->free_area[have].head;
	list_del_block_locked(m, z, pfn, have);
	/* The lower half is split further; each upper half, its buddy, becomes free. */
	while (have > order) {
		have--;
		list_add_block_locked(m, z, pfn + (1U << have), have);
		z->nr_splits++;
		trace_buddy_split(pfn, have, pfn + (1U << have));
	}
	z->nr_free -= 1U << order;
	mmlab_frame(m, pfn)->identity =
		mmlab_frame_identity(0, order, state, USE_NONE);
	return pfn;
}

static inline void free_block_locked(struct lab_machine *m, struct lab_zone *z,
				     u32 pfn)
{
	unsigned int order = mmlab_frame(m, pfn)->order;

	lockdep_assert_held(&z->lock);
	z->nr_free += 1U << order;
	while (order < LAB_NR_ORDERS - 1) {
		/* buddies differ in one bit of their frame number */
		u32 buddy = pfn ^ (1U << order);
		struct lab_frame *frame;

		if (buddy < z->start || buddy >= z->end)
			break;
		frame = mmlab_frame(m, buddy);
		if (frame->state != FRAME_FREE || frame->order != order)
			break;
		list_del_block_locked(m, z, buddy, order);
		mmlab_frame(m, max(pfn, buddy))->state = FRAME_TAIL;
		pfn = min(pfn, buddy);
		order++;
		z->nr_merges++;
		trace_buddy_merge(pfn, order, pfn + (1U << (order - 1)));
	}
	list_add_block_locked(m, z, pfn, order);
}

/*
 * Takes blocks off a list, at most @nr, as long as each is a neighbour of the run of
 * those before it, on either side. Returns the first frame of the run; (out) @end is
 * its end (exclusive).
 */
static u32 take_run(const struct lab_machine *m, u32 *head, unsigned int nr,
		    u32 *end)
{
	unsigned int order = mmlab_frame(m, *head)->order;
	u32 low = *head, pfn = mmlab_frame(m, low)->next;

	*end = low + (1U << order);
	while (--nr && pfn != PFN_NONE && mmlab_frame(m, pfn)->order == order) {
		if (pfn == *end)
			*end += 1U << order;
		else if (pfn + (1U << order) == low)
			low = pfn;
		else
			break;
		pfn = mmlab_frame(m, pfn)->next;
	}
	*head = pfn;
	return low;
}

/* Traces the merges that merge_locked() does at once, step by step. */
static void trace_merges(u32 pfn, unsigned int order, unsigned int have)
{
	u32 end = pfn + (1U << have), at;

	while (order++ < have)
		for (at = pfn; at < end; at += 1U << order)
			trace_buddy_merge(at, order, at + (1U << (order - 1)));
}

/* Makes one block of 2^@have frames from blocks of @order that are on no list. */
static void merge_locked(struct lab_machine *m, struct lab_zone *z, u32 pfn,
			 unsigned int order, unsigned int have)
{
	u32 at, nr = 1U << (have - order);

	lockdep_assert_held(&z->lock);
	for (at = 1; at < nr; at++)
		mmlab_frame(m, pfn + (at << order))->state = FRAME_TAIL;
	mmlab_frame(m, pfn)->order = have;
	z->nr_merges += nr - 1;
	if (trace_buddy_merge_enabled())
		trace_merges(pfn, order, have);
}

/*
 * Frees the run of neighbouring blocks at the beginning of a list, at most @nr, as the
 * largest blocks that fit into it. Returns how many blocks were freed.
 */
static unsigned int free_run_locked(struct lab_machine *m, struct lab_zone *z,
				    u32 *head, unsigned int nr)
{
	unsigned int order = mmlab_frame(m, *head)->order;
	u32 end, pfn = take_run(m, head, nr, &end);

	lockdep_assert_held(&z->lock);
	nr = (end - pfn) >> order;
	while (pfn < end) {
		/*
		 * the largest order to which pfn is aligned, 10 at most, and that fits
		 * into the run
		 */
		unsigned int have = min(__ffs(pfn | 1U << (LAB_NR_ORDERS - 1)),
					__fls(end - pfn));

		if (have > order)
			merge_locked(m, z, pfn, order, have);
		free_block_locked(m, z, pfn);
		pfn += 1U << have;
	}
	return nr;
}

u32 mmlab_buddy_alloc(struct lab_machine *m, unsigned int order,
		      lab_gfp_t flags)
{
	enum lab_zone_id preferred = flags & LAB_GFP_DMA ? LAB_ZONE_DMA :
						       LAB_ZONE_NORMAL;
	int zone;

	for (zone = preferred; zone >= 0; zone--) {
		struct lab_zone *z = &m->zone[zone];
		u32 keep = flags & LAB_GFP_RESERVE ? 0 : z->min;
		u32 pfn;

		if (zone != preferred)
			keep += z->lowmem_reserve;
		spin_lock(&z->lock);
		pfn = alloc_block_locked(m, z, order, keep, FRAME_USED);
		spin_unlock(&z->lock);
		if (pfn != PFN_NONE)
			return pfn;
	}
	return PFN_NONE;
}

/* Traces the splits that expand_locked() does at once, step by step. */
static void trace_splits(u32 pfn, unsigned int have, unsigned int order)
{
	u32 end = pfn + (1U << have), at;

	while (have-- > order)
		for (at = pfn; at < end; at += 2U << have)
			trace_buddy_split(at, have, at + (1U << have));
}

/*
 * The order of a block to take for up to @nr of @order: the smallest free one, if all of
 * it is needed.
 */
static unsigned int order_for_bulk_locked(const struct lab_zone *z, unsigned int order,
					  unsigned int nr)
{
	unsigned long fit = z->nonempty >> order;
	u32 spare = z->nr_free - min(z->nr_free, z->min);

	lockdep_assert_held(&z->lock);
	nr = min(nr, spare >> order);
	return fit && nr ? order + min(__ffs(fit), __fls(nr)) : order;
}

/*
 * Splits a block that is on no list into blocks of @order at once, and puts them in front
 * of a list, lowest first. Returns its new head.
 */
static u32 expand_locked(struct lab_machine *m, struct lab_zone *z, u32 pfn,
			 unsigned int have, unsigned int order, u32 head)
{
	const u64 identity = mmlab_frame_identity(0, order, FRAME_PCP, USE_NONE);
	u32 size = 1U << order, at;

	lockdep_assert_held(&z->lock);
	z->nr_splits += (1U << (have - order)) - 1;
	if (trace_buddy_split_enabled())
		trace_splits(pfn, have, order);
	for (at = pfn + (1U << have); at != pfn; ) {
		at -= size;
		mmlab_frame(m, at)->identity = identity;
		mmlab_frame(m, at)->next = head;
		head = at;
	}
	return head;
}

unsigned int mmlab_buddy_alloc_bulk(struct lab_machine *m,
				    enum lab_zone_id zone, unsigned int order,
				    unsigned int nr, u32 *head)
{
	struct lab_zone *z = &m->zone[zone];
	unsigned int got;

	spin_lock(&z->lock);
	for (got = 0; got < nr; ) {
		unsigned int have = order_for_bulk_locked(z, order, nr - got);
		u32 pfn = alloc_block_locked(m, z, have, z->min, FRAME_PCP);

		if (pfn == PFN_NONE)
			break;
		*head = expand_locked(m, z, pfn, have, order, *head);
		got += 1U << (have - order);
	}
	spin_unlock(&z->lock);
	return got;
}

void mmlab_buddy_free(struct lab_machine *m, u32 pfn)
{
	struct lab_zone *z = &m->zone[mmlab_frame_zone(m, pfn)];

	spin_lock(&z->lock);
	free_block_locked(m, z, pfn);
	spin_unlock(&z->lock);
}

unsigned int mmlab_buddy_free_bulk(struct lab_machine *m,
				   enum lab_zone_id zone, unsigned int nr,
				   u32 *head)
{
	struct lab_zone *z = &m->zone[zone];
	unsigned int given;

	spin_lock(&z->lock);
	for (given = 0; given < nr && *head != PFN_NONE; ) {
		u32 pfn = *head, next = mmlab_frame(m, pfn)->next;
		unsigned int order = mmlab_frame(m, pfn)->order;

		/* the next block is a neighbour; PFN_NONE never is, and most often none is */
		if (next - pfn == 1U << order || pfn - next == 1U << order) {
			given += free_run_locked(m, z, head, nr - given);
			continue;
		}
		*head = next;
		free_block_locked(m, z, pfn);
		given++;
	}
	spin_unlock(&z->lock);
	return given;
}

/* Splits the block at @head, which is on no list, around @pfn. */
static void halve_around_locked(struct lab_machine *m, struct lab_zone *z,
				u32 head, u32 pfn)
{
	unsigned int order = mmlab_frame(m, head)->order;

	lockdep_assert_held(&z->lock);
	while (order--) {
		u32 upper = head + (1U << order);

		trace_buddy_split(head, order, upper);
		z->nr_splits++;
		z->nr_free += 1U << order;
		list_add_block_locked(m, z, pfn < upper ? upper : head, order);
		head = pfn < upper ? head : upper;
	}
}

void mmlab_buddy_retire(struct lab_machine *m, u32 pfn)
{
	struct lab_zone *z = &m->zone[mmlab_frame_zone(m, pfn)];
	u32 head;

	spin_lock(&z->lock);
	head = mmlab_frame_head(m, pfn);
	if (head != PFN_NONE) {
		const struct lab_frame *frame = mmlab_frame(m, head);

		if (frame->state == FRAME_FREE) {
			list_del_block_locked(m, z, head, frame->order);
			z->nr_free -= 1U << frame->order;
		}
		halve_around_locked(m, z, head, pfn);
		/* pairs with data_race() in mmlab_frame_may_free() and its like */
		WRITE_ONCE(mmlab_frame(m, pfn)->identity,
			   mmlab_frame_identity(0, 0, FRAME_BAD, USE_NONE));
	}
	spin_unlock(&z->lock);
}

/* Puts a zone's frames on its free lists in the largest blocks that fit. */
static void seed_zone(struct lab_machine *m, const struct lab_zone *z)
{
	/* frame 0 is reserved */
	u32 start = max(z->start, 1U), end = z->end;

	while (start < end) {
		unsigned int order = LAB_NR_ORDERS - 1;

		while ((start & ((1U << order) - 1)) ||
		       end - start < (1U << order))
			order--;
		mmlab_frame(m, start)->order = order;
		mmlab_buddy_free(m, start);
		start += 1U << order;
	}
}

/*
 * Sets the watermarks as init_per_zone_wmark_min() and setup_per_zone_lowmem_reserve()
 * of mm/page_alloc.c do: min grows with the square root of the memory, low and high are
 * a quarter and a half above it.
 */
static void set_watermarks(struct lab_machine *m)
{
	u32 kib = m->nr_frames << (PAGE_SHIFT - 10);
	u32 min_frames = (u32)int_sqrt(kib * 16) >> (PAGE_SHIFT - 10);
	u32 zone;

	for (zone = 0; zone < NR_LAB_ZONES; zone++) {
		struct lab_zone *z = &m->zone[zone];

		z->min = min_frames * z->nr_managed / m->nr_frames;
		z->low = z->min + z->min / 4;
		z->high = z->min + z->min / 2;
	}
	m->zone[LAB_ZONE_DMA].lowmem_reserve =
		m->zone[LAB_ZONE_NORMAL].nr_managed / 256;
}

void mmlab_buddy_init(struct lab_machine *m)
{
	u32 zone;

	for (zone = 0; zone < NR_LAB_ZONES; zone++) {
		seed_zone(m, &m->zone[zone]);
		m->zone[zone].nr_managed = m->zone[zone].nr_free;
	}
	set_watermarks(m);
}

void mmlab_buddy_snapshot(struct lab_machine *m, enum lab_zone_id zone,
			  struct lab_zone_snapshot *s)
{
	struct lab_zone *z = &m->zone[zone];
	unsigned int order;

	s->name = z->name;
	s->start = z->start;
	s->end = z->end;
	s->nr_managed = z->nr_managed;
	s->min = z->min;
	s->low = z->low;
	s->high = z->high;
	s->lowmem_reserve = z->lowmem_reserve;
	spin_lock(&z->lock);
	s->nr_free = z->nr_free;
	for (order = 0; order < LAB_NR_ORDERS; order++)
		s->nr_free_blocks[order] = z->free_area[order].nr_free;
	s->nr_splits = z->nr_splits;
	s->nr_merges = z->nr_merges;
	spin_unlock(&z->lock);
}

/* Counts free blocks of all orders, and the blocks of @order that they hold. */
static void count_suitable(const struct lab_zone_snapshot *s, unsigned int order,
			   u32 *nr_blocks, u32 *nr_suitable)
{
	unsigned int o;

	*nr_blocks = 0;
	*nr_suitable = 0;
	for (o = 0; o < LAB_NR_ORDERS; o++) {
		*nr_blocks += s->nr_free_blocks[o];
		if (o >= order)
			*nr_suitable += s->nr_free_blocks[o] << (o - order);
	}
}

int mmlab_buddy_unusable_index(const struct lab_zone_snapshot *s,
			       unsigned int order)
{
	u32 nr_blocks, nr_suitable;

	if (!s->nr_free)
		return 1000;
	count_suitable(s, order, &nr_blocks, &nr_suitable);
	return (s->nr_free - (nr_suitable << order)) * 1000U / s->nr_free;
}

int mmlab_buddy_extfrag_index(const struct lab_zone_snapshot *s,
			      unsigned int order)
{
	u32 nr_blocks, nr_suitable;

	count_suitable(s, order, &nr_blocks, &nr_suitable);
	if (!nr_blocks)
		return 0;
	if (nr_suitable)
		return -1000;
	return 1000 - (int)((1000 + s->nr_free * 1000U / (1U << order)) / nr_blocks);
}

static void validate_block(const struct lab_machine *m, const struct lab_zone *z,
			   u32 pfn, unsigned int order, u32 prev,
			   struct lab_verdict *v)
{
	const struct lab_frame *frame = mmlab_frame(m, pfn);
	u32 buddy = pfn ^ (1U << order);

	mmlab_verdict_expect(v, "a block on a free list is free", pfn,
			     FRAME_FREE, frame->state);
	mmlab_verdict_expect(v, "a free block is on the list of its order", pfn,
			     order, frame->order);
	mmlab_verdict_expect(v, "a free block is aligned to its size", pfn,
			     0, pfn & ((1U << order) - 1));
	mmlab_verdict_expect(v, "a free block is linked back", pfn,
			     prev, frame->prev);
	if (order == LAB_NR_ORDERS - 1 || buddy < z->start || buddy >= z->end)
		return;
	frame = mmlab_frame(m, buddy);
	mmlab_verdict_expect(v, "two free buddies are merged", pfn, 0,
			     frame->state == FRAME_FREE && frame->order == order);
}

static void validate_zone_locked(const struct lab_machine *m, const struct lab_zone *z,
				 struct lab_verdict *v)
{
	u32 nr_free = 0, nr_heads = 0, nr_listed = 0;
	unsigned int order;
	u32 pfn;

	lockdep_assert_held(&z->lock);
	for (order = 0; order < LAB_NR_ORDERS; order++) {
		const struct lab_free_area *area = &z->free_area[order];
		u32 prev = PFN_NONE, nr = 0;

		for (pfn = area->head; pfn != PFN_NONE && nr < area->nr_free;
		     pfn = mmlab_frame(m, pfn)->next) {
			if (!mmlab_verdict_expect(v, "a free block is in its zone",
						  pfn, 1, pfn >= z->start &&
						  pfn < z->end))
				break;
			validate_block(m, z, pfn, order, prev, v);
			prev = pfn;
			nr++;
		}
		mmlab_verdict_expect(v, "a free list ends after nr_free blocks",
				     order, PFN_NONE, pfn);
		mmlab_verdict_expect(v, "a free list has nr_free blocks", order,
				     area->nr_free, nr);
		mmlab_verdict_expect(v, "the bitmap says which lists have blocks",
				     order, area->nr_free > 0,
				     (z->nonempty >> order) & 1);
		nr_listed += nr;
		nr_free += nr << order;
	}
	for (pfn = z->start; pfn < z->end; pfn++)
		nr_heads += mmlab_frame(m, pfn)->state == FRAME_FREE;
	mmlab_verdict_expect(v, "every free block is on a list", z->start,
			     nr_heads, nr_listed);
	mmlab_verdict_expect(v, "a zone's nr_free is the sum of its blocks",
			     z->start, z->nr_free, nr_free);
	v->nr_objects += nr_listed;
}

void mmlab_buddy_validate(struct lab_machine *m, struct lab_verdict *v)
{
	u32 zone;

	for (zone = 0; zone < NR_LAB_ZONES; zone++) {
		struct lab_zone *z = &m->zone[zone];

		spin_lock(&z->lock);
		validate_zone_locked(m, z, v);
		spin_unlock(&z->lock);
	}
}
