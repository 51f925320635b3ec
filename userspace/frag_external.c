// SPDX-License-Identifier: GPL-2.0
/* External fragmentation: much is free and a large block can't be had. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "frag.h"
#include "labfile.h"
#include "libmmlab.h"

#define LARGE_ORDER	9
#define OBJECT_BYTES	1024	/* four to a slab of one page */
#define FRAGMENTED	0.9	/* extfrag_index: towards 1 it is not shortage */

/* The two indices of zone Normal for the large order. */
struct indices {
	double extfrag, unusable;
};

static double read_index(const char *name)
{
	char *text = labfile_read(name, NULL);
	const char *at = text ? strstr(text, "zone   Normal") : NULL;
	double value = -2;
	int order;

	if (at)
		at += strlen("zone   Normal");
	for (order = 0; at && order <= LARGE_ORDER; order++) {
		char *end;

		value = strtod(at, &end);
		at = end > at ? end : NULL;
	}
	free(text);
	return at ? value : -2;
}

static struct indices read_indices(void)
{
	return (struct indices){ .extfrag = read_index("extfrag_index"),
				 .unusable = read_index("unusable_index") };
}

static double free_percent(void)
{
	char *text = labfile_read("meminfo", NULL);
	uint64_t total = 0, unused = 0, cached = 0;

	if (text) {
		labfile_value(text, "MemTotal", &total);
		labfile_value(text, "MemFree", &unused);
		labfile_value(text, "PerCpuPages", &cached);
	}
	free(text);
	return total ? (double)(unused + cached) * 100 / (double)total : -1;
}

static bool large_block_to_be_had(const struct session *session)
{
	struct mmlab_block block = { .order = LARGE_ORDER, .zone = MMLAB_ZONE_NORMAL };

	if (mmlab_alloc_block(session->fd, &block))
		return false;
	block = (struct mmlab_block){ .order = LARGE_ORDER, .phys = block.phys };
	mmlab_free_block(session->fd, &block);
	return true;
}

/* One scene: asks for the large block, shows the indices, compares. */
static bool scene(const struct session *session, const char *what, bool expected)
{
	struct mmlab_drain drain = { 0 };
	struct indices now;
	bool had;

	mmlab_drain_caches(session->fd, &drain);
	now = read_indices();
	had = large_block_to_be_had(session);
	printf("  %s  %-46s %5.1f %8.3f %9.3f  %s\n", had == expected ? "ok " : "BAD", what,
	       free_percent(), now.extfrag, now.unusable, had ? "given" : "refused");
	return had == expected;
}

static void print_heads(void)
{
	printf("       %-46s %5s %8s %9s  ORDER %d\n", "", "FREE%", "EXTFRAG", "UNUSABLE",
	       LARGE_ORDER);
}

/* With half of memory free, the index must say that it isn't shortage. */
static bool says_fragmented(void)
{
	struct indices now = read_indices();
	bool good = now.extfrag >= FRAGMENTED && now.unusable >= FRAGMENTED;

	printf("  %s  the indices (towards 1: fragmented; towards 0: short) say why\n",
	       good ? "ok " : "BAD");
	return good;
}

static int compare_numbers(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

/* Fills the arena with single frames. Return: how many; sorted frame numbers */
static uint32_t fill_blocks(const struct session *session, uint32_t *pfn)
{
	uint32_t n = 0;

	while (n < session->info.nr_frames) {
		struct mmlab_block block = { .zone = MMLAB_ZONE_NORMAL };

		if (mmlab_alloc_block(session->fd, &block))
			break;
		pfn[n++] = (uint32_t)(block.phys >> session->info.page_shift);
	}
	qsort(pfn, n, sizeof(*pfn), compare_numbers);
	return n;
}

/* Frees the frames whose number is odd, or even. Return: how many that were */
static uint32_t free_blocks(const struct session *session, const uint32_t *pfn, uint32_t n,
			    uint32_t odd)
{
	uint32_t i, freed = 0;

	for (i = 0; i < n; i++) {
		struct mmlab_block block = { .phys = (__u64)pfn[i] << session->info.page_shift };

		if ((pfn[i] & 1) == odd)
			freed += !mmlab_free_block(session->fd, &block);
	}
	return freed;
}

bool frag_blocks(const struct session *session)
{
	uint32_t *pfn = calloc(session->info.nr_frames, sizeof(*pfn));
	uint32_t n, freed;
	bool good;

	if (!pfn) {
		cli_fail(ENOMEM, NULL, "a list of frames");
		return false;
	}
	printf("External fragmentation: single frames, every second one freed\n");
	print_heads();
	good = scene(session, "before", true);
	n = fill_blocks(session, pfn);
	good &= scene(session, "full of single frames", false);
	freed = free_blocks(session, pfn, n, 1);
	good &= scene(session, "every second one freed", false);
	good &= says_fragmented();
	freed += free_blocks(session, pfn, n, 0);
	good &= scene(session, "all freed: buddies have merged", true) && freed == n;
	free(pfn);
	return good;
}

struct objects {
	const struct session *session;
	__u32 id;
	__u32 *lva;		/* sorted */
	uint32_t n, slab_shift;
};

static void fill_objects(struct objects *objects, uint32_t max)
{
	while (objects->n < max) {
		struct mmlab_object object = { .id = objects->id };

		if (mmlab_alloc_object(objects->session->fd, &object))
			break;
		objects->lva[objects->n++] = object.lva;
	}
	qsort(objects->lva, objects->n, sizeof(*objects->lva), compare_numbers);
}

/*
 * Frees some and keeps the rest: of each slab all but the first object, or, of
 * those, every second one. Return: objects kept
 */
static void free_objects(struct objects *objects, bool one_a_slab)
{
	uint32_t i, kept = 0, slab = 0, last = UINT32_MAX;

	for (i = 0; i < objects->n; i++) {
		__u32 lva = objects->lva[i];
		bool first = lva >> objects->slab_shift != last;
		struct mmlab_object object = { .id = objects->id, .lva = lva };

		last = lva >> objects->slab_shift;
		slab += first;
		if (one_a_slab ? first : slab % 2)
			objects->lva[kept++] = lva;
		else
			mmlab_free_object(objects->session->fd, &object);
	}
	objects->n = kept;
}

static void free_all_objects(struct objects *objects)
{
	while (objects->n) {
		struct mmlab_object object = { .id = objects->id,
					       .lva = objects->lva[--objects->n] };

		mmlab_free_object(objects->session->fd, &object);
	}
}

/* Return: frames that came back */
static uint64_t operate(const struct objects *objects, __u32 op)
{
	struct mmlab_cache_op operation = { .id = objects->id, .op = op };

	return mmlab_operate_cache(objects->session->fd, &operation) ? UINT64_MAX :
	       operation.nr_frames;
}

/* Free objects are no free memory: nothing comes back while a slab is in use. */
static bool shrink_in_vain(const struct objects *objects)
{
	struct mmlab_cache_stat stat = { .id = objects->id };
	uint64_t frames = operate(objects, MMLAB_CACHE_SHRINK), all;
	bool good = !frames && !mmlab_stat_cache(objects->session->fd, &stat);

	all = (uint64_t)(stat.nr_full + stat.nr_partial + stat.nr_free) * stat.nr_objects;
	printf("  %s  %u objects of %" PRIu64 " are in use, and shrinking gives back %" PRId64
	       " frames\n", good ? "ok " : "BAD", stat.nr_active, all, (int64_t)frames);
	return good;
}

static bool play_slabs(struct objects *objects, uint32_t max)
{
	const struct session *session = objects->session;
	bool good = scene(session, "before", true);

	fill_objects(objects, max);
	good &= scene(session, "full of slabs", false);
	free_objects(objects, true);
	good &= scene(session, "all but one object of each slab freed", false);
	good &= shrink_in_vain(objects);
	free_objects(objects, false);
	good &= operate(objects, MMLAB_CACHE_SHRINK) != UINT64_MAX;
	good &= scene(session, "every second slab freed wholly, and shrunk", false);
	good &= says_fragmented();
	free_all_objects(objects);
	good &= operate(objects, MMLAB_CACHE_DESTROY) != UINT64_MAX;
	good &= scene(session, "all freed, the cache destroyed", true);
	return good;
}

bool frag_slabs(const struct session *session)
{
	struct mmlab_cache cache = { .size = OBJECT_BYTES };	/* no magazines */
	uint32_t max = session->info.nr_frames << (session->info.page_shift - 10);
	struct objects objects = { .session = session, .slab_shift = session->info.page_shift };
	bool good;
	int error;

	snprintf(cache.name, sizeof(cache.name), "frag-%u", session->info.lab_pid);
	printf("External fragmentation with slabs: objects of %d bytes, one of each slab kept\n",
	       OBJECT_BYTES);
	error = mmlab_create_cache(session->fd, &cache);
	if (error) {
		cli_fail(error, NULL, "creating cache %s", cache.name);
		return false;
	}
	objects.id = cache.id;
	objects.lva = calloc(max, sizeof(*objects.lva));
	if (!objects.lva) {
		cli_fail(ENOMEM, NULL, "a list of objects");
		return false;
	}
	print_heads();
	good = play_slabs(&objects, max);
	free(objects.lva);
	return good;
}
