// SPDX-License-Identifier: GPL-2.0
/*
 * The arena: pages of the host, each with a reference count of its own, mapped
 * once into a contiguous window.
 */
#define pr_fmt(fmt) "mmlab: " fmt

#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "arena.h"

struct lab_machine mmlab_machine;

struct page **mmlab_arena_pages;

static void put_pages(u32 nr)
{
	while (nr--)
		put_page(mmlab_arena_pages[nr]);
}

/* Fills mmlab_arena_pages[] from the host's free lists, largest blocks first. */
static int get_pages(u32 nr_frames)
{
	unsigned int order = LAB_NR_ORDERS - 1;
	u32 nr = 0;

	while (nr < nr_frames) {
		gfp_t gfp = GFP_HIGHUSER | __GFP_ZERO | __GFP_NOWARN |
			    (order ? __GFP_NORETRY : __GFP_RETRY_MAYFAIL);
		struct page *page = NULL;
		u32 i;

		if (nr_frames - nr >= 1U << order)
			page = alloc_pages(gfp, order);
		if (!page) {
			if (!order--)
				goto err_put_pages;
			continue;
		}
		split_page(page, order);
		for (i = 0; i < 1U << order; i++)
			mmlab_arena_pages[nr++] = page + i;
		cond_resched();
	}
	return 0;

err_put_pages:
	put_pages(nr);
	return -ENOMEM;
}

/* Pages that the host can do without: seven eighths of what it has to give. */
static long affordable(void)
{
	long available = si_mem_available();

	return available - available / 8;
}

int mmlab_arena_init(unsigned long mem_mib)
{
	struct lab_frame *mem_map;
	void *window;
	u32 nr_frames;
	int err = -ENOMEM;

	if (mem_mib < LAB_MEM_MIN_MIB || mem_mib > LAB_MEM_MAX_MIB) {
		pr_err("mem=%lu: the lab machine can have %u to %u MiB\n",
		       mem_mib, LAB_MEM_MIN_MIB, LAB_MEM_MAX_MIB);
		return -EINVAL;
	}
	nr_frames = mem_mib << (20 - PAGE_SHIFT);
	if (nr_frames > affordable())
		goto err_no_memory;

	mem_map = kvcalloc(nr_frames, sizeof(*mem_map), GFP_KERNEL);
	if (!mem_map)
		goto err_no_memory;
	mmlab_arena_pages = kvmalloc_array(nr_frames, sizeof(*mmlab_arena_pages),
					   GFP_KERNEL);
	if (!mmlab_arena_pages)
		goto err_free_mem_map;
	err = get_pages(nr_frames);
	if (err)
		goto err_free_pages;
	window = vmap(mmlab_arena_pages, nr_frames, VM_MAP, PAGE_KERNEL);
	if (!window) {
		pr_err("mem=%lu: the host kernel has no room to map it; try a smaller mem= or a larger vmalloc=\n",
		       mem_mib);
		put_pages(nr_frames);
		kvfree(mmlab_arena_pages);
		kvfree(mem_map);
		return -ENOMEM;
	}
	mmlab_frame_init(&mmlab_machine, mem_map, window, nr_frames);
	return 0;

err_free_pages:
	kvfree(mmlab_arena_pages);
err_free_mem_map:
	kvfree(mem_map);
err_no_memory:
	pr_err("mem=%lu: the host can't spare that much now, %ld MiB at most; try a smaller mem=\n",
	       mem_mib, affordable() >> (20 - PAGE_SHIFT));
	return err;
}

void mmlab_arena_exit(void)
{
	vunmap(mmlab_machine.window);
	put_pages(mmlab_machine.nr_frames);
	kvfree(mmlab_arena_pages);
	kvfree(mmlab_machine.mem_map);
}

size_t mmlab_arena_metadata_bytes(void)
{
	return (size_t)mmlab_machine.nr_frames *
	       (sizeof(struct lab_frame) + sizeof(struct page *));
}
