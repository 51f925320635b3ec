// SPDX-License-Identifier: GPL-2.0
/* The way of memory from a call to a frame, and the linear address space. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "draw.h"

static const char mapping_reason[] =
	"there is no vmalloc area: mmlab vmalloc 40K makes one in a session of mmlab run";

const char *draw_path(struct scene *s, const struct drawing *d)
{
	const struct snapshot *snap = d->snapshot;
	uint32_t i, regions = 0, slabs = 0;

	for (i = 0; i < snap->nr_processes; i++)
		regions += snap->process[i].nr_regions;
	for (i = 0; i < snap->nr_caches; i++)
		slabs += snap->cache[i].nr_full + snap->cache[i].nr_partial +
			 snap->cache[i].nr_free;
	snprintf(s->title, sizeof(s->title), "%s",
		 label(d, "From a call to a frame: programs on the left, the kernel on the right"));
	describe(s, d,
		 "Programs get regions, and frames on a page fault; the kernel gets frames by slab caches and vmalloc areas. %u frames are free.",
		 snapshot_count(snap, VIEW_FREE));
	scene_named_box(s, 0, 0, 36, 4, LOOK_PLAIN, "malloc, mmap, exec, fork");
	scene_text(s, 18, 2, SCENE_MIDDLE, LOOK_QUIET, label(d, "lab processes: %u"),
		   snap->nr_processes);
	scene_line(s, 18, 4, 0, 1, true);
	scene_named_box(s, 0, 6, 36, 4, LOOK_PLAIN, "%s", label(d, "regions (VMAs): brk, do_mmap"));
	scene_text(s, 18, 8, SCENE_MIDDLE, LOOK_QUIET, label(d, "regions: %u, no frame yet"),
		   regions);
	scene_line(s, 18, 10, 0, 1, true);
	scene_named_box(s, 0, 12, 36, 4, LOOK_STRONG, "%s", label(d, "page fault, page tables"));
	scene_text(s, 18, 14, SCENE_MIDDLE, LOOK_QUIET,
		   label(d, "faults: %u, frames of tables: %u"),
		   (unsigned int)snapshot_counter(snap, "pgfault"),
		   (unsigned int)snapshot_counter(snap, "nr_page_table_pages"));
	scene_line(s, 18, 16, 0, 2, true);

	scene_named_box(s, 42, 0, 18, 4, LOOK_PLAIN, "kmalloc");
	scene_named_box(s, 62, 0, 18, 4, LOOK_PLAIN, "vmalloc");
	scene_line(s, 51, 4, 0, 1, true);
	scene_line(s, 71, 4, 0, 1, true);
	scene_named_box(s, 42, 6, 18, 4, LOOK_PLAIN, "%s", label(d, "slab caches"));
	scene_text(s, 51, 8, SCENE_MIDDLE, LOOK_QUIET, label(d, "caches: %u"), snap->nr_caches);
	scene_named_box(s, 62, 6, 18, 4, LOOK_PLAIN, "%s", label(d, "vmalloc areas"));
	scene_text(s, 71, 8, SCENE_MIDDLE, LOOK_QUIET, label(d, "areas: %u"), snap->nr_areas);
	scene_line(s, 51, 10, 0, 1, true);
	scene_line(s, 71, 10, 0, 1, true);
	scene_named_box(s, 42, 12, 18, 4, LOOK_PLAIN, "%s", label(d, "direct map"));
	scene_text(s, 51, 14, SCENE_MIDDLE, LOOK_QUIET, label(d, "slabs: %u"), slabs);
	scene_named_box(s, 62, 12, 18, 4, LOOK_PLAIN, "%s", label(d, "kernel table"));
	scene_text(s, 71, 14, SCENE_MIDDLE, LOOK_QUIET, label(d, "frames: %u"),
		   (unsigned int)snapshot_counter(snap, "nr_vmalloc"));
	scene_line(s, 51, 16, 0, 2, true);
	scene_line(s, 71, 16, 0, 2, true);

	scene_named_box(s, 0, 19, 80, 4, LOOK_USE + VIEW_FREE, "%s",
			label(d, "get_free_pages: the buddy allocator's free frames"));
	scene_text(s, 40, 21, SCENE_MIDDLE, LOOK_PLAIN, label(d, "%u free of %u frames"),
		   (unsigned int)snapshot_counter(snap, "nr_free_pages"), snap->nr_frames);
	return NULL;
}

const char *draw_layout(struct scene *s, const struct drawing *d)
{
	const struct snapshot *snap = d->snapshot;
	const struct {
		uint32_t start;
		uint64_t end;
		const char *name;
		unsigned int look;
	} part[] = {
		{ snap->vmalloc_end, UINT64_C(1) << 32, "reserved", LOOK_QUIET },
		{ snap->vmalloc_start, snap->vmalloc_end, "vmalloc areas",
		  LOOK_USE + VIEW_VMALLOC },
		{ snap->high_memory, snap->vmalloc_start, "hole", LOOK_QUIET },
		{ snap->page_offset, snap->high_memory, "direct map", LOOK_USE + VIEW_SLAB },
		{ 0, snap->page_offset, "user space", LOOK_USE + VIEW_USER },
	};
	static const char *const bounds[] = {
		"vmalloc_end", "vmalloc_start", "high_memory", "PAGE_OFFSET", "",
	};
	int y = 0, i;

	snprintf(s->title, sizeof(s->title), "%s", label(d, "The linear address space, 4 GiB"));
	describe(s, d,
		 "User space up to 0x%08x, the direct map up to 0x%08x, a hole, vmalloc areas from 0x%08x on.",
		 snap->page_offset, snap->high_memory, snap->vmalloc_start);
	scene_text(s, 13, y, SCENE_RIGHT, LOOK_QUIET, "0x100000000");
	for (i = 0; i < 5; i++) {
		int h = i == 4 ? 6 : 4;

		scene_named_box(s, 16, y, 30, h, part[i].look, "%s", label(d, part[i].name));
		scene_text(s, 31, y + 2, SCENE_MIDDLE, LOOK_PLAIN, "%s",
			   size_text(part[i].end - part[i].start));
		scene_text(s, 13, y + h - 1, SCENE_RIGHT, LOOK_QUIET, "0x%08x", part[i].start);
		scene_text(s, 48, y + h - 1, SCENE_LEFT, LOOK_QUIET, "%s", bounds[i]);
		y += h - 1;
	}
	scene_text(s, 48, 5, SCENE_LEFT, LOOK_PLAIN, label(d, "areas: %u"), snap->nr_areas);
	scene_text(s, 48, 11, SCENE_LEFT, LOOK_PLAIN, "%s",
		   label(d, "physical = linear - PAGE_OFFSET"));
	scene_text(s, 48, 15, SCENE_LEFT, LOOK_PLAIN, label(d, "one for each process: %u"),
		   snap->nr_processes);
	return NULL;
}

static void flag_text(const struct drawing *d, uint32_t flags, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s", label(d, flags & MMLAB_VM_LAZY ? "lazy" : "eager"),
		 flags & MMLAB_VM_USER ? ", user" : "");
}

const char *draw_areas(struct scene *s, const struct drawing *d)
{
	const struct snapshot *snap = d->snapshot;
	uint64_t at = snap->vmalloc_start;
	uint32_t i;
	int y = 0;

	snprintf(s->title, sizeof(s->title), "%s",
		 label(d, "The vmalloc region: areas, guard pages, holes"));
	describe(s, d,
		 "%u areas; after each a page that is never mapped.",
		 snap->nr_areas);
	for (i = 0; i < snap->nr_areas && i < 8; i++) {
		const struct view_area *a = &snap->area[i];
		char words[48];

		if (a->start > at)
			scene_text(s, 34, y++, SCENE_MIDDLE, LOOK_QUIET, label(d, "%s free"),
				   size_text(a->start - at));
		flag_text(d, a->flags, words, sizeof(words));
		scene_named_box(s, 14, y, 40, 4, LOOK_USE + VIEW_VMALLOC,
				label(d, "area of %s, %s"), size_text(a->size), words);
		scene_text(s, 34, y + 2, SCENE_MIDDLE, LOOK_PLAIN,
			   label(d, "%u of %u pages mapped"), a->nr_mapped,
			   a->size / snap->page_size);
		scene_text(s, 12, y, SCENE_RIGHT, LOOK_QUIET, "0x%08x", a->start);
		scene_text(s, 56, y + 1, SCENE_LEFT, LOOK_QUIET,
			   a->owner ? label(d, "of lab process %u") : "%.0u%s", a->owner,
			   label(d, "of the lab kernel"));
		scene_box(s, 14, y + 3, 40, 3, LOOK_QUIET);
		scene_text(s, 34, y + 4, SCENE_MIDDLE, LOOK_QUIET, "%s", label(d, "guard page"));
		scene_text(s, 12, y + 4, SCENE_RIGHT, LOOK_QUIET, "0x%08x", a->start + a->size);
		at = (uint64_t)a->start + a->size + snap->page_size;
		y += 6;
	}
	if (i < snap->nr_areas)
		scene_text(s, 34, y++, SCENE_MIDDLE, LOOK_QUIET, label(d, "and %u more"),
			   snap->nr_areas - i);
	else
		scene_text(s, 34, y++, SCENE_MIDDLE, LOOK_QUIET, label(d, "%s free"),
			   size_text(snap->vmalloc_end - at));
	scene_text(s, 12, y, SCENE_RIGHT, LOOK_QUIET, "0x%08x", snap->vmalloc_end);
	return NULL;
}

/* Page by page: a vmalloc address, its frame, and where the direct map has that frame. */
const char *draw_mapping(struct scene *s, const struct drawing *d)
{
	const struct snapshot *snap = d->snapshot;
	const struct view_area *a = d->area;
	uint32_t i, nr, pfn, flags;

	if (!a)
		return mapping_reason;
	nr = a->size / snap->page_size;
	snprintf(s->title, sizeof(s->title),
		 label(d, "From the area at 0x%08x to physical memory"), a->start);
	describe(s, d,
		 "Each of its pages has a frame of its own, which the kernel's table names; the direct map has the frame at another address.");
	scene_text(s, 1, 0, SCENE_LEFT, LOOK_STRONG, "%s", label(d, "vmalloc address"));
	scene_text(s, 28, 0, SCENE_LEFT, LOOK_STRONG, "%s", label(d, "frame (kernel table)"));
	scene_text(s, 58, 0, SCENE_LEFT, LOOK_STRONG, "%s", label(d, "direct map"));
	for (i = 0; i < nr && i < 12; i++) {
		uint32_t lva = a->start + i * snap->page_size;
		int y = 1 + (int)i * 2;

		scene_text(s, 1, y + 1, SCENE_LEFT, LOOK_PLAIN, "0x%08x", lva);
		if (!snapshot_entry(a->run, a->nr_runs, lva / snap->page_size, &pfn, &flags)) {
			scene_text(s, 28, y + 1, SCENE_LEFT, LOOK_QUIET, "%s",
				   label(d, "no frame yet"));
			continue;
		}
		scene_line(s, 13, y + 1, 13, 0, true);
		scene_text(s, 28, y + 1, SCENE_LEFT, LOOK_PLAIN, label(d, "frame %u"), pfn);
		scene_line(s, 42, y + 1, 14, 0, true);
		scene_text(s, 58, y + 1, SCENE_LEFT, LOOK_PLAIN, "0x%08x", snap->page_offset +
			   pfn * snap->page_size);
	}
	if (i < nr)
		scene_text(s, 1, 2 + (int)i * 2, SCENE_LEFT, LOOK_QUIET, label(d, "and %u more"),
			   nr - i);
	return NULL;
}
