/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One vmalloc area: its pages, its part of the lab kernel's page tables, and its
 * mapping for the host kernel. Everything is under lab_vm_space.lock.
 */
#ifndef MMLAB_MEM_VM_STRUCT_H
#define MMLAB_MEM_VM_STRUCT_H

#include "../core/pgtable.h"
#include "../core/vmalloc.h"

/**
 * struct lab_vm_struct - an area as mem/ has it
 * @area: its place in the region
 * @by_host: node in the table of areas with LAB_VM_HOST, by host address
 * @of_kind: LAB_VM_POOLED: node in the pool's list of its kind and size
 */
struct lab_vm_struct {
	struct lab_vm_area area;
	struct hlist_node by_host;
	struct hlist_node of_kind;
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

/* Makes the cache of area objects. 0; what mmlab_cache_create() says. */
int mmlab_vm_struct_init(void);

/* An area object with all fields 0, or NULL; and back. No lock held. */
struct lab_vm_struct *mmlab_vm_struct_alloc(void);
void mmlab_vm_struct_free(struct lab_vm_struct *vm);

/**
 * mmlab_vm_struct_fill_locked() - give an area that has its place its pages
 * @vm: area without pages; the flags say whether frames are scattered or zeroed
 *	and whether the host is given a mapping
 *
 * Return: 0; -ENOMEM: arena or host exhausted. The area may then have some of its
 * pages, for mmlab_vm_struct_destroy_locked().
 */
int mmlab_vm_struct_fill_locked(struct lab_vm_struct *vm);

/**
 * mmlab_vm_struct_supply_locked() - give an area one page, zeroed
 * @area: area
 * @page: number of a page that it does not have yet
 *
 * Return: 0; -ENOMEM: arena exhausted; -EIO: the page tables are corrupt.
 */
int mmlab_vm_struct_supply_locked(struct lab_vm_area *area, u32 page);

/**
 * mmlab_vm_struct_destroy_locked() - take an area out of the region
 * @vm: area that nobody has a window on; freed
 *
 * Its frames are freed, through quarantine if they are pinned.
 */
void mmlab_vm_struct_destroy_locked(struct lab_vm_struct *vm);

/* The frame of an area's page, or PFN_NONE. */
u32 mmlab_vm_struct_frame_locked(const struct lab_vm_area *area, u32 page);

/* The area that the host has mapped there, or NULL. */
struct lab_vm_struct *mmlab_vm_struct_by_host_locked(const void *ptr);

/**
 * mmlab_vm_struct_is_quiet_locked() - has it all pages, with no reference but ours?
 * @area: area that nobody has a window on
 */
bool mmlab_vm_struct_is_quiet_locked(const struct lab_vm_area *area);

/* Makes an area somebody else's, with its frames. */
void mmlab_vm_struct_give_locked(struct lab_vm_area *area, u32 owner);

/* Fills all pages of an area with zeros. */
void mmlab_vm_struct_zero_locked(const struct lab_vm_area *area);

/**
 * mmlab_vm_struct_is_allocating() - is this task taking frames for an area?
 *
 * Then it holds lab_vm_space.lock, and the allocation has come to ask for frames
 * that could be given back.
 */
bool mmlab_vm_struct_is_allocating(void);

/* Frees the page table that was kept. */
void mmlab_vm_struct_trim_locked(void);

#endif /* MMLAB_MEM_VM_STRUCT_H */
