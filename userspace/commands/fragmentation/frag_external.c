// SPDX-License-Identifier: GPL-2.0
/* External fragmentation: much memory is free, but no large block. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "frag.h"
#include "frag_scene.h"
#include "libmmlab.h"

#define LARGE_ORDER	9
#define OBJECT_BYTES	1024	/* four to a slab of one page */

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
	frag_heads(LARGE_ORDER);
	good = frag_scene(session, LARGE_ORDER, "before", true);
	n = frag_fill(session, pfn);
	good &= frag_scene(session, LARGE_ORDER, "full of single frames", false);
	freed = frag_free(session, pfn, n, 1);
	good &= frag_scene(session, LARGE_ORDER, "every second one freed", false);
	good &= frag_says_so(LARGE_ORDER);
	freed += frag_free(session, pfn, n, 0);
	good &= freed == n;
	good &= frag_scene(session, LARGE_ORDER, "all freed: buddies have merged", true);
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
	qsort(objects->lva, objects->n, sizeof(*objects->lva), frag_compare_numbers);
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

	return mmlab_cache_op(objects->session->fd, &operation) ? UINT64_MAX :
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
	bool good = frag_scene(session, LARGE_ORDER, "before", true);

	fill_objects(objects, max);
	good &= frag_scene(session, LARGE_ORDER, "full of slabs", false);
	free_objects(objects, true);
	good &= frag_scene(session, LARGE_ORDER, "all but one object of each slab freed",
			   false);
	good &= shrink_in_vain(objects);
	free_objects(objects, false);
	good &= operate(objects, MMLAB_CACHE_SHRINK) != UINT64_MAX;
	good &= frag_scene(session, LARGE_ORDER, "every second slab freed wholly, and shrunk",
			   false);
	good &= frag_says_so(LARGE_ORDER);
	free_all_objects(objects);
	good &= operate(objects, MMLAB_CACHE_DESTROY) != UINT64_MAX;
	good &= frag_scene(session, LARGE_ORDER, "all freed, the cache destroyed", true);
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
	frag_heads(LARGE_ORDER);
	good = play_slabs(&objects, max);
	free(objects.lva);
	return good;
}
