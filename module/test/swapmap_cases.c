// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of core/swapmap: where slots are taken, random sequences against an array
 * of slots, and each rule of the validator.
 */
#include "../core/core_internal.h"
#include "../core/swapmap.h"
#include "cases.h"

#define NR_FRAMES	1024U	/* 4 MiB */
#define CLUSTER		LAB_SWAP_CLUSTER

/**
 * struct swap - swap areas under test
 * @t: case
 * @s: areas; the lock is held
 * @m: machine; each of its frames but 0 is a user page
 */
struct swap {
	struct test_ctx *t;
	struct lab_swap s;
	struct lab_machine *m;
};

static struct swap *new_swap(struct test_ctx *t)
{
	struct swap *w = mmlab_test_alloc(t, sizeof(*w));
	u32 *entry = mmlab_test_alloc(t, NR_FRAMES * sizeof(*entry));
	u32 pfn;

	if (!w || !entry)
		return NULL;
	w->t = t;
	w->m = mmlab_test_machine(t, NR_FRAMES, false);
	if (!w->m)
		return NULL;
	for (pfn = 1; pfn < NR_FRAMES; pfn++) {
		mmlab_frame(w->m, pfn)->state = FRAME_USED;
		mmlab_frame(w->m, pfn)->use = USE_USER;
		mmlab_frame(w->m, pfn)->order = 0;
	}
	mmlab_test_poison(&w->s, sizeof(w->s));
	mutex_init(&w->s.lock);
	mutex_lock(&w->s.lock);
	mmlab_swap_init(&w->s, w->m, entry);
	return w;
}

static int add_area(struct swap *w, u32 nr_slots, int prio)
{
	size_t bytes = mmlab_swap_area_bytes(nr_slots);
	u8 *memory;

	memory = mmlab_test_alloc(w->t, bytes);
	if (!memory)
		return -ENOMEM;
	memset(memory, 0x5a, bytes);
	return mmlab_swap_add_area(&w->s, memory, nr_slots, prio);
}

static void sound(struct swap *w, struct lab_swap_census *census)
{
	struct lab_verdict v = {};

	mmlab_swap_validate(&w->s, census, &v);
	w->t->nr_checks++;
	if (v.broken)
		mmlab_test_fail(w->t, v.rule, (int)v.where, "sound", v.want, v.got);
}

/* A slot that one entry names and no frame is a copy of. */
static u32 put_out(struct swap *w)
{
	u32 swp = mmlab_swap_alloc(&w->s, 1);

	if (!swp)
		return 0;
	EXPECT_EQ(w->t, 0, mmlab_swap_dup(&w->s, swp));
	EXPECT_EQ(w->t, swp, mmlab_swap_cache_del(&w->s, 1));
	return swp;
}

static void swapmap_entries(struct test_ctx *t)
{
	static const struct {
		u32 type, offset, swp;
	} table[] = {
		{ 0, 1, 0x100 }, { 1, 1, 0x102 }, { 31, 1, 0x13e },
		{ 5, 0x1234, 0x12340a }, { 31, 0xffffff, 0xffffff3e },
	};
	static const u32 none[] = {
		0, 1, 0x101, 0x140, 0x180, 0x3e, 0xff, 0x1c0, 0xfffff001,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		EXPECT_EQ(t, table[i].swp,
			  mmlab_swp_entry(table[i].type, table[i].offset));
		EXPECT_EQ(t, table[i].type, mmlab_swp_type(table[i].swp));
		EXPECT_EQ(t, table[i].offset, mmlab_swp_offset(table[i].swp));
		EXPECT(t, mmlab_pte_is_swap(table[i].swp));
	}
	for (i = 0; i < ARRAY_SIZE(none); i++)
		EXPECT(t, !mmlab_pte_is_swap(none[i]));
}

/* One after the other in a cluster, then the next that is all free, then any. */
static void swapmap_clusters(struct test_ctx *t)
{
	struct swap *w = new_swap(t);
	u32 i;

	if (!w)
		return;
	EXPECT_EQ(t, 0, add_area(w, 4 * CLUSTER + 3, 0));
	for (i = 1; i < CLUSTER + 2; i++)
		EXPECT_EQ(t, mmlab_swp_entry(0, i), put_out(w));
	/* holes in front of where it is are left */
	mmlab_swap_free(&w->s, mmlab_swp_entry(0, 5));
	mmlab_swap_free(&w->s, mmlab_swp_entry(0, CLUSTER));
	for (; i < 2 * CLUSTER; i++)
		EXPECT_EQ(t, mmlab_swp_entry(0, i), put_out(w));
	/* a single slot in the third cluster is enough to leave it out */
	w->s.area[0].next = 2 * CLUSTER + 7;
	EXPECT_EQ(t, mmlab_swp_entry(0, 2 * CLUSTER + 7), put_out(w));
	w->s.area[0].next = 2 * CLUSTER;
	for (i = 3 * CLUSTER; i < 4 * CLUSTER + 3; i++)
		EXPECT_EQ(t, mmlab_swp_entry(0, i), put_out(w));
	/* around; nothing is all free */
	EXPECT_EQ(t, mmlab_swp_entry(0, 5), put_out(w));
	mmlab_swap_free(&w->s, mmlab_swp_entry(0, 3));
	EXPECT_EQ(t, mmlab_swp_entry(0, CLUSTER), put_out(w));
	for (i = 2 * CLUSTER; i < 3 * CLUSTER; i++) {
		if (i != 2 * CLUSTER + 7)
			EXPECT_EQ(t, mmlab_swp_entry(0, i), put_out(w));
	}
	EXPECT_EQ(t, mmlab_swp_entry(0, 3), put_out(w));
	EXPECT_EQ(t, 0, put_out(w));
	/* the first cluster is all free without the header */
	for (i = 1; i < CLUSTER; i++)
		mmlab_swap_free(&w->s, mmlab_swp_entry(0, i));
	mmlab_swap_free(&w->s, mmlab_swp_entry(0, 2 * CLUSTER));
	w->s.area[0].next = 2 * CLUSTER;
	EXPECT_EQ(t, mmlab_swp_entry(0, 1), put_out(w));
	mutex_unlock(&w->s.lock);
}

static void swapmap_priorities(struct test_ctx *t)
{
	static const u32 types[] = { 1, 3, 1, 3, 1, 3, 0, 2, 0, 2, 0, 2 };
	struct lab_swap_census census;
	struct swap *w = new_swap(t);
	u32 i;

	if (!w)
		return;
	add_area(w, 4, -1);
	add_area(w, 4, 7);
	add_area(w, 4, -1);
	EXPECT_EQ(t, 3, add_area(w, 4, 7));
	for (i = 0; i < ARRAY_SIZE(types); i++)
		EXPECT_EQ(t, types[i], mmlab_swp_type(put_out(w)));
	EXPECT_EQ(t, 0, put_out(w));
	sound(w, &census);
	EXPECT_EQ(t, 12, census.nr_slots);
	EXPECT_EQ(t, 12, census.nr_used);
	EXPECT_EQ(t, 12, census.nr_entries);
	EXPECT_EQ(t, 0, census.nr_cached);
	mutex_unlock(&w->s.lock);
}

static void swapmap_areas(struct test_ctx *t)
{
	struct swap *w = new_swap(t);
	u32 i, swp;

	if (!w)
		return;
	EXPECT_EQ(t, 0, mmlab_swap_area_bytes(0));
	EXPECT_EQ(t, 0, mmlab_swap_area_bytes(1));
	EXPECT_EQ(t, 11, mmlab_swap_area_bytes(2));
	EXPECT_EQ(t, 5 * 33 + 2, mmlab_swap_area_bytes(33));
	EXPECT(t, mmlab_swap_area_bytes(1U << 24) > 0);
	EXPECT_EQ(t, 0, mmlab_swap_area_bytes((1U << 24) + 1));
	EXPECT_EQ(t, -EINVAL, mmlab_swap_add_area(&w->s, NULL, 1, 0));
	/* no type has an area yet, and most never have */
	for (i = 0; i <= LAB_SWP_MAX_TYPE + 1; i++) {
		EXPECT_EQ(t, -EINVAL, mmlab_swap_close_area(&w->s, i, true));
		EXPECT_EQ(t, -EINVAL, mmlab_swap_close_area(&w->s, i, false));
		EXPECT_EQ(t, -EINVAL, mmlab_swap_del_area(&w->s, i));
	}
	EXPECT_EQ(t, 0, mmlab_swap_alloc(&w->s, 1));
	for (i = 0; i < LAB_NR_SWAP_AREAS; i++)
		EXPECT_EQ(t, i, add_area(w, 3, 0));
	EXPECT_EQ(t, -EPERM, add_area(w, 3, 0));

	/* swapoff: nothing more goes in, and it ends when all is out */
	EXPECT_EQ(t, -EINVAL, mmlab_swap_del_area(&w->s, 2));
	EXPECT_EQ(t, -EINVAL, mmlab_swap_close_area(&w->s, LAB_NR_SWAP_AREAS, true));
	EXPECT_EQ(t, -EINVAL, mmlab_swap_del_area(&w->s, LAB_NR_SWAP_AREAS));
	EXPECT_EQ(t, -EINVAL, mmlab_swap_close_area(&w->s, 2, false));
	EXPECT_EQ(t, 0, mmlab_swap_close_area(&w->s, 2, true));
	w->s.area[2].prio = 1;
	swp = put_out(w);
	EXPECT(t, swp && mmlab_swp_type(swp) != 2);
	EXPECT_EQ(t, -EINVAL, mmlab_swap_close_area(&w->s, 2, true));
	EXPECT_EQ(t, 0, mmlab_swap_close_area(&w->s, 2, false));
	EXPECT_EQ(t, mmlab_swp_entry(2, 1), put_out(w));
	EXPECT_EQ(t, mmlab_swp_entry(2, 2), mmlab_swap_alloc(&w->s, 2));
	EXPECT_EQ(t, 0, mmlab_swap_close_area(&w->s, 2, true));
	EXPECT_EQ(t, 1, mmlab_swap_next_used(&w->s, 2, 0));
	EXPECT_EQ(t, 2, mmlab_swap_next_used(&w->s, 2, 1));
	EXPECT_EQ(t, 0, mmlab_swap_next_used(&w->s, 2, 2));
	EXPECT_EQ(t, -EBUSY, mmlab_swap_del_area(&w->s, 2));
	EXPECT_EQ(t, 0, mmlab_swap_free(&w->s, mmlab_swp_entry(2, 1)));
	EXPECT_EQ(t, 2, mmlab_swap_next_used(&w->s, 2, 0));
	EXPECT_EQ(t, -EBUSY, mmlab_swap_del_area(&w->s, 2));
	EXPECT_EQ(t, mmlab_swp_entry(2, 2), mmlab_swap_cache_del(&w->s, 2));
	EXPECT_EQ(t, 0, mmlab_swap_del_area(&w->s, 2));
	EXPECT_EQ(t, -EINVAL, mmlab_swap_del_area(&w->s, 2));
	/* its place can be taken again, with nothing left of it */
	EXPECT_EQ(t, 2, add_area(w, 9, 3));
	EXPECT_EQ(t, mmlab_swp_entry(2, 1), put_out(w));
	mutex_unlock(&w->s.lock);
}

/* Each value that names no slot, or one that is free. */
static void swapmap_refused(struct test_ctx *t)
{
	static const struct {
		u32 swp;
		int err;
	} bad[] = {
		{ 0, -EINVAL }, { 1, -EINVAL }, { 0x3e, -EINVAL },
		{ 0x100 | LAB_PTE_PRESENT, -EINVAL }, { 0x140, -EINVAL },
		{ 0x102, -EINVAL },	/* no such area */
		{ 0x13e, -EINVAL },	/* no such type */
		{ 0x400, -EINVAL },	/* after the last slot */
		{ 0x300, -ENOENT },	/* free */
	};
	struct lab_swap_census census;
	struct swap *w = new_swap(t);
	u32 i, swp;

	if (!w)
		return;
	add_area(w, 4, 0);
	swp = mmlab_swap_alloc(&w->s, 3);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(t, bad[i].err, mmlab_swap_dup(&w->s, bad[i].swp));
		EXPECT_EQ(t, bad[i].err, mmlab_swap_free(&w->s, bad[i].swp));
		EXPECT_EQ(t, bad[i].err, mmlab_swap_count(&w->s, bad[i].swp));
		EXPECT_EQ(t, bad[i].err, mmlab_swap_cache_add(&w->s, bad[i].swp, 4));
		EXPECT_EQ(t, PFN_NONE, mmlab_swap_cache_find(&w->s, bad[i].swp));
	}
	/* no entry names it, so none can be taken off */
	EXPECT_EQ(t, 0, mmlab_swap_count(&w->s, swp));
	EXPECT_EQ(t, -ENOENT, mmlab_swap_free(&w->s, swp));
	EXPECT_EQ(t, 3, mmlab_swap_cache_find(&w->s, swp));
	EXPECT_EQ(t, -EEXIST, mmlab_swap_cache_add(&w->s, swp, 4));
	EXPECT_EQ(t, 0, mmlab_swap_cache_del(&w->s, 4));
	for (i = 0; i < LAB_SWAP_COUNT_MAX; i++)
		EXPECT_EQ(t, 0, mmlab_swap_dup(&w->s, swp));
	EXPECT_EQ(t, -EOVERFLOW, mmlab_swap_dup(&w->s, swp));
	EXPECT_EQ(t, LAB_SWAP_COUNT_MAX, mmlab_swap_count(&w->s, swp));
	sound(w, &census);
	EXPECT_EQ(t, LAB_SWAP_COUNT_MAX, census.nr_entries);
	EXPECT_EQ(t, LAB_SWAP_COUNT_MAX - 1, mmlab_swap_free(&w->s, swp));
	mutex_unlock(&w->s.lock);
}

/* A page may be written to if there is one entry for it, wherever that is. */
static void swapmap_can_reuse(struct test_ctx *t)
{
	static const struct {
		u32 mapped, named;
		bool can;
	} table[] = {
		{ 1, 0, true }, { 2, 0, false }, { 0, 1, true }, { 1, 1, false },
		{ 0, 2, false }, { 0, 0, false },
	};
	struct swap *w = new_swap(t);
	u32 i, n;

	if (!w)
		return;
	add_area(w, 9, 0);
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		u32 pfn = 10 + i, swp;

		mmlab_frame(w->m, pfn)->mapcount = table[i].mapped;
		if (!table[i].named)
			EXPECT_EQ(t, table[i].can, mmlab_swap_can_reuse(&w->s, pfn));
		swp = mmlab_swap_alloc(&w->s, pfn);
		for (n = 0; n < table[i].named; n++)
			mmlab_swap_dup(&w->s, swp);
		EXPECT_EQ(t, table[i].can, mmlab_swap_can_reuse(&w->s, pfn));
	}
	mutex_unlock(&w->s.lock);
}

/* ---- random sequences ---- */

#define NR_AREAS	3U
#define MODEL_SLOTS	128U

/**
 * struct slots - what the areas must hold
 * @nr_slots: by area
 * @count: by area and slot: entries that name it
 * @frame: by area and slot: frame, or 0
 * @next: by area: where the search begins
 * @nr_used: slots in use
 */
struct slots {
	u32 nr_slots[NR_AREAS];
	u32 count[NR_AREAS][MODEL_SLOTS];
	u32 frame[NR_AREAS][MODEL_SLOTS];
	u32 next[NR_AREAS];
	u32 nr_used;
};

static bool in_use(const struct slots *s, u32 type, u32 slot)
{
	return s->count[type][slot] || s->frame[type][slot];
}

/* The area of highest priority that has room: 2 before 1, 1 before 0. */
static u32 area_with_room(const struct slots *s)
{
	u32 type, slot;

	for (type = NR_AREAS; type--;) {
		for (slot = 1; slot < s->nr_slots[type]; slot++) {
			if (!in_use(s, type, slot))
				return type;
		}
	}
	return NR_AREAS;
}

/* The first free slot of [@slot, @end); @all: if there is no other. 0: none. */
static u32 free_slot(const struct slots *s, u32 type, u32 slot, u32 end, bool all)
{
	u32 first = 0, at;

	end = min(end, s->nr_slots[type]);
	for (at = max(slot, 1U); at < end; at++) {
		if (!in_use(s, type, at))
			first = first ?: at;
		else if (all)
			return 0;
	}
	return first;
}

/* Where swapmap.h says that a page goes: the rest of the cluster, an empty one, any. */
static u32 slot_to_take(const struct slots *s, u32 type)
{
	u32 next = s->next[type], nr = DIV_ROUND_UP(s->nr_slots[type], CLUSTER);
	u32 begin = DIV_ROUND_UP(next, CLUSTER), slot, all, i;

	slot = free_slot(s, type, next, begin * CLUSTER, false);
	for (all = 2; all-- && !slot;) {
		for (i = 0; i < nr && !slot; i++) {
			u32 cluster = (begin + i) % nr;

			slot = free_slot(s, type, cluster * CLUSTER,
					 (cluster + 1) * CLUSTER, all);
		}
	}
	return slot;
}

static void step_alloc(struct swap *w, struct slots *s)
{
	u32 pfn = 1 + test_below(w->t, 400), want = area_with_room(s), swp, slot;

	if (w->s.entry[pfn])
		return;
	swp = mmlab_swap_alloc(&w->s, pfn);
	test_note(w->t, swp);
	if (want == NR_AREAS) {
		EXPECT_EQ(w->t, 0, swp);
		return;
	}
	slot = slot_to_take(s, want);
	if (!EXPECT_EQ(w->t, mmlab_swp_entry(want, slot), swp))
		return;
	s->next[want] = (slot + 1) % s->nr_slots[want];
	s->frame[want][slot] = pfn;
	s->nr_used++;
}

static void step_slot(struct swap *w, struct slots *s)
{
	u32 type = test_below(w->t, NR_AREAS), pfn = 1 + test_below(w->t, 400);
	u32 slot = 1 + test_below(w->t, s->nr_slots[type] - 1);
	u32 swp = mmlab_swp_entry(type, slot), *count = &s->count[type][slot];
	u32 *frame = &s->frame[type][slot];
	bool used = in_use(s, type, slot);

	EXPECT_EQ(w->t, used && *frame ? *frame : PFN_NONE,
		  mmlab_swap_cache_find(&w->s, swp));
	switch (test_below(w->t, 5)) {
	case 0:
		EXPECT_EQ(w->t, used ? 0 : -ENOENT, mmlab_swap_dup(&w->s, swp));
		*count += used;
		break;
	case 1:
	case 2:
		EXPECT_EQ(w->t, *count ? (int)*count - 1 : -ENOENT,
			  mmlab_swap_free(&w->s, swp));
		*count -= *count > 0;
		break;
	case 3:
		if (w->s.entry[pfn])
			break;
		EXPECT_EQ(w->t, !used ? -ENOENT : *frame ? -EEXIST : 0,
			  mmlab_swap_cache_add(&w->s, swp, pfn));
		if (used && !*frame)
			*frame = pfn;
		break;
	default:
		if (!*frame)
			break;
		EXPECT_EQ(w->t, swp, mmlab_swap_cache_del(&w->s, *frame));
		*frame = 0;
	}
	s->nr_used -= used && !in_use(s, type, slot);
}

static void compare_slots(struct swap *w, const struct slots *s)
{
	struct lab_swap_census census;
	u32 type, slot, next;
	u64 nr_entries = 0;

	for (type = 0; type < NR_AREAS; type++) {
		for (slot = 1, next = 0; slot < s->nr_slots[type]; slot++) {
			bool used = in_use(s, type, slot);

			EXPECT_EQ(w->t, used ? (int)s->count[type][slot] : -ENOENT,
				  mmlab_swap_count(&w->s, mmlab_swp_entry(type, slot)));
			nr_entries += s->count[type][slot];
			if (!used)
				continue;
			next = mmlab_swap_next_used(&w->s, type, next);
			EXPECT_EQ(w->t, slot, next);
		}
		EXPECT_EQ(w->t, 0, mmlab_swap_next_used(&w->s, type, next));
	}
	sound(w, &census);
	EXPECT_EQ(w->t, s->nr_used, census.nr_used);
	EXPECT_EQ(w->t, nr_entries, census.nr_entries);
}

static void swapmap_random(struct test_ctx *t)
{
	struct slots *s = mmlab_test_alloc(t, sizeof(*s));
	struct swap *w = new_swap(t);
	u32 op, type, bias = 50;

	if (!w || !s)
		return;
	for (type = 0; type < NR_AREAS; type++) {
		s->nr_slots[type] = 33 + 33 * type;
		s->next[type] = 1;
		add_area(w, s->nr_slots[type], (int)type);
	}
	for (op = 0; op < t->ops / 4 && !t->nr_failures; op++) {
		if (op % 512 == 0)
			bias = 10 + test_below(t, 50);
		if (test_below(t, 100) < bias)
			step_alloc(w, s);
		else
			step_slot(w, s);
		if (op % 128 == 127)
			compare_slots(w, s);
	}
	compare_slots(w, s);
	mutex_unlock(&w->s.lock);
}

/* ---- where a page goes ---- */

/* USED is 3, the last of what two bits can say. */
enum cluster_state { EMPTY, FIRST_FREE, LAST_FREE, USED };

#define NR_CLUSTERS	4U

/* Gives an area, and the model of it, clusters in these states, two bits for each. */
static void set_clusters(struct lab_swap_area *area, struct slots *s, u32 states)
{
	u32 slot;

	s->nr_slots[0] = area->nr_slots;
	area->nr_used = 0;
	memset(area->cluster, 0, NR_CLUSTERS);
	area->cluster[0] = 1;
	for (slot = 1; slot < area->nr_slots; slot++) {
		u32 cluster = slot / CLUSTER, at = slot % CLUSTER;
		u32 state = states >> 2 * cluster & 3;
		bool used = state != EMPTY && !(state == FIRST_FREE && at == !cluster) &&
			    !(state == LAST_FREE && at == CLUSTER - 1);

		area->count[slot] = used;
		s->count[0][slot] = used;
		area->cluster[cluster] += used;
		area->nr_used += used;
	}
}

/* All ways in which four clusters can be, from each place. */
static void swapmap_patterns(struct test_ctx *t)
{
	struct slots *s = mmlab_test_alloc(t, sizeof(*s));
	struct swap *w = new_swap(t);
	u32 states, next, slot;

	if (!w || !s)
		return;
	add_area(w, NR_CLUSTERS * CLUSTER - 3, 0);
	for (states = 0; states < 1U << 2 * NR_CLUSTERS; states++) {
		struct lab_swap_area *area = &w->s.area[0];

		set_clusters(area, s, states);
		for (next = 0; next < area->nr_slots; next++) {
			area->next = next;
			s->next[0] = next;
			slot = slot_to_take(s, 0);
			EXPECT_EQ(t, slot ? mmlab_swp_entry(0, slot) : 0,
				  mmlab_swap_alloc(&w->s, 1));
			mmlab_swap_cache_del(&w->s, 1);
		}
	}
	mutex_unlock(&w->s.lock);
}

/* ---- rules ---- */

/* An area of 70 slots with three in use, two of them with a copy. */
static void swapmap_rules(struct test_ctx *t)
{
	static const struct {
		const char *rule;
		u64 where, want, got;
	} rules[] = {
		{ "the header of a swap area is never given out", 0, LAB_SWAP_COUNT_BAD, 0 },
		{ "a slot has a count that can be", 0x100, 1, 0 },
		{ "a cluster counts its slots in use", 0x1f00, 4, 3 },
		{ "a cluster counts its slots in use", 0x4500, 0, 1 },
		{ "a swap area counts its slots in use", 0, 3, 4 },
		{ "a copy of a slot is a frame of the arena", 0x200, 1, 0 },
		{ "a copy of a slot is a user page", 0x200, 1, 0 },
		{ "a copy of a slot is a user page", 0x200, 1, 0 },
		{ "a copy of a slot knows which one", 0x200, 0x200, 0x300 },
		{ "a frame that names a slot is its copy", 0, 2, 3 },
		{ "nr_cached counts the copies of slots", 0, 2, 3 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		struct swap *w = new_swap(t);
		struct lab_swap_census census;
		struct lab_verdict v = {};
		struct lab_swap_area *area;

		if (!w)
			return;
		area = &w->s.area[0];
		add_area(w, 70, 0);
		put_out(w);
		mmlab_swap_alloc(&w->s, 7);
		mmlab_swap_alloc(&w->s, 8);
		sound(w, &census);
		EXPECT_EQ(t, 3, census.nr_used);
		EXPECT_EQ(t, 2, census.nr_cached);
		switch (i) {
		case 0:
			area->count[0] = 0;
			break;
		case 1:
			area->count[1] = LAB_SWAP_COUNT_BAD;
			break;
		case 2:
			area->cluster[0]--;
			break;
		case 3:
			area->cluster[2]++;
			break;
		case 4:
			area->nr_used++;
			break;
		case 5:
			area->frame[2] = NR_FRAMES;
			break;
		case 6:
			mmlab_frame(w->m, 7)->state = FRAME_PCP;
			break;
		case 7:
			mmlab_frame(w->m, 7)->use = USE_SLAB;
			break;
		case 8:
			w->s.entry[7] += 0x100;
			break;
		case 9:
			w->s.entry[9] = 0x100;
			break;
		case 10:
			w->s.nr_cached++;
			break;
		}
		mmlab_swap_validate(&w->s, &census, &v);
		mmlab_test_broken(t, &v, i, rules[i].rule, rules[i].where, rules[i].want,
				  rules[i].got);
		EXPECT_EQ(t, 70, v.nr_objects);
		mutex_unlock(&w->s.lock);
	}
}

const struct test_case mmlab_test_swapmap[] = {
	{ "swapmap_entries", swapmap_entries },
	{ "swapmap_clusters", swapmap_clusters },
	{ "swapmap_priorities", swapmap_priorities },
	{ "swapmap_areas", swapmap_areas },
	{ "swapmap_refused", swapmap_refused },
	{ "swapmap_can_reuse", swapmap_can_reuse },
	{ "swapmap_random", swapmap_random },
	{ "swapmap_patterns", swapmap_patterns },
	{ "swapmap_rules", swapmap_rules },
	{}
};
