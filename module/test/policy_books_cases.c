// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers that textbooks and courses print. They are the judges of the policies
 * and of the oracles alike.
 */
#include "../core/core_internal.h"
#include "books.h"
#include "cases.h"
#include "policy_oracle.h"
#include "policy_play.h"

#define MAX_ROW	24U

static u32 count_paper(struct policy_oracle *o, const char *policy,
		       const u8 *string, u32 nr, u32 nr_frames, u32 *next)
{
	policy_paper paper = mmlab_oracle_policy(policy);
	u32 faults = 0, i;

	mmlab_paper_init(o, nr_frames);
	if (!strcmp(policy, "opt"))
		return mmlab_paper_opt(o, string, nr, next);
	for (i = 0; i < nr; i++)
		faults += mmlab_paper_touch(o, paper, string[i]);
	return faults;
}

static u32 count_faults(struct policy_play *p, const char *policy,
			const u8 *string, u32 nr, u32 nr_frames)
{
	u32 i;

	mmlab_play_again(p, mmlab_play_policy(p->t, policy), nr_frames);
	for (i = 0; i < nr; i++)
		mmlab_play_touch(p, string[i]);
	EXPECT_EQ(p->t, 0, p->set.verdict.broken);
	return p->nr_faults;
}

static void policy_books(struct test_ctx *t)
{
	struct policy_oracle *o = mmlab_test_alloc(t, sizeof(*o));
	struct policy_play *p = mmlab_play_new(t, mmlab_policies[0], 1);
	u32 next[MAX_ROW], i, f;

	if (!o || !p)
		return;
	for (i = 0; i < ARRAY_SIZE(book_rows); i++) {
		const struct book_row *row = &book_rows[i];
		const u8 *string = (const u8 *)row->string;
		u32 nr = (u32)strlen(row->string);

		for (f = 0; row->faults[f]; f++) {
			EXPECT_EQ(t, row->faults[f],
				  count_paper(o, row->policy, string, nr,
					      row->frames + f, next));
			if (strcmp(row->policy, "opt"))
				EXPECT_EQ(t, row->faults[f],
					  count_faults(p, row->policy, string, nr,
						       row->frames + f));
		}
	}
	mmlab_play_end(p);
}

/* ucore prints the sum after each reference from the fourth on. */
static void policy_running_sum(struct test_ctx *t)
{
	static const u32 sums[] = { 4, 4, 4, 4, 5, 5, 6, 7, 8, 9, 10, 11 };
	struct policy_play *p = mmlab_play_new(t, mmlab_play_policy(t, "fifo"), 4);
	u32 i;

	if (!p)
		return;
	for (i = 0; i < 4; i++)
		mmlab_play_touch(p, (u8)UCORE_STRING[i]);
	for (i = 0; i < ARRAY_SIZE(sums); i++) {
		mmlab_play_touch(p, (u8)UCORE_STRING[4 + i]);
		EXPECT_EQ(t, sums[i], p->nr_faults);
	}
	mmlab_play_end(p);
}

/* OSTEP's loop, the worst that can happen to FIFO and LRU. */
static void policy_loop(struct test_ctx *t)
{
	static const struct {
		const char *policy;
		u32 faults[2];	/* with 49 and with 50 frames */
	} loops[] = {
		{ "fifo", { 500, 50 } }, { "lru", { 500, 50 } },
		{ "mru", { 59, 50 } }, { "opt", { 59, 50 } },
	};
	struct policy_oracle *o = mmlab_test_alloc(t, sizeof(*o));
	struct policy_play *p = mmlab_play_new(t, mmlab_policies[0], 1);
	u32 *next = mmlab_test_alloc(t, 500 * sizeof(*next)), i, f;
	u8 *string = mmlab_test_alloc(t, 500);

	if (!o || !p || !next || !string)
		return;
	for (i = 0; i < 500; i++)
		string[i] = i % 50;
	for (i = 0; i < ARRAY_SIZE(loops); i++) {
		for (f = 0; f < 2; f++) {
			EXPECT_EQ(t, loops[i].faults[f],
				  count_paper(o, loops[i].policy, string, 500,
					      49 + f, next));
			if (strcmp(loops[i].policy, "opt"))
				EXPECT_EQ(t, loops[i].faults[f],
					  count_faults(p, loops[i].policy, string,
						       500, 49 + f));
		}
	}
	mmlab_play_end(p);
}

/* Tanenbaum's exercise: the counters of four pages after eight ticks. */
static void policy_aging(struct test_ctx *t)
{
	static const char *const bits[] = {
		"0111", "1011", "1010", "1101", "0010", "1010", "1100", "0001",
	};
	static const u8 counters[] = { 0x6e, 0x49, 0x37, 0x8b };
	struct policy_play *p = mmlab_play_new(t, mmlab_play_policy(t, "nfu"), 4);
	u32 page, tick;

	if (!p)
		return;
	for (page = 0; page < 4; page++)
		mmlab_play_touch(p, page);
	for (page = 0; page < 4; page++)
		p->set.key[p->frame[page]] = 0;
	for (tick = 0; tick < ARRAY_SIZE(bits); tick++) {
		for (page = 0; page < 4; page++)
			p->bit[page] = bits[tick][page] == '1';
		mmlab_policy_tick(&p->set);
	}
	for (page = 0; page < 4; page++)
		EXPECT_EQ(t, counters[page], p->set.key[p->frame[page]]);
	/* the third has the smallest */
	mmlab_play_touch(p, 4);
	EXPECT_EQ(t, 2, p->victim);
	mmlab_play_end(p);
}

/* ---- hit rates ---- */

#define NR_REFS	50000U

static void check_rates(struct test_ctx *t, const struct book_rate *rate, u32 nr,
			bool is_skewed)
{
	struct policy_oracle *o = mmlab_test_alloc(t, sizeof(*o));
	struct policy_play *p = mmlab_play_new(t, mmlab_policies[0], 1);
	u32 *next = mmlab_test_alloc(t, NR_REFS * sizeof(*next)), i, f;
	u8 *string = mmlab_test_alloc(t, NR_REFS);

	if (!o || !p || !next || !string)
		return;
	for (i = 0; i < NR_REFS; i++) {
		if (!is_skewed)
			string[i] = (u8)test_below(t, 100);
		else if (test_below(t, 5))
			string[i] = (u8)test_below(t, 20);
		else
			string[i] = (u8)(20 + test_below(t, 80));
	}
	for (i = 0; i < nr; i++) {
		for (f = 0; f < 4; f++) {
			const char *name = rate[i].policy;
			u32 frames = 20 + 20 * f, faults, hits;

			if (strcmp(name, "opt"))
				faults = count_faults(p, name, string, NR_REFS, frames);
			else
				faults = count_paper(o, name, string, NR_REFS, frames,
						     next);
			hits = (NR_REFS - faults) / (NR_REFS / 1000);
			EXPECT(t, hits + 10 >= rate[i].hits[f]);
			EXPECT(t, hits <= rate[i].hits[f] + 10);
			test_note(t, faults);
		}
		mmlab_test_env_relax();
	}
	mmlab_play_end(p);
}

static void policy_uniform(struct test_ctx *t)
{
	check_rates(t, book_uniform, ARRAY_SIZE(book_uniform), false);
}

static void policy_skewed(struct test_ctx *t)
{
	check_rates(t, book_skewed, ARRAY_SIZE(book_skewed), true);
}

/* ---- more frames ---- */

#define NR_SETS		8U
#define STRING_LEN	60U

/**
 * struct stack - Mattson's stack (1970): pages, the one touched last first
 * @nr: pages
 * @page: those
 * @depth: by depth: references that found their page there; beyond: cold ones
 */
struct stack {
	u32 nr;
	u8 page[NR_SETS + 2];
	u32 depth[NR_SETS + 3];
};

static void stack_touch(struct stack *s, u8 page)
{
	u32 i = 0;

	while (i < s->nr && s->page[i] != page)
		i++;
	s->depth[i < s->nr ? i : NR_SETS + 2]++;
	if (i == s->nr)
		s->nr++;
	memmove(s->page + 1, s->page, i);
	s->page[0] = page;
}

/* Faults with @nr_frames: what is deeper than that, and cold ones. */
static u32 stack_faults(const struct stack *s, u32 nr_frames)
{
	u32 faults = 0, i;

	for (i = nr_frames; i < ARRAY_SIZE(s->depth); i++)
		faults += s->depth[i];
	return faults;
}

/**
 * struct sets - memories of 1 to NR_SETS frames
 * @p: LRU
 * @o: OPT, on paper
 * @stack: LRU of any size
 */
struct sets {
	struct policy_play *p[NR_SETS];
	struct policy_oracle o[NR_SETS];
	struct stack stack;
};

/* A page that is there with so many frames is there with one more. */
static void check_inclusion(struct test_ctx *t, struct sets *s, u32 page)
{
	u32 f;

	for (f = 1; f < NR_SETS; f++) {
		if (s->p[f - 1]->frame[page] != PFN_NONE)
			EXPECT(t, s->p[f]->frame[page] != PFN_NONE);
		if (mmlab_paper_has(&s->o[f - 1], page))
			EXPECT(t, mmlab_paper_has(&s->o[f], page));
	}
}

static void play_sets(struct test_ctx *t, struct sets *s, u32 nr_pages)
{
	u32 next[STRING_LEN], i, f;
	u8 string[STRING_LEN];

	memset(&s->stack, 0, sizeof(s->stack));
	for (f = 0; f < NR_SETS; f++) {
		mmlab_play_again(s->p[f], mmlab_play_policy(t, "lru"), f + 1);
		mmlab_paper_init(&s->o[f], f + 1);
	}
	for (i = 0; i < STRING_LEN; i++)
		string[i] = (u8)test_below(t, nr_pages);
	mmlab_paper_future(string, STRING_LEN, next);
	for (i = 0; i < STRING_LEN; i++) {
		stack_touch(&s->stack, string[i]);
		for (f = 0; f < NR_SETS; f++) {
			mmlab_play_touch(s->p[f], string[i]);
			mmlab_paper_touch(&s->o[f], mmlab_oracle_policy("opt"),
					  string[i]);
			s->o[f].wanted[string[i]] = next[i];
		}
		for (f = 0; f < nr_pages; f++)
			check_inclusion(t, s, f);
	}
	for (f = 0; f < NR_SETS; f++)
		EXPECT_EQ(t, stack_faults(&s->stack, f + 1), s->p[f]->nr_faults);
}

/* So the faults of LRU and OPT never grow; one pass has all of LRU's. */
static void policy_inclusion(struct test_ctx *t)
{
	struct sets *s = mmlab_test_alloc(t, sizeof(*s));
	u32 round, f;

	if (!s)
		return;
	for (f = 0; f < NR_SETS; f++) {
		s->p[f] = mmlab_play_new(t, mmlab_policies[0], 1);
		if (!s->p[f])
			return;
	}
	for (round = 0; round < t->ops / 20000 + 2 && !t->nr_failures; round++)
		play_sets(t, s, 3 + test_below(t, NR_SETS));
	for (f = 0; f < NR_SETS; f++)
		mmlab_play_end(s->p[f]);
}

/* FIFO can fault more with more frames, and never less than OPT. */
static void policy_anomaly(struct test_ctx *t)
{
	struct policy_oracle *o = mmlab_test_alloc(t, sizeof(*o));
	struct policy_play *p = mmlab_play_new(t, mmlab_policies[0], 1);
	u32 next[STRING_LEN], round, i, nr_anomalies = 0, page = 0;
	u8 string[STRING_LEN];

	if (!o || !p)
		return;
	for (round = 0; round < 1000; round++) {
		u32 more;

		/* round and round, with a step aside now and then */
		for (i = 0; i < STRING_LEN; i++) {
			page = test_below(t, 5) ? (page + 1) % 5 : test_below(t, 5);
			string[i] = (u8)page;
		}
		more = count_faults(p, "fifo", string, STRING_LEN, 4);
		EXPECT(t, more >= count_paper(o, "opt", string, STRING_LEN, 4, next));
		nr_anomalies += more > count_faults(p, "fifo", string, STRING_LEN, 3);
	}
	EXPECT(t, nr_anomalies > 0);
	test_note(t, nr_anomalies);
	mmlab_play_end(p);
}

const struct test_case mmlab_test_policy_books[] = {
	{ "policy_books", policy_books },
	{ "policy_running_sum", policy_running_sum },
	{ "policy_loop", policy_loop },
	{ "policy_aging", policy_aging },
	{ "policy_uniform", policy_uniform },
	{ "policy_skewed", policy_skewed },
	{ "policy_inclusion", policy_inclusion },
	{ "policy_anomaly", policy_anomaly },
	{}
};
