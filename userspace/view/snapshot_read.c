// SPDX-License-Identifier: GPL-2.0
/*
 * Reads snapshots out of a record, which may come from anywhere: every number is looked
 * at before it is used, and the first that is wrong ends the reading.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "snapshot.h"

#define MAX_MEMBERS	65536		/* of one array */
#define MAX_COUNTERS	1024

/* The place that is read, and what was wrong first. */
struct reader {
	char *why;
	size_t size;
	bool bad;
};

static bool refuse(struct reader *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static bool refuse(struct reader *r, const char *format, ...)
{
	va_list args;

	if (r->bad)
		return false;
	r->bad = true;
	va_start(args, format);
	vsnprintf(r->why, r->size, format, args);
	va_end(args);
	return false;
}

static const cJSON *get(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

static const cJSON *first(const cJSON *list)
{
	return list ? list->child : NULL;
}

static const cJSON *item(const cJSON *list, int i)
{
	return cJSON_GetArrayItem(list, i);
}

static double real(const cJSON *value)
{
	return cJSON_IsNumber(value) ? value->valuedouble : 0;
}

static uint64_t number(struct reader *r, const cJSON *value, const char *key, uint64_t max)
{
	double found = cJSON_IsNumber(value) ? value->valuedouble : -1;

	if (!(found >= 0 && found <= (double)max)) {
		refuse(r, "%s is no number from 0 to %" PRIu64, key, max);
		return 0;
	}
	return (uint64_t)found;
}

static uint64_t member(struct reader *r, const cJSON *object, const char *key, uint64_t max)
{
	return number(r, get(object, key), key, max);
}

static uint32_t member32(struct reader *r, const cJSON *object, const char *key)
{
	return (uint32_t)member(r, object, key, UINT32_MAX);
}

static uint32_t optional32(struct reader *r, const cJSON *object, const char *key)
{
	return get(object, key) ? member32(r, object, key) : 0;
}

static void text(struct reader *r, const cJSON *object, const char *key, char *buf, size_t size)
{
	const char *found = cJSON_GetStringValue(get(object, key));

	if (!found || strlen(found) >= size) {
		refuse(r, "%s is no text of at most %zu bytes", key, size - 1);
		return;
	}
	strcpy(buf, found);
}

static const cJSON *array(struct reader *r, const cJSON *object, const char *key)
{
	const cJSON *value = get(object, key);

	if (!cJSON_IsArray(value) || cJSON_GetArraySize(value) > MAX_MEMBERS) {
		refuse(r, "%s is no list of at most %d", key, MAX_MEMBERS);
		return NULL;
	}
	return value;
}

/* Room for the members of a list. Return: their number */
static uint32_t room_for(struct reader *r, const cJSON *list, size_t size, void *memory)
{
	size_t nr = list ? (size_t)cJSON_GetArraySize(list) : 0;

	*(void **)memory = nr ? calloc(nr, size) : NULL;
	if (nr && !*(void **)memory) {
		refuse(r, "there is no memory for it");
		return 0;
	}
	return (uint32_t)nr;
}

static void read_machine(struct reader *r, const cJSON *root, struct snapshot *s)
{
	const cJSON *m = get(root, "machine");

	s->page_size = member32(r, m, "page_size");
	s->nr_frames = (uint32_t)member(r, m, "frames", SNAPSHOT_MAX_FRAMES);
	s->page_offset = member32(r, m, "page_offset");
	s->high_memory = member32(r, m, "high_memory");
	s->vmalloc_start = member32(r, m, "vmalloc_start");
	s->vmalloc_end = member32(r, m, "vmalloc_end");
	if (s->page_size < 4096 || s->page_size > 65536 || s->page_size & (s->page_size - 1) ||
	    !s->nr_frames)
		refuse(r, "the machine has no pages");
	if (s->page_offset > s->high_memory || s->high_memory > s->vmalloc_start ||
	    s->vmalloc_start > s->vmalloc_end)
		refuse(r, "the parts of the address space are not in order");
}

static void read_kind(struct reader *r, const cJSON *value, struct view_kind *kind)
{
	char use[16] = "";

	text(r, value, "use", use, sizeof(use));
	kind->use = snapshot_use_of(use);
	kind->order = get(value, "order") ?
		      (unsigned int)member(r, value, "order", MMLAB_NR_ORDERS - 1) : 0;
	kind->owner = optional32(r, value, "owner");
	if (get(value, "list"))
		text(r, value, "list", kind->list, sizeof(kind->list));
	kind->entries = optional32(r, value, "entries");
	kind->bad = cJSON_IsTrue(get(value, "bad"));
}

/* "a4096Bc": capital letters and a small one are a kind, digits its run of frames. */
static bool read_run(const char **at, uint64_t *kind, uint64_t *nr)
{
	*kind = 0;
	*nr = 0;
	while (**at >= 'A' && **at <= 'Z' && *kind < SNAPSHOT_MAX_FRAMES)
		*kind = *kind * 26 + (uint64_t)(*(*at)++ - 'A' + 1);
	if (**at < 'a' || **at > 'z')
		return false;
	*kind = *kind * 26 + (uint64_t)(*(*at)++ - 'a');
	while (**at >= '0' && **at <= '9' && *nr <= SNAPSHOT_MAX_FRAMES)
		*nr = *nr * 10 + (uint64_t)(*(*at)++ - '0');
	*nr = *nr ? *nr : 1;
	return true;
}

static void read_map(struct reader *r, const cJSON *frames, struct snapshot *s)
{
	const char *at = cJSON_GetStringValue(get(frames, "map"));
	uint32_t next = 0;
	uint64_t kind, nr;

	s->frame = calloc(s->nr_frames, sizeof(*s->frame));
	if (!at || !s->frame) {
		refuse(r, "there is no map");
		return;
	}
	while (*at) {
		if (!read_run(&at, &kind, &nr) || kind >= s->nr_kinds || nr > s->nr_frames - next) {
			refuse(r, "the map does not fit the machine");
			return;
		}
		s->kind[kind].nr_frames += (uint32_t)nr;
		while (nr--)
			s->frame[next++] = (uint32_t)kind;
	}
	if (next != s->nr_frames)
		refuse(r, "the map has %" PRIu32 " frames, the machine %" PRIu32, next,
		       s->nr_frames);
}

static void read_frames(struct reader *r, const cJSON *root, struct snapshot *s)
{
	const cJSON *frames = get(root, "frames"), *kinds, *value;
	uint32_t i;

	if (cJSON_IsNull(frames) || r->bad)
		return;
	kinds = array(r, frames, "kinds");
	s->exact = cJSON_IsTrue(get(frames, "exact"));
	s->nr_kinds = room_for(r, kinds, sizeof(*s->kind), &s->kind);
	for (i = 0, value = first(kinds); i < s->nr_kinds; i++, value = value->next)
		read_kind(r, value, &s->kind[i]);
	if (!r->bad)
		read_map(r, frames, s);
}

static void read_zones(struct reader *r, const cJSON *root, struct snapshot *s)
{
	const cJSON *zones = array(r, root, "zones");
	size_t nr = zones ? (size_t)cJSON_GetArraySize(zones) : 0, order;

	if (nr > MMLAB_NR_ZONES) {
		refuse(r, "there are %zu zones", nr);
		return;
	}
	for (s->nr_zones = 0; s->nr_zones < nr; s->nr_zones++) {
		const cJSON *value = item(zones, (int)s->nr_zones);
		struct view_zone *z = &s->zone[s->nr_zones];
		const cJSON *blocks = array(r, value, "blocks");

		text(r, value, "name", z->name, sizeof(z->name));
		z->end = (uint32_t)member(r, value, "end", s->nr_frames);
		z->start = (uint32_t)member(r, value, "start", z->end);
		z->free = member(r, value, "free", s->nr_frames);
		z->min = member32(r, value, "min");
		z->low = member32(r, value, "low");
		z->high = member32(r, value, "high");
		for (order = 0; order < MMLAB_NR_ORDERS; order++)
			z->blocks[order] = number(r, item(blocks, (int)order), "blocks",
						  s->nr_frames);
	}
}

static void read_slab(struct reader *r, const cJSON *value, struct view_slab *slab)
{
	char used[128 + 1] = "";
	size_t i;

	slab->pfn = member32(r, value, "frame");
	slab->nr_used = member32(r, value, "in_use");
	slab->nr_objects = (uint32_t)member(r, value, "objects", 65536);
	slab->colour = member32(r, value, "colour");
	text(r, value, "used", used, sizeof(used));
	for (i = 0; used[i]; i++) {
		const char *digits = "0123456789abcdef", *digit = strchr(digits, used[i]);

		if (!digit) {
			refuse(r, "used is not hexadecimal");
			return;
		}
		slab->used[i / 16] |= (uint64_t)(digit - digits) << i % 16 * 4;
	}
}

static void read_cache(struct reader *r, const cJSON *value, struct view_cache *c)
{
	const cJSON *slabs = array(r, value, "slabs"), *slab;
	uint32_t i;

	text(r, value, "name", c->name, sizeof(c->name));
	c->id = member32(r, value, "id");
	c->owner = member32(r, value, "owner");
	c->object_size = member32(r, value, "object_size");
	c->size = member32(r, value, "size");
	c->order = (uint32_t)member(r, value, "order", MMLAB_NR_ORDERS - 1);
	c->nr_objects = member32(r, value, "objects");
	c->nr_full = member32(r, value, "full");
	c->nr_partial = member32(r, value, "partial");
	c->nr_free = member32(r, value, "free");
	c->nr_active = member32(r, value, "active");
	c->nr_parked = member32(r, value, "parked");
	c->nr_depot = member32(r, value, "depot");
	c->nr_slabs = room_for(r, slabs, sizeof(*c->slab), &c->slab);
	for (i = 0, slab = first(slabs); i < c->nr_slabs; i++, slab = slab->next)
		read_slab(r, slab, &c->slab[i]);
}

static uint32_t read_runs(struct reader *r, const cJSON *object, struct view_run **run)
{
	const cJSON *list = array(r, object, "entries"), *value = first(list);
	uint32_t nr = room_for(r, list, sizeof(**run), run), i;

	for (i = 0; i < nr; i++, value = value->next) {
		double pages = real(item(value, 1));
		struct view_run *one = &(*run)[i];

		if (!(pages >= -1.0 * SNAPSHOT_MAX_FRAMES && pages <= SNAPSHOT_MAX_FRAMES) ||
		    (pages > -1 && pages < 1)) {
			refuse(r, "entries has a run of no pages, or of too many");
			pages = 1;
		}
		one->down = pages < 0;
		one->nr = (uint32_t)(pages < 0 ? -pages : pages);
		one->page = (uint32_t)number(r, item(value, 0), "entries",
					     SNAPSHOT_MAX_FRAMES - one->nr % SNAPSHOT_MAX_FRAMES);
		one->pfn = (uint32_t)number(r, item(value, 2), "entries", 1U << 24);
		one->flags = (uint32_t)number(r, item(value, 3), "entries", 0xfff);
		if (one->down && one->pfn < one->nr - 1)
			refuse(r, "entries has a run of frames below 0");
	}
	return nr;
}

static void read_process(struct reader *r, const cJSON *value, struct view_process *p)
{
	const cJSON *regions = array(r, value, "regions"), *tables = array(r, value, "tables");
	const cJSON *region = first(regions), *table = first(tables);
	uint32_t i;

	p->lab_pid = member32(r, value, "pid");
	text(r, value, "name", p->name, sizeof(p->name));
	p->has_pgd = !cJSON_IsNull(get(value, "directory"));
	p->pgd = p->has_pgd ? member32(r, value, "directory") : 0;
	p->nr_left_out = optional32(r, value, "left_out");
	p->nr_regions = room_for(r, regions, sizeof(*p->region), &p->region);
	for (i = 0; i < p->nr_regions; i++, region = region->next) {
		p->region[i].end = member32(r, region, "end");
		p->region[i].start = (uint32_t)member(r, region, "start", p->region[i].end);
		text(r, region, "rights", p->region[i].rights, sizeof(p->region[i].rights));
		text(r, region, "name", p->region[i].name, sizeof(p->region[i].name));
	}
	p->nr_tables = room_for(r, tables, sizeof(*p->table), &p->table);
	for (i = 0; i < p->nr_tables; i++, table = table->next) {
		p->table[i].slot = (uint32_t)number(r, item(table, 0), "tables",
						    SNAPSHOT_TABLE_ENTRIES - 1);
		p->table[i].pfn = (uint32_t)number(r, item(table, 1), "tables", UINT32_MAX);
	}
	p->nr_runs = read_runs(r, value, &p->run);
}

static void read_area(struct reader *r, const cJSON *value, struct view_area *a)
{
	a->start = member32(r, value, "start");
	a->size = (uint32_t)member(r, value, "size", UINT32_MAX - a->start);
	a->owner = member32(r, value, "owner");
	a->flags = member32(r, value, "flags");
	a->nr_mapped = member32(r, value, "mapped");
	a->nr_left_out = optional32(r, value, "left_out");
	text(r, value, "caller", a->caller, sizeof(a->caller));
	a->nr_runs = read_runs(r, value, &a->run);
}

static void read_swap(struct reader *r, const cJSON *root, struct snapshot *s)
{
	const cJSON *swap = get(root, "swap"), *areas = array(r, swap, "areas");
	const cJSON *value = first(areas);
	uint64_t most_kb = (uint64_t)MMLAB_SWAP_MAX_PAGES * s->page_size / 1024;
	uint32_t i;

	text(r, swap, "policy", s->policy, sizeof(s->policy));
	s->nr_swaps = room_for(r, areas, sizeof(*s->swap), &s->swap);
	for (i = 0; i < s->nr_swaps; i++, value = value->next) {
		text(r, value, "name", s->swap[i].name, sizeof(s->swap[i].name));
		s->swap[i].size_kb = member(r, value, "size_kb", most_kb);
		s->swap[i].used_kb = member(r, value, "used_kb", s->swap[i].size_kb);
		s->swap[i].priority = (int32_t)(real(get(value, "priority")) ?
						get(value, "priority")->valueint : 0);
	}
}

static void read_counters(struct reader *r, const cJSON *root, struct snapshot *s)
{
	const cJSON *counters = get(root, "counters"), *rates = get(root, "rates"), *value;

	if (!cJSON_IsObject(counters) || cJSON_GetArraySize(counters) > MAX_COUNTERS) {
		refuse(r, "counters is no object of at most %d members", MAX_COUNTERS);
		return;
	}
	s->has_rates = cJSON_IsObject(rates);
	s->counter = calloc((size_t)cJSON_GetArraySize(counters) + 1, sizeof(*s->counter));
	for (value = first(counters); value && s->counter; value = value->next) {
		struct view_counter *counter = &s->counter[s->nr_counters++];

		if (strlen(value->string) >= sizeof(counter->name)) {
			refuse(r, "counters has a name that is too long");
			return;
		}
		strcpy(counter->name, value->string);
		counter->value = number(r, value, "counters", INT64_MAX);
		counter->rate = real(get(rates, counter->name));
	}
}

static void read_events(struct reader *r, const cJSON *root, struct snapshot *s)
{
	const cJSON *events = array(r, root, "events"), *value = first(events);
	uint32_t i;

	s->nr_events = room_for(r, events, sizeof(*s->event), &s->event);
	for (i = 0; i < s->nr_events; i++, value = value->next) {
		const char *event = cJSON_GetStringValue(value);

		s->event[i] = strdup(event ? event : "");
		if (!event)
			refuse(r, "events has one that is no text");
	}
}

static void read_parts(struct reader *r, const cJSON *root, struct snapshot *s)
{
	const cJSON *caches, *processes, *areas, *value;
	uint32_t i;

	s->time = real(get(root, "time"));
	s->steady = cJSON_IsTrue(get(root, "steady"));
	s->observer = member32(r, root, "observer");
	read_machine(r, root, s);
	if (r->bad)
		return;
	read_frames(r, root, s);
	read_zones(r, root, s);
	caches = array(r, root, "caches");
	s->nr_caches = room_for(r, caches, sizeof(*s->cache), &s->cache);
	for (i = 0, value = first(caches); i < s->nr_caches; i++, value = value->next)
		read_cache(r, value, &s->cache[i]);
	processes = array(r, root, "processes");
	s->nr_processes = room_for(r, processes, sizeof(*s->process), &s->process);
	for (i = 0, value = first(processes); i < s->nr_processes; i++, value = value->next)
		read_process(r, value, &s->process[i]);
	areas = array(r, root, "areas");
	s->nr_areas = room_for(r, areas, sizeof(*s->area), &s->area);
	for (i = 0, value = first(areas); i < s->nr_areas; i++, value = value->next)
		read_area(r, value, &s->area[i]);
	read_swap(r, root, s);
	read_counters(r, root, s);
	read_events(r, root, s);
}

struct snapshot *snapshot_parse(const char *line, size_t length, char *why, size_t size)
{
	struct reader r = { .why = why, .size = size };
	cJSON *root = cJSON_ParseWithLength(line, length);
	const cJSON *version = get(root, "mmlab_snapshot");
	struct snapshot *s = snapshot_new();

	if (!cJSON_IsNumber(version))
		refuse(&r, "it is no snapshot of mmlab");
	else if (version->valuedouble > SNAPSHOT_VERSION)
		refuse(&r,
		       "it has version %d, and this mmlab knows version %d: a newer mmlab reads it",
		       version->valueint, SNAPSHOT_VERSION);
	else if (version->valuedouble != SNAPSHOT_VERSION)
		refuse(&r, "there is no version %d", version->valueint);
	else if (!s)
		refuse(&r, "there is no memory for it");
	else
		read_parts(&r, root, s);
	cJSON_Delete(root);
	if (!r.bad)
		return s;
	snapshot_free(s);
	return NULL;
}

/*
 * Finds a line of the file, counted from 1; 0 is the last whole one. Return: the line,
 * for free(), or NULL, and *whole is how many lines there are.
 */
static char *find_line(FILE *file, unsigned long wanted, size_t *length, unsigned long *whole,
		       bool *cut)
{
	char *line = NULL, *found = NULL;
	size_t room = 0;
	ssize_t got;

	*whole = 0;
	*cut = false;
	while ((got = getline(&line, &room, file)) > 0) {
		*cut = line[got - 1] != '\n';
		if (*cut)
			break;
		++*whole;
		if (wanted && *whole != wanted)
			continue;
		free(found);
		found = line;
		*length = (size_t)got;
		line = NULL;
		room = 0;
	}
	free(line);
	return found;
}

static int refuse_line(const char *path, unsigned long wanted, unsigned long whole, bool cut)
{
	if (cut && !whole)
		return cli_fail(0, "mmlab snapshot --save FILE writes another",
				"%s ends in the middle of its only snapshot, or is none", path);
	if (!whole)
		return cli_fail(0, "mmlab snapshot --save FILE writes one", "%s is empty", path);
	return cli_fail(0, "Numbers begin with 1", "%s has %lu snapshots, and none has number %lu",
			path, whole, wanted);
}

int snapshot_read(const char *path, unsigned long wanted, struct snapshot **s, unsigned long *nr)
{
	FILE *file = fopen(path, "re");
	unsigned long whole;
	size_t length = 0;
	char why[160] = "", *line;
	bool cut;

	*s = NULL;
	if (!file)
		return cli_fail(errno, NULL, "%s", path);
	line = find_line(file, wanted, &length, &whole, &cut);
	fclose(file);
	if (!line)
		return refuse_line(path, wanted, whole, cut);
	if (cut)
		fprintf(stderr,
			"mmlab: %s ends in the middle of a snapshot; the %lu before it are whole\n",
			path, whole);
	if (length > SNAPSHOT_MAX_BYTES)
		snprintf(why, sizeof(why), "it has more than %u bytes", SNAPSHOT_MAX_BYTES);
	else
		*s = snapshot_parse(line, length, why, sizeof(why));
	free(line);
	if (nr)
		*nr = whole;
	if (*s)
		return CLI_OK;
	return cli_fail(0, NULL, "%s, snapshot %lu can't be read: %s", path,
			wanted ? wanted : whole, why);
}
