/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMAs: the regions of a lab process's user space, in a sorted list for walking
 * and in a red-black tree for finding, as in Linux 2.4.
 *
 * The caller provides VMA objects and frees them, so that nothing here allocates.
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

/**
 * struct lab_vma - [start, end) of user space with equal rights
 * @start: first linear address, a multiple of the page size
 * @end: end (exclusive), likewise
 * @flags: LAB_VMA_ bits, rights and kind
 * @rb: node in lab_mm.vma_tree
 * @list: node in lab_mm.vma_list
 */
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

/**
 * struct lab_layout - where the parts of a program lie, in linear addresses
 * @start_code: first address of the text
 * @end_code: end of the text (exclusive)
 * @start_data: first address of the data
 * @end_data: end of the data (exclusive)
 * @start_brk: first address of the heap
 * @brk: end of the heap (exclusive), to the byte
 * @start_stack: end of the stack (exclusive), where it starts to grow downwards
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

/**
 * mmlab_vma_init() - make an empty address space
 * @mm: any contents
 * @owner: lab pid
 * @family: owner of its pages
 * @lock: that of the family
 */
void mmlab_vma_init(struct lab_mm *mm, u32 owner, u32 family, struct mutex *lock);

/**
 * mmlab_vma_find() - find the VMA that an address lies in, or the next one
 * @mm: address space
 * @address: linear address
 *
 * Return: the first VMA that ends after @address (Linux's find_vma()), or NULL.
 */
struct lab_vma *mmlab_vma_find(struct lab_mm *mm, u32 address);

/* The VMA after @vma, or NULL. */
struct lab_vma *mmlab_vma_next(const struct lab_mm *mm, struct lab_vma *vma);

/**
 * mmlab_vma_covers() - check that every address of a range lies in a VMA
 * @mm: address space
 * @start: first address
 * @end: end of the range (exclusive)
 */
bool mmlab_vma_covers(struct lab_mm *mm, u32 start, u32 end);

/**
 * mmlab_vma_find_free() - look for a range without VMAs
 * @mm: address space
 * @hint: page aligned address to try before all others, or 0
 * @len: bytes, page aligned, not 0
 *
 * Takes the first fit from LAB_MMAP_BASE on, then from the second page on, and keeps
 * LAB_STACK_GAP below a stack free. Linux 2.4's arch_get_unmapped_area().
 *
 * Return: its first address; 0 if there is none.
 */
u32 mmlab_vma_find_free(struct lab_mm *mm, u32 hint, u32 len);

/**
 * mmlab_vma_grow() - make the stack above an address reach down to it
 * @mm: address space
 * @address: linear address in no VMA
 *
 * Linux's expand_stack().
 *
 * Return: 0, or -EFAULT if there is no stack above @address, or it would become longer
 * than LAB_STACK_LIMIT or come closer than LAB_STACK_GAP to the VMA below.
 */
int mmlab_vma_grow(struct lab_mm *mm, u32 address);

/**
 * mmlab_vma_rights() - find the rights that all VMAs of a range have
 * @mm: address space
 * @start: first address
 * @end: end of the range (exclusive)
 * @nr_gaps: (out) gaps without a VMA in the range; what a stack may still grow into is
 *	no gap
 *
 * Return: bits of LAB_VMA_RIGHTS; all of them if the range has no VMA.
 */
lab_vma_flags_t mmlab_vma_rights(struct lab_mm *mm, u32 start, u32 end, u32 *nr_gaps);

/**
 * mmlab_vma_add() - make a VMA of a range that has none
 * @mm: address space
 * @start: first address, page aligned
 * @end: end of the range (exclusive), page aligned; above @start
 * @flags: LAB_VMA_ bits
 * @spares: (in) list of one VMA object; (out) the objects that were not needed, or
 *	became free by a merge
 *
 * Linux's do_mmap(): it merges with neighbours of equal rights and kind. A stack
 * above loses what it could have grown into.
 */
void mmlab_vma_add(struct lab_mm *mm, u32 start, u32 end, lab_vma_flags_t flags,
		   struct list_head *spares);

/**
 * mmlab_vma_fill() - make VMAs of all gaps in a range
 * @mm: address space
 * @start: first address, page aligned
 * @end: end of the range (exclusive), page aligned
 * @flags: rights of the new VMAs
 * @spares: as in mmlab_vma_add(), with as many objects as there are gaps
 *	(mmlab_vma_rights())
 *
 * mmlab_vma_add() for each gap; existing VMAs stay. What a stack may grow into is no
 * gap.
 */
void mmlab_vma_fill(struct lab_mm *mm, u32 start, u32 end, lab_vma_flags_t flags,
		    struct list_head *spares);

/**
 * mmlab_vma_cut() - take a range out of all VMAs
 * @mm: address space
 * @start: first address, page aligned
 * @end: end of the range (exclusive), page aligned; above @start
 * @spares: as in mmlab_vma_add(), with one object if a VMA reaches beyond both ends of
 *	the range and is split
 *
 * Linux's do_munmap().
 *
 * Context: lab_mm.lock. The caller has emptied the page tables of the range.
 */
void mmlab_vma_cut(struct lab_mm *mm, u32 start, u32 end,
		   struct list_head *spares);

/**
 * mmlab_vma_protect() - give a range other rights
 * @mm: address space
 * @start: first address, page aligned
 * @end: end of the range (exclusive), page aligned; mmlab_vma_covers() it
 * @rights: bits of LAB_VMA_RIGHTS
 * @spares: as in mmlab_vma_add(), with two objects, as both ends of the range may split
 *	a VMA
 *
 * Linux's mprotect(): splits VMAs at the ends, then merges equal neighbours.
 */
void mmlab_vma_protect(struct lab_mm *mm, u32 start, u32 end, lab_vma_flags_t rights,
		       struct list_head *spares);

/**
 * mmlab_vma_validate() - check list and tree against each other
 * @mm: address space
 * @v: verdict to add to
 *
 * Rules: both hold the same VMAs in the same order; each is page aligned, not
 * empty, in user space; none overlap; neighbours with equal rights and kind are
 * one; the VMA found last is one of them; the heap does not end before it begins;
 * counters are right.
 */
void mmlab_vma_validate(const struct lab_mm *mm, struct lab_verdict *v);

#endif /* MMLAB_CORE_VMA_H */
