// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of core/vma as drawings.
 */
#include "../core/core_internal.h"
#include "cases.h"
#include "vma_space.h"

#define LOW_BASE	0U
#define HIGH_BASE	(LAB_PAGE_OFFSET - 256 * PAGE)

static const struct {
	const char *before;
	u32 first, last;
	char letter;
	u32 gaps;
	const char *after;
} fills[] = {
	{ "........", 2, 5, 'b', 1, "..bbb..." },
	{ "........", 0, 8, '0', 1, "00000000" },
	/* left, right, both, and neither for other rights */
	{ "rrr.....", 3, 5, 'r', 1, "rrrrr..." },
	{ ".....rrr", 3, 5, 'r', 1, "...rrrrr" },
	{ "rrr..rrr", 3, 5, 'r', 1, "rrrrrrrr" },
	{ "rrr..rrr", 3, 5, 'w', 1, "rrrwwrrr" },
	{ "rrr..www", 3, 5, 'r', 1, "rrrrrwww" },
	{ "rrr..www", 3, 5, 'w', 1, "rrrwwwww" },
	/* near, but not touching */
	{ "rr....rr", 3, 5, 'r', 1, "rr.rr.rr" },
	/* what is there stays */
	{ "..ww....", 0, 8, 'r', 2, "rrwwrrrr" },
	{ "..rr....", 0, 8, 'r', 2, "rrrrrrrr" },
	{ "wwwwwwww", 0, 8, 'r', 0, "wwwwwwww" },
	{ "wwwwwwww", 3, 4, 'r', 0, "wwwwwwww" },
	{ "rwrwrwrw", 1, 7, 'b', 0, "rwrwrwrw" },
	/* many gaps */
	{ ".r.r.r.r", 0, 8, 'r', 4, "rrrrrrrr" },
	{ ".r.r.r.r", 0, 8, 'w', 4, "wrwrwrwr" },
	{ "r.w.b.0.", 0, 8, 'b', 4, "rbwbbb0b" },
	{ ".w..w...", 2, 7, 'w', 2, ".wwwwww." },
	/* begins or ends in the middle of one */
	{ ".bbbb...", 2, 7, 'b', 1, ".bbbbbb." },
	{ "...bbbb.", 1, 5, 'b', 1, ".bbbbbb." },
	{ ".bbbb...", 2, 7, 'r', 1, ".bbbbrr." },
	{ "...bbbb.", 1, 5, 'r', 1, ".rrbbbb." },
	{ "bb....bb", 1, 7, 'b', 1, "bbbbbbbb" },
	{ ".rr..ww.", 2, 6, 'b', 1, ".rrbbww." },
};

static void vma_fill(struct test_ctx *t)
{
	static const u32 bases[] = { LOW_BASE, LAB_PAGE_OFFSET - 8 * PAGE };
	unsigned int i, b;

	for (b = 0; b < ARRAY_SIZE(bases); b++) {
		for (i = 0; i < ARRAY_SIZE(fills); i++) {
			struct space *s = mmlab_space_new(t, bases[b], 16);
			u32 gaps;

			if (!s)
				return;
			mutex_lock(s->mm.lock);
			mmlab_space_draw(s, fills[i].before);
			mmlab_space_expect(s, fills[i].before);
			mmlab_vma_rights(&s->mm, s->base + fills[i].first * PAGE,
					 s->base + fills[i].last * PAGE, &gaps);
			EXPECT_EQ(t, fills[i].gaps, gaps);
			mmlab_space_fill(s, fills[i].first, fills[i].last,
					 mmlab_space_flags(fills[i].letter), gaps);
			mmlab_space_expect(s, fills[i].after);
			mutex_unlock(s->mm.lock);
		}
	}
}

static const struct {
	const char *before;
	u32 first, last;
	const char *after;
} cuts[] = {
	{ "........", 0, 8, "........" },
	{ "..rrrr..", 2, 6, "........" },
	{ "..rrrr..", 0, 8, "........" },
	/* head, tail, middle */
	{ "..rrrr..", 0, 3, "...rrr.." },
	{ "..rrrr..", 2, 5, ".....r.." },
	{ "..rrrr..", 5, 8, "..rrr..." },
	{ "..rrrr..", 3, 6, "..r....." },
	{ "..rrrr..", 3, 5, "..r..r.." },
	{ "wwwwwwww", 7, 8, "wwwwwww." },
	{ "wwwwwwww", 0, 1, ".wwwwwww" },
	{ "wwwwwwww", 1, 7, "w......w" },
	/* across several, in the middle of the outer ones */
	{ "rrwwrrww", 1, 7, "r......w" },
	{ "rrwwrrww", 2, 6, "rr....ww" },
	{ "rwrwrwrw", 0, 8, "........" },
	{ "bb.bb.bb", 1, 7, "b......b" },
	{ "bb.bb.bb", 2, 6, "bb....bb" },
	/* beside it, touching or not */
	{ "...rr...", 0, 3, "...rr..." },
	{ "...rr...", 5, 8, "...rr..." },
	{ "...rr...", 0, 2, "...rr..." },
	{ "...rr...", 6, 8, "...rr..." },
};

static void vma_cut(struct test_ctx *t)
{
	static const u32 bases[] = { LOW_BASE, LAB_PAGE_OFFSET - 8 * PAGE };
	unsigned int i, b;

	for (b = 0; b < ARRAY_SIZE(bases); b++) {
		for (i = 0; i < ARRAY_SIZE(cuts); i++) {
			struct space *s = mmlab_space_new(t, bases[b], 16);

			if (!s)
				return;
			mutex_lock(s->mm.lock);
			mmlab_space_draw(s, cuts[i].before);
			mmlab_space_cut(s, cuts[i].first, cuts[i].last);
			mmlab_space_expect(s, cuts[i].after);
			mutex_unlock(s->mm.lock);
		}
	}
}

static const struct {
	const char *drawing;
	u32 first, last;
	u32 rights;	/* of LAB_VMA_RIGHTS */
	u32 gaps;
} rights[] = {
	{ "........", 0, 8, 7, 1 },
	{ "........", 4, 4, 7, 0 },
	{ "bbbbbbbb", 0, 8, 3, 0 },
	{ "rrrrrrrr", 2, 5, 1, 0 },
	{ "rrrrwwww", 0, 8, 1, 0 },
	{ "rrrrwwww", 0, 4, 1, 0 },
	{ "rrrrwwww", 4, 8, 3, 0 },
	{ "rrrrwwww", 3, 5, 1, 0 },
	{ "..rr....", 0, 8, 1, 2 },
	{ "..rr....", 2, 4, 1, 0 },
	{ "..rr....", 0, 2, 7, 1 },
	{ "..rr....", 4, 8, 7, 1 },
	{ "..rr..bb", 4, 8, 3, 1 },
	{ "..rr..bb", 3, 7, 1, 1 },
	{ ".b.b.b.b", 0, 8, 3, 4 },
	{ "b.b.b.b.", 0, 8, 3, 4 },
	{ "0bbbbbbb", 0, 8, 0, 0 },
	{ "0bbbbbbb", 1, 8, 3, 0 },
};

static void vma_rights(struct test_ctx *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rights); i++) {
		struct space *s = mmlab_space_new(t, HIGH_BASE, 16);
		u32 gaps = 77;

		if (!s)
			return;
		mutex_lock(s->mm.lock);
		mmlab_space_draw(s, rights[i].drawing);
		EXPECT_EQ(t, rights[i].rights,
			  mmlab_vma_rights(&s->mm, s->base + rights[i].first * PAGE,
					   s->base + rights[i].last * PAGE, &gaps));
		EXPECT_EQ(t, rights[i].gaps, gaps);
		mutex_unlock(s->mm.lock);
	}
}

/* For each page: the VMA it lies in, or the next one; and the walk from there. */
static void vma_find(struct test_ctx *t)
{
	static const char drawing[] = "..rrww..b..0r...bb..";
	struct space *s = mmlab_space_new(t, 16 * PAGE, 32);
	struct lab_vma *vma;
	u32 i, j, k;

	if (!s)
		return;
	mutex_lock(s->mm.lock);
	EXPECT(t, !mmlab_vma_find(&s->mm, 0));
	mmlab_space_draw(s, drawing);
	for (i = 0; i < sizeof(drawing) - 1; i++) {
		for (j = i; drawing[j] == '.'; j++)
			;
		vma = mmlab_vma_find(&s->mm, s->base + i * PAGE);
		EXPECT(t, vma == mmlab_vma_find(&s->mm, s->base + i * PAGE + PAGE - 1));
		EXPECT_EQ(t, !drawing[j], !vma);
		/* it is kept, as the next fault is most often near by */
		if (vma)
			EXPECT(t, s->mm.vma_cache == vma);
		if (!vma || !drawing[j])
			continue;
		for (k = j; drawing[k] == drawing[j]; k++)
			;
		EXPECT(t, vma->start <= s->base + j * PAGE);
		EXPECT_EQ(t, s->base + k * PAGE, vma->end);
		EXPECT(t, mmlab_vma_next(&s->mm, vma) ==
			  mmlab_vma_find(&s->mm, vma->end));
	}
	EXPECT(t, !mmlab_vma_find(&s->mm, U32_MAX));
	mutex_unlock(s->mm.lock);
}

static void vma_init(struct test_ctx *t)
{
	struct mutex lock;
	struct lab_mm mm;

	memset(&mm, 0xa5, sizeof(mm));
	mmlab_vma_init(&mm, 42, 41, &lock);
	EXPECT(t, mm.lock == &lock);
	EXPECT_EQ(t, 42, mm.owner);
	EXPECT_EQ(t, 41, mm.family);
	EXPECT_EQ(t, PFN_NONE, mm.pgd);
	EXPECT_EQ(t, PFN_NONE, mm.blocks);
	EXPECT(t, list_empty(&mm.vma_list));
	EXPECT(t, !mm.vma_tree.rb_node);
	EXPECT_EQ(t, 0, mm.nr_vmas | mm.nr_total | mm.nr_rss | mm.nr_tables |
			mm.nr_block_frames);
	EXPECT_EQ(t, 0, mm.nr_minflt);
}

static const struct {
	const char *before;
	u32 first, last;
	char letter;
	const char *after;
} protects[] = {
	/* all of one; head, tail, middle */
	{ "..rrrr..", 2, 6, 'w', "..wwww.." },
	{ "..rrrr..", 2, 4, 'w', "..wwrr.." },
	{ "..rrrr..", 4, 6, 'w', "..rrww.." },
	{ "..rrrr..", 3, 5, 'w', "..rwwr.." },
	/* what has these rights already */
	{ "..rrrr..", 3, 5, 'r', "..rrrr.." },
	{ "rrwwrrww", 0, 8, 'b', "bbbbbbbb" },
	/* merges left, right, on both ends */
	{ "rrwwbb..", 2, 4, 'r', "rrrrbb.." },
	{ "rrwwbb..", 2, 4, 'b', "rrbbbb.." },
	{ "rrrwwrrr", 3, 5, 'r', "rrrrrrrr" },
	{ "rrrwwrrr", 3, 4, 'r', "rrrrwrrr" },
	{ "rrrwwrrr", 4, 5, 'r', "rrrwrrrr" },
	/* across several, in the middle of the outer ones */
	{ "rrwwrrww", 1, 7, 'b', "rbbbbbbw" },
	{ "rrwwrrww", 1, 7, 'r', "rrrrrrrw" },
	{ "rrwwrrww", 1, 7, 'w', "rwwwwwww" },
	{ "rwrwrwrw", 1, 7, '0', "r000000w" },
	{ "rwrwrwrw", 0, 8, 'r', "rrrrrrrr" },
	/* near, but not touching */
	{ "rr.ww.rr", 3, 5, 'r', "rr.rr.rr" },
	{ "bbbbbbbb", 0, 1, '0', "0bbbbbbb" },
	{ "bbbbbbbb", 7, 8, '0', "bbbbbbb0" },
};

static void vma_protect(struct test_ctx *t)
{
	static const u32 bases[] = { LOW_BASE, LAB_PAGE_OFFSET - 8 * PAGE };
	unsigned int i, b;

	for (b = 0; b < ARRAY_SIZE(bases); b++) {
		for (i = 0; i < ARRAY_SIZE(protects); i++) {
			struct space *s = mmlab_space_new(t, bases[b], 16);

			if (!s)
				return;
			mutex_lock(s->mm.lock);
			mmlab_space_draw(s, protects[i].before);
			mmlab_space_protect(s, protects[i].first, protects[i].last,
					    mmlab_space_flags(protects[i].letter));
			mmlab_space_expect(s, protects[i].after);
			mutex_unlock(s->mm.lock);
		}
	}
}

static const struct {
	const char *drawing;
	u32 first, last;
	bool covered;
} covers[] = {
	{ "........", 0, 8, false },
	{ "rrrrrrrr", 0, 8, true },
	{ "rwbrwbrw", 0, 8, true },
	{ "rrrr.rrr", 0, 8, false },
	{ "rrrr.rrr", 0, 4, true },
	{ "rrrr.rrr", 0, 5, false },
	{ "rrrr.rrr", 5, 8, true },
	{ "rrrr.rrr", 4, 8, false },
	{ "rrrrrrr.", 0, 8, false },
	{ ".rrrrrrr", 0, 8, false },
	{ ".rrrrrrr", 1, 2, true },
};

static void vma_covers(struct test_ctx *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(covers); i++) {
		struct space *s = mmlab_space_new(t, LAB_PAGE_OFFSET - 8 * PAGE, 16);

		if (!s)
			return;
		mutex_lock(s->mm.lock);
		mmlab_space_draw(s, covers[i].drawing);
		EXPECT_EQ(t, covers[i].covered,
			  mmlab_vma_covers(&s->mm, s->base + covers[i].first * PAGE,
					   s->base + covers[i].last * PAGE));
		mutex_unlock(s->mm.lock);
	}
}

/* Steps from the root to a VMA, or @limit. */
static u32 steps_to(const struct lab_mm *mm, const struct lab_vma *vma, u32 limit)
{
	const struct rb_node *node = mm->vma_tree.rb_node;
	u32 steps = 0;

	while (node != &vma->rb && steps < limit) {
		const struct lab_vma *here = rb_entry(node, struct lab_vma, rb);

		node = vma->start < here->start ? node->rb_left : node->rb_right;
		steps++;
	}
	return steps;
}

/* VMAs that come in order of address, then every second goes: no way is long. */
static void vma_balance(struct test_ctx *t)
{
	const u32 nr = 1023, most = 20;	/* twice the height of a full tree */
	struct space *s = mmlab_space_new(t, LOW_BASE, nr + 2);
	const struct lab_vma *vma;
	u32 i;

	if (!s)
		return;
	mutex_lock(&s->lock);
	for (i = 0; i < nr; i++)
		mmlab_space_add(s, (2 * i + 1) * PAGE, (2 * i + 2) * PAGE, LAB_VMA_READ);
	list_for_each_entry(vma, &s->mm.vma_list, list)
		EXPECT(t, steps_to(&s->mm, vma, nr) < most);
	for (i = 0; i < nr; i += 2)
		mmlab_space_cut(s, 2 * i + 1, 2 * i + 2);
	list_for_each_entry(vma, &s->mm.vma_list, list)
		EXPECT(t, steps_to(&s->mm, vma, nr) < most);
	EXPECT_EQ(t, nr / 2, s->mm.nr_vmas);
	mmlab_space_sound(s);
	mutex_unlock(&s->lock);
}

const struct test_case mmlab_test_vma[] = {
	{ "vma_init", vma_init },
	{ "vma_find", vma_find },
	{ "vma_fill", vma_fill },
	{ "vma_cut", vma_cut },
	{ "vma_rights", vma_rights },
	{ "vma_protect", vma_protect },
	{ "vma_covers", vma_covers },
	{ "vma_balance", vma_balance },
	{}
};
