// SPDX-License-Identifier: GPL-2.0
/* What several figures ask of a snapshot. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "draw.h"

/* Letters and names of uses, by enum view_use. */
static const struct { char letter; const char *name; } uses[NR_VIEW_USES] = {
	[VIEW_FREE] = { '.', "free" }, [VIEW_PERCPU] = { 'C', "per-CPU" },
	[VIEW_USER] = { 'U', "user" }, [VIEW_PGTABLE] = { 'P', "page tables" },
	[VIEW_SLAB] = { 'S', "slab" }, [VIEW_VMALLOC] = { 'V', "vmalloc" },
	[VIEW_BLOCK] = { 'B', "blocks" }, [VIEW_QUARANTINE] = { 'Q', "quarantine" },
	[VIEW_BAD] = { 'X', "bad" }, [VIEW_RESERVED] = { 'R', "reserved" },
	[VIEW_UNKNOWN] = { '?', "unknown" },
};

void describe(struct scene *s, const struct drawing *d, const char *english, ...)
{
	va_list args;

	va_start(args, english);
	vsnprintf(s->description, sizeof(s->description), label(d, english), args);
	va_end(args);
}

char use_letter(unsigned int use)
{
	return uses[use < NR_VIEW_USES ? use : VIEW_UNKNOWN].letter;
}

const char *use_label(const struct drawing *d, unsigned int use)
{
	return label(d, uses[use < NR_VIEW_USES ? use : VIEW_UNKNOWN].name);
}

unsigned int owner_colour(uint32_t owner)
{
	return owner ? 1 + (owner - 1) % 6 : 0;
}

/* A slab's owner is a cache, and that is the lab kernel's. */
static uint32_t process_of(const struct view_kind *kind)
{
	return kind->use == VIEW_SLAB ? 0 : kind->owner;
}

char stretch_letter(const struct snapshot *s, uint32_t start, uint32_t nr, unsigned int *use,
		    uint32_t *owner)
{
	uint32_t count[NR_VIEW_USES] = { 0 }, i;
	char letter;

	*use = VIEW_FREE;
	*owner = 0;
	for (i = start; i < start + nr; i++)
		count[snapshot_frame(s, i)->use]++;
	for (i = 0; i < NR_VIEW_USES; i++)
		if (i != VIEW_FREE && count[i] && (*use == VIEW_FREE || count[i] > count[*use]))
			*use = i;
	for (i = start; i < start + nr && !*owner; i++)
		if (snapshot_frame(s, i)->use == *use)
			*owner = process_of(snapshot_frame(s, i));
	letter = use_letter(*use);
	return letter >= 'A' && count[*use] < nr ? (char)(letter + 'a' - 'A') : letter;
}

uint32_t pages_in(const struct view_process *p, uint32_t start, uint32_t end, bool present,
		  uint32_t page_size)
{
	uint64_t first = start / page_size, last = ((uint64_t)end + page_size - 1) / page_size;
	uint64_t nr = 0;
	uint32_t i;

	for (i = 0; i < p->nr_runs; i++) {
		const struct view_run *run = &p->run[i];
		uint64_t from = run->page > first ? run->page : first;
		uint64_t to = (uint64_t)run->page + run->nr;

		to = to < last ? to : last;
		if (from < to && !!(run->flags & MMLAB_PTE_PRESENT) == present)
			nr += to - from;
	}
	return (uint32_t)nr;
}

const char *size_text(uint64_t bytes)
{
	static char buffers[4][32];
	static unsigned int next;
	char *buf = buffers[next++ % 4];

	if (bytes >= 1U << 20 && bytes % (1U << 20) == 0)
		snprintf(buf, sizeof(buffers[0]), "%" PRIu64 " MiB", bytes >> 20);
	else if (bytes >= 10U << 20)
		snprintf(buf, sizeof(buffers[0]), "%.1f MiB", (double)bytes / (1 << 20));
	else
		snprintf(buf, sizeof(buffers[0]), "%" PRIu64 " KiB", bytes >> 10);
	return buf;
}

const char *region_label(const struct drawing *d, const struct view_region *r)
{
	if (!strcmp(r->name, "[stack]"))
		return label(d, "stack");
	if (!strcmp(r->name, "[heap]"))
		return label(d, "heap");
	if (!r->name[0])
		return label(d, "mapping");
	if (r->rights[2] == 'x')
		return label(d, "text");
	return r->rights[1] == 'w' ? label(d, "data, bss") : r->name;
}
