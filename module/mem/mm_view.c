// SPDX-License-Identifier: GPL-2.0
/*
 * Snapshots of a lab process's address space.
 *
 * Each takes the process's lock, fills a plain structure, and drops the lock. A file of
 * many lines takes one snapshot for each VMA, so the VMAs may change in between; each line
 * is right by itself.
 */
#include <linux/mm.h>
#include <linux/string.h>

#include "arena.h"
#include "mm_view.h"
#include "swapfile.h"
#include "own.h"

/* The entry of an address that maps a page or names a swap slot, or 0. */
static u32 user_entry_at(struct lab_process *p, u64 lva)
{
	const u32 *entry = mmlab_pgtable_walk(&mmlab_machine, p->mm.pgd,
					      (u32)lva);
	u32 pte = entry ? READ_ONCE(*entry) : 0;

	return pte & LAB_PTE_PRESENT || mmlab_pte_is_swap(pte) ? pte : 0;
}

static void count_page(struct lab_region_view *view, u32 pte)
{
	u32 pfn = mmlab_pte_pfn(pte);
	u32 nr = pfn < mmlab_machine.nr_frames ?
		 mmlab_frame(&mmlab_machine, pfn)->mapcount : 1;
	bool dirty = pte & LAB_PTE_DIRTY;

	view->nr_present++;
	view->nr_dirty += dirty;
	view->nr_accessed += !!(pte & LAB_PTE_ACCESSED);
	view->nr_shared += nr > 1;
	view->nr_shared_dirty += dirty && nr > 1;
	view->pss += mmlab_view_share(nr);
	view->pss_dirty += dirty ? mmlab_view_share(nr) : 0;
}

static void count_slot(struct lab_region_view *view, u32 swp)
{
	view->nr_swapped++;
	view->swap_pss += mmlab_view_share(mmlab_swapfile_count_entries(swp));
}

static void count_vma_pages_locked(struct lab_process *p, struct lab_region_view *view)
{
	u64 lva = view->start;

	lockdep_assert_held(p->mm.lock);
	for (; lva < view->end; lva += PAGE_SIZE) {
		u32 pte;

		lva = mmlab_pgtable_next_pde(&mmlab_machine, p->mm.pgd, lva,
					     view->end);
		if (lva >= view->end)
			break;
		if (!(lva & ((1U << LAB_PGDIR_SHIFT) - 1)))
			cond_resched();
		pte = user_entry_at(p, lva);
		if (mmlab_pte_is_zero_page(pte))
			continue;
		if (pte & LAB_PTE_PRESENT)
			count_page(view, pte);
		else if (pte)
			count_slot(view, pte);
	}
}

bool mmlab_mm_view_region(struct lab_process *p, u64 address, bool pages,
			  struct lab_region_view *view)
{
	const struct lab_layout *layout = &p->mm.layout;
	const struct lab_vma *vma = NULL;

	memset(view, 0, sizeof(*view));
	mutex_lock(p->mm.lock);
	if (address < LAB_PAGE_OFFSET)
		vma = mmlab_vma_find(&p->mm, (u32)address);
	if (vma) {
		view->start = vma->start;
		view->end = vma->end;
		view->flags = vma->flags;
		view->heap = !(vma->flags & LAB_VMA_IMAGE) &&
			     vma->start < layout->brk &&
			     vma->end > layout->start_brk;
		view->stack = vma->start < layout->start_stack &&
			      vma->end >= layout->start_stack;
		strscpy(view->comm, p->comm, sizeof(view->comm));
		if (pages)
			count_vma_pages_locked(p, view);
	}
	mutex_unlock(p->mm.lock);
	return vma;
}

void mmlab_mm_view(struct lab_process *p, struct lab_mm_view *view)
{
	const struct lab_mm *mm = &p->mm;
	const struct lab_vma *vma;

	memset(view, 0, sizeof(*view));
	mutex_lock(p->mm.lock);
	view->pid = mm->owner;
	view->ppid = p->parent;
	strscpy(view->comm, p->comm, sizeof(view->comm));
	view->layout = mm->layout;
	view->nr_vmas = mm->nr_vmas;
	view->nr_total = mm->nr_total;
	view->max_total = mm->max_total;
	view->nr_rss = mm->nr_rss;
	view->max_rss = mm->max_rss;
	view->nr_tables = mm->nr_tables;
	view->nr_minflt = mm->nr_minflt;
	view->nr_majflt = mm->nr_majflt;
	view->nr_swap = mm->nr_swap;
	view->limit = mmlab_own_limit_locked(p);
	list_for_each_entry(vma, &mm->vma_list, list) {
		u32 nr = (vma->end - vma->start) >> PAGE_SHIFT;

		if (vma->flags & LAB_VMA_GROWSDOWN)
			view->nr_stack += nr;
		else if (vma->flags & LAB_VMA_WRITE)
			view->nr_data += nr;
		else if (vma->flags & LAB_VMA_EXEC)
			view->nr_exec += nr;
	}
	mutex_unlock(p->mm.lock);
}

void mmlab_mm_view_pages(struct lab_process *p, u32 page, u32 nr,
			 struct lab_page_view *view)
{
	u32 i;

	memset(view, 0, nr * sizeof(*view));
	mutex_lock(p->mm.lock);
	for (i = 0; i < nr && p->mm.pgd != PFN_NONE; i++) {
		u32 pte = user_entry_at(p, (u64)(page + i) << PAGE_SHIFT);

		if (pte & LAB_PTE_PRESENT &&
		    mmlab_pte_pfn(pte) >= mmlab_machine.nr_frames)
			continue;
		view[i].pte = pte;
		if (!(pte & LAB_PTE_PRESENT))
			continue;
		view[i].mapcount = mmlab_frame(&mmlab_machine,
					       mmlab_pte_pfn(pte))->mapcount;
	}
	mutex_unlock(p->mm.lock);
}
