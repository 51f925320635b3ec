// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of core/lru: random moves against arrays, and each rule of its validator.
 */
#include "../core/core_internal.h"
#include "../core/lru.h"
#include "cases.h"

#define NR_PAGES	40U
#define FAMILY		9U

/**
 * struct lists - the lists of the machine and those of a family
 * @t: case
 * @m: machine
 * @lru: lists of the machine, of the family; both locks are held
 * @pfn: frames
 * @page: by lists and list: frames from the newest to the oldest
 * @nr: of those
 * @nr_activated: by lists: pages that went from inactive to active
 * @nr_deactivated: by lists: pages that went from active to inactive
 */
struct lists {
	struct test_ctx *t;
	struct lab_machine *m;
	struct lab_lru lru[2];
	u32 pfn[NR_PAGES];
	u32 page[2][NR_LAB_LRU_LISTS][NR_PAGES];
	u32 nr[2][NR_LAB_LRU_LISTS];
	u32 nr_activated[2];
	u32 nr_deactivated[2];
};

static struct lists *new_lists(struct test_ctx *t)
{
	struct lists *s = mmlab_test_alloc(t, sizeof(*s));
	u32 i;

	if (!s)
		return NULL;
	s->t = t;
	s->m = mmlab_test_machine(t, mmlab_test_mib(4), false);
	if (!s->m)
		return NULL;
	for (i = 0; i < 2; i++) {
		mmlab_test_poison(&s->lru[i], sizeof(s->lru[i]));
		mutex_init(&s->lru[i].lock);
		mutex_lock_nested(&s->lru[i].lock, i);
		mmlab_lru_init(&s->lru[i], s->m, i ? FAMILY : 0);
	}
	for (i = 0; i < NR_PAGES; i++)
		s->pfn[i] = mmlab_test_user_page(t, s->m, FAMILY);
	return s;
}

static void unlock(struct lists *s)
{
	mutex_unlock(&s->lru[0].lock);
	mutex_unlock(&s->lru[1].lock);
}

static u32 lva_of(u32 pfn)
{
	return 0x40000000 + pfn * 3 * (u32)PAGE_SIZE;
}

/* Where the array says that a frame is; *list is LAB_LRU_NONE if nowhere. */
static u32 place_of(struct lists *s, u32 which, u32 pfn, u32 *list)
{
	u32 i;

	for (*list = NR_LAB_LRU_LISTS; --*list;) {
		for (i = 0; i < s->nr[which][*list]; i++) {
			if (s->page[which][*list][i] == pfn)
				return i;
		}
	}
	return 0;
}

static void array_del(struct lists *s, u32 which, u32 list, u32 place)
{
	u32 *page = s->page[which][list];

	s->nr[which][list]--;
	memmove(page + place, page + place + 1,
		(s->nr[which][list] - place) * sizeof(*page));
}

static void array_add(struct lists *s, u32 which, u32 list, u32 pfn, bool newest)
{
	u32 *page = s->page[which][list], nr = s->nr[which][list]++;

	if (!newest) {
		page[nr] = pfn;
		return;
	}
	memmove(page + 1, page, nr * sizeof(*page));
	page[0] = pfn;
}

static void check_list(struct lists *s, u32 which, u32 list)
{
	const struct lab_lru_list *l = &s->lru[which].list[list];
	u32 nr = s->nr[which][list], pfn = l->newest, i;

	EXPECT_EQ(s->t, nr, l->nr);
	EXPECT_EQ(s->t, nr ? s->page[which][list][nr - 1] : PFN_NONE, l->oldest);
	for (i = 0; i < nr; i++) {
		if (!EXPECT_EQ(s->t, s->page[which][list][i], pfn))
			return;
		EXPECT_EQ(s->t, lva_of(pfn),
			  mmlab_lru_lva(mmlab_frame(s->m, pfn)));
		EXPECT_EQ(s->t, list, mmlab_lru_find(&s->lru[which], pfn));
		EXPECT_EQ(s->t, LAB_LRU_NONE, mmlab_lru_find(&s->lru[!which], pfn));
		pfn = mmlab_frame(s->m, pfn)->next;
	}
	EXPECT_EQ(s->t, PFN_NONE, pfn);
}

static void check_lists(struct lists *s)
{
	struct lab_verdict v = {};
	u32 which, list, nr, sum = 0, nr_on[NR_LAB_LRU_LISTS];

	mmlab_lru_census(s->m, nr_on);
	for (list = LAB_LRU_INACTIVE; list < NR_LAB_LRU_LISTS; list++)
		EXPECT_EQ(s->t, s->nr[0][list] + s->nr[1][list], nr_on[list]);
	for (which = 0; which < 2; which++) {
		for (list = 0; list < NR_LAB_LRU_LISTS; list++)
			check_list(s, which, list);
		nr = mmlab_lru_validate(&s->lru[which], &v);
		EXPECT_EQ(s->t, nr, mmlab_lru_count(&s->lru[which]));
		EXPECT_EQ(s->t, s->nr_activated[which], s->lru[which].nr_activated);
		EXPECT_EQ(s->t, s->nr_deactivated[which], s->lru[which].nr_deactivated);
		sum += nr;
	}
	EXPECT_EQ(s->t, sum, v.nr_objects);
	if (v.broken)
		mmlab_test_fail(s->t, v.rule, (int)v.where, "sound", v.want, v.got);
}

static void step_move(struct lists *s, u32 which, u32 pfn, u32 from, u32 to,
		      bool newest)
{
	struct lab_lru *lru = &s->lru[which];

	array_add(s, which, to, pfn, newest);
	if (from == LAB_LRU_INACTIVE)
		s->nr_activated[which] += to == LAB_LRU_ACTIVE;
	if (from == LAB_LRU_ACTIVE)
		s->nr_deactivated[which] += to == LAB_LRU_INACTIVE;
	if (newest && to == from)
		mmlab_lru_rotate(lru, pfn);
	else if (newest && to == LAB_LRU_ISOLATED)
		mmlab_lru_isolate(lru, pfn);
	else if (newest && to == LAB_LRU_INACTIVE)
		mmlab_lru_putback(lru, pfn);
	else
		mmlab_lru_move(lru, pfn, to, newest);
}

static void step(struct lists *s)
{
	u32 pfn = s->pfn[test_below(s->t, NR_PAGES)], list, place, which;

	for (which = 0; which < 2; which++) {
		place = place_of(s, which, pfn, &list);
		if (list)
			break;
	}
	if (which == 2) {
		which = test_below(s->t, 2);
		/* what the frame was before must not shine through */
		mmlab_frame(s->m, pfn)->private = 0;
		mmlab_lru_add(&s->lru[which], pfn, lva_of(pfn));
		array_add(s, which, LAB_LRU_INACTIVE, pfn, true);
		return;
	}
	array_del(s, which, list, place);
	if (!test_below(s->t, 5)) {
		mmlab_lru_del(&s->lru[which], pfn);
		EXPECT_EQ(s->t, 0, mmlab_frame(s->m, pfn)->private & LAB_PG_FLAGS);
	} else {
		step_move(s, which, pfn, list, 1 + test_below(s->t, 3),
			  test_below(s->t, 2));
	}
}

static void lru_random(struct test_ctx *t)
{
	struct lists *s = new_lists(t);
	u32 op;

	if (!s)
		return;
	check_lists(s);
	for (op = 0; op < t->ops / 20 && !t->nr_failures; op++) {
		step(s);
		check_lists(s);
		test_note(t, s->lru[1].list[LAB_LRU_ACTIVE].newest);
		if (op % 1024 == 1023)
			mmlab_test_env_relax();
	}
	unlock(s);
}

/* All bits of before are gone; numbers that are no pages have an answer. */
static void lru_find(struct test_ctx *t)
{
	struct lists *s = new_lists(t);
	u32 pfn, use;

	if (!s)
		return;
	pfn = s->pfn[0];
	mmlab_frame(s->m, pfn)->private = 0xffffffff & ~LAB_PG_LIST;
	mmlab_lru_add(&s->lru[0], pfn, 0x1000);
	EXPECT_EQ(t, 0x1000 | LAB_LRU_INACTIVE, mmlab_frame(s->m, pfn)->private);
	mmlab_frame(s->m, s->pfn[1])->private = 0;
	mmlab_lru_add(&s->lru[1], s->pfn[1], 0);
	EXPECT_EQ(t, LAB_PG_OWN_LISTS | LAB_LRU_INACTIVE,
		  mmlab_frame(s->m, s->pfn[1])->private);
	/* another family's own lists */
	mmlab_frame(s->m, s->pfn[1])->owner++;
	EXPECT_EQ(t, LAB_LRU_NONE, mmlab_lru_find(&s->lru[1], s->pfn[1]));
	mmlab_frame(s->m, s->pfn[1])->owner--;
	EXPECT_EQ(t, LAB_LRU_NONE, mmlab_lru_find(&s->lru[0], s->m->nr_frames));
	EXPECT_EQ(t, LAB_LRU_NONE, mmlab_lru_find(&s->lru[0], PFN_NONE));
	EXPECT_EQ(t, LAB_LRU_NONE, mmlab_lru_find(&s->lru[0], 0));
	for (use = USE_NONE; use < NR_FRAME_USES; use++) {
		mmlab_frame(s->m, pfn)->use = use;
		EXPECT_EQ(t, use == USE_USER ? LAB_LRU_INACTIVE : LAB_LRU_NONE,
			  mmlab_lru_find(&s->lru[0], pfn));
	}
	mmlab_frame(s->m, pfn)->use = USE_USER;
	mmlab_frame(s->m, pfn)->state = FRAME_QUARANTINE;
	EXPECT_EQ(t, LAB_LRU_NONE, mmlab_lru_find(&s->lru[0], pfn));
	EXPECT_EQ(t, 0, mmlab_lru_count(&s->lru[0]));
	EXPECT_EQ(t, 1, mmlab_lru_count(&s->lru[1]));
	unlock(s);
}

static void lru_counters(struct test_ctx *t)
{
	struct lists *s = new_lists(t);
	struct lab_lru *lru;
	u32 pfn;

	if (!s)
		return;
	lru = &s->lru[0];
	pfn = s->pfn[0];
	mmlab_lru_add(lru, pfn, 0);
	mmlab_lru_move(lru, pfn, LAB_LRU_ACTIVE, true);
	mmlab_lru_rotate(lru, pfn);
	mmlab_lru_isolate(lru, pfn);
	mmlab_lru_move(lru, pfn, LAB_LRU_ACTIVE, true);
	EXPECT_EQ(t, 1, lru->nr_activated);
	EXPECT_EQ(t, 0, lru->nr_deactivated);
	EXPECT_EQ(t, 1, mmlab_lru_nr(lru));
	mmlab_lru_putback(lru, pfn);
	EXPECT_EQ(t, 1, lru->nr_activated);
	EXPECT_EQ(t, 1, lru->nr_deactivated);
	mmlab_lru_isolate(lru, pfn);
	EXPECT_EQ(t, 0, mmlab_lru_nr(lru));
	mmlab_lru_putback(lru, pfn);
	EXPECT_EQ(t, 1, lru->nr_deactivated);
	unlock(s);
}

/* Eight pages, of which two are active; one thing is wrong. */
static void lru_rules(struct test_ctx *t)
{
	static const struct {
		const char *rule;
		u64 where, want, got;
	} rules[] = {
		{ "a listed page is a frame of the arena", 0x400, 1, 0 },
		{ "a listed page is a single user page", 0x105, 1, 0 },
		{ "a listed page is a single user page", 0x105, 1, 0 },
		{ "a listed page is a single user page", 0x105, 1, 0 },
		{ "a listed page is on the lists of its owner", 0x105, 1, 0 },
		{ "a listed page says on which list it is",
		  0x105, LAB_LRU_INACTIVE, LAB_LRU_ACTIVE },
		{ "a listed page is linked back", 0x105, 0x106, 0x100 },
		{ "a listed page is linked back", 0x106, 0x105, 0x107 },
		{ "a list of pages ends with its oldest", LAB_LRU_ACTIVE, 0x101, 0x100 },
		{ "a list of pages has nr pages", LAB_LRU_INACTIVE, 7, 6 },
		{ "a list of pages has nr pages", LAB_LRU_NONE, U32_MAX, 0 },
	};
	u32 i, j;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		struct lists *s = new_lists(t);
		struct lab_verdict v = {};
		struct lab_frame *frame;
		struct lab_lru *lru;

		if (!s)
			return;
		lru = &s->lru[0];
		for (j = 0; j < 8; j++)
			mmlab_lru_add(lru, s->pfn[j], 0);
		for (j = 0; j < 2; j++)
			mmlab_lru_move(lru, s->pfn[j], LAB_LRU_ACTIVE, true);
		EXPECT_EQ(t, 8, mmlab_lru_validate(lru, &v));
		EXPECT_EQ(t, 0, v.broken);
		frame = mmlab_frame(s->m, s->pfn[5]);
		switch (i) {
		case 0:
			frame->next = s->m->nr_frames;
			break;
		case 1:
			frame->state = FRAME_PCP;
			break;
		case 2:
			frame->order = 1;
			break;
		case 3:
			frame->use = USE_SLAB;
			break;
		case 4:
			frame->private |= LAB_PG_OWN_LISTS;
			break;
		case 5:
			frame->private ^= LAB_LRU_INACTIVE ^ LAB_LRU_ACTIVE;
			break;
		case 6:
			frame->prev = s->pfn[0];
			break;
		case 7:	/* a circle */
			frame->next = s->pfn[6];
			break;
		case 8:
			lru->list[LAB_LRU_ACTIVE].oldest = s->pfn[1];
			break;
		case 9:
			lru->list[LAB_LRU_INACTIVE].nr++;
			break;
		case 10:
			lru->list[LAB_LRU_NONE].nr--;
			break;
		}
		mmlab_lru_validate(lru, &v);
		mmlab_test_broken(t, &v, i, rules[i].rule, rules[i].where, rules[i].want,
				  rules[i].got);
		unlock(s);
	}
}

const struct test_case mmlab_test_lru[] = {
	{ "lru_random", lru_random },
	{ "lru_find", lru_find },
	{ "lru_counters", lru_counters },
	{ "lru_rules", lru_rules },
	{}
};
