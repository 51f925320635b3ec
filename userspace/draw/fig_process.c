// SPDX-License-Identifier: GPL-2.0
/* A lab process: its segments, its regions, and pages that it shares. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "draw.h"

#define BAR_X	14
#define BAR_W	40
#define MAX_REGIONS	10U

static const char *need_process(const struct drawing *d)
{
	if (!d->process)
		return "there is no lab process: mmlab proc exec makes one";
	if (!d->process->nr_regions)
		return "this lab process has no regions: --process N names another";
	return NULL;
}

static void draw_gap(struct scene *s, const struct drawing *d, uint32_t from, uint32_t to, int *y)
{
	if (from == to)
		return;
	scene_text(s, BAR_X + BAR_W / 2, (*y)++, SCENE_MIDDLE, LOOK_QUIET, label(d, "%s free"),
		   size_text(to - from));
}

/* From the top of user space downwards, as the article draws it. */
const char *draw_segments(struct scene *s, const struct drawing *d)
{
	const struct view_process *p = d->process;
	const char *why = need_process(d);
	uint32_t above = d->snapshot->page_offset, i;
	uint32_t nr = p ? p->nr_regions : 0;
	int y = 0;

	if (why)
		return why;
	snprintf(s->title, sizeof(s->title), label(d, "The segments of lab process %u (%s)"),
		 p->lab_pid, p->name);
	describe(s, d,
		 "%u regions from the top of user space downwards, with their rights and pages.",
		 nr);
	for (i = nr; i-- > 0;) {
		const struct view_region *r = &p->region[i];
		uint32_t pages = (r->end - r->start) / d->snapshot->page_size;

		if (nr - i > MAX_REGIONS)
			break;
		draw_gap(s, d, r->end, above, &y);
		scene_named_box(s, BAR_X, y, BAR_W, 4, LOOK_PLAIN, "%s  %s", region_label(d, r),
				r->rights);
		scene_text(s, BAR_X + BAR_W / 2, y + 2, SCENE_MIDDLE, LOOK_QUIET,
			   label(d, "pages: %u, with a frame: %u"), pages,
			   pages_in(p, r->start, r->end, true, d->snapshot->page_size));
		scene_text(s, BAR_X - 2, y, SCENE_RIGHT, LOOK_QUIET, "0x%08x", r->end);
		scene_text(s, BAR_X - 2, y + 3, SCENE_RIGHT, LOOK_QUIET, "0x%08x", r->start);
		if (!strcmp(r->name, "[stack]")) {
			scene_line(s, BAR_X + BAR_W + 3, y, 0, 3, true);
			scene_text(s, BAR_X + BAR_W + 5, y + 1, SCENE_LEFT, LOOK_QUIET, "%s",
				   label(d, "grows down"));
		} else if (!strcmp(r->name, "[heap]")) {
			scene_line(s, BAR_X + BAR_W + 3, y + 3, 0, -3, true);
			scene_text(s, BAR_X + BAR_W + 5, y + 1, SCENE_LEFT, LOOK_QUIET, "%s",
				   label(d, "grows up (brk)"));
		}
		above = r->start;
		y += 4;
	}
	if (i != UINT32_MAX)
		scene_text(s, BAR_X, y++, SCENE_LEFT, LOOK_QUIET, label(d, "and %u more below"),
			   i + 1);
	draw_gap(s, d, 0, above, &y);
	return NULL;
}

/* The structures: mm_struct, the list of its VMAs, and what each covers. */
const char *draw_regions(struct scene *s, const struct drawing *d)
{
	const struct view_process *p = d->process;
	const char *why = need_process(d);
	uint32_t i, nr = p && p->nr_regions > MAX_REGIONS ? MAX_REGIONS : p ? p->nr_regions : 0;

	if (why)
		return why;
	snprintf(s->title, sizeof(s->title),
		 label(d, "The regions of lab process %u: a VMA for each"), p->lab_pid);
	describe(s, d,
		 "mm_struct leads to %u VMAs in the order of their addresses.",
		 p->nr_regions);
	scene_named_box(s, 0, 0, 17, 6, LOOK_STRONG, "mm_struct");
	scene_text(s, 2, 2, SCENE_LEFT, LOOK_PLAIN, label(d, "lab pid %u"), p->lab_pid);
	scene_text(s, 2, 3, SCENE_LEFT, LOOK_PLAIN, label(d, "tables: %u"), p->nr_tables);
	scene_text(s, 2, 4, SCENE_LEFT, LOOK_PLAIN, label(d, "VMAs: %u"), p->nr_regions);
	scene_line(s, 17, 2, 4, 0, true);
	for (i = 0; i < nr; i++) {
		const struct view_region *r = &p->region[i];
		int y = (int)i * 5;

		scene_named_box(s, 22, y, 26, 4, LOOK_PLAIN, "vm_area_struct");
		scene_text(s, 35, y + 2, SCENE_MIDDLE, LOOK_PLAIN, "%s %s", r->rights,
			   region_label(d, r));
		scene_line(s, 48, y + 2, 3, 0, true);
		scene_box(s, 52, y, 28, 4, LOOK_USE + VIEW_USER);
		scene_text(s, 66, y + 1, SCENE_MIDDLE, LOOK_PLAIN, "0x%08x-0x%08x", r->start,
			   r->end);
		scene_text(s, 66, y + 2, SCENE_MIDDLE, LOOK_PLAIN, "%s, %u/%u",
			   size_text(r->end - r->start),
			   pages_in(p, r->start, r->end, true, d->snapshot->page_size),
			   (r->end - r->start) / d->snapshot->page_size);
		if (i + 1 < nr)
			scene_text(s, 35, y + 4, SCENE_MIDDLE, LOOK_PLAIN, "↓");
	}
	if (nr < p->nr_regions)
		scene_text(s, 22, (int)nr * 5, SCENE_LEFT, LOOK_QUIET, label(d, "and %u more"),
			   p->nr_regions - nr);
	return NULL;
}

static const struct view_process *other_process(const struct drawing *d)
{
	const struct snapshot *snap = d->snapshot;
	uint32_t i;

	for (i = 0; i < snap->nr_processes; i++)
		if (&snap->process[i] != d->process && snap->process[i].nr_runs)
			return &snap->process[i];
	return NULL;
}

/* Which frame two processes have at each page: one after a fork, two after a store. */
const char *draw_sharing(struct scene *s, const struct drawing *d)
{
	const struct view_process *p = d->process, *q = p ? other_process(d) : NULL;
	uint32_t i, k, shared = 0;
	int y = 2;

	if (!q)
		return "two lab processes with pages are needed";
	snprintf(s->title, sizeof(s->title), label(d, "Pages of the lab processes %u and %u"),
		 p->lab_pid, q->lab_pid);
	scene_text(s, 2, 0, SCENE_LEFT, LOOK_STRONG, "%s", label(d, "page"));
	scene_text(s, 20, 0, SCENE_LEFT, LOOK_STRONG, label(d, "process %u"), p->lab_pid);
	scene_text(s, 58, 0, SCENE_LEFT, LOOK_STRONG, label(d, "process %u"), q->lab_pid);
	for (i = 0; i < p->nr_runs && y < 24; i++) {
		for (k = 0; k < p->run[i].nr && y < 24; k++) {
			uint32_t page = p->run[i].page + k, mine, mine_flags, theirs, flags;

			if (!snapshot_entry(p->run, p->nr_runs, page, &mine, &mine_flags) ||
			    !snapshot_entry(q->run, q->nr_runs, page, &theirs, &flags) ||
			    !(mine_flags & flags & MMLAB_PTE_PRESENT))
				continue;
			shared += mine == theirs;
			scene_text(s, 2, y, SCENE_LEFT, LOOK_PLAIN, "0x%08x",
				   page * d->snapshot->page_size);
			scene_text(s, 20, y, SCENE_LEFT, LOOK_PLAIN, "%s",
				   mine_flags & MMLAB_PTE_RW ? "rw" : "r-");
			scene_line(s, 23, y, mine == theirs ? 8 : 2, 0, true);
			scene_text(s, mine == theirs ? 34 : 27, y, SCENE_LEFT,
				   mine == theirs ? LOOK_STRONG : LOOK_PLAIN, label(d, "frame %u"),
				   mine);
			if (mine != theirs)
				scene_text(s, 52, y, SCENE_RIGHT, LOOK_PLAIN, label(d, "frame %u"),
					   theirs);
			scene_line(s, 56, y, mine == theirs ? -8 : -2, 0, true);
			scene_text(s, 58, y, SCENE_LEFT, LOOK_PLAIN, "%s",
				   flags & MMLAB_PTE_RW ? "rw" : "r-");
			y++;
		}
	}
	describe(s, d,
		 "%u pages are at the same address in both; %u of them have one frame for both.",
		 (unsigned int)(y - 2), shared);
	scene_text(s, 2, y + 1, SCENE_LEFT, LOOK_QUIET, "%s", s->description);
	return NULL;
}
