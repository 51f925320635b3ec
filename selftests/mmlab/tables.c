// SPDX-License-Identifier: GPL-2.0
/*
 * Words of page tables: see tables.h.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lab.h"
#include "tables.h"

#define PHYS_WRITE	(MMLAB_ACCESS_PHYS | MMLAB_ACCESS_WRITE)

int tables_open(struct tables *t)
{
	if (lab_require())
		return -1;
	t->page = page_size();
	t->fd = lab_open(O_RDWR);
	t->p = lab_map(t->fd, LVA, NR_PAGES * t->page, RW);
	return t->fd >= 0 && t->p ? 0 : -1;
}

int tables_close(struct tables *t)
{
	munmap(t->p, NR_PAGES * t->page);
	close(t->fd);
	return lab_unload();
}

uint64_t entry_at(int fd, uint32_t lva)
{
	struct mmlab_translation t;

	if (lab_translate(fd, lva, &t))
		return 0;
	return (uint64_t)t.table_pfn * page_size() + t.pte_index * sizeof(uint32_t);
}

int write_entry(int fd, uint64_t at, uint32_t entry)
{
	return lab_access(fd, PHYS_WRITE, at, &entry, sizeof(entry)) == sizeof(entry) ?
	       0 : -1;
}

uint32_t read_entry(int fd, uint64_t at)
{
	uint32_t entry = 0;

	lab_access(fd, MMLAB_ACCESS_PHYS, at, &entry, sizeof(entry));
	return entry;
}

uint32_t frame_at(int fd, uint32_t lva)
{
	struct mmlab_translation t;

	return lab_translate(fd, lva, &t) ? 0 : t.pfn;
}

uint32_t word_at(int fd, uint32_t lva)
{
	return read_entry(fd, entry_at(fd, lva));
}

uint64_t directory_entry_at(int fd, uint32_t lva)
{
	struct mmlab_translation t;

	if (lab_translate(fd, lva, &t))
		return 0;
	return (uint64_t)t.pgd_pfn * page_size() + t.pgd_index * sizeof(uint32_t);
}

uint32_t word_of(uint32_t pfn, uint32_t flags)
{
	return pfn * page_size() | flags;
}
