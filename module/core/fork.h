/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fork(): the page tables of a child. Pages are shared until one side stores to
 * them, so both sides lose the write bit, and frames and swap slots are counted once
 * more. No bit marks an entry that will be copied on write: its region is writable and
 * the entry is not.
 */
#ifndef MMLAB_CORE_FORK_H
#define MMLAB_CORE_FORK_H

#include "pgtable.h"
#include "swapmap.h"

/**
 * struct lab_fork_copy - how far a copy has come
 * @may_share: (in) may a frame that the parent alone maps be shared? One that has a user
 *	besides its entries may not: the user would stay with a page that a store copies.
 *	NULL: all may
 * @at: (in, out) the first linear address that is not copied
 * @nr_present: (in, out) pages that both sides map now
 * @nr_zero: (in, out) entries of the zero page that the child has, too
 * @nr_swapped: (in, out) swap slots that both sides name now
 * @nr_protected: (in, out) entries of the parent that lost the write bit: its
 *	windows must be flushed before a store may go through them again
 * @nr_wrong: (in, out) corrupt entries; they are not copied
 */
struct lab_fork_copy {
	bool (*may_share)(u32 pfn);
	u64 at;
	u32 nr_present;
	u32 nr_zero;
	u32 nr_swapped;
	u32 nr_protected;
	u32 nr_wrong;
};

/**
 * mmlab_fork_copy_range() - copy a parent's entries (copy_page_range() of Linux)
 * @m: machine
 * @s: swap areas
 * @to: frame of the child's page directory; it maps nothing in the range
 * @from: frame of the parent's
 * @end: end of the range (exclusive), which begins at @copy->at; both page
 *	aligned
 * @family: owner of the pages that the parent may map
 * @copy: progress of the copy
 *
 * The child's entries are not accessed, and dirty if the parent's are. The zero page is
 * shared without a count. If the copy ends
 * early, all that was copied is valid: the caller goes on with the same @copy, or
 * empties the child's tables as at the child's end.
 *
 * Context: the family's lock, lab_swap.lock.
 * Return:
 * * 0 - the range is copied
 * * -ENOENT - the child needs a page table at @copy->at
 * * -EOVERFLOW - too many entries name the swap slot at @copy->at
 * * -EBUSY - the page at @copy->at may not be shared. The caller gives the child a page of
 *   its own there, and goes on after it
 */
int mmlab_fork_copy_range(struct lab_machine *m, struct lab_swap *s, u32 to,
			  u32 from, u64 end, u32 family,
			  struct lab_fork_copy *copy);

#endif /* MMLAB_CORE_FORK_H */
