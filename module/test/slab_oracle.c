// SPDX-License-Identifier: GPL-2.0
/*
 * A byte per object says what a slab cache must do. Slow on purpose.
 */
#include "../core/core_internal.h"
#include "slab_oracle.h"

void mmlab_slab_oracle_add(struct slab_oracle *o, u32 pfn)
{
	struct oracle_slab *s = &o->slab[o->nr_slabs];
	u32 colour = o->nr_added++ % o->c->nr_colours;

	if (!EXPECT(o->t, o->nr_slabs < ORACLE_MAX_SLABS) ||
	    !EXPECT(o->t, o->c->nr_objects <= ORACLE_MAX_OBJECTS))
		return;
	memset(s, 0, sizeof(*s));
	s->pfn = pfn;
	s->first = (u8 *)o->m->base + ((size_t)pfn << PAGE_SHIFT) +
		   colour * LAB_SLAB_COLOUR_STEP + o->c->pad_left;
	o->nr_slabs++;
}

/* The slab and the number of the object that begins at @at, or NULL. */
static struct oracle_slab *find(const struct slab_oracle *o, const void *at,
				u32 *index)
{
	u32 i;

	for (i = 0; i < o->nr_slabs; i++) {
		const struct oracle_slab *s = &o->slab[i];
		size_t offset = (size_t)at - (size_t)s->first;

		if ((size_t)at < (size_t)s->first ||
		    offset >= (size_t)o->c->nr_objects * o->c->size)
			continue;
		if (offset % o->c->size)
			return NULL;
		*index = (u32)(offset / o->c->size);
		return (struct oracle_slab *)s;
	}
	return NULL;
}

u64 mmlab_slab_oracle_number(const struct slab_oracle *o, const void *object)
{
	u32 index = 0;
	const struct oracle_slab *s = find(o, object, &index);

	return s ? (u64)s->pfn << 32 | index : ~0ULL;
}

static bool have_partial(const struct slab_oracle *o)
{
	u32 i;

	for (i = 0; i < o->nr_slabs; i++) {
		if (o->slab[i].nr_used && o->slab[i].nr_used < o->c->nr_objects)
			return true;
	}
	return false;
}

void mmlab_slab_oracle_alloc(struct slab_oracle *o, void *const *objects,
			     u32 wanted, u32 got)
{
	u32 room = o->nr_slabs * o->c->nr_objects - o->nr_used;
	u32 i;

	EXPECT_EQ(o->t, min(wanted, room), got);
	for (i = 0; i < got; i++) {
		bool partial = have_partial(o);
		u32 index = 0;
		struct oracle_slab *s = find(o, objects[i], &index);

		if (!EXPECT(o->t, s))
			return;
		/* a free slab is begun only when no other has room */
		EXPECT(o->t, s->nr_used || !partial);
		EXPECT_EQ(o->t, 0, s->taken[index]);
		s->taken[index] = 1;
		s->nr_used++;
		o->nr_used++;
	}
}

void mmlab_slab_oracle_free(struct slab_oracle *o, const void *object, int err)
{
	u32 index = 0;
	struct oracle_slab *s = find(o, object, &index);

	if (!s) {
		EXPECT_EQ(o->t, -EINVAL, err);
	} else if (!s->taken[index]) {
		EXPECT_EQ(o->t, -ENOENT, err);
	} else {
		EXPECT_EQ(o->t, 0, err);
		s->taken[index] = 0;
		s->nr_used--;
		o->nr_used--;
		return;
	}
	o->nr_refused++;
}

static void remove_slab(struct slab_oracle *o, u32 pfn, bool all)
{
	u32 i;

	for (i = 0; i < o->nr_slabs; i++) {
		struct oracle_slab *s = &o->slab[i];

		if (s->pfn != pfn)
			continue;
		EXPECT(o->t, all || !s->nr_used);
		o->nr_used -= s->nr_used;
		o->nr_removed++;
		*s = o->slab[--o->nr_slabs];
		return;
	}
	EXPECT_EQ(o->t, PFN_NONE, pfn);	/* it is no slab of this cache */
}

void mmlab_slab_oracle_shrink(struct slab_oracle *o, u32 keep, bool all, u32 pfn)
{
	u32 nr_before = 0, nr_after = 0, i;

	for (i = 0; i < o->nr_slabs; i++)
		nr_before += all || !o->slab[i].nr_used;
	for (; pfn != PFN_NONE; pfn = mmlab_frame(o->m, pfn)->next)
		remove_slab(o, pfn, all);
	for (i = 0; i < o->nr_slabs; i++)
		nr_after += all || !o->slab[i].nr_used;
	EXPECT_EQ(o->t, min(nr_before, keep), nr_after);
}

/* Counts the objects of a slab with a wrong bit. */
static u32 wrong_bits(const struct slab_oracle *o, const struct oracle_slab *s)
{
	u32 i, nr = 0;

	for (i = 0; i < o->c->nr_objects; i++)
		nr += mmlab_slab_is_free(o->m, o->c, s->pfn, i) == s->taken[i];
	return nr;
}

void mmlab_slab_oracle_compare(struct slab_oracle *o)
{
	u32 nr_slabs[NR_SLAB_LISTS] = {}, i;
	struct lab_cache_snapshot snapshot;

	mmlab_slab_snapshot(o->c, &snapshot);
	for (i = 0; i < o->nr_slabs; i++) {
		const struct oracle_slab *s = &o->slab[i];

		EXPECT_EQ(o->t, 0, wrong_bits(o, s));
		EXPECT_EQ(o->t, s->nr_used, mmlab_frame(o->m, s->pfn)->mapcount);
		nr_slabs[!s->nr_used ? SLABS_FREE : s->nr_used < o->c->nr_objects ?
			 SLABS_PARTIAL : SLABS_FULL]++;
	}
	for (i = 0; i < NR_SLAB_LISTS; i++)
		EXPECT_EQ(o->t, nr_slabs[i], snapshot.nr_slabs[i]);
	EXPECT_EQ(o->t, o->nr_used, snapshot.nr_active);
	EXPECT_EQ(o->t, o->nr_added, snapshot.nr_grown);
	EXPECT_EQ(o->t, o->nr_removed, snapshot.nr_reaped);
	EXPECT_EQ(o->t, o->nr_refused, snapshot.nr_refused);
	EXPECT(o->t, snapshot.high_active >= snapshot.nr_active);
	EXPECT_EQ(o->t, 0, snapshot.nr_quarantined);
	mmlab_test_slab_sound(o->t, o->m, o->c);
}
