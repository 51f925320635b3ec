// SPDX-License-Identifier: GPL-2.0
/*
 * An address space with drawn regions, for the cases of core/vma.
 */
#include "../core/core_internal.h"
#include "vma_space.h"

static const char letters[] = "0rwb";

lab_vma_flags_t mmlab_space_flags(char letter)
{
	return (__force lab_vma_flags_t)(strchr(letters, letter) - letters);
}

struct space *mmlab_space_new(struct test_ctx *t, u32 base, u32 nr_spares)
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
	mutex_init(&s->lock);
	mmlab_test_poison(&s->mm, sizeof(s->mm));
	mmlab_vma_init(&s->mm, 1, 1, &s->lock);
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
void mmlab_space_fill(struct space *s, u32 first, u32 last, lab_vma_flags_t flags, u32 nr)
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

void mmlab_space_cut(struct space *s, u32 first, u32 last)
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

void mmlab_space_sound(struct space *s)
{
	struct lab_verdict v = {};

	mmlab_vma_validate(&s->mm, &v);
	EXPECT_EQ(s->t, s->mm.nr_vmas, v.nr_objects);
	if (v.broken)
		mmlab_test_fail(s->t, v.rule, (int)v.where, "sound", v.want, v.got);
}

/* Makes the regions of a drawing in an empty space. */
void mmlab_space_draw(struct space *s, const char *drawing)
{
	u32 i, nr = (u32)strlen(drawing);

	for (i = 0; i < nr; i++) {
		if (drawing[i] != '.')
			mmlab_space_fill(s, i, i + 1, mmlab_space_flags(drawing[i]), 1);
	}
	mmlab_space_sound(s);
}

/* The VMAs are those of the drawing, each as long as equal letters reach. */
void mmlab_space_expect(struct space *s, const char *drawing)
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
		EXPECT_EQ(s->t, mmlab_space_flags(drawing[at]), vma->flags);
		at = end;
		nr++;
	}
	while (drawing[at] == '.')
		at++;
	EXPECT_EQ(s->t, 0, drawing[at]);
	EXPECT_EQ(s->t, nr, s->mm.nr_vmas);
	EXPECT_EQ(s->t, pages, s->mm.nr_total);
	mmlab_space_sound(s);
}

/* Both ends may split one, so it gets two objects; none is lost. */
void mmlab_space_protect(struct space *s, u32 first, u32 last, lab_vma_flags_t rights)
{
	LIST_HEAD(spares);
	u32 vmas = s->mm.nr_vmas, back;

	move_spares(s, &s->spares, &spares, 2);
	mmlab_vma_protect(&s->mm, s->base + first * PAGE, s->base + last * PAGE,
			  rights, &spares);
	back = count_list(&spares);
	EXPECT_EQ(s->t, vmas + 2, s->mm.nr_vmas + back);
	move_spares(s, &spares, &s->spares, back);
}

void mmlab_space_add(struct space *s, u32 start, u32 end, lab_vma_flags_t flags)
{
	LIST_HEAD(spares);

	move_spares(s, &s->spares, &spares, 1);
	mmlab_vma_add(&s->mm, start, end, flags, &spares);
	move_spares(s, &spares, &s->spares, count_list(&spares));
}
