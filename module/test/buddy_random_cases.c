// SPDX-License-Identifier: GPL-2.0
/*
 * Random sequences on the buddy allocator, every step held against the oracle.
 */
#include "../core/core_internal.h"
#include "../core/buddy.h"
#include "buddy_oracle.h"
#include "cases.h"

#define BULK_MAX	40U

struct live_block {
	u32 pfn;
	u8 order;
	u8 state;	/* FRAME_USED, or FRAME_PCP if it came in bulk */
};

/**
 * struct churn - a random sequence
 * @t: case
 * @m: machine
 * @oracle: what is free
 * @live: blocks that are in use
 * @nr_live: of those
 * @events: what the allocator told of its steps; NULL where it tells nothing
 * @told: by frame: 1 more than the order of the block that begins there, or 0. It follows
 *	from the events alone
 */
struct churn {
	struct test_ctx *t;
	struct lab_machine *m;
	struct buddy_oracle oracle;
	struct live_block *live;
	u32 nr_live;
	struct test_events *events;
	u8 *told;
};

/* ---- what the allocator tells ---- */

static u8 block_at(const struct churn *c, u32 pfn)
{
	const struct lab_frame *frame = mmlab_frame(c->m, pfn);

	return frame->state == FRAME_TAIL ? 0 : frame->order + 1;
}

static bool listen(struct churn *c)
{
	u32 pfn;

	c->events = mmlab_test_alloc(c->t, sizeof(*c->events));
	c->told = mmlab_test_alloc(c->t, c->m->nr_frames);
	if (!c->events || !c->told)
		return false;
	for (pfn = 0; pfn < c->m->nr_frames; pfn++)
		c->told[pfn] = block_at(c, pfn);
	if (!mmlab_test_env_record(c->events))
		c->events = NULL;
	return true;
}

/* A block becomes its halves, of @order, or two blocks become one of @order. */
static bool follow(struct churn *c, const struct test_event *e)
{
	u8 half = e->merge ? e->order : e->order + 1, whole = half + 1;
	u32 nr = c->m->nr_frames;

	if (!half || e->pfn >= nr || e->buddy >= nr || e->buddy != e->pfn + (1U << (half - 1)))
		return false;
	if (c->told[e->pfn] != (e->merge ? half : whole) ||
	    c->told[e->buddy] != (e->merge ? half : 0))
		return false;
	c->told[e->pfn] = e->merge ? whole : half;
	c->told[e->buddy] = e->merge ? 0 : half;
	return true;
}

static void follow_all(struct churn *c)
{
	struct test_events *events = c->events;
	u32 i;

	if (!events)
		return;
	for (i = 0; i < events->nr; i++) {
		const struct test_event *e = &events->event[i];

		if (i == ARRAY_SIZE(events->event) || !follow(c, e)) {
			mmlab_test_fail(c->t, __FILE__, __LINE__,
					e->merge ? "a merge that was" : "a split that was",
					e->order, e->pfn);
			break;
		}
	}
	events->nr = 0;
}

/* All blocks are those of which the allocator told. */
static void compare_told(struct churn *c)
{
	u32 pfn;

	if (!c->events)
		return;
	for (pfn = 0; pfn < c->m->nr_frames; pfn++) {
		if (c->told[pfn] == block_at(c, pfn))
			continue;
		mmlab_test_fail(c->t, __FILE__, __LINE__, "the block that was told",
				c->told[pfn], block_at(c, pfn));
		return;
	}
}

/* ---- steps ---- */

static void add_live(struct churn *c, u32 pfn, unsigned int order, u8 state)
{
	c->live[c->nr_live].pfn = pfn;
	c->live[c->nr_live].order = (u8)order;
	c->live[c->nr_live].state = state;
	c->nr_live++;
}

static struct live_block del_live(struct churn *c, u32 i)
{
	struct live_block block = c->live[i];

	c->live[i] = c->live[--c->nr_live];
	return block;
}

/* Small ones mostly, so that the arena gets into pieces. */
static unsigned int random_order(struct churn *c)
{
	u32 dice = test_below(c->t, 100);

	if (dice < 55)
		return 0;
	return dice < 90 ? test_below(c->t, 5) : test_below(c->t, LAB_NR_ORDERS);
}

static void step_alloc(struct churn *c)
{
	unsigned int order = random_order(c);
	lab_gfp_t flags = test_below(c->t, 8) ? 0 : LAB_GFP_DMA;
	unsigned int best[NR_LAB_ZONES];
	bool exact = !test_below(c->t, 32);
	u32 pfn, zone;

	if (!test_below(c->t, 8))
		flags |= LAB_GFP_RESERVE;
	for (zone = 0; exact && zone < NR_LAB_ZONES; zone++)
		best[zone] = mmlab_oracle_best_fit(&c->oracle, zone, order);
	pfn = mmlab_buddy_alloc(c->m, order, flags);
	test_note(c->t, pfn);
	if (exact && pfn != PFN_NONE)
		EXPECT_EQ(c->t, best[mmlab_frame_zone(c->m, pfn)],
			  mmlab_oracle_order(&c->oracle, pfn));
	mmlab_oracle_alloc(&c->oracle, order, flags, pfn);
	if (pfn == PFN_NONE)
		return;
	EXPECT_EQ(c->t, FRAME_USED, mmlab_frame(c->m, pfn)->state);
	EXPECT_EQ(c->t, USE_NONE, mmlab_frame(c->m, pfn)->use);
	mmlab_frame(c->m, pfn)->use = USE_BLOCK;
	add_live(c, pfn, order, FRAME_USED);
}

static void step_free(struct churn *c)
{
	struct live_block block;
	struct lab_frame *frame;

	if (!c->nr_live)
		return;
	block = del_live(c, test_below(c->t, c->nr_live));
	frame = mmlab_frame(c->m, block.pfn);
	EXPECT_EQ(c->t, block.state, frame->state);
	EXPECT_EQ(c->t, block.order, frame->order);
	EXPECT_EQ(c->t, block.state == FRAME_USED ? 0 : -ENOENT,
		  mmlab_frame_may_free(c->m, block.pfn, block.order, USE_BLOCK, 0));
	mmlab_buddy_free(c->m, block.pfn);
	mmlab_oracle_free(&c->oracle, block.pfn, block.order);
	test_note(c->t, block.pfn);
}

static void step_alloc_bulk(struct churn *c)
{
	u32 zone = test_below(c->t, NR_LAB_ZONES);
	unsigned int order = test_below(c->t, 4);
	u32 want = 1 + test_below(c->t, BULK_MAX), head = PFN_NONE, got, i;
	u32 pfn[BULK_MAX];

	got = mmlab_buddy_alloc_bulk(c->m, zone, order, want, &head);
	if (!EXPECT(c->t, got <= want))
		return;
	for (i = got; i--; head = mmlab_frame(c->m, head)->next) {
		if (!EXPECT(c->t, head < c->m->nr_frames))
			return;
		pfn[i] = head;
	}
	EXPECT_EQ(c->t, PFN_NONE, head);
	for (i = 0; i < got; i++) {
		EXPECT_EQ(c->t, FRAME_PCP, mmlab_frame(c->m, pfn[i])->state);
		test_note(c->t, pfn[i]);
		memset(c->oracle.taken + pfn[i], 1, 1U << order);
		c->oracle.nr_free[zone] -= 1U << order;
		add_live(c, pfn[i], order, FRAME_PCP);
	}
	EXPECT_EQ(c->t, c->oracle.nr_free[zone], c->m->zone[zone].nr_free);
	if (got < want)
		EXPECT(c->t, !mmlab_oracle_can(&c->oracle, zone, order,
					       c->m->zone[zone].min));
}

/* Takes blocks of a zone, whatever their order, from all over it. */
static u32 take_any(struct churn *c, u32 zone, struct live_block *block)
{
	u32 nr = 0, i;

	for (i = 0; i < 4 * BULK_MAX && nr < BULK_MAX && c->nr_live; i++) {
		u32 at = test_below(c->t, c->nr_live);

		if (mmlab_frame_zone(c->m, c->live[at].pfn) == zone)
			block[nr++] = del_live(c, at);
	}
	return nr;
}

/* Takes blocks of a zone that lie near each other, from the lowest to the highest. */
static u32 take_near(struct churn *c, u32 zone, struct live_block *block)
{
	u32 near = c->nr_live ? c->live[test_below(c->t, c->nr_live)].pfn : 0, nr = 0, at, i;

	for (at = 0; at < c->nr_live && nr < BULK_MAX; ) {
		u32 pfn = c->live[at].pfn;

		if ((pfn ^ near) >= 64 || mmlab_frame_zone(c->m, pfn) != zone) {
			at++;
			continue;
		}
		for (i = nr++; i && block[i - 1].pfn > pfn; i--)
			block[i] = block[i - 1];
		block[i] = del_live(c, at);
	}
	return nr;
}

/* Links some blocks and gives some of them back. */
static void step_free_bulk(struct churn *c)
{
	u32 zone = test_below(c->t, NR_LAB_ZONES), head = PFN_NONE;
	u32 limit = 1 + test_below(c->t, BULK_MAX), nr, given, i;
	struct live_block block[BULK_MAX];

	nr = test_below(c->t, 2) ? take_any(c, zone, block) : take_near(c, zone, block);
	for (i = nr; i--; head = block[i].pfn)
		mmlab_frame(c->m, block[i].pfn)->next = head;
	given = mmlab_buddy_free_bulk(c->m, zone, limit, &head);
	EXPECT_EQ(c->t, min(limit, nr), given);
	EXPECT_EQ(c->t, given < nr ? block[given].pfn : PFN_NONE, head);
	for (i = 0; i < nr; i++) {
		if (i >= given) {
			add_live(c, block[i].pfn, block[i].order, block[i].state);
			continue;
		}
		memset(c->oracle.taken + block[i].pfn, 0, 1U << block[i].order);
		c->oracle.nr_free[zone] += 1U << block[i].order;
		test_note(c->t, block[i].pfn);
	}
	EXPECT_EQ(c->t, c->oracle.nr_free[zone], c->m->zone[zone].nr_free);
}

/* Any frame, any order: refused, and with the right number. */
static void step_bad_free(struct churn *c)
{
	u32 pfn = test_below(c->t, c->m->nr_frames + 8);
	unsigned int order = test_below(c->t, 12);
	int want = -EINVAL;
	u32 i;

	if (pfn < c->m->nr_frames && !c->oracle.taken[pfn]) {
		unsigned int whole = mmlab_oracle_order(&c->oracle, pfn);

		if (!(pfn & ((1U << whole) - 1)))
			want = -ENOENT;
	}
	for (i = 0; i < c->nr_live; i++) {
		if (c->live[i].pfn != pfn)
			continue;
		if (c->live[i].state == FRAME_PCP)
			want = -ENOENT;
		else if (c->live[i].order == order)
			want = 0;
	}
	EXPECT_EQ(c->t, want, mmlab_frame_may_free(c->m, pfn, order, USE_BLOCK, 0));
}

static void step(struct churn *c, u32 fill_percent)
{
	u32 dice = test_below(c->t, 1000);

	if (dice < 10)
		step_alloc_bulk(c);
	else if (dice < 20)
		step_free_bulk(c);
	else if (dice < 25)
		step_bad_free(c);
	else if (test_below(c->t, 100) < fill_percent)
		step_alloc(c);
	else
		step_free(c);
	follow_all(c);
}

static void finish(struct churn *c)
{
	u32 zone;

	mmlab_oracle_compare(&c->oracle);
	compare_told(c);
	mmlab_test_sound(c->t, c->m);
	for (zone = 0; zone < NR_LAB_ZONES; zone++) {
		test_note(c->t, c->m->zone[zone].nr_splits);
		test_note(c->t, c->m->zone[zone].nr_merges);
	}
	while (c->nr_live) {
		step_free(c);
		follow_all(c);
	}
	compare_told(c);
	mmlab_test_env_record(NULL);
	mmlab_oracle_compare(&c->oracle);
	mmlab_test_sound(c->t, c->m);
	for (zone = 0; zone < NR_LAB_ZONES; zone++) {
		EXPECT_EQ(c->t, c->m->zone[zone].nr_managed,
			  c->m->zone[zone].nr_free);
		EXPECT_EQ(c->t, c->m->zone[zone].nr_splits,
			  c->m->zone[zone].nr_merges);
	}
}

/* Phases of some thousand steps fill the arena, empty it or keep it level. */
static void churn(struct test_ctx *t, u32 nr_frames, u32 ops)
{
	static const u8 fill[] = { 80, 35, 50, 97, 50, 10, 60, 3, 90, 45 };
	struct churn c = { .t = t };
	u32 op, phase = 0, left = 0;

	c.m = mmlab_test_machine(t, nr_frames, false);
	c.live = mmlab_test_alloc(t, nr_frames * sizeof(*c.live));
	if (!c.m || !c.live || !mmlab_oracle_init(&c.oracle, t, c.m) || !listen(&c))
		return;
	for (op = 0; op < ops && !t->nr_failures; op++) {
		if (!left--) {
			left = 200 + test_below(t, 3000);
			phase = test_below(t, ARRAY_SIZE(fill));
		}
		step(&c, fill[phase]);
		if (op % 1024 == 1023) {
			mmlab_oracle_compare(&c.oracle);
			compare_told(&c);
			mmlab_test_sound(t, c.m);
			mmlab_test_env_relax();
		}
	}
	finish(&c);
}

static void buddy_random_4(struct test_ctx *t)
{
	churn(t, mmlab_test_mib(4), t->ops / 2);
}

static void buddy_random_17(struct test_ctx *t)
{
	churn(t, mmlab_test_mib(17), t->ops / 4);
}

/* Zones that begin and end where no block of some size can. */
static void buddy_random_odd(struct test_ctx *t)
{
	u32 i;

	for (i = 0; i < 16 && !t->nr_failures; i++)
		churn(t, mmlab_test_mib(4) + test_below(t, 1000), t->ops / 64);
}

const struct test_case mmlab_test_buddy_random[] = {
	{ "buddy_random_4", buddy_random_4 },
	{ "buddy_random_17", buddy_random_17 },
	{ "buddy_random_odd", buddy_random_odd },
	{}
};
