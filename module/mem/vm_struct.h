/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One vmalloc area: its pages, its part of the lab kernel's page tables, and its
 * mapping for the host kernel. Everything is under lab_vm_space.lock.
 */
#ifndef MMLAB_MEM_VM_STRUCT_H
#define MMLAB_MEM_VM_STRUCT_H

/*
 * Slow work is done without the lock: the frames and the host mapping of an area are
 * made before the area has a place in the region, and undone after it has none.
 */
#include "../core/pgtable.h"
#include "../core/area.h"

/* The vmalloc region; there is one. */
extern struct lab_vm_space mmlab_vm_space;

/**
 * struct lab_vm_struct - an area with its frames
 * @area: its place in the region
 * @by_host: node in the table of areas with LAB_AREA_HOST, by host address
 * @chain: frames that are not mapped yet, or not any more, linked by their @next
 * @nr_wrong: wrong entries that were found when the pages were unmapped
 */
struct lab_vm_struct {
	struct lab_vm_area area;
	struct hlist_node by_host;
	u32 chain;
	u32 nr_wrong;
};

static inline struct lab_vm_struct *mmlab_vm_struct_of(struct lab_vm_area *area)
{
	return container_of(area, struct lab_vm_struct, area);
}

/* Pages of an area, without its guard page. */
static inline u32 mmlab_vm_struct_nr_pages(const struct lab_vm_area *area)
{
	return (area->size >> PAGE_SHIFT) - 1;
}

/*
 * Makes the region and the cache of its areas, at module load, after mmlab_init_mm_init() and
 * the caches. 0, or the errno of mmlab_cache_create().
 */
int mmlab_vm_struct_init(void);

/*
 * Makes an area of @nr pages with its frames, but without a place. @flags say whether frames
 * are zeroed, and whether the host gets a mapping; lazy and scattered areas get their frames
 * later. lab_vm_space.lock is not held. Returns the area, for mmlab_area_insert() or
 * mmlab_vm_struct_dispose(); NULL if the arena or the host is exhausted.
 */
struct lab_vm_struct *mmlab_vm_struct_new(lab_area_flags_t flags, u32 owner, u32 nr);

/*
 * Frees an area without a place, and its frames, which go through quarantine if they are
 * pinned. With lab_vm_space.lock or without.
 */
void mmlab_vm_struct_dispose(struct lab_vm_struct *vm);

/*
 * Maps an area's pages in its place. 0, or -ENOMEM if the arena is exhausted. The area may
 * then have some of its pages, for mmlab_vm_struct_detach_locked().
 */
int mmlab_vm_struct_fill_locked(struct lab_vm_struct *vm);

/*
 * Gives an area a page that it does not have yet, zeroed. 0, -ENOMEM if the arena is
 * exhausted, or -EIO if the page tables are corrupt.
 */
int mmlab_vm_struct_supply_locked(struct lab_vm_area *area, u32 page);

/*
 * Takes an area, whose windows are flushed, out of the region. It is then for
 * mmlab_vm_struct_dispose().
 */
void mmlab_vm_struct_detach_locked(struct lab_vm_struct *vm);

/* Detaches and disposes of an area under one hold of the lock. */
static inline void mmlab_vm_struct_destroy_locked(struct lab_vm_struct *vm)
{
	lockdep_assert_held(&mmlab_vm_space.lock);
	mmlab_vm_struct_detach_locked(vm);
	mmlab_vm_struct_dispose(vm);
}

/* The frame of an area's page, or PFN_NONE. */
u32 mmlab_vm_struct_frame_locked(const struct lab_vm_area *area, u32 page);

/* The area with that host address, or NULL. */
struct lab_vm_struct *mmlab_vm_struct_by_host_locked(const void *ptr);

/* Frees the page table that is kept for the next area. Returns frames. */
u32 mmlab_vm_struct_trim_locked(void);

#endif /* MMLAB_MEM_VM_STRUCT_H */
