// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of caches as other modules get them.
 */
#include <linux/err.h>
#include <linux/slab.h>

#include "../mmlab_api.h"
#include "cases.h"

#define NR_BULK		1500U
#define NR_CACHES	300U

static u32 nr_constructed;

static void construct(void *object)
{
	nr_constructed++;
	*(u64 *)object = 0x4d4d4c4142ULL;
}

static void cache_life(struct test_ctx *t)
{
	struct mmlab_kmem_cache *cache = mmlab_kmem_cache_create("test-life", 100, 64, 0,
								 construct);
	void *object, *second;

	if (!EXPECT(t, !IS_ERR(cache)))
		return;
	nr_constructed = 0;
	object = mmlab_kmem_cache_alloc(cache);
	second = mmlab_kmem_cache_alloc(cache);
	if (!EXPECT(t, object && second))
		return;
	EXPECT_EQ(t, 0, (size_t)object % 64);
	EXPECT_EQ(t, 0x4d4d4c4142ULL, *(u64 *)object);
	EXPECT(t, nr_constructed >= 32 && nr_constructed <= 128);
	EXPECT_EQ(t, -EBUSY, mmlab_kmem_cache_destroy(cache));
	EXPECT_EQ(t, -EINVAL, mmlab_kmem_cache_free(cache, object + 8));
	EXPECT_EQ(t, -EINVAL, mmlab_kmem_cache_free(cache, &cache));
	EXPECT_EQ(t, 0, mmlab_kmem_cache_free(cache, NULL));
	EXPECT_EQ(t, 0, mmlab_kmem_cache_free(cache, object));
	EXPECT_EQ(t, -EBUSY, mmlab_kmem_cache_destroy(cache));
	EXPECT_EQ(t, 0, mmlab_kmem_cache_free(cache, second));
	EXPECT_EQ(t, 0, mmlab_kmem_cache_destroy(cache));
}

static void cache_refused(struct test_ctx *t)
{
	static const struct {
		const char *name;
		unsigned int size, align, flags;
		int err;
	} bad[] = {
		{ "", 8, 0, 0, -EINVAL },
		{ "01234567890123456789012345678901", 8, 0, 0, -EINVAL },
		{ "a b", 8, 0, 0, -EINVAL },
		{ "a\nb 1 1", 8, 0, 0, -EINVAL },
		{ "%s%n", 8, 0, 0, -EINVAL },
		{ "test-x", 0, 0, 0, -EINVAL },
		{ "test-x", 131073, 0, 0, -EINVAL },
		{ "test-x", 8, 3, 0, -EINVAL },
		{ "test-x", 8, 8192, 0, -EINVAL },
		{ "test-x", 8, 0, 2, -EINVAL },
		{ "kmalloc-8", 8, 0, 0, -EEXIST },
		{ "test-taken", 8, 0, 0, -EEXIST },
	};
	struct mmlab_kmem_cache *taken = mmlab_kmem_cache_create("test-taken", 8, 0, 0, NULL);
	u32 i;

	if (!EXPECT(t, !IS_ERR(taken)))
		return;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(t, bad[i].err,
			  PTR_ERR(mmlab_kmem_cache_create(bad[i].name, bad[i].size,
							  bad[i].align, bad[i].flags,
							  NULL)));
	EXPECT_EQ(t, 0, mmlab_kmem_cache_destroy(taken));
	taken = mmlab_kmem_cache_create("test-taken", 8, 0, MMLAB_DMA, NULL);
	if (EXPECT(t, !IS_ERR(taken)))
		EXPECT_EQ(t, 0, mmlab_kmem_cache_destroy(taken));
}

static void cache_many(struct test_ctx *t)
{
	struct mmlab_kmem_cache **caches = mmlab_test_alloc(t, NR_CACHES * sizeof(*caches));
	void **objects = mmlab_test_alloc(t, NR_CACHES * sizeof(*objects));
	char name[32];
	u32 i;

	if (!caches || !objects)
		return;
	for (i = 0; i < NR_CACHES; i++) {
		snprintf(name, sizeof(name), "test-many-%u", i);
		caches[i] = mmlab_kmem_cache_create(name, 8 + i, 0, 0, NULL);
		if (!EXPECT(t, !IS_ERR(caches[i])))
			return;
		objects[i] = mmlab_kmem_cache_alloc(caches[i]);
		if (EXPECT(t, objects[i]))
			memset(objects[i], (int)i, 8 + i);
	}
	for (i = 0; i < NR_CACHES; i++) {
		EXPECT_EQ(t, -EINVAL, mmlab_kmem_cache_free(caches[(i + 1) % NR_CACHES],
							    objects[i]));
		EXPECT_EQ(t, (u8)i, *((u8 *)objects[i] + 7 + i));
		EXPECT_EQ(t, 0, mmlab_kmem_cache_free(caches[i], objects[i]));
	}
	for (i = 0; i < NR_CACHES; i++)
		EXPECT_EQ(t, 0, mmlab_kmem_cache_destroy(caches[i]));
}

/* What came in bulk is all different, and goes back in bulk. */
static void cache_bulk(struct test_ctx *t)
{
	struct mmlab_kmem_cache *cache = mmlab_kmem_cache_create("test-bulk", 56, 0, 0, NULL);
	void **objects = mmlab_test_alloc(t, NR_BULK * sizeof(*objects));
	u32 i;

	if (!EXPECT(t, !IS_ERR(cache)) || !objects)
		return;
	EXPECT_EQ(t, 0, mmlab_kmem_cache_alloc_bulk(cache, objects, 0));
	EXPECT_EQ(t, 0, mmlab_kmem_cache_alloc_bulk(cache, objects, NR_BULK));
	for (i = 0; i < NR_BULK; i++)
		*(u32 *)objects[i] = i;
	for (i = 0; i < NR_BULK; i++)
		EXPECT_EQ(t, i, *(u32 *)objects[i]);
	EXPECT_EQ(t, -EBUSY, mmlab_kmem_cache_destroy(cache));
	/* one by one and together */
	for (i = 0; i < NR_BULK / 3; i++)
		EXPECT_EQ(t, 0, mmlab_kmem_cache_free(cache, objects[i]));
	EXPECT_EQ(t, 0, mmlab_kmem_cache_free_bulk(cache, objects + i, NR_BULK - i));
	EXPECT(t, mmlab_kmem_cache_shrink(cache) > 0);
	EXPECT_EQ(t, 0, mmlab_kmem_cache_shrink(cache));
	/* their slabs are gone, so each free is refused */
	EXPECT_EQ(t, NR_BULK, mmlab_kmem_cache_free_bulk(cache, objects, NR_BULK));
	EXPECT_EQ(t, 0, mmlab_kmem_cache_destroy(cache));
}

/* More than there is: none of it, and then less. */
static void cache_exhaust(struct test_ctx *t)
{
	struct mmlab_kmem_cache *cache = mmlab_kmem_cache_create("test-exhaust", 131072, 0, 0,
								 NULL);
	u32 nr = 4096, got;
	void **objects = mmlab_test_alloc(t, nr * sizeof(*objects));

	if (!EXPECT(t, !IS_ERR(cache)) || !objects)
		return;
	EXPECT_EQ(t, -ENOMEM, mmlab_kmem_cache_alloc_bulk(cache, objects, nr));
	for (got = 0; got < nr; got++) {
		objects[got] = mmlab_kmem_cache_alloc(cache);
		if (!objects[got])
			break;
		memset(objects[got], 0x5c, 131072);
	}
	EXPECT(t, got > 0 && got < nr);
	EXPECT(t, !mmlab_kmalloc(4 << 20, 0));
	EXPECT(t, !mmlab_kmem_cache_alloc(cache));
	EXPECT_EQ(t, 0, mmlab_kmem_cache_free_bulk(cache, objects, got));
	EXPECT_EQ(t, 0, mmlab_kmem_cache_destroy(cache));
}

const struct test_case mmlab_test_mem_cache[] = {
	{ "mem_cache_life", cache_life },
	{ "mem_cache_refused", cache_refused },
	{ "mem_cache_many", cache_many },
	{ "mem_cache_bulk", cache_bulk },
	{ "mem_cache_exhaust", cache_exhaust },
	{}
};
