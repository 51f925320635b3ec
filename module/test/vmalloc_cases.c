// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of core/vmalloc: places, holes, guards, and random sequences against an
 * array with one byte per page of the region.
 */
#include "../core/core_internal.h"
#include "../core/area.h"
#include "cases.h"

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

/* Every size and alignment in empty regions: to the last page, and not one further. */
static void vmalloc_empty(struct test_ctx *t)
{
	u32 nr_pages, nr, align;

	for (nr_pages = 2; nr_pages <= 9; nr_pages++) {
		struct region *r = new_region(t, nr_pages, 1);

		if (!r)
			return;
		mutex_lock(&r->s.lock);
		for (nr = 1; nr <= nr_pages + 1; nr++) {
			for (align = 1; align <= 16; align *= 2) {
				if (take(r, 0, nr, align))
					continue;
				sound(r);
				EXPECT_EQ(t, (nr_pages - nr - 1) * PAGE,
					  mmlab_area_largest_hole(&r->s));
				give(r, 0);
			}
		}
		mutex_unlock(&r->s.lock);
	}
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

/* Four areas of three pages each, all of them mapped; one thing is wrong. */
static void vmalloc_rules(struct test_ctx *t)
{
	static const struct {
		const char *rule;
		u32 where, want, got;
	} rules[] = {
		{ "a vmalloc area starts and ends on a page", BASE + 8 * PAGE + 1, 0, 1 },
		{ "a vmalloc area has a page and its guard", BASE + 8 * PAGE, 1, 0 },
		{ "vmalloc areas do not overlap", BASE + 7 * PAGE, 1, 0 },
		{ "a vmalloc area ends inside the region", BASE + 8 * PAGE, 1, 0 },
		{ "an area knows the hole in front of it", BASE + 8 * PAGE, 0, PAGE },
		{ "an area knows the largest hole below it", BASE, 0, PAGE },
		{ "no more is mapped than an area has pages", BASE + 8 * PAGE, 1, 0 },
		{ "nr_areas counts the vmalloc areas", BASE, 5, 4 },
		{ "nr_bytes adds up the vmalloc areas", BASE, 16 * PAGE + 1, 16 * PAGE },
		{ "vmalloc list and tree hold the same", BASE + 4 * PAGE, 1, 0 },
		{ "the vmalloc tree ends where the list does", BASE, 1, 0 },
	};
	u32 i, j;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		struct region *r = new_region(t, 64, 4);
		struct lab_verdict v = {};
		struct lab_vm_area *area;

		if (!r)
			return;
		mutex_lock(&r->s.lock);
		for (j = 0; j < 4; j++) {
			take(r, j, 3, 1);
			r->area[j].nr_mapped = 3;
		}
		sound(r);
		area = &r->area[2];
		switch (i) {
		case 0:
			area->start++;
			break;
		case 1:
			area->size = PAGE;
			area->nr_mapped = 0;
			break;
		case 2:
			area->start -= PAGE;
			break;
		case 3:
			area->size = 64 * PAGE;
			break;
		case 4:
			area->hole += PAGE;
			break;
		case 5:
			r->area[0].max_hole += PAGE;
			break;
		case 6:
			area->nr_mapped++;
			break;
		case 7:
			r->s.nr_areas++;
			break;
		case 8:
			r->s.nr_bytes++;
			break;
		case 9:
			list_move(&r->area[0].list, &r->area[1].list);
			break;
		case 10:
			list_del(&r->area[3].list);
			break;
		}
		mmlab_area_validate(&r->s, &v);
		mmlab_test_broken(t, &v, i, rules[i].rule, rules[i].where, rules[i].want,
				  rules[i].got);
		mutex_unlock(&r->s.lock);
	}
}

/* What a search costs must hardly grow with the number of areas. */
static void vmalloc_steps(struct test_ctx *t)
{
	const u32 nr = 15000;
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
	EXPECT(t, r->s.nr_steps <= 20);
	sound(r);
	mutex_unlock(&r->s.lock);
}

const struct test_case mmlab_test_vmalloc[] = {
	{ "vmalloc_places", vmalloc_places },
	{ "vmalloc_empty", vmalloc_empty },
	{ "vmalloc_find", vmalloc_find },
	{ "vmalloc_aligned_by_chance", vmalloc_aligned_by_chance },
	{ "vmalloc_random", vmalloc_random },
	{ "vmalloc_rules", vmalloc_rules },
	{ "vmalloc_steps", vmalloc_steps },
	{}
};
