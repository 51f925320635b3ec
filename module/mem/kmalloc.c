// SPDX-License-Identifier: GPL-2.0
/*
 * kmalloc over caches. Sizes and their order: kmalloc_index() in Linux
 * include/linux/slab.h, with 96 and 192 between the powers of two.
 */
#include <linux/log2.h>
#include <linux/mm.h>

#include "../report.h"
#include "arena.h"
#include "frames.h"
#include "kmalloc.h"

static const u32 sizes[] = {
	8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192, 16384,
	32768, 65536, 131072
};

static_assert(ARRAY_SIZE(sizes) == LAB_KMALLOC_NR_SIZES);

struct lab_kcache *mmlab_kmalloc_caches[2][LAB_KMALLOC_NR_SIZES];
struct lab_cache_cpu __percpu *mmlab_kmalloc_cpu[LAB_KMALLOC_NR_SIZES];
u8 mmlab_kmalloc_small[LAB_KMALLOC_SMALL_MAX / 8];

static void fill_small_index(void)
{
	u32 i, index = 0;

	for (i = 0; i < ARRAY_SIZE(mmlab_kmalloc_small); i++) {
		while (sizes[index] < (i + 1) * 8)
			index++;
		mmlab_kmalloc_small[i] = index;
	}
}

int mmlab_kmalloc_init(void)
{
	u32 dma, i;

	fill_small_index();
	for (dma = 0; dma < 2; dma++) {
		for (i = 0; i < ARRAY_SIZE(sizes); i++) {
			/* as in Linux: a power of two is aligned to its size, up to a page */
			u32 align = is_power_of_2(sizes[i]) ?
				    min_t(u32, sizes[i], PAGE_SIZE) : 0;
			struct lab_kcache *k;
			char name[32];

			snprintf(name, sizeof(name), "%skmalloc-%u",
				 dma ? "dma-" : "", sizes[i]);
			k = mmlab_cache_create(name, sizes[i],
					       min(align, LAB_SLAB_MAX_ALIGN),
					       dma ? LAB_SLAB_DMA : 0, 0, -1,
					       NULL);
			if (IS_ERR(k))
				return PTR_ERR(k);
			mmlab_kmalloc_caches[dma][i] = k;
			if (!dma)
				mmlab_kmalloc_cpu[i] = k->cpu;
		}
	}
	return 0;
}

/* A size above those of the caches gets a block of frames. */
static void *alloc_large(size_t size, lab_gfp_t flags, u32 owner)
{
	u32 pfn;

	if (!size || size > LAB_KMALLOC_MAX)
		return NULL;
	pfn = mmlab_frames_alloc(get_order(size), flags, USE_BLOCK, owner);
	return pfn == PFN_NONE ? NULL : mmlab_frame_address(&mmlab_machine, pfn);
}

void *mmlab_kmalloc_alloc_slow(size_t size, lab_gfp_t flags, u32 owner,
			       unsigned long caller)
{
	struct lab_kcache *k;
	void *ptr;

	if (!size || size > LAB_KMALLOC_MAX_CACHE)
		return alloc_large(size, flags, owner);
	k = mmlab_kmalloc_caches[!!(flags & LAB_GFP_DMA)][mmlab_kmalloc_index(size)];
	ptr = mmlab_magazine_alloc(k, caller);
	if (flags & LAB_GFP_ZERO && ptr)
		memset(ptr, 0, k->slab.object_size);
	return ptr;
}

/* The frame of such a block that begins at @ptr, and its order; PFN_NONE: there is none. */
static u32 large_pfn(const void *ptr, unsigned int *order)
{
	size_t offset = (size_t)ptr - (size_t)mmlab_machine.base;
	struct lab_frame frame;

	*order = 0;
	if (offset >= (size_t)mmlab_machine.nr_frames << PAGE_SHIFT ||
	    offset_in_page(offset))
		return PFN_NONE;
	/* data_race(): see lab_frame.identity */
	frame.identity = data_race(READ_ONCE(mmlab_frame(&mmlab_machine,
							 offset >> PAGE_SHIFT)->identity));
	if (frame.state != FRAME_USED || frame.use != USE_BLOCK)
		return PFN_NONE;
	*order = frame.order;
	return offset >> PAGE_SHIFT;
}

static int free_large(void *ptr, u32 owner)
{
	unsigned int order;
	u32 pfn = large_pfn(ptr, &order);

	return mmlab_frames_free(pfn, order, USE_BLOCK, owner);
}

/*
 * The pointer says by itself where it came from: a frame in use as a slab names its cache,
 * and one in use as a block has its order. So a free needs no size.
 */
int mmlab_kmalloc_free_slow(void *ptr, u32 owner, unsigned long caller)
{
	u32 id = mmlab_slab_cache_id(&mmlab_machine, ptr);
	struct lab_kcache *k;

	if (!id)
		return free_large(ptr, owner);
	k = mmlab_cache_by_id(id);
	return k ? mmlab_magazine_free(k, ptr, caller) : -EINVAL;
}

size_t mmlab_kmalloc_size(const void *ptr)
{
	struct lab_kcache *k;
	unsigned int order;

	k = mmlab_cache_by_id(mmlab_slab_cache_id(&mmlab_machine, ptr));
	if (k)
		return mmlab_slab_find(&mmlab_machine, &k->slab, ptr, NULL) ==
		       PFN_NONE ? 0 : k->slab.object_size;
	return large_pfn(ptr, &order) == PFN_NONE ? 0 : (size_t)PAGE_SIZE << order;
}
