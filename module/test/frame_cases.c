// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of core/frame: seeding, zones, watermarks, heads, census, refusals.
 */
#include "../core/core_internal.h"
#include "../core/buddy.h"
#include "buddy_oracle.h"
#include "cases.h"

static const u32 sizes_mib[] = {
	4, 5, 6, 7, 8, 11, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128,
	129, 200, 255, 256, 333, 512, 600, 767, 768, 895, 896
};

static void check_zones(struct test_ctx *t, const struct lab_machine *m, u32 nr)
{
	u32 dma = nr / 4 < mmlab_test_mib(16) ? nr / 4 : mmlab_test_mib(16);
	const struct lab_zone *z = m->zone;

	EXPECT_EQ(t, nr, m->nr_frames);
	EXPECT_EQ(t, 0, z[LAB_ZONE_DMA].start);
	EXPECT_EQ(t, dma, z[LAB_ZONE_DMA].end);
	EXPECT_EQ(t, dma, z[LAB_ZONE_NORMAL].start);
	EXPECT_EQ(t, nr, z[LAB_ZONE_NORMAL].end);
	EXPECT_EQ(t, 0, strcmp(z[LAB_ZONE_DMA].name, "DMA"));
	EXPECT_EQ(t, 0, strcmp(z[LAB_ZONE_NORMAL].name, "Normal"));
	EXPECT_EQ(t, dma - 1, z[LAB_ZONE_DMA].nr_managed);
	EXPECT_EQ(t, nr - dma, z[LAB_ZONE_NORMAL].nr_managed);
	EXPECT_EQ(t, FRAME_RESERVED, mmlab_frame(m, 0)->state);
	EXPECT_EQ(t, LAB_ZONE_DMA, mmlab_frame_zone(m, 0));
	EXPECT_EQ(t, LAB_ZONE_DMA, mmlab_frame_zone(m, dma - 1));
	EXPECT_EQ(t, LAB_ZONE_NORMAL, mmlab_frame_zone(m, dma));
	EXPECT_EQ(t, LAB_ZONE_NORMAL, mmlab_frame_zone(m, nr - 1));
}

static u32 naive_sqrt(u32 x)
{
	u32 root = 0;

	while ((u64)(root + 1) * (root + 1) <= x)
		root++;
	return root;
}

static void check_watermarks(struct test_ctx *t, const struct lab_machine *m)
{
	u32 kib = m->nr_frames * (u32)(PAGE_SIZE / 1024);
	u32 frames = naive_sqrt(kib * 16) / (u32)(PAGE_SIZE / 1024);
	u32 zone;

	for (zone = 0; zone < NR_LAB_ZONES; zone++) {
		const struct lab_zone *z = &m->zone[zone];
		u32 min = frames * z->nr_managed / m->nr_frames;

		EXPECT_EQ(t, min, z->min);
		EXPECT_EQ(t, min * 5 / 4, z->low);
		EXPECT_EQ(t, min * 3 / 2, z->high);
	}
	EXPECT_EQ(t, m->zone[LAB_ZONE_NORMAL].nr_managed / 256,
		  m->zone[LAB_ZONE_DMA].lowmem_reserve);
	EXPECT_EQ(t, 0, m->zone[LAB_ZONE_NORMAL].lowmem_reserve);
}

static void check_arena(struct test_ctx *t, u32 nr_frames)
{
	struct lab_machine *m = mmlab_test_machine(t, nr_frames, false);
	struct buddy_oracle o;
	u32 zone;

	if (!m || !mmlab_oracle_init(&o, t, m))
		return;
	check_zones(t, m, nr_frames);
	check_watermarks(t, m);
	mmlab_oracle_compare(&o);
	mmlab_test_sound(t, m);
	for (zone = 0; zone < NR_LAB_ZONES; zone++) {
		EXPECT_EQ(t, 0, m->zone[zone].nr_splits);
		EXPECT_EQ(t, 0, m->zone[zone].nr_merges);
		test_note(t, m->zone[zone].min);
		test_note(t, m->zone[zone].nonempty);
	}
}

static void frame_seed_sizes(struct test_ctx *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes_mib); i++) {
		check_arena(t, mmlab_test_mib(sizes_mib[i]));
		mmlab_test_env_relax();
	}
}

/* Not a whole number of MiB: zones begin and end at any frame. */
static void frame_seed_odd(struct test_ctx *t)
{
	unsigned int i;

	for (i = 0; i < 150; i++) {
		check_arena(t, mmlab_test_mib(4) + (i < 70 ? i : test_below(t, 9000)));
		mmlab_test_env_relax();
	}
}

/* 64 MiB of 4 KiB pages, computed by hand. */
static void frame_watermarks_64(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(64), false);
	const struct lab_zone *dma, *normal;

	if (!m || PAGE_SHIFT != 12)
		return;
	dma = &m->zone[LAB_ZONE_DMA];
	normal = &m->zone[LAB_ZONE_NORMAL];
	EXPECT_EQ(t, 4095, dma->nr_managed);
	EXPECT_EQ(t, 63, dma->min);
	EXPECT_EQ(t, 78, dma->low);
	EXPECT_EQ(t, 94, dma->high);
	EXPECT_EQ(t, 48, dma->lowmem_reserve);
	EXPECT_EQ(t, 12288, normal->nr_managed);
	EXPECT_EQ(t, 192, normal->min);
	EXPECT_EQ(t, 240, normal->low);
	EXPECT_EQ(t, 288, normal->high);
	EXPECT_EQ(t, 3, dma->free_area[10].nr_free);
	EXPECT_EQ(t, 12, normal->free_area[10].nr_free);
	EXPECT_EQ(t, 0x7ff, dma->nonempty);
	EXPECT_EQ(t, 0x400, normal->nonempty);
}

static void frame_layout(struct test_ctx *t)
{
	static const struct {
		u32 mib, high_memory, vmalloc_start;
	} table[] = {
		{ 4, 0xc0400000, 0xc0c00000 },
		{ 64, 0xc4000000, 0xc4800000 },
		{ 896, 0xf8000000, 0xf8800000 },
	};
	unsigned int i;
	u32 pfn;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		struct lab_machine m = { .nr_frames = mmlab_test_mib(table[i].mib) };

		EXPECT_EQ(t, table[i].high_memory,
			  mmlab_frame_high_memory(&m));
		EXPECT_EQ(t, table[i].vmalloc_start,
			  mmlab_frame_vmalloc_start(&m));
	}
	for (pfn = 0; pfn < mmlab_test_mib(896); pfn += 997) {
		lpa_t lpa = mmlab_pfn_to_lpa(pfn);

		EXPECT_EQ(t, (u64)pfn * PAGE_SIZE, mmlab_lpa_val(lpa));
		EXPECT_EQ(t, pfn, mmlab_lpa_to_pfn(lpa));
		EXPECT_EQ(t, pfn, mmlab_lpa_to_pfn(mmlab_lpa(mmlab_lpa_val(lpa) +
							     (u32)PAGE_SIZE - 1)));
		EXPECT_EQ(t, 0xc0000000ULL + (u64)pfn * PAGE_SIZE,
			  mmlab_lpa_to_lva(lpa));
	}
}

static void frame_address(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(4), true);
	u32 pfn;

	for (pfn = 0; m && pfn < m->nr_frames; pfn++) {
		char *address = mmlab_frame_address(m, pfn);

		EXPECT_EQ(t, pfn * PAGE_SIZE, address - (char *)m->base);
		EXPECT_EQ(t, pfn, mmlab_frame(m, pfn) - m->mem_map);
	}
}

/* Every row is refused; the block stays what it was. */
static void frame_may_free_refuses(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(16), false);
	static const unsigned int bad_orders[] = {
		0, 1, 2, 4, 10, 11, 31, 32, 35, 64, 256 + 3, ~0U
	};
	u32 block, pfn, free;
	unsigned int i;

	if (!m)
		return;
	block = mmlab_test_alloc_block(m, 3, 0);
	EXPECT_EQ(t, 0, mmlab_frame_may_free(m, block, 3, USE_BLOCK, 0));
	for (i = 0; i < ARRAY_SIZE(bad_orders); i++)
		EXPECT_EQ(t, -EINVAL, mmlab_frame_may_free(m, block, bad_orders[i],
							   USE_BLOCK, 0));
	for (i = 0; i <= NR_FRAME_USES; i++)
		EXPECT_EQ(t, i == USE_BLOCK ? 0 : -EINVAL,
			  mmlab_frame_may_free(m, block, 3, i, 0));
	EXPECT_EQ(t, -EPERM, mmlab_frame_may_free(m, block, 3, USE_BLOCK, 7));
	for (i = 1; i < 8; i++)
		EXPECT_EQ(t, -EINVAL,
			  mmlab_frame_may_free(m, block + i, 0, USE_BLOCK, 0));
	/* out of range, frame 0, a free block and its inside */
	EXPECT_EQ(t, -EINVAL, mmlab_frame_may_free(m, m->nr_frames, 3, USE_BLOCK, 0));
	EXPECT_EQ(t, -EINVAL, mmlab_frame_may_free(m, PFN_NONE, 3, USE_BLOCK, 0));
	EXPECT_EQ(t, -EINVAL, mmlab_frame_may_free(m, 1U << 31, 3, USE_BLOCK, 0));
	for (i = 0; i < LAB_NR_ORDERS; i++)
		EXPECT_EQ(t, -EINVAL, mmlab_frame_may_free(m, 0, i, USE_NONE, 0));
	free = m->zone[LAB_ZONE_NORMAL].free_area[10].head;
	EXPECT_EQ(t, -ENOENT, mmlab_frame_may_free(m, free, 10, USE_NONE, 0));
	EXPECT_EQ(t, -EINVAL, mmlab_frame_may_free(m, free + 1, 0, USE_NONE, 0));
	mmlab_frame(m, block)->state = FRAME_PCP;
	EXPECT_EQ(t, -ENOENT, mmlab_frame_may_free(m, block, 3, USE_BLOCK, 0));
	mmlab_frame(m, block)->state = FRAME_QUARANTINE;
	EXPECT_EQ(t, -ENOENT, mmlab_frame_may_free(m, block, 3, USE_BLOCK, 0));
	mmlab_frame(m, block)->state = FRAME_USED;
	mmlab_test_sound(t, m);
	mmlab_buddy_free(m, block);
	for (pfn = block; pfn < block + 8; pfn++)
		EXPECT(t, mmlab_frame_may_free(m, pfn, 3, USE_BLOCK, 0) < 0);
	mmlab_test_sound(t, m);
}

/* An arena with blocks of all orders, states and uses. */
static void populate(struct test_ctx *t, struct lab_machine *m)
{
	unsigned int i;

	for (i = 0; i < 400; i++) {
		unsigned int order = test_below(t, 100) < 90 ? test_below(t, 5) :
							      test_below(t, 11);
		lab_gfp_t flags = test_below(t, 3) ? 0 : LAB_GFP_DMA;
		u32 pfn = mmlab_test_alloc_block(m, order, flags);
		struct lab_frame *frame;

		if (pfn == PFN_NONE)
			continue;
		frame = mmlab_frame(m, pfn);
		switch (test_below(t, 5)) {
		case 0:
			mmlab_buddy_free(m, pfn);
			break;
		case 1:
			frame->state = test_below(t, 2) ? FRAME_PCP :
							  FRAME_QUARANTINE;
			frame->use = USE_NONE;
			break;
		default:
			frame->use = (u8)(1 + test_below(t, NR_FRAME_USES - 1));
		}
	}
	mmlab_test_sound(t, m);
}

static void frame_head_all(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(17), false);
	u32 pfn, head = 0;

	if (!m)
		return;
	populate(t, m);
	for (pfn = 0; pfn < m->nr_frames; pfn++) {
		if (mmlab_frame(m, pfn)->state != FRAME_TAIL)
			head = pfn;
		EXPECT_EQ(t, head, mmlab_frame_head(m, pfn));
	}
	test_note(t, head);
}

static void frame_head_broken(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(64), false);
	u32 block;

	if (!m)
		return;
	block = m->zone[LAB_ZONE_NORMAL].free_area[10].head;
	EXPECT_EQ(t, block, mmlab_frame_head(m, block + 700));
	/* a head with an order that is too small for its tails */
	mmlab_frame(m, block)->order = 9;
	EXPECT_EQ(t, block, mmlab_frame_head(m, block + 511));
	EXPECT_EQ(t, PFN_NONE, mmlab_frame_head(m, block + 512));
	/* an order that no block can have, in both directions of a shift */
	mmlab_frame(m, block)->order = 11;
	EXPECT_EQ(t, PFN_NONE, mmlab_frame_head(m, block));
	mmlab_frame(m, block)->order = 200;
	EXPECT_EQ(t, PFN_NONE, mmlab_frame_head(m, block + 1));
	/* no head at all */
	mmlab_frame(m, block)->order = 10;
	mmlab_frame(m, block)->state = FRAME_TAIL;
	EXPECT_EQ(t, PFN_NONE, mmlab_frame_head(m, block));
	EXPECT_EQ(t, PFN_NONE, mmlab_frame_head(m, block + 1023));
}

static void frame_census(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(33), false);
	struct lab_frame_census want = {}, got;
	u32 pfn, zone, i;

	if (!m)
		return;
	populate(t, m);
	for (pfn = 0; pfn < m->nr_frames; pfn++) {
		const struct lab_frame *head =
			mmlab_frame(m, mmlab_frame_head(m, pfn));

		zone = pfn >= m->zone[LAB_ZONE_NORMAL].start;
		want.nr_state[zone][head->state]++;
		if (head->state == FRAME_USED)
			want.nr_use[zone][head->use]++;
	}
	mmlab_frame_count(m, &got);
	EXPECT_EQ(t, 0, got.nr_orphans);
	for (zone = 0; zone < NR_LAB_ZONES; zone++) {
		for (i = 0; i < NR_FRAME_STATES; i++) {
			EXPECT_EQ(t, want.nr_state[zone][i], got.nr_state[zone][i]);
			test_note(t, got.nr_state[zone][i]);
		}
		for (i = 0; i < NR_FRAME_USES; i++)
			EXPECT_EQ(t, want.nr_use[zone][i], got.nr_use[zone][i]);
		EXPECT_EQ(t, m->zone[zone].nr_free,
			  got.nr_state[zone][FRAME_FREE]);
	}
	EXPECT_EQ(t, 1, got.nr_state[LAB_ZONE_DMA][FRAME_RESERVED]);
}

/* So many frames have no block, and all others are in one state of one zone. */
static void expect_orphans(struct test_ctx *t, const struct lab_machine *m, u32 nr)
{
	struct lab_frame_census census;
	u32 zone, i, sum = 0;

	mmlab_frame_count(m, &census);
	EXPECT_EQ(t, nr, census.nr_orphans);
	for (zone = 0; zone < NR_LAB_ZONES; zone++) {
		for (i = 0; i < NR_FRAME_STATES; i++)
			sum += census.nr_state[zone][i];
	}
	EXPECT_EQ(t, m->nr_frames - nr, sum);
}

/* Each kind of broken head leaves its block's frames without one. */
static void frame_census_orphans(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(8), false);
	struct lab_frame_census census;
	struct lab_frame *frame, saved;
	u32 block;

	if (!m)
		return;
	block = mmlab_test_alloc_block(m, 4, 0);
	frame = mmlab_frame(m, block);
	saved = *frame;
	expect_orphans(t, m, 0);
	frame->state = FRAME_TAIL;
	expect_orphans(t, m, 16);
	*frame = saved;
	frame->state = NR_FRAME_STATES;
	expect_orphans(t, m, 16);
	*frame = saved;
	frame->use = NR_FRAME_USES;
	expect_orphans(t, m, 16);
	*frame = saved;
	frame->order = LAB_NR_ORDERS;
	expect_orphans(t, m, 16);
	frame->order = 77;
	expect_orphans(t, m, 16);
	*frame = saved;
	/* the last frame of the arena claims to be a block of two */
	frame = mmlab_frame(m, m->nr_frames - 1);
	frame->state = FRAME_USED;
	frame->order = 1;
	mmlab_frame(m, mmlab_frame_head(m, m->nr_frames - 2))->order = 0;
	mmlab_frame_count(m, &census);
	EXPECT(t, census.nr_orphans > 1);
	EXPECT_EQ(t, 0, census.nr_use[LAB_ZONE_NORMAL][USE_NONE]);
}

const struct test_case mmlab_test_frame[] = {
	{ "frame_seed_sizes", frame_seed_sizes },
	{ "frame_seed_odd", frame_seed_odd },
	{ "frame_watermarks_64", frame_watermarks_64 },
	{ "frame_layout", frame_layout },
	{ "frame_address", frame_address },
	{ "frame_may_free_refuses", frame_may_free_refuses },
	{ "frame_head_all", frame_head_all },
	{ "frame_head_broken", frame_head_broken },
	{ "frame_census", frame_census },
	{ "frame_census_orphans", frame_census_orphans },
	{}
};
