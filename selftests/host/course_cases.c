// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of the course's exercises, each for one thing that an answer may get wrong, where
 * those of module/test are about several at once.
 */
#include "host.h"
#include "../../module/test/policy_play.h"
#include "../../module/test/vma_space.h"

#define LOW_BASE	0x10000000U
#define TOP		0xc0000000U

/* ---- regions ---- */

struct change {
	const char *before;
	u32 first, last;	/* pages that are cut, or filled with @letter */
	char letter;
	const char *after;
};

static void try_changes(struct test_ctx *t, const struct change *c, unsigned int nr)
{
	for (; nr--; c++) {
		struct space *s = mmlab_space_new(t, LOW_BASE, 16);

		if (!s)
			return;
		mutex_lock(s->mm.lock);
		mmlab_space_draw(s, c->before);
		if (c->letter)
			mmlab_space_add(s, LOW_BASE + c->first * PAGE, LOW_BASE + c->last * PAGE,
					mmlab_space_flags(c->letter));
		else
			mmlab_space_cut(s, c->first, c->last);
		mmlab_space_expect(s, c->after);
		mutex_unlock(s->mm.lock);
	}
}

static void course_cut_whole(struct test_ctx *t)
{
	static const struct change changes[] = {
		{ "rrrr....", 0, 4, 0, "........" },
		{ "..rr....", 0, 8, 0, "........" },
		{ "rr....bb", 2, 6, 0, "rr....bb" },
	};

	try_changes(t, changes, ARRAY_SIZE(changes));
}

static void course_cut_borders(struct test_ctx *t)
{
	static const struct change changes[] = {
		{ "rrrr....", 0, 2, 0, "..rr...." },
		{ "rrrr....", 2, 4, 0, "rr......" },
		{ "..rrrr..", 0, 3, 0, "...rrr.." },
		{ "..rrrr..", 5, 8, 0, "..rrr..." },
	};

	try_changes(t, changes, ARRAY_SIZE(changes));
}

static void course_cut_middle(struct test_ctx *t)
{
	static const struct change changes[] = {
		{ "rrrrrr..", 2, 4, 0, "rr..rr.." },
		{ "bbbbbbbb", 1, 2, 0, "b.bbbbbb" },
	};

	try_changes(t, changes, ARRAY_SIZE(changes));
}

static void course_cut_several(struct test_ctx *t)
{
	static const struct change changes[] = {
		{ "rrbbrrbb", 1, 7, 0, "r......b" },
		{ "rr.bb.rr", 1, 7, 0, "r......r" },
	};

	try_changes(t, changes, ARRAY_SIZE(changes));
}

static void course_add_apart(struct test_ctx *t)
{
	static const struct change changes[] = {
		{ "........", 2, 4, 'r', "..rr...." },
		{ "r......r", 3, 5, 'r', "r..rr..r" },
		{ "b.......", 4, 8, 'b', "b...bbbb" },
	};

	try_changes(t, changes, ARRAY_SIZE(changes));
}

static void course_add_before(struct test_ctx *t)
{
	static const struct change changes[] = {
		{ "rr......", 2, 4, 'r', "rrrr...." },
		{ "rr....bb", 2, 4, 'r', "rrrr..bb" },
	};

	try_changes(t, changes, ARRAY_SIZE(changes));
}

static void course_add_after(struct test_ctx *t)
{
	static const struct change changes[] = {
		{ "....rr..", 2, 4, 'r', "..rrrr.." },
		{ "bb..rr..", 2, 4, 'r', "bbrrrr.." },
	};

	try_changes(t, changes, ARRAY_SIZE(changes));
}

static void course_add_between(struct test_ctx *t)
{
	static const struct change changes[] = {
		{ "rr..rr..", 2, 4, 'r', "rrrrrr.." },
		{ "bb..bbrr", 2, 4, 'b', "bbbbbbrr" },
	};

	try_changes(t, changes, ARRAY_SIZE(changes));
}

static void course_add_other_rights(struct test_ctx *t)
{
	static const struct change changes[] = {
		{ "rr..rr..", 2, 4, 'b', "rrbbrr.." },
		{ "bb..rr..", 2, 4, 'b', "bbbbrr.." },
		{ "rr..bb..", 2, 4, 'b', "rrbbbb.." },
	};

	try_changes(t, changes, ARRAY_SIZE(changes));
}

/* ---- a stack of two pages below @end, and a region of a page that ends at @below ---- */

static struct space *new_stack(struct test_ctx *t, u32 below, lab_vma_flags_t flags)
{
	struct space *s = mmlab_space_new(t, LOW_BASE, 16);

	if (!s)
		return NULL;
	mutex_lock(s->mm.lock);
	mmlab_space_add(s, TOP - 2 * PAGE, TOP, mmlab_space_flags('b') | flags);
	if (below)
		mmlab_space_add(s, below - PAGE, below, mmlab_space_flags('r'));
	return s;
}

static void try_grow(struct test_ctx *t, u32 below, u32 address, int want)
{
	struct space *s = new_stack(t, below, LAB_VMA_GROWSDOWN);
	u32 start, pages;

	if (!s)
		return;
	pages = s->mm.nr_total;
	EXPECT_EQ(t, want, mmlab_vma_grow(&s->mm, address));
	start = want ? TOP - 2 * PAGE : address & ~(PAGE - 1);
	EXPECT_EQ(t, start, mmlab_vma_find(&s->mm, TOP - 1)->start);
	EXPECT_EQ(t, pages + (want ? 0 : (TOP - 2 * PAGE - start) / PAGE), s->mm.nr_total);
	mmlab_space_sound(s);
	mutex_unlock(s->mm.lock);
}

static void course_grow_down(struct test_ctx *t)
{
	try_grow(t, 0, TOP - 3 * PAGE, 0);
	try_grow(t, 0, TOP - 3 * PAGE + 5, 0);
	try_grow(t, 0, TOP - 100 * PAGE, 0);
}

static void course_grow_limit(struct test_ctx *t)
{
	try_grow(t, 0, TOP - LAB_STACK_LIMIT, 0);
	try_grow(t, 0, TOP - LAB_STACK_LIMIT - 1, -EFAULT);
}

static void course_grow_gap(struct test_ctx *t)
{
	u32 below = TOP - (4U << 20);

	try_grow(t, below, below + LAB_STACK_GAP, 0);
	try_grow(t, below, below + LAB_STACK_GAP - 1, -EFAULT);
}

static void course_grow_no_stack(struct test_ctx *t)
{
	struct space *s = new_stack(t, 0, 0);

	if (!s)
		return;
	EXPECT_EQ(t, -EFAULT, mmlab_vma_grow(&s->mm, TOP - 3 * PAGE));
	EXPECT_EQ(t, 2, s->mm.nr_total);
	EXPECT_EQ(t, -EFAULT, mmlab_vma_grow(&s->mm, TOP));
	mutex_unlock(s->mm.lock);
}

/* ---- the unusable index ---- */

static void course_index_all(struct test_ctx *t)
{
	struct lab_zone_snapshot s = { .nr_free = 16, .nr_free_blocks = { [4] = 1 },
				       .nr_managed = 100 };

	EXPECT_EQ(t, 0, mmlab_buddy_unusable_index(&s, 0));
	EXPECT_EQ(t, 0, mmlab_buddy_unusable_index(&s, 4));
	EXPECT_EQ(t, 1000, mmlab_buddy_unusable_index(&s, 5));
}

static void course_index_share(struct test_ctx *t)
{
	struct lab_zone_snapshot s = { .nr_free = 28, .nr_managed = 100,
				       .nr_free_blocks = { [0] = 4, [2] = 2, [4] = 1 } };

	EXPECT_EQ(t, 142, mmlab_buddy_unusable_index(&s, 1));
	EXPECT_EQ(t, 142, mmlab_buddy_unusable_index(&s, 2));
	EXPECT_EQ(t, 428, mmlab_buddy_unusable_index(&s, 3));
}

static void course_index_none(struct test_ctx *t)
{
	const struct lab_zone_snapshot s = { .nr_managed = 100 };

	EXPECT_EQ(t, 1000, mmlab_buddy_unusable_index(&s, 0));
}

/* ---- aging ---- */

/* The counter of a page whose bit is, tick by tick, that of the word. */
static void try_bits(struct test_ctx *t, const char *bits, u8 want)
{
	struct policy_play *p = mmlab_play_new(t, mmlab_play_policy(t, "nfu"), 4);
	u32 page;

	if (!p)
		return;
	for (page = 0; page < 4; page++)
		mmlab_play_touch(p, page);
	for (page = 0; page < 4; page++)
		p->set.key[p->frame[page]] = 0;
	for (; *bits; bits++) {
		for (page = 0; page < 4; page++)
			p->bit[page] = *bits == '1';
		mmlab_policy_tick(&p->set);
	}
	for (page = 0; page < 4; page++)
		EXPECT_EQ(t, want, p->set.key[p->frame[page]]);
	mmlab_play_end(p);
}

static void course_aging_once(struct test_ctx *t)
{
	try_bits(t, "1", 0x80);
	try_bits(t, "0", 0);
}

static void course_aging_twice(struct test_ctx *t)
{
	try_bits(t, "10", 0x40);
	try_bits(t, "11", 0xc0);
	try_bits(t, "0011", 0xc0);
}

static void course_aging_forgets(struct test_ctx *t)
{
	try_bits(t, "111111111", 0xff);
	try_bits(t, "1000000", 0x02);
	try_bits(t, "100000000", 0);
}

const struct test_case mmlab_host_course[] = {
	{ "course_cut_whole", course_cut_whole },
	{ "course_cut_borders", course_cut_borders },
	{ "course_cut_middle", course_cut_middle },
	{ "course_cut_several", course_cut_several },
	{ "course_add_apart", course_add_apart },
	{ "course_add_before", course_add_before },
	{ "course_add_after", course_add_after },
	{ "course_add_between", course_add_between },
	{ "course_add_other_rights", course_add_other_rights },
	{ "course_grow_down", course_grow_down },
	{ "course_grow_limit", course_grow_limit },
	{ "course_grow_gap", course_grow_gap },
	{ "course_grow_no_stack", course_grow_no_stack },
	{ "course_index_all", course_index_all },
	{ "course_index_share", course_index_share },
	{ "course_index_none", course_index_none },
	{ "course_aging_once", course_aging_once },
	{ "course_aging_twice", course_aging_twice },
	{ "course_aging_forgets", course_aging_forgets },
	{}
};
