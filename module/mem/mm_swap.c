// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that go out and come back. Everything is under lab_mm.lock, but a write for the
 * machine's reclaim.
 */
#define pr_fmt(fmt) "mmlab: " fmt

#include <linux/mm.h>
#include <linux/printk.h>
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

	return mmlab_pgtable_maps(&mmlab_machine, pte, USE_USER, p->mm.family) &&
	       mmlab_pte_pfn(pte) == pfn ? entry : NULL;
}

static_assert(LAB_FAMILY_MAX <= LAB_SWAP_COUNT_MAX, "a slot counts an entry of each member");

/* ---- all entries of a family that map a page ---- */

/* What is done with each of them. */
typedef void (mapping_fn_t)(struct lab_process *p, u32 lva, u32 *entry, u32 pfn,
			    u32 arg);

static u32 for_mappings_locked(struct lab_family *f, u32 lva, u32 pfn,
			       mapping_fn_t *fn, u32 arg)
{
	struct lab_process *p;
	u32 nr = 0;

	lockdep_assert_held(&f->lock);
	list_for_each_entry(p, &f->members, sibling) {
		u32 *entry = entry_of(p, lva, pfn);

		if (!entry)
			continue;
		fn(p, lva, entry, pfn, arg);
		nr++;
	}
	return nr;
}

static void do_nothing(struct lab_process *p, u32 lva, u32 *entry, u32 pfn, u32 unused)
{
}

static void flush_mapping_locked(struct lab_process *p, u32 lva, u32 *entry, u32 pfn,
				 u32 unused)
{
	lockdep_assert_held(p->mm.lock);
	mmlab_flush_tlb_range_locked(p, lva, lva + PAGE_SIZE);
}

static void mark_dirty(struct lab_process *p, u32 lva, u32 *entry, u32 pfn,
		       u32 unused)
{
	WRITE_ONCE(*entry, READ_ONCE(*entry) | LAB_PTE_DIRTY);
}

static void mark_clean(struct lab_process *p, u32 lva, u32 *entry, u32 pfn,
		       u32 unused)
{
	WRITE_ONCE(*entry, READ_ONCE(*entry) & ~(LAB_PTE_ACCESSED | LAB_PTE_DIRTY));
}

static void mark_old_locked(struct lab_process *p, u32 lva, u32 *entry, u32 pfn,
			    u32 unused)
{
	lockdep_assert_held(p->mm.lock);
	if (!(READ_ONCE(*entry) & LAB_PTE_ACCESSED))
		return;
	WRITE_ONCE(*entry, READ_ONCE(*entry) & ~LAB_PTE_ACCESSED);
	flush_mapping_locked(p, lva, entry, pfn, 0);
}

/* The bits that any of the entries has. */
static u32 used_bits_locked(struct lab_family *f, u32 lva, u32 pfn)
{
	struct lab_process *p;
	u32 bits = 0;

	lockdep_assert_held(&f->lock);
	list_for_each_entry(p, &f->members, sibling) {
		const u32 *entry = entry_of(p, lva, pfn);

		bits |= entry ? READ_ONCE(*entry) : 0;
	}
	return bits & LAB_PTE_FLAGS;
}

static noinline void report_slot(u32 lva, u32 swp)
{
	struct lab_verdict v = {};

	mmlab_verdict_expect(&v, "a swap entry names a slot in use", lva, 0, swp);
	mmlab_report("swap", &v);
}

/* The lab is whole. The page stays out, and the next touch tries again. */
static noinline void report_read(const struct lab_process *p, u32 lva, u32 swp)
{
	pr_err_ratelimited("lab process %u: the page at 0x%08x stays out: slot %u of swap area %u can't be read\n",
			   p->mm.owner, lva, mmlab_swp_offset(swp), mmlab_swp_type(swp));
}

/* ---- out, and in ---- */

/* Puts what stands for the page into an entry: its slot, or nothing. */
static void replace_mapping_locked(struct lab_process *p, u32 lva, u32 *entry, u32 pfn,
				   u32 swp)
{
	u32 pte = READ_ONCE(*entry);

	lockdep_assert_held(p->mm.lock);
	if (!swp) {
		mmlab_pgtable_clear(&mmlab_machine, p->mm.pgd, lva);
	} else {
		if (mmlab_swapfile_dup_locked(&p->mm, swp))
			report_slot(lva, swp);
		mmlab_pgtable_swap_out(&mmlab_machine, entry, pfn, swp);
	}
	p->mm.nr_rss--;
	trace_pte(p->mm.owner, lva, pte, swp);
}

/* Neither the host nor another part of the lab needs this frame. */
static bool is_free_to_go(u32 pfn)
{
	return !mmlab_badframe_is(pfn) && !mmlab_quarantine_is_pinned(pfn);
}

/*
 * The first half of the way out: no window shows the page any more, and it has a slot if it
 * needs one. @write: the slot has other data than the page. false: it stays.
 */
static bool begin_out_locked(struct lab_family *f, u32 lva, u32 pfn, u32 *swp, bool *write)
{
	/* each entry of a window counts as a pin; no new one is made under the lock, see entry.c */
	mapping_fn_t *hide = is_free_to_go(pfn) ? do_nothing : flush_mapping_locked;

	lockdep_assert_held(&f->lock);
	*swp = 0;
	if (!for_mappings_locked(f, lva, pfn, hide, 0) || !is_free_to_go(pfn))
		return false;
	*write = used_bits_locked(f, lva, pfn) & LAB_PTE_DIRTY;
	if (!*write && !mmlab_swapfile_is_cached(pfn))
		return true;
	*swp = mmlab_swapfile_choose(pfn, write);
	if (!*swp)	/* and it may have lost the slot that it had */
		for_mappings_locked(f, lva, pfn, mark_dirty, 0);
	return *swp;
}

/* What could not be written is no copy: the page stays, and is dirty. */
static void keep_dirty_locked(struct lab_family *f, u32 lva, u32 pfn)
{
	lockdep_assert_held(&f->lock);
	mmlab_swapfile_uncache(pfn, PFN_NONE);
	for_mappings_locked(f, lva, pfn, mark_dirty, 0);
}

/* The second half. */
static void end_out_locked(struct lab_family *f, u32 lva, u32 pfn, u32 swp)
{
	lockdep_assert_held(&f->lock);
	for_mappings_locked(f, lva, pfn, replace_mapping_locked, swp);
	mmlab_reclaim_remove_locked(f, pfn);
	mmlab_frames_free(pfn, 0, USE_USER, f->id);
}

bool mmlab_mm_page_out_locked(struct lab_family *f, u32 lva, u32 pfn)
{
	bool write;
	u32 swp;

	lockdep_assert_held(&f->lock);
	if (!begin_out_locked(f, lva, pfn, &swp, &write))
		return false;
	if (write && mmlab_swapfile_write(swp, pfn)) {
		keep_dirty_locked(f, lva, pfn);
		return false;
	}
	end_out_locked(f, lva, pfn, swp);
	return true;
}

/*
 * Was the page left alone while it was written? It may have been freed, touched or pinned,
 * and its slot may have been given up by swapoff, which has marked the page dirty.
 */
static bool was_left_alone_locked(struct lab_family *f, u32 lva, u32 pfn, u32 swp)
{
	lockdep_assert_held(&f->lock);
	return mmlab_swapfile_slot(pfn) == swp &&
	       !(used_bits_locked(f, lva, pfn) & (LAB_PTE_ACCESSED | LAB_PTE_DIRTY)) &&
	       is_free_to_go(pfn);
}

/*
 * Writes a page while its family goes on: the lock is dropped meanwhile. The reference keeps
 * the frame from another owner, and the write's count keeps the slot. All entries are old and
 * clean, and no window shows the page; so what happens to it meanwhile shows in the entries.
 */
static bool write_out(struct lab_family *f, u32 lva, u32 pfn, u32 swp)
{
	struct page *page = mmlab_arena_page(pfn);
	bool gone = false;
	int err;

	for_mappings_locked(f, lva, pfn, mark_clean, 0);
	get_page(page);
	mmlab_swapfile_begin_write(swp, pfn);
	mutex_unlock(&f->lock);
	err = mmlab_swapfile_write(swp, pfn);
	mutex_lock(&f->lock);
	mmlab_swapfile_end_write(swp);
	put_page(page);
	if (!for_mappings_locked(f, lva, pfn, do_nothing, 0))
		return false;
	if (err)
		keep_dirty_locked(f, lva, pfn);
	else
		gone = was_left_alone_locked(f, lva, pfn, swp);
	if (gone)
		end_out_locked(f, lva, pfn, swp);
	return gone;
}

bool mmlab_mm_page_out(struct lab_family *f, u32 lva, u32 pfn)
{
	bool gone, write = false;
	u32 swp;

	mutex_lock(&f->lock);
	gone = begin_out_locked(f, lva, pfn, &swp, &write);
	if (gone && write)
		gone = write_out(f, lva, pfn, swp);
	else if (gone)
		end_out_locked(f, lva, pfn, swp);
	mutex_unlock(&f->lock);
	return gone;
}

/* Of an entry in a VMA; what has none lost it by a privileged write. */
static u32 flags_at(struct lab_process *p, u32 lva)
{
	const struct lab_vma *vma = mmlab_vma_find(&p->mm, lva);

	return LAB_PTE_USER |
	       (vma && vma->start <= lva && vma->flags & LAB_VMA_WRITE ?
		LAB_PTE_RW : 0);
}

/* Does the entry at an address name the slot? */
static u32 *swapped_entry_of(struct lab_process *p, u32 lva, u32 swp)
{
	u32 *entry = walk(p, lva);

	return entry && READ_ONCE(*entry) == swp ? entry : NULL;
}

static bool is_shared_slot_locked(struct lab_process *p, u32 lva, u32 swp)
{
	struct lab_process *other;

	lockdep_assert_held(p->mm.lock);
	list_for_each_entry(other, &p->family->members, sibling)
		if (other != p && swapped_entry_of(other, lva, swp))
			return true;
	return false;
}

static void map_page_locked(struct lab_process *p, u32 lva, u32 *entry, u32 pfn,
			    u32 flags)
{
	u32 swp;

	lockdep_assert_held(p->mm.lock);
	swp = mmlab_pgtable_refill(&mmlab_machine, entry, pfn, flags);
	trace_pte(p->mm.owner, lva, swp, READ_ONCE(*entry));
	mmlab_process_count_rss_locked(p, 1);
}

/* The others of a family get the page as well. */
static void map_others_locked(struct lab_process *p, u32 lva, u32 swp, u32 pfn,
			      u32 flags)
{
	struct lab_process *other;
	u32 *entry;

	lockdep_assert_held(p->mm.lock);
	list_for_each_entry(other, &p->family->members, sibling) {
		entry = swapped_entry_of(other, lva, swp);
		if (!entry)
			continue;
		if (mmlab_swapfile_forget_locked(&other->mm, swp))
			report_slot(lva, swp);
		else
			map_page_locked(other, lva, entry, pfn, flags);
	}
}

int mmlab_mm_page_in_locked(struct lab_process *p, u32 lva, u32 *entry,
			    u32 flags, u32 *pfn)
{
	u32 swp = READ_ONCE(*entry), frame;
	bool shared, keep;
	int err;

	lockdep_assert_held(p->mm.lock);
	*pfn = PFN_NONE;
	frame = mmlab_frames_alloc(0, LAB_GFP_NORETRY, USE_USER, p->mm.family);
	if (frame == PFN_NONE)
		return -ENOMEM;
	shared = is_shared_slot_locked(p, lva, swp);
	if (shared)
		flags &= ~(LAB_PTE_RW | LAB_PTE_DIRTY);
	keep = !(flags & LAB_PTE_DIRTY);
	err = mmlab_swapfile_in_locked(&p->mm, swp, frame, &keep);
	if (err) {
		mmlab_frames_free(frame, 0, USE_USER, p->mm.family);
		if (err == -ENOENT)
			report_slot(lva, swp);
		else if (err == -EIO)
			report_read(p, lva, swp);
		return err == -EINTR ? err : -EIO;
	}
	/* what has no slot any more must not be dropped as clean */
	if (!keep)
		flags |= LAB_PTE_DIRTY;
	map_page_locked(p, lva, entry, frame, flags);
	if (shared)
		map_others_locked(p, lva, swp, frame,
				  LAB_PTE_USER | (flags & LAB_PTE_DIRTY));
	mmlab_reclaim_add_locked(p, frame, lva);
	p->mm.nr_majflt++;
	mmlab_count_event(EV_PGMAJFAULT);
	*pfn = frame;
	return 0;
}

bool mmlab_mm_test_young_locked(struct lab_family *f, u32 lva, u32 pfn)
{
	lockdep_assert_held(&f->lock);
	if (!(used_bits_locked(f, lva, pfn) & LAB_PTE_ACCESSED))
		return false;
	for_mappings_locked(f, lva, pfn, mark_old_locked, 0);
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

	lockdep_assert_held(p->mm.lock);
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

		mutex_lock(p->mm.lock);
		if (p->mm.pgd != PFN_NONE)
			lva = mmlab_pgtable_next_pde(&mmlab_machine, p->mm.pgd, lva,
						     LAB_PAGE_OFFSET);
		else
			lva = LAB_PAGE_OFFSET;
		if (lva < LAB_PAGE_OFFSET)
			err = for_table_locked(p, &lva, fn, arg);
		mutex_unlock(p->mm.lock);
		if (lva != before)
			nr_tries = 0;
		if (err == -ENOMEM && mmlab_reclaim_retry(&nr_tries, 1))
			err = 0;
		cond_resched();
	}
	return err;
}

static int list_page_locked(struct lab_process *p, u32 lva, u32 *entry, u32 unused)
{
	u32 pte = READ_ONCE(*entry);

	lockdep_assert_held(p->mm.lock);
	if (mmlab_pgtable_maps(&mmlab_machine, pte, USE_USER, p->mm.family) &&
	    !mmlab_reclaim_is_listed_locked(p->family, mmlab_pte_pfn(pte)))
		mmlab_reclaim_add_locked(p, mmlab_pte_pfn(pte), lva);
	return 0;
}

void mmlab_mm_list_pages(struct lab_process *p)
{
	for_entries(p, list_page_locked, 0);
}

static int unuse_page_locked(struct lab_process *p, u32 lva, u32 *entry, u32 type)
{
	u32 pte = READ_ONCE(*entry), pfn;

	lockdep_assert_held(p->mm.lock);
	if (fatal_signal_pending(current))
		return -EINTR;
	if (pte & LAB_PTE_PRESENT) {
		pfn = mmlab_pte_pfn(pte);
		if (mmlab_pgtable_maps(&mmlab_machine, pte, USE_USER, p->mm.family) &&
		    mmlab_swapfile_uncache(pfn, type))
			for_mappings_locked(p->family, lva, pfn, mark_dirty, 0);
		return 0;
	}
	return mmlab_pte_is_swap(pte) && mmlab_swp_type(pte) == type ?
	       mmlab_mm_page_in_locked(p, lva, entry, flags_at(p, lva), &pfn) : 0;
}

int mmlab_mm_unuse(struct lab_process *p, u32 type)
{
	return for_entries(p, unuse_page_locked, type);
}

const struct lab_reclaim_ops mmlab_mm_reclaim_ops = {
	.test_young_locked = mmlab_mm_test_young_locked,
	.page_out = mmlab_mm_page_out,
	.page_out_locked = mmlab_mm_page_out_locked,
	.list_pages = mmlab_mm_list_pages,
};
