// SPDX-License-Identifier: GPL-2.0
/* What a frame is: in words, and found by a number or an address. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "draw/draw.h"
#include "top.h"

struct words {
	char *buf;
	size_t size, length;
};

static void say(struct words *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct words *w, const char *format, ...)
{
	va_list args;
	int added;

	va_start(args, format);
	added = vsnprintf(w->buf + w->length, w->size - w->length, format, args);
	va_end(args);
	if (added > 0)
		w->length += (size_t)added < w->size - w->length ? (size_t)added :
								  w->size - w->length - 1;
}

static bool run_has(const struct view_run *run, uint32_t pfn, uint32_t *page)
{
	uint32_t first = run->down ? run->pfn - (run->nr - 1) : run->pfn;

	if (!(run->flags & MMLAB_PTE_PRESENT) || pfn < first || pfn - first >= run->nr)
		return false;
	*page = run->page + (run->down ? run->pfn - pfn : pfn - run->pfn);
	return true;
}

static void say_entries(struct words *w, const struct snapshot *s, uint32_t pfn)
{
	uint32_t i, k, page;

	for (i = 0; i < s->nr_processes; i++) {
		const struct view_process *p = &s->process[i];

		for (k = 0; k < p->nr_runs; k++)
			if (run_has(&p->run[k], pfn, &page))
				say(w, "; 0x%08x of %" PRIu32 ": %s%s%s", page * s->page_size,
				    p->lab_pid, p->run[k].flags & MMLAB_PTE_RW ? "rw" : "r-",
				    p->run[k].flags & MMLAB_PTE_ACCESSED ? " A" : "",
				    p->run[k].flags & MMLAB_PTE_DIRTY ? " D" : "");
	}
	for (i = 0; i < s->nr_areas; i++)
		for (k = 0; k < s->area[i].nr_runs; k++)
			if (run_has(&s->area[i].run[k], pfn, &page))
				say(w, "; 0x%08x of the area 0x%08x", page * s->page_size,
				    s->area[i].start);
}

static void say_table(struct words *w, const struct snapshot *s, uint32_t pfn, uint32_t owner)
{
	const struct view_process *p = snapshot_process(s, owner);
	uint32_t i;

	if (p && p->has_pgd && p->pgd == pfn)
		say(w, ", its directory");
	for (i = 0; p && i < p->nr_tables; i++)
		if (p->table[i].pfn == pfn)
			say(w, ", its table from 0x%08x on", p->table[i].slot << 22);
}

void where_frame(const struct snapshot *s, uint32_t pfn, char *buf, size_t size)
{
	const struct view_kind *kind = snapshot_frame(s, pfn);
	struct words w = { buf, size, 0 };
	const struct view_process *p;
	const struct view_cache *c;

	buf[0] = '\0';
	if (!kind) {
		say(&w, "what frame %" PRIu32 " is, only root may know", pfn);
		return;
	}
	say(&w, "frame %" PRIu32 ": %s", pfn, snapshot_use_name(kind->use));
	if (kind->order)
		say(&w, ", block of %u", 1U << kind->order);
	c = kind->use == VIEW_SLAB ? snapshot_cache(s, kind->owner) : NULL;
	p = kind->use == VIEW_SLAB ? NULL : snapshot_process(s, kind->owner);
	if (c)
		say(&w, " of %s", c->name);
	else if (p)
		say(&w, " of process %" PRIu32 " (%s)", p->lab_pid, p->name);
	else if (kind->owner && kind->use != VIEW_SLAB)
		say(&w, " of owner %" PRIu32, kind->owner);
	if (kind->use == VIEW_PGTABLE)
		say_table(&w, s, pfn, kind->owner);
	if (kind->list[0])
		say(&w, ", %s", kind->list);
	if (kind->bad)
		say(&w, ", bad");
	say_entries(&w, s, pfn);
}

bool where_find(const struct snapshot *s, const char *text, uint32_t *pfn)
{
	uint32_t i, flags;
	uint64_t number;

	if (!cli_parse_number(text, UINT32_MAX, &number))
		return false;
	if (strncasecmp(text, "0x", 2)) {
		*pfn = (uint32_t)number;
		return number < s->nr_frames;
	}
	for (i = 0; i < s->nr_processes; i++)
		if (snapshot_entry(s->process[i].run, s->process[i].nr_runs,
				   (uint32_t)number / s->page_size, pfn, &flags) &&
		    flags & MMLAB_PTE_PRESENT && *pfn < s->nr_frames)
			return true;
	for (i = 0; i < s->nr_areas; i++)
		if (snapshot_entry(s->area[i].run, s->area[i].nr_runs,
				   (uint32_t)number / s->page_size, pfn, &flags) &&
		    *pfn < s->nr_frames)
			return true;
	if (number >= s->page_offset && number < s->high_memory)
		number -= s->page_offset;
	*pfn = (uint32_t)number / s->page_size;
	return *pfn < s->nr_frames;
}
