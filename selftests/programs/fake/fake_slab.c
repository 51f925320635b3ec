// SPDX-License-Identifier: GPL-2.0
/*
 * Caches of the false device. "fish", number 5, is always there, as a cache of
 * debugged 100-byte objects; caches that are created live as long as the process,
 * since every process has its own false device. What is injected is noticed, and
 * reported to $FAKE_LAB_ROOT's vmstat, check and kmsg, unless $FAKE_LAB_BLIND
 * says what is not: "deed" (nothing is noticed), "count", "check", "log",
 * "words", "refusal" or "leak".
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mmlab.h>

#include "fake_slab.h"

#define FISH		5
#define FIRST_OBJECT	0xc0500008U
#define OBJECT_APART	0x100U
#define NORMAL_ZONE	0x2000000U

static struct mmlab_cache caches[4];
static unsigned int nr_caches, nr_given, nr_freed, nr_reports, pending;

static int blind(const char *what)
{
	const char *text = getenv("FAKE_LAB_BLIND");

	return text && (!strcmp(text, what) || !strcmp(text, "deed"));
}

static void append(const char *name, const char *line)
{
	const char *root = getenv("FAKE_LAB_ROOT");
	char path[4096];
	FILE *file;

	if (!root)
		return;
	snprintf(path, sizeof(path), "%s/%s", root, name);
	file = fopen(path, name[0] == 'p' && strstr(name, "vmstat") ? "w" : "a");
	if (file) {
		fputs(line, file);
		fclose(file);
	}
}

static void report(const char *cache, const char *words)
{
	char line[256];

	nr_reports += !blind("count");
	snprintf(line, sizeof(line), "lab_reports %u\n", nr_reports);
	append("proc/mmlab/vmstat", line);
	if (!blind("check"))
		append("proc/mmlab/check", "BROKEN: 1 reports of corruption so far\n");
	snprintf(line, sizeof(line), "3,1,2,-;mmlab: BUG %s: %s\n SUBSYSTEM=x\n3,1,3,-;other\n",
		 cache, blind("words") ? "Something else" : words);
	if (!blind("log"))
		append("dev/kmsg", line);
}

static const struct mmlab_cache *find(__u32 id)
{
	return id >= 10 && id < 10 + nr_caches ? &caches[id - 10] : NULL;
}

static int create(struct mmlab_cache *cache)
{
	if (!strcmp(cache->name, "fish"))
		return EEXIST;
	if (cache->flags & ~1U && cache->magazine != MMLAB_MAGAZINE_DEFAULT)
		return EINVAL;
	if (nr_caches == sizeof(caches) / sizeof(caches[0]))
		return ENOSPC;
	cache->id = 10 + nr_caches;
	caches[nr_caches++] = *cache;
	return 0;
}

static int operate(struct mmlab_cache_op *op)
{
	if (op->id == FISH && op->op == MMLAB_CACHE_RESIZE)
		return EINVAL;
	if (op->op == MMLAB_CACHE_DESTROY && (op->id == FISH || nr_given != nr_freed) &&
	    !blind("refusal"))
		return EBUSY;
	op->nr_frames = op->op == MMLAB_CACHE_SHRINK ? 3 : 0;
	return op->id == 6 ? EPERM : 0;
}

static int alloc(struct mmlab_object *object)
{
	__u32 usable = 8;

	if (object->id == 6)
		return EPERM;
	if (object->id && pending == MMLAB_INJECT_UAF && !blind("deed")) {
		report(caches[0].name, "Poison overwritten");
		pending = 0;
		nr_given++;
	}
	while (usable < object->size)
		usable *= 2;
	object->usable = object->id ? 100 : getenv("FAKE_LAB_WASTE") ? usable * 2 : usable;
	object->lva = FIRST_OBJECT + OBJECT_APART * (object->id ? nr_given++ : 0);
	if (!object->id && !object->flags)
		object->lva += NORMAL_ZONE;
	if (usable > 131072 * 8)
		return ENOMEM;
	return 0;
}

/* The last hex digit of an address says what is wrong with it. */
static int give_back(const struct mmlab_object *object)
{
	if (object->lva % 16 == 1)
		return EINVAL;
	if (object->lva % 16 == 2)
		return ENOENT;
	if (object->lva % 16 == 3)
		return EUCLEAN;
	nr_freed += object->id != 0;
	if (!object->id || !pending || pending > MMLAB_INJECT_UNDERFLOW || blind("deed"))
		return 0;
	report(caches[0].name, pending == MMLAB_INJECT_OVERFLOW ?
	       "Right Redzone overwritten" : "Left Redzone overwritten");
	pending = 0;
	return blind("refusal") ? 0 : EUCLEAN;
}

static int inject(struct mmlab_injection *injection)
{
	unsigned int before = nr_reports;

	pending = injection->kind;
	if (!blind("deed") && injection->kind == MMLAB_INJECT_DOUBLE_FREE)
		report(caches[0].name, "Object already free");
	if (!blind("deed") && injection->kind == MMLAB_INJECT_WRONG_CACHE)
		report(caches[1].name, "Invalid object pointer");
	injection->nr_reports = nr_reports - before;
	return find(injection->other) || !injection->other ? 0 : EINVAL;
}

static int stat_fish(struct mmlab_cache_stat *stat)
{
	*stat = (struct mmlab_cache_stat){
		.name = "fish", .id = FISH, .owner = 7, .object_size = 100, .size = 120,
		.flags = MMLAB_CACHE_RED_ZONE | MMLAB_CACHE_POISON, .align = 8,
		.nr_objects = 34, .nr_colours = 1, .bitmap_offset = 4088, .nr_full = 1,
		.nr_partial = 1, .nr_active = 30, .nr_parked = 3, .nr_depot = 2,
		.nr_quarantined = 1, .high_active = 40, .magazine = 2, .nr_full_magazines = 1,
		.nr_grown = 3, .nr_reaped = 1, .nr_refused = 4, .nr_alloc = 30,
		.nr_alloc_slow = 10, .nr_exchanges = 6,
	};
	return 0;
}

static int stat_cache(struct mmlab_cache_stat *stat)
{
	const struct mmlab_cache *cache = find(stat->id);

	if (*stat->name ? !strcmp(stat->name, "fish") : stat->id == FISH)
		return stat_fish(stat);
	if (*stat->name ? !strcmp(stat->name, "crab") : stat->id == 6) {
		stat_fish(stat);
		strcpy(stat->name, "crab");
		stat->id = 6;
		return 0;
	}
	if (*stat->name || !cache)
		return ENOENT;
	stat->nr_active = blind("leak") ? 2 : nr_given - nr_freed;
	return 0;
}

static int map_slab(struct mmlab_slab_map *map)
{
	if (map->id != FISH || map->index > 1)
		return ENOENT;
	map->pfn = 77 + map->index;
	map->nr_objects = 34;
	map->nr_used = map->index ? 1 : 34;
	map->used[0] = map->index ? 0x200000001 : 0x3ffffffff;
	return 0;
}

int fake_slab_answer(unsigned long number, void *argument)
{
	switch (number) {
	case MMLAB_CACHE_CREATE:
		return create(argument);
	case MMLAB_CACHE_OP:
		return operate(argument);
	case MMLAB_OBJ_ALLOC:
		return alloc(argument);
	case MMLAB_OBJ_FREE:
		return give_back(argument);
	case MMLAB_CACHE_STAT:
		return stat_cache(argument);
	case MMLAB_SLAB_MAP:
		return map_slab(argument);
	case MMLAB_INJECT:
		return inject(argument);
	}
	return ENOTTY;
}
