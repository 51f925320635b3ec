// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of mmlab_kmalloc() and its relatives, and of areas page by page.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "../mmlab_api.h"
#include "cases.h"
#include "mem_blocks.h"

#define LARGEST		((size_t)PAGE_SIZE << (LAB_NR_ORDERS - 1))
#define DMA_END		(16U << 20)	/* of a lab with 64 MiB or more */

/* What there was before the first case. */
static struct mem_blocks before;

static void mem_before(struct test_ctx *t)
{
	mmlab_test_mem_blocks(t, &before);
	EXPECT(t, before.nr[LAB_NR_ORDERS - 1] > 0);
}

static size_t usable_of(size_t size)
{
	static const u32 classes[] = {
		8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192,
		16384, 32768, 65536, 131072
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		if (size <= classes[i])
			return classes[i];
	}
	return (size_t)PAGE_SIZE << get_order(size);
}

static void check_size(struct test_ctx *t, size_t size, unsigned int flags)
{
	size_t usable = usable_of(size);
	u8 *ptr = mmlab_kmalloc(size, flags);

	if (!EXPECT(t, ptr))
		return;
	EXPECT_EQ(t, usable, mmlab_ksize(ptr));
	if (is_power_of_2(usable))
		EXPECT_EQ(t, 0, (size_t)ptr % min_t(size_t, usable, PAGE_SIZE));
	EXPECT_EQ(t, 0, (size_t)ptr % 8);
	if (flags & MMLAB_DMA)
		EXPECT(t, mmlab_virt_to_phys(ptr) < DMA_END);
	if (flags & MMLAB_ZERO)
		EXPECT(t, !memchr_inv(ptr, 0, size));
	memset(ptr, 0xa7, usable);
	EXPECT_EQ(t, 0, mmlab_kfree(ptr));
	test_note(t, usable);
}

static void mem_kmalloc_sizes(struct test_ctx *t)
{
	unsigned int flags;
	size_t size;

	for (flags = 0; flags <= (MMLAB_DMA | MMLAB_ZERO); flags++) {
		if (flags & ~(MMLAB_DMA | MMLAB_ZERO))
			continue;
		for (size = 1; size <= 520; size++)
			check_size(t, size, flags);
		for (size = 512; size < LARGEST; size *= 2) {
			check_size(t, size - 1, flags);
			check_size(t, size, flags);
			check_size(t, size + 1, flags);
		}
		check_size(t, LARGEST - 1, flags);
		check_size(t, LARGEST, flags);
	}
}

static void mem_kmalloc_refused(struct test_ctx *t)
{
	unsigned int bit;

	EXPECT(t, !mmlab_kmalloc(0, 0));
	EXPECT(t, !mmlab_kmalloc(LARGEST + 1, 0));
	EXPECT(t, !mmlab_kmalloc(SIZE_MAX, 0));
	EXPECT(t, !mmlab_kmalloc(SIZE_MAX / 2 + 2, 0));
	for (bit = 0; bit < 32; bit++) {
		unsigned int flags = 1U << bit;

		if (flags == MMLAB_DMA || flags == MMLAB_ZERO)
			continue;
		EXPECT(t, !mmlab_kmalloc(8, flags));
		EXPECT(t, !mmlab_kmalloc(200000, flags | MMLAB_ZERO));
		EXPECT(t, !mmlab_krealloc(NULL, 8, flags));
		EXPECT(t, !mmlab_krealloc(NULL, 200000, flags));
	}
}

static void mem_kfree_refused(struct test_ctx *t)
{
	u8 *small = mmlab_kmalloc(100, 0), *large = mmlab_kmalloc(LARGEST / 4, 0);
	u8 *host = kmalloc(64, GFP_KERNEL);
	int local;

	if (!EXPECT(t, small && large && host))
		return;
	EXPECT_EQ(t, 0, mmlab_kfree(NULL));
	EXPECT_EQ(t, -EINVAL, mmlab_kfree(small + 8));
	EXPECT_EQ(t, -EINVAL, mmlab_kfree(small + 1));
	EXPECT_EQ(t, -EINVAL, mmlab_kfree(large + 8));
	EXPECT_EQ(t, -EINVAL, mmlab_kfree(large + PAGE_SIZE));
	EXPECT_EQ(t, -EINVAL, mmlab_kfree(host));
	EXPECT_EQ(t, -EINVAL, mmlab_kfree(&local));
	EXPECT_EQ(t, -EINVAL, mmlab_kfree((void *)8));
	EXPECT_EQ(t, -EINVAL, mmlab_kfree((void *)~7UL));
	EXPECT_EQ(t, 0, mmlab_ksize(small + 8));
	EXPECT_EQ(t, 0, mmlab_ksize(large + PAGE_SIZE));
	EXPECT_EQ(t, 0, mmlab_ksize(host));
	EXPECT_EQ(t, 0, mmlab_ksize(NULL));
	EXPECT_EQ(t, 0, mmlab_kfree(small));
	EXPECT_EQ(t, 0, mmlab_kfree(large));
	/* free, or even merged with its buddy: no block begins there */
	EXPECT(t, mmlab_kfree(large) < 0);
	kfree(host);
}

static bool has_pattern(const u8 *ptr, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		if (ptr[i] != (u8)(i * 7 + 1))
			return false;
	}
	return true;
}

static void set_pattern(u8 *ptr, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		ptr[i] = (u8)(i * 7 + 1);
}

/* Up from 1 byte to 4 MiB and down again, in steps of a third. */
static void mem_krealloc_contents(struct test_ctx *t)
{
	size_t size = 1, next;
	u8 *ptr = mmlab_krealloc(NULL, 1, 0), *moved;

	if (!EXPECT(t, ptr))
		return;
	set_pattern(ptr, 1);
	for (next = 2; next <= LARGEST; next += next / 3 + 1) {
		moved = mmlab_krealloc(ptr, next, 0);
		if (!EXPECT(t, moved))
			return;
		ptr = moved;
		EXPECT(t, has_pattern(ptr, size));
		EXPECT_EQ(t, usable_of(next), mmlab_ksize(ptr));
		size = next;
		set_pattern(ptr, size);
		cond_resched();
	}
	while (size > 1) {
		size -= size / 3 + 1;
		moved = mmlab_krealloc(ptr, size ?: 1, 0);
		if (!EXPECT(t, moved))
			return;
		ptr = moved;
		EXPECT(t, has_pattern(ptr, size));
		EXPECT(t, mmlab_ksize(ptr) >= size);
	}
	EXPECT(t, !mmlab_krealloc(ptr, 0, 0));
	EXPECT(t, !mmlab_krealloc(NULL, 0, 0));
}

static void mem_krealloc_refused(struct test_ctx *t)
{
	u8 *ptr = mmlab_kmalloc(100, 0);

	if (!EXPECT(t, ptr))
		return;
	set_pattern(ptr, 100);
	EXPECT(t, !mmlab_krealloc(ptr, LARGEST + 1, 0));
	EXPECT(t, !mmlab_krealloc(ptr, SIZE_MAX, 0));
	EXPECT(t, !mmlab_krealloc(ptr, 5000, 2));
	EXPECT(t, !mmlab_krealloc(ptr, 110, 2));
	EXPECT(t, !mmlab_krealloc(ptr + 8, 200, 0));
	EXPECT(t, !mmlab_krealloc(&ptr, 200, 0));
	EXPECT(t, has_pattern(ptr, 100));
	EXPECT_EQ(t, 0, mmlab_kfree(ptr));
}

/* With MMLAB_ZERO each time, what is new is zero, wherever it comes from. */
static void mem_krealloc_zero(struct test_ctx *t)
{
	static const size_t sizes[] = { 10, 14, 16, 9, 16, 30, 100, 60, 128, 5000,
					70000, 40000, 131072, 140000, 262144 };
	u8 *ptr = NULL, *moved;
	size_t had = 0;
	u32 i, round;

	for (round = 0; round < 4; round++) {
		for (i = 0; i < ARRAY_SIZE(sizes); i++) {
			moved = mmlab_krealloc(ptr, sizes[i], MMLAB_ZERO);
			if (!EXPECT(t, moved))
				return;
			ptr = moved;
			if (sizes[i] > had)
				EXPECT(t, !memchr_inv(ptr + had, 0, sizes[i] - had));
			had = sizes[i];
			memset(ptr, 0xee, had);
		}
		EXPECT(t, !mmlab_krealloc(ptr, 0, 0));
		ptr = NULL;
		had = 0;
	}
}

/* Each page of an area is looked up by itself; what is no page of one is not found. */
static void mem_area_look_up(struct test_ctx *t)
{
	u32 lva = mmlab_vmalloc_scattered(4 * PAGE_SIZE + 1), page;
	u8 *ptr, *last = NULL;

	if (!EXPECT(t, lva))
		return;
	for (page = 0; page < 5; page++) {
		ptr = mmlab_vmalloc_to_ptr(lva + page * (u32)PAGE_SIZE);
		if (!EXPECT(t, ptr))
			break;
		EXPECT(t, !memchr_inv(ptr, 0, PAGE_SIZE));
		EXPECT(t, ptr != last + PAGE_SIZE && last != ptr + PAGE_SIZE);
		EXPECT(t, ptr + 7 == mmlab_vmalloc_to_ptr(lva + page * (u32)PAGE_SIZE + 7));
		EXPECT(t, mmlab_virt_to_page(ptr) && mmlab_virt_to_page(ptr) ==
			  mmlab_virt_to_page(ptr + PAGE_SIZE - 1));
		EXPECT(t, mmlab_virt_to_page(ptr) == vmalloc_to_page(ptr));
		last = ptr;
	}
	EXPECT(t, !mmlab_vmalloc_to_ptr(lva - 1));
	EXPECT(t, !mmlab_vmalloc_to_ptr(lva + 5 * (u32)PAGE_SIZE));
	EXPECT(t, !mmlab_vmalloc_to_ptr(MMLAB_PAGE_OFFSET));
	EXPECT(t, !mmlab_vmalloc_to_ptr(0));
	EXPECT(t, !mmlab_virt_to_page(&lva));
	EXPECT(t, !mmlab_virt_to_page(NULL));
	EXPECT_EQ(t, 0, mmlab_vfree_area(lva));
	EXPECT(t, !mmlab_vmalloc_to_ptr(lva));
	EXPECT_EQ(t, -EINVAL, mmlab_vfree_area(lva));
	EXPECT(t, !mmlab_vmalloc_scattered(0));
	EXPECT(t, !mmlab_vmalloc_scattered(SIZE_MAX));
}

static void mem_end(struct test_ctx *t)
{
	struct mem_blocks now;
	u32 order;

	if (!before.nr[LAB_NR_ORDERS - 1])
		mem_before(t);
	mmlab_test_mem_blocks(t, &now);
	for (order = 0; order < LAB_NR_ORDERS; order++)
		EXPECT_EQ(t, before.nr[order], now.nr[order]);
}

const struct test_case mmlab_test_mem[] = {
	{ "mem_before", mem_before },
	{ "mem_kmalloc_sizes", mem_kmalloc_sizes },
	{ "mem_kmalloc_refused", mem_kmalloc_refused },
	{ "mem_kfree_refused", mem_kfree_refused },
	{ "mem_krealloc_contents", mem_krealloc_contents },
	{ "mem_krealloc_refused", mem_krealloc_refused },
	{ "mem_krealloc_zero", mem_krealloc_zero },
	{ "mem_area_look_up", mem_area_look_up },
	{}
};

const struct test_case mmlab_test_mem_end[] = {
	{ "mem_all_frames_back", mem_end },
	{}
};
