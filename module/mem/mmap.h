/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The regions of a lab process: what mmap(), munmap(), mprotect(), brk() and
 * execve() do to an address space. Pages are in mm.h.
 *
 * A call that fails has changed nothing.
 */
#ifndef MMLAB_MEM_MMAP_H
#define MMLAB_MEM_MMAP_H

#include "process.h"

/* VMAs per lab process, as Linux's vm.max_map_count. */
#define LAB_MAX_VMAS	65530U

/* Makes the cache of VMAs, at module load. 0, or the errno of mmlab_cache_create(). */
int mmlab_mmap_init(void);

/**
 * mmlab_mm_open_window() - give a window's range VMAs, and say what they permit
 * @p: process
 * @start: first address, page aligned
 * @end: end of the range (exclusive), page aligned, in user space
 * @rights: LAB_VMA_ bits that new VMAs get, and that existing VMAs must have
 * @got: (out) LAB_VMA_ bits that the whole range has
 *
 * Existing regions stay, gaps become anonymous memory. What a stack may grow into is
 * no gap.
 *
 * Context: takes lab_mm.lock.
 * Return:
 * * 0 - the range has VMAs
 * * -EACCES - a VMA of the range does not have all of @rights
 * * -ENOMEM - there are LAB_MAX_VMAS, or the arena has no memory for VMA objects
 */
int mmlab_mm_open_window(struct lab_process *p, u32 start, u32 end,
			 lab_vma_flags_t rights, lab_vma_flags_t *got);

/**
 * mmlab_mm_mmap() - make a region
 * @p: process
 * @start: (in) first address wanted, page aligned, or 0; (out) first address
 * @len: bytes, page aligned, not 0
 * @flags: LAB_VMA_ bits of the region
 * @fixed: it must be at @start, in user space; regions that are there are unmapped
 *
 * Linux's do_mmap().
 *
 * Context: takes lab_mm.lock.
 * Return: 0, or -ENOMEM if there is no free range of that length, there are
 * LAB_MAX_VMAS, or the arena has no memory for VMA objects.
 */
int mmlab_mm_mmap(struct lab_process *p, u32 *start, u32 len, lab_vma_flags_t flags,
		  bool fixed);

/**
 * mmlab_mm_munmap() - remove a range and free its pages
 * @p: process
 * @start: first address, page aligned
 * @end: end of the range (exclusive), page aligned, in user space
 * @nr_frames: (out) pages and page tables freed
 *
 * Linux's do_munmap().
 *
 * Context: takes lab_mm.lock.
 * Return: 0, or -ENOMEM if the arena has no memory to split a VMA, or there are
 * LAB_MAX_VMAS.
 */
int mmlab_mm_munmap(struct lab_process *p, u32 start, u32 end, u64 *nr_frames);

/**
 * mmlab_mm_mprotect() - give a range other rights
 * @p: process
 * @start: first address, page aligned
 * @end: end of the range (exclusive), page aligned, in user space
 * @rights: bits of LAB_VMA_RIGHTS
 *
 * Context: takes lab_mm.lock.
 * Return: 0, or -ENOMEM if a part of the range has no VMA, the arena has no memory to
 * split one, or there are LAB_MAX_VMAS.
 */
int mmlab_mm_mprotect(struct lab_process *p, u32 start, u32 end, lab_vma_flags_t rights);

/**
 * mmlab_mm_brk() - move the end of the heap
 * @p: process
 * @brk: (in) the end of the heap (exclusive), to the byte, or 0 to only ask; (out)
 *	the end as it is now
 * @start_brk: (out) first address of the heap
 *
 * Memory is added and freed by the page.
 *
 * Context: takes lab_mm.lock.
 * Return:
 * * 0 - the heap ends at @brk
 * * -EINVAL - @brk is below the start of the heap, or there was no exec
 * * -ENOMEM - another region or the end of user space is in the way, there are
 *   LAB_MAX_VMAS, or the arena has no memory for VMA objects
 */
int mmlab_mm_brk(struct lab_process *p, u32 *brk, u32 *start_brk);

/**
 * mmlab_mm_exec() - replace the address space by a new program's stack
 * @p: process
 * @name: name of the program, NUL-terminated, at most LAB_COMM_MAX bytes with the NUL
 * @layout: where its parts will be; the stack ends at start_stack, and the heap
 *	begins empty
 * @stack_size: bytes of stack to begin with, page aligned, not 0
 * @stack_rights: bits of LAB_VMA_RIGHTS
 *
 * Context: takes lab_mm.lock.
 * Return: 0, or -ENOMEM if the arena has no memory for the VMA of the stack.
 */
int mmlab_mm_exec(struct lab_process *p, const char *name,
		  const struct lab_layout *layout, u32 stack_size,
		  lab_vma_flags_t stack_rights);

/**
 * mmlab_mm_dup_vmas_locked() - give a child the regions of its parent
 * @parent: process to copy
 * @child: one of its family, without regions
 *
 * The part of Linux's dup_mmap() without pages. Layout and name are copied as well.
 *
 * Context: lab_mm.lock held.
 * Return: 0, or -ENOMEM if the arena has no memory for VMA objects.
 */
int mmlab_mm_dup_vmas_locked(struct lab_process *parent, struct lab_process *child);

#endif /* MMLAB_MEM_MMAP_H */
