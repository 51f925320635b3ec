// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of core/slab, each with a known answer: geometry, names, the way of
 * slabs between the lists, constructors, colours, random order.
 */
#include "../core/core_internal.h"
#include "../core/buddy.h"
#include "../core/name.h"
#include "../core/slab.h"
#include "cases.h"

#define MANY	1024U	/* more than the objects of any one slab */

static u32 slab_bytes(const struct lab_slab_cache *c)
{
	return (u32)PAGE_SIZE << c->order;
}

/* Bytes of the on-slab bitmap by the rule of the header file. */
static u32 map_bytes(const struct lab_slab_cache *c)
{
	return c->nr_objects > 32 ? (c->nr_objects + 31) / 32 * 4 : 0;
}

static void init_cache(struct test_ctx *t, struct lab_slab_cache *c, u32 size,
		       u32 align, lab_slab_flags_t flags)
{
	const struct lab_cache_params params = {
		.name = "cache", .id = 7, .size = size, .align = align,
		.flags = flags, .seed = 1,
	};

	EXPECT_EQ(t, 0, mmlab_slab_init(c, &params));
}

static void check_geometry(struct test_ctx *t, u32 size, u32 align, lab_slab_flags_t flags)
{
	struct lab_cache_snapshot s;
	struct lab_slab_cache c;
	u32 want = align < 8 ? 8 : align, spare;

	init_cache(t, &c, size, align, flags);
	EXPECT_EQ(t, size, c.object_size);
	EXPECT_EQ(t, want, c.align);
	EXPECT_EQ(t, 0, c.size % want);
	EXPECT_EQ(t, 0, c.pad_left % want);
	EXPECT(t, c.size >= c.pad_left + size);
	if (!flags)
		EXPECT_EQ(t, (size + want - 1) / want * want, c.size);
	EXPECT(t, c.nr_objects > 0);
	spare = slab_bytes(&c) - c.nr_objects * c.size;
	/* objects, their map and the last colour fit into the slab */
	EXPECT(t, c.nr_objects * c.size + map_bytes(&c) +
		  (c.nr_colours - 1) * LAB_SLAB_COLOUR_STEP <= slab_bytes(&c));
	/* and neither another object nor another colour would */
	EXPECT(t, spare < c.size + map_bytes(&c) + 4);
	if (want > LAB_SLAB_COLOUR_STEP)
		EXPECT_EQ(t, 1, c.nr_colours);
	else
		EXPECT_EQ(t, min(1 + (spare - map_bytes(&c)) / LAB_SLAB_COLOUR_STEP,
				 256U), c.nr_colours);
	EXPECT_EQ(t, map_bytes(&c) ? slab_bytes(&c) - map_bytes(&c) : 0,
		  c.bitmap_offset);
	EXPECT_EQ(t, 0, c.bitmap_offset % 4);
	mmlab_slab_snapshot(&c, &s);
	EXPECT_EQ(t, spare, mmlab_slab_waste(&s));
	EXPECT_EQ(t, 0, strcmp(s.name, "cache"));
	EXPECT_EQ(t, 7, s.id);
	EXPECT(t, s.flags == flags);
	EXPECT_EQ(t, size, s.object_size);
	EXPECT_EQ(t, c.size, s.size);
	EXPECT_EQ(t, want, s.align);
	EXPECT_EQ(t, c.order, s.order);
	EXPECT_EQ(t, c.nr_objects, s.nr_objects);
	EXPECT_EQ(t, c.nr_colours, s.nr_colours);
	EXPECT_EQ(t, c.bitmap_offset, s.bitmap_offset);
	if (size <= 4096 && want <= LAB_SLAB_COLOUR_STEP)
		EXPECT(t, spare <= slab_bytes(&c) / 8);
	test_note(t, (u64)c.size << 32 | c.nr_objects << 8 | c.order);
}

/* Every size that the promise about waste is for, with and without debugging. */
static void slab_geometry_small(struct test_ctx *t)
{
	u32 size;

	for (size = 1; size <= 4096; size++) {
		check_geometry(t, size, 0, 0);
		check_geometry(t, size, 64, 0);
		check_geometry(t, size, 0, LAB_SLAB_DEBUG_FLAGS);
	}
}

static void slab_geometry_large(struct test_ctx *t)
{
	u32 size, align;

	for (align = 1; align <= LAB_SLAB_MAX_ALIGN; align *= 2) {
		for (size = 1; size <= LAB_SLAB_MAX_SIZE; size += size / 7 + 1) {
			check_geometry(t, size, align, 0);
			check_geometry(t, size, align, LAB_SLAB_RED_ZONE);
		}
		check_geometry(t, LAB_SLAB_MAX_SIZE, align, 0);
		check_geometry(t, LAB_SLAB_MAX_SIZE, align, LAB_SLAB_DEBUG_FLAGS);
	}
}

/* Objects are counted one by one; nothing is divided or shifted. */
static u32 naive_waste(u32 size, u32 order)
{
	u32 bytes = (u32)PAGE_SIZE << order, nr = 0, map = 0;

	while ((nr + 1) * size + map <= bytes) {
		nr++;
		if (nr >= 32 && nr % 32 == 0)
			map = (nr + 32) / 8;
	}
	return bytes - nr * size;
}

static u32 naive_order(u32 size)
{
	u32 order, best = 0;

	for (order = 0; order <= 3; order++) {
		if (naive_waste(size, order) * 8 <= (u32)PAGE_SIZE << order)
			return order;
		if (naive_waste(size, order) * ((u32)PAGE_SIZE << best) <
		    naive_waste(size, best) * ((u32)PAGE_SIZE << order))
			best = order;
	}
	return best;
}

/* The order is the smallest one that wastes no more than an eighth, or the best. */
static void slab_geometry_order(struct test_ctx *t)
{
	static const struct {
		u32 size, order, nr_objects;
	} known[] = {
		{ 8, 0, 504 }, { 16, 0, 254 }, { 32, 0, 127 }, { 64, 0, 63 },
		{ 96, 0, 42 }, { 128, 0, 32 }, { 192, 0, 21 }, { 256, 0, 16 },
		{ 512, 0, 8 }, { 600, 0, 6 }, { 1024, 0, 4 }, { 1376, 2, 11 },
		{ 1536, 1, 5 }, { 2048, 0, 2 }, { 2056, 2, 7 }, { 4096, 0, 1 },
		{ 4104, 3, 7 }, { 5504, 3, 5 }, { 8192, 1, 1 }, { 12288, 2, 1 },
		{ 20000, 3, 1 }, { 32768, 3, 1 }, { 65536, 4, 1 },
		{ 131072, 5, 1 },
	};
	struct lab_slab_cache c;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		init_cache(t, &c, known[i].size, 0, 0);
		EXPECT_EQ(t, known[i].order, c.order);
		EXPECT_EQ(t, known[i].nr_objects, c.nr_objects);
	}
	for (i = 8; i <= PAGE_SIZE; i += 8) {
		init_cache(t, &c, i, 0, 0);
		EXPECT_EQ(t, naive_order(i), c.order);
	}
}

static void ctor_nothing(void *object)
{
}

static void slab_init_refused(struct test_ctx *t)
{
	struct lab_slab_cache c;
	struct lab_cache_params p = { .name = "x", .id = 1, .size = 8 };

	EXPECT_EQ(t, 0, mmlab_slab_init(&c, &p));
	p.size = 0;
	EXPECT_EQ(t, -EINVAL, mmlab_slab_init(&c, &p));
	p.size = LAB_SLAB_MAX_SIZE + 1;
	EXPECT_EQ(t, -EINVAL, mmlab_slab_init(&c, &p));
	p.size = U32_MAX;
	EXPECT_EQ(t, -EINVAL, mmlab_slab_init(&c, &p));
	p.size = 8;
	p.align = 3;
	EXPECT_EQ(t, -EINVAL, mmlab_slab_init(&c, &p));
	p.align = LAB_SLAB_MAX_ALIGN * 2;
	EXPECT_EQ(t, -EINVAL, mmlab_slab_init(&c, &p));
	p.align = 1U << 31;
	EXPECT_EQ(t, -EINVAL, mmlab_slab_init(&c, &p));
	p.align = 8;
	p.ctor = ctor_nothing;
	p.flags = LAB_SLAB_POISON;
	EXPECT_EQ(t, -EINVAL, mmlab_slab_init(&c, &p));
	p.flags = LAB_SLAB_RED_ZONE;
	EXPECT_EQ(t, 0, mmlab_slab_init(&c, &p));
	p.name = "a b";
	EXPECT_EQ(t, -EINVAL, mmlab_slab_init(&c, &p));
}

static void slab_names(struct test_ctx *t)
{
	static const char *const good[] = {
		"a", "kmalloc-8", "vm_area_struct", "A.Z_09-z", ".",
		"0123456789012345678901234567890",
	};
	static const char *const bad[] = {
		"", "01234567890123456789012345678901", "a b", " ", "a\n", "\n",
		"a\nforged 1 1", "%s%n", "a/b", "/", "a:b", "\xc3\xa4", "\x80",
		"a\x7f", "tab\there", "[", "`", "{", "@", "^", "a,b", "\x01",
		"0123456789012345678901234567890:",
	};
	struct lab_slab_cache c;
	struct lab_cache_params p = { .id = 1, .size = 8 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		EXPECT(t, mmlab_name_ok(good[i], LAB_CACHE_NAME_MAX));
		p.name = good[i];
		EXPECT_EQ(t, 0, mmlab_slab_init(&c, &p));
		EXPECT_EQ(t, 0, strcmp(good[i], c.name));
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT(t, !mmlab_name_ok(bad[i], LAB_CACHE_NAME_MAX));
}

/* Each byte alone: 65 of the 255 are characters of a name. */
static void name_bytes(struct test_ctx *t)
{
	static const char good[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
	u32 byte, nr = 0;

	for (byte = 1; byte < 256; byte++) {
		char name[2] = { (char)byte };
		bool ok = mmlab_name_ok(name, 1);

		EXPECT_EQ(t, !!strchr(good, name[0]), ok);
		nr += ok;
	}
	EXPECT_EQ(t, sizeof(good) - 1, nr);
}

static void name_fields(struct test_ctx *t)
{
	static const struct {
		char field[4];
		bool ends;
	} fields[] = {
		{ "", true }, { "a", true }, { "abc", true }, { "ab\0", true },
		{ { 'a', 'b', 'c', 'd' }, false }, { "a\0b", false },
		{ { 'a', 0, 0, 'x' }, false }, { { 0, 0, 0, 1 }, false },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		/* of exactly its size, so that a sanitizer sees a byte read after it */
		char *field = mmlab_test_alloc(t, sizeof(fields[i].field));

		if (!field)
			return;
		memcpy(field, fields[i].field, sizeof(fields[i].field));
		EXPECT_EQ(t, fields[i].ends,
			  mmlab_name_ends(field, sizeof(fields[i].field)));
	}
}

/**
 * struct rig - a cache at work
 * @t: case
 * @m: machine of 4 MiB
 * @c: cache
 * @object: what is allocated
 * @nr: of them
 */
struct rig {
	struct test_ctx *t;
	struct lab_machine *m;
	struct lab_slab_cache c;
	void *object[MANY];
	u32 nr;
};

static struct rig *new_rig(struct test_ctx *t, u32 size, u32 align, lab_slab_flags_t flags)
{
	struct rig *r = mmlab_test_alloc(t, sizeof(*r));
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(4), true);

	if (!r || !m)
		return NULL;
	r->t = t;
	r->m = m;
	init_cache(t, &r->c, size, align, flags);
	return r;
}

static void expect_lists(struct rig *r, u32 nr_full, u32 nr_partial, u32 nr_free)
{
	struct lab_cache_snapshot s;

	mmlab_slab_snapshot(&r->c, &s);
	EXPECT_EQ(r->t, nr_full, s.nr_slabs[SLABS_FULL]);
	EXPECT_EQ(r->t, nr_partial, s.nr_slabs[SLABS_PARTIAL]);
	EXPECT_EQ(r->t, nr_free, s.nr_slabs[SLABS_FREE]);
	EXPECT_EQ(r->t, r->nr, s.nr_active);
	mmlab_test_slab_sound(r->t, r->m, &r->c);
}

static u32 alloc_objects(struct rig *r, u32 nr)
{
	u32 got = mmlab_slab_alloc(r->m, &r->c, r->object + r->nr, nr);

	r->nr += got;
	return got;
}

static int free_last(struct rig *r)
{
	return mmlab_slab_free(r->m, &r->c, r->object[--r->nr]);
}

/* One slab from free over partial to full and back, and two of them. */
static void slab_lists(struct test_ctx *t)
{
	struct rig *r = new_rig(t, 1024, 0, 0);

	if (!r)
		return;
	expect_lists(r, 0, 0, 0);
	EXPECT_EQ(t, 0, alloc_objects(r, 1));
	mmlab_test_grow(t, r->m, &r->c);
	expect_lists(r, 0, 0, 1);
	EXPECT_EQ(t, 1, alloc_objects(r, 1));
	expect_lists(r, 0, 1, 0);
	EXPECT_EQ(t, 3, alloc_objects(r, 9));
	expect_lists(r, 1, 0, 0);
	EXPECT_EQ(t, 0, alloc_objects(r, 1));
	EXPECT_EQ(t, 0, free_last(r));
	expect_lists(r, 0, 1, 0);
	/* partial ones are used up before a free one is begun */
	mmlab_test_grow(t, r->m, &r->c);
	expect_lists(r, 0, 1, 1);
	EXPECT_EQ(t, 1, alloc_objects(r, 1));
	expect_lists(r, 1, 0, 1);
	EXPECT_EQ(t, 2, alloc_objects(r, 2));
	expect_lists(r, 1, 1, 0);
	while (r->nr)
		EXPECT_EQ(t, 0, free_last(r));
	expect_lists(r, 0, 0, 2);
	EXPECT_EQ(t, 6, r->c.high_active);
	EXPECT_EQ(t, 0, r->c.nr_refused);
}

/* Objects lie where they should, do not overlap, and are all there are. */
static void slab_bulk(struct test_ctx *t)
{
	static const u32 sizes[] = { 8, 24, 120, 128, 136, 1000, 4096, 20000 };
	u32 i, k, base;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct rig *r = new_rig(t, sizes[i], 0, 0);

		if (!r)
			return;
		base = mmlab_test_grow(t, r->m, &r->c);
		mmlab_test_grow(t, r->m, &r->c);
		EXPECT_EQ(t, r->c.nr_objects, alloc_objects(r, r->c.nr_objects));
		expect_lists(r, 1, 0, 1);
		for (k = 0; k < r->nr; k++) {
			u32 index = MANY;
			u32 pfn = mmlab_slab_find(r->m, &r->c, r->object[k], &index);

			EXPECT_EQ(t, k, index);
			EXPECT(t, r->object[k] == mmlab_slab_object(r->m, &r->c,
								    pfn, index));
			memset(r->object[k], (int)k, sizes[i]);
			test_note(t, (u64)(pfn - base) << 32 | index);
		}
		for (k = 0; k < r->nr; k++)
			EXPECT_EQ(t, (u8)k, *((u8 *)r->object[k] + sizes[i] - 1));
		EXPECT_EQ(t, 0, mmlab_slab_free_bulk(r->m, &r->c, r->object, r->nr));
		EXPECT_EQ(t, r->nr, mmlab_slab_free_bulk(r->m, &r->c, r->object,
							 r->nr));
		EXPECT_EQ(t, r->nr, r->c.nr_refused);
		r->nr = 0;
		expect_lists(r, 0, 0, 2);
	}
}

static void slab_double_free(struct test_ctx *t)
{
	struct rig *r = new_rig(t, 64, 0, 0);
	struct lab_frame *frame;
	void *object;

	if (!r)
		return;
	mmlab_test_grow(t, r->m, &r->c);
	alloc_objects(r, 3);
	object = r->object[2];
	EXPECT_EQ(t, 0, free_last(r));
	EXPECT_EQ(t, -ENOENT, mmlab_slab_free(r->m, &r->c, object));
	EXPECT_EQ(t, -ENOENT, mmlab_slab_free(r->m, &r->c, object));
	EXPECT_EQ(t, 2, r->c.nr_refused);
	expect_lists(r, 0, 1, 0);
	EXPECT_EQ(t, 0, free_last(r));
	EXPECT_EQ(t, 0, free_last(r));
	EXPECT_EQ(t, -ENOENT, mmlab_slab_free(r->m, &r->c, object));
	/* a slab that counts no object in use gives none back */
	spin_lock(&r->c.lock);
	mmlab_slab_take_locked(r->m, &r->c, mmlab_slab_find(r->m, &r->c, object,
							    NULL), 2);
	spin_unlock(&r->c.lock);
	EXPECT_EQ(t, 1, r->c.nr_active);
	EXPECT_EQ(t, 3, r->c.high_active);
	/* nor does one whose count was overwritten */
	frame = mmlab_frame(r->m, mmlab_slab_find(r->m, &r->c, object, NULL));
	frame->mapcount = 0;
	EXPECT_EQ(t, -ENOENT, mmlab_slab_free(r->m, &r->c, object));
	EXPECT_EQ(t, 0, frame->mapcount);
	frame->mapcount = 1;
	EXPECT_EQ(t, 0, mmlab_slab_free(r->m, &r->c, object));
	expect_lists(r, 0, 0, 1);
}

static void slab_shrink(struct test_ctx *t)
{
	struct rig *r = new_rig(t, 2000, 0, 0);
	u32 managed, i, taken;

	if (!r)
		return;
	managed = r->m->zone[LAB_ZONE_NORMAL].nr_free;
	EXPECT_EQ(t, PFN_NONE, mmlab_slab_shrink(r->m, &r->c, 0));
	for (i = 0; i < 5; i++)
		mmlab_test_grow(t, r->m, &r->c);
	alloc_objects(r, 3);
	expect_lists(r, 1, 1, 3);
	EXPECT_EQ(t, PFN_NONE, mmlab_slab_shrink(r->m, &r->c, 3));
	taken = mmlab_slab_shrink(r->m, &r->c, 2);
	EXPECT_EQ(t, 1, mmlab_test_free_slabs(r->m, taken));
	expect_lists(r, 1, 1, 2);
	taken = mmlab_slab_shrink(r->m, &r->c, 0);
	EXPECT_EQ(t, 2, mmlab_test_free_slabs(r->m, taken));
	expect_lists(r, 1, 1, 0);
	EXPECT_EQ(t, 5, r->c.nr_grown);
	EXPECT_EQ(t, 3, r->c.nr_reaped);
	while (r->nr)
		EXPECT_EQ(t, 0, free_last(r));
	EXPECT_EQ(t, 2, mmlab_test_free_slabs(r->m, mmlab_slab_shrink(r->m, &r->c,
								      0)));
	expect_lists(r, 0, 0, 0);
	EXPECT_EQ(t, managed, r->m->zone[LAB_ZONE_NORMAL].nr_free);
	mmlab_test_sound(t, r->m);
}

static void slab_abandon(struct test_ctx *t)
{
	struct rig *r = new_rig(t, 1024, 0, 0);
	u32 i;

	if (!r)
		return;
	for (i = 0; i < 4; i++)
		mmlab_test_grow(t, r->m, &r->c);
	alloc_objects(r, 6);
	expect_lists(r, 1, 1, 2);
	EXPECT_EQ(t, 4, mmlab_test_free_slabs(r->m, mmlab_slab_abandon(r->m,
								       &r->c)));
	r->nr = 0;
	expect_lists(r, 0, 0, 0);
	EXPECT_EQ(t, 4, r->c.nr_reaped);
	EXPECT_EQ(t, PFN_NONE, mmlab_slab_abandon(r->m, &r->c));
	mmlab_test_sound(t, r->m);
}

static void slab_nth(struct test_ctx *t)
{
	struct rig *r = new_rig(t, 1024, 0, 0);
	u32 i, pfn, last_used = 4, seen = 0, first = PFN_NONE;

	if (!r)
		return;
	for (i = 0; i < 5; i++) {
		pfn = mmlab_test_grow(t, r->m, &r->c);
		first = min(first, pfn);
	}
	alloc_objects(r, 10);
	spin_lock(&r->c.lock);
	for (i = 0; i < 5; i++) {
		pfn = mmlab_slab_nth_locked(r->m, &r->c, i);
		if (!EXPECT(t, pfn != PFN_NONE))
			break;
		EXPECT(t, mmlab_frame(r->m, pfn)->mapcount <= last_used);
		last_used = mmlab_frame(r->m, pfn)->mapcount;
		EXPECT_EQ(t, i < 2 ? 4 : i == 2 ? 2 : 0, last_used);
		seen |= 1U << (pfn - first);
	}
	EXPECT_EQ(t, 5, hweight32(seen));
	EXPECT_EQ(t, PFN_NONE, mmlab_slab_nth_locked(r->m, &r->c, 5));
	EXPECT_EQ(t, PFN_NONE, mmlab_slab_nth_locked(r->m, &r->c, U32_MAX));
	spin_unlock(&r->c.lock);
}

static u32 nr_constructed;

static void ctor_counts(void *object)
{
	u64 *word = object;

	nr_constructed++;
	word[0]++;
	word[1] = 0x1234567890abcdefULL;
}

/* Once for each object when its slab is made, not for each allocation. */
static void slab_constructor(struct test_ctx *t)
{
	struct lab_cache_params p = {
		.name = "ctor", .id = 1, .size = 200, .ctor = ctor_counts,
	};
	struct rig *r = new_rig(t, 200, 0, 0);
	u32 round, i;

	if (!r)
		return;
	nr_constructed = 0;
	EXPECT_EQ(t, 0, mmlab_slab_init(&r->c, &p));
	EXPECT_EQ(t, 0, nr_constructed);
	mmlab_test_grow(t, r->m, &r->c);
	EXPECT_EQ(t, r->c.nr_objects, nr_constructed);
	for (round = 0; round < 3; round++) {
		alloc_objects(r, MANY);
		EXPECT_EQ(t, r->c.nr_objects, r->nr);
		for (i = 0; i < r->nr; i++) {
			EXPECT_EQ(t, 1, ((u64 *)r->object[i])[0]);
			EXPECT_EQ(t, 0x1234567890abcdefULL, ((u64 *)r->object[i])[1]);
		}
		while (r->nr)
			EXPECT_EQ(t, 0, free_last(r));
	}
	EXPECT_EQ(t, r->c.nr_objects, nr_constructed);
	mmlab_test_grow(t, r->m, &r->c);
	EXPECT_EQ(t, 2 * r->c.nr_objects, nr_constructed);
}

/* Each slab begins a step further on, then from the front; alignment holds. */
static void slab_colours(struct test_ctx *t)
{
	static const struct {
		u32 size, align, nr_colours;
	} known[] = {
		{ 1000, 0, 2 }, { 1000, 64, 1 }, { 920, 0, 7 }, { 920, 64, 5 },
		{ 920, 128, 1 }, { 4096, 0, 1 }, { 40, 0, 1 }, { 20000, 0, 200 },
		{ 17000, 0, 247 }, { 16500, 0, 255 }, { 16400, 0, 256 },
	};
	u32 i, k;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		struct rig *r = new_rig(t, known[i].size, known[i].align, 0);

		if (!r)
			return;
		EXPECT_EQ(t, known[i].nr_colours, r->c.nr_colours);
		for (k = 0; k < 2 * r->c.nr_colours + 1; k++) {
			u32 pfn = mmlab_test_grow(t, r->m, &r->c);
			u8 *first;

			if (pfn == PFN_NONE)
				return;
			first = mmlab_slab_object(r->m, &r->c, pfn, 0);
			EXPECT_EQ(t, k % r->c.nr_colours * LAB_SLAB_COLOUR_STEP,
				  first - (u8 *)mmlab_frame_address(r->m, pfn));
			EXPECT_EQ(t, 0, (size_t)first % r->c.align);
			mmlab_test_free_slabs(r->m, mmlab_slab_shrink(r->m, &r->c, 0));
		}
	}
}

/* The order in which a fresh slab's objects are given out. */
static u64 order_of_objects(struct test_ctx *t, lab_slab_flags_t flags, u32 seed, u32 *nr_falls)
{
	const struct lab_cache_params p = {
		.name = "random", .id = 1, .size = 64, .flags = flags, .seed = seed,
	};
	struct rig *r = new_rig(t, 64, 0, 0);
	u64 digest = TEST_DIGEST_START;
	u32 last = 0, index = 0, i;
	bool seen[64] = {};

	if (!r)
		return 0;
	EXPECT_EQ(t, 0, mmlab_slab_init(&r->c, &p));
	mmlab_test_grow(t, r->m, &r->c);
	*nr_falls = 0;
	for (i = 0; i < 63; i++) {
		if (!EXPECT_EQ(t, 1, alloc_objects(r, 1)))
			break;
		mmlab_slab_find(r->m, &r->c, r->object[i], &index);
		EXPECT(t, index < 63 && !seen[index]);
		seen[index % 64] = true;
		*nr_falls += index < last;
		last = index;
		mmlab_test_digest(&digest, index);
	}
	EXPECT_EQ(t, 0, alloc_objects(r, 1));
	return digest;
}

static void slab_random_order(struct test_ctx *t)
{
	u32 falls, seed;
	u64 plain = order_of_objects(t, 0, 1, &falls), last = plain;

	EXPECT_EQ(t, 0, falls);
	EXPECT_EQ(t, plain, order_of_objects(t, 0, 2, &falls));
	for (seed = 0; seed < 20; seed++) {
		u64 order = order_of_objects(t, LAB_SLAB_RANDOM, seed, &falls);

		/* about every second one comes before the last one */
		EXPECT(t, falls >= 15);
		EXPECT(t, order != last);
		EXPECT_EQ(t, order, order_of_objects(t, LAB_SLAB_RANDOM, seed,
						     &falls));
		last = order;
		test_note(t, order);
	}
}

const struct test_case mmlab_test_slab[] = {
	{ "slab_geometry_small", slab_geometry_small },
	{ "slab_geometry_large", slab_geometry_large },
	{ "slab_geometry_order", slab_geometry_order },
	{ "slab_init_refused", slab_init_refused },
	{ "slab_names", slab_names },
	{ "name_bytes", name_bytes },
	{ "name_fields", name_fields },
	{ "slab_lists", slab_lists },
	{ "slab_bulk", slab_bulk },
	{ "slab_double_free", slab_double_free },
	{ "slab_shrink", slab_shrink },
	{ "slab_abandon", slab_abandon },
	{ "slab_nth", slab_nth },
	{ "slab_constructor", slab_constructor },
	{ "slab_colours", slab_colours },
	{ "slab_random_order", slab_random_order },
	{}
};
