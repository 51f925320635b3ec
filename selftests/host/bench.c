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
#include "../../module/core/slab.h"

#define NR_FRAMES	16384U
#define NR_OPS		2000000U
#define NR_HELD		10000U
#define BATCH		256U

static struct lab_machine machine;
static struct lab_cache cache;
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

/* What a free does first, without the rest. */
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
	{ "cache-bulk/64", cache_bulk, 64 },
	{ "cache-look/64", cache_look, 64 },
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
	void *window = aligned_alloc(PAGE_SIZE, (size_t)NR_FRAMES << PAGE_SHIFT);
	size_t i, done = 0;

	if (!mem_map || !window)
		die("no memory");
	mmlab_frame_init(&machine, mem_map, window, NR_FRAMES);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		double start = now();

		if (argc > 1 && strcmp(argv[1], rows[i].name))
			continue;
		rows[i].run(rows[i].arg);
		printf("%-18s %8.1f ns\n", rows[i].name, (now() - start) / NR_OPS);
		done++;
	}
	free(window);
	free(mem_map);
	if (!done)
		die("there is no such row");
	return 0;
}
