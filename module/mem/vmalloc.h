/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lab's vmalloc: areas that are contiguous in linear addresses, over frames that
 * need not be. They are mapped by the lab kernel's page tables; windows of lab
 * processes on them, and a mapping for the host kernel, are made on request.
 *
 * Faults and accesses walk the lab kernel's own directory. A lab process's copy of a
 * directory entry of the region is brought up to date when an ioctl reports it
 * (mmlab_vmalloc_sync_pde_locked()).
 */
#ifndef MMLAB_MEM_VMALLOC_H
#define MMLAB_MEM_VMALLOC_H

#include "../core/vma.h"
#include "vm_struct.h"

/*
 * Destroys all areas, so that the host keeps no mapping of the arena's pages. There
 * are no windows and no open files any more.
 */
void mmlab_vmalloc_teardown(void);

/*
 * Frees the page table that is kept for the next area; returns frames. It only tries to take
 * lab_vm_space.lock, so it may be called under that lock.
 */
u32 mmlab_vmalloc_trim(void);

/**
 * mmlab_vmalloc_alloc() - make an area
 * @size: bytes, rounded up to pages
 * @align: of the address, a power of two, or 0 for a page
 * @flags: LAB_AREA_ bits; LAB_AREA_LAZY not together with LAB_AREA_HOST or
 *	LAB_AREA_SCATTER, LAB_AREA_RAW only for the lab kernel alone
 * @owner: lab pid, 0: the lab kernel
 * @caller: code address
 * @lva: (out) linear address
 *
 * The frames are zeroed, unless LAB_AREA_RAW is set. A look-up finds the whole area or
 * none of it.
 *
 * Context: process context; takes lab_vm_space.lock.
 * Return:
 * * 0 - @lva is set
 * * -EINVAL - the size is 0, or the alignment or a flag is not allowed
 * * -ENOMEM - no hole is large enough, the arena is exhausted, or the host can't map it
 */
int mmlab_vmalloc_alloc(u32 size, u32 align, lab_area_flags_t flags, u32 owner,
			unsigned long caller, u32 *lva);

/*
 * Gives the area that begins at @lva, any value, back. Windows of all lab processes are
 * flushed before a frame is freed. Takes lab_vm_space.lock.
 *
 * Return:
 * * 0 - the area is gone
 * * -EINVAL - no area begins there
 * * -EPERM - it belongs to another owner
 */
int mmlab_vmalloc_free(u32 lva, u32 owner);

/* Frees all areas of a lab process that ends. */
void mmlab_vmalloc_free_owned(u32 owner);

/*
 * Makes an area of the lab kernel without host mapping; its frames are not zeroed. @size:
 * bytes, rounded up to pages. Returns its linear address; 0 if the size is 0, no hole is
 * large enough, or the arena is exhausted. Takes lab_vm_space.lock.
 */
u32 mmlab_vmalloc_alloc_kernel(size_t size, unsigned long caller);

/*
 * The same with a host mapping, whose pointer it returns; NULL also if the host can't map it.
 * @flags: LAB_AREA_RAW, or 0: its frames are zeroed.
 */
void *mmlab_vmalloc_alloc_host(size_t size, lab_area_flags_t flags, unsigned long caller);

/* Frees the area with that host pointer. -EINVAL if there is none. */
int mmlab_vmalloc_free_host(const void *ptr);

/*
 * What a lab process may do at an address of any value: LAB_VMA_READ and LAB_VMA_WRITE in an
 * area of @owner, what its flags permit in another; 0 outside of areas, in a guard page, and
 * in an area that is not for users.
 */
lab_vma_flags_t mmlab_vmalloc_rights_locked(u32 lva, u32 owner);

/*
 * The same for a window that begins at @lva. All its other addresses are checked at each
 * touch, so that a window can show the guard page. Takes lab_vm_space.lock. 0, or -EPERM if
 * no area that @owner may see is there.
 */
int mmlab_vmalloc_open(u32 owner, u32 lva, lab_vma_flags_t *rights);

/**
 * mmlab_vmalloc_touch_locked() - find or supply the page at an address of an area
 * @lva: linear address, any value
 * @pfn: (out) frame
 *
 * Supplies a zeroed frame in lazy areas.
 *
 * Context: lab_vm_space.lock held.
 * Return:
 * * 0 - @pfn is set
 * * -EFAULT - the address is in no area, or in a guard page
 * * -ENOMEM - the arena is exhausted
 * * -EIO - the page tables are corrupt (reported)
 */
int mmlab_vmalloc_touch_locked(u32 lva, u32 *pfn);

/*
 * The same for the owner of the area (0: the lab kernel); the frame stays there as long as
 * the owner keeps the area. Takes lab_vm_space.lock. Also -EPERM: the area belongs to another
 * owner.
 */
int mmlab_vmalloc_find_frame(u32 lva, u32 owner, u32 *pfn);

/* Brings a process's copy of the directory entry for @lva up to date. */
void mmlab_vmalloc_sync_pde_locked(u32 pgd, u32 lva);

/* An area, for printing; the fields are those of struct lab_vm_area. */
struct lab_vm_view {
	u32 start;
	u32 size;
	lab_area_flags_t flags;
	u32 owner;
	u32 nr_mapped;
	unsigned long caller;
};

/*
 * A snapshot of all areas, by address: array for kvfree(), or NULL if the host has no memory.
 * @largest_hole: (out) bytes, or NULL. Takes lab_vm_space.lock.
 */
struct lab_vm_view *mmlab_vmalloc_view_all(u32 *nr, u32 *largest_hole);

/* Looks at the area that an address lies in, guard page included. 0 or -ENOENT. */
int mmlab_vmalloc_view(u32 lva, struct lab_vm_view *view);

/* Checks the region, and its page tables against the areas. */
void mmlab_vmalloc_check(struct lab_verdict *v);

#endif /* MMLAB_MEM_VMALLOC_H */
