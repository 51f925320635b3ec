// SPDX-License-Identifier: GPL-2.0
/*
 * Copy on write: see cow.h.
 */
#include <linux/mm.h>

#include "arena.h"
#include "badframe.h"
#include "cow.h"
#include "frames.h"
#include "reclaim.h"
#include "section.h"

/*
 * Has the page a user besides the arena and the caller, once no window of the process
 * shows it? A process that is gone may have left it in a pipe: what is stored to it now
 * is not for the reader of that pipe.
 */
static bool is_in_use_locked(struct lab_process *p, u32 lva, struct page *page,
			     const struct page *held)
{
	int nr = page == held ? 2 : 1;

	lockdep_assert_held(p->mm.lock);
	if (page_ref_count(page) == nr)
		return false;
	mmlab_flush_tlb_range_locked(p, lva, lva + PAGE_SIZE);
	return page_ref_count(page) != nr;
}

/* The last process that maps the page takes it. */
static void reuse_page_locked(struct lab_process *p, u32 lva, u32 *entry, u32 flags, u32 pfn)
{
	u32 pte = READ_ONCE(*entry);

	lockdep_assert_held(p->mm.lock);
	WRITE_ONCE(*entry, mmlab_pte(pfn, flags | LAB_PTE_PRESENT));
	trace_pte(p->mm.owner, lva, pte, READ_ONCE(*entry));
	if (mmlab_swap_is_on())
		mmlab_reclaim_accessed_locked(p->family, pfn);
	mmlab_count_event(EV_PGREUSE);
}

/* Another frame takes the place of the page, which is freed if no process is left. */
static int take_copy_locked(struct lab_process *p, u32 lva, u32 *entry, u32 flags, u32 *pfn)
{
	u32 pte = READ_ONCE(*entry), old = *pfn, new;

	lockdep_assert_held(p->mm.lock);
	new = mmlab_frames_alloc(0, mmlab_reclaim_flags(), USE_USER, p->mm.family);
	if (new == PFN_NONE)
		return -ENOMEM;
	memcpy(mmlab_frame_address(&mmlab_machine, new),
	       mmlab_frame_address(&mmlab_machine, old), PAGE_SIZE);
	mmlab_pgtable_replace(&mmlab_machine, entry, old, new, flags);
	trace_pte(p->mm.owner, lva, pte, READ_ONCE(*entry));
	if (!mmlab_frame(&mmlab_machine, old)->mapcount) {
		if (mmlab_swap_is_on())
			mmlab_reclaim_remove_locked(p->family, old);
		mmlab_frames_free(old, 0, USE_USER, p->mm.family);
	}
	if (mmlab_swap_is_on())
		mmlab_reclaim_add_locked(p, new, lva);
	*pfn = new;
	return 0;
}

int mmlab_mm_break_cow_locked(struct lab_process *p, u32 lva, u32 *entry, u32 flags,
			      const struct page *held, u32 *pfn)
{
	bool in_use;

	lockdep_assert_held(p->mm.lock);
	if (mmlab_badframe_is(*pfn))
		return 0;
	in_use = is_in_use_locked(p, lva, mmlab_arena_page(*pfn), held);
	if (in_use || mmlab_frame(&mmlab_machine, *pfn)->mapcount > 1)
		return take_copy_locked(p, lva, entry, flags, pfn);
	reuse_page_locked(p, lva, entry, flags, *pfn);
	return 0;
}
