/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The regions of a lab process: what mmap(), munmap(), mprotect(), brk() and
 * execve() do to an address space. Pages are in mm.h.
 *
 * A call that fails has changed nothing. Each takes lab_mm.lock, or is named _locked. Ranges
 * are [@start, @end), page aligned, in user space.
 */
#ifndef MMLAB_MEM_MMAP_H
#define MMLAB_MEM_MMAP_H

#include "process.h"

/* VMAs per lab process, as Linux's vm.max_map_count. */
#define LAB_MAX_VMAS	65530U

/* Makes the cache of VMAs, at module load. 0, or the errno of mmlab_cache_create(). */
int mmlab_mmap_init(void);

/*
 * Gives a window's range VMAs: existing regions stay, gaps become anonymous memory with
 * @rights. What a stack may grow into is no gap. @got: (out) LAB_VMA_ bits that the whole
 * range has.
 *
 * Return:
 * * 0 - the range has VMAs
 * * -EACCES - a VMA of the range does not have all of @rights
 * * -ENOMEM - there are LAB_MAX_VMAS, or the arena has no memory for VMA objects
 */
int mmlab_mm_open_window(struct lab_process *p, u32 start, u32 end,
			 lab_vma_flags_t rights, lab_vma_flags_t *got);

/*
 * Makes a region (Linux's do_mmap()) of @len bytes, page aligned, not 0. @start: (in) first
 * address wanted, page aligned, or 0; (out) first address. @fixed: it must be there; regions
 * that are there are unmapped. 0, or -ENOMEM if there is no free range of that length, there
 * are LAB_MAX_VMAS, or the arena has no memory for VMA objects.
 */
int mmlab_mm_mmap(struct lab_process *p, u32 *start, u32 len, lab_vma_flags_t flags,
		  bool fixed);

/*
 * Removes a range and frees its pages (Linux's do_munmap()). @nr_frames: (out) pages and page
 * tables freed. 0, or -ENOMEM if the arena has no memory to split a VMA, or there are
 * LAB_MAX_VMAS.
 */
int mmlab_mm_munmap(struct lab_process *p, u32 start, u32 end, u64 *nr_frames);

/*
 * Gives a range other rights. 0, or -ENOMEM if a part of the range has no VMA, the arena has
 * no memory to split one, or there are LAB_MAX_VMAS.
 */
int mmlab_mm_mprotect(struct lab_process *p, u32 start, u32 end, lab_vma_flags_t rights);

/*
 * Moves the end of the heap; memory is added and freed by the page. @brk: (in) the end
 * (exclusive), to the byte, or 0 to only ask; (out) the end as it is now. @start_brk: (out)
 * first address of the heap.
 *
 * Return:
 * * 0 - the heap ends at @brk
 * * -EINVAL - @brk is below the start of the heap, or there was no exec
 * * -ENOMEM - another region or the end of user space is in the way, there are LAB_MAX_VMAS,
 *   or the arena has no memory for VMA objects
 */
int mmlab_mm_brk(struct lab_process *p, u32 *brk, u32 *start_brk);

/*
 * Replaces the address space by a new program's stack. @name: at most LAB_COMM_MAX bytes with
 * the NUL. @layout: where its parts will be; the stack ends at start_stack, and the heap
 * begins empty. @stack_size: bytes to begin with, page aligned, not 0. 0, or -ENOMEM if the
 * arena has no memory for the VMA of the stack.
 */
int mmlab_mm_exec(struct lab_process *p, const char *name,
		  const struct lab_layout *layout, u32 stack_size,
		  lab_vma_flags_t stack_rights);

/*
 * Gives a child of the family, without regions, those of its parent, with layout and name:
 * the part of Linux's dup_mmap() without pages. 0, or -ENOMEM if the arena has no memory for
 * VMA objects.
 */
int mmlab_mm_dup_vmas_locked(struct lab_process *parent, struct lab_process *child);

#endif /* MMLAB_MEM_MMAP_H */
