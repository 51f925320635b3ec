// SPDX-License-Identifier: GPL-2.0
/*
 * Page tables, read as the frames that they are: by MMLAB_ACCESS at physical addresses,
 * which root may.
 */
#include <stdlib.h>
#include <string.h>

#include "lab/labswap.h"
#include "libmmlab.h"
#include "snapshot.h"

/* Runs in one snapshot, so that it stays small whatever the processes do. */
#define MAX_RUNS	1000U
#define PAGE_BYTES	4096U

typedef uint32_t table_words[SNAPSHOT_TABLE_ENTRIES];

static bool read_table(const struct session *session, uint32_t pfn, table_words words)
{
	struct mmlab_access access = {
		.addr = (uint64_t)pfn << session->info.page_shift, .len = PAGE_BYTES,
		.buf = (uintptr_t)words, .flags = MMLAB_ACCESS_PHYS,
	};

	return !mmlab_access_memory(session->fd, &access) && access.done == PAGE_BYTES;
}

static bool continues(const struct view_run *run, const struct view_run *next)
{
	uint32_t step = run->down ? (uint32_t)-1 : 1;

	if (next->flags != run->flags || next->page != run->page + run->nr)
		return false;
	if (run->nr == 1 && next->pfn == run->pfn - 1)
		return true;
	return next->pfn == run->pfn + step * run->nr;
}

/* @budget is what all lists together may still have. */
static void add_entry(struct run_list *list, uint32_t *budget, const struct view_run *one)
{
	struct view_run *last = list->nr ? &list->run[list->nr - 1] : NULL;

	if (last && !list->nr_left_out && continues(last, one)) {
		last->down = last->nr == 1 ? one->pfn < last->pfn : last->down;
		last->nr++;
		return;
	}
	if (!*budget) {
		list->nr_left_out++;
		return;
	}
	if (list->nr == list->room) {
		uint32_t room = list->room ? 2 * list->room : 16;
		struct view_run *larger = realloc(list->run, room * sizeof(*larger));

		if (!larger) {
			list->nr_left_out++;
			return;
		}
		list->run = larger;
		list->room = room;
	}
	list->run[list->nr++] = *one;
	--*budget;
}

static void add_table(struct run_list *list, uint32_t *budget, uint32_t slot,
		      const table_words words, uint32_t start, uint32_t end)
{
	uint32_t i;

	for (i = start; i < end; i++) {
		struct view_run one = { .page = slot * SNAPSHOT_TABLE_ENTRIES + i, .nr = 1 };

		if (!words[i])
			continue;
		if (words[i] & MMLAB_PTE_PRESENT) {
			one.pfn = words[i] >> 12;
			one.flags = words[i] & 0xfff;
		} else {
			one.pfn = labswap_slot(words[i]);
			one.flags = words[i] & 0x3e;
		}
		add_entry(list, budget, &one);
	}
}

static bool is_table_of(const struct snapshot *s, uint32_t pfn, uint32_t owner)
{
	const struct view_kind *kind = snapshot_frame(s, pfn);

	return kind && kind->use == VIEW_PGTABLE && kind->owner == owner;
}

/* Of the process's tables, the directory is the one with the kernel's part. */
static bool find_directory(const struct session *session, const struct snapshot *s,
			   uint32_t kernel_pde, struct view_process *p, table_words words)
{
	uint32_t pfn;

	for (pfn = 0; pfn < s->nr_frames; pfn++) {
		if (!is_table_of(s, pfn, p->lab_pid) || !read_table(session, pfn, words) ||
		    words[SNAPSHOT_KERNEL_SLOT] >> 12 != kernel_pde >> 12)
			continue;
		p->pgd = pfn;
		return true;
	}
	return false;
}

static void take_process(const struct session *session, const struct snapshot *s,
			 uint32_t kernel_pde, struct view_process *p, uint32_t *budget)
{
	table_words directory, words;
	struct run_list list = { 0 };
	uint32_t slot;

	p->has_pgd = find_directory(session, s, kernel_pde, p, directory);
	p->table = p->has_pgd ? calloc(SNAPSHOT_KERNEL_SLOT, sizeof(*p->table)) : NULL;
	for (slot = 0; slot < SNAPSHOT_KERNEL_SLOT && p->table; slot++) {
		uint32_t pfn = directory[slot] >> 12;

		if (!(directory[slot] & MMLAB_PTE_PRESENT) || !is_table_of(s, pfn, p->lab_pid) ||
		    !read_table(session, pfn, words))
			continue;
		p->table[p->nr_tables++] = (struct view_table){ slot, pfn };
		add_table(&list, budget, slot, words, 0, SNAPSHOT_TABLE_ENTRIES);
	}
	p->run = list.run;
	p->nr_runs = list.nr;
	p->nr_left_out = list.nr_left_out;
}

static void take_area(const struct session *session, struct view_area *area,
		      uint32_t page_size, uint32_t *budget)
{
	uint32_t page = area->start / page_size, end = page + area->size / page_size;
	struct run_list list = { 0 };
	table_words words;

	while (page < end) {
		uint32_t first = page % SNAPSHOT_TABLE_ENTRIES;
		uint32_t last = end - page < SNAPSHOT_TABLE_ENTRIES - first ?
				first + (end - page) : SNAPSHOT_TABLE_ENTRIES;
		struct mmlab_translation t = { .lva = page * page_size };

		if (!mmlab_translate(session->fd, &t) && t.table_pfn != UINT32_MAX &&
		    read_table(session, t.table_pfn, words))
			add_table(&list, budget, page / SNAPSHOT_TABLE_ENTRIES, words, first, last);
		page += last - first;
	}
	area->run = list.run;
	area->nr_runs = list.nr;
	area->nr_left_out = list.nr_left_out;
}

void snapshot_take_tables(const struct session *session, struct snapshot *s)
{
	struct mmlab_translation kernel = { .lva = s->page_offset };
	uint32_t budget = MAX_RUNS, i;

	if (!s->exact || s->page_size != PAGE_BYTES || mmlab_translate(session->fd, &kernel))
		return;
	for (i = 0; i < s->nr_processes; i++)
		take_process(session, s, kernel.pde, &s->process[i], &budget);
	for (i = 0; i < s->nr_areas; i++)
		take_area(session, &s->area[i], s->page_size, &budget);
}
