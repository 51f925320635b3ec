// SPDX-License-Identifier: GPL-2.0
/*
 * The address space of a lab process. Everything is under lab_mm.lock, which is
 * held while the host's windows are filled or flushed, so that a flush and a
 * fault can't overtake each other.
 */
#include <linux/mm.h>

#include "../report.h"
#include "arena.h"
#include "frames.h"
#include "mm.h"
#include "section.h"

static u32 *walk(struct lab_process *p, lva_t lva)
{
	return mmlab_pgtable_walk(&mmlab_machine, p->mm.pgd, lva);
}

static void report_entry(const char *rule, lva_t lva, u32 entry)
{
	struct lab_verdict v = {};

	mmlab_verdict_expect(&v, rule, mmlab_lva_val(lva), 0, entry);
	mmlab_report("page tables", &v);
}

static void free_vmas(struct list_head *vmas)
{
	struct lab_vma *vma, *next;

	list_for_each_entry_safe(vma, next, vmas, list)
		mmlab_process_free_vma(vma);
}

static int alloc_vmas(struct list_head *vmas, u32 nr)
{
	while (nr--) {
		struct lab_vma *vma = mmlab_process_alloc_vma();

		if (!vma) {
			free_vmas(vmas);
			return -ENOMEM;
		}
		list_add(&vma->list, vmas);
	}
	return 0;
}

int mmlab_mm_map(struct lab_process *p, u32 start, u32 end, u32 flags,
		 u32 *rights)
{
	LIST_HEAD(spares);
	u32 nr_gaps;
	int err = 0;

	mutex_lock(&p->mm.lock);
	*rights = mmlab_vma_rights(&p->mm, start, end, &nr_gaps);
	if (flags & ~*rights) {
		err = -EACCES;
		goto out_unlock;
	}
	if (!nr_gaps)
		goto out_unlock;
	err = p->mm.nr_vmas + nr_gaps > LAB_MAX_VMAS ? -ENOMEM :
	      alloc_vmas(&spares, nr_gaps);
	if (err)
		goto out_unlock;
	*rights &= flags;
	mmlab_vma_fill(&p->mm, start, end, flags, &spares);
	free_vmas(&spares);
out_unlock:
	mutex_unlock(&p->mm.lock);
	return err;
}

/* The host drops its translations of a range: the lab's flush_tlb_range(). */
static void flush_windows(struct lab_process *p, u32 start, u32 end)
{
	lockdep_assert_held(&p->mm.lock);
	if (!mapping_mapped(p->mapping))
		return;
	unmap_mapping_range(p->mapping, start, end - start, 1);
	mmlab_count_event(EV_PGZAP);
}

/* Takes out what one page table maps in [start, end), and it if it is empty. */
static u32 empty_table(struct lab_process *p, u64 start, u64 end)
{
	u32 table, nr = 0;
	u64 lva;

	for (lva = start; lva < end; lva += PAGE_SIZE) {
		u32 pte = mmlab_pgtable_clear(&mmlab_machine, p->mm.pgd,
					      mmlab_lva((u32)lva));

		if (!pte)
			continue;
		p->mm.nr_rss--;
		if (mmlab_frames_free(mmlab_pte_pfn(pte), 0, USE_USER,
				      p->mm.owner))
			report_entry("an entry maps a user frame",
				     mmlab_lva((u32)lva), pte);
		else
			nr++;
	}
	table = mmlab_pgtable_del_table(&mmlab_machine, p->mm.pgd,
					mmlab_lva((u32)start));
	if (table != PFN_NONE &&
	    !mmlab_frames_free(table, 0, USE_PGTABLE, p->mm.owner)) {
		p->mm.nr_tables--;
		nr++;
	}
	return nr;
}

static u64 empty_range(struct lab_process *p, u64 start, u64 end)
{
	u64 nr = 0;

	while ((start = mmlab_pgtable_next_pde(&mmlab_machine, p->mm.pgd, start,
					       end)) < end) {
		u64 next = ((start >> LAB_PGDIR_SHIFT) + 1) << LAB_PGDIR_SHIFT;

		next = min(next, end);
		nr += empty_table(p, start, next);
		start = next;
		cond_resched();
	}
	return nr;
}

/* Does one VMA reach beyond both ends of the range? */
static bool splits_vma(struct lab_process *p, u32 start, u32 end)
{
	const struct lab_vma *vma = mmlab_vma_find(&p->mm, start);

	return vma && vma->start < start && vma->end > end;
}

int mmlab_mm_unmap(struct lab_process *p, u32 start, u32 end, u64 *nr_frames)
{
	LIST_HEAD(spares);
	int err = 0;

	*nr_frames = 0;
	mutex_lock(&p->mm.lock);
	if (splits_vma(p, start, end))
		err = p->mm.nr_vmas >= LAB_MAX_VMAS ? -ENOMEM :
		      alloc_vmas(&spares, 1);
	if (!err) {
		flush_windows(p, start, end);
		*nr_frames = empty_range(p, start, end);
		mmlab_vma_cut(&p->mm, start, end, &spares);
		free_vmas(&spares);
	}
	mutex_unlock(&p->mm.lock);
	return err;
}

static int vma_at(struct lab_process *p, lva_t lva, u32 rights,
		  const struct lab_vma **vma)
{
	u32 address = mmlab_lva_val(lva);

	*vma = mmlab_vma_find(&p->mm, address);
	if (!*vma || (*vma)->start > address)
		return -EFAULT;
	return rights & ~(*vma)->flags ? -EACCES : 0;
}

/*
 * The frame that an entry maps, PFN_NONE if it is empty, with @used added to its
 * flags. The entry is read once: a privileged writer may change it any time.
 */
static int page_at(struct lab_process *p, lva_t lva, u32 used, u32 *pfn)
{
	u32 *entry = walk(p, lva);
	u32 pte = entry ? READ_ONCE(*entry) : 0;

	*pfn = PFN_NONE;
	if (!pte)
		return 0;
	if (!mmlab_pgtable_maps(&mmlab_machine, pte, USE_USER, p->mm.owner)) {
		report_entry("an entry maps a frame of its process", lva, pte);
		return -EIO;
	}
	if (used & ~pte)
		WRITE_ONCE(*entry, pte | used);
	*pfn = mmlab_pte_pfn(pte);
	return 0;
}

/* Puts a zeroed frame behind an empty entry, and a table if there is none. */
static int supply_page(struct lab_process *p, lva_t lva, u32 flags, u32 *pfn)
{
	struct lab_mm *mm = &p->mm;
	u32 table = PFN_NONE;
	int err;

	if (!walk(p, lva)) {
		u32 pde = READ_ONCE(*mmlab_pgtable_pde(&mmlab_machine, mm->pgd,
						       lva));

		if (pde) {
			report_entry("a directory entry names a page table",
				     lva, pde);
			return -EIO;
		}
		table = mmlab_frames_alloc(0, LAB_ZERO | LAB_RESERVE,
					   USE_PGTABLE, mm->owner);
		if (table == PFN_NONE)
			return -ENOMEM;
	}
	*pfn = mmlab_frames_alloc(0, LAB_ZERO, USE_USER, mm->owner);
	if (*pfn == PFN_NONE) {
		if (table != PFN_NONE)
			mmlab_frames_free(table, 0, USE_PGTABLE, mm->owner);
		return -ENOMEM;
	}
	folio_clear_dirty(page_folio(mmlab_arena_page(*pfn)));
	if (table != PFN_NONE) {
		mmlab_pgtable_add_table(&mmlab_machine, mm->pgd, lva, table);
		mm->nr_tables++;
	}
	err = mmlab_pgtable_set(&mmlab_machine, mm->pgd, lva, *pfn, flags);
	if (err)
		mmlab_frames_free(*pfn, 0, USE_USER, mm->owner);
	else
		mm->nr_rss++;
	return err;
}

int mmlab_mm_touch_locked(struct lab_process *p, lva_t lva, u32 rights,
			  bool write, u32 *pfn)
{
	u32 used = LAB_PTE_ACCESSED | (write ? LAB_PTE_DIRTY : 0);
	const struct lab_vma *vma;
	int err;

	lockdep_assert_held(&p->mm.lock);
	err = vma_at(p, lva, rights, &vma);
	if (!err)
		err = page_at(p, lva, used, pfn);
	if (!err && *pfn == PFN_NONE)
		err = supply_page(p, lva, LAB_PTE_USER | used |
				  (vma->flags & LAB_VM_WRITE ? LAB_PTE_RW : 0),
				  pfn);
	if (!err)
		p->mm.nr_minflt++;
	return err;
}

int mmlab_mm_peek_locked(struct lab_process *p, lva_t lva, u32 *pfn)
{
	const struct lab_vma *vma;

	lockdep_assert_held(&p->mm.lock);
	return vma_at(p, lva, LAB_VM_READ, &vma) ?: page_at(p, lva, 0, pfn);
}

void mmlab_mm_sync_dirty_locked(struct lab_process *p, lva_t lva)
{
	u32 start = mmlab_lva_val(lva) & PAGE_MASK;
	u32 pfn;

	lockdep_assert_held(&p->mm.lock);
	if (page_at(p, lva, 0, &pfn) || pfn == PFN_NONE)
		return;
	flush_windows(p, start, start + PAGE_SIZE);
	/* The flush moved the dirty bits of the host's entries to the page. */
	if (folio_test_clear_dirty(page_folio(mmlab_arena_page(pfn))))
		page_at(p, lva, LAB_PTE_DIRTY, &pfn);
}

static void validate_blocks(struct lab_process *p, struct lab_verdict *v)
{
	u32 pfn, prev = PFN_NONE, nr = 0;

	for (pfn = p->mm.blocks; pfn != PFN_NONE && nr < p->mm.nr_block_frames;
	     pfn = mmlab_frame(&mmlab_machine, pfn)->next) {
		const struct lab_frame *frame;

		if (!mmlab_verdict_expect(v, "a process's block is in the arena",
					  pfn, 1, pfn < mmlab_machine.nr_frames))
			break;
		frame = mmlab_frame(&mmlab_machine, pfn);
		mmlab_verdict_expect(v, "a process's block is in use as one",
				     pfn, USE_BLOCK, frame->use);
		mmlab_verdict_expect(v, "a process's block names its owner",
				     pfn, p->mm.owner, frame->owner);
		mmlab_verdict_expect(v, "a process's block is linked back",
				     pfn, prev, frame->prev);
		nr += 1U << frame->order;
		prev = pfn;
	}
	mmlab_verdict_expect(v, "a process's blocks are as many as counted",
			     p->mm.owner, p->mm.nr_block_frames, nr);
}

void mmlab_mm_validate(struct lab_process *p, struct lab_verdict *v)
{
	struct lab_pgtable_census census;

	mutex_lock(&p->mm.lock);
	if (p->mm.pgd != PFN_NONE) {
		mmlab_vma_validate(&p->mm, v);
		mmlab_pgtable_validate(&mmlab_machine, p->mm.pgd, 0,
				       LAB_PAGE_OFFSET, USE_USER, p->mm.owner,
				       &census, v);
		mmlab_verdict_expect(v, "nr_rss counts the mapped frames",
				     p->mm.owner, p->mm.nr_rss,
				     census.nr_present);
		mmlab_verdict_expect(v, "nr_tables counts the page tables",
				     p->mm.owner, p->mm.nr_tables,
				     census.nr_tables);
		validate_blocks(p, v);
	}
	mutex_unlock(&p->mm.lock);
	v->nr_objects++;
}
