// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of core/slab: from an address to its object, which must be exact for
 * every byte of a slab, and what is refused.
 */
#include "../core/core_internal.h"
#include "../core/buddy.h"
#include "../core/slab.h"
#include "cases.h"

#define OWN_CACHE	9U

static struct lab_slab_cache *new_cache_id(struct test_ctx *t, u32 id, u32 size,
					   u32 align, lab_slab_flags_t flags)
{
	const struct lab_cache_params params = {
		.name = "find", .id = id, .size = size, .align = align,
		.flags = flags,
	};
	struct lab_slab_cache *c = mmlab_test_alloc(t, sizeof(*c));

	if (c)
		EXPECT_EQ(t, 0, mmlab_slab_init(c, &params));
	return c;
}

static struct lab_slab_cache *new_cache(struct test_ctx *t, u32 size, u32 align,
					lab_slab_flags_t flags)
{
	return new_cache_id(t, OWN_CACHE, size, align, flags);
}

/* What a long division says: the object's number, or PFN_NONE. */
static u32 naive_index(const struct lab_machine *m, const struct lab_slab_cache *c,
		       u32 pfn, const void *address)
{
	size_t first = (size_t)mmlab_slab_object(m, c, pfn, 0);
	size_t offset = (size_t)address - first;

	if ((size_t)address < first || offset % c->size ||
	    offset / c->size >= c->nr_objects)
		return PFN_NONE;
	return (u32)(offset / c->size);
}

/* Every @step-th byte of the slab at @pfn. */
static void check_slab(struct test_ctx *t, const struct lab_machine *m,
		       const struct lab_slab_cache *c, u32 pfn, u32 step)
{
	char *start = mmlab_frame_address(m, pfn), *at;
	char *end = start + ((size_t)PAGE_SIZE << c->order);
	u32 nr_wrong = 0, nr_found = 0;

	for (at = start; at < end; at += step) {
		u32 want = naive_index(m, c, pfn, at), index = PFN_NONE;
		u32 got = mmlab_slab_find(m, c, at, &index);

		/* the quick look knows no debug bytes */
		if (!c->pad_left)
			nr_wrong += mmlab_slab_holds(m, c, at) != (got != PFN_NONE);
		if (want == PFN_NONE) {
			nr_wrong += got != PFN_NONE;
		} else {
			nr_wrong += got != pfn || index != want;
			nr_found++;
		}
	}
	EXPECT_EQ(t, 0, nr_wrong);
	if (step == 1 || !(c->size % step || c->pad_left % step))
		EXPECT_EQ(t, c->nr_objects, nr_found);
}

/* Slabs of the first and the last colour, each looked at; then they are given back. */
static void check_cache(struct test_ctx *t, struct lab_machine *m,
			struct lab_slab_cache *c, u32 step)
{
	u32 i;

	for (i = 0; i < 2; i++) {
		u32 pfn;

		c->colour_next = i ? c->nr_colours - 1 : 0;
		pfn = mmlab_test_grow(t, m, c);
		if (pfn == PFN_NONE)
			return;
		check_slab(t, m, c, pfn, step);
	}
	EXPECT_EQ(t, 2, mmlab_test_free_slabs(m, mmlab_slab_abandon(m, c)));
}

/* Every byte of a slab of every size class up to the largest. */
static void find_size_classes(struct test_ctx *t)
{
	static const u32 sizes[] = {
		8, 16, 24, 32, 40, 56, 64, 72, 88, 96, 104, 120, 128, 136, 192,
		200, 256, 328, 512, 776, 1000, 1024, 1400, 2000, 2048, 2056,
		3000, 4088, 4096, 4104, 8192, 10008, 16384, 21848, 32760, 32768,
		43688, 65536, 65544, 100000, 131064, 131072
	};
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(8), true);
	u32 i;

	for (i = 0; m && i < ARRAY_SIZE(sizes); i++) {
		struct lab_slab_cache *c = new_cache(t, sizes[i], 0, 0);

		if (!c)
			return;
		check_cache(t, m, c, 1);
		mmlab_test_env_relax();
	}
}

/* All sizes that are a multiple of 8, at the addresses that could be objects. */
static void find_all_sizes(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(8), true);
	struct lab_slab_cache *c = new_cache(t, 8, 0, 0);
	struct lab_cache_params params = { .name = "find", .id = OWN_CACHE };
	u32 size;

	for (size = 8; m && c && size <= 4096; size += 8) {
		params.size = size;
		EXPECT_EQ(t, 0, mmlab_slab_init(c, &params));
		check_cache(t, m, c, 8);
	}
}

/* Red zones and alignment put the objects elsewhere. */
static void find_with_padding(struct test_ctx *t)
{
	static const u32 sizes[] = { 8, 40, 100, 1000, 4096, 5000, 131072 };
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(8), true);
	u32 i, align;

	for (i = 0; m && i < ARRAY_SIZE(sizes); i++) {
		for (align = 8; align <= LAB_SLAB_MAX_ALIGN; align *= 8) {
			struct lab_slab_cache *c = new_cache(t, sizes[i], align,
							LAB_SLAB_DEBUG_FLAGS);

			if (!c)
				return;
			check_cache(t, m, c, sizes[i] > 4096 ? 8 : 1);
		}
	}
}

/* The head frame of the slab, or PFN_NONE; both ways of looking must agree. */
static u32 find(struct test_ctx *t, const struct lab_machine *m,
		const struct lab_slab_cache *c, const void *object)
{
	u32 pfn = mmlab_slab_find(m, c, object, NULL);

	EXPECT_EQ(t, pfn != PFN_NONE, mmlab_slab_holds(m, c, object));
	return pfn;
}

/* What is no object of this cache, whatever else it is. */
static void find_refused(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(4), true);
	struct lab_slab_cache *c = new_cache(t, 5000, 0, 0);
	struct lab_slab_cache *other = new_cache_id(t, OWN_CACHE + 1, 5000, 0, 0);
	struct lab_machine part;
	u32 pfn, foreign, block;
	char *end;

	if (!m || !c || !other)
		return;
	end = mmlab_frame_address(m, m->nr_frames);
	pfn = mmlab_test_grow(t, m, c);
	foreign = mmlab_test_grow(t, m, other);
	block = mmlab_test_alloc_block(m, c->order, 0);
	mmlab_frame(m, block)->owner = OWN_CACHE;
	EXPECT_EQ(t, pfn, find(t, m, c, mmlab_slab_object(m, c, pfn, 1)));
	EXPECT_EQ(t, PFN_NONE, find(t, m, c, NULL));
	EXPECT_EQ(t, PFN_NONE, find(t, m, c, m->base));
	EXPECT_EQ(t, PFN_NONE, find(t, m, c, (char *)m->base - 8));
	EXPECT_EQ(t, PFN_NONE, find(t, m, c, end));
	EXPECT_EQ(t, PFN_NONE, find(t, m, c, end - 8));
	EXPECT_EQ(t, PFN_NONE, find(t, m, c, (void *)~(size_t)7));
	EXPECT_EQ(t, PFN_NONE, find(t, m, c, &m));
	EXPECT_EQ(t, PFN_NONE, find(t, m, c, mmlab_frame_address(m, foreign)));
	EXPECT_EQ(t, PFN_NONE, find(t, m, c, mmlab_frame_address(m, block)));
	EXPECT_EQ(t, -EINVAL, mmlab_slab_free(m, c, mmlab_frame_address(m, block)));
	EXPECT_EQ(t, -EINVAL, mmlab_slab_free(m, c, NULL));
	EXPECT_EQ(t, 2, c->nr_refused);
	/* an arena that ends where the slab begins does not have it */
	part = *m;
	part.nr_bytes = (size_t)pfn << PAGE_SHIFT;
	EXPECT_EQ(t, PFN_NONE, find(t, &part, c, mmlab_slab_object(m, c, pfn, 0)));
	EXPECT_EQ(t, 0, mmlab_slab_cache_id(&part, mmlab_slab_object(m, c, pfn, 0)));
	/* a slab that went back to the buddy allocator has no objects */
	mmlab_test_free_slabs(m, mmlab_slab_shrink(m, c, 0));
	EXPECT_EQ(t, PFN_NONE, find(t, m, c, mmlab_frame_address(m, pfn)));
}

static void find_cache_id(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(4), true);
	struct lab_slab_cache *c = new_cache(t, 10000, 0, 0);
	u32 pfn, block;
	char *at;

	if (!m || !c)
		return;
	pfn = mmlab_test_grow(t, m, c);
	block = mmlab_test_alloc_block(m, 2, 0);
	mmlab_frame(m, block)->owner = OWN_CACHE;
	at = mmlab_frame_address(m, pfn);
	EXPECT_EQ(t, OWN_CACHE, mmlab_slab_cache_id(m, at));
	EXPECT_EQ(t, OWN_CACHE, mmlab_slab_cache_id(m, at + (PAGE_SIZE << c->order) - 1));
	EXPECT_EQ(t, 0, mmlab_slab_cache_id(m, at + (PAGE_SIZE << c->order)));
	EXPECT_EQ(t, 0, mmlab_slab_cache_id(m, mmlab_frame_address(m, block)));
	EXPECT_EQ(t, 0, mmlab_slab_cache_id(m, m->base));
	EXPECT_EQ(t, 0, mmlab_slab_cache_id(m, (char *)m->base - 1));
	EXPECT_EQ(t, 0, mmlab_slab_cache_id(m, NULL));
	mmlab_frame(m, pfn)->state = FRAME_PCP;
	EXPECT_EQ(t, 0, mmlab_slab_cache_id(m, at));
	mmlab_frame(m, pfn)->state = FRAME_TAIL;
	mmlab_frame(m, pfn & ~7U)->state = FRAME_TAIL;
	mmlab_frame(m, 0)->state = FRAME_TAIL;
	mmlab_frame(m, pfn & ~1023U)->order = 77;
	EXPECT_EQ(t, 0, mmlab_slab_cache_id(m, at));
}

/*
 * A bitmap after the objects is memory that their users can overwrite: bits after the
 * last object stand for no object, and a slab with an empty bitmap has no free object.
 */
static void find_bitmap_overwritten(struct test_ctx *t)
{
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(4), true);
	struct lab_slab_cache *c = new_cache(t, 96, 0, 0);
	void *objects[96];
	u32 got, i, pfn;

	if (!m || !c)
		return;
	pfn = mmlab_test_grow(t, m, c);
	memset((char *)mmlab_frame_address(m, pfn) + c->bitmap_offset, 0xff, 8);
	got = mmlab_slab_alloc(m, c, objects, 96);
	EXPECT_EQ(t, 42, got);
	for (i = 0; i < got; i++)
		EXPECT_EQ(t, pfn, mmlab_slab_find(m, c, objects[i], NULL));
	mmlab_test_free_slabs(m, mmlab_slab_abandon(m, c));

	pfn = mmlab_test_grow(t, m, c);
	memset((char *)mmlab_frame_address(m, pfn) + c->bitmap_offset, 0, 8);
	EXPECT_EQ(t, 0, mmlab_slab_alloc(m, c, objects, 96));
	EXPECT_EQ(t, 1, c->list[SLABS_FULL].nr);
	EXPECT_EQ(t, 42, c->nr_active);
	EXPECT_EQ(t, 42, c->nr_quarantined);
	mmlab_test_grow(t, m, c);
	EXPECT_EQ(t, 42, mmlab_slab_alloc(m, c, objects, 96));
}

const struct test_case mmlab_test_slab_find[] = {
	{ "slab_find_size_classes", find_size_classes },
	{ "slab_find_all_sizes", find_all_sizes },
	{ "slab_find_with_padding", find_with_padding },
	{ "slab_find_refused", find_refused },
	{ "slab_find_cache_id", find_cache_id },
	{ "slab_bitmap_overwritten", find_bitmap_overwritten },
	{}
};
