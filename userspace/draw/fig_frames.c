// SPDX-License-Identifier: GPL-2.0
/* The frame map, and the free blocks of the buddy allocator. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "draw.h"

#define CELLS	64		/* in a row */
#define ROWS	16
#define MAP_X	8
#define BLOCKS_X	26
#define MAX_BLOCKS	40

static void draw_legend(struct scene *s, const struct drawing *d, int y)
{
	int x = MAP_X;
	unsigned int use;

	for (use = 0; use < NR_VIEW_USES; use++) {
		uint32_t nr = snapshot_count(d->snapshot, use);
		char text[64];

		if (!nr)
			continue;
		snprintf(text, sizeof(text), "%s %" PRIu32, use_label(d, use), nr);
		if (x + 2 + scene_width(text) > SCENE_COLUMNS) {
			x = MAP_X;
			y++;
		}
		scene_cell(s, x, y, LOOK_USE + use, 0, use_letter(use));
		scene_text(s, x + 2, y, SCENE_LEFT, LOOK_PLAIN, "%s", text);
		x += scene_width(text) + 5;
	}
	scene_text(s, MAP_X, y + 1, SCENE_LEFT, LOOK_QUIET, "%s",
		   label(d, "a small letter: not all frames of the cell are of that use"));
}

const char *draw_frames(struct scene *s, const struct drawing *d)
{
	const struct snapshot *snap = d->snapshot;
	uint32_t per_cell = 1, start = 0, end = snap->nr_frames, cell;

	if (!snap->frame)
		return "what each frame is, only root may know";
	if (d->zoom) {
		start = d->frame / (CELLS * ROWS) * (CELLS * ROWS);
		end = snap->nr_frames - start > CELLS * ROWS ? start + CELLS * ROWS
							     : snap->nr_frames;
	} else {
		while ((uint64_t)per_cell * CELLS * ROWS < snap->nr_frames)
			per_cell *= 2;
	}
	snprintf(s->title, sizeof(s->title), label(d, "The arena: frames %u to %u, %u in a cell"),
		 start, end - 1, per_cell);
	describe(s, d,
		 "A map of all frames by use. Free: %u, user: %u, page tables: %u, slab: %u, vmalloc: %u, blocks: %u.",
		 snapshot_count(snap, VIEW_FREE), snapshot_count(snap, VIEW_USER),
		 snapshot_count(snap, VIEW_PGTABLE), snapshot_count(snap, VIEW_SLAB),
		 snapshot_count(snap, VIEW_VMALLOC), snapshot_count(snap, VIEW_BLOCK));
	for (cell = 0; start + cell * per_cell < end; cell++) {
		uint32_t pfn = start + cell * per_cell;
		uint32_t nr = end - pfn < per_cell ? end - pfn : per_cell, owner;
		int x = MAP_X + (int)(cell % CELLS), y = (int)(cell / CELLS);
		unsigned int use;
		char letter = stretch_letter(snap, pfn, nr, &use, &owner);

		if (cell % CELLS == 0)
			scene_text(s, MAP_X - 2, y, SCENE_RIGHT, LOOK_QUIET, "%" PRIu32, pfn);
		scene_cell(s, x, y, LOOK_USE + use, owner_colour(owner), letter);
	}
	draw_legend(s, d, (int)((cell + CELLS - 1) / CELLS) + 1);
	return NULL;
}

const char *draw_buddy(struct scene *s, const struct drawing *d)
{
	const struct snapshot *snap = d->snapshot;
	uint32_t zone, order;
	int y = 0;

	snprintf(s->title, sizeof(s->title), "%s",
		 label(d, "The free blocks of the buddy allocator, by zone and order"));
	describe(s, d,
		 "For each zone and each order from 0 to 10, as many cells as there are free blocks.");
	for (zone = 0; zone < snap->nr_zones; zone++) {
		const struct view_zone *z = &snap->zone[zone];

		scene_text(s, 0, y++, SCENE_LEFT, LOOK_STRONG,
			   label(d, "zone %s: frames %u to %u, %u free"), z->name, z->start,
			   z->end - 1, (unsigned int)z->free);
		for (order = 0; order < MMLAB_NR_ORDERS; order++, y++) {
			uint64_t nr = z->blocks[order], i;

			scene_text(s, 2, y, SCENE_LEFT, LOOK_PLAIN, label(d, "order %2u"), order);
			scene_text(s, 17, y, SCENE_RIGHT, LOOK_QUIET, "%s",
				   size_text((uint64_t)snap->page_size << order));
			scene_text(s, BLOCKS_X - 3, y, SCENE_RIGHT, LOOK_PLAIN, "%" PRIu64, nr);
			for (i = 0; i < nr && i < MAX_BLOCKS; i++)
				scene_cell(s, BLOCKS_X + (int)i, y, LOOK_USE + VIEW_FREE, 0, '#');
			if (nr > MAX_BLOCKS)
				scene_text(s, BLOCKS_X + MAX_BLOCKS + 1, y, SCENE_LEFT, LOOK_QUIET,
					   "…");
		}
		y++;
	}
	return NULL;
}
