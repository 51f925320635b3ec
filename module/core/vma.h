/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMAs: the regions of a lab process's user space, in a sorted list for walking
 * and in a red-black tree for finding, as in Linux 2.4.
 *
 * The caller provides VMA objects and frees them, so that nothing here allocates: @spares
 * is (in) a list of the objects that a call may need, (out) of those that it did not need,
 * or that became free by a merge. Ranges are [@start, @end), page aligned and not empty.
 * Context of each function: lab_mm.lock held.
 */
#ifndef MMLAB_CORE_VMA_H
#define MMLAB_CORE_VMA_H

#include "frame.h"

/* Rights and kind of a VMA. sparse keeps them apart from the flags of a vmalloc area. */
typedef u32 __bitwise lab_vma_flags_t;

#define LAB_VMA_BIT(nr)		((__force lab_vma_flags_t)(1U << (nr)))

/*
 * Rights; the values are those of PROT_READ, PROT_WRITE and PROT_EXEC. The last one is
 * only shown, as no code runs on the lab machine.
 */
#define LAB_VMA_READ		LAB_VMA_BIT(0)
#define LAB_VMA_WRITE		LAB_VMA_BIT(1)
#define LAB_VMA_EXEC		LAB_VMA_BIT(2)
#define LAB_VMA_RIGHTS		(LAB_VMA_READ | LAB_VMA_WRITE | LAB_VMA_EXEC)

/* Kinds; without any of them it is anonymous memory. */
#define LAB_VMA_GROWSDOWN	LAB_VMA_BIT(3)	/* a stack: a touch below makes it longer */
#define LAB_VMA_IMAGE		LAB_VMA_BIT(4)	/* a segment of the program */

/* Where mmlab_vma_find_free() begins: a third of user space, as in Linux 2.4. */
#define LAB_MMAP_BASE		(LAB_PAGE_OFFSET / 3)

/* Largest size of a stack, and bytes that stay free below it. */
#define LAB_STACK_LIMIT		(8U << 20)
#define LAB_STACK_GAP		(1U << 20)

/* [start, end) of user space with equal rights, in linear addresses. */
struct lab_vma {
	u32 start;
	u32 end;
	lab_vma_flags_t flags;
	struct rb_node rb;
	struct list_head list;
};

/* What a VMA permits. As on i386, what can be written or executed can be read. */
static inline lab_vma_flags_t mmlab_vma_permits(const struct lab_vma *vma)
{
	lab_vma_flags_t rights = vma->flags & LAB_VMA_RIGHTS;

	return rights ? rights | LAB_VMA_READ : 0;
}

/*
 * Where the parts of a program lie, in linear addresses; ends are exclusive. @brk is to the
 * byte; from @start_stack on, the stack grows downwards.
 */
struct lab_layout {
	u32 start_code;
	u32 end_code;
	u32 start_data;
	u32 end_data;
	u32 start_brk;
	u32 brk;
	u32 start_stack;
};

/**
 * struct lab_mm - the address space of a lab process
 * @lock: covers everything here and the tables below @pgd; one for a fork family
 * @owner: lab pid
 * @family: owner of its pages: lab pid of the process that its fork family began with
 * @pgd: frame of the page directory
 * @vma_list: VMAs by address
 * @vma_tree: the same VMAs, by address
 * @vma_cache: the VMA that mmlab_vma_find() found last, or NULL
 * @layout: where text, data, heap and stack are; all 0 before the first exec
 * @nr_vmas: VMAs
 * @nr_total: pages in all VMAs
 * @nr_rss: frames mapped
 * @max_total: most that @nr_total was so far
 * @max_rss: most that @nr_rss was so far
 * @nr_tables: page tables in the user part
 * @nr_minflt: touches that were resolved, but for those of the next two
 * @nr_majflt: touches for which a page was read back from swap
 * @nr_softflt: touches that set an accessed bit, or found only the host's entry missing
 * @nr_swap: entries that name a swap slot; changed inside a section, with the count
 *	of the slot
 * @blocks: first block of the process with use USE_BLOCK, linked by next and prev
 * @nr_block_frames: frames in these blocks
 */
struct lab_mm {
	struct mutex *lock;
	u32 owner;
	u32 family;
	u32 pgd;
	struct list_head vma_list;
	struct rb_root vma_tree;
	struct lab_vma *vma_cache;
	struct lab_layout layout;
	u32 nr_vmas;
	u32 nr_total;
	u32 nr_rss;
	u32 max_total;
	u32 max_rss;
	u32 nr_tables;
	u64 nr_minflt;
	u64 nr_majflt;
	u64 nr_softflt;
	u32 nr_swap;
	u32 blocks;
	u32 nr_block_frames;
};

/*
 * Makes an empty address space of @mm, which may have any contents. @owner: lab pid. @family:
 * owner of its pages, with the family's lock.
 */
void mmlab_vma_init(struct lab_mm *mm, u32 owner, u32 family, struct mutex *lock);

/*
 * The first VMA that ends after @address (Linux's find_vma()), or NULL. So it is the one that
 * the address lies in, or the next one.
 */
struct lab_vma *mmlab_vma_find(struct lab_mm *mm, u32 address);

/* The VMA after @vma, or NULL. */
struct lab_vma *mmlab_vma_next(const struct lab_mm *mm, struct lab_vma *vma);

/* Does every address of the range lie in a VMA? */
bool mmlab_vma_covers(struct lab_mm *mm, u32 start, u32 end);

/*
 * A range of @len bytes without VMAs: at @hint if that is not 0 and free, else the first fit
 * from LAB_MMAP_BASE on, then from the second page on. It keeps LAB_STACK_GAP below a stack
 * free. Linux 2.4's arch_get_unmapped_area(). Returns its first address; 0 if there is none.
 */
u32 mmlab_vma_find_free(struct lab_mm *mm, u32 hint, u32 len);

/*
 * Makes the stack above @address, which is in no VMA, reach down to it (Linux's
 * expand_stack()). 0, or -EFAULT if there is no stack above, or it would become longer than
 * LAB_STACK_LIMIT or come closer than LAB_STACK_GAP to the VMA below.
 */
int mmlab_vma_grow(struct lab_mm *mm, u32 address);

/*
 * The bits of LAB_VMA_RIGHTS that all VMAs of the range have; all of them if it has no VMA.
 * @nr_gaps: (out) gaps without a VMA. What a stack may still grow into is no gap.
 */
lab_vma_flags_t mmlab_vma_rights(struct lab_mm *mm, u32 start, u32 end, u32 *nr_gaps);

/*
 * Makes a VMA of a range that has none, of one spare object (Linux's do_mmap()). It merges
 * with neighbours of equal rights and kind. A stack above loses what it could have grown
 * into.
 */
void mmlab_vma_add(struct lab_mm *mm, u32 start, u32 end, lab_vma_flags_t flags,
		   struct list_head *spares);

/*
 * mmlab_vma_add() for each gap of the range (mmlab_vma_rights()), with as many spare objects
 * as there are gaps; existing VMAs stay.
 */
void mmlab_vma_fill(struct lab_mm *mm, u32 start, u32 end, lab_vma_flags_t flags,
		    struct list_head *spares);

/*
 * Takes the range out of all VMAs (Linux's do_munmap()), with one spare object if a VMA
 * reaches beyond both ends and is split. The caller has emptied the page tables of the range.
 */
void mmlab_vma_cut(struct lab_mm *mm, u32 start, u32 end,
		   struct list_head *spares);

/*
 * Gives the range, which mmlab_vma_covers(), other rights (Linux's mprotect()): splits VMAs
 * at the ends, which may take two spare objects, then merges equal neighbours.
 */
void mmlab_vma_protect(struct lab_mm *mm, u32 start, u32 end, lab_vma_flags_t rights,
		       struct list_head *spares);

/*
 * Checks list and tree against each other. Rules: both hold the same VMAs in the same order;
 * each is page aligned, not empty, in user space; none overlap; neighbours with equal rights
 * and kind are one; the VMA found last is one of them; the heap does not end before it
 * begins; counters are right.
 */
void mmlab_vma_validate(const struct lab_mm *mm, struct lab_verdict *v);

#endif /* MMLAB_CORE_VMA_H */
