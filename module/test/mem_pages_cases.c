// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of mmlab_alloc_pages(), and of areas with a mapping for the host kernel.
 */
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "../mmlab_api.h"
#include "cases.h"

#define DMA_END		(16U << 20)	/* of a lab with 64 MiB or more */

/* A block as its caller wants it: aligned, in its zone, zeroed. */
static void check_block(struct test_ctx *t, unsigned int order, unsigned int flags)
{
	size_t size = (size_t)PAGE_SIZE << order;
	u8 *ptr = mmlab_alloc_pages(order, flags);
	u32 phys;

	if (!EXPECT(t, ptr))
		return;
	phys = mmlab_virt_to_phys(ptr);
	EXPECT_EQ(t, 0, phys % size);
	EXPECT_EQ(t, flags & MMLAB_DMA, phys < DMA_END ? MMLAB_DMA : 0);
	EXPECT_EQ(t, phys + size - 1, mmlab_virt_to_phys(ptr + size - 1));
	EXPECT(t, mmlab_virt_to_page(ptr) && mmlab_virt_to_page(ptr) == vmalloc_to_page(ptr));
	if (flags & MMLAB_ZERO)
		EXPECT(t, !memchr_inv(ptr, 0, size));
	memset(ptr, 0xa7, size);
	EXPECT_EQ(t, 0, mmlab_free_pages(ptr, order));
}

static void pages_blocks(struct test_ctx *t)
{
	unsigned int order, round;

	/* the second time, each gets what was written to before */
	for (round = 0; round < 2; round++) {
		for (order = 0; order < LAB_NR_ORDERS; order++) {
			check_block(t, order, 0);
			check_block(t, order, MMLAB_DMA);
			check_block(t, order, MMLAB_ZERO);
			check_block(t, order, MMLAB_DMA | MMLAB_ZERO);
		}
	}
}

static void pages_refused(struct test_ctx *t)
{
	static const unsigned int orders[] = { LAB_NR_ORDERS, 31, 32, 64, ~0U };
	unsigned int bit, i;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		EXPECT(t, !mmlab_alloc_pages(orders[i], 0));
		EXPECT(t, !mmlab_alloc_pages(orders[i], MMLAB_ZERO));
	}
	for (bit = 0; bit < 32; bit++) {
		unsigned int flags = 1U << bit;

		if (flags == MMLAB_DMA || flags == MMLAB_ZERO)
			continue;
		EXPECT(t, !mmlab_alloc_pages(0, flags));
		EXPECT(t, !mmlab_alloc_pages(3, flags | MMLAB_ZERO));
	}
}

static void pages_free_refused(struct test_ctx *t)
{
	u8 *block = mmlab_alloc_pages(3, 0), *object = mmlab_kmalloc(100, 0);
	u8 *host = kmalloc(64, GFP_KERNEL);
	u8 *first = block ? block - mmlab_virt_to_phys(block) : NULL;
	unsigned int order;

	if (!EXPECT(t, block && object && host))
		return;
	EXPECT_EQ(t, 0, mmlab_free_pages(NULL, 0));
	EXPECT_EQ(t, 0, mmlab_free_pages(NULL, 77));
	for (order = 0; order < LAB_NR_ORDERS + 2; order++)
		if (order != 3)
			EXPECT_EQ(t, -EINVAL, mmlab_free_pages(block, order));
	EXPECT_EQ(t, -EINVAL, mmlab_free_pages(block, ~0U));
	EXPECT_EQ(t, -EINVAL, mmlab_free_pages(block + 1, 3));
	EXPECT_EQ(t, -EINVAL, mmlab_free_pages(block + 8, 3));
	EXPECT_EQ(t, -EINVAL, mmlab_free_pages(block + PAGE_SIZE, 3));
	EXPECT_EQ(t, -EINVAL, mmlab_free_pages(block + PAGE_SIZE, 0));
	EXPECT_EQ(t, -EINVAL, mmlab_free_pages(host, 0));
	EXPECT_EQ(t, -EINVAL, mmlab_free_pages(&host, 0));
	EXPECT_EQ(t, -EINVAL, mmlab_free_pages((void *)8, 0));
	EXPECT_EQ(t, -EINVAL, mmlab_free_pages((void *)(~0UL << PAGE_SHIFT), 0));
	/* the page before the arena, and the reserved one that is its first */
	EXPECT_EQ(t, -EINVAL, mmlab_free_pages(first - PAGE_SIZE, 0));
	EXPECT_EQ(t, -EINVAL, mmlab_free_pages(first, 0));
	/* in use as something else */
	EXPECT_EQ(t, -EINVAL, mmlab_free_pages(PTR_ALIGN_DOWN(object, PAGE_SIZE), 0));
	EXPECT_EQ(t, 0, mmlab_free_pages(block, 3));
	EXPECT_EQ(t, -ENOENT, mmlab_free_pages(block, 3));

	EXPECT_EQ(t, U32_MAX, mmlab_virt_to_phys(host));
	EXPECT_EQ(t, U32_MAX, mmlab_virt_to_phys(NULL));
	EXPECT_EQ(t, U32_MAX, mmlab_virt_to_phys(first - 1));
	EXPECT_EQ(t, 0, mmlab_virt_to_phys(first));
	EXPECT_EQ(t, 0, mmlab_kfree(object));
	kfree(host);
}

/* Contiguous for the host, page by page the lab's. */
static void check_area(struct test_ctx *t, size_t size, bool zeroed)
{
	u8 *ptr = zeroed ? mmlab_vzalloc(size) : mmlab_vmalloc(size);
	size_t at;

	if (!EXPECT(t, ptr))
		return;
	EXPECT_EQ(t, 0, offset_in_page(ptr));
	if (zeroed)
		EXPECT(t, !memchr_inv(ptr, 0, PAGE_ALIGN(size)));
	for (at = 0; at < PAGE_ALIGN(size); at += PAGE_SIZE)
		*(u64 *)(ptr + at) = at;
	for (at = 0; at < PAGE_ALIGN(size); at += PAGE_SIZE)
		EXPECT_EQ(t, at, *(u64 *)(ptr + at));
	memset(ptr, 0x5b, PAGE_ALIGN(size));
	EXPECT_EQ(t, -EINVAL, mmlab_vfree(ptr + PAGE_SIZE));
	EXPECT_EQ(t, -EINVAL, mmlab_vfree(ptr + 1));
	EXPECT_EQ(t, 0, mmlab_vfree(ptr));
	EXPECT_EQ(t, -EINVAL, mmlab_vfree(ptr));
}

static void areas_of_the_host(struct test_ctx *t)
{
	static const size_t sizes[] = {
		1, PAGE_SIZE - 1, PAGE_SIZE, PAGE_SIZE + 1, 5 * PAGE_SIZE, 64 * PAGE_SIZE,
		65 * PAGE_SIZE, 700 * PAGE_SIZE + 3,
	};
	u32 i, round;

	for (round = 0; round < 2; round++) {
		for (i = 0; i < ARRAY_SIZE(sizes); i++) {
			check_area(t, sizes[i], false);
			check_area(t, sizes[i], true);
		}
	}
	EXPECT_EQ(t, 0, mmlab_vfree(NULL));
	EXPECT_EQ(t, -EINVAL, mmlab_vfree(&round));
	EXPECT(t, !mmlab_vmalloc(0));
	EXPECT(t, !mmlab_vzalloc(0));
	EXPECT(t, !mmlab_vmalloc(SIZE_MAX));
	EXPECT(t, !mmlab_vmalloc(U32_MAX - PAGE_SIZE));
	EXPECT(t, !mmlab_vzalloc((size_t)1 << 31));
}

/* Of the lab kernel alone: no host mapping, and no process in it. */
static void areas_of_the_lab(struct test_ctx *t)
{
	u32 lva = mmlab_vmalloc_area(3 * PAGE_SIZE - 1), next = mmlab_vmalloc_area(1);
	u8 *ptr;

	if (!EXPECT(t, lva && next))
		return;
	EXPECT_EQ(t, 0, offset_in_page(lva));
	EXPECT(t, next >= lva + 4 * PAGE_SIZE || next + 2 * PAGE_SIZE <= lva);
	ptr = mmlab_vmalloc_to_ptr(lva + 2 * PAGE_SIZE);
	if (EXPECT(t, ptr))
		memset(ptr, 0x11, PAGE_SIZE);
	EXPECT(t, !mmlab_vmalloc_to_ptr(lva + 3 * PAGE_SIZE));
	EXPECT_EQ(t, -EINVAL, mmlab_vfree_area(lva + PAGE_SIZE));
	EXPECT_EQ(t, 0, mmlab_vfree_area(next));
	EXPECT_EQ(t, 0, mmlab_vfree_area(lva));
	EXPECT_EQ(t, -EINVAL, mmlab_vfree_area(lva));
	EXPECT_EQ(t, 0, mmlab_vfree_area(0));
	EXPECT_EQ(t, 0, mmlab_vmalloc_area(0));
	EXPECT_EQ(t, 0, mmlab_vmalloc_area(SIZE_MAX));
	EXPECT_EQ(t, 0, mmlab_vmalloc_area(U32_MAX - PAGE_SIZE));
}

/* A block that is half empty is given up for a smaller one; one byte more, and it stays. */
static void pages_krealloc_shrinks(struct test_ctx *t)
{
	static const size_t sizes[] = { 16, 128, 512, 8192, 131072 };
	size_t half;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		void *ptr = mmlab_kmalloc(sizes[i], 0), *moved;

		half = sizes[i] / 2;
		if (!EXPECT(t, ptr))
			return;
		EXPECT(t, mmlab_krealloc(ptr, sizes[i], 0) == ptr);
		EXPECT(t, mmlab_krealloc(ptr, half + 1, 0) == ptr);
		moved = mmlab_krealloc(ptr, half, 0);
		if (!EXPECT(t, moved))
			return;
		EXPECT_EQ(t, half, mmlab_ksize(moved));
		EXPECT_EQ(t, 0, mmlab_kfree(moved));
	}
}

/* The test of check wants a zero page that is none: it says at which byte. */
static int spoil_zero_page = -1;
module_param(spoil_zero_page, int, 0444);
MODULE_PARM_DESC(spoil_zero_page, "byte of the zero page that mem_zero_page overwrites (default -1: none)");

static void zero_page(struct test_ctx *t)
{
	u8 *object = mmlab_kmalloc(8, 0), *page;

	if (!EXPECT(t, object))
		return;
	page = object - mmlab_virt_to_phys(object);
	EXPECT(t, !memchr_inv(page, 0, PAGE_SIZE));
	EXPECT_EQ(t, 0, mmlab_kfree(object));
	if (spoil_zero_page >= 0 && spoil_zero_page < PAGE_SIZE)
		page[spoil_zero_page] = 1;
}

const struct test_case mmlab_test_mem_pages[] = {
	{ "mem_zero_page", zero_page },
	{ "mem_pages_blocks", pages_blocks },
	{ "mem_pages_refused", pages_refused },
	{ "mem_pages_free_refused", pages_free_refused },
	{ "mem_pages_krealloc_shrinks", pages_krealloc_shrinks },
	{ "mem_areas_of_the_host", areas_of_the_host },
	{ "mem_areas_of_the_lab", areas_of_the_lab },
	{}
};
