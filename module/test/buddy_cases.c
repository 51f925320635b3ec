// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of core/buddy, each with a known answer. Random sequences against the
 * oracle: buddy_random_cases.c
 */
#include "../core/core_internal.h"
#include "../core/buddy.h"
#include "buddy_oracle.h"
#include "cases.h"

#define NR_FRAMES_64	mmlab_test_mib(64)

/* Free lists as they were; @before is from a machine with nothing allocated. */
static void expect_as_before(struct test_ctx *t, struct lab_machine *m,
			     const struct lab_zone *before)
{
	unsigned int order;
	u32 zone;

	for (zone = 0; zone < NR_LAB_ZONES; zone++) {
		const struct lab_zone *z = &m->zone[zone];

		EXPECT_EQ(t, before[zone].nr_free, z->nr_free);
		EXPECT_EQ(t, before[zone].nonempty, z->nonempty);
		EXPECT_EQ(t, z->nr_splits, z->nr_merges);
		for (order = 0; order < LAB_NR_ORDERS; order++)
			EXPECT_EQ(t, before[zone].free_area[order].nr_free,
				  z->free_area[order].nr_free);
	}
	mmlab_test_sound(t, m);
}

static void buddy_each_order(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, NR_FRAMES_64, false);
	struct lab_zone before[NR_LAB_ZONES];
	static const lab_gfp_t flags[] = { 0, LAB_GFP_DMA };
	unsigned int order, i;

	if (!m)
		return;
	memcpy(before, m->zone, sizeof(before));
	for (order = 0; order < LAB_NR_ORDERS; order++) {
		for (i = 0; i < ARRAY_SIZE(flags); i++) {
			u32 pfn = mmlab_test_alloc_block(m, order, flags[i]);

			if (!EXPECT(t, pfn != PFN_NONE))
				return;
			EXPECT_EQ(t, 0, pfn & ((1U << order) - 1));
			EXPECT_EQ(t, flags[i] ? LAB_ZONE_DMA : LAB_ZONE_NORMAL,
				  mmlab_frame_zone(m, pfn));
			EXPECT_EQ(t, FRAME_USED, mmlab_frame(m, pfn)->state);
			EXPECT_EQ(t, order, mmlab_frame(m, pfn)->order);
			mmlab_test_sound(t, m);
			test_note(t, pfn);
			mmlab_buddy_free(m, pfn);
			expect_as_before(t, m, before);
		}
	}
}

/* A block of 10 becomes one each of 9 ... 0 and the frame that was wanted. */
static void buddy_split_exact(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, NR_FRAMES_64, false);
	struct lab_zone *z;
	unsigned int order;
	u32 pfn, first;

	if (!m)
		return;
	z = &m->zone[LAB_ZONE_NORMAL];
	first = z->free_area[10].head;
	pfn = mmlab_test_alloc_block(m, 0, 0);
	EXPECT_EQ(t, first, pfn);
	EXPECT_EQ(t, 10, z->nr_splits);
	EXPECT_EQ(t, 11, z->free_area[10].nr_free);
	for (order = 0; order < 10; order++) {
		EXPECT_EQ(t, 1, z->free_area[order].nr_free);
		EXPECT_EQ(t, pfn + (1U << order), z->free_area[order].head);
	}
	EXPECT_EQ(t, 0x7ff, z->nonempty);
	EXPECT_EQ(t, z->nr_managed - 1, z->nr_free);
	mmlab_test_sound(t, m);
	mmlab_buddy_free(m, pfn);
	EXPECT_EQ(t, 10, z->nr_merges);
	EXPECT_EQ(t, 0x400, z->nonempty);
	EXPECT_EQ(t, 12, z->free_area[10].nr_free);
}

/* The best fit is halved, and of equal ones the one freed last. */
static void buddy_best_fit(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, NR_FRAMES_64, false);
	u32 block[6], small, big;
	unsigned int i;

	if (!m)
		return;
	for (i = 0; i < 6; i++)
		block[i] = mmlab_test_alloc_block(m, 4, 0);
	big = block[1];
	mmlab_buddy_free(m, big);		/* its buddy stays taken */
	small = mmlab_test_alloc_block(m, 1, 0);
	EXPECT_EQ(t, big, small);		/* 4 is the smallest that fits 1 */
	EXPECT_EQ(t, big + 8, mmlab_test_alloc_block(m, 3, 0));
	EXPECT_EQ(t, big + 4, mmlab_test_alloc_block(m, 2, 0));
	EXPECT_EQ(t, big + 2, mmlab_test_alloc_block(m, 0, 0));
	mmlab_buddy_free(m, block[2]);
	mmlab_buddy_free(m, block[4]);
	EXPECT_EQ(t, block[4], mmlab_test_alloc_block(m, 4, 0));
	EXPECT_EQ(t, block[2], mmlab_test_alloc_block(m, 4, 0));
	mmlab_test_sound(t, m);
}

/* Allocates until refused; returns how many frames that were. */
static u32 drain(struct test_ctx *t, struct lab_machine *m, unsigned int order,
		 lab_gfp_t flags, u32 *list, u32 limit)
{
	u32 nr = 0, pfn;

	while (nr < limit) {
		pfn = mmlab_test_alloc_block(m, order, flags);
		if (pfn == PFN_NONE)
			break;
		if (list)
			list[nr] = pfn;
		nr++;
	}
	EXPECT_EQ(t, PFN_NONE, mmlab_buddy_alloc(m, order, flags));
	return nr << order;
}

enum free_order { ASCENDING, DESCENDING, EVEN_ODD, SHUFFLED, NR_FREE_ORDERS };

static void arrange(struct test_ctx *t, u32 *list, u32 nr, u32 how)
{
	u32 i, j, tmp;

	for (i = 0; how == SHUFFLED && i < nr; i++) {
		j = test_below(t, nr);
		tmp = list[i];
		list[i] = list[j];
		list[j] = tmp;
	}
	for (i = 0; how == DESCENDING && i < nr / 2; i++) {
		tmp = list[i];
		list[i] = list[nr - 1 - i];
		list[nr - 1 - i] = tmp;
	}
	/* brings every other entry to the front half */
	for (i = 0; how == EVEN_ODD && i < nr / 2; i++) {
		tmp = list[i];
		list[i] = list[2 * i];
		list[2 * i] = tmp;
	}
}

/* Whatever the order of the frees: the largest blocks are there again. */
static void buddy_merge_all(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(17), false);
	struct lab_zone before[NR_LAB_ZONES];
	u32 *list, nr, how, i;
	unsigned int order;

	if (!m)
		return;
	list = mmlab_test_alloc(t, m->nr_frames * sizeof(*list));
	if (!list)
		return;
	memcpy(before, m->zone, sizeof(before));
	for (order = 0; order < 4; order++) {
		for (how = 0; how < NR_FREE_ORDERS; how++) {
			drain(t, m, order, LAB_GFP_RESERVE, list, m->nr_frames);
			nr = (before[LAB_ZONE_NORMAL].nr_free +
			      before[LAB_ZONE_DMA].nr_free -
			      m->zone[LAB_ZONE_NORMAL].nr_free -
			      m->zone[LAB_ZONE_DMA].nr_free) >> order;
			arrange(t, list, nr, how);
			for (i = 0; i < nr; i++)
				mmlab_buddy_free(m, list[i]);
			expect_as_before(t, m, before);
			test_note(t, nr);
		}
	}
}

/* Normal down to its min, then DMA down to min and its lowmem_reserve. */
static void buddy_fallback(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, NR_FRAMES_64, false);
	struct lab_zone *dma, *normal;
	u32 pfn = PFN_NONE;

	if (!m)
		return;
	dma = &m->zone[LAB_ZONE_DMA];
	normal = &m->zone[LAB_ZONE_NORMAL];
	while (dma->nr_free == dma->nr_managed) {
		pfn = mmlab_test_alloc_block(m, 0, 0);
		if (!EXPECT(t, pfn != PFN_NONE))
			return;
	}
	EXPECT_EQ(t, LAB_ZONE_DMA, mmlab_frame_zone(m, pfn));
	EXPECT_EQ(t, normal->min, normal->nr_free);
	drain(t, m, 0, 0, NULL, m->nr_frames);
	EXPECT_EQ(t, dma->min + dma->lowmem_reserve, dma->nr_free);
	drain(t, m, 0, LAB_GFP_DMA, NULL, m->nr_frames);
	EXPECT_EQ(t, dma->min, dma->nr_free);
	EXPECT_EQ(t, normal->min, normal->nr_free);
	drain(t, m, 0, LAB_GFP_RESERVE, NULL, m->nr_frames);
	EXPECT_EQ(t, 0, normal->nr_free);
	EXPECT_EQ(t, min(dma->min, dma->lowmem_reserve), dma->nr_free);
	drain(t, m, 0, LAB_GFP_RESERVE | LAB_GFP_DMA, NULL, m->nr_frames);
	EXPECT_EQ(t, 0, dma->nr_free);
	EXPECT_EQ(t, 0, dma->nonempty);
	EXPECT_EQ(t, PFN_NONE, dma->free_area[0].head);
	mmlab_test_sound(t, m);
}

/* Each order: exactly as many blocks as the reserve leaves, then refusal. */
static void buddy_exhaust(struct test_ctx *t)
{
	unsigned int order;

	for (order = 0; order < LAB_NR_ORDERS; order++) {
		struct lab_machine *m = mmlab_test_machine(t, NR_FRAMES_64, false);
		u32 dma, normal;

		if (!m)
			return;
		normal = m->zone[LAB_ZONE_NORMAL].nr_managed;
		dma = m->zone[LAB_ZONE_DMA].nr_managed;
		/* one block of DMA is incomplete for lack of frame 0 */
		EXPECT_EQ(t, (normal >> order << order) + (dma >> order << order),
			  drain(t, m, order, LAB_GFP_RESERVE, NULL, m->nr_frames) +
			  drain(t, m, order, LAB_GFP_RESERVE | LAB_GFP_DMA, NULL,
				m->nr_frames));
		EXPECT_EQ(t, dma & ((1U << order) - 1), m->zone[LAB_ZONE_DMA].nr_free);
		mmlab_test_sound(t, m);
		mmlab_test_env_relax();
	}
}

static void check_bulk_list(struct test_ctx *t, struct lab_machine *m, u32 zone,
			    u32 head, u32 nr)
{
	while (nr--) {
		if (!EXPECT(t, head < m->nr_frames))
			return;
		EXPECT_EQ(t, zone, mmlab_frame_zone(m, head));
		EXPECT_EQ(t, FRAME_PCP, mmlab_frame(m, head)->state);
		EXPECT_EQ(t, USE_NONE, mmlab_frame(m, head)->use);
		head = mmlab_frame(m, head)->next;
	}
	EXPECT_EQ(t, PFN_NONE, head);
}

static void buddy_bulk(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, NR_FRAMES_64, false);
	struct lab_zone before[NR_LAB_ZONES];
	unsigned int order;
	u32 zone, head, first;

	if (!m)
		return;
	memcpy(before, m->zone, sizeof(before));
	for (order = 0; order < 4; order++) {
		for (zone = 0; zone < NR_LAB_ZONES; zone++) {
			head = PFN_NONE;
			EXPECT_EQ(t, 0, mmlab_buddy_alloc_bulk(m, zone, order, 0, &head));
			EXPECT_EQ(t, 31, mmlab_buddy_alloc_bulk(m, zone, order, 31, &head));
			check_bulk_list(t, m, zone, head, 31);
			first = head;
			EXPECT_EQ(t, 2, mmlab_buddy_alloc_bulk(m, zone, order, 2, &head));
			check_bulk_list(t, m, zone, head, 33);
			EXPECT_EQ(t, first, mmlab_frame(m, mmlab_frame(m, head)->next)->next);
			EXPECT_EQ(t, before[zone].nr_free - (33U << order),
				  m->zone[zone].nr_free);
			mmlab_test_sound(t, m);
			EXPECT_EQ(t, 0, mmlab_buddy_free_bulk(m, zone, 0, &head));
			EXPECT_EQ(t, 5, mmlab_buddy_free_bulk(m, zone, 5, &head));
			check_bulk_list(t, m, zone, head, 28);
			EXPECT_EQ(t, 28, mmlab_buddy_free_bulk(m, zone, 99, &head));
			EXPECT_EQ(t, PFN_NONE, head);
			EXPECT_EQ(t, 0, mmlab_buddy_free_bulk(m, zone, 9, &head));
			expect_as_before(t, m, before);
		}
	}
}

/* Takes what is above min, from its own zone only, and says how much it was. */
static void buddy_bulk_short(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(5), false);
	u32 zone, want, head;

	for (zone = 0; m && zone < NR_LAB_ZONES; zone++) {
		head = PFN_NONE;
		want = m->zone[zone].nr_free - m->zone[zone].min;
		EXPECT_EQ(t, want,
			  mmlab_buddy_alloc_bulk(m, zone, 0, m->nr_frames, &head));
		check_bulk_list(t, m, zone, head, want);
		EXPECT_EQ(t, m->zone[zone].min, m->zone[zone].nr_free);
		EXPECT_EQ(t, 0, mmlab_buddy_alloc_bulk(m, zone, 0, 1, &head));
		mmlab_test_sound(t, m);
		EXPECT_EQ(t, want,
			  mmlab_buddy_free_bulk(m, zone, m->nr_frames, &head));
	}
}

/* Frames enough, but no two of them side by side: a larger block is not looked for. */
static void buddy_bulk_fragments(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(4), false);
	u32 head = PFN_NONE, pfn;
	struct lab_zone *z;

	if (!m)
		return;
	z = &m->zone[LAB_ZONE_NORMAL];
	while ((pfn = mmlab_buddy_alloc(m, 0, LAB_GFP_RESERVE)) != PFN_NONE)
		mmlab_frame(m, pfn)->use = USE_BLOCK;
	for (pfn = z->start; pfn < z->end; pfn += 2)
		mmlab_buddy_free(m, pfn);
	EXPECT(t, z->nr_free > z->min + 32);
	EXPECT_EQ(t, 0, mmlab_buddy_alloc_bulk(m, LAB_ZONE_NORMAL, 1, 16, &head));
	EXPECT_EQ(t, PFN_NONE, head);
	EXPECT_EQ(t, 16, mmlab_buddy_alloc_bulk(m, LAB_ZONE_NORMAL, 0, 16, &head));
	mmlab_test_sound(t, m);
}

/* Bad frames on both ends of a block and in it, free and taken: nothing else goes. */
static void buddy_retire(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, NR_FRAMES_64, false);
	struct lab_zone *z;
	u32 i, pfn, nr_free;

	if (!m)
		return;
	z = &m->zone[LAB_ZONE_NORMAL];
	nr_free = z->nr_free;
	pfn = z->free_area[10].head;
	for (i = 0; i < 3; i++) {	/* the block, then two of its halves */
		static const u32 bad[] = { 0, 1023, 517 };

		mmlab_buddy_retire(m, pfn + bad[i]);
		EXPECT_EQ(t, FRAME_BAD, mmlab_frame(m, pfn + bad[i])->state);
		EXPECT_EQ(t, 0, mmlab_frame(m, pfn + bad[i])->order);
		EXPECT_EQ(t, --nr_free, z->nr_free);
		mmlab_test_sound(t, m);
	}
	EXPECT_EQ(t, 10 + 9 + 8, z->nr_splits);

	/* of a block in use, all but one frame are free then, and merge as ever */
	pfn = mmlab_test_alloc_block(m, 3, 0);
	EXPECT_EQ(t, nr_free - 8, z->nr_free);
	mmlab_buddy_retire(m, pfn + 5);
	EXPECT_EQ(t, nr_free - 1, z->nr_free);
	mmlab_test_sound(t, m);
	EXPECT_EQ(t, -ENOENT, mmlab_frame_may_free(m, pfn + 5, 0, USE_USER, 1));

	/* none of them is ever given out */
	for (pfn = mmlab_test_alloc_block(m, 0, LAB_GFP_RESERVE); pfn != PFN_NONE;
	     pfn = mmlab_test_alloc_block(m, 0, LAB_GFP_RESERVE))
		if (mmlab_frame_zone(m, pfn) == LAB_ZONE_NORMAL)
			nr_free--;
	EXPECT_EQ(t, 1, nr_free);
	mmlab_test_sound(t, m);
}

/* A block of 2^@order was halved around @pfn, and it was told. */
static void check_halved(struct test_ctx *t, const struct test_events *events, u32 pfn,
			 unsigned int order)
{
	const struct test_event *e = events->event;

	EXPECT_EQ(t, order, events->nr);
	for (; order--; e++) {
		u32 head = pfn & ~((2U << order) - 1);

		EXPECT(t, !e->merge);
		EXPECT_EQ(t, head, e->pfn);
		EXPECT_EQ(t, order, e->order);
		EXPECT_EQ(t, head + (1U << order), e->buddy);
	}
}

/* Each frame of a block in turn: all others are free then, in blocks that merge no more. */
static void buddy_retire_each(struct test_ctx *t)
{
	struct test_events *events = mmlab_test_alloc(t, sizeof(*events));
	const u32 nr = 1U << 4;
	bool told;
	u32 bad, i;

	for (bad = 0; bad < nr; bad++) {
		struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(4), false);
		u32 pfn = m && events ? mmlab_test_alloc_block(m, 4, 0) : PFN_NONE;
		u32 nr_free;

		if (!EXPECT(t, pfn != PFN_NONE))
			return;
		mmlab_frame(m, pfn)->owner = 1;
		nr_free = m->zone[LAB_ZONE_NORMAL].nr_free;
		events->nr = 0;
		told = mmlab_test_env_record(events);
		mmlab_buddy_retire(m, pfn + bad);
		mmlab_test_env_record(NULL);
		if (told)
			check_halved(t, events, pfn + bad, 4);
		EXPECT_EQ(t, nr_free + nr - 1, m->zone[LAB_ZONE_NORMAL].nr_free);
		mmlab_test_sound(t, m);
		for (i = 0; i < nr; i++) {
			u32 head = mmlab_frame_head(m, pfn + i);

			if (!EXPECT(t, head != PFN_NONE))
				return;
			EXPECT_EQ(t, i == bad ? FRAME_BAD : FRAME_FREE,
				  mmlab_frame(m, head)->state);
			EXPECT_EQ(t, i == bad ? 0 : __fls(i ^ bad), mmlab_frame(m, head)->order);
		}
	}
}

static void buddy_snapshot(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(17), false);
	struct lab_zone_snapshot s;
	unsigned int order;
	u32 zone;

	for (zone = 0; m && zone < NR_LAB_ZONES; zone++) {
		const struct lab_zone *z = &m->zone[zone];

		mmlab_buddy_free(m, mmlab_test_alloc_block(m, 2, LAB_GFP_DMA));
		mmlab_test_alloc_block(m, zone, zone ? 0 : LAB_GFP_DMA);
		mmlab_buddy_snapshot(m, zone, &s);
		EXPECT(t, s.name == z->name);
		EXPECT_EQ(t, z->start, s.start);
		EXPECT_EQ(t, z->end, s.end);
		EXPECT_EQ(t, z->nr_managed, s.nr_managed);
		EXPECT_EQ(t, z->min, s.min);
		EXPECT_EQ(t, z->low, s.low);
		EXPECT_EQ(t, z->high, s.high);
		EXPECT_EQ(t, z->lowmem_reserve, s.lowmem_reserve);
		EXPECT_EQ(t, z->nr_managed - (1U << zone), s.nr_free);
		EXPECT_EQ(t, z->nr_splits, s.nr_splits);
		EXPECT_EQ(t, z->nr_merges, s.nr_merges);
		for (order = 0; order < LAB_NR_ORDERS; order++) {
			EXPECT_EQ(t, z->free_area[order].nr_free,
				  s.nr_free_blocks[order]);
			test_note(t, s.nr_free_blocks[order]);
		}
	}
}

/* 1000 times the frames of the largest arena fit into 31 bits. */
static void check_indices(struct test_ctx *t, const struct lab_zone_snapshot *s)
{
	unsigned int order, o;

	for (order = 0; order < LAB_NR_ORDERS; order++) {
		s32 frames = s->nr_free, usable = 0, blocks = 0;
		s32 unusable = 1000, extfrag = 0;

		for (o = 0; o < LAB_NR_ORDERS; o++) {
			blocks += s->nr_free_blocks[o];
			if (o >= order)
				usable += s->nr_free_blocks[o] << o;
		}
		if (frames)
			unusable = (frames - usable) * 1000 / frames;
		if (blocks && usable)
			extfrag = -1000;
		else if (blocks)
			extfrag = 1000 - (1000 + frames * 1000 / (1 << order)) / blocks;
		EXPECT_EQ(t, unusable, mmlab_buddy_unusable_index(s, order));
		EXPECT_EQ(t, extfrag, mmlab_buddy_extfrag_index(s, order));
		test_note(t, (u64)extfrag);
		test_note(t, (u64)unusable);
	}
}

static void buddy_indices(struct test_ctx *t)
{
	struct lab_zone_snapshot s = {};
	unsigned int i, order;

	/* nothing free: all of it is useless, and no allocation tells why */
	EXPECT_EQ(t, 1000, mmlab_buddy_unusable_index(&s, 0));
	EXPECT_EQ(t, 0, mmlab_buddy_extfrag_index(&s, 0));
	check_indices(t, &s);
	/* 8 single frames for a block of 8: fragmentation, 1000 - 2000 / 8 */
	s.nr_free = 8;
	s.nr_free_blocks[0] = 8;
	EXPECT_EQ(t, 750, mmlab_buddy_extfrag_index(&s, 3));
	EXPECT_EQ(t, 1000, mmlab_buddy_unusable_index(&s, 3));
	EXPECT_EQ(t, -1000, mmlab_buddy_extfrag_index(&s, 0));
	EXPECT_EQ(t, 0, mmlab_buddy_unusable_index(&s, 0));
	/* one single frame for a block of 1024: lack of memory */
	s.nr_free = 1;
	s.nr_free_blocks[0] = 1;
	EXPECT_EQ(t, 0, mmlab_buddy_extfrag_index(&s, 10));
	/* half of it in a block of 8 */
	s.nr_free = 16;
	s.nr_free_blocks[0] = 8;
	s.nr_free_blocks[3] = 1;
	EXPECT_EQ(t, 500, mmlab_buddy_unusable_index(&s, 3));
	EXPECT_EQ(t, -1000, mmlab_buddy_extfrag_index(&s, 3));
	for (i = 0; i < 300; i++) {
		s.nr_free = 0;
		for (order = 0; order < LAB_NR_ORDERS; order++) {
			s.nr_free_blocks[order] = test_below(t, 3) ?
				0 : test_below(t, 900 >> order);
			s.nr_free += s.nr_free_blocks[order] << order;
		}
		check_indices(t, &s);
	}
}

/* Smoke: one block of each order until nothing goes any more, then all back. */
static void buddy_smoke(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, NR_FRAMES_64, false);
	struct lab_zone before[NR_LAB_ZONES];
	u32 *list, nr = 0, was;
	unsigned int order;

	if (!m)
		return;
	list = mmlab_test_alloc(t, m->nr_frames * sizeof(*list));
	if (!list)
		return;
	memcpy(before, m->zone, sizeof(before));
	do {
		was = nr;
		for (order = 0; order < LAB_NR_ORDERS; order++) {
			list[nr] = mmlab_test_alloc_block(m, order, 0);
			nr += list[nr] != PFN_NONE;
		}
		mmlab_test_sound(t, m);
	} while (nr > was);
	while (nr)
		mmlab_buddy_free(m, list[--nr]);
	expect_as_before(t, m, before);
}

/*
 * Pessimistic: one block of each order splits one of the largest all the way;
 * now everything but that block's halves is taken, and they go one by one.
 */
static void buddy_pessimistic(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, NR_FRAMES_64, false);
	struct lab_zone before[NR_LAB_ZONES];
	u32 block[LAB_NR_ORDERS], i;
	unsigned int order;
	struct lab_zone *z;

	if (!m)
		return;
	memcpy(before, m->zone, sizeof(before));
	z = &m->zone[LAB_ZONE_NORMAL];
	for (i = 0; i < 11; i++)
		mmlab_test_alloc_block(m, 10, LAB_GFP_RESERVE);
	for (order = 0; order < 10; order++) {
		block[order] = mmlab_test_alloc_block(m, order, LAB_GFP_RESERVE);
		EXPECT_EQ(t, LAB_ZONE_NORMAL, mmlab_frame_zone(m, block[order]));
	}
	block[10] = mmlab_test_alloc_block(m, 0, LAB_GFP_RESERVE);
	EXPECT_EQ(t, 0, z->nr_free);
	for (order = 0; order < 10; order++) {
		EXPECT_EQ(t, 0, z->nonempty >> (order + 1));
		mmlab_buddy_free(m, block[order]);
	}
	/* the frame that is still taken holds every merge up */
	EXPECT_EQ(t, 0x3ff, z->nonempty);
	mmlab_test_sound(t, m);
	mmlab_buddy_free(m, block[10]);
	EXPECT_EQ(t, 0x400, z->nonempty);
	EXPECT_EQ(t, 1, z->free_area[10].nr_free);
	mmlab_test_sound(t, m);
}

/* Optimistic: orders rising from 0 fill one block of 2^10 less one frame. */
static void buddy_optimistic(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(64), false);
	unsigned int order;
	u32 pfn;

	if (!m)
		return;
	/* DMA's first 1023 managed frames: one free block of each order */
	for (order = 0; order < 10; order++) {
		pfn = mmlab_test_alloc_block(m, order, LAB_GFP_DMA);
		EXPECT_EQ(t, 1U << order, pfn);
		EXPECT_EQ(t, 0, m->zone[LAB_ZONE_DMA].nr_splits);
		mmlab_test_sound(t, m);
	}
	EXPECT_EQ(t, 0x400, m->zone[LAB_ZONE_DMA].nonempty);
}

/* Pathological: every other frame is free, so half is free and no pair is. */
static void buddy_pathological(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, NR_FRAMES_64, false);
	struct lab_zone_snapshot s;
	unsigned int order;
	struct lab_zone *z;
	u32 pfn;

	if (!m)
		return;
	drain(t, m, 0, LAB_GFP_RESERVE, NULL, m->nr_frames);
	drain(t, m, 0, LAB_GFP_RESERVE | LAB_GFP_DMA, NULL, m->nr_frames);
	z = &m->zone[LAB_ZONE_NORMAL];
	for (pfn = z->start; pfn < z->end; pfn += 2)
		mmlab_buddy_free(m, pfn);
	EXPECT_EQ(t, z->nr_managed / 2, z->nr_free);
	EXPECT_EQ(t, 0, z->nr_merges);
	for (order = 1; order < LAB_NR_ORDERS; order++)
		EXPECT_EQ(t, PFN_NONE, mmlab_buddy_alloc(m, order, LAB_GFP_RESERVE));
	mmlab_buddy_snapshot(m, LAB_ZONE_NORMAL, &s);
	EXPECT_EQ(t, 1000, mmlab_buddy_unusable_index(&s, 1));
	EXPECT_EQ(t, -1000, mmlab_buddy_extfrag_index(&s, 0));
	EXPECT(t, mmlab_buddy_extfrag_index(&s, 1) > 490);
	mmlab_test_sound(t, m);
	for (pfn = z->start + 1; pfn < z->end; pfn += 2)
		mmlab_buddy_free(m, pfn);
	EXPECT_EQ(t, 0x400, z->nonempty);
	EXPECT_EQ(t, 12, z->free_area[10].nr_free);
	mmlab_test_sound(t, m);
}

const struct test_case mmlab_test_buddy[] = {
	{ "buddy_each_order", buddy_each_order },
	{ "buddy_split_exact", buddy_split_exact },
	{ "buddy_best_fit", buddy_best_fit },
	{ "buddy_merge_all", buddy_merge_all },
	{ "buddy_fallback", buddy_fallback },
	{ "buddy_exhaust", buddy_exhaust },
	{ "buddy_bulk", buddy_bulk },
	{ "buddy_bulk_short", buddy_bulk_short },
	{ "buddy_bulk_fragments", buddy_bulk_fragments },
	{ "buddy_retire", buddy_retire },
	{ "buddy_retire_each", buddy_retire_each },
	{ "buddy_snapshot", buddy_snapshot },
	{ "buddy_indices", buddy_indices },
	{ "buddy_smoke", buddy_smoke },
	{ "buddy_pessimistic", buddy_pessimistic },
	{ "buddy_optimistic", buddy_optimistic },
	{ "buddy_pathological", buddy_pathological },
	{}
};
