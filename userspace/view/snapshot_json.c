// SPDX-License-Identifier: GPL-2.0
/* A snapshot as one line of JSON; Documentation/snapshot.md describes it. */
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot.h"

#define CODE_MAX	8

/* A member of an object and its number. */
struct pair {
	const char *key;
	double value;
};

#define ADD(object, ...) add_numbers(object, (const struct pair[]){ __VA_ARGS__, { 0 } })

static void add_numbers(cJSON *object, const struct pair *pair)
{
	for (; pair->key; pair++)
		cJSON_AddNumberToObject(object, pair->key, pair->value);
}

/* The lab's texts are ASCII; other bytes would not be JSON. */
static void add_text(cJSON *object, const char *key, const char *text)
{
	char *copy = strdup(text), *c;

	for (c = copy; c && *c; c++)
		if (*c & 0x80)
			*c = '?';
	cJSON_AddStringToObject(object, key, copy ? copy : "");
	free(copy);
}

static cJSON *add_object(cJSON *array)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddItemToArray(array, object);
	return object;
}

/* If the number is not 0, which it is mostly. */
static void add_rare(cJSON *object, const char *key, uint32_t value)
{
	if (value)
		cJSON_AddNumberToObject(object, key, value);
}

static void add_kind(cJSON *kinds, const struct view_kind *kind)
{
	cJSON *value = add_object(kinds);

	add_text(value, "use", snapshot_use_name(kind->use));
	ADD(value, { "frames", kind->nr_frames });
	add_rare(value, "order", kind->order);
	add_rare(value, "owner", kind->owner);
	if (kind->list[0])
		add_text(value, "list", kind->list);
	add_rare(value, "entries", kind->entries);
	if (kind->bad)
		cJSON_AddTrueToObject(value, "bad");
}

/* A kind's number to base 26: capital letters, then one small letter. */
static size_t code_of(uint32_t number, char code[CODE_MAX])
{
	size_t length = 1, i;
	uint32_t rest;

	for (rest = number / 26; rest; rest = (rest - 1) / 26)
		length++;
	code[length - 1] = (char)('a' + number % 26);
	for (i = length - 1, rest = number / 26; i; i--, rest = (rest - 1) / 26)
		code[i - 1] = (char)('A' + (rest - 1) % 26);
	return length;
}

static void add_map(cJSON *frames, const struct snapshot *s)
{
	char *text = malloc((size_t)s->nr_frames * (CODE_MAX + 2) + 16), *at = text;
	uint32_t pfn = 0;

	while (text && pfn < s->nr_frames) {
		uint32_t start = pfn;

		while (pfn < s->nr_frames && s->frame[pfn] == s->frame[start])
			pfn++;
		at += code_of(s->frame[start], at);
		if (pfn - start > 1)
			at += sprintf(at, "%" PRIu32, pfn - start);
		*at = '\0';
	}
	cJSON_AddStringToObject(frames, "map", text ? text : "");
	free(text);
}

static void add_frames(cJSON *root, const struct snapshot *s)
{
	cJSON *frames, *uses, *kinds;
	uint32_t i;

	if (!s->frame) {
		cJSON_AddNullToObject(root, "frames");
		return;
	}
	frames = cJSON_AddObjectToObject(root, "frames");
	cJSON_AddBoolToObject(frames, "exact", s->exact);
	uses = cJSON_AddObjectToObject(frames, "uses");
	for (i = 0; i < NR_VIEW_USES; i++)
		ADD(uses, { snapshot_use_name(i), snapshot_count(s, i) });
	kinds = cJSON_AddArrayToObject(frames, "kinds");
	for (i = 0; i < s->nr_kinds; i++)
		add_kind(kinds, &s->kind[i]);
	add_map(frames, s);
}

static void add_zone(cJSON *zones, const struct view_zone *z)
{
	cJSON *zone = add_object(zones), *blocks;
	uint32_t order;

	add_text(zone, "name", z->name);
	ADD(zone, { "start", z->start }, { "end", z->end }, { "free", (double)z->free },
	    { "min", (double)z->min }, { "low", (double)z->low }, { "high", (double)z->high });
	blocks = cJSON_AddArrayToObject(zone, "blocks");
	for (order = 0; order < MMLAB_NR_ORDERS; order++)
		cJSON_AddItemToArray(blocks, cJSON_CreateNumber((double)z->blocks[order]));
}

/* The objects in use as hexadecimal digits, object 0 in the first one's lowest bit. */
static void add_slab(cJSON *slabs, const struct view_slab *slab)
{
	uint32_t nr = slab->nr_objects < 512 ? slab->nr_objects : 512, i;
	cJSON *value = add_object(slabs);
	char used[128 + 1] = "";

	for (i = 0; i < (nr + 3) / 4; i++)
		sprintf(used + i, "%x", (unsigned int)(slab->used[i / 16] >> i % 16 * 4 & 15));
	ADD(value, { "frame", slab->pfn }, { "in_use", slab->nr_used },
	    { "objects", slab->nr_objects }, { "colour", slab->colour });
	add_text(value, "used", used);
}

static void add_cache(cJSON *caches, const struct view_cache *c)
{
	cJSON *cache = add_object(caches), *slabs;
	uint32_t i;

	add_text(cache, "name", c->name);
	ADD(cache, { "id", c->id }, { "owner", c->owner }, { "object_size", c->object_size },
	    { "size", c->size }, { "order", c->order }, { "objects", c->nr_objects },
	    { "full", c->nr_full }, { "partial", c->nr_partial }, { "free", c->nr_free },
	    { "active", c->nr_active }, { "parked", c->nr_parked }, { "depot", c->nr_depot });
	slabs = cJSON_AddArrayToObject(cache, "slabs");
	for (i = 0; i < c->nr_slabs; i++)
		add_slab(slabs, &c->slab[i]);
}

static void add_tuple(cJSON *array, const double *value, int nr)
{
	cJSON_AddItemToArray(array, cJSON_CreateDoubleArray(value, nr));
}

/* [page, pages, frame or slot, flags]; the pages are negative if frames descend. */
static void add_runs(cJSON *object, const struct view_run *run, uint32_t nr)
{
	cJSON *runs = cJSON_AddArrayToObject(object, "entries");
	uint32_t i;

	for (i = 0; i < nr; i++) {
		double pages = run[i].down ? -(double)run[i].nr : run[i].nr;

		add_tuple(runs, (const double[]){ run[i].page, pages, run[i].pfn, run[i].flags },
			  4);
	}
}

static void add_process(cJSON *processes, const struct view_process *p)
{
	cJSON *process = add_object(processes), *regions, *tables;
	uint32_t i;

	ADD(process, { "pid", p->lab_pid });
	add_text(process, "name", p->name);
	regions = cJSON_AddArrayToObject(process, "regions");
	for (i = 0; i < p->nr_regions; i++) {
		cJSON *region = add_object(regions);

		ADD(region, { "start", p->region[i].start }, { "end", p->region[i].end });
		add_text(region, "rights", p->region[i].rights);
		add_text(region, "name", p->region[i].name);
	}
	if (p->has_pgd)
		ADD(process, { "directory", p->pgd });
	else
		cJSON_AddNullToObject(process, "directory");
	tables = cJSON_AddArrayToObject(process, "tables");
	for (i = 0; i < p->nr_tables; i++)
		add_tuple(tables, (const double[]){ p->table[i].slot, p->table[i].pfn }, 2);
	add_runs(process, p->run, p->nr_runs);
	add_rare(process, "left_out", p->nr_left_out);
}

static void add_area(cJSON *areas, const struct view_area *a)
{
	cJSON *area = add_object(areas);

	ADD(area, { "start", a->start }, { "size", a->size }, { "owner", a->owner },
	    { "flags", a->flags }, { "mapped", a->nr_mapped });
	add_text(area, "caller", a->caller);
	add_runs(area, a->run, a->nr_runs);
	add_rare(area, "left_out", a->nr_left_out);
}

static void add_swap(cJSON *root, const struct snapshot *s)
{
	cJSON *swap = cJSON_AddObjectToObject(root, "swap"), *areas;
	uint32_t i;

	add_text(swap, "policy", s->policy);
	areas = cJSON_AddArrayToObject(swap, "areas");
	for (i = 0; i < s->nr_swaps; i++) {
		cJSON *area = add_object(areas);

		add_text(area, "name", s->swap[i].name);
		ADD(area, { "size_kb", (double)s->swap[i].size_kb },
		    { "used_kb", (double)s->swap[i].used_kb }, { "priority", s->swap[i].priority });
	}
}

static void add_counters(cJSON *root, const struct snapshot *s)
{
	cJSON *counters = cJSON_AddObjectToObject(root, "counters"), *rates = NULL;
	uint32_t i;

	if (s->has_rates)
		rates = cJSON_AddObjectToObject(root, "rates");
	else
		cJSON_AddNullToObject(root, "rates");
	for (i = 0; i < s->nr_counters; i++) {
		ADD(counters, { s->counter[i].name, (double)s->counter[i].value });
		if (rates && s->counter[i].rate)
			ADD(rates, { s->counter[i].name, s->counter[i].rate });
	}
}

static void add_machine(cJSON *root, const struct snapshot *s)
{
	cJSON *machine = cJSON_AddObjectToObject(root, "machine");

	ADD(machine, { "page_size", s->page_size }, { "frames", s->nr_frames },
	    { "page_offset", s->page_offset }, { "high_memory", s->high_memory },
	    { "vmalloc_start", s->vmalloc_start }, { "vmalloc_end", s->vmalloc_end });
}

char *snapshot_json(const struct snapshot *s)
{
	cJSON *root = cJSON_CreateObject(), *list;
	uint32_t i;
	char *text;

	ADD(root, { "mmlab_snapshot", SNAPSHOT_VERSION }, { "time", s->time });
	cJSON_AddBoolToObject(root, "steady", s->steady);
	ADD(root, { "observer", s->observer });
	add_machine(root, s);
	add_frames(root, s);
	list = cJSON_AddArrayToObject(root, "zones");
	for (i = 0; i < s->nr_zones; i++)
		add_zone(list, &s->zone[i]);
	list = cJSON_AddArrayToObject(root, "caches");
	for (i = 0; i < s->nr_caches; i++)
		add_cache(list, &s->cache[i]);
	list = cJSON_AddArrayToObject(root, "processes");
	for (i = 0; i < s->nr_processes; i++)
		add_process(list, &s->process[i]);
	list = cJSON_AddArrayToObject(root, "areas");
	for (i = 0; i < s->nr_areas; i++)
		add_area(list, &s->area[i]);
	add_swap(root, s);
	add_counters(root, s);
	list = cJSON_AddArrayToObject(root, "events");
	for (i = 0; i < s->nr_events; i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(s->event[i]));
	text = cJSON_PrintUnformatted(root);
	cJSON_Delete(root);
	return text;
}
