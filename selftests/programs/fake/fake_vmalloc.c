// SPDX-License-Identifier: GPL-2.0
/*
 * vmalloc areas of the false device: the two of ../proc/vmallocinfo, one of the
 * lab process itself and one of another, and up to four that are made by the
 * command. Page i of an area has frame 100 + i; of a scattered one, and from page
 * 5 on, frame 100 + 2 * i. $FAKE_LAB_SHIFTED puts the direct map a frame off, and
 * $FAKE_LAB_LOST takes the frame of each area's page 2 away.
 */
#include <errno.h>
#include <stdlib.h>

#include <mmlab.h>

#include "fake_vmalloc.h"

#define DIRECT_MAP	0xc0000000U
#define HIGH_MEMORY	0xc4000000U
#define PAGE_BYTES	4096U
#define NR_AREAS	6

static struct mmlab_area areas[NR_AREAS] = {
	{ .lva = 0xc4800000, .size = 10 * PAGE_BYTES, .flags = MMLAB_VM_USER,
	  .nr_mapped = 10, .owner = 7 },
	{ .lva = 0xc480b000, .size = 256 * PAGE_BYTES, .flags = MMLAB_VM_LAZY, .owner = 8 },
};

static unsigned int nr_areas = 2;

/* The guard page is part of it. */
static struct mmlab_area *find(__u32 lva)
{
	unsigned int i;

	for (i = 0; i < nr_areas; i++)
		if (lva >= areas[i].lva && lva - areas[i].lva < areas[i].size + PAGE_BYTES)
			return &areas[i];
	return NULL;
}

static int alloc(struct mmlab_area *area)
{
	if (!area->size || area->align & (area->align - 1))
		return EINVAL;
	if (nr_areas == NR_AREAS || area->size > 64U << 20)
		return ENOMEM;
	area->size = (area->size + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
	area->lva = 0xd0000000 + (nr_areas - 2) * 0x08000000;
	area->nr_mapped = area->flags & MMLAB_VM_LAZY ? 0 : area->size / PAGE_BYTES;
	area->owner = 7;
	areas[nr_areas++] = *area;
	return 0;
}

static int give_back(const struct mmlab_area *wanted)
{
	const struct mmlab_area *area = find(wanted->lva);

	if (!area || area->lva != wanted->lva)
		return EINVAL;
	nr_areas -= nr_areas > 2 && area == &areas[nr_areas - 1];
	return area->owner == 7 ? 0 : EPERM;
}

static int stat_area(struct mmlab_area *wanted)
{
	const struct mmlab_area *area = find(wanted->lva);

	if (!area)
		return ENOENT;
	*wanted = *area;
	return 0;
}

int fake_vmalloc_answer(unsigned long number, void *argument)
{
	switch (number) {
	case MMLAB_VMALLOC:
		return alloc(argument);
	case MMLAB_VFREE:
		return give_back(argument);
	case MMLAB_VM_STAT:
		return stat_area(argument);
	}
	return ENOTTY;
}

static void map(struct mmlab_translation *t, __u32 pfn)
{
	t->table_pfn = 33;
	t->pde = 33 << 12 | 0x027;
	t->step = MMLAB_STEP_OK;
	t->pfn = pfn;
	t->pte = pfn << 12 | 0x063;
	t->phys = pfn << 12 | t->offset;
}

static void translate_area(struct mmlab_translation *t, const struct mmlab_area *area)
{
	__u32 page = (t->lva - area->lva) / PAGE_BYTES;

	t->region = MMLAB_REGION_VMALLOC;
	if (page < area->nr_mapped && !(page == 2 && getenv("FAKE_LAB_LOST")))
		map(t, 100 + (area->flags & MMLAB_VM_SCATTER || page > 4 ? 2 : 1) * page);
}

void fake_vmalloc_translate(struct mmlab_translation *t)
{
	const struct mmlab_area *area = find(t->lva);

	if (area)
		translate_area(t, area);
	if (t->lva < DIRECT_MAP || t->lva >= HIGH_MEMORY)
		return;
	t->region = MMLAB_REGION_DIRECT;
	map(t, (t->lva - DIRECT_MAP) / PAGE_BYTES + !!getenv("FAKE_LAB_SHIFTED"));
}

int fake_vmalloc_access(struct mmlab_access *access)
{
	const struct mmlab_area *area = find((__u32)access->addr);
	__u64 room;

	access->done = 0;
	if (!area || access->addr >= area->lva + area->size)
		return EIO;
	if (area->owner != 7)
		return EPERM;
	room = area->lva + area->size - access->addr;
	access->done = access->len < room ? access->len : room;
	return 0;
}
