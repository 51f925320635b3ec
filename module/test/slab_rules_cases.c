// SPDX-License-Identifier: GPL-2.0
/*
 * Every rule of mmlab_slab_validate() is seen to fire: a sound cache gets one
 * wrong value and the validator must name exactly the rule that it breaks, the place,
 * what should be there and what is.
 */
#include "../core/core_internal.h"
#include "../core/buddy.h"
#include "../core/slab.h"
#include "cases.h"

/**
 * struct victim - a cache to be broken
 * @m: machine
 * @c: cache of 42 objects a slab: one full slab, one partial, two free ones
 * @full: the full one
 * @partial: the partial one, which has one object in use
 * @free: the first free one on the list
 */
struct victim {
	struct lab_machine *m;
	struct lab_slab_cache c;
	u32 full;
	u32 partial;
	u32 free;
};

static struct victim *new_victim(struct test_ctx *t)
{
	const struct lab_cache_params params = {
		.name = "victim", .id = 3, .size = 96,
	};
	struct victim *s = mmlab_test_alloc(t, sizeof(*s));
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(4), true);
	void *objects[43];
	u32 i;

	if (!s || !m)
		return NULL;
	s->m = m;
	EXPECT_EQ(t, 0, mmlab_slab_init(&s->c, &params));
	for (i = 0; i < 4; i++)
		mmlab_test_grow(t, m, &s->c);
	EXPECT_EQ(t, 43, mmlab_slab_alloc(m, &s->c, objects, 43));
	s->full = s->c.list[SLABS_FULL].head;
	s->partial = s->c.list[SLABS_PARTIAL].head;
	s->free = s->c.list[SLABS_FREE].head;
	return s;
}

static u32 *map_of(struct victim *s, u32 pfn)
{
	return (u32 *)((u8 *)mmlab_frame_address(s->m, pfn) + s->c.bitmap_offset);
}

static void slab_state(struct victim *s)
{
	mmlab_frame(s->m, s->full)->state = FRAME_PCP;
}

static void slab_use(struct victim *s)
{
	mmlab_frame(s->m, s->partial)->use = USE_BLOCK;
}

static void slab_owner(struct victim *s)
{
	mmlab_frame(s->m, s->free)->owner++;
}

static void slab_order(struct victim *s)
{
	mmlab_frame(s->m, s->free)->order++;
}

static void slab_prev(struct victim *s)
{
	mmlab_frame(s->m, s->free)->prev = 5;
}

static void second_prev(struct victim *s)
{
	mmlab_frame(s->m, mmlab_frame(s->m, s->free)->next)->prev = PFN_NONE;
}

/* count, bitmap and the cache's sum agree, but the list is another */
static void slab_list(struct victim *s)
{
	map_of(s, s->full)[0] |= 1;
	mmlab_frame(s->m, s->full)->mapcount--;
	s->c.nr_active--;
}

static void bit_set(struct victim *s)
{
	map_of(s, s->full)[1] |= 1;
}

static void bit_lost(struct victim *s)
{
	map_of(s, s->free)[0] &= ~4U;
}

static void count_wrong(struct victim *s)
{
	mmlab_frame(s->m, s->partial)->mapcount++;
}

static void bits_behind(struct victim *s)
{
	map_of(s, s->full)[1] |= 1U << 31;
}

static void bits_too_many(struct victim *s)
{
	map_of(s, s->free)[1] = U32_MAX;
}

static void head_out_of_arena(struct victim *s)
{
	s->c.list[SLABS_FREE].head = s->m->nr_frames;
}

static void list_too_short(struct victim *s)
{
	mmlab_frame(s->m, s->free)->next = PFN_NONE;
}

static void list_too_long(struct victim *s)
{
	s->c.list[SLABS_FREE].nr--;
}

static void active_wrong(struct victim *s)
{
	s->c.nr_active++;
}

static void grown_wrong(struct victim *s)
{
	s->c.nr_grown++;
}

static void reaped_wrong(struct victim *s)
{
	s->c.nr_reaped++;
}

static const struct {
	void (*harm)(struct victim *s);
	const char *rule;
	u64 where;
	u64 want;
	u64 got;
} rules[] = {
	{ slab_state, "a slab's frames are in use as a slab", 0x103, 1, 0 },
	{ slab_use, "a slab's frames are in use as a slab", 0x102, 1, 0 },
	{ slab_owner, "a slab belongs to the cache that lists it", 0x101, 3, 4 },
	{ slab_order, "a slab has its cache's order", 0x101, 0, 1 },
	{ slab_prev, "a slab is linked back", 0x101, PFN_NONE, 5 },
	{ second_prev, "a slab is linked back", 0x100, 0x101, PFN_NONE },
	{ slab_list, "a slab is on the list that its objects call for",
	  0x103, SLABS_PARTIAL, SLABS_FULL },
	{ bit_set, "a slab's bitmap agrees with its count", 0x103, 42, 41 },
	{ bit_lost, "a slab's bitmap agrees with its count", 0x101, 0, 1 },
	{ count_wrong, "a slab's bitmap agrees with its count", 0x102, 2, 1 },
	{ bits_behind, "a slab's bitmap ends with its objects", 0x103, 0, 0x200000 },
	{ bits_too_many, "a slab has no more free objects than objects", 0x101, 1, 0 },
	{ head_out_of_arena, "a listed slab is in the arena", 0x400, 1, 0 },
	{ list_too_short, "a slab list is as long as counted", 3, 2, 1 },
	{ list_too_long, "a slab list ends", 3, PFN_NONE, 0x100 },
	{ active_wrong, "objects in slabs = objects counted", 3, 44, 43 },
	{ grown_wrong, "slabs made = slabs here + slabs given back", 3, 5, 4 },
	{ reaped_wrong, "slabs made = slabs here + slabs given back", 3, 4, 5 },
};

static void rules_slab(struct test_ctx *t)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		struct victim *s = new_victim(t);
		struct lab_verdict v = {};

		if (!s)
			return;
		mmlab_slab_validate(s->m, &s->c, &v);
		EXPECT_EQ(t, 0, v.broken);
		EXPECT_EQ(t, 4, v.nr_objects);
		rules[i].harm(s);
		mmlab_slab_validate(s->m, &s->c, &v);
		test_note(t, v.broken);
		mmlab_test_broken(t, &v, i, rules[i].rule, rules[i].where, rules[i].want,
				  rules[i].got);
	}
}

const struct test_case mmlab_test_slab_rules[] = {
	{ "rules_slab", rules_slab },
	{}
};
