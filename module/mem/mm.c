// SPDX-License-Identifier: GPL-2.0
/*
 * The pages of a lab process. Everything is under lab_mm.lock.
 */
#include <linux/indirect_call_wrapper.h>
#include <linux/mm.h>

#include "../report.h"
#include "arena.h"
#include "badframe.h"
#include "block.h"
#include "cow.h"
#include "frames.h"
#include "frames_bulk.h"
#include "frames_fast.h"
#include "inject.h"
#include "mm.h"
#include "mm_swap.h"
#include "own.h"
#include "reclaim.h"
#include "section.h"
#include "zero.h"

static inline u32 *walk_user_table(struct lab_process *p, u32 lva)
{
	return mmlab_pgtable_walk_owned(&mmlab_machine, p->mm.pgd, lva,
					p->mm.owner);
}

static noinline void report_entry(const char *rule, u32 lva, u32 entry)
{
	struct lab_verdict v = {};

	mmlab_verdict_expect(&v, rule, lva, 0, entry);
	mmlab_report("page tables", &v);
}

/* The next entry of [*lva, end) that maps a page, or NULL. */
static u32 *next_entry(struct lab_process *p, u64 *lva, u64 end)
{
	for (; *lva < end; *lva += PAGE_SIZE) {
		u32 *entry;

		*lva = mmlab_pgtable_next_pde(&mmlab_machine, p->mm.pgd, *lva,
					      end);
		if (*lva >= end)
			break;
		if (!(*lva & ((1U << LAB_PGDIR_SHIFT) - 1)))
			cond_resched();
		entry = walk_user_table(p, (u32)*lva);
		if (entry && READ_ONCE(*entry) & LAB_PTE_PRESENT)
			return entry;
	}
	return NULL;
}

/*
 * An entry that mapped a page is gone. If no other maps it, the page is freed: it is on
 * no list any more, and no copy of a slot. Return: frames freed.
 */
static u32 forget_page_locked(struct lab_process *p, u32 lva, u32 pte)
{
	u32 pfn = mmlab_pte_pfn(pte);

	lockdep_assert_held(p->mm.lock);
	if (!mmlab_pgtable_maps(&mmlab_machine, pte, USE_USER, p->mm.family)) {
		report_entry("an entry maps a user frame", lva, pte);
		return 0;
	}
	if (mmlab_frame(&mmlab_machine, pfn)->mapcount)
		return 0;
	if (mmlab_swap_is_on())
		mmlab_reclaim_remove_locked(p->family, pfn);
	return !mmlab_frames_free(pfn, 0, USE_USER, p->mm.family);
}

/* Frees the slot that a cleared entry named; a privileged user may have put any number there. */
static void forget_slot_locked(struct lab_process *p, u32 lva, u32 swp)
{
	lockdep_assert_held(p->mm.lock);
	if (mmlab_swap_is_on() && mmlab_pte_is_swap(swp) &&
	    mmlab_swapfile_forget_locked(&p->mm, swp))
		report_entry("a swap entry names a slot in use", lva, swp);
}

/* Unmaps the pages of one table in [start, end), and frees the table if it is empty. */
static u32 zap_table_locked(struct lab_process *p, u64 start, u64 end)
{
	u32 table, nr = 0;
	u64 lva;

	lockdep_assert_held(p->mm.lock);
	for (lva = start; lva < end; lva += PAGE_SIZE) {
		u32 pte = mmlab_pgtable_clear(&mmlab_machine, p->mm.pgd,
					      (u32)lva);

		if (!(pte & LAB_PTE_PRESENT)) {
			if (pte)
				forget_slot_locked(p, (u32)lva, pte);
			continue;
		}
		trace_pte(p->mm.owner, (u32)lva, pte, 0);
		if (mmlab_pte_is_zero_page(pte))
			continue;
		p->mm.nr_rss--;
		nr += forget_page_locked(p, (u32)lva, pte);
	}
	table = mmlab_pgtable_del_table(&mmlab_machine, p->mm.pgd,
					(u32)start);
	if (table != PFN_NONE &&
	    !mmlab_frames_free(table, 0, USE_PGTABLE, p->mm.owner)) {
		p->mm.nr_tables--;
		nr++;
	}
	return nr;
}

static u64 zap_range_locked(struct lab_process *p, u64 start, u64 end)
{
	u64 nr = 0;

	lockdep_assert_held(p->mm.lock);
	while ((start = mmlab_pgtable_next_pde(&mmlab_machine, p->mm.pgd, start,
					       end)) < end) {
		u64 next = ((start >> LAB_PGDIR_SHIFT) + 1) << LAB_PGDIR_SHIFT;

		next = min(next, end);
		nr += zap_table_locked(p, start, next);
		start = next;
		cond_resched();
	}
	return nr;
}

void mmlab_flush_tlb_mm(struct lab_process *p)
{
	mutex_lock(p->mm.lock);
	mmlab_flush_tlb_range_locked(p, 0, LAB_PAGE_OFFSET);
	mutex_unlock(p->mm.lock);
}

u64 mmlab_mm_zap_range_locked(struct lab_process *p, u32 start, u32 end)
{
	lockdep_assert_held(p->mm.lock);
	mmlab_flush_tlb_range_locked(p, start, end);
	return zap_range_locked(p, start, end);
}

void mmlab_mm_mprotect_locked(struct lab_process *p, u32 start, u32 end,
			      lab_vma_flags_t rights)
{
	u32 right = rights & LAB_VMA_WRITE && !p->family->has_forked ? LAB_PTE_RW : 0;
	u64 lva = start;
	u32 *entry;

	lockdep_assert_held(p->mm.lock);
	for (; (entry = next_entry(p, &lva, end)); lva += PAGE_SIZE) {
		u32 pte = READ_ONCE(*entry);

		/* the zero page's entry only reads, and a corrupt one must stay corrupt */
		if (mmlab_pte_pfn(pte) != LAB_ZERO_PFN)
			WRITE_ONCE(*entry, (pte & ~LAB_PTE_RW) | right);
	}
	mmlab_flush_tlb_range_locked(p, start, end);
}

static __always_inline int vma_at(struct lab_process *p, u32 lva, lab_vma_flags_t right,
				  const struct lab_vma **vma)
{
	u32 address = lva;

	/* one comparison for both ends: below start, the difference wraps to a huge number */
	*vma = p->mm.vma_cache;
	if (!*vma || address - (*vma)->start >= (*vma)->end - (*vma)->start)
		*vma = mmlab_vma_find(&p->mm, address);
	if (!*vma || (*vma)->start > address)
		return -EFAULT;
	return right & ~mmlab_vma_permits(*vma) ? -EACCES : 0;
}

/* No errnos, but what page_of_locked()'s callers have to do something about. */
#define PAGE_IS_OUT	2	/* it was swapped out */
#define PAGE_IS_SHARED	3	/* a store needs LAB_PTE_RW, and the entry has none */
#define PAGE_IS_ZERO	4	/* it was never stored to: the zero page */

/* An entry that maps no page of the process: the zero page, swapped out, or corrupt. */
static noinline int odd_entry(u32 lva, u32 pte)
{
	if (mmlab_pte_is_zero_page(pte))
		return PAGE_IS_ZERO;
	if (mmlab_swap_is_on() && mmlab_pte_is_swap(pte))
		return PAGE_IS_OUT;
	report_entry("an entry maps a frame of its process", lva, pte);
	return -EIO;
}

/*
 * A touch of a page that is there: with the bits @missing it is a fault of the lab, or a
 * soft one. The policy hears of it if the page was old; with few host entries, always.
 */
static __always_inline int note_use_locked(struct lab_process *p, u32 *entry, u32 pte, u32 missing)
{
	bool soft = missing == LAB_PTE_ACCESSED || (!missing && p->tlb);

	lockdep_assert_held(p->mm.lock);
	if (missing)
		WRITE_ONCE(*entry, pte | missing);
	if (mmlab_swap_is_on() && (missing & LAB_PTE_ACCESSED || p->tlb))
		mmlab_reclaim_accessed_locked(p->family, mmlab_pte_pfn(pte));
	if (soft)
		p->mm.nr_softflt++;
	else
		p->mm.nr_minflt++;
	return soft ? LAB_SOFT_FAULT : 0;
}

/*
 * The frame that an entry maps, PFN_NONE if it is empty or NULL, with @used added to
 * its flags. The entry is read once: a privileged writer may change it any time.
 * 0; LAB_SOFT_FAULT; PAGE_IS_OUT; PAGE_IS_SHARED; PAGE_IS_ZERO; -EIO: the entry is
 * corrupt.
 */
static __always_inline int page_of_locked(struct lab_process *p, u32 lva, u32 *entry, u32 used,
					  u32 *pfn)
{
	u32 pte = entry ? READ_ONCE(*entry) : 0;

	lockdep_assert_held(p->mm.lock);
	*pfn = PFN_NONE;
	if (!pte)
		return 0;
	if (!mmlab_pgtable_maps(&mmlab_machine, pte, USE_USER, p->mm.family))
		return odd_entry(lva, pte);
	*pfn = mmlab_pte_pfn(pte);
	if (unlikely(used & ~pte & LAB_PTE_RW))
		return PAGE_IS_SHARED;
	return used ? note_use_locked(p, entry, pte, used & ~pte) : 0;
}

static __always_inline u32 alloc_zeroed(u32 family)
{
	u32 pfn = mmlab_frames_try_alloc(0, LAB_ZONE_NORMAL, USE_USER, family);

	if (unlikely(pfn == PFN_NONE))
		return mmlab_frames_alloc_slow(0, LAB_GFP_ZERO | mmlab_reclaim_flags(),
					       USE_USER, family);
	/* the fast path does not zero; the slow one did, by its flag */
	memset(mmlab_frame_address(&mmlab_machine, pfn), 0, PAGE_SIZE);
	return pfn;
}

/* Maps a zeroed frame by an empty entry; for a load, perhaps the zero page. */
static __always_inline int fill_entry_locked(struct lab_process *p, u32 lva,
					     u32 *entry, u32 flags, u32 *pfn)
{
	struct lab_mm *mm = &p->mm;
	int err;

	lockdep_assert_held(p->mm.lock);
	if (!(flags & LAB_PTE_DIRTY) && mmlab_zero_is_on()) {
		mmlab_zero_map_locked(p, lva, entry, 1, flags);
		*pfn = LAB_ZERO_PFN;
		return 0;
	}
	if (mmlab_swap_is_on()) {
		err = mmlab_own_make_room_locked(p);
		if (err)
			return err;
	}
	*pfn = alloc_zeroed(mm->family);
	if (unlikely(*pfn == PFN_NONE))
		return -ENOMEM;
	mmlab_pgtable_fill(&mmlab_machine, entry, *pfn, flags);
	trace_pte(mm->owner, lva, 0,
		  mmlab_pte(*pfn, flags | LAB_PTE_PRESENT));
	mmlab_process_count_rss_locked(p, 1);
	if (mmlab_swap_is_on())
		mmlab_reclaim_add_locked(p, *pfn, lva);
	return 0;
}

/* The same after a new page table. */
static int mmlab_do_anonymous_table_locked(struct lab_process *p, u32 lva, u32 flags, u32 *pfn)
{
	struct lab_mm *mm = &p->mm;
	u32 pde = READ_ONCE(*mmlab_pgtable_pde(&mmlab_machine, mm->pgd, lva));
	u32 table;
	int err;

	lockdep_assert_held(p->mm.lock);
	if (pde) {
		report_entry("a directory entry names a page table", lva, pde);
		return -EIO;
	}
	table = mmlab_frames_alloc(0, LAB_GFP_ZERO | LAB_GFP_RESERVE, USE_PGTABLE,
				   mm->owner);
	if (table == PFN_NONE)
		return -ENOMEM;
	mmlab_pgtable_add_table(&mmlab_machine, mm->pgd, lva, table);
	mm->nr_tables++;
	err = fill_entry_locked(p, lva, mmlab_pgtable_entry(&mmlab_machine, table, lva),
				flags, pfn);
	if (err && mmlab_pgtable_del_table(&mmlab_machine, mm->pgd, lva) == table) {
		mmlab_frames_free(table, 0, USE_PGTABLE, mm->owner);
		mm->nr_tables--;
	}
	return err;
}

static int mmlab_do_anonymous_page_locked(struct lab_process *p, u32 lva, u32 *entry, u32 flags,
					  u32 *pfn)
{
	lockdep_assert_held(p->mm.lock);
	if (mmlab_inject_fails(FAILPOINT_MAP, PAGE_SIZE))
		return -ENOMEM;
	return likely(entry) ? fill_entry_locked(p, lva, entry, flags, pfn) :
			       mmlab_do_anonymous_table_locked(p, lva, flags, pfn);
}

/**
 * struct region_ops - reactions to a touch in regions of one kind, as Linux's
 * vm_operations_struct
 * @grow: extend the region down to an address; 0 or an errno. NULL: it can't grow
 * @nopage: supply a page for an empty @entry, which gets @flags; @entry is NULL if there
 *	is no page table yet. The errnos are those of mmlab_mm_touch_locked()
 */
struct region_ops {
	int (*grow)(struct lab_mm *mm, u32 address);
	int (*nopage)(struct lab_process *p, u32 lva, u32 *entry, u32 flags,
		      u32 *pfn);
};

static const struct region_ops anonymous_ops = {
	.nopage = mmlab_do_anonymous_page_locked,
};

static const struct region_ops stack_ops = {
	.grow = mmlab_vma_grow,
	.nopage = mmlab_do_anonymous_page_locked,
};

static const struct region_ops *ops_of(const struct lab_vma *vma)
{
	return vma->flags & LAB_VMA_GROWSDOWN ? &stack_ops : &anonymous_ops;
}

/* Lets the region above @lva, if any, grow down to it; false if it can't. */
static bool grow_to(struct lab_process *p, const struct lab_vma *above,
		    u32 lva)
{
	const struct region_ops *ops;

	if (!above)
		return false;
	ops = ops_of(above);
	return ops->grow && !ops->grow(&p->mm, lva);
}

/* The flags of an entry in a VMA before the first touch. */
static u32 pte_flags_of(const struct lab_vma *vma)
{
	return LAB_PTE_USER | (vma->flags & LAB_VMA_WRITE ? LAB_PTE_RW : 0);
}

/* A page that is out: another goes for it if the process is at its limit. */
static int bring_back_locked(struct lab_process *p, u32 lva, u32 *entry, u32 flags,
			     u32 *pfn)
{
	lockdep_assert_held(p->mm.lock);
	return mmlab_own_make_room_locked(p) ?:
	       mmlab_mm_page_in_locked(p, lva, entry, flags, pfn);
}

/*
 * The zero page is enough for a load. A store needs a page of the process; so does a load
 * if the host has found the zero page faulty.
 */
static int touch_zero_page_locked(struct lab_process *p, u32 lva, u32 *entry, u32 flags, u32 *pfn)
{
	u32 pte = READ_ONCE(*entry);
	int err = 0;

	lockdep_assert_held(p->mm.lock);
	if (!(flags & LAB_PTE_DIRTY) && !mmlab_badframe_is(LAB_ZERO_PFN)) {
		*pfn = LAB_ZERO_PFN;
		return note_use_locked(p, entry, pte, LAB_PTE_ACCESSED & ~pte);
	}
	if (mmlab_swap_is_on())
		err = mmlab_own_make_room_locked(p);
	if (!err)
		err = mmlab_zero_break_locked(p, lva, entry, flags, pfn);
	if (!err)
		p->mm.nr_minflt++;
	return err;
}

/* A page that is out, the zero page, or a store to a page that is shared. */
static noinline int touch_hard_page_locked(struct lab_process *p, u32 lva, u32 *entry, int what,
					   u32 flags, const struct page *held, u32 *pfn)
{
	int err;

	lockdep_assert_held(p->mm.lock);
	if (what == PAGE_IS_ZERO)
		return touch_zero_page_locked(p, lva, entry, flags, pfn);
	/* what comes back may be shared as well */
	if (what == PAGE_IS_OUT) {
		err = bring_back_locked(p, lva, entry, flags, pfn);
		if (err || !(flags & LAB_PTE_DIRTY) || READ_ONCE(*entry) & LAB_PTE_RW)
			return err;
	}
	err = mmlab_mm_break_cow_locked(p, lva, entry, flags, held, pfn);
	if (!err && what == PAGE_IS_SHARED)
		p->mm.nr_minflt++;
	return err;
}

int mmlab_mm_touch_locked(struct lab_process *p, u32 lva, bool write,
			  const struct page *held, u32 *pfn)
{
	lab_vma_flags_t right = write ? LAB_VMA_WRITE : LAB_VMA_READ;
	u32 used = LAB_PTE_ACCESSED | (write ? LAB_PTE_DIRTY | LAB_PTE_RW : 0);
	const struct lab_vma *vma;
	u32 *entry;
	int err;

	lockdep_assert_held(p->mm.lock);
	err = vma_at(p, lva, right, &vma);
	if (err == -EFAULT && grow_to(p, vma, lva))
		err = vma_at(p, lva, right, &vma);
	if (err)
		return err;
	entry = walk_user_table(p, lva);
	err = page_of_locked(p, lva, entry, used, pfn);
	if (unlikely(err > LAB_SOFT_FAULT))
		return touch_hard_page_locked(p, lva, entry, err, pte_flags_of(vma) | used, held,
					      pfn);
	if (err || *pfn != PFN_NONE)
		return err;
	err = INDIRECT_CALL_1(ops_of(vma)->nopage, mmlab_do_anonymous_page_locked,
			      p, lva, entry, pte_flags_of(vma) | used, pfn);
	if (!err)
		p->mm.nr_minflt++;
	return err;
}

/*
 * Are more than half of the frames free? A guess without locks is good enough. A touch must
 * not fail because of pages that the program did not touch.
 */
static bool plentiful(void)
{
	u32 zone, nr_free = 0;

	for (zone = 0; zone < NR_LAB_ZONES; zone++)
		nr_free += READ_ONCE(mmlab_machine.zone[zone].nr_free);
	return nr_free > mmlab_machine.nr_frames / 2;
}

/* Supplies pages for a run of empty entries. Return: how many came. */
static u32 fill_run_locked(struct lab_process *p, u32 address, const u32 *entry, u32 nr,
			   u32 flags)
{
	u32 got, chain = PFN_NONE, i;

	lockdep_assert_held(p->mm.lock);
	mmlab_frames_alloc_bulk(nr, LAB_GFP_ZERO, USE_USER, p->mm.family, &chain);
	got = mmlab_pgtable_set_chain(&mmlab_machine, p->mm.pgd,
				      address, &chain, flags);
	/* a privileged writer has overwritten the directory: the page can't be mapped */
	mmlab_frames_free_bulk(chain, USE_USER, p->mm.family);
	mmlab_process_count_rss_locked(p, got);
	mmlab_count_events(EV_PGFAULT_AROUND, got);
	for (i = 0; mmlab_swap_is_on() && i < got; i++)
		mmlab_reclaim_add_locked(p, mmlab_pte_pfn(READ_ONCE(entry[i])),
					 address + (i << PAGE_SHIFT));
	for (i = 0; trace_pte_enabled() && i < got; i++)
		trace_pte(p->mm.owner, address + (i << PAGE_SHIFT), 0,
			  READ_ONCE(entry[i]));
	return got;
}

/* Supplies pages for empty entries of a stretch, up to the first failure. */
static void fill_stretch_locked(struct lab_process *p, u32 address, u32 *entry,
				u32 nr, u32 flags)
{
	bool zero = !(flags & LAB_PTE_DIRTY) && mmlab_zero_is_on();
	u32 i, end;

	lockdep_assert_held(p->mm.lock);
	for (i = 0; i < nr; i = end + 1) {
		for (end = i; end < nr && !READ_ONCE(entry[end]); end++)
			;
		if (end == i)
			continue;
		if (zero)
			mmlab_zero_map_locked(p, address + (i << PAGE_SHIFT), entry + i,
					      end - i, flags);
		else if (!plentiful() ||
			 fill_run_locked(p, address + (i << PAGE_SHIFT), entry + i, end - i,
					 flags) < end - i)
			return;
	}
}

/* Does the entry map a page of the process, or the zero page? */
static bool may_show(struct lab_process *p, u32 pte)
{
	return mmlab_pgtable_maps(&mmlab_machine, pte, USE_USER, p->mm.family) ||
	       mmlab_pte_is_zero_page(pte);
}

/*
 * Pages that one touch may bring into a window: for a load, all that are there; for a
 * store, only dirty ones that are not shared, as later stores to them will not fault.
 */
static u32 collect_pages(struct lab_process *p, const u32 *entry, u32 nr, bool write,
			 u32 *first, struct page **pages)
{
	u32 needed = write ? LAB_PTE_DIRTY | LAB_PTE_RW : 0;
	u32 i, nr_found = 0;

	for (i = 0; i < nr; i++) {
		u32 pte = READ_ONCE(entry[i]);

		if (!(needed & ~pte) && may_show(p, pte) &&
		    !mmlab_badframe_is(mmlab_pte_pfn(pte)))
			pages[nr_found++] = mmlab_arena_page(mmlab_pte_pfn(pte));
		else if (nr_found)
			break;
	}
	*first = i - nr_found;
	return nr_found;
}

u32 mmlab_mm_around_locked(struct lab_process *p, u64 *lva, u64 end, bool write,
			   struct page **pages)
{
	u32 used = write ? LAB_PTE_ACCESSED | LAB_PTE_DIRTY : 0;
	const struct lab_vma *vma;
	u32 nr, first, found;
	u32 *entry;
	int err;

	lockdep_assert_held(p->mm.lock);
	while (*lva < end) {
		err = vma_at(p, (u32)*lva,
			     write ? LAB_VMA_WRITE : LAB_VMA_READ, &vma);
		entry = walk_user_table(p, (u32)*lva);
		if (!vma || !entry)
			break;
		if (err) {
			*lva = err == -EFAULT ? vma->start : vma->end;
			continue;
		}
		nr = (u32)(min_t(u64, end, vma->end) - *lva) >> PAGE_SHIFT;
		nr = min(nr, LAB_AROUND_MAX);
		fill_stretch_locked(p, (u32)*lva, entry, nr, pte_flags_of(vma) | used);
		found = collect_pages(p, entry, nr, write, &first, pages);
		*lva += (u64)(found ? first : nr) << PAGE_SHIFT;
		if (found)
			return found;
	}
	return 0;
}

int mmlab_mm_follow_page_locked(struct lab_process *p, u32 lva, u32 *pfn)
{
	const struct lab_vma *vma;
	u32 *entry = walk_user_table(p, lva);
	int err;

	lockdep_assert_held(p->mm.lock);
	err = vma_at(p, lva, LAB_VMA_READ, &vma) ?: page_of_locked(p, lva, entry, 0, pfn);
	if (err == PAGE_IS_ZERO)	/* reads as one that was never touched */
		return 0;
	return err == PAGE_IS_OUT ?
	       bring_back_locked(p, lva, entry, pte_flags_of(vma) | LAB_PTE_ACCESSED, pfn) :
	       err;
}

static bool is_listed_locked(struct lab_process *p, u32 pte)
{
	lockdep_assert_held(p->mm.lock);
	return mmlab_pte_pfn(pte) < mmlab_machine.nr_frames &&
	       mmlab_reclaim_is_listed_locked(p->family, mmlab_pte_pfn(pte));
}

/*
 * Checks the right to store of an entry. One without it in a VMA that has it is a page
 * that is shared, or once was, or the zero page.
 */
static void validate_right(const struct lab_process *p, const struct lab_vma *vma,
			   u64 lva, u32 pte, struct lab_verdict *v)
{
	bool may_write = vma->flags & LAB_VMA_WRITE;

	if (mmlab_pte_is_zero_page(pte))
		return;
	if (pte & LAB_PTE_RW || !p->family->has_forked)
		mmlab_verdict_expect(v, "an entry has its VMA's right to write", lva,
				     may_write, !!(pte & LAB_PTE_RW));
	if (pte & LAB_PTE_RW && mmlab_pte_pfn(pte) < mmlab_machine.nr_frames)
		mmlab_verdict_expect(v, "a page that can be written to has one mapping",
				     lva, 1,
				     mmlab_frame(&mmlab_machine, mmlab_pte_pfn(pte))->mapcount);
}

/* Checks that every page lies in a VMA, and what its entry says. */
static void validate_entries_locked(struct lab_process *p, u32 nr_present,
				    struct lab_verdict *v)
{
	const struct lab_vma *vma;
	const u32 *entry;
	u32 nr = 0;

	lockdep_assert_held(p->mm.lock);
	list_for_each_entry(vma, &p->mm.vma_list, list) {
		u64 lva = vma->start;

		for (; (entry = next_entry(p, &lva, vma->end)); lva += PAGE_SIZE) {
			u32 pte = READ_ONCE(*entry);

			validate_right(p, vma, lva, pte, v);
			if (mmlab_swap_is_on() && mmlab_reclaim_is_complete() &&
			    !mmlab_pte_is_zero_page(pte))
				mmlab_verdict_expect(v, "a user page is on a list", lva,
						     1, is_listed_locked(p, pte));
			nr++;
		}
	}
	mmlab_verdict_expect(v, "every page lies in a VMA", p->mm.owner,
			     nr_present, nr);
}

/*
 * Checks once for a family that each entry that maps a page of it is counted in the page.
 * The lock keeps the family's own frames as they are; others may change meanwhile.
 */
static void validate_family(struct lab_process *p, struct lab_verdict *v)
{
	const u64 identity = mmlab_frame_identity(p->mm.family, 0, FRAME_USED, USE_USER);
	u64 nr_mappings = 0, nr_entries = 0;
	const struct lab_process *member;
	u32 pfn;

	if (!p->family->has_forked || !list_is_first(&p->sibling, &p->family->members))
		return;
	list_for_each_entry(member, &p->family->members, sibling)
		nr_entries += member->mm.nr_rss;
	for (pfn = 0; pfn < mmlab_machine.nr_frames; pfn++) {
		const struct lab_frame *frame = mmlab_frame(&mmlab_machine, pfn);

		/* data_race(): see lab_frame.identity */
		if (data_race(frame->identity) == identity)
			nr_mappings += frame->mapcount;
		if (!(pfn % LAB_PTRS_PER_PTE))
			cond_resched();
	}
	mmlab_verdict_expect(v, "the pages of a family count the entries that map them",
			     p->mm.family, nr_entries, nr_mappings);
}

void mmlab_mm_validate(struct lab_process *p, struct lab_verdict *v)
{
	struct lab_pgtable_census census;

	mutex_lock(p->mm.lock);
	if (p->mm.pgd != PFN_NONE) {
		mmlab_vma_validate(&p->mm, v);
		mmlab_pgtable_validate(&mmlab_machine, p->mm.pgd, 0,
				       LAB_PAGE_OFFSET, USE_USER, p->mm.owner,
				       p->mm.family, &census, v);
		mmlab_verdict_expect(v, "nr_rss counts the mapped frames",
				     p->mm.owner, p->mm.nr_rss,
				     census.nr_present - census.nr_zero);
		mmlab_verdict_expect(v, "nr_swap counts the pages that are out",
				     p->mm.owner, p->mm.nr_swap,
				     census.nr_swapped);
		mmlab_verdict_expect(v, "nr_tables counts the page tables",
				     p->mm.owner, p->mm.nr_tables,
				     census.nr_tables);
		validate_entries_locked(p, census.nr_present, v);
		validate_family(p, v);
		mmlab_block_validate_locked(p, v);
	}
	mutex_unlock(p->mm.lock);
	v->nr_objects++;
}
