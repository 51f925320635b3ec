// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of core/slab_debug: each kind of fault is committed once, and must be
 * found once, with the right place and bytes; nothing else may be found.
 */
#include "../core/core_internal.h"
#include "../core/buddy.h"
#include "../core/slab_debug.h"
#include "cases.h"

#define SIZE	100U	/* of the objects; their right red zone is 4 + 8 bytes */

/**
 * struct rig - a cache with debugging
 * @t: case
 * @m: machine of 4 MiB
 * @c: cache with one slab
 * @fault: what was found last
 */
struct rig {
	struct test_ctx *t;
	struct lab_machine *m;
	struct lab_slab_cache c;
	struct lab_slab_fault fault;
};

static const struct lab_slab_track alloc_track = {
	.caller = 0xa110c, .when = 1000, .pid = 41, .cpu = 1,
};

static const struct lab_slab_track free_track = {
	.caller = 0xf4ee, .when = 2000, .pid = 42, .cpu = 2,
};

static struct rig *new_rig(struct test_ctx *t, u32 size, u32 align, lab_slab_flags_t flags)
{
	const struct lab_cache_params params = {
		.name = "debug", .id = 5, .size = size, .align = align,
		.flags = flags,
	};
	struct rig *r = mmlab_test_alloc(t, sizeof(*r));
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(4), true);

	if (!r || !m)
		return NULL;
	r->t = t;
	r->m = m;
	EXPECT_EQ(t, 0, mmlab_slab_init(&r->c, &params));
	mmlab_test_grow(t, m, &r->c);
	return r;
}

/* A fault says all of itself, whatever the description had before; what is right has none. */
static u8 *alloc_object(struct rig *r)
{
	u8 *object;

	mmlab_test_poison(&r->fault, sizeof(r->fault));
	object = mmlab_slab_debug_alloc(r->m, &r->c, &alloc_track, &r->fault);
	if (object)
		EXPECT_EQ(r->t, SLAB_FAULT_NONE, r->fault.kind);
	return object;
}

static int free_object(struct rig *r, void *object)
{
	int err;

	mmlab_test_poison(&r->fault, sizeof(r->fault));
	err = mmlab_slab_debug_free(r->m, &r->c, object, &free_track, &r->fault);
	EXPECT_EQ(r->t, !err, r->fault.kind == SLAB_FAULT_NONE);
	return err;
}

static bool find_fault(struct rig *r)
{
	mmlab_test_poison(&r->fault, sizeof(r->fault));
	return mmlab_slab_debug_validate(r->m, &r->c, &r->fault);
}

static u32 lva_of(const struct rig *r, const void *address)
{
	return LAB_PAGE_OFFSET + (u32)((size_t)address - (size_t)r->m->base);
}

/* What was done about the last fault. */
static void expect_remedy(struct rig *r, enum lab_slab_remedy remedy)
{
	EXPECT_EQ(r->t, remedy, r->fault.remedy);
}

/* The last fault is @kind, from @bad on for @nr bytes around @object. */
static void expect_fault(struct rig *r, enum lab_slab_fault_kind kind,
			 const u8 *object, const u8 *bad, u32 nr, u8 expected,
			 u8 found)
{
	const struct lab_slab_fault *f = &r->fault;
	u32 pfn = mmlab_slab_find(r->m, &r->c, object, NULL);

	EXPECT_EQ(r->t, kind, f->kind);
	EXPECT_EQ(r->t, 0, strcmp(f->cache, "debug"));
	EXPECT_EQ(r->t, r->c.object_size, f->object_size);
	EXPECT_EQ(r->t, r->c.nr_objects, f->nr_objects);
	EXPECT_EQ(r->t, pfn, f->pfn);
	EXPECT_EQ(r->t, lva_of(r, object), f->lva);
	EXPECT_EQ(r->t, object - (u8 *)mmlab_frame_address(r->m, pfn), f->offset);
	EXPECT_EQ(r->t, nr ? lva_of(r, bad) : 0, f->bad_lva);
	EXPECT_EQ(r->t, nr ? lva_of(r, bad) + nr : 0, f->bad_end);
	EXPECT_EQ(r->t, expected, f->expected);
	EXPECT_EQ(r->t, found, f->found);
	EXPECT_EQ(r->t, !!(r->c.flags & LAB_SLAB_STORE_USER), f->has_tracks);
	EXPECT_EQ(r->t, 0, memcmp(f->dump, object, min(r->c.object_size, 64U)));
	test_note(r->t, (u64)f->kind << 32 | f->offset);
	test_note(r->t, (u64)f->bad_lva << 32 | f->bad_end);
}

static void expect_clean(struct rig *r, u32 nr_quarantined)
{
	EXPECT(r->t, !find_fault(r));
	EXPECT_EQ(r->t, SLAB_FAULT_NONE, r->fault.kind);
	EXPECT_EQ(r->t, nr_quarantined, r->c.nr_quarantined);
	mmlab_test_slab_sound(r->t, r->m, &r->c);
}

static bool all_are(const u8 *at, u32 nr, u8 value)
{
	while (nr--) {
		if (*at++ != value)
			return false;
	}
	return true;
}

/* Layout and patterns of an object as the head of slab_debug.h draws them. */
static void debug_patterns(struct test_ctx *t)
{
	struct rig *r = new_rig(t, SIZE, 0, LAB_SLAB_DEBUG_FLAGS);
	const u32 tracks = 2 * (u32)sizeof(struct lab_slab_track);
	u8 *object;

	if (!r)
		return;
	EXPECT_EQ(t, 8, r->c.pad_left);
	EXPECT_EQ(t, 8 + 112 + tracks, r->c.size);
	object = mmlab_slab_object(r->m, &r->c, r->c.list[SLABS_FREE].head, 0);
	EXPECT(t, all_are(object - 8, 8, 0xbb));
	EXPECT(t, all_are(object, SIZE - 1, 0x6b));
	EXPECT_EQ(t, 0xa5, object[SIZE - 1]);
	EXPECT(t, all_are(object + SIZE, 12, 0xbb));
	EXPECT(t, all_are(object + 112, tracks, 0));
	EXPECT(t, alloc_object(r) == object);
	EXPECT_EQ(t, SLAB_FAULT_NONE, r->fault.kind);
	EXPECT(t, all_are(object - 8, 8, 0xcc));
	EXPECT(t, all_are(object + SIZE, 12, 0xcc));
	EXPECT_EQ(t, 0, memcmp(object + 112, &alloc_track, sizeof(alloc_track)));
	memset(object, 0x11, SIZE);
	EXPECT_EQ(t, 0, free_object(r, object));
	EXPECT(t, all_are(object - 8, 8, 0xbb));
	EXPECT(t, all_are(object, SIZE - 1, 0x6b));
	EXPECT_EQ(t, 0xa5, object[SIZE - 1]);
	EXPECT_EQ(t, 0, memcmp(object + 112 + sizeof(free_track), &free_track,
			       sizeof(free_track)));
	expect_clean(r, 0);
}

/* Without red zones and tracks there is neither; without poison no filling. */
static void debug_single_flags(struct test_ctx *t)
{
	struct rig *r = new_rig(t, SIZE, 0, LAB_SLAB_POISON);
	u8 *object;

	if (!r)
		return;
	EXPECT_EQ(t, 0, r->c.pad_left);
	EXPECT_EQ(t, 104, r->c.size);
	object = alloc_object(r);
	memset(object, 1, SIZE);
	EXPECT_EQ(t, 0, free_object(r, object));
	EXPECT(t, all_are(object, SIZE - 1, 0x6b));
	expect_clean(r, 0);

	r = new_rig(t, SIZE, 0, LAB_SLAB_RED_ZONE);
	if (!r)
		return;
	EXPECT_EQ(t, 120, r->c.size);
	object = alloc_object(r);
	memset(object, 1, SIZE);
	EXPECT_EQ(t, 0, free_object(r, object));
	EXPECT(t, all_are(object, SIZE, 1));
	expect_clean(r, 0);

	r = new_rig(t, SIZE, 64, LAB_SLAB_STORE_USER);
	if (!r)
		return;
	EXPECT_EQ(t, 192, r->c.size);
	object = alloc_object(r);
	EXPECT_EQ(t, 0, free_object(r, object));
	EXPECT_EQ(t, 0, memcmp(object + 104, &alloc_track, sizeof(alloc_track)));
	expect_clean(r, 0);

	/* nothing to look at: not a cache with debugging */
	r = new_rig(t, SIZE, 0, 0);
	if (r)
		EXPECT(t, !find_fault(r));
}

/* Each byte around an object in use, one at a time, found by its free. */
static void debug_red_zones(struct test_ctx *t)
{
	struct rig *r = new_rig(t, SIZE, 16, LAB_SLAB_DEBUG_FLAGS);
	u32 i, nr_bad = 0;

	if (!r)
		return;
	for (i = 0; i < 8; i++) {
		u8 *object = alloc_object(r);

		if (!EXPECT(t, object))
			return;
		object[-16 + (int)i] = (u8)i;
		EXPECT_EQ(t, -EUCLEAN, free_object(r, object));
		expect_fault(r, SLAB_FAULT_LEFT_REDZONE, object, object - 16 + i,
			     1, 0xcc, (u8)i);
		EXPECT_EQ(t, 1 + i, r->fault.nr_used);
		expect_remedy(r, SLAB_REMEDY_QUARANTINED);
		expect_clean(r, ++nr_bad);
	}
	mmlab_test_grow(t, r->m, &r->c);
	for (i = 0; i < 12; i++) {
		u8 *object = alloc_object(r);

		if (!EXPECT(t, object))
			return;
		object[SIZE + i] = 0x33;
		object[SIZE + 11] = 0x34;
		EXPECT_EQ(t, -EUCLEAN, free_object(r, object));
		expect_fault(r, SLAB_FAULT_RIGHT_REDZONE, object,
			     object + SIZE + i, 12 - i, 0xcc,
			     i == 11 ? 0x34 : 0x33);
		expect_clean(r, ++nr_bad);
	}
	EXPECT_EQ(t, nr_bad, r->c.nr_active);
}

/* What a report shows of the red zones and of the owners. */
static void debug_report_bytes(struct test_ctx *t)
{
	struct rig *r = new_rig(t, SIZE, 0, LAB_SLAB_DEBUG_FLAGS |
				LAB_SLAB_INTERNAL);
	u8 *object;

	if (!r)
		return;
	object = alloc_object(r);
	EXPECT_EQ(t, 0, free_object(r, object));
	EXPECT(t, alloc_object(r) == object);
	memset(object, 0x77, SIZE);
	object[-1] = 1;
	object[SIZE] = 2;
	EXPECT_EQ(t, -EUCLEAN, free_object(r, object));
	expect_fault(r, SLAB_FAULT_LEFT_REDZONE, object, object - 1, 1, 0xcc, 1);
	EXPECT(t, r->fault.secret);
	EXPECT_EQ(t, 8, r->fault.zone_bytes);
	EXPECT(t, all_are(r->fault.left, 7, 0xcc));
	EXPECT_EQ(t, 1, r->fault.left[7]);
	EXPECT_EQ(t, 2, r->fault.right[0]);
	EXPECT(t, all_are(r->fault.right + 1, 7, 0xcc));
	EXPECT(t, all_are(r->fault.dump, SIZE, 0x77));
	EXPECT(t, all_are(r->fault.dump + SIZE, LAB_FAULT_DUMP - SIZE, 0));
	EXPECT_EQ(t, 0, memcmp(&r->fault.track[TRACK_ALLOC], &alloc_track,
			       sizeof(alloc_track)));
	EXPECT_EQ(t, 0, memcmp(&r->fault.track[TRACK_FREE], &free_track,
			       sizeof(free_track)));
}

/* Use after free, first and last byte, seen by the next allocation. */
static void debug_poison(struct test_ctx *t)
{
	struct rig *r = new_rig(t, SIZE, 0, LAB_SLAB_DEBUG_FLAGS);
	static const u32 at[] = { 0, 1, 50, SIZE - 2, SIZE - 1 };
	u32 i, used;

	if (!r)
		return;
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		u8 *object = alloc_object(r);

		if (!EXPECT(t, object))
			return;
		EXPECT_EQ(t, 0, free_object(r, object));
		object[at[i]] ^= 0xff;
		EXPECT(t, !alloc_object(r));
		expect_fault(r, SLAB_FAULT_POISON, object, object + at[i], 1,
			     at[i] == SIZE - 1 ? 0xa5 : 0x6b,
			     at[i] == SIZE - 1 ? 0x5a : 0x94);
		expect_remedy(r, SLAB_REMEDY_QUARANTINED);
		/* it has no owner any more, and the next one is another */
		expect_clean(r, i + 1);
		EXPECT_EQ(t, i + 1, r->c.nr_active);
	}
	used = r->c.nr_active;
	while (alloc_object(r))
		used++;
	EXPECT_EQ(t, SLAB_FAULT_NONE, r->fault.kind);
	EXPECT_EQ(t, r->c.nr_objects, used);
}

/* The same by a validator: each bad object is found once. */
static void debug_validate_finds(struct test_ctx *t)
{
	struct rig *r = new_rig(t, SIZE, 128, LAB_SLAB_DEBUG_FLAGS);
	u8 *object[6];
	u32 i;

	if (!r)
		return;
	for (i = 0; i < ARRAY_SIZE(object); i++)
		object[i] = alloc_object(r);
	EXPECT_EQ(t, 0, free_object(r, object[3]));
	EXPECT_EQ(t, 0, free_object(r, object[4]));
	object[0][-1] = 0;		/* in use: left */
	object[1][SIZE] = 1;		/* in use: right */
	object[2][r->c.size - r->c.pad_left - 1] = 2;	/* in use: padding */
	object[3][20] = 3;		/* free: poison */
	object[4][-5] = 4;		/* free: left */
	EXPECT(t, find_fault(r));
	expect_fault(r, SLAB_FAULT_LEFT_REDZONE, object[0], object[0] - 1, 1,
		     0xcc, 0);
	EXPECT_EQ(t, 4, r->fault.nr_used);
	expect_remedy(r, SLAB_REMEDY_RESTORED);
	EXPECT(t, find_fault(r));
	expect_fault(r, SLAB_FAULT_RIGHT_REDZONE, object[1], object[1] + SIZE, 1,
		     0xcc, 1);
	expect_remedy(r, SLAB_REMEDY_RESTORED);
	EXPECT(t, find_fault(r));
	expect_fault(r, SLAB_FAULT_PADDING, object[2],
		     object[2] + r->c.size - r->c.pad_left - 1, 1, 0x5a, 2);
	expect_remedy(r, SLAB_REMEDY_RESTORED);
	EXPECT_EQ(t, 0, r->c.nr_quarantined);
	EXPECT(t, find_fault(r));
	expect_fault(r, SLAB_FAULT_POISON, object[3], object[3] + 20, 1, 0x6b, 3);
	expect_remedy(r, SLAB_REMEDY_QUARANTINED);
	EXPECT(t, find_fault(r));
	expect_fault(r, SLAB_FAULT_LEFT_REDZONE, object[4], object[4] - 5, 1,
		     0xbb, 4);
	expect_remedy(r, SLAB_REMEDY_QUARANTINED);
	expect_clean(r, 2);
	EXPECT_EQ(t, 6, r->c.nr_active);
	/* those in use are as good as before */
	for (i = 0; i < 3; i++)
		EXPECT_EQ(t, 0, free_object(r, object[i]));
	EXPECT_EQ(t, -EINVAL, free_object(r, object[5] + 1));
	EXPECT_EQ(t, 0, free_object(r, object[5]));
	expect_clean(r, 2);
}

static void debug_double_free(struct test_ctx *t)
{
	struct rig *r = new_rig(t, SIZE, 0, LAB_SLAB_DEBUG_FLAGS);
	u8 *object;

	if (!r)
		return;
	object = alloc_object(r);
	EXPECT_EQ(t, 0, free_object(r, object));
	EXPECT_EQ(t, -ENOENT, free_object(r, object));
	expect_fault(r, SLAB_FAULT_DOUBLE_FREE, object, NULL, 0, 0, 0);
	expect_remedy(r, SLAB_REMEDY_REFUSED);
	EXPECT_EQ(t, 0, memcmp(&r->fault.track[TRACK_FREE], &free_track,
			       sizeof(free_track)));
	EXPECT_EQ(t, 1, r->c.nr_refused);
	EXPECT_EQ(t, 0, r->c.nr_active);
	expect_clean(r, 0);
}

static void debug_bad_pointer(struct test_ctx *t)
{
	struct rig *r = new_rig(t, SIZE, 0, LAB_SLAB_DEBUG_FLAGS);
	static const int off[] = { -8, -1, 1, 8, SIZE, 112 };
	void *outside[4] = {};
	u8 *object;
	u32 i;

	if (!r)
		return;
	outside[1] = r->m->base - 8;
	outside[2] = r->m->base + r->m->nr_bytes;
	outside[3] = &r->fault;
	object = alloc_object(r);
	for (i = 0; i < ARRAY_SIZE(off); i++) {
		EXPECT_EQ(t, -EINVAL, free_object(r, object + off[i]));
		EXPECT_EQ(t, SLAB_FAULT_BAD_POINTER, r->fault.kind);
		EXPECT_EQ(t, lva_of(r, object + off[i]), r->fault.lva);
		EXPECT_EQ(t, PFN_NONE, r->fault.pfn);
		expect_remedy(r, SLAB_REMEDY_REFUSED);
		EXPECT(t, !r->fault.has_tracks);
		EXPECT_EQ(t, 0, r->fault.zone_bytes);
	}
	EXPECT_EQ(t, -EINVAL, free_object(r, r->m->base));
	EXPECT_EQ(t, LAB_PAGE_OFFSET, r->fault.lva);
	/* what lies outside the arena has no address of the lab */
	for (i = 0; i < ARRAY_SIZE(outside); i++) {
		EXPECT_EQ(t, -EINVAL, free_object(r, outside[i]));
		EXPECT_EQ(t, SLAB_FAULT_BAD_POINTER, r->fault.kind);
		EXPECT_EQ(t, 0, r->fault.lva);
	}
	EXPECT_EQ(t, ARRAY_SIZE(off) + 1 + ARRAY_SIZE(outside), r->c.nr_refused);
	EXPECT_EQ(t, 0, free_object(r, object));
	expect_clean(r, 0);
}

/* With F, a slab with a count that is not its bitmap's is noticed at each call. */
static void debug_bad_count(struct test_ctx *t)
{
	struct rig *r = new_rig(t, SIZE, 0, LAB_SLAB_CONSISTENCY);
	u8 *object, *second;
	u32 pfn;

	if (!r)
		return;
	object = alloc_object(r);
	second = alloc_object(r);
	pfn = mmlab_slab_find(r->m, &r->c, object, NULL);
	mmlab_frame(r->m, pfn)->mapcount++;
	EXPECT_EQ(t, -EUCLEAN, free_object(r, object));
	expect_fault(r, SLAB_FAULT_BAD_COUNT, object, NULL, 0, 0, 0);
	EXPECT_EQ(t, 1, r->c.nr_quarantined);
	EXPECT(t, !alloc_object(r));
	EXPECT_EQ(t, SLAB_FAULT_BAD_COUNT, r->fault.kind);
	expect_remedy(r, SLAB_REMEDY_QUARANTINED);
	EXPECT_EQ(t, 2, r->c.nr_quarantined);
	mmlab_frame(r->m, pfn)->mapcount--;
	EXPECT_EQ(t, 0, free_object(r, second));
	EXPECT(t, alloc_object(r) == second);

	/* without F there is no such check */
	r = new_rig(t, SIZE, 0, LAB_SLAB_POISON);
	if (!r)
		return;
	object = alloc_object(r);
	mmlab_frame(r->m, mmlab_slab_find(r->m, &r->c, object, NULL))->mapcount++;
	EXPECT_EQ(t, 0, free_object(r, object));
}

/* All objects of the slab are taken, written to and given back. */
static void use_all(struct rig *r)
{
	u32 pfn = r->c.list[SLABS_FREE].head, nr = 0;
	u8 *object;

	while ((object = alloc_object(r)) != NULL) {
		EXPECT_EQ(r->t, 0, (size_t)object % r->c.align);
		memset(object, 0xee, r->c.object_size);
		nr++;
	}
	EXPECT_EQ(r->t, r->c.nr_objects, nr);
	expect_clean(r, 0);
	while (nr--)
		EXPECT_EQ(r->t, 0, free_object(r, mmlab_slab_object(r->m, &r->c,
								    pfn, nr)));
	EXPECT_EQ(r->t, 0, r->c.nr_active);
	expect_clean(r, 0);
}

/* Sizes at which zones, tracks and padding have all their possible lengths. */
static void debug_sizes(struct test_ctx *t)
{
	static const lab_slab_flags_t flags[] = {
		LAB_SLAB_RED_ZONE, LAB_SLAB_POISON, LAB_SLAB_STORE_USER,
		LAB_SLAB_RED_ZONE | LAB_SLAB_STORE_USER, LAB_SLAB_DEBUG_FLAGS
	};
	struct rig *r = new_rig(t, SIZE, 0, 0);
	struct lab_cache_params p = { .name = "debug", .id = 5 };
	u32 i;

	for (p.size = 1; r && p.size <= 40; p.size++) {
		for (i = 0; i < ARRAY_SIZE(flags); i++) {
			p.align = 8U << p.size % 4;
			p.flags = flags[i];
			mmlab_test_free_slabs(r->m, mmlab_slab_abandon(r->m, &r->c));
			EXPECT_EQ(t, 0, mmlab_slab_init(&r->c, &p));
			mmlab_test_grow(t, r->m, &r->c);
			use_all(r);
		}
	}
}

/* Faults in several slabs of one list: one by one, each once. */
static void debug_validate_slabs(struct test_ctx *t)
{
	struct rig *r = new_rig(t, SIZE, 128, LAB_SLAB_DEBUG_FLAGS);
	u32 i, nr;
	u8 *object;

	if (!r)
		return;
	nr = r->c.nr_objects;
	mmlab_test_grow(t, r->m, &r->c);
	mmlab_test_grow(t, r->m, &r->c);
	for (i = 0; i < 3 * nr; i++) {
		object = alloc_object(r);
		if (EXPECT(t, object) && i % nr == 0)
			object[-1] = 0;
	}
	for (i = 0; i < 3; i++) {
		EXPECT(t, find_fault(r));
		EXPECT_EQ(t, SLAB_FAULT_LEFT_REDZONE, r->fault.kind);
		EXPECT_EQ(t, 0, r->c.nr_quarantined);
	}
	expect_clean(r, 0);
}

const struct test_case mmlab_test_slab_debug[] = {
	{ "slab_debug_patterns", debug_patterns },
	{ "slab_debug_single_flags", debug_single_flags },
	{ "slab_debug_red_zones", debug_red_zones },
	{ "slab_debug_report_bytes", debug_report_bytes },
	{ "slab_debug_poison", debug_poison },
	{ "slab_debug_validate_finds", debug_validate_finds },
	{ "slab_debug_validate_slabs", debug_validate_slabs },
	{ "slab_debug_double_free", debug_double_free },
	{ "slab_debug_bad_pointer", debug_bad_pointer },
	{ "slab_debug_bad_count", debug_bad_count },
	{ "slab_debug_sizes", debug_sizes },
	{}
};
