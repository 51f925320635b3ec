// SPDX-License-Identifier: GPL-2.0
/* The lists beside the frame map, as lines of text. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/draw.h"
#include "top.h"

const char *pane_name(enum pane_id id)
{
	static const char *const names[NR_PANES] = { "buddy", "caches", "areas", "processes",
						     "rates" };

	return names[id];
}

static void add(struct pane *pane, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct pane *pane, const char *format, ...)
{
	va_list args;

	if (pane->nr == pane->room) {
		uint32_t room = pane->room ? 2 * pane->room : 64;
		void *larger = realloc(pane->row, room * sizeof(*pane->row));

		if (!larger)
			return;
		pane->row = larger;
		pane->room = room;
	}
	va_start(args, format);
	vsnprintf(pane->row[pane->nr++], ROW_BYTES, format, args);
	va_end(args);
}

static void fill_buddy(struct pane *pane, const struct snapshot *s)
{
	char line[ROW_BYTES];
	uint32_t zone, order;
	int length;

	length = snprintf(line, sizeof(line), "ZONE    ");
	for (order = 0; order < MMLAB_NR_ORDERS; order++)
		length += snprintf(line + length, sizeof(line) - (size_t)length, " %5" PRIu32,
				   order);
	add(pane, "%s", line);
	for (zone = 0; zone < s->nr_zones; zone++) {
		const struct view_zone *z = &s->zone[zone];

		length = snprintf(line, sizeof(line), "%-8s", z->name);
		for (order = 0; order < MMLAB_NR_ORDERS; order++)
			length += snprintf(line + length, sizeof(line) - (size_t)length,
					   " %5" PRIu64, z->blocks[order]);
		add(pane, "%s", line);
	}
	for (zone = 0; zone < s->nr_zones; zone++) {
		const struct view_zone *z = &s->zone[zone];

		add(pane, "%-8s %" PRIu64 " free, min %" PRIu64 ", low %" PRIu64 ", high %" PRIu64,
		    z->name, z->free, z->min, z->low, z->high);
	}
}

/* Sorted by a number each, largest first, or by their order if equal. */
struct ranked {
	double key;
	uint32_t index;
};

static int by_key(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? 1 : -1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static struct ranked *rank(uint32_t nr, bool reverse,
			   double (*key)(const struct snapshot *s, uint32_t i, unsigned int sort),
			   const struct snapshot *s, unsigned int sort)
{
	struct ranked *ranked = calloc(nr ? nr : 1, sizeof(*ranked));
	uint32_t i;

	for (i = 0; ranked && i < nr; i++) {
		ranked[i].key = reverse ? -key(s, i, sort) : key(s, i, sort);
		ranked[i].index = i;
	}
	if (ranked)
		qsort(ranked, nr, sizeof(*ranked), by_key);
	return ranked;
}

static uint32_t slabs_of(const struct view_cache *c)
{
	return c->nr_full + c->nr_partial + c->nr_free;
}

static double cache_key(const struct snapshot *s, uint32_t i, unsigned int sort)
{
	const struct view_cache *c = &s->cache[i];
	const double keys[] = { c->nr_active, slabs_of(c), c->object_size,
				(double)(slabs_of(c) << c->order) };

	return keys[sort % 4];
}

static void fill_caches(struct pane *pane, const struct snapshot *s, unsigned int sort,
			bool reverse)
{
	struct ranked *ranked = rank(s->nr_caches, reverse, cache_key, s, sort);
	uint32_t i;

	add(pane, "%-18s %7s %7s %7s %6s %6s %6s", "CACHE", "ACTIVE", "SLABS", "SIZE", "PAGES",
	    "PARKED", "DEPOT");
	for (i = 0; ranked && i < s->nr_caches; i++) {
		const struct view_cache *c = &s->cache[ranked[i].index];

		add(pane,
		    "%-18s %7" PRIu32 " %7" PRIu32 " %7" PRIu32 " %6" PRIu32 " %6" PRIu32
		    " %6" PRIu32,
		    c->name, c->nr_active, slabs_of(c), c->object_size, slabs_of(c) << c->order,
		    c->nr_parked, c->nr_depot);
	}
	free(ranked);
}

static double area_key(const struct snapshot *s, uint32_t i, unsigned int sort)
{
	const struct view_area *a = &s->area[i];
	const double keys[] = { -(double)a->start, a->size, a->nr_mapped };

	return keys[sort % 3];
}

static void fill_areas(struct pane *pane, const struct snapshot *s, unsigned int sort, bool reverse)
{
	struct ranked *ranked = rank(s->nr_areas, reverse, area_key, s, sort);
	uint32_t i;

	add(pane, "%-23s %10s %7s %7s %5s  %s", "AREA", "SIZE", "PAGES", "MAPPED", "OWNER",
	    "FLAGS");
	for (i = 0; ranked && i < s->nr_areas; i++) {
		const struct view_area *a = &s->area[ranked[i].index];

		add(pane, "0x%08x-0x%08x   %10s %7" PRIu32 " %7" PRIu32 " %5" PRIu32 "  %s%s",
		    a->start, a->start + a->size, size_text(a->size), a->size / s->page_size,
		    a->nr_mapped, a->owner, a->flags & MMLAB_VM_LAZY ? "lazy" : "eager",
		    a->flags & MMLAB_VM_USER ? " user" : "");
	}
	free(ranked);
}

static uint32_t pages_of(const struct view_process *p, bool present)
{
	return pages_in(p, 0, UINT32_MAX, present, 4096);
}

static double process_key(const struct snapshot *s, uint32_t i, unsigned int sort)
{
	const struct view_process *p = &s->process[i];
	const double keys[] = { -(double)p->lab_pid, pages_of(p, true), p->nr_regions,
				pages_of(p, false) };

	return keys[sort % 4];
}

static void fill_processes(struct pane *pane, const struct snapshot *s, unsigned int sort,
			   bool reverse)
{
	struct ranked *ranked = rank(s->nr_processes, reverse, process_key, s, sort);
	const struct drawing english = { .snapshot = s };
	uint32_t i, k;

	add(pane, "%6s %-16s %8s %7s %7s %7s", "PID", "NAME", "REGIONS", "PAGES", "TABLES",
	    "SWAPPED");
	for (i = 0; ranked && i < s->nr_processes; i++) {
		const struct view_process *p = &s->process[ranked[i].index];

		add(pane,
		    "%6" PRIu32 " %-16.16s %8" PRIu32 " %7" PRIu32 " %7" PRIu32 " %7" PRIu32 "%s",
		    p->lab_pid, p->name, p->nr_regions, pages_of(p, true), p->nr_tables,
		    pages_of(p, false), p->lab_pid == s->observer ? "  (this view)" : "");
		for (k = 0; k < p->nr_regions; k++) {
			const struct view_region *r = &p->region[k];

			add(pane, "         0x%08x-0x%08x %s  %" PRIu32 "/%" PRIu32 " pages  %s",
			    r->start, r->end, r->rights,
			    pages_in(p, r->start, r->end, true, s->page_size),
			    (r->end - r->start) / s->page_size, region_label(&english, r));
		}
	}
	free(ranked);
}

static double rate_key(const struct snapshot *s, uint32_t i, unsigned int sort)
{
	return sort % 2 ? (double)s->counter[i].value : s->counter[i].rate;
}

static void fill_rates(struct pane *pane, const struct snapshot *s, unsigned int sort, bool reverse)
{
	struct ranked *ranked = rank(s->nr_counters, reverse, rate_key, s, sort);
	uint32_t i;

	add(pane, "%-24s %12s %14s", "COUNTER", "A SECOND", "SINCE LOADING");
	for (i = 0; ranked && i < s->nr_counters; i++) {
		const struct view_counter *c = &s->counter[ranked[i].index];

		add(pane, "%-24s %12.1f %14" PRIu64, c->name, s->has_rates ? c->rate : 0, c->value);
	}
	free(ranked);
}

void pane_fill(struct pane *pane, const struct snapshot *s, enum pane_id id, unsigned int sort,
	       bool reverse)
{
	pane->nr = 0;
	switch (id) {
	case PANE_CACHES:
		fill_caches(pane, s, sort, reverse);
		break;
	case PANE_AREAS:
		fill_areas(pane, s, sort, reverse);
		break;
	case PANE_PROCESSES:
		fill_processes(pane, s, sort, reverse);
		break;
	case PANE_RATES:
		fill_rates(pane, s, sort, reverse);
		break;
	default:
		fill_buddy(pane, s);
		break;
	}
}

void pane_free(struct pane *pane)
{
	free(pane->row);
	memset(pane, 0, sizeof(*pane));
}
