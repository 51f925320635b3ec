// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of core/policy: the built-in policies against those on paper, changes of
 * policy, and what a victim costs.
 */
#include "../core/core_internal.h"
#include "../core/buddy.h"
#include "cases.h"
#include "policy_oracle.h"
#include "policy_play.h"

/* A page: all alike, some more often than others, or one after the other. */
static u32 random_page(struct test_ctx *t, u32 kind, u32 nr_pages, u32 *last)
{
	switch (kind) {
	case 0:
		return test_below(t, nr_pages);
	case 1:
		return test_below(t, 1 + test_below(t, nr_pages));
	default:
		*last = (*last + (test_below(t, 8) ? 1 : test_below(t, 5))) % nr_pages;
		return *last;
	}
}

/* Faults, victims and, in the end, keys and marks as on paper; at times a page is freed. */
static void against_paper(struct test_ctx *t, struct policy_play *p,
			  const struct mmlab_policy_ops *ops, u32 nr_refs)
{
	struct policy_oracle *o = mmlab_test_alloc(t, sizeof(*o));
	policy_paper paper = mmlab_oracle_policy(ops->name);
	u32 nr_pages = 2 + test_below(t, 24), last = 0, kind = test_below(t, 3), i;
	u32 nr_frames = 1 + test_below(t, nr_pages);

	if (!o || !EXPECT(t, paper))
		return;
	mmlab_paper_init(o, nr_frames);
	mmlab_play_again(p, ops, nr_frames);
	for (i = 0; i < nr_refs && !t->nr_failures; i++) {
		u32 page = random_page(t, kind, nr_pages, &last);

		if (!test_below(t, 40)) {
			mmlab_paper_free(o, page);
			mmlab_play_free(p, page);
			continue;
		}
		EXPECT_EQ(t, mmlab_paper_touch(o, paper, page),
			  mmlab_play_touch(p, page));
		EXPECT_EQ(t, o->victim, p->victim);
		test_note(t, p->victim);
	}
	for (i = 0; i < o->nr; i++) {
		u32 page = o->page[i], pfn = p->frame[page];

		if (!EXPECT(t, pfn != PFN_NONE))
			return;
		EXPECT_EQ(t, ops->flags & LAB_POLICY_KEYS ? o->count[page] : 0,
			  p->set.key[pfn]);
		EXPECT_EQ(t, o->marked[page],
			  !!(mmlab_frame(p->m, pfn)->private & LAB_PG_REFERENCED));
	}
	EXPECT_EQ(t, 0, p->set.verdict.broken);
	mmlab_play_sound(p);
}

static void play_against_paper(struct test_ctx *t, const char *name)
{
	const struct mmlab_policy_ops *ops = mmlab_play_policy(t, name);
	struct policy_play *p = mmlab_play_new(t, ops, 1);
	u32 i;

	if (!p)
		return;
	for (i = 0; i < t->ops / 4000 + 1 && !t->nr_failures; i++) {
		against_paper(t, p, ops, 100);
		mmlab_test_env_relax();
	}
	mmlab_play_end(p);
}

static void policy_two_lists_random(struct test_ctx *t)
{
	play_against_paper(t, "two-lists");
}

static void policy_fifo_random(struct test_ctx *t)
{
	play_against_paper(t, "fifo");
}

static void policy_clock_random(struct test_ctx *t)
{
	play_against_paper(t, "clock");
}

static void policy_lru_random(struct test_ctx *t)
{
	play_against_paper(t, "lru");
}

static void policy_mru_random(struct test_ctx *t)
{
	play_against_paper(t, "mru");
}

static void policy_nfu_random(struct test_ctx *t)
{
	play_against_paper(t, "nfu");
}

/* Each page goes as often as each other, the same seed brings the same ones. */
static void policy_random_fair(struct test_ctx *t)
{
	const struct mmlab_policy_ops *ops = mmlab_play_policy(t, "random");
	struct policy_play *p = mmlab_play_new(t, ops, 8);
	u32 nr[8] = {}, first[32], i, page, again, last = 8, nr_in_a_row = 0;

	if (!p)
		return;
	for (again = 0; again < 2; again++) {
		mmlab_play_again(p, ops, 8);
		for (page = 0; page < 8; page++)
			mmlab_play_touch(p, page);
		for (i = 0; i < 4000; i++) {
			/* the victim comes back at once, so the eight stay */
			u32 pfn = mmlab_policy_victim(&p->set);

			page = mmlab_play_page(p, pfn);
			if (!EXPECT(t, page < 8))
				break;
			mmlab_policy_putback(&p->set, pfn);
			nr[page]++;
			nr_in_a_row += page == last;
			last = page;
			if (i < 32 && again)
				EXPECT_EQ(t, first[i], page);
			else if (i < 32)
				first[i] = page;
		}
	}
	for (page = 0; page < 8; page++)
		EXPECT(t, nr[page] > 880 && nr[page] < 1120);
	/* the newest page goes as well */
	EXPECT(t, nr_in_a_row > 880 && nr_in_a_row < 1120);
	p->set.seed++;
	mmlab_play_again(p, ops, 8);
	for (page = 0; page < 8; page++)
		mmlab_play_touch(p, page);
	for (i = 0; i < 32; i++) {
		u32 pfn = mmlab_policy_victim(&p->set);

		first[i] -= mmlab_play_page(p, pfn);
		mmlab_policy_putback(&p->set, pfn);
	}
	for (i = 0; i < 32 && !first[i]; i++)
		;
	EXPECT(t, i < 32);
	mmlab_play_end(p);
}

/* What a set has, it keeps when another policy takes charge; only the order counts. */
static void policy_change(struct test_ctx *t)
{
	const struct mmlab_policy_ops *ops = &mmlab_policy_two_lists;
	struct policy_play *p = mmlab_play_new(t, ops, 6);
	u32 i, pfn;

	if (!p)
		return;
	/* two pages again and again, and many once */
	for (i = 0; i < 40; i++)
		mmlab_play_touch(p, i % 3 < 2 ? i % 3 : i);
	EXPECT(t, p->set.lru.nr_activated > 0);
	pfn = p->set.lru.list[LAB_LRU_ACTIVE].newest;
	if (!EXPECT(t, pfn != PFN_NONE))
		return;
	p->set.key[pfn] = 77;
	p->set.state[3] = 78;
	mmlab_frame(p->m, pfn)->private |= LAB_PG_REFERENCED;
	EXPECT_EQ(t, 0, mmlab_policy_choose(&p->set, mmlab_play_policy(t, "lru")));
	EXPECT_EQ(t, 0, strcmp(p->set.ops->name, "lru"));
	EXPECT_EQ(t, 0, p->set.lru.list[LAB_LRU_ACTIVE].nr);
	EXPECT_EQ(t, 6, p->set.lru.list[LAB_LRU_INACTIVE].nr);
	/* what was active is newer than what was not */
	EXPECT_EQ(t, pfn, p->set.lru.list[LAB_LRU_INACTIVE].newest);
	EXPECT_EQ(t, 0, p->set.key[pfn]);
	EXPECT_EQ(t, 0, p->set.state[3]);
	EXPECT_EQ(t, 0, mmlab_frame(p->m, pfn)->private & LAB_PG_REFERENCED);
	mmlab_play_sound(p);

	/* without keys, only for policies that want none */
	p->set.key = NULL;
	EXPECT_EQ(t, -EINVAL,
		  mmlab_policy_choose(&p->set, mmlab_play_policy(t, "nfu")));
	EXPECT_EQ(t, 0, strcmp(p->set.ops->name, "lru"));
	EXPECT_EQ(t, 0, mmlab_policy_choose(&p->set, mmlab_play_policy(t, "clock")));
	mmlab_play_touch(p, 9);
	mmlab_play_end(p);
}

/* A victim is out of the set until it comes back, and then it is a page that comes. */
static void policy_isolated(struct test_ctx *t)
{
	struct policy_play *p = mmlab_play_new(t, mmlab_play_policy(t, "nfu"), 3);
	u32 pfn[3], page, i;

	if (!p)
		return;
	EXPECT_EQ(t, PFN_NONE, mmlab_policy_victim(&p->set));
	for (page = 0; page < 3; page++)
		mmlab_play_touch(p, page);
	for (i = 0; i < 3; i++) {
		pfn[i] = mmlab_policy_victim(&p->set);
		/* not the policy's: no touch of it is told */
		mmlab_policy_access(&p->set, pfn[i]);
	}
	EXPECT(t, pfn[0] != pfn[1] && pfn[1] != pfn[2] && pfn[0] != pfn[2]);
	EXPECT_EQ(t, PFN_NONE, mmlab_policy_victim(&p->set));
	EXPECT_EQ(t, 3, p->set.lru.list[LAB_LRU_ISOLATED].nr);
	EXPECT_EQ(t, 0, mmlab_lru_nr(&p->set.lru));
	p->set.key[pfn[1]] = 99;
	mmlab_frame(p->m, pfn[1])->private |= LAB_PG_REFERENCED;
	/* nor do they change when the policy does */
	EXPECT_EQ(t, 0, mmlab_policy_choose(&p->set, mmlab_play_policy(t, "nfu")));
	EXPECT_EQ(t, 3, p->set.lru.list[LAB_LRU_ISOLATED].nr);
	EXPECT_EQ(t, 99, p->set.key[pfn[1]]);
	mmlab_policy_putback(&p->set, pfn[1]);
	EXPECT_EQ(t, 0, p->set.key[pfn[1]]);
	EXPECT_EQ(t, 0, mmlab_frame(p->m, pfn[1])->private & LAB_PG_REFERENCED);
	EXPECT_EQ(t, pfn[1], mmlab_policy_victim(&p->set));
	EXPECT_EQ(t, 0, p->set.verdict.broken);
	mmlab_play_end(p);
}

/* Touches that go on while a victim is looked for: each policy comes to an end. */
static void policy_always_touched(struct test_ctx *t)
{
	const struct mmlab_policy_ops *const *ops;
	struct policy_play *p = mmlab_play_new(t, mmlab_policies[0], 20);
	u32 page;

	if (!p)
		return;
	p->touch = true;
	for (ops = mmlab_policies; *ops; ops++) {
		mmlab_play_again(p, *ops, 20);
		for (page = 0; page < 100; page++)
			mmlab_play_touch(p, page);
		for (page = 0; page < 100; page++)
			mmlab_play_touch(p, page % 30);
		EXPECT_EQ(t, 0, p->set.verdict.broken);
		EXPECT(t, p->set.ops == *ops);
		mmlab_play_sound(p);
		/* all on one list: for a victim, no page is looked at twice */
		mmlab_policy_choose(&p->set, *ops);
		p->nr_asked = 0;
		mmlab_policy_putback(&p->set, mmlab_policy_victim(&p->set));
		EXPECT(t, p->nr_asked <= 20);
	}
	mmlab_play_end(p);
}

/* All inactive pages become active at once: the oldest of those must go. */
static void policy_no_inactive(struct test_ctx *t)
{
	struct policy_play *p = mmlab_play_new(t, &mmlab_policy_two_lists, 3);
	u32 page;

	if (!p)
		return;
	for (page = 0; page < 3; page++)
		mmlab_play_touch(p, page);
	for (page = 0; page < 3; page++)
		mmlab_frame(p->m, p->frame[page])->private |= LAB_PG_REFERENCED;
	mmlab_play_touch(p, 3);
	EXPECT_EQ(t, 0, p->victim);
	EXPECT_EQ(t, 2, p->set.lru.list[LAB_LRU_ACTIVE].nr);
	EXPECT_EQ(t, 0, p->set.verdict.broken);
	mmlab_play_end(p);
}

static bool take_bit(struct lab_policy_set *set, u32 pfn)
{
	u8 *bit = set->private;
	bool was = bit[pfn];

	bit[pfn] = 0;
	return was;
}

/* A page that lost its place on the active list comes back by a single touch. */
static void policy_demoted(struct test_ctx *t)
{
	struct lab_policy_set *set = mmlab_test_alloc(t, sizeof(*set));
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(4), false);
	u32 page[4], i;
	u8 *bits;

	if (!set || !m)
		return;
	mutex_init(&set->lru.lock);
	mutex_lock(&set->lru.lock);
	mmlab_policy_init(set, m, 0, &mmlab_policy_two_lists, take_bit);
	bits = mmlab_test_alloc(t, m->nr_frames);
	set->private = bits;
	for (i = 0; i < 4; i++) {
		page[i] = mmlab_buddy_alloc(m, 0, 0);
		mmlab_frame(m, page[i])->use = USE_USER;
		mmlab_policy_add(set, page[i], 0);
		if (i < 3)	/* more than two thirds: the oldest one has to leave */
			mmlab_lru_move(&set->lru, page[i], LAB_LRU_ACTIVE, true);
	}
	EXPECT_EQ(t, page[3], mmlab_policy_victim(set));
	EXPECT_EQ(t, 1, set->lru.nr_deactivated);
	/* one active page was looked at, and those of the other list don't count */
	EXPECT_EQ(t, 1, set->lru.nr_refill);
	mmlab_policy_putback(set, page[3]);
	EXPECT_EQ(t, LAB_LRU_INACTIVE, mmlab_lru_find(&set->lru, page[0]));
	bits[page[0]] = 1;
	EXPECT_EQ(t, page[3], mmlab_policy_victim(set));
	EXPECT_EQ(t, LAB_LRU_ACTIVE, mmlab_lru_find(&set->lru, page[0]));
	EXPECT_EQ(t, 1, set->lru.nr_refill);
	EXPECT_EQ(t, 0, set->verdict.broken);
	mutex_unlock(&set->lru.lock);
}

/* Calls per victim of a policy, as many victims as an arena has pages. */
static void check_calls(struct test_ctx *t, const char *name, u32 mib, u32 most)
{
	struct lab_policy_set *set = mmlab_test_alloc(t, sizeof(*set));
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(mib), false);
	u32 nr, pfn, i;
	u64 calls;

	if (!set || !m)
		return;
	mutex_init(&set->lru.lock);
	mutex_lock(&set->lru.lock);
	mmlab_policy_init(set, m, 0, &mmlab_policy_two_lists, take_bit);
	set->private = mmlab_test_alloc(t, m->nr_frames);
	mmlab_policy_choose(set, mmlab_play_policy(t, name));
	for (nr = 0; (pfn = mmlab_buddy_alloc(m, 0, 0)) != PFN_NONE; nr++) {
		mmlab_frame(m, pfn)->use = USE_USER;
		mmlab_policy_add(set, pfn, 0);
	}
	calls = set->nr_calls;
	for (i = 0; i < nr; i++) {
		pfn = mmlab_policy_victim(set);
		mmlab_policy_putback(set, pfn);
		/* it is used, and so is one of the others */
		((u8 *)set->private)[pfn] = 1;
		((u8 *)set->private)[1 + test_below(t, nr)] = 1;
	}
	calls = set->nr_calls - calls;
	EXPECT_EQ(t, 0, set->verdict.broken);
	EXPECT(t, calls >= nr);
	EXPECT(t, calls <= (u64)most * nr);
	mutex_unlock(&set->lru.lock);
}

static void policy_cost(struct test_ctx *t)
{
	static const u32 mib[] = { 16, 896 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(mib); i++) {
		check_calls(t, "fifo", mib[i], 1);
		check_calls(t, "clock", mib[i], 8);
		check_calls(t, "two-lists", mib[i], 12);
	}
}

static void policy_names(struct test_ctx *t)
{
	struct mmlab_policy_ops ops = mmlab_policy_two_lists;
	static const struct {
		const char *name;
		int err;
	} names[] = {
		{ NULL, -EINVAL }, { "", -EINVAL }, { "a", 0 }, { "lru-2", 0 },
		{ "azAZ", -EINVAL }, { "0123456789abcde", 0 },
		{ "0123456789abcdef", -EINVAL }, { "a b", -EINVAL },
		{ "a\n", -EINVAL }, { "a/b", -EINVAL }, { "z9-", 0 },
		{ "a{", -EINVAL }, { "a:", -EINVAL },
	};
	const struct mmlab_policy_ops *const *all;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		ops.name = names[i].name;
		EXPECT_EQ(t, names[i].err, mmlab_policy_check(&ops));
	}
	ops.name = "good";
	ops.flags = LAB_POLICY_KEYS;
	EXPECT_EQ(t, 0, mmlab_policy_check(&ops));
	ops.flags = LAB_POLICY_KEYS << 1;
	EXPECT_EQ(t, -EINVAL, mmlab_policy_check(&ops));
	ops.flags = 0;
	ops.victim = NULL;
	EXPECT_EQ(t, -EINVAL, mmlab_policy_check(&ops));
	for (all = mmlab_policies; *all; all++)
		EXPECT_EQ(t, 0, mmlab_policy_check(*all));
	EXPECT_EQ(t, 7, all - mmlab_policies);
	EXPECT(t, mmlab_policies[0] == &mmlab_policy_two_lists);
}

const struct test_case mmlab_test_policy[] = {
	{ "policy_two_lists_random", policy_two_lists_random },
	{ "policy_fifo_random", policy_fifo_random },
	{ "policy_clock_random", policy_clock_random },
	{ "policy_lru_random", policy_lru_random },
	{ "policy_mru_random", policy_mru_random },
	{ "policy_nfu_random", policy_nfu_random },
	{ "policy_random_fair", policy_random_fair },
	{ "policy_change", policy_change },
	{ "policy_isolated", policy_isolated },
	{ "policy_always_touched", policy_always_touched },
	{ "policy_no_inactive", policy_no_inactive },
	{ "policy_demoted", policy_demoted },
	{ "policy_cost", policy_cost },
	{ "policy_names", policy_names },
	{}
};
