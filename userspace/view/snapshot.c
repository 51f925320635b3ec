// SPDX-License-Identifier: GPL-2.0
/* A snapshot's memory, and the questions that are asked of it. */
#include <stdlib.h>
#include <string.h>

#include "snapshot.h"

static const char *const use_names[NR_VIEW_USES] = {
	[VIEW_FREE] = "free", [VIEW_PERCPU] = "percpu", [VIEW_USER] = "user",
	[VIEW_PGTABLE] = "pgtable", [VIEW_SLAB] = "slab", [VIEW_VMALLOC] = "vmalloc",
	[VIEW_BLOCK] = "block", [VIEW_QUARANTINE] = "quarantine", [VIEW_BAD] = "bad",
	[VIEW_RESERVED] = "reserved", [VIEW_UNKNOWN] = "unknown",
};

struct snapshot *snapshot_new(void)
{
	return calloc(1, sizeof(struct snapshot));
}

void snapshot_free(struct snapshot *s)
{
	uint32_t i;

	if (!s)
		return;
	for (i = 0; i < s->nr_caches; i++)
		free(s->cache[i].slab);
	for (i = 0; i < s->nr_processes; i++) {
		free(s->process[i].region);
		free(s->process[i].table);
		free(s->process[i].run);
	}
	for (i = 0; i < s->nr_areas; i++)
		free(s->area[i].run);
	for (i = 0; i < s->nr_events; i++)
		free(s->event[i]);
	free(s->frame);
	free(s->kind);
	free(s->cache);
	free(s->process);
	free(s->area);
	free(s->swap);
	free(s->counter);
	free(s->event);
	free(s);
}

const char *snapshot_use_name(unsigned int use)
{
	return use_names[use < NR_VIEW_USES ? use : VIEW_UNKNOWN];
}

unsigned int snapshot_use_of(const char *name)
{
	unsigned int use = 0;

	while (use < VIEW_UNKNOWN && strcmp(use_names[use], name))
		use++;
	return use;
}

static bool same_kind(const struct view_kind *a, const struct view_kind *b)
{
	return a->use == b->use && a->order == b->order && a->owner == b->owner &&
	       a->entries == b->entries && a->bad == b->bad && !strcmp(a->list, b->list);
}

bool snapshot_kind(struct snapshot *s, const struct view_kind *kind, uint32_t *number)
{
	struct view_kind *larger;
	uint32_t i;

	for (i = 0; i < s->nr_kinds; i++) {
		if (same_kind(&s->kind[i], kind)) {
			*number = i;
			return true;
		}
	}
	larger = realloc(s->kind, (s->nr_kinds + 1) * sizeof(*larger));
	if (!larger)
		return false;
	s->kind = larger;
	larger[s->nr_kinds] = *kind;
	larger[s->nr_kinds].nr_frames = 0;
	*number = s->nr_kinds++;
	return true;
}

const struct view_kind *snapshot_frame(const struct snapshot *s, uint32_t pfn)
{
	return s->frame && pfn < s->nr_frames ? &s->kind[s->frame[pfn]] : NULL;
}

uint32_t snapshot_count(const struct snapshot *s, unsigned int use)
{
	uint32_t nr = 0, i;

	for (i = 0; i < s->nr_kinds; i++)
		nr += s->kind[i].use == use ? s->kind[i].nr_frames : 0;
	return nr;
}

const struct view_process *snapshot_process(const struct snapshot *s, uint32_t lab_pid)
{
	uint32_t i;

	for (i = 0; i < s->nr_processes; i++)
		if (s->process[i].lab_pid == lab_pid)
			return &s->process[i];
	return NULL;
}

const struct view_cache *snapshot_cache(const struct snapshot *s, uint32_t id)
{
	uint32_t i;

	for (i = 0; i < s->nr_caches; i++)
		if (s->cache[i].id == id)
			return &s->cache[i];
	return NULL;
}

const struct view_region *snapshot_region(const struct view_process *p, uint32_t lva)
{
	uint32_t i;

	for (i = 0; i < p->nr_regions; i++)
		if (lva >= p->region[i].start && lva < p->region[i].end)
			return &p->region[i];
	return NULL;
}

/* Its guard page belongs to it. */
const struct view_area *snapshot_area(const struct snapshot *s, uint32_t lva)
{
	uint32_t i;

	for (i = 0; i < s->nr_areas; i++)
		if (lva >= s->area[i].start &&
		    lva - s->area[i].start < s->area[i].size + s->page_size)
			return &s->area[i];
	return NULL;
}

static const struct view_counter *find_counter(const struct snapshot *s, const char *name)
{
	uint32_t i;

	for (i = 0; i < s->nr_counters; i++)
		if (!strcmp(s->counter[i].name, name))
			return &s->counter[i];
	return NULL;
}

uint64_t snapshot_counter(const struct snapshot *s, const char *name)
{
	const struct view_counter *counter = find_counter(s, name);

	return counter ? counter->value : 0;
}

double snapshot_rate(const struct snapshot *s, const char *name)
{
	const struct view_counter *counter = find_counter(s, name);

	return counter && s->has_rates ? counter->rate : 0;
}

bool snapshot_entry(const struct view_run *run, uint32_t nr_runs, uint32_t page,
		    uint32_t *pfn, uint32_t *flags)
{
	uint32_t i;

	for (i = 0; i < nr_runs; i++) {
		uint32_t at = page - run[i].page;

		if (page < run[i].page || at >= run[i].nr)
			continue;
		*pfn = run[i].down ? run[i].pfn - at : run[i].pfn + at;
		*flags = run[i].flags;
		return true;
	}
	return false;
}

void snapshot_set_rates(struct snapshot *s, const struct snapshot *before)
{
	double seconds = s->time - before->time;
	uint32_t i;

	s->has_rates = seconds > 0;
	for (i = 0; i < s->nr_counters && s->has_rates; i++) {
		struct view_counter *now = &s->counter[i];
		uint64_t then = snapshot_counter(before, now->name);

		now->rate = ((double)now->value - (double)then) / seconds;
	}
}
