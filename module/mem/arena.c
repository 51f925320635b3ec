// SPDX-License-Identifier: GPL-2.0
/*
 * The arena: pages of the host, each with a reference count of its own, and one
 * contiguous mapping of them all in the host kernel.
 */
#define pr_fmt(fmt) "mmlab: " fmt

#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "../core/buddy.h"
#include "arena.h"

struct lab_machine mmlab_machine;

static void put_pages(struct page **pages, u32 nr)
{
	while (nr--)
		put_page(pages[nr]);
}

/* Fills an array from the host's free lists, largest blocks first. */
static int get_pages(struct page **pages, u32 nr_frames)
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
			pages[nr++] = page + i;
		cond_resched();
	}
	return 0;

err_put_pages:
	put_pages(pages, nr);
	return -ENOMEM;
}

/* Pages that the host can spare: seven eighths of its available ones. */
static long affordable(void)
{
	long available = si_mem_available();

	return available - available / 8;
}

/* Maps all pages and writes them down in mem_map. */
static int init_mem_map(struct page **pages, struct lab_frame *mem_map, u32 nr_frames)
{
	void *base = vmap(pages, nr_frames, VM_MAP, PAGE_KERNEL);
	u32 pfn;

	if (!base)
		return -ENOSPC;
	mmlab_frame_init(&mmlab_machine, mem_map, base, nr_frames);
	mmlab_buddy_init(&mmlab_machine);
	for (pfn = 0; pfn < nr_frames; pfn++)
		mmlab_frame(&mmlab_machine, pfn)->host = pages[pfn];
	return 0;
}

/* Gets all pages and fills @mem_map. -ENOSPC if there is no room for the arena mapping. */
static int populate(struct lab_frame *mem_map, u32 nr_frames)
{
	struct page **pages = kvmalloc_array(nr_frames, sizeof(*pages), GFP_KERNEL);
	int err;

	if (!pages)
		return -ENOMEM;
	err = get_pages(pages, nr_frames);
	if (!err) {
		err = init_mem_map(pages, mem_map, nr_frames);
		if (err)
			put_pages(pages, nr_frames);
	}
	kvfree(pages);
	return err;
}

int mmlab_arena_init(unsigned long mem_mib)
{
	struct lab_frame *mem_map;
	u32 nr_frames;
	int err = -ENOMEM;

	nr_frames = mem_mib << (20 - PAGE_SHIFT);
	if (nr_frames <= affordable()) {
		mem_map = kvcalloc(nr_frames, sizeof(*mem_map), GFP_KERNEL);
		err = mem_map ? populate(mem_map, nr_frames) : -ENOMEM;
		if (err)
			kvfree(mem_map);
	}
	if (err == -ENOSPC)
		pr_err("mem=%lu: the host kernel has no room to map it; try a smaller mem= or a larger vmalloc=\n",
		       mem_mib);
	else if (err)
		pr_err("mem=%lu: the host can't spare that much now, %ld MiB at most; try a smaller mem=\n",
		       mem_mib, affordable() >> (20 - PAGE_SHIFT));
	return err ? -ENOMEM : 0;
}

void mmlab_arena_exit(void)
{
	u32 pfn;

	vunmap(mmlab_machine.base);
	for (pfn = 0; pfn < mmlab_machine.nr_frames; pfn++)
		put_page(mmlab_arena_page(pfn));
	kvfree(mmlab_machine.mem_map);
}

size_t mmlab_arena_metadata_bytes(void)
{
	return mmlab_machine.nr_frames * sizeof(struct lab_frame);
}
