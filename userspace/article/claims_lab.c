// SPDX-License-Identifier: GPL-2.0
/* Claims that the lab answers: user space. Each gets a lab process of its own. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "claims.h"
#include "lab/labproc.h"
#include "lab/program.h"
#include "lab/window.h"
#include "libmmlab.h"

#define PAGE		4096U
#define NR_COPIES	10
#define NR_REGIONS	100

/* The article's example in this lab process. Return: false with the answer given */
static bool begin_example(struct claim_answer *answer, struct session *session)
{
	struct program program;
	int error;

	program_example(&program);
	error = program_load(&program, session->fd);
	if (error)
		claim_not_run(answer, "laying out the example: %s", strerror(-error));
	return !error;
}

static bool move_brk(struct claim_answer *answer, struct session *session,
		     struct mmlab_brk *before, struct mmlab_brk *after, uint32_t bytes)
{
	int error;

	*before = (struct mmlab_brk){ 0 };
	error = mmlab_brk(session->fd, before);
	*after = (struct mmlab_brk){ .brk = before->brk + bytes };
	if (!error)
		error = mmlab_brk(session->fd, after);
	if (error)
		claim_not_run(answer, "brk: %s", strerror(-error));
	return !error;
}

/* Return: number of regions, *regions the caller's; -1 with the answer given */
static long look(struct claim_answer *answer, struct session *session,
		 struct region **regions)
{
	long nr = labproc_regions(session->info.lab_pid, regions);

	if (nr >= 0)
		return nr;
	free(*regions);
	*regions = NULL;
	claim_not_run(answer, "/proc/mmlab/%u/maps: %s", session->info.lab_pid,
		      strerror((int)-nr));
	return -1;
}

void lab_segments(struct claim_answer *answer, struct session *session)
{
	struct mmlab_brk before, after;
	struct region *regions;
	long nr;

	if (!begin_example(answer, session) || !move_brk(answer, session, &before, &after, 4))
		return;
	nr = look(answer, session, &regions);
	if (nr < 0)
		return;
	claim_decide(answer, nr == 3 && !strcmp(regions[0].rights, "r-xp") &&
		     !strcmp(regions[1].rights, "rw-p") && regions[0].end <= regions[1].start &&
		     before.brk > regions[1].start && after.brk == before.brk + 4 &&
		     after.brk < regions[2].start,
		     "the example: text 0x%" PRIx64 ", data 0x%" PRIx64 ", heap 0x%x+4, stack 0x%"
		     PRIx64, regions[0].start, nr > 1 ? regions[1].start : 0, before.brk,
		     nr > 2 ? regions[2].start : 0);
	free(regions);
}

void lab_one_region(struct claim_answer *answer, struct session *session)
{
	const struct region *of_data, *of_heap;
	struct mmlab_brk before, after;
	struct region *regions;
	long nr;

	if (!begin_example(answer, session) ||
	    !move_brk(answer, session, &before, &after, 2 * PAGE))
		return;
	nr = look(answer, session, &regions);
	if (nr < 0)
		return;
	of_data = mapsfile_find(regions, nr, before.start_brk - 4);
	of_heap = mapsfile_find(regions, nr, after.brk - 1);
	claim_decide(answer, of_data && of_data == of_heap,
		     "the example after brk(+8192): bss in 0x%" PRIx64 ", heap in 0x%" PRIx64 " %s",
		     of_data ? of_data->start : 0, of_heap ? of_heap->start : 0,
		     of_heap ? of_heap->name : "nowhere");
	free(regions);
}

static bool map_at(struct claim_answer *answer, struct session *session,
		   struct mmlab_region *region, uint32_t start, uint32_t bytes, uint32_t prot)
{
	int error;

	*region = (struct mmlab_region){ .start = start, .len = bytes, .prot = prot };
	error = mmlab_mmap(session->fd, region);
	if (error)
		claim_not_run(answer, "mapping 0x%08x: %s", start, strerror(-error));
	return !error;
}

void lab_flat(struct claim_answer *answer, struct session *session)
{
	const uint32_t address = 0x10000123;
	struct mmlab_translation t = { .lva = address };
	struct mmlab_region region;
	volatile char *window;
	char there = 0;

	if (!map_at(answer, session, &region, address - 0x123, PAGE, PROT_READ | PROT_WRITE))
		return;
	window = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, session->fd,
		      (off_t)(address - 0x123));
	if (window == MAP_FAILED) {
		claim_not_run(answer, "mmap: %s", strerror(errno));
		return;
	}
	window[0x123] = 'f';
	if (pread(session->fd, &there, 1, address) != 1 || mmlab_translate(session->fd, &t))
		claim_not_run(answer, "reading 0x%08x: %s", address, strerror(errno));
	else
		claim_decide(answer, there == 'f' &&
			     (t.pgd_index << 22 | t.pte_index << 12 | t.offset) == address,
			     "0x%08x is split as it is: directory %u, table %u, offset 0x%x",
			     address, t.pgd_index, t.pte_index, t.offset);
	munmap((void *)window, PAGE);
}

void lab_three_gib(struct claim_answer *answer, struct session *session)
{
	uint32_t border = session->info.page_offset;
	void *below = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, session->fd, (off_t)border - PAGE);
	void *above = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, session->fd, (off_t)border);
	int error = errno;

	claim_decide(answer, border == 0xc0000000 && below != MAP_FAILED && above == MAP_FAILED,
		     "mmap() of the page below 0x%08x: %s; of the page at it: %s", border,
		     below == MAP_FAILED ? "refused" : "done",
		     above == MAP_FAILED ? strerror(error) : "done");
	if (below != MAP_FAILED)
		munmap(below, PAGE);
	if (above != MAP_FAILED)
		munmap(above, PAGE);
}

void lab_common_kernel(struct claim_answer *answer, struct session *session)
{
	struct mmlab_translation one = { .lva = session->info.page_offset }, other = one;
	struct session second;
	int error;

	if (session_open_new(&second)) {
		claim_not_run(answer, "a second lab process can't be made");
		return;
	}
	error = mmlab_translate(session->fd, &one);
	if (!error)
		error = mmlab_translate(second.fd, &other);
	session_close(&second);
	if (error)
		claim_not_run(answer, "translating: %s", strerror(-error));
	else
		claim_decide(answer, one.table_pfn == other.table_pfn &&
			     one.pgd_pfn != other.pgd_pfn,
			     "page directories %u and %u, both with page table %u for 0x%08x",
			     one.pgd_pfn, other.pgd_pfn, one.table_pfn, one.lva);
}

void lab_ordered(struct claim_answer *answer, struct session *session)
{
	struct mmlab_region region;
	struct region *regions;
	long i, nr, wrong = 0;

	if (!begin_example(answer, session) ||
	    !map_at(answer, session, &region, 0x20000000, PAGE, PROT_READ) ||
	    !map_at(answer, session, &region, 0x10000000, PAGE, PROT_READ))
		return;
	nr = look(answer, session, &regions);
	if (nr < 0)
		return;
	for (i = 0; i < nr; i++)
		wrong += regions[i].start % PAGE || regions[i].end % PAGE ||
			 (i && regions[i].start < regions[i - 1].end);
	claim_decide(answer, nr > 1 && !wrong, "%ld of %ld regions in maps are otherwise", wrong,
		     nr);
	free(regions);
}

void lab_merge(struct claim_answer *answer, struct session *session)
{
	struct mmlab_translation t = { .lva = 0x10000000 };
	struct mmlab_region region;
	int error;

	if (!map_at(answer, session, &region, 0x10000000, PAGE, PROT_READ) ||
	    !map_at(answer, session, &region, 0x10000000 + PAGE, PAGE, PROT_READ))
		return;
	error = mmlab_translate(session->fd, &t);
	if (error)
		claim_not_run(answer, "translating: %s", strerror(-error));
	else
		claim_decide(answer, t.vma_end - t.vma_start == 2 * PAGE,
			     "two regions of a page each, side by side: one of %u kB",
			     (t.vma_end - t.vma_start) / 1024);
}

/* Pages of this lab process that are there, -1 with the answer given */
static long resident(struct claim_answer *answer, struct session *session)
{
	char path[4200], name[32];
	long size, pages = -1;
	FILE *file = NULL;

	snprintf(name, sizeof(name), "%u/statm", session->info.lab_pid);
	if (!mmlab_proc_path(path, sizeof(path), name))
		file = fopen(path, "re");
	if (!file || fscanf(file, "%ld %ld", &size, &pages) != 2) {
		claim_not_run(answer, "/proc/mmlab/%s can't be read", name);
		pages = -1;
	}
	if (file)
		fclose(file);
	return pages;
}

void lab_no_pages(struct claim_answer *answer, struct session *session)
{
	struct mmlab_region region;
	long before = resident(answer, session), after;

	if (before < 0 ||
	    !map_at(answer, session, &region, 0x10000000, 64U << 20, PROT_READ | PROT_WRITE))
		return;
	after = resident(answer, session);
	if (after >= 0)
		claim_decide(answer, after == before, "a region of 64 MiB: %ld pages more",
			     after - before);
}

void lab_demand(struct claim_answer *answer, struct session *session)
{
	struct window_touch first = { .start = 0x10000000, .length = 16 * PAGE, .store = true };
	struct mmlab_region region;
	long before, after;
	int error;

	if (!map_at(answer, session, &region, first.start, 16 * PAGE, PROT_READ | PROT_WRITE))
		return;
	before = resident(answer, session);
	error = window_touch(session->fd, &first);
	after = resident(answer, session);
	if (before < 0 || after < 0)
		return;
	if (error)
		claim_not_run(answer, "a window: %s", strerror(-error));
	else
		claim_decide(answer, first.host_faults >= 16 && after - before == 16,
			     "16 pages stored to: %ld page faults, %ld pages more",
			     first.host_faults, after - before);
}

void lab_brk(struct claim_answer *answer, struct session *session)
{
	struct mmlab_brk before, after;
	const struct region *region;
	struct region *regions;
	long nr;

	if (!begin_example(answer, session) ||
	    !move_brk(answer, session, &before, &after, PAGE + 1))
		return;
	nr = look(answer, session, &regions);
	if (nr < 0)
		return;
	region = mapsfile_find(regions, nr, after.brk - 1);
	claim_decide(answer, after.brk == before.brk + PAGE + 1 && region && !(region->end % PAGE),
		     "brk(+4097) moved the end from 0x%x to 0x%x; its region ends at 0x%" PRIx64,
		     before.brk, after.brk, region ? region->end : 0);
	free(regions);
}

void lab_list_and_tree(struct claim_answer *answer, struct session *session)
{
	struct mmlab_check check = { 0 };
	struct mmlab_region region;
	struct region *regions;
	int i, found = 0, error;
	long nr;

	for (i = 0; i < NR_REGIONS; i++)
		if (!map_at(answer, session, &region, 0x10000000U + (uint32_t)i * 2 * PAGE, PAGE,
			    PROT_READ))
			return;
	nr = look(answer, session, &regions);
	if (nr < 0)
		return;
	free(regions);
	for (i = 0; i < NR_REGIONS; i++) {
		struct mmlab_translation t = { .lva = 0x10000000U + (uint32_t)i * 2 * PAGE };

		found += !mmlab_translate(session->fd, &t) && t.vma_start == t.lva;
	}
	error = mmlab_run_check(session->fd, &check);
	if (error)
		claim_not_run(answer, "check: %s", strerror(-error));
	else
		claim_decide(answer, nr == NR_REGIONS && found == NR_REGIONS && !check.broken,
			     "%d regions: %ld listed, %d found by address; list and tree differ in %u",
			     NR_REGIONS, nr, found, check.broken);
}

void lab_ten_copies(struct claim_answer *answer, struct session *session)
{
	struct session copies[NR_COPIES];
	uint32_t first = 0;
	int i, nr, equal = 0;

	(void)session;
	for (nr = 0; nr < NR_COPIES && !session_open_new(&copies[nr]); nr++) {
		struct mmlab_region region;

		if (!map_at(answer, &copies[nr], &region, 0, PAGE, PROT_READ))
			region.start = 0;
		first = nr ? first : region.start;
		equal += region.start && region.start == first;
	}
	for (i = 0; i < nr; i++)
		session_close(&copies[i]);
	if (nr < NR_COPIES)
		claim_not_run(answer, "ten lab processes can't be made");
	else
		claim_decide(answer, equal == NR_COPIES,
			     "a first region in ten lab processes: %d times at 0x%08x", equal,
			     first);
}
