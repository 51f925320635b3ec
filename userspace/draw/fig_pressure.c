// SPDX-License-Identifier: GPL-2.0
/* A slab cache, the lists of pages that may go, and the slots of swap. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/labswap.h"

#include "draw.h"

static const char slab_reason[] =
	"no cache has slabs: mmlab kmalloc makes objects, and --cache NAME names a cache";

#define CELLS	64
#define MAX_SLABS	8U

static bool in_use(const struct view_slab *slab, uint32_t i)
{
	return slab->used[i / 64] >> i % 64 & 1;
}

const char *draw_slab(struct scene *s, const struct drawing *d)
{
	const struct view_cache *c = d->cache;
	uint32_t i, k;
	int y = 4;

	if (!c)
		return slab_reason;
	snprintf(s->title, sizeof(s->title), label(d, "The slab cache %s"), c->name);
	describe(s, d,
		 "Objects of %u bytes, %u in a slab of %u frames; %u slabs are full, %u in part, %u free.",
		 c->object_size, c->nr_objects, 1U << c->order, c->nr_full, c->nr_partial,
		 c->nr_free);
	scene_text(s, 0, 0, SCENE_LEFT, LOOK_PLAIN,
		   label(d, "object: %u bytes, step %u; in a slab: %u; frames of it: %u"),
		   c->object_size, c->size, c->nr_objects, 1U << c->order);
	scene_text(s, 0, 1, SCENE_LEFT, LOOK_PLAIN,
		   label(d, "in use %u; with CPUs %u, in the depot %u"), c->nr_active,
		   c->nr_parked, c->nr_depot);
	scene_text(s, 0, 2, SCENE_LEFT, LOOK_PLAIN, label(d, "slabs: %u full, %u in part, %u free"),
		   c->nr_full, c->nr_partial, c->nr_free);
	for (i = 0; i < c->nr_slabs && i < MAX_SLABS; i++) {
		const struct view_slab *slab = &c->slab[i];
		uint32_t nr = slab->nr_objects < 512 ? slab->nr_objects : 512;

		scene_text(s, 0, y++, SCENE_LEFT, LOOK_QUIET,
			   label(d, "frame %u: %u of %u objects, the first at byte %u"), slab->pfn,
			   slab->nr_used, slab->nr_objects, slab->colour);
		for (k = 0; k < nr; k++) {
			bool used = in_use(slab, k);

			scene_cell(s, 2 + (int)(k % CELLS), y + (int)(k / CELLS),
				   LOOK_USE + (used ? VIEW_SLAB : VIEW_FREE), 0, used ? '#' : '.');
		}
		y += (int)((nr + CELLS - 1) / CELLS) + 1;
	}
	if (c->nr_full + c->nr_partial + c->nr_free > i)
		scene_text(s, 0, y, SCENE_LEFT, LOOK_QUIET, label(d, "and %u more"),
			   c->nr_full + c->nr_partial + c->nr_free - i);
	else if (c->nr_slabs)
		scene_text(s, 0, y, SCENE_LEFT, LOOK_QUIET, "%s",
			   label(d, "# in use or parked  . free"));
	return NULL;
}

static uint32_t count_list(const struct snapshot *s, const char *list)
{
	uint32_t nr = 0, i;

	for (i = 0; i < s->nr_kinds; i++)
		nr += s->kind[i].use == VIEW_USER && !strcmp(s->kind[i].list, list)
			      ? s->kind[i].nr_frames
			      : 0;
	return nr;
}

const char *draw_lists(struct scene *s, const struct drawing *d)
{
	const struct snapshot *snap = d->snapshot;
	uint32_t active = count_list(snap, "active"), inactive = count_list(snap, "inactive");
	uint32_t isolated = count_list(snap, "isolated"), none = count_list(snap, "");

	if (!snap->exact)
		return "which list a page is on, only root may know";
	snprintf(s->title, sizeof(s->title), label(d, "Which page goes next: the policy %s"),
		 snap->policy);
	describe(s, d,
		 "%u pages are active, %u inactive, %u chosen, %u on no list.",
		 active, inactive, isolated, none);
	scene_named_box(s, 0, 0, 18, 4, LOOK_PLAIN, "%s", label(d, "page fault"));
	scene_text(s, 9, 2, SCENE_MIDDLE, LOOK_QUIET, "%" PRIu64,
		   snapshot_counter(snap, "pgfault"));
	scene_line(s, 18, 2, 8, 0, true);
	scene_named_box(s, 28, 0, 24, 5, LOOK_USE + VIEW_USER, "%s", label(d, "inactive list"));
	scene_text(s, 40, 2, SCENE_MIDDLE, LOOK_STRONG, label(d, "pages: %u"), inactive);
	scene_line(s, 52, 2, 8, 0, true);
	scene_named_box(s, 62, 0, 18, 4, LOOK_PLAIN, "%s", label(d, "swapped out"));
	scene_text(s, 71, 2, SCENE_MIDDLE, LOOK_QUIET, "%" PRIu64,
		   snapshot_counter(snap, "pswpout"));
	scene_line(s, 34, 5, 0, 2, true);
	scene_line(s, 46, 7, 0, -2, true);
	scene_text(s, 32, 6, SCENE_RIGHT, LOOK_QUIET, "%s", label(d, "touched again"));
	scene_text(s, 48, 6, SCENE_LEFT, LOOK_QUIET, "%s", label(d, "not touched for long"));
	scene_named_box(s, 28, 8, 24, 5, LOOK_USE + VIEW_USER, "%s", label(d, "active list"));
	scene_text(s, 40, 10, SCENE_MIDDLE, LOOK_STRONG, label(d, "pages: %u"), active);
	scene_text(s, 0, 14, SCENE_LEFT, LOOK_QUIET, label(d, "chosen: %u; on no list: %u"),
		   isolated, none);
	scene_text(s, 0, 15, SCENE_LEFT, LOOK_QUIET, label(d, "looked at: %u, taken: %u"),
		   (unsigned int)snapshot_counter(snap, "pgscan_direct"),
		   (unsigned int)snapshot_counter(snap, "pgsteal_direct"));
	if (!snap->nr_swaps)
		scene_text(s, 0, 16, SCENE_LEFT, LOOK_QUIET, "%s",
			   label(d, "without swap, pages are on no list: mmlab swapon"));
	return NULL;
}

/* The first slot of a run of entries. Return: false: they name none of the area */
static bool run_slots(const struct view_run *run, uint32_t area, uint32_t *first)
{
	*first = run->down ? run->pfn - (run->nr - 1) : run->pfn;
	return !(run->flags & MMLAB_PTE_PRESENT) && labswap_area(run->flags) == area;
}

/* The first process with an entry that names the slot */
static uint32_t slot_owner(const struct snapshot *s, uint32_t area, uint32_t slot)
{
	uint32_t first, i, k;

	for (i = 0; i < s->nr_processes; i++) {
		const struct view_process *p = &s->process[i];

		for (k = 0; k < p->nr_runs; k++)
			if (run_slots(&p->run[k], area, &first) && slot >= first &&
			    slot - first < p->run[k].nr)
				return p->lab_pid;
	}
	return 0;
}

/*
 * How many entries name each slot, for free(), or NULL: no memory. A record may have many long
 * runs, so only their ends are counted; the sums of these are the numbers.
 */
static uint32_t *count_users(const struct snapshot *s, uint32_t area, uint32_t nr_slots)
{
	uint32_t *users = calloc(nr_slots + 1, sizeof(*users)), first, i, k;

	for (i = 0; users && i < s->nr_processes; i++) {
		const struct view_process *p = &s->process[i];

		for (k = 0; k < p->nr_runs; k++) {
			if (!run_slots(&p->run[k], area, &first) || first >= nr_slots)
				continue;
			users[first]++;
			if (p->run[k].nr < nr_slots - first)
				users[first + p->run[k].nr]--;
		}
	}
	for (i = 1; users && i < nr_slots; i++)
		users[i] += users[i - 1];
	return users;
}

/* The number at the end of "memory:3" */
static uint32_t area_number(const struct view_swap *swap)
{
	const char *colon = strrchr(swap->name, ':');
	unsigned int number = 0;

	if (colon)
		sscanf(colon + 1, "%u", &number);
	return number;
}

/* The first slots of an area, from line *y on. Return: why not, or NULL */
static const char *draw_area(struct scene *s, const struct drawing *d, const struct view_swap *swap,
			     int *y)
{
	const struct snapshot *snap = d->snapshot;
	/* slot 0 is a header, which has no page */
	uint32_t nr_slots = (uint32_t)(swap->size_kb * 1024 / snap->page_size) + 1;
	uint32_t nr_used = (uint32_t)(swap->used_kb * 1024 / snap->page_size);
	uint32_t *users = count_users(snap, area_number(swap), nr_slots), nr_named = 0, slot;

	if (!users)
		return "there is no memory for it";
	scene_text(s, 0, (*y)++, SCENE_LEFT, LOOK_STRONG,
		   label(d, "%s: %u of %u slots in use, priority %d"), swap->name, nr_used,
		   nr_slots - 1, swap->priority);
	for (slot = 0; slot < nr_slots && slot < 8 * CELLS; slot++) {
		uint32_t nr = users[slot];
		uint32_t owner = nr ? slot_owner(snap, area_number(swap), slot) : 0;

		if (slot % CELLS == 0)
			scene_text(s, 6, *y + (int)(slot / CELLS), SCENE_RIGHT, LOOK_QUIET,
				   "%" PRIu32, slot);
		scene_cell(s, 8 + (int)(slot % CELLS), *y + (int)(slot / CELLS),
			   LOOK_USE + (nr ? VIEW_USER : VIEW_FREE), owner_colour(owner),
			   nr > 9 ? '+' : nr ? (char)('0' + nr) : '.');
	}
	*y += (int)((slot + CELLS - 1) / CELLS);
	for (slot = 0; slot < nr_slots; slot++)
		nr_named += users[slot] != 0;
	free(users);
	if (nr_used > nr_named)
		scene_text(s, 8, (*y)++, SCENE_LEFT, LOOK_QUIET,
			   label(d, "in use, though no entry names them: %u (swap cache)"),
			   nr_used - nr_named);
	++*y;
	return NULL;
}

const char *draw_swap(struct scene *s, const struct drawing *d)
{
	const struct snapshot *snap = d->snapshot;
	const char *why = NULL;
	uint32_t i;
	int y = 0;

	if (!snap->nr_swaps)
		return "there is no swap area: mmlab swapon makes one";
	snprintf(s->title, sizeof(s->title), "%s", label(d, "Swap areas and their slots"));
	describe(s, d,
		 "%u areas; of each the first slots, and which process has its page there.",
		 snap->nr_swaps);
	for (i = 0; i < snap->nr_swaps && i < 4 && !why; i++)
		why = draw_area(s, d, &snap->swap[i], &y);
	scene_text(s, 8, y, SCENE_LEFT, LOOK_QUIET, "%s",
		   label(d, "a digit: entries that name the slot; .: no entry does"));
	return why;
}
