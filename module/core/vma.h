/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMAs: the regions of a lab process's user space, in a sorted list for walking
 * and in a red-black tree for finding, as in Linux 2.4.
 *
 * VMA objects are handed in and handed back by the caller, so that nothing here
 * allocates. All of it is under lab_mm.lock.
 */
#ifndef MMLAB_CORE_VMA_H
#define MMLAB_CORE_VMA_H

#include "frame.h"

/* Rights of a VMA; the values are those of PROT_READ and PROT_WRITE. */
#define LAB_VM_READ	0x1U
#define LAB_VM_WRITE	0x2U

/**
 * struct lab_vma - [start, end) of user space with equal rights
 * @start: first linear address, a multiple of the page size
 * @end: first address behind it
 * @flags: LAB_VM_ bits
 * @rb: node in lab_mm.vma_tree
 * @list: node in lab_mm.vma_list
 */
struct lab_vma {
	u32 start;
	u32 end;
	u32 flags;
	struct rb_node rb;
	struct list_head list;
};

/**
 * struct lab_mm - the address space of a lab process
 * @lock: covers everything here and the tables below @pgd
 * @owner: lab pid
 * @pgd: frame of the page directory
 * @vma_list: VMAs by address
 * @vma_tree: the same VMAs, by address
 * @nr_vmas: VMAs
 * @nr_total: pages in all VMAs
 * @nr_rss: frames mapped
 * @nr_tables: page tables in the user part
 * @nr_minflt: touches that were resolved
 * @blocks: first block of frames of use USE_BLOCK, linked by next and prev
 * @nr_block_frames: frames in these blocks
 */
struct lab_mm {
	struct mutex lock;
	u32 owner;
	u32 pgd;
	struct list_head vma_list;
	struct rb_root vma_tree;
	u32 nr_vmas;
	u32 nr_total;
	u32 nr_rss;
	u32 nr_tables;
	u64 nr_minflt;
	u32 blocks;
	u32 nr_block_frames;
};

/**
 * mmlab_vma_init() - make an empty address space
 * @mm: any contents; the lock is initialised by the caller
 * @owner: lab pid
 */
void mmlab_vma_init(struct lab_mm *mm, u32 owner);

/**
 * mmlab_vma_find() - the VMA that an address lies in, or the next one
 * @mm: address space
 * @address: linear address
 *
 * Context: lab_mm.lock.
 * Return: the first VMA that ends behind @address (Linux's find_vma()), or NULL.
 */
struct lab_vma *mmlab_vma_find(const struct lab_mm *mm, u32 address);

/* The VMA behind @vma, or NULL. */
struct lab_vma *mmlab_vma_next(const struct lab_mm *mm, struct lab_vma *vma);

/**
 * mmlab_vma_rights() - what every VMA of a range permits
 * @mm: address space
 * @start: first address
 * @end: first address behind the range
 * @nr_gaps: (out) maximal parts of the range that have no VMA
 *
 * Context: lab_mm.lock.
 * Return: LAB_VM_ bits that all VMAs in the range have; all bits if none.
 */
u32 mmlab_vma_rights(const struct lab_mm *mm, u32 start, u32 end,
		     u32 *nr_gaps);

/**
 * mmlab_vma_fill() - make VMAs of all gaps in a range
 * @mm: address space
 * @start: first address, page aligned
 * @end: first address behind the range, page aligned
 * @flags: rights of what is new
 * @spares: list of VMA objects, as many as there are gaps (mmlab_vma_rights());
 *	those that are not needed, or not any more, are on it afterwards
 *
 * Linux's do_mmap(): what is there stays, what is new merges with neighbours of
 * equal rights.
 *
 * Context: lab_mm.lock.
 */
void mmlab_vma_fill(struct lab_mm *mm, u32 start, u32 end, u32 flags,
		    struct list_head *spares);

/**
 * mmlab_vma_cut() - take a range out of all VMAs
 * @mm: address space
 * @start: first address, page aligned
 * @end: first address behind the range, page aligned; above @start
 * @spares: list of VMA objects, with one if a VMA reaches beyond both ends of the
 *	range and is split; what is not needed, or not any more, is on it
 *	afterwards
 *
 * Linux's do_munmap().
 *
 * Context: lab_mm.lock. The caller has emptied the page tables of the range.
 */
void mmlab_vma_cut(struct lab_mm *mm, u32 start, u32 end,
		   struct list_head *spares);

/**
 * mmlab_vma_validate() - check list and tree against each other
 * @mm: address space
 * @v: verdict to add to
 *
 * Rules: both hold the same VMAs in the same order; each is page aligned, not
 * empty, in user space; none overlap; neighbours with equal rights are one;
 * counters are right.
 *
 * Context: lab_mm.lock.
 */
void mmlab_vma_validate(const struct lab_mm *mm, struct lab_verdict *v);

#endif /* MMLAB_CORE_VMA_H */
