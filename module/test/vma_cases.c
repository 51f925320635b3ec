// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of core/vma as drawings, and random sequences against an array with
 * one byte per page.
 */
#include "../core/core_internal.h"
#include "../core/vma.h"
#include "cases.h"

#define PAGE		((u32)PAGE_SIZE)
#define LOW_BASE	0U
#define HIGH_BASE	(LAB_PAGE_OFFSET - 256 * PAGE)

/* A drawing has a letter per page: . nothing, 0 no rights, r, w, b both. */
static const char letters[] = "0rwb";

/**
 * struct space - an address space under test, and where its objects come from
 * @t: case
 * @mm: address space
 * @base: address of the first page of drawings
 * @spares: VMA objects that are not in use
 * @nr_spares: how many these are
 */
struct space {
	struct test_ctx *t;
	struct lab_mm mm;
	u32 base;
	struct list_head spares;
	u32 nr_spares;
};

static struct space *new_space(struct test_ctx *t, u32 base, u32 nr_spares)
{
	struct space *s = mmlab_test_alloc(t, sizeof(*s));
	struct lab_vma *vmas = mmlab_test_alloc(t, nr_spares * sizeof(*vmas));

	if (!s || !vmas)
		return NULL;
	s->t = t;
	s->base = base;
	INIT_LIST_HEAD(&s->spares);
	while (nr_spares--) {
		list_add(&vmas[nr_spares].list, &s->spares);
		s->nr_spares++;
	}
	mutex_init(&s->mm.lock);
	mmlab_vma_init(&s->mm, 1);
	return s;
}

/* Moves @nr objects from one list to another. */
static void move_spares(struct space *s, struct list_head *from,
			struct list_head *to, u32 nr)
{
	while (nr-- && EXPECT(s->t, !list_empty(from)))
		list_move(from->next, to);
}

static u32 count_list(struct list_head *list)
{
	struct lab_vma *vma;
	u32 nr = 0;

	list_for_each_entry(vma, list, list)
		nr++;
	return nr;
}

/* Gives the call @nr objects; afterwards none must be lost. */
static void fill(struct space *s, u32 first, u32 last, u32 flags, u32 nr)
{
	LIST_HEAD(spares);
	u32 vmas = s->mm.nr_vmas, back;

	move_spares(s, &s->spares, &spares, nr);
	mmlab_vma_fill(&s->mm, s->base + first * PAGE, s->base + last * PAGE,
		       flags, &spares);
	back = count_list(&spares);
	EXPECT_EQ(s->t, vmas + nr, s->mm.nr_vmas + back);
	move_spares(s, &spares, &s->spares, back);
}

static void cut(struct space *s, u32 first, u32 last)
{
	LIST_HEAD(spares);
	u32 vmas = s->mm.nr_vmas, back;

	move_spares(s, &s->spares, &spares, 1);
	mmlab_vma_cut(&s->mm, s->base + first * PAGE, s->base + last * PAGE,
		      &spares);
	back = count_list(&spares);
	EXPECT_EQ(s->t, vmas + 1, s->mm.nr_vmas + back);
	move_spares(s, &spares, &s->spares, back);
}

static void sound(struct space *s)
{
	struct lab_verdict v = {};

	mmlab_vma_validate(&s->mm, &v);
	EXPECT_EQ(s->t, s->mm.nr_vmas, v.nr_objects);
	if (v.broken)
		mmlab_test_fail(s->t, v.rule, (int)v.where, "sound", v.want, v.got);
}

/* Makes the regions of a drawing in an empty space. */
static void draw(struct space *s, const char *drawing)
{
	u32 i, nr = (u32)strlen(drawing);

	for (i = 0; i < nr; i++) {
		if (drawing[i] != '.')
			fill(s, i, i + 1, (u32)(strchr(letters, drawing[i]) - letters), 1);
	}
	sound(s);
}

/* The VMAs are those of the drawing, each as long as equal letters reach. */
static void expect_drawing(struct space *s, const char *drawing)
{
	struct lab_vma *vma;
	u32 at = 0, end, nr = 0, pages = 0;

	list_for_each_entry(vma, &s->mm.vma_list, list) {
		while (drawing[at] == '.')
			at++;
		if (!EXPECT(s->t, drawing[at]))
			return;
		for (end = at; drawing[end] == drawing[at]; end++)
			pages++;
		EXPECT_EQ(s->t, s->base + at * PAGE, vma->start);
		EXPECT_EQ(s->t, s->base + end * PAGE, vma->end);
		EXPECT_EQ(s->t, strchr(letters, drawing[at]) - letters, vma->flags);
		at = end;
		nr++;
	}
	while (drawing[at] == '.')
		at++;
	EXPECT_EQ(s->t, 0, drawing[at]);
	EXPECT_EQ(s->t, nr, s->mm.nr_vmas);
	EXPECT_EQ(s->t, pages, s->mm.nr_total);
	sound(s);
}

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
			struct space *s = new_space(t, bases[b], 16);
			u32 gaps;

			if (!s)
				return;
			mutex_lock(&s->mm.lock);
			draw(s, fills[i].before);
			expect_drawing(s, fills[i].before);
			mmlab_vma_rights(&s->mm, s->base + fills[i].first * PAGE,
					 s->base + fills[i].last * PAGE, &gaps);
			EXPECT_EQ(t, fills[i].gaps, gaps);
			fill(s, fills[i].first, fills[i].last,
			     (u32)(strchr(letters, fills[i].letter) - letters), gaps);
			expect_drawing(s, fills[i].after);
			mutex_unlock(&s->mm.lock);
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
			struct space *s = new_space(t, bases[b], 16);

			if (!s)
				return;
			mutex_lock(&s->mm.lock);
			draw(s, cuts[i].before);
			cut(s, cuts[i].first, cuts[i].last);
			expect_drawing(s, cuts[i].after);
			mutex_unlock(&s->mm.lock);
		}
	}
}

static const struct {
	const char *drawing;
	u32 first, last;
	u32 rights;
	u32 gaps;
} rights[] = {
	{ "........", 0, 8, 7, 1 },
	{ "........", 4, 4, 7, 0 },
	{ "bbbbbbbb", 0, 8, 3, 0 },
	{ "rrrrrrrr", 2, 5, 1, 0 },
	{ "rrrrwwww", 0, 8, 0, 0 },
	{ "rrrrwwww", 0, 4, 1, 0 },
	{ "rrrrwwww", 4, 8, 2, 0 },
	{ "rrrrwwww", 3, 5, 0, 0 },
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
		struct space *s = new_space(t, HIGH_BASE, 16);
		u32 gaps = 77;

		if (!s)
			return;
		mutex_lock(&s->mm.lock);
		draw(s, rights[i].drawing);
		EXPECT_EQ(t, rights[i].rights,
			  mmlab_vma_rights(&s->mm, s->base + rights[i].first * PAGE,
					   s->base + rights[i].last * PAGE, &gaps));
		EXPECT_EQ(t, rights[i].gaps, gaps);
		mutex_unlock(&s->mm.lock);
	}
}

/* For each page: the VMA it lies in, or the next one; and the walk from there. */
static void vma_find(struct test_ctx *t)
{
	static const char drawing[] = "..rrww..b..0r...bb..";
	struct space *s = new_space(t, 16 * PAGE, 32);
	struct lab_vma *vma;
	u32 i, j, k;

	if (!s)
		return;
	mutex_lock(&s->mm.lock);
	EXPECT(t, !mmlab_vma_find(&s->mm, 0));
	draw(s, drawing);
	for (i = 0; i < sizeof(drawing) - 1; i++) {
		for (j = i; drawing[j] == '.'; j++)
			;
		vma = mmlab_vma_find(&s->mm, s->base + i * PAGE);
		EXPECT(t, vma == mmlab_vma_find(&s->mm, s->base + i * PAGE + PAGE - 1));
		EXPECT_EQ(t, !drawing[j], !vma);
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
	mutex_unlock(&s->mm.lock);
}

static void vma_init(struct test_ctx *t)
{
	struct lab_mm mm;

	memset(&mm, 0xa5, sizeof(mm));
	mmlab_vma_init(&mm, 42);
	EXPECT_EQ(t, 42, mm.owner);
	EXPECT_EQ(t, PFN_NONE, mm.pgd);
	EXPECT_EQ(t, PFN_NONE, mm.blocks);
	EXPECT(t, list_empty(&mm.vma_list));
	EXPECT(t, !mm.vma_tree.rb_node);
	EXPECT_EQ(t, 0, mm.nr_vmas | mm.nr_total | mm.nr_rss | mm.nr_tables |
			mm.nr_block_frames);
	EXPECT_EQ(t, 0, mm.nr_minflt);
}

/* ---- random sequences ---- */

#define NR_PAGES	192U

static void random_step(struct space *s, char *drawing)
{
	u32 first = test_below(s->t, NR_PAGES);
	u32 last = first + 1 + test_below(s->t, test_below(s->t, 8) ? 12 : NR_PAGES);
	u32 flags = test_below(s->t, 4), want = LAB_VM_RIGHTS;
	u32 i, gaps, want_gaps = 0;
	bool cutting = test_below(s->t, 2);

	if (last > NR_PAGES)
		last = NR_PAGES;
	for (i = first; i < last; i++) {
		if (drawing[i] != '.')
			want &= (u32)(strchr(letters, drawing[i]) - letters);
		else if (i == first || drawing[i - 1] != '.')
			want_gaps++;
	}
	EXPECT_EQ(s->t, want, mmlab_vma_rights(&s->mm, s->base + first * PAGE,
					       s->base + last * PAGE, &gaps));
	EXPECT_EQ(s->t, want_gaps, gaps);
	test_note(s->t, want << 16 | gaps);
	if (cutting)
		cut(s, first, last);
	else
		fill(s, first, last, flags, want_gaps);
	for (i = first; i < last; i++) {
		if (cutting)
			drawing[i] = '.';
		else if (drawing[i] == '.')
			drawing[i] = letters[flags];
	}
}

static void churn(struct test_ctx *t, u32 base, u32 ops)
{
	struct space *s = new_space(t, base, NR_PAGES + 8);
	char *drawing = mmlab_test_alloc(t, NR_PAGES + 1);
	u32 op;

	if (!s || !drawing)
		return;
	memset(drawing, '.', NR_PAGES);
	mutex_lock(&s->mm.lock);
	for (op = 0; op < ops && !t->nr_failures; op++) {
		random_step(s, drawing);
		expect_drawing(s, drawing);
		test_note(t, s->mm.nr_vmas);
		if (op % 1024 == 1023)
			mmlab_test_env_relax();
	}
	cut(s, 0, NR_PAGES);
	EXPECT_EQ(t, NR_PAGES + 8, count_list(&s->spares));
	EXPECT_EQ(t, 0, s->mm.nr_total);
	sound(s);
	mutex_unlock(&s->mm.lock);
}

static void vma_random_low(struct test_ctx *t)
{
	churn(t, LOW_BASE, t->ops / 8);
}

static void vma_random_high(struct test_ctx *t)
{
	churn(t, LAB_PAGE_OFFSET - NR_PAGES * PAGE, t->ops / 8);
}

const struct test_case mmlab_test_vma[] = {
	{ "vma_init", vma_init },
	{ "vma_find", vma_find },
	{ "vma_fill", vma_fill },
	{ "vma_cut", vma_cut },
	{ "vma_rights", vma_rights },
	{ "vma_random_low", vma_random_low },
	{ "vma_random_high", vma_random_high },
	{}
};
