// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of core/vmalloc: places, holes, guards, and random sequences against an
 * array with one byte per page of the region.
 */
#include "../core/core_internal.h"
#include "../core/area.h"
#include "cases.h"

/* The tree of userland's shim has no balance, so its depth says nothing. */
#ifndef TEST_TREE_IS_PLAIN
#define TEST_TREE_IS_PLAIN	0
#endif

#define PAGE		((u32)PAGE_SIZE)
#define BASE		0xc4800000U
#define NR_PAGES	2048U
#define NR_AREAS	512U

/**
 * struct region - a vmalloc region under test
 * @t: case
 * @s: region
 * @nr_pages: its size
 * @pages: 0: free, else the number of the area that has it, plus 1
 * @area: objects
 * @live: which of them are in the region
 */
struct region {
	struct test_ctx *t;
	struct lab_vm_space s;
	u32 nr_pages;
	u32 *pages;
	struct lab_vm_area *area;
	u8 *live;
};

static struct region *new_region(struct test_ctx *t, u32 nr_pages, u32 nr_areas)
{
	struct region *r = mmlab_test_alloc(t, sizeof(*r));

	if (!r)
		return NULL;
	r->t = t;
	r->nr_pages = nr_pages;
	r->pages = mmlab_test_alloc(t, nr_pages * sizeof(*r->pages));
	r->area = mmlab_test_alloc(t, nr_areas * sizeof(*r->area));
	r->live = mmlab_test_alloc(t, nr_areas);
	if (!r->pages || !r->area || !r->live)
		return NULL;
	mutex_init(&r->s.lock);
	mmlab_area_init(&r->s, BASE, BASE + nr_pages * PAGE);
	return r;
}

static void sound(struct region *r)
{
	struct lab_verdict v = {};

	mmlab_area_validate(&r->s, &v);
	EXPECT_EQ(r->t, r->s.nr_areas, v.nr_objects);
	if (v.broken)
		mmlab_test_fail(r->t, v.rule, (int)v.where, "sound", v.want, v.got);
}

/* The lowest page at which so many free pages begin, or nr_pages. */
static u32 oracle_place(const struct region *r, u32 nr, u32 align)
{
	u32 at, i;

	/* addresses are aligned, not page numbers; the base is to 8 MiB */
	for (at = 0; at + nr <= r->nr_pages; at += align) {
		for (i = 0; i < nr && !r->pages[at + i]; i++)
			;
		if (i == nr)
			return at;
	}
	return r->nr_pages;
}

static void mark(struct region *r, u32 first, u32 nr, u32 value, u32 expected)
{
	u32 i;

	for (i = first; i < first + nr; i++) {
		EXPECT_EQ(r->t, expected, r->pages[i]);
		r->pages[i] = value;
	}
}

/* Asks for @nr pages; the oracle says whether and where. */
static int take(struct region *r, u32 index, u32 nr, u32 align)
{
	struct lab_vm_area *area = &r->area[index];
	u32 place = oracle_place(r, nr + 1, align);
	int err = mmlab_area_insert(&r->s, area, nr * PAGE, align * PAGE);

	EXPECT_EQ(r->t, place == r->nr_pages ? -ENOMEM : 0, err);
	if (err)
		return err;
	EXPECT_EQ(r->t, 0, area->start & (align * PAGE - 1));
	EXPECT_EQ(r->t, (nr + 1) * PAGE, area->size);
	if (align == 1)
		EXPECT_EQ(r->t, BASE + place * PAGE, area->start);
	mark(r, (area->start - BASE) / PAGE, nr + 1, index + 1, 0);
	r->live[index] = 1;
	return 0;
}

static void give(struct region *r, u32 index)
{
	struct lab_vm_area *area = &r->area[index];

	mark(r, (area->start - BASE) / PAGE, area->size / PAGE, 0, index + 1);
	mmlab_area_remove(&r->s, area);
	r->live[index] = 0;
}

static void vmalloc_places(struct test_ctx *t)
{
	struct region *r = new_region(t, 64, 32);
	u32 i;

	if (!r)
		return;
	mutex_lock(&r->s.lock);
	EXPECT_EQ(t, 64 * PAGE, mmlab_area_largest_hole(&r->s));
	for (i = 0; i < 16; i++)
		EXPECT_EQ(t, 0, take(r, i, 3, 1));	/* 4 pages each: full */
	EXPECT_EQ(t, -ENOMEM, take(r, 16, 1, 1));
	EXPECT_EQ(t, 0, mmlab_area_largest_hole(&r->s));
	sound(r);

	give(r, 3);
	give(r, 7);
	give(r, 8);			/* holes of 4 and of 8 pages */
	EXPECT_EQ(t, 8 * PAGE, mmlab_area_largest_hole(&r->s));
	EXPECT_EQ(t, 0, take(r, 16, 4, 1));	/* only fits the second */
	EXPECT_EQ(t, BASE + 7 * 4 * PAGE, r->area[16].start);
	EXPECT_EQ(t, 0, take(r, 17, 1, 1));	/* the lowest that fits */
	EXPECT_EQ(t, BASE + 3 * 4 * PAGE, r->area[17].start);
	sound(r);

	/* a region of one page has no room for a page and its guard */
	EXPECT_EQ(t, -ENOMEM, take(r, 18, 64, 1));
	EXPECT_EQ(t, -ENOMEM,
		  mmlab_area_insert(&r->s, &r->area[18], 0U - PAGE, PAGE));
	mutex_unlock(&r->s.lock);
}

static void vmalloc_find(struct test_ctx *t)
{
	struct region *r = new_region(t, 64, 4);
	u32 i;

	if (!r)
		return;
	mutex_lock(&r->s.lock);
	EXPECT(t, !mmlab_area_find(&r->s, BASE));
	for (i = 0; i < 4; i++)
		take(r, i, 2, 4);
	for (i = 0; i < 4; i++) {
		struct lab_vm_area *area = &r->area[i];

		EXPECT_EQ(t, BASE + 4 * i * PAGE, area->start);
		EXPECT_EQ(t, area->start + 2 * PAGE, mmlab_area_guard(area));
		EXPECT(t, mmlab_area_find(&r->s, area->start) == area);
		EXPECT(t, mmlab_area_find(&r->s, area->start + 3 * PAGE - 1) ==
		       area);
		EXPECT(t, !mmlab_area_find(&r->s, area->start + 3 * PAGE));
		EXPECT(t, !mmlab_area_find(&r->s, area->start - 1));
	}
	EXPECT(t, !mmlab_area_find(&r->s, 0));
	EXPECT(t, !mmlab_area_find(&r->s, 0xffffffffU));
	mutex_unlock(&r->s.lock);
}

/* An aligned place that only a smaller hole has, by chance. */
static void vmalloc_aligned_by_chance(struct test_ctx *t)
{
	struct region *r = new_region(t, 16, 8);

	if (!r)
		return;
	mutex_lock(&r->s.lock);
	take(r, 0, 7, 1);	/* pages 0 to 7 */
	take(r, 1, 2, 1);	/* 8 to 10: in the way */
	take(r, 2, 4, 1);	/* 11 to 15 */
	give(r, 1);
	EXPECT_EQ(t, 0, take(r, 3, 2, 8));
	EXPECT_EQ(t, BASE + 8 * PAGE, r->area[3].start);
	/* room enough, but nowhere aligned */
	give(r, 2);
	EXPECT_EQ(t, -ENOMEM, take(r, 4, 2, 16));
	sound(r);
	mutex_unlock(&r->s.lock);
}

static void vmalloc_random(struct test_ctx *t)
{
	struct region *r = new_region(t, NR_PAGES, NR_AREAS);
	u32 op, nr_ops = t->ops / 50;

	if (!r)
		return;
	mutex_lock(&r->s.lock);
	for (op = 0; op < nr_ops; op++) {
		u32 i = mmlab_test_below(&t->random, NR_AREAS);
		/* phases of filling and of emptying */
		bool fill = mmlab_test_below(&t->random, 8) <
			    (op / 1024 % 2 ? 6 : 3);

		if (r->live[i]) {
			if (!fill)
				give(r, i);
		} else if (fill) {
			u32 nr = 1 + mmlab_test_below(&t->random, 12);
			u32 align = 1U << mmlab_test_below(&t->random, 5);

			test_note(t, take(r, i, nr, align) ? 0 : r->area[i].start);
		}
		if (!(op % 256))
			sound(r);
	}
	sound(r);
	test_note(t, mmlab_area_largest_hole(&r->s));
	mutex_unlock(&r->s.lock);
}

/* Each field spoilt in turn: the validator says which rule is broken. */
static void vmalloc_rules(struct test_ctx *t)
{
	struct region *r = new_region(t, 64, 4);
	struct lab_vm_area saved;
	struct lab_vm_area *area;
	u32 i;

	if (!r)
		return;
	mutex_lock(&r->s.lock);
	for (i = 0; i < 4; i++)
		take(r, i, 3, 1);
	area = &r->area[2];
	saved = *area;

#define SPOIL(statement, text) do {					\
	struct lab_verdict v = {};					\
									\
	statement;							\
	mmlab_area_validate(&r->s, &v);				\
	EXPECT(t, v.broken && v.rule && !strcmp(v.rule, text));		\
	area->start = saved.start;					\
	area->size = saved.size;					\
	area->hole = saved.hole;					\
	area->max_hole = saved.max_hole;				\
	area->nr_mapped = 0;						\
	sound(r);							\
} while (0)

	SPOIL(area->start++, "a vmalloc area starts and ends on a page");
	SPOIL(area->size = PAGE, "a vmalloc area has a page and its guard");
	SPOIL(area->start -= PAGE, "vmalloc areas do not overlap");
	SPOIL(area->hole += PAGE, "an area knows the hole in front of it");
	SPOIL(area->max_hole += PAGE, "an area knows the largest hole below it");
	SPOIL(area->nr_mapped = 4, "no more is mapped than an area has pages");
	SPOIL(area->size = 64 * PAGE, "a vmalloc area ends inside the region");
#undef SPOIL
	r->s.nr_areas++;
	{
		struct lab_verdict v = {};

		mmlab_area_validate(&r->s, &v);
		EXPECT(t, v.rule && !strcmp(v.rule, "nr_areas counts the vmalloc areas"));
	}
	r->s.nr_areas--;
	r->s.nr_bytes++;
	{
		struct lab_verdict v = {};

		mmlab_area_validate(&r->s, &v);
		EXPECT(t, v.rule && !strcmp(v.rule, "nr_bytes adds up the vmalloc areas"));
	}
	r->s.nr_bytes--;
	list_move(&r->area[0].list, &r->area[1].list);
	{
		struct lab_verdict v = {};

		mmlab_area_validate(&r->s, &v);
		EXPECT(t, v.rule && !strcmp(v.rule, "vmalloc list and tree hold the same"));
	}
	mutex_unlock(&r->s.lock);
}

/* What a search costs must hardly grow with the number of areas. */
static void vmalloc_steps(struct test_ctx *t)
{
	/* a plain tree makes a list of them, which takes its time */
	const u32 nr = TEST_TREE_IS_PLAIN ? 1000 : 15000;
	struct region *r = new_region(t, 40000, 15002);
	u32 few = 0, i;

	if (!r)
		return;
	mutex_lock(&r->s.lock);
	for (i = 0; i < nr; i++) {
		EXPECT_EQ(t, 0, mmlab_area_insert(&r->s, &r->area[i], PAGE, PAGE));
		if (i != 9)
			continue;
		/* a hole in the middle of ten areas: find it */
		mmlab_area_remove(&r->s, &r->area[5]);
		mmlab_area_insert(&r->s, &r->area[5], PAGE, PAGE);
		few = r->s.nr_steps;
	}
	mmlab_area_remove(&r->s, &r->area[nr / 2]);
	EXPECT_EQ(t, 0, mmlab_area_insert(&r->s, &r->area[nr / 2], PAGE, PAGE));
	EXPECT(t, few > 0);
	if (!TEST_TREE_IS_PLAIN)
		EXPECT(t, r->s.nr_steps <= 20);
	sound(r);
	mutex_unlock(&r->s.lock);
}

const struct test_case mmlab_test_vmalloc[] = {
	{ "vmalloc_places", vmalloc_places },
	{ "vmalloc_find", vmalloc_find },
	{ "vmalloc_aligned_by_chance", vmalloc_aligned_by_chance },
	{ "vmalloc_random", vmalloc_random },
	{ "vmalloc_rules", vmalloc_rules },
	{ "vmalloc_steps", vmalloc_steps },
	{}
};
