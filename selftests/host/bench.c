// SPDX-License-Identifier: GPL-2.0
/*
 * The core at native speed: the rows of mmlab_bench.ko that need no more than it.
 * Made to be looked at with a profiler: perf record …/bench ROW. A lock here is
 * one of pthread that knows its owner, which costs more than the kernel's.
 */
#include <stdlib.h>
#include <time.h>

#include "../../module/core/core_internal.h"
#include "../../module/core/buddy.h"
#include "../../module/core/pgtable.h"
#include "../../module/core/slab.h"
#include "../../module/core/vma.h"
#include "../../module/core/area.h"

#define NR_FRAMES	16384U
#define NR_OPS		2000000U
#define NR_HELD		10000U
#define BATCH		256U
#define PAGE_BULK	128U
#define NR_TOUCHED	1024U
#define MAX_BUSY	10U

static struct lab_machine machine;
static struct lab_slab_cache cache;
static u32 held[NR_HELD];

static void die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static u32 take_frames(unsigned int order, enum frame_use use)
{
	u32 pfn = mmlab_buddy_alloc(&machine, order, 0);

	if (pfn == PFN_NONE)
		die("no block left");
	mmlab_frame(&machine, pfn)->identity =
		mmlab_frame_identity(0, order, FRAME_USED, use);
	return pfn;
}

static void give_frames(u32 pfn)
{
	mmlab_buddy_free(&machine, pfn);
}

static void page_repeat(u32 order)
{
	u32 i;

	for (i = 0; i < NR_OPS; i++)
		give_frames(take_frames(order, USE_BLOCK));
}

/* All are taken, then all freed: every @step-th, then the next ones. */
static void page_all(u32 step)
{
	u32 round, i, at;

	for (round = 0; round < NR_OPS / NR_HELD; round++) {
		for (i = 0; i < NR_HELD; i++)
			held[i] = take_frames(0, USE_BLOCK);
		for (i = 0; i < step; i++)
			for (at = i; at < NR_HELD; at += step)
				give_frames(held[at]);
	}
}

static void page_bulk(u32 order)
{
	u32 head, i;

	for (i = 0; i < NR_OPS; i += PAGE_BULK) {
		head = PFN_NONE;
		if (mmlab_buddy_alloc_bulk(&machine, LAB_ZONE_NORMAL, order,
					   PAGE_BULK, &head) != PAGE_BULK)
			die("no block left");
		mmlab_buddy_free_bulk(&machine, LAB_ZONE_NORMAL, PAGE_BULK, &head);
	}
}

static void new_cache(u32 size)
{
	const struct lab_cache_params params = {
		.name = "bench", .id = 1, .size = size,
	};

	if (mmlab_slab_init(&cache, &params))
		die("no such cache");
}

static void drop_cache(void)
{
	u32 pfn = mmlab_slab_abandon(&machine, &cache);

	while (pfn != PFN_NONE) {
		u32 next = mmlab_frame(&machine, pfn)->next;

		give_frames(pfn);
		pfn = next;
	}
}

static void take_objects(void **objects, u32 nr)
{
	u32 got = mmlab_slab_alloc(&machine, &cache, objects, nr);

	while (got < nr) {
		mmlab_slab_add(&machine, &cache, take_frames(cache.order, USE_SLAB));
		got += mmlab_slab_alloc(&machine, &cache, objects + got, nr - got);
	}
}

static void cache_repeat(u32 size)
{
	void *object;
	u32 i;

	new_cache(size);
	for (i = 0; i < NR_OPS; i++) {
		take_objects(&object, 1);
		if (mmlab_slab_free(&machine, &cache, object))
			die("an object was refused");
	}
	drop_cache();
}

static void cache_bulk(u32 size)
{
	void *objects[BATCH];
	u32 i;

	new_cache(size);
	for (i = 0; i < NR_OPS; i += BATCH) {
		take_objects(objects, BATCH);
		if (mmlab_slab_free_bulk(&machine, &cache, objects, BATCH))
			die("an object was refused");
	}
	drop_cache();
}

/* As cache_bulk(), one object at a time. */
static void cache_batch(u32 size)
{
	void *objects[BATCH];
	u32 i, k;

	new_cache(size);
	for (i = 0; i < NR_OPS; i += BATCH) {
		for (k = 0; k < BATCH; k++)
			take_objects(&objects[k], 1);
		for (k = 0; k < BATCH; k++)
			if (mmlab_slab_free(&machine, &cache, objects[k]))
				die("an object was refused");
	}
	drop_cache();
}

/* The first step of a free: the look-up of the object. */
static void cache_look(u32 size)
{
	u32 i, nr = 0;
	void *object;

	new_cache(size);
	take_objects(&object, 1);
	for (i = 0; i < NR_OPS; i++) {
		__asm__ volatile("" : "+r" (object));
		nr += mmlab_slab_holds(&machine, &cache, object);
	}
	if (nr != NR_OPS)
		die("an object was not found");
	drop_cache();
}

/*
 * Addresses of vmalloc areas alone, while so many others are in use: few, since the
 * shim's tree has no balance.
 */
static void vmalloc_busy(u32 nr_busy)
{
	static struct lab_vm_area areas[MAX_BUSY], area;
	static struct lab_vm_space space;
	u32 i;

	mutex_init(&space.lock);
	mutex_lock(&space.lock);
	mmlab_area_init(&space, LAB_PAGE_OFFSET, LAB_VMALLOC_END);
	for (i = 0; i < nr_busy; i++)
		if (mmlab_area_insert(&space, &areas[i], PAGE_SIZE, PAGE_SIZE))
			die("no hole left");
	for (i = 0; i < NR_OPS; i++) {
		if (mmlab_area_insert(&space, &area, PAGE_SIZE, PAGE_SIZE))
			die("no hole left");
		mmlab_area_remove(&space, &area);
	}
	mutex_unlock(&space.lock);
}

/* The lab's part of a first touch, and of the unmap: VMA, frame, zeroing, entry. */
static void touch(u32 nr_pages)
{
	static struct mutex lock;
	static struct lab_mm mm;
	struct lab_vma vma;
	LIST_HEAD(spares);
	u32 table, i, k;

	mutex_init(&lock);
	mmlab_vma_init(&mm, 0, 0, &lock);
	mutex_lock(mm.lock);
	list_add(&vma.list, &spares);
	mmlab_vma_add(&mm, 0, NR_TOUCHED << PAGE_SHIFT, LAB_VMA_READ | LAB_VMA_WRITE,
		      &spares);
	mm.pgd = take_frames(0, USE_PGTABLE);
	table = take_frames(0, USE_PGTABLE);
	memset(mmlab_frame_address(&machine, mm.pgd), 0, PAGE_SIZE);
	memset(mmlab_frame_address(&machine, table), 0, PAGE_SIZE);
	mmlab_pgtable_add_table(&machine, mm.pgd, 0, table);
	for (i = 0; i < NR_OPS; i += nr_pages) {
		for (k = 0; k < nr_pages; k++) {
			u32 *entry = mmlab_pgtable_walk(&machine, mm.pgd,
							k << PAGE_SHIFT);
			u32 pfn = take_frames(0, USE_USER);

			if (!mmlab_vma_find(&mm, k << PAGE_SHIFT) || !entry)
				die("nothing to touch");
			memset(mmlab_frame_address(&machine, pfn), 0, PAGE_SIZE);
			mmlab_frame(&machine, pfn)->mapcount = 0;
			mmlab_pgtable_fill(&machine, entry, pfn, LAB_PTE_USER);
		}
		for (k = 0; k < nr_pages; k++) {
			u32 pte = mmlab_pgtable_clear(&machine, mm.pgd,
						      k << PAGE_SHIFT);

			give_frames(mmlab_pte_pfn(pte));
		}
	}
	give_frames(table);
	give_frames(mm.pgd);
	mutex_unlock(mm.lock);
}

static const struct {
	const char *name;
	void (*run)(u32 arg);
	u32 arg;
} rows[] = {
	{ "page-repeat/0", page_repeat, 0 },
	{ "page-repeat/3", page_repeat, 3 },
	{ "page-repeat/9", page_repeat, 9 },
	{ "page-ordered/0", page_all, 1 },
	{ "page-scattered/0", page_all, 7 },
	{ "cache-repeat/64", cache_repeat, 64 },
	{ "cache-repeat/256", cache_repeat, 256 },
	{ "page-bulk/0", page_bulk, 0 },
	{ "cache-batch/64", cache_batch, 64 },
	{ "cache-bulk/64", cache_bulk, 64 },
	{ "cache-look/64", cache_look, 64 },
	{ "vmalloc-busy/10", vmalloc_busy, 10 },
	{ "touch/4M", touch, NR_TOUCHED },
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

int main(int argc, char **argv)
{
	struct lab_frame *mem_map = calloc(NR_FRAMES, sizeof(*mem_map));
	void *base = aligned_alloc(PAGE_SIZE, (size_t)NR_FRAMES << PAGE_SHIFT);
	size_t i, done = 0;

	if (!mem_map || !base)
		die("no memory");
	mmlab_frame_init(&machine, mem_map, base, NR_FRAMES);
	mmlab_buddy_init(&machine);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		double start = now();

		if (argc > 1 && strcmp(argv[1], rows[i].name))
			continue;
		rows[i].run(rows[i].arg);
		printf("%-18s %8.1f ns\n", rows[i].name, (now() - start) / NR_OPS);
		done++;
	}
	free(base);
	free(mem_map);
	if (!done)
		die("there is no such row");
	return 0;
}
