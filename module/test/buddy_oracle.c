// SPDX-License-Identifier: GPL-2.0
/*
 * A byte per frame says what the buddy allocator must do. Slow on purpose.
 */
#include "../core/core_internal.h"
#include "buddy_oracle.h"

bool mmlab_oracle_init(struct buddy_oracle *o, struct test_ctx *t,
		       struct lab_machine *m)
{
	u32 zone;

	o->t = t;
	o->m = m;
	o->taken = mmlab_test_alloc(t, m->nr_frames);
	if (!o->taken)
		return false;
	o->taken[0] = 1;
	for (zone = 0; zone < NR_LAB_ZONES; zone++)
		o->nr_free[zone] = m->zone[zone].end - m->zone[zone].start;
	o->nr_free[LAB_ZONE_DMA]--;
	return true;
}

static bool is_free(const struct buddy_oracle *o, u32 start, u32 nr)
{
	while (nr--) {
		if (o->taken[start++])
			return false;
	}
	return true;
}

unsigned int mmlab_oracle_order(const struct buddy_oracle *o, u32 pfn)
{
	const struct lab_zone *z = &o->m->zone[mmlab_frame_zone(o->m, pfn)];
	unsigned int order = 0;

	while (order < LAB_NR_ORDERS - 1) {
		u32 nr = 2U << order;
		u32 start = pfn & ~(nr - 1);
		u32 half = start + nr / 2;

		/* what was found so far is free, so look at the other half */
		if (start < z->start || start + nr > z->end ||
		    !is_free(o, pfn < half ? half : start, nr / 2))
			break;
		order++;
	}
	return order;
}

/* The first free block of at least @order from *@pfn on; PFN_NONE: none. */
static u32 next_block(const struct buddy_oracle *o, u32 zone, u32 pfn,
		      unsigned int *order)
{
	while (pfn < o->m->zone[zone].end) {
		if (!o->taken[pfn]) {
			*order = mmlab_oracle_order(o, pfn);
			return pfn;
		}
		pfn++;
	}
	return PFN_NONE;
}

unsigned int mmlab_oracle_best_fit(const struct buddy_oracle *o, u32 zone,
				   unsigned int order)
{
	unsigned int best = LAB_NR_ORDERS, have;
	u32 pfn = o->m->zone[zone].start;

	while ((pfn = next_block(o, zone, pfn, &have)) != PFN_NONE) {
		if (have >= order && have < best)
			best = have;
		if (best == order)
			break;
		pfn += 1U << have;
	}
	return best;
}

bool mmlab_oracle_can(const struct buddy_oracle *o, u32 zone,
		      unsigned int order, u32 keep)
{
	return o->nr_free[zone] >= keep + (1U << order) &&
	       mmlab_oracle_best_fit(o, zone, order) < LAB_NR_ORDERS;
}

void mmlab_oracle_take(struct buddy_oracle *o, u32 zone, unsigned int order,
		       u32 keep, u32 pfn)
{
	const struct lab_zone *z = &o->m->zone[zone];
	u32 nr = 1U << order;

	if (!EXPECT(o->t, pfn >= z->start && pfn < z->end) ||
	    !EXPECT(o->t, nr <= z->end - pfn) ||
	    !EXPECT(o->t, is_free(o, pfn, nr)))
		return;
	EXPECT_EQ(o->t, 0, pfn & (nr - 1));
	EXPECT(o->t, o->nr_free[zone] >= keep + nr);
	EXPECT_EQ(o->t, order, mmlab_frame(o->m, pfn)->order);
	memset(o->taken + pfn, 1, nr);
	o->nr_free[zone] -= nr;
	EXPECT_EQ(o->t, o->nr_free[zone], z->nr_free);
}

void mmlab_oracle_alloc(struct buddy_oracle *o, unsigned int order,
			lab_gfp_t flags, u32 pfn)
{
	int preferred = flags & LAB_GFP_DMA ? LAB_ZONE_DMA : LAB_ZONE_NORMAL;
	int zone;

	for (zone = preferred; zone >= 0; zone--) {
		u32 keep = flags & LAB_GFP_RESERVE ? 0 : o->m->zone[zone].min;

		if (zone != preferred)
			keep += o->m->zone[zone].lowmem_reserve;
		if (pfn != PFN_NONE && mmlab_frame_zone(o->m, pfn) == zone) {
			mmlab_oracle_take(o, zone, order, keep, pfn);
			return;
		}
		/* another zone or none at all: this one must be unable */
		EXPECT(o->t, !mmlab_oracle_can(o, zone, order, keep));
	}
	EXPECT_EQ(o->t, PFN_NONE, pfn);
}

void mmlab_oracle_free(struct buddy_oracle *o, u32 pfn, unsigned int order)
{
	u32 zone = mmlab_frame_zone(o->m, pfn);
	u32 nr = 1U << order, i, head;

	for (i = 0; i < nr; i++)
		EXPECT(o->t, o->taken[pfn + i]);
	memset(o->taken + pfn, 0, nr);
	o->nr_free[zone] += nr;
	EXPECT_EQ(o->t, o->nr_free[zone], o->m->zone[zone].nr_free);

	order = mmlab_oracle_order(o, pfn);
	head = pfn & ~((1U << order) - 1);
	EXPECT_EQ(o->t, FRAME_FREE, mmlab_frame(o->m, head)->state);
	EXPECT_EQ(o->t, order, mmlab_frame(o->m, head)->order);
	EXPECT_EQ(o->t, USE_NONE, mmlab_frame(o->m, head)->use);
}

static void compare_zone(struct buddy_oracle *o, u32 zone)
{
	const struct lab_zone *z = &o->m->zone[zone];
	u32 nr_blocks[LAB_NR_ORDERS] = {};
	u32 nr_free = 0, pfn = z->start, i;
	unsigned int order;

	while ((pfn = next_block(o, zone, pfn, &order)) != PFN_NONE) {
		EXPECT_EQ(o->t, FRAME_FREE, mmlab_frame(o->m, pfn)->state);
		EXPECT_EQ(o->t, order, mmlab_frame(o->m, pfn)->order);
		for (i = 1; i < 1U << order; i++)
			EXPECT_EQ(o->t, FRAME_TAIL,
				  mmlab_frame(o->m, pfn + i)->state);
		nr_blocks[order]++;
		nr_free += 1U << order;
		pfn += 1U << order;
	}
	EXPECT_EQ(o->t, nr_free, o->nr_free[zone]);
	EXPECT_EQ(o->t, nr_free, z->nr_free);
	for (order = 0; order < LAB_NR_ORDERS; order++) {
		EXPECT_EQ(o->t, nr_blocks[order], z->free_area[order].nr_free);
		EXPECT_EQ(o->t, nr_blocks[order] > 0,
			  (z->nonempty >> order) & 1);
	}
}

void mmlab_oracle_compare(struct buddy_oracle *o)
{
	u32 zone;

	for (zone = 0; zone < NR_LAB_ZONES; zone++)
		compare_zone(o, zone);
}
