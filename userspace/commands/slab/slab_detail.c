// SPDX-License-Identifier: GPL-2.0
/* One slab cache: layout, objects, waste, paths, and its slabs drawn. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/session.h"
#include "lab/labcache.h"
#include "libmmlab.h"
#include "slab_detail.h"

#define MAPS_SHOWN	16
#define MAP_BITS	512	/* objects that a map has room for */
#define OBJECTS_A_ROW	64

/* Where the bytes of slabs go. */
struct usage {
	uint64_t slabs, total;
	uint64_t objects;	/* the objects asked for, in use or not */
	uint64_t rounding;	/* inside objects, for their alignment */
	uint64_t debug;		/* red zones, owners */
	uint64_t bitmap;
	uint64_t ends;		/* room for no object; colours use it */
};

static struct usage usage_of(const struct session *session,
			     const struct mmlab_cache_stat *stat, uint64_t slabs)
{
	uint64_t align = stat->align ? stat->align : 1;
	uint64_t rounded = (stat->object_size + align - 1) / align * align;
	uint64_t n = slabs * stat->nr_objects;
	uint64_t slab_bytes = (uint64_t)1 << (session->info.page_shift + stat->order);
	struct usage use = { .slabs = slabs, .total = slabs * slab_bytes };

	use.objects = n * stat->object_size;
	use.rounding = n * (rounded - stat->object_size);
	use.debug = n * (stat->size - rounded);
	if (stat->bitmap_offset)
		use.bitmap = slabs * (slab_bytes - stat->bitmap_offset);
	use.ends = use.total - n * stat->size - use.bitmap;
	return use;
}

static uint64_t slabs_of(const struct mmlab_cache_stat *stat)
{
	return (uint64_t)stat->nr_full + stat->nr_partial + stat->nr_free;
}

static uint64_t free_objects(const struct mmlab_cache_stat *stat)
{
	return slabs_of(stat) * stat->nr_objects -
	       stat->nr_active - stat->nr_parked - stat->nr_depot;
}

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? (double)part * 100 / (double)whole : 0.0;
}

static void print_layout(const struct mmlab_cache_stat *stat)
{
	char words[64];

	printf("cache %s, number %u, of ", stat->name, stat->id);
	if (stat->owner)
		printf("lab process %u", stat->owner);
	else
		printf("the lab kernel");
	printf(", flags %s\n\n", labcache_flag_words(stat->flags, words));
	printf("object    %u bytes, %u from one to the next, aligned to %u\n",
	       stat->object_size, stat->size, stat->align);
	printf("slab      %u frame%s (order %u), %u object%s, %u colour%s\n",
	       1U << stat->order, stat->order ? "s" : "", stat->order, stat->nr_objects,
	       stat->nr_objects == 1 ? "" : "s", stat->nr_colours,
	       stat->nr_colours == 1 ? "" : "s");
	if (stat->bitmap_offset)
		printf("bitmap    of free objects, in the slab at byte %u\n", stat->bitmap_offset);
	else
		printf("bitmap    of free objects, outside the slab\n");
	printf("slabs     %u full, %u partial, %u free; %" PRIu64 " made and %" PRIu64 " given back so far\n\n",
	       stat->nr_full, stat->nr_partial, stat->nr_free, (uint64_t)stat->nr_grown,
	       (uint64_t)stat->nr_reaped);
}

static void print_objects(const struct mmlab_cache_stat *stat)
{
	uint64_t all = slabs_of(stat) * stat->nr_objects;

	printf("%-16s %10s %7s\n", "OBJECTS", "COUNT", "%");
	printf("%-16s %10u %7.1f\n", "in use", stat->nr_active, percent(stat->nr_active, all));
	printf("%-16s %10u %7.1f  in the CPUs' magazines of %u\n", "parked", stat->nr_parked,
	       percent(stat->nr_parked, all), stat->magazine);
	printf("%-16s %10u %7.1f  in the depot: %u full magazines, %u empty ones\n", "parked",
	       stat->nr_depot, percent(stat->nr_depot, all), stat->nr_full_magazines,
	       stat->nr_empty_magazines);
	printf("%-16s %10" PRIu64 " %7.1f\n", "free", free_objects(stat),
	       percent(free_objects(stat), all));
	printf("%-16s %10" PRIu64 "\n", "in all", all);
	printf("%-16s %10u          corrupt; they count as in use\n", "quarantined",
	       stat->nr_quarantined);
	printf("%-16s %10u          in use or parked\n\n", "most so far", stat->high_active);
}

static void print_usage_line(const char *name, uint64_t bytes, uint64_t total, const char *what)
{
	printf("%-16s %10" PRIu64 " %7.1f  %s\n", name, bytes, percent(bytes, total), what);
}

static void print_usage(const struct session *session, const struct mmlab_cache_stat *stat)
{
	uint64_t slabs = slabs_of(stat);
	struct usage use = usage_of(session, stat, slabs ? slabs : 1);

	printf("%-16s %10s %7s%s\n", "MEMORY", "BYTES", "%",
	       slabs ? "" : "  (of one slab; there is none yet)");
	print_usage_line("objects", use.objects, use.total, "what was asked for, in use or free");
	print_usage_line("inside objects", use.rounding, use.total, "waste: rounded up to the alignment");
	print_usage_line("debug padding", use.debug, use.total, "waste: red zones, owners");
	print_usage_line("bitmaps", use.bitmap, use.total, "waste: which objects are free");
	print_usage_line("slab ends", use.ends, use.total, "waste: too small for an object; colours shift by it");
	print_usage_line("in all", use.total, use.total, "");
}

static void print_path(const char *name, uint64_t fast, uint64_t slow)
{
	printf("%-16s %10" PRIu64 " %10" PRIu64, name, fast, slow);
	if (fast + slow)
		printf(" %7.1f\n", percent(fast, fast + slow));
	else
		printf(" %7s\n", "-");
}

static void print_paths(const struct mmlab_cache_stat *stat)
{
	printf("\n%-16s %10s %10s %7s\n", "PATHS", "FAST", "SLOW", "HIT %");
	print_path("allocations", stat->nr_alloc, stat->nr_alloc_slow);
	print_path("frees", stat->nr_free_fast, stat->nr_free_slow);
	printf("%" PRIu64 " magazines exchanged with the depot, %" PRIu64 " frees refused\n",
	       (uint64_t)stat->nr_exchanges, (uint64_t)stat->nr_refused);
}

static void print_map(const struct mmlab_slab_map *map)
{
	uint32_t i, n = map->nr_objects < MAP_BITS ? map->nr_objects : MAP_BITS;

	printf("frame %6u  colour %4u  %4u of %4u  ", map->pfn, map->colour, map->nr_used,
	       map->nr_objects);
	for (i = 0; i < n; i++) {
		if (i && i % OBJECTS_A_ROW == 0)
			printf("\n%41s", "");
		putchar(map->used[i / 64] >> (i % 64) & 1 ? '#' : '.');
	}
	printf("%s\n", n < map->nr_objects ? " …" : "");
}

static void map_json(const struct mmlab_slab_map *map)
{
	uint32_t i, n = map->nr_objects < MAP_BITS ? map->nr_objects : MAP_BITS;
	char drawn[MAP_BITS + 1];

	for (i = 0; i < n; i++)
		drawn[i] = map->used[i / 64] >> (i % 64) & 1 ? '#' : '.';
	drawn[n] = '\0';
	json_object_begin(NULL);
	json_number("frame", map->pfn);
	json_number("colour", map->colour);
	json_number("used", map->nr_used);
	json_number("objects", map->nr_objects);
	json_string("map", drawn);
	json_object_end();
}

/* The slabs, one by one: they may change meanwhile. */
static void each_map(const struct session *session, const struct mmlab_cache_stat *stat,
		     uint64_t max, void (*show)(const struct mmlab_slab_map *map))
{
	uint64_t i;

	for (i = 0; i < max; i++) {
		struct mmlab_slab_map map = { .id = stat->id, .index = (__u32)i };

		if (mmlab_map_slab(session->fd, &map))
			break;
		show(&map);
	}
}

static void print_detail(const struct session *session, const struct mmlab_cache_stat *stat,
			 bool all)
{
	uint64_t slabs = slabs_of(stat), shown = all || slabs < MAPS_SHOWN ? slabs : MAPS_SHOWN;

	print_layout(stat);
	print_objects(stat);
	print_usage(session, stat);
	print_paths(stat);
	if (!slabs)
		return;
	printf("\nSLABS, full ones first; # in use or parked, . free\n");
	each_map(session, stat, shown, print_map);
	if (shown < slabs)
		printf("… and %" PRIu64 " more: --all\n", slabs - shown);
}

static void counts_json(const struct mmlab_cache_stat *stat)
{
	const struct { const char *key; uint64_t value; } numbers[] = {
		{ "object_size", stat->object_size }, { "size", stat->size },
		{ "align", stat->align }, { "order", stat->order },
		{ "objects_per_slab", stat->nr_objects }, { "colours", stat->nr_colours },
		{ "bitmap_offset", stat->bitmap_offset }, { "full_slabs", stat->nr_full },
		{ "partial_slabs", stat->nr_partial }, { "free_slabs", stat->nr_free },
		{ "slabs_made", stat->nr_grown }, { "slabs_given_back", stat->nr_reaped },
		{ "active", stat->nr_active }, { "parked_in_magazines", stat->nr_parked },
		{ "parked_in_depot", stat->nr_depot }, { "free", free_objects(stat) },
		{ "quarantined", stat->nr_quarantined }, { "high_water", stat->high_active },
		{ "magazine", stat->magazine }, { "full_magazines", stat->nr_full_magazines },
		{ "empty_magazines", stat->nr_empty_magazines },
		{ "alloc_fast", stat->nr_alloc }, { "alloc_slow", stat->nr_alloc_slow },
		{ "free_fast", stat->nr_free_fast }, { "free_slow", stat->nr_free_slow },
		{ "exchanges", stat->nr_exchanges }, { "refused", stat->nr_refused },
	};
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		json_number(numbers[i].key, numbers[i].value);
}

static void print_detail_json(const struct session *session,
			      const struct mmlab_cache_stat *stat)
{
	struct usage use = usage_of(session, stat, slabs_of(stat));
	char words[64];

	json_object_begin(NULL);
	json_string("name", stat->name);
	json_number("id", stat->id);
	json_number("owner", stat->owner);
	json_string("flags", labcache_flag_words(stat->flags, words));
	counts_json(stat);
	json_object_begin("bytes");
	json_number("total", use.total);
	json_number("objects", use.objects);
	json_number("inside_objects", use.rounding);
	json_number("debug_padding", use.debug);
	json_number("bitmaps", use.bitmap);
	json_number("slab_ends", use.ends);
	json_object_end();
	json_array_begin("slabs");
	each_map(session, stat, slabs_of(stat), map_json);
	json_array_end();
	json_object_end();
}

int slab_detail(const char *name, bool all, bool json)
{
	struct mmlab_cache_stat stat;
	struct session session;
	int status = session_open(&session);

	if (status)
		return status;
	status = labcache_find(&session, name, &stat);
	if (!status && json)
		print_detail_json(&session, &stat);
	else if (!status)
		print_detail(&session, &stat, all);
	session_close(&session);
	return status;
}
