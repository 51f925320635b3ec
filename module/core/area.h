/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Address ranges of the vmalloc region: areas by address in a list for walking
 * and in a red-black tree for finding. Every node of the tree knows the largest
 * hole in front of any area below it, so that a search goes straight down
 * (find_vmap_lowest_match() in Linux mm/vmalloc.c).
 *
 * An area ends with a guard page, to which nothing is ever mapped. The caller provides
 * area objects and frees them. Context of each function: lab_vm_space.lock held.
 */
#ifndef MMLAB_CORE_AREA_H
#define MMLAB_CORE_AREA_H

#include "frame.h"

/* Flags of an area. sparse keeps them apart from those of a VMA. */
typedef u32 __bitwise lab_area_flags_t;

#define LAB_AREA_BIT(nr)	((__force lab_area_flags_t)(1U << (nr)))
#define LAB_AREA_LAZY		LAB_AREA_BIT(0)	/* frames come on the first touch */
#define LAB_AREA_USER		LAB_AREA_BIT(1)	/* all lab processes may open windows on it */
#define LAB_AREA_READONLY	LAB_AREA_BIT(2)	/* but only to read, unless they own it */
#define LAB_AREA_SCATTER	LAB_AREA_BIT(3)	/* frames from all over the arena */
#define LAB_AREA_HOST		LAB_AREA_BIT(4)	/* also mapped for the host kernel */
#define LAB_AREA_RAW		LAB_AREA_BIT(5)	/* never zeroed: for the lab kernel only */

/**
 * struct lab_vm_area - a range of the vmalloc region (Linux's vm_struct)
 * @rb: node in lab_vm_space.tree
 * @list: node in lab_vm_space.areas
 * @start: first linear address, a multiple of the page size
 * @size: bytes with the guard page
 * @hole: bytes between the area before it, or the region's start, and @start
 * @max_hole: largest hole in front of this area or any below it in the tree
 * @flags: LAB_AREA_ bits
 * @owner: lab pid, 0: the lab kernel
 * @nr_mapped: frames mapped now
 * @caller: code address of the caller that made it
 * @host: where the host kernel has it mapped, or NULL
 */
struct lab_vm_area {
	struct rb_node rb;
	struct list_head list;
	u32 start;
	u32 size;
	u32 hole;
	u32 max_hole;
	lab_area_flags_t flags;
	u32 owner;
	u32 nr_mapped;
	unsigned long caller;
	void *host;
};

/**
 * struct lab_vm_space - the vmalloc region
 * @lock: covers everything here, the areas and their part of the page tables
 * @tree: areas by address
 * @areas: the same, in a list
 * @start: first linear address of the region
 * @end: end of the region (exclusive)
 * @nr_areas: areas
 * @nr_bytes: bytes in all areas, with guard pages
 * @nr_steps: nodes of the tree that the last search looked at
 */
struct lab_vm_space {
	struct mutex lock;
	struct rb_root tree;
	struct list_head areas;
	u32 start;
	u32 end;
	u32 nr_areas;
	u64 nr_bytes;
	u32 nr_steps;
};

/* First address of an area's guard page. */
static inline u32 mmlab_area_guard(const struct lab_vm_area *area)
{
	return area->start + area->size - (u32)PAGE_SIZE;
}

/*
 * Makes an empty region of [@start, @end), page aligned. The caller has initialised the lock.
 */
void mmlab_area_init(struct lab_vm_space *s, u32 start, u32 end);

/*
 * Gives an area, with flags, owner and caller set, the lowest address that fits; it then
 * belongs to the region. @size: bytes without guard page, a multiple of the page size, not 0.
 * @align: a power of two, at least a page. With an alignment above a page, holes that fit at
 * any alignment are tried first, then all that are large enough. 0, or -ENOMEM if no hole is
 * large enough.
 */
int mmlab_area_insert(struct lab_vm_space *s, struct lab_vm_area *area,
		      u32 size, u32 align);

/* Takes an area with no page mapped out of the region; it then belongs to the caller. */
void mmlab_area_remove(struct lab_vm_space *s, struct lab_vm_area *area);

/* The area that an address, of any value, lies in, guard page included; or NULL. */
struct lab_vm_area *mmlab_area_find(const struct lab_vm_space *s,
				    u32 address);

/* The largest hole of the region in bytes, the one at its end included. */
u32 mmlab_area_largest_hole(const struct lab_vm_space *s);

/*
 * Checks list and tree against each other. Rules: both hold the same areas in the same order;
 * each is page aligned, has a page and its guard, and lies in the region; none overlap; every
 * node's max_hole is right; counters agree.
 */
void mmlab_area_validate(const struct lab_vm_space *s,
			 struct lab_verdict *v);

#endif /* MMLAB_CORE_AREA_H */
