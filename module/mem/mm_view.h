/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Snapshots of a lab process's address space, for printing without a lock. A process
 * that has exited has no regions and no pages.
 */
#ifndef MMLAB_MEM_MM_VIEW_H
#define MMLAB_MEM_MM_VIEW_H

#include "process.h"

/**
 * struct lab_region_view - one VMA
 * @start: first linear address
 * @end: end (exclusive)
 * @flags: LAB_VMA_ bits
 * @heap: it is the heap, or a part of it
 * @stack: it is the stack that exec made
 * @comm: name of the program
 * @nr_present: pages mapped
 * @nr_dirty: pages that were written to
 * @nr_accessed: pages that were touched
 * @nr_swapped: pages that are out
 * @nr_shared: pages of @nr_present that other processes map as well
 * @nr_shared_dirty: these, if they were written to
 * @pss: each page, divided by the processes that map it, as mmlab_view_share() has it
 * @pss_dirty: the same of pages that were written to
 * @swap_pss: the same of pages that are out
 */
struct lab_region_view {
	u32 start;
	u32 end;
	lab_vma_flags_t flags;
	bool heap;
	bool stack;
	char comm[LAB_COMM_MAX];
	u32 nr_present;
	u32 nr_dirty;
	u32 nr_accessed;
	u32 nr_swapped;
	u32 nr_shared;
	u32 nr_shared_dirty;
	u64 pss;
	u64 pss_dirty;
	u64 swap_pss;
};

/* Bits of a share below a byte; as in Linux, so that sums are rounded alike. */
#define LAB_PSS_SHIFT	12

/* What a process has of a page that @nr processes map or have in swap. */
static inline u32 mmlab_view_share(u32 nr)
{
	return ((u32)PAGE_SIZE << LAB_PSS_SHIFT) / max(nr, 1U);
}

/*
 * Looks at the first VMA that ends after an address, up to LAB_PAGE_OFFSET; false if there is
 * none. @pages: count its pages as well, by a walk. Takes lab_mm.lock.
 */
bool mmlab_mm_view_region(struct lab_process *p, u64 address, bool pages,
			  struct lab_region_view *view);

/*
 * The numbers of an address space: as in struct lab_mm, where the names are the same. @ppid:
 * lab pid of the process that it is a copy of; 0: there is none. @nr_data: pages in VMAs that
 * can be written to, without stacks. @nr_exec: pages in VMAs that can be executed and not
 * written to. @nr_minflt: all touches that were resolved but for those of @nr_majflt.
 * @nr_stack: pages in stacks. @limit: user pages that may be mapped at a time; 0: as many as
 * there are.
 */
struct lab_mm_view {
	u32 pid;
	u32 ppid;
	char comm[LAB_COMM_MAX];
	struct lab_layout layout;
	u32 nr_vmas;
	u32 nr_total;
	u32 max_total;
	u32 nr_rss;
	u32 max_rss;
	u32 nr_tables;
	u32 nr_data;
	u32 nr_stack;
	u32 nr_exec;
	u64 nr_minflt;
	u64 nr_majflt;
	u32 nr_swap;
	u32 limit;
};

/* Takes lab_mm.lock. */
void mmlab_mm_view(struct lab_process *p, struct lab_mm_view *view);

/*
 * One page of user space: its entry, if it maps a page or names a swap slot, else 0; and how
 * many entries map the frame.
 */
struct lab_page_view {
	u32 pte;
	u32 mapcount;
};

/*
 * Looks at the entries of @nr pages of user space from number @page on (linear address >>
 * PAGE_SHIFT). Takes lab_mm.lock.
 */
void mmlab_mm_view_pages(struct lab_process *p, u32 page, u32 nr,
			 struct lab_page_view *view);

#endif /* MMLAB_MEM_MM_VIEW_H */
