// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that go out and come back. Everything is under lab_mm.lock.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "../report.h"
#include "arena.h"
#include "badframe.h"
#include "frames.h"
#include "mm_swap.h"
#include "process.h"
#include "quarantine.h"
#include "reclaim.h"
#include "section.h"
#include "swapfile.h"

static u32 *walk(struct lab_process *p, u32 lva)
{
	return p->mm.pgd == PFN_NONE ? NULL :
	       mmlab_pgtable_walk_owned(&mmlab_machine, p->mm.pgd, lva,
					p->mm.owner);
}

/* The entry at an address, if it maps this frame. */
static u32 *entry_of(struct lab_process *p, u32 lva, u32 pfn)
{
	u32 *entry = walk(p, lva);
	u32 pte = entry ? READ_ONCE(*entry) : 0;

	return mmlab_pgtable_maps(&mmlab_machine, pte, USE_USER, p->mm.owner) &&
	       mmlab_pte_pfn(pte) == pfn ? entry : NULL;
}

static void flush_page(struct lab_process *p, u32 lva)
{
	mmlab_flush_tlb_range_locked(p, lva, lva + PAGE_SIZE);
}

/* Puts what stands for the page into its entry. false: there is no room for it. */
static bool replace_entry(struct lab_process *p, u32 lva, u32 *entry, u32 pfn)
{
	u32 pte = READ_ONCE(*entry), swp = 0;

	if (!(pte & LAB_PTE_DIRTY) && !mmlab_swapfile_is_cached(pfn)) {
		mmlab_pgtable_clear(&mmlab_machine, p->mm.pgd, lva);
	} else {
		swp = mmlab_swapfile_out_locked(&p->mm, pfn, pte & LAB_PTE_DIRTY);
		if (!swp) {	/* and it may have lost the slot that it had */
			WRITE_ONCE(*entry, pte | LAB_PTE_DIRTY);
			return false;
		}
		mmlab_pgtable_swap_out(&mmlab_machine, entry, swp);
	}
	trace_pte(p->mm.owner, lva, pte, swp);
	return true;
}

bool mmlab_mm_page_out_locked(struct lab_process *p, u32 lva, u32 pfn)
{
	u32 *entry = entry_of(p, lva, pfn);

	lockdep_assert_held(&p->mm.lock);
	if (!entry || mmlab_badframe_is(pfn))
		return false;
	/* no new entry of a window is made under the lock; see entry.c */
	flush_page(p, lva);
	if (mmlab_quarantine_is_pinned(pfn) || !replace_entry(p, lva, entry, pfn))
		return false;
	p->mm.nr_rss--;
	mmlab_reclaim_remove(pfn);
	mmlab_frames_free(pfn, 0, USE_USER, p->mm.owner);
	return true;
}

static noinline void report_slot(u32 lva, u32 swp)
{
	struct lab_verdict v = {};

	mmlab_verdict_expect(&v, "a swap entry names a slot in use, and its page can be read",
			     lva, 0, swp);
	mmlab_report("swap", &v);
}

int mmlab_mm_page_in_locked(struct lab_process *p, u32 lva, u32 *entry,
			    u32 flags, u32 *pfn)
{
	bool keep = !(flags & LAB_PTE_DIRTY);
	u32 swp = READ_ONCE(*entry), frame;

	lockdep_assert_held(&p->mm.lock);
	*pfn = PFN_NONE;
	frame = mmlab_frames_alloc(0, LAB_GFP_NORECLAIM, USE_USER, p->mm.owner);
	if (frame == PFN_NONE)
		return -ENOMEM;
	if (mmlab_swapfile_in_locked(&p->mm, swp, frame, &keep)) {
		mmlab_frames_free(frame, 0, USE_USER, p->mm.owner);
		report_slot(lva, swp);
		return -EIO;
	}
	/* what has no slot any more must not be dropped as clean */
	if (!keep)
		flags |= LAB_PTE_DIRTY;
	mmlab_pgtable_swap_in(&mmlab_machine, entry, frame, flags);
	trace_pte(p->mm.owner, lva, swp, READ_ONCE(*entry));
	mmlab_process_count_rss_locked(p, 1);
	mmlab_reclaim_add_locked(p, frame, lva);
	p->mm.nr_majflt++;
	mmlab_count_event(EV_PGMAJFAULT);
	*pfn = frame;
	return 0;
}

bool mmlab_mm_test_young_locked(struct lab_process *p, u32 lva, u32 pfn)
{
	u32 *entry = entry_of(p, lva, pfn);

	lockdep_assert_held(&p->mm.lock);
	if (!entry || !(READ_ONCE(*entry) & LAB_PTE_ACCESSED))
		return false;
	WRITE_ONCE(*entry, READ_ONCE(*entry) & ~LAB_PTE_ACCESSED);
	flush_page(p, lva);
	return true;
}

/* ---- walks over a process, a page table at a time ---- */

/* What is done with each entry of a table that is not empty. 0, or an errno. */
typedef int (entry_fn_t)(struct lab_process *p, u32 lva, u32 *entry, u32 arg);

/* One table from *lva on, which is left at the entry that @fn failed for. */
static int for_table_locked(struct lab_process *p, u64 *lva, entry_fn_t *fn, u32 arg)
{
	u64 end = ((*lva >> LAB_PGDIR_SHIFT) + 1) << LAB_PGDIR_SHIFT;
	int err = 0;

	lockdep_assert_held(&p->mm.lock);
	for (; !err && *lva < end; *lva += err ? 0 : PAGE_SIZE) {
		u32 *entry = walk(p, (u32)*lva);

		if (!entry) {
			*lva = end;
			break;
		}
		if (READ_ONCE(*entry))
			err = fn(p, (u32)*lva, entry, arg);
	}
	return err;
}

/* Begins anew after a shortage, as long as frames come free. */
static int for_entries(struct lab_process *p, entry_fn_t *fn, u32 arg)
{
	unsigned int nr_tries = 0;
	u64 lva = 0;
	int err = 0;

	while (lva < LAB_PAGE_OFFSET && !err) {
		u64 before = lva;

		mutex_lock(&p->mm.lock);
		if (p->mm.pgd != PFN_NONE)
			lva = mmlab_pgtable_next_pde(&mmlab_machine, p->mm.pgd, lva,
						     LAB_PAGE_OFFSET);
		else
			lva = LAB_PAGE_OFFSET;
		if (lva < LAB_PAGE_OFFSET)
			err = for_table_locked(p, &lva, fn, arg);
		mutex_unlock(&p->mm.lock);
		if (lva != before)
			nr_tries = 0;
		if (err == -ENOMEM && mmlab_reclaim_retry(&nr_tries, 1))
			err = 0;
		cond_resched();
	}
	return err;
}

static int list_page(struct lab_process *p, u32 lva, u32 *entry, u32 unused)
{
	u32 pte = READ_ONCE(*entry);

	if (mmlab_pgtable_maps(&mmlab_machine, pte, USE_USER, p->mm.owner) &&
	    !mmlab_reclaim_is_listed(mmlab_pte_pfn(pte)))
		mmlab_reclaim_add_locked(p, mmlab_pte_pfn(pte), lva);
	return 0;
}

void mmlab_mm_list_pages(struct lab_process *p)
{
	for_entries(p, list_page, 0);
}

/* Of an entry in a VMA; what has none lost it by a privileged write. */
static u32 flags_at(struct lab_process *p, u32 lva)
{
	const struct lab_vma *vma = mmlab_vma_find(&p->mm, lva);

	return LAB_PTE_USER |
	       (vma && vma->start <= lva && vma->flags & LAB_VMA_WRITE ?
		LAB_PTE_RW : 0);
}

static int unuse_page(struct lab_process *p, u32 lva, u32 *entry, u32 type)
{
	u32 pte = READ_ONCE(*entry), pfn;

	if (fatal_signal_pending(current))
		return -EINTR;
	if (pte & LAB_PTE_PRESENT) {
		pfn = mmlab_pte_pfn(pte);
		if (mmlab_pgtable_maps(&mmlab_machine, pte, USE_USER, p->mm.owner) &&
		    mmlab_swapfile_uncache(pfn, type))
			WRITE_ONCE(*entry, pte | LAB_PTE_DIRTY);
		return 0;
	}
	return mmlab_pte_is_swap(pte) && mmlab_swp_type(pte) == type ?
	       mmlab_mm_page_in_locked(p, lva, entry, flags_at(p, lva), &pfn) : 0;
}

int mmlab_mm_unuse(struct lab_process *p, u32 type)
{
	return for_entries(p, unuse_page, type);
}

const struct lab_reclaim_ops mmlab_mm_reclaim_ops = {
	.test_young_locked = mmlab_mm_test_young_locked,
	.page_out_locked = mmlab_mm_page_out_locked,
	.list_pages = mmlab_mm_list_pages,
};
