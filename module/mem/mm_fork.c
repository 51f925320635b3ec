// SPDX-License-Identifier: GPL-2.0
/*
 * fork: see mm_fork.h. The family's lock is held from the flush of the parent's windows to
 * the last entry. So no window has an entry meanwhile: a reference to a page that the
 * parent alone maps is a pin, and no store goes through an entry that loses its write bit.
 */
#include <linux/mm.h>

#include "../report.h"
#include "arena.h"
#include "badframe.h"
#include "mm_fork.h"
#include "frames.h"
#include "mmap.h"
#include "quarantine.h"
#include "reclaim.h"
#include "swapfile.h"

/* A bad frame can't be copied; no touch of it succeeds on either side. */
static bool may_share(u32 pfn)
{
	return mmlab_badframe_is(pfn) || !mmlab_quarantine_is_pinned(pfn);
}

static int add_child_table_locked(struct lab_process *child, u32 lva)
{
	u32 table;

	lockdep_assert_held(child->mm.lock);
	table = mmlab_frames_alloc(0, LAB_GFP_ZERO | LAB_GFP_RESERVE, USE_PGTABLE,
				   child->mm.owner);
	if (table == PFN_NONE)
		return -ENOMEM;
	mmlab_pgtable_add_table(&mmlab_machine, child->mm.pgd, lva, table);
	child->mm.nr_tables++;
	return 0;
}

/* The child gets a page of its own with the same contents. */
static int copy_page_locked(struct lab_process *parent, struct lab_process *child,
			    u32 lva)
{
	const u32 *from = mmlab_pgtable_walk(&mmlab_machine, parent->mm.pgd, lva);
	u32 *to = mmlab_pgtable_walk(&mmlab_machine, child->mm.pgd, lva);
	u32 pte = from ? READ_ONCE(*from) : 0, pfn;

	lockdep_assert_held(child->mm.lock);
	/* a privileged writer may have changed the tables meanwhile */
	if (!to || !mmlab_pgtable_maps(&mmlab_machine, pte, USE_USER, parent->mm.family))
		return 0;
	pfn = mmlab_frames_alloc(0, mmlab_reclaim_flags(), USE_USER, child->mm.family);
	if (pfn == PFN_NONE)
		return -ENOMEM;
	memcpy(mmlab_frame_address(&mmlab_machine, pfn),
	       mmlab_frame_address(&mmlab_machine, mmlab_pte_pfn(pte)), PAGE_SIZE);
	mmlab_pgtable_fill(&mmlab_machine, to, pfn,
			   (pte & LAB_PTE_FLAGS & ~LAB_PTE_ACCESSED) | LAB_PTE_DIRTY);
	mmlab_process_count_rss_locked(child, 1);
	if (mmlab_swap_is_on())
		mmlab_reclaim_add_locked(child, pfn, lva);
	return 0;
}

/* The entries of one table, from copy->at on. */
static int copy_table_locked(struct lab_process *parent, struct lab_process *child,
			     u64 end, struct lab_fork_copy *copy)
{
	u32 before = copy->nr_present;
	int err;

	lockdep_assert_held(child->mm.lock);
	while ((err = mmlab_swapfile_fork_locked(&child->mm, &parent->mm, end,
						 copy)) == -EBUSY) {
		err = copy_page_locked(parent, child, (u32)copy->at);
		if (err)
			break;
		copy->at += PAGE_SIZE;
	}
	mmlab_process_count_rss_locked(child, copy->nr_present - before);
	return err == -EOVERFLOW ? -EAGAIN : err == -ENOENT ? -EIO : err;
}

static void report_wrong_entries(u32 owner, u32 nr_wrong)
{
	struct lab_verdict v = {};

	mmlab_verdict_expect(&v, "an entry that is copied by a fork is not corrupt", owner,
			     0, nr_wrong);
	mmlab_report("page tables", &v);
}

static int copy_tables_locked(struct lab_process *parent, struct lab_process *child)
{
	struct lab_fork_copy copy = { .may_share = may_share };
	int err = 0;

	lockdep_assert_held(child->mm.lock);
	while (!err && (copy.at = mmlab_pgtable_next_pde(&mmlab_machine, parent->mm.pgd,
							 copy.at, LAB_PAGE_OFFSET)) <
		       LAB_PAGE_OFFSET) {
		u64 end = ((copy.at >> LAB_PGDIR_SHIFT) + 1) << LAB_PGDIR_SHIFT;

		err = add_child_table_locked(child, (u32)copy.at) ?:
		      copy_table_locked(parent, child, end, &copy);
		cond_resched();
	}
	report_wrong_entries(parent->mm.owner, copy.nr_wrong);
	return err;
}

int mmlab_mm_fork(struct lab_process *parent, struct lab_process *child)
{
	int err;

	mutex_lock(parent->mm.lock);
	parent->family->has_forked = true;
	err = mmlab_process_join_locked(child) ?: mmlab_mm_dup_vmas_locked(parent, child);
	if (!err) {
		mmlab_flush_tlb_range_locked(parent, 0, LAB_PAGE_OFFSET);
		err = copy_tables_locked(parent, child);
	}
	mutex_unlock(parent->mm.lock);
	return err;
}
