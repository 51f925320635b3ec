// SPDX-License-Identifier: GPL-2.0
/*
 * Policies that are wrong, each in its own way, and one that does anything at
 * all: no page is lost, the default takes over, and it is said why.
 */
#include "../core/core_internal.h"
#include "cases.h"
#include "policy_play.h"

static u32 one_more_than_there_are(struct lab_policy_set *set)
{
	return set->lru.m->nr_frames;
}

static u32 the_kernels_frame(struct lab_policy_set *set)
{
	return 0;
}

static u32 nothing(struct lab_policy_set *set)
{
	return PFN_NONE;
}

static u32 another_frame(struct lab_policy_set *set)
{
	/* of no page that the lists have */
	return (u32)set->seed;
}

static u32 what_is_chosen_already(struct lab_policy_set *set)
{
	u32 chosen = set->lru.list[LAB_LRU_ISOLATED].newest;

	return chosen != PFN_NONE ? chosen :
	       mmlab_policy_oldest(set, LAB_LRU_INACTIVE);
}

/* A loop that would never end, as the oldest page is always another one. */
static u32 round_and_round(struct lab_policy_set *set)
{
	u32 pfn, last = PFN_NONE;

	while ((pfn = mmlab_policy_oldest(set, LAB_LRU_INACTIVE)) != PFN_NONE) {
		mmlab_policy_move(set, pfn, LAB_LRU_INACTIVE, true);
		last = pfn;
	}
	return last;
}

/* The same to and fro between two pages. */
static u32 to_and_fro(struct lab_policy_set *set)
{
	u32 pfn = mmlab_policy_oldest(set, LAB_LRU_INACTIVE), next;

	while ((next = mmlab_policy_newer(set, pfn)) != PFN_NONE &&
	       (next = mmlab_policy_older(set, next)) != PFN_NONE)
		pfn = next;
	return pfn;
}

static u32 good_victim(struct lab_policy_set *set)
{
	return mmlab_policy_oldest(set, LAB_LRU_INACTIVE);
}

static int not_ready(struct lab_policy_set *set)
{
	return -ENOMEM;
}

static int init_of_others(struct lab_policy_set *set)
{
	mmlab_policy_set_key(set, 0, 1);
	return 0;
}

static void hide_it(struct lab_policy_set *set, u32 pfn)
{
	mmlab_policy_move(set, pfn, LAB_LRU_ISOLATED, true);
}

static void drop_it(struct lab_policy_set *set, u32 pfn)
{
	mmlab_policy_move(set, pfn, LAB_LRU_NONE, false);
}

static void beyond_all_lists(struct lab_policy_set *set, u32 pfn)
{
	mmlab_policy_move(set, pfn, NR_LAB_LRU_LISTS, true);
}

static void move_another(struct lab_policy_set *set, u32 pfn)
{
	mmlab_policy_move(set, (u32)set->seed, LAB_LRU_ACTIVE, true);
}

static void look_at_another(struct lab_policy_set *set, u32 pfn)
{
	mmlab_policy_young(set, set->lru.m->nr_frames);
}

static void mark_another(struct lab_policy_set *set, u32 pfn)
{
	mmlab_policy_referenced(set, 0, true);
}

static void key_of_another(struct lab_policy_set *set, u32 pfn)
{
	mmlab_policy_key(set, PFN_NONE);
}

static void endless(struct lab_policy_set *set)
{
	round_and_round(set);
}

#define NAMES_OTHERS	"a policy names pages of its set"
#define TOO_MANY	"a policy makes at most so many steps"
#define OTHER_LISTS	"a policy moves pages between its two lists"

/**
 * struct wrong - a policy, and which rule it breaks
 * @ops: table; its name says what it does
 * @rule: as in lab_policy_set.verdict, like the next two
 * @want: what should have been
 * @got: what was
 */
struct wrong {
	struct mmlab_policy_ops ops;
	const char *rule;
	u64 want;
	u64 got;
};

static const struct wrong wrongs[] = {
	{ { .name = "beyond", .victim = one_more_than_there_are },
	  "a victim is a page of the set", 1, 0 },
	{ { .name = "kernels", .victim = the_kernels_frame },
	  "a victim is a page of the set", 1, 0 },
	{ { .name = "anothers", .victim = another_frame },
	  "a victim is a page of the set", 1, 0 },
	{ { .name = "none", .victim = nothing },
	  "a policy has a victim as long as it has pages", 0, 5 },
	{ { .name = "twice", .victim = what_is_chosen_already },
	  "a page is not chosen twice", 1, 2 },
	{ { .name = "round", .victim = round_and_round }, TOO_MANY, 104, 105 },
	{ { .name = "to-and-fro", .victim = to_and_fro }, TOO_MANY, 104, 105 },
	{ { .name = "tick", .victim = good_victim, .tick = endless }, TOO_MANY, 72, 73 },
	{ { .name = "not-ready", .victim = good_victim, .init = not_ready },
	  "a policy is ready when it takes charge", 0, ENOMEM },
	{ { .name = "init", .victim = good_victim, .init = init_of_others },
	  NAMES_OTHERS, 1, 0 },
	{ { .name = "hide", .victim = good_victim, .added = hide_it }, OTHER_LISTS, 1, 0 },
	{ { .name = "drop", .victim = good_victim, .removed = drop_it },
	  OTHER_LISTS, 1, 0 },
	{ { .name = "no-list", .victim = good_victim, .added = beyond_all_lists },
	  OTHER_LISTS, 1, 0 },
	{ { .name = "move", .victim = good_victim, .accessed = move_another },
	  NAMES_OTHERS, 1, 0 },
	{ { .name = "look", .victim = good_victim, .added = look_at_another },
	  NAMES_OTHERS, 1, 0 },
	{ { .name = "a-name-of-15-ch", .victim = good_victim,
	    .removed = mark_another }, NAMES_OTHERS, 1, 0 },
	{ { .name = "key", .victim = good_victim, .accessed = key_of_another },
	  NAMES_OTHERS, 1, 0 },
};

/* A string with faults and hits, and two victims at a time. */
static void play_wrong(struct policy_play *p, const struct wrong *w)
{
	u32 pfn[2], i;

	mmlab_play_again(p, &w->ops, 5);
	for (i = 0; i < 5; i++)
		mmlab_play_touch(p, i);
	mmlab_play_touch(p, 3);
	for (i = 0; i < 2; i++) {
		pfn[i] = mmlab_policy_victim(&p->set);
		EXPECT(p->t, mmlab_play_page(p, pfn[i]) < 5);
	}
	EXPECT(p->t, pfn[0] != pfn[1]);
	for (i = 0; i < 2; i++)
		mmlab_policy_putback(&p->set, pfn[i]);
	for (i = 0; i < 20; i++)
		mmlab_play_touch(p, i % 7);
	mmlab_play_sound(p);
}

static void policy_wrong(struct test_ctx *t)
{
	struct policy_play *p = mmlab_play_new(t, mmlab_policies[0], 5);
	u32 i;

	if (!p)
		return;
	/* a user page that is on no list */
	p->set.seed = mmlab_test_user_page(t, p->m, PLAY_OWNER);
	for (i = 0; i < ARRAY_SIZE(wrongs); i++) {
		const struct wrong *w = &wrongs[i];

		play_wrong(p, w);
		EXPECT(t, p->set.ops == &mmlab_policy_two_lists);
		EXPECT_EQ(t, 0, strcmp(p->set.dismissed, w->ops.name));
		EXPECT_EQ(t, 0, mmlab_policy_check(&w->ops));
		mmlab_test_broken(t, &p->set.verdict, i, w->rule, p->set.verdict.where,
				  w->want, w->got);
		test_note(t, p->set.verdict.broken);
	}
	/* a good one after them has nothing to answer for */
	mmlab_play_again(p, mmlab_play_policy(t, "fifo"), 5);
	EXPECT(t, !p->set.verdict.rule);
	EXPECT_EQ(t, 0, p->set.dismissed[0]);
	mmlab_play_end(p);
}

/* What went wrong, with its numbers; the oldest page goes instead. */
static void policy_verdict(struct test_ctx *t)
{
	static const struct mmlab_policy_ops refuses = {
		.name = "refuses", .victim = good_victim, .init = not_ready,
	};
	static const struct mmlab_policy_ops beyond = {
		.name = "beyond", .victim = one_more_than_there_are,
	};
	struct policy_play *p = mmlab_play_new(t, &refuses, 4);
	u32 page;

	if (!p)
		return;
	EXPECT_EQ(t, ENOMEM, p->set.verdict.got);
	EXPECT_EQ(t, 0, p->set.verdict.want);
	EXPECT_EQ(t, 1, p->set.verdict.broken);
	EXPECT_EQ(t, 0, strcmp(p->set.dismissed, "refuses"));
	mmlab_play_again(p, &beyond, 4);
	EXPECT_EQ(t, 0, p->set.verdict.broken);
	for (page = 0; page < 5; page++)
		mmlab_play_touch(p, page);
	EXPECT_EQ(t, 0, p->victim);
	EXPECT_EQ(t, p->m->nr_frames, p->set.verdict.where);
	EXPECT_EQ(t, 1, p->set.verdict.broken);
	EXPECT(t, p->set.ops == &mmlab_policy_two_lists);
	mmlab_play_end(p);
}

static u32 all_steps(struct lab_policy_set *set)
{
	u32 left = mmlab_policy_max_steps(set) - (u32)set->state[0];

	while (left--)
		mmlab_policy_nr(set, LAB_LRU_ACTIVE);
	return set->lru.list[LAB_LRU_INACTIVE].newest;
}

static void one_step(struct lab_policy_set *set, u32 pfn)
{
	mmlab_policy_nr(set, LAB_LRU_INACTIVE);
}

/* To the last step, it is right; and each operation has all of them. */
static void policy_steps(struct test_ctx *t)
{
	static const struct mmlab_policy_ops counts = {
		.name = "counts", .victim = all_steps, .removed = one_step,
	};
	struct policy_play *p = mmlab_play_new(t, &counts, 4);
	u32 i;

	if (!p)
		return;
	for (i = 0; i < 20; i++)
		mmlab_play_touch(p, i);
	EXPECT_EQ(t, 0, p->set.verdict.broken);
	p->set.state[0] = (u64)-1;
	mmlab_play_touch(p, i);
	EXPECT_EQ(t, 1, p->set.verdict.broken);
	EXPECT_EQ(t, mmlab_policy_max_steps(&p->set), p->set.verdict.want);
	mmlab_play_end(p);
}

static int keep_a_key(struct lab_policy_set *set)
{
	u32 pfn = mmlab_policy_newest(set, LAB_LRU_INACTIVE);

	set->key[pfn] = 7;
	mmlab_policy_set_key(set, pfn, 5);
	set->state[0] = mmlab_policy_key(set, pfn);
	set->state[1] = mmlab_policy_newest(set, LAB_LRU_ISOLATED);
	set->state[2] = mmlab_policy_oldest(set, LAB_LRU_ISOLATED);
	set->state[3] = mmlab_policy_nr(set, NR_LAB_LRU_LISTS);
	return 0;
}

/* Without keys there are none, and lists that aren't the policy's look empty. */
static void policy_without_keys(struct test_ctx *t)
{
	static const struct mmlab_policy_ops keeps[] = {
		{ .name = "keeps", .victim = good_victim, .init = keep_a_key },
		{ .name = "keeps-keys", .victim = good_victim, .init = keep_a_key,
		  .flags = LAB_POLICY_KEYS },
	};
	struct policy_play *p = mmlab_play_new(t, mmlab_policies[0], 4);
	u32 i;

	if (!p)
		return;
	for (i = 0; i < 4; i++)
		mmlab_play_touch(p, i);
	mmlab_policy_victim(&p->set);
	for (i = 0; i < 2; i++) {
		mmlab_policy_choose(&p->set, &keeps[i]);
		EXPECT_EQ(t, i ? 5 : 0, p->set.state[0]);
		EXPECT_EQ(t, i ? 5 : 7,
			  p->set.key[p->set.lru.list[LAB_LRU_INACTIVE].newest]);
		EXPECT_EQ(t, PFN_NONE, p->set.state[1]);
		EXPECT_EQ(t, PFN_NONE, p->set.state[2]);
		EXPECT_EQ(t, 0, p->set.state[3]);
		EXPECT_EQ(t, 0, p->set.verdict.broken);
	}
	mmlab_play_end(p);
}

static void count_added(struct lab_policy_set *set, u32 pfn)
{
	set->state[0]++;
}

static void count_accessed(struct lab_policy_set *set, u32 pfn)
{
	set->state[1]++;
}

static void count_removed(struct lab_policy_set *set, u32 pfn)
{
	set->state[2]++;
}

static void count_ticks(struct lab_policy_set *set)
{
	set->state[3]++;
}

static void check_told(struct policy_play *p, u64 added, u64 accessed, u64 removed,
		       u64 ticks)
{
	EXPECT_EQ(p->t, added, p->set.state[0]);
	EXPECT_EQ(p->t, accessed, p->set.state[1]);
	EXPECT_EQ(p->t, removed, p->set.state[2]);
	EXPECT_EQ(p->t, ticks, p->set.state[3]);
}

/* A policy is told of each page that comes and goes, once. */
static void policy_told(struct test_ctx *t)
{
	static const struct mmlab_policy_ops counts = {
		.name = "counts", .victim = good_victim, .added = count_added,
		.accessed = count_accessed, .removed = count_removed,
		.tick = count_ticks,
	};
	struct policy_play *p = mmlab_play_new(t, &counts, 3);
	u32 pfn;

	if (!p)
		return;
	mmlab_play_touch(p, 0);
	mmlab_play_touch(p, 1);
	mmlab_play_touch(p, 0);
	check_told(p, 2, 1, 0, 3);
	mmlab_play_free(p, 0);
	check_told(p, 2, 1, 1, 3);
	pfn = mmlab_policy_victim(&p->set);
	check_told(p, 2, 1, 2, 3);
	mmlab_policy_access(&p->set, pfn);
	check_told(p, 2, 1, 2, 3);
	mmlab_policy_putback(&p->set, pfn);
	check_told(p, 3, 1, 2, 3);
	pfn = mmlab_policy_victim(&p->set);
	mmlab_play_free(p, mmlab_play_page(p, pfn));
	check_told(p, 3, 1, 3, 3);
	mmlab_play_end(p);
}

/* ---- a policy that leaves ---- */

static u32 nr_exits, pages_at_exit;
static bool young_at_exit;

/* Its pages are all there, and what it does wrong has no consequence any more. */
static void count_exits(struct lab_policy_set *set)
{
	nr_exits++;
	pages_at_exit = mmlab_policy_nr(set, LAB_LRU_INACTIVE) +
			mmlab_policy_nr(set, LAB_LRU_ACTIVE) +
			(u32)*mmlab_policy_state(set);
	young_at_exit = mmlab_policy_young(set, mmlab_policy_newest(set, LAB_LRU_INACTIVE));
	mmlab_policy_young(set, set->lru.m->nr_frames);
	endless(set);
}

static int note_state(struct lab_policy_set *set)
{
	*mmlab_policy_state(set) = 100;
	mmlab_policy_nr(set, LAB_LRU_INACTIVE);
	return 0;
}

static void check_left(struct test_ctx *t, struct policy_play *p, u32 exits)
{
	EXPECT_EQ(t, exits, nr_exits);
	EXPECT_EQ(t, mmlab_lru_nr(&p->set.lru) + 100, pages_at_exit);
	EXPECT(t, !young_at_exit);
	EXPECT(t, p->set.ops == &mmlab_policy_two_lists);
	EXPECT(t, !p->set.is_wrong);
	EXPECT_EQ(t, 0, p->set.state[0]);
	mmlab_play_sound(p);
}

static void policy_leaves(struct test_ctx *t)
{
	static const struct mmlab_policy_ops leaves = {
		.name = "leaves", .victim = good_victim, .init = note_state,
		.exit = count_exits,
	};
	static const struct mmlab_policy_ops breaks = {
		.name = "breaks", .victim = nothing, .init = note_state,
		.exit = count_exits,
	};
	static const struct mmlab_policy_ops refuses = {
		.name = "refuses", .victim = good_victim, .init = not_ready,
		.exit = count_exits,
	};
	struct policy_play *p = mmlab_play_new(t, &leaves, 4);
	struct lab_dismissal d;
	u32 page;

	if (!p)
		return;
	nr_exits = 0;
	for (page = 0; page < 4; page++)
		mmlab_play_touch(p, page);
	EXPECT(t, !mmlab_policy_leave(&p->set, &breaks));
	EXPECT(t, p->set.ops == &leaves);
	EXPECT(t, mmlab_policy_leave(&p->set, &leaves));
	check_left(t, p, 1);
	EXPECT(t, !mmlab_policy_leave(&p->set, &leaves));
	EXPECT(t, !mmlab_policy_dismissal(&p->set, &d));

	/* also in its own favour, and then with all steps that it may make */
	mmlab_policy_choose(&p->set, &leaves);
	mmlab_policy_choose(&p->set, &leaves);
	EXPECT(t, p->set.ops == &leaves);
	mmlab_policy_choose(&p->set, &mmlab_policy_two_lists);
	check_left(t, p, 3);

	mmlab_policy_choose(&p->set, &breaks);
	EXPECT(t, !mmlab_policy_dismissal(&p->set, &d));
	mmlab_policy_putback(&p->set, mmlab_policy_victim(&p->set));
	check_left(t, p, 4);
	EXPECT(t, mmlab_policy_dismissal(&p->set, &d));
	EXPECT_EQ(t, 0, strcmp(d.name, "breaks"));
	EXPECT_EQ(t, 0, strcmp(d.verdict.rule,
			       "a policy has a victim as long as it has pages"));
	/* it is said once */
	EXPECT(t, !mmlab_policy_dismissal(&p->set, &d));

	mmlab_policy_choose(&p->set, &refuses);
	EXPECT_EQ(t, 4, nr_exits);
	EXPECT(t, mmlab_policy_dismissal(&p->set, &d));
	EXPECT_EQ(t, 0, strcmp(d.name, "refuses"));
	mmlab_play_end(p);
}

/* ---- anything at all ---- */

static struct test_ctx *thrower;

/* A page that is there, most of the time. */
static u32 any_frame(struct lab_policy_set *set)
{
	struct policy_play *p = set->private;

	if (!test_below(thrower, 30))
		return test_below(thrower, set->lru.m->nr_frames + 2);
	return p->frame[test_below(thrower, 24)];
}

static u32 any_list(void)
{
	return test_below(thrower, 8) ? 1 + test_below(thrower, 2) :
					test_below(thrower, NR_LAB_LRU_LISTS + 1);
}

static bool is_of_policy(u32 list)
{
	return list == LAB_LRU_INACTIVE || list == LAB_LRU_ACTIVE;
}

/* Calls about a list; the answer is what the list has, as long as there are steps. */
static u32 ask_about_list(struct lab_policy_set *set, u32 kind, bool may)
{
	u32 list = any_list(), got;
	const struct lab_lru_list *l = may && is_of_policy(list) ? &set->lru.list[list] : NULL;

	switch (kind) {
	case 0:
		got = mmlab_policy_oldest(set, list);
		EXPECT_EQ(thrower, l ? l->oldest : PFN_NONE, got);
		return got;
	case 1:
		got = mmlab_policy_newest(set, list);
		EXPECT_EQ(thrower, l ? l->newest : PFN_NONE, got);
		return got;
	default:
		got = mmlab_policy_nr(set, list);
		EXPECT_EQ(thrower, l ? l->nr : 0, got);
		return got;
	}
}

/* Moves a page, if it is one of the policy's and so is the list; else nothing moves. */
static void move_any(struct lab_policy_set *set, u32 pfn, bool may)
{
	u32 list = any_list(), before = mmlab_lru_find(&set->lru, pfn);
	bool newest = test_below(thrower, 2), moves = may && is_of_policy(list);
	const struct lab_lru_list *l = moves ? &set->lru.list[list] : NULL;

	mmlab_policy_move(set, pfn, list, newest);
	EXPECT_EQ(thrower, moves ? list : before, mmlab_lru_find(&set->lru, pfn));
	if (moves)
		EXPECT_EQ(thrower, pfn, newest ? l->newest : l->oldest);
}

/* Calls about a page; without steps, or if it is no page of the policy, nothing is told. */
static u32 ask_about_page(struct lab_policy_set *set, u32 kind, bool may)
{
	struct policy_play *p = set->private;
	u32 pfn = any_frame(set), page = mmlab_play_page(p, pfn), got;
	const struct lab_frame *frame;
	u64 key = test_below(thrower, 99), before;
	bool bit, value = test_below(thrower, 2);

	may = may && is_of_policy(mmlab_lru_find(&set->lru, pfn));
	if (kind >= 9) {
		move_any(set, pfn, may);
		return 0;
	}
	frame = may ? mmlab_frame(p->m, pfn) : NULL;
	switch (kind) {
	case 3:
		got = mmlab_policy_newer(set, pfn);
		EXPECT_EQ(thrower, may ? frame->prev : PFN_NONE, got);
		return got;
	case 4:
		got = mmlab_policy_older(set, pfn);
		EXPECT_EQ(thrower, may ? frame->next : PFN_NONE, got);
		return got;
	case 5:
		bit = may && set->is_ready && p->bit[page];
		EXPECT_EQ(thrower, bit, mmlab_policy_young(set, pfn));
		return bit;
	case 6:
		bit = may && frame->private & LAB_PG_REFERENCED;
		EXPECT_EQ(thrower, bit, mmlab_policy_referenced(set, pfn, value));
		if (may)
			EXPECT_EQ(thrower, value, !!(frame->private & LAB_PG_REFERENCED));
		return bit;
	case 7:
		EXPECT_EQ(thrower, may ? set->key[pfn] : 0, mmlab_policy_key(set, pfn));
		return pfn;
	default:
		before = pfn < p->m->nr_frames ? set->key[pfn] : 0;
		mmlab_policy_set_key(set, pfn, key);
		if (pfn < p->m->nr_frames)
			EXPECT_EQ(thrower, may ? key : before, set->key[pfn]);
		return (u32)key;
	}
}

/* Each of the calls, with its answer and its step. */
static u32 any_call(struct lab_policy_set *set)
{
	u32 kind = test_below(thrower, 11), nr_steps = set->nr_steps, got;
	bool may = nr_steps < mmlab_policy_max_steps(set);
	u64 nr_calls = set->nr_calls;

	got = kind < 3 ? ask_about_list(set, kind, may) : ask_about_page(set, kind, may);
	EXPECT_EQ(thrower, nr_steps + may, set->nr_steps);
	EXPECT_EQ(thrower, nr_calls + may, set->nr_calls);
	return got;
}

static u32 any_calls(struct lab_policy_set *set)
{
	u32 left = test_below(thrower, 200) ? test_below(thrower, 4) :
		   2 * mmlab_policy_max_steps(set), last = any_frame(set);

	while (left--)
		last = any_call(set);
	return last;
}

static u32 any_victim(struct lab_policy_set *set)
{
	u32 last = any_calls(set);

	return test_below(thrower, 4) ? any_frame(set) : last;
}

static int any_init(struct lab_policy_set *set)
{
	any_calls(set);
	return test_below(thrower, 4) ? 0 : -EIO;
}

static void any_about(struct lab_policy_set *set, u32 pfn)
{
	any_calls(set);
}

static void any_tick(struct lab_policy_set *set)
{
	any_calls(set);
}

/* After each step all pages are there, and the policy in charge is right so far. */
static void policy_anything(struct test_ctx *t)
{
	static const struct mmlab_policy_ops anything = {
		.name = "anything", .flags = LAB_POLICY_KEYS, .init = any_init,
		.added = any_about, .accessed = any_about, .removed = any_about,
		.victim = any_victim, .tick = any_tick, .exit = any_tick,
	};
	struct policy_play *p = mmlab_play_new(t, mmlab_policies[0], 16);
	u32 op, nr_dismissed = 0;

	if (!p)
		return;
	thrower = t;
	mmlab_policy_choose(&p->set, &anything);
	for (op = 0; op < t->ops / 20 && !t->nr_failures; op++) {
		u32 page = test_below(t, 24);

		if (p->set.ops != &anything && !test_below(t, 3))
			mmlab_policy_choose(&p->set, &anything);
		if (test_below(t, 16))
			mmlab_play_touch(p, page);
		else
			mmlab_play_free(p, page);
		EXPECT_EQ(t, p->set.ops == &anything, !p->set.dismissed[0]);
		EXPECT_EQ(t, !p->set.verdict.broken, !p->set.dismissed[0]);
		EXPECT(t, !p->set.is_wrong);
		nr_dismissed += p->set.dismissed[0] != 0;
		mmlab_play_sound(p);
		test_note(t, (u64)p->victim << 32 | p->set.verdict.broken);
		if (op % 1024 == 1023)
			mmlab_test_env_relax();
	}
	/* a short sequence may be a good policy's */
	EXPECT(t, nr_dismissed > 0 || t->ops < 10000);
	mmlab_play_end(p);
}

const struct test_case mmlab_test_policy_wrong[] = {
	{ "policy_wrong", policy_wrong },
	{ "policy_verdict", policy_verdict },
	{ "policy_steps", policy_steps },
	{ "policy_without_keys", policy_without_keys },
	{ "policy_told", policy_told },
	{ "policy_leaves", policy_leaves },
	{ "policy_anything", policy_anything },
	{}
};
