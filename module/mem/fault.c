// SPDX-License-Identifier: GPL-2.0
/*
 * Touches of windows: finds the space, the rights and the page, and makes the host's
 * entry. Loads, stores and first stores take the same path.
 *
 * Lock order: host mmap_lock -> lab_mm.lock or lab_vm_space.lock -> the host's
 * i_mmap lock, its page-table locks.
 */
#include <linux/mm.h>

#include "arena.h"
#include "around.h"
#include "badframe.h"
#include "entry.h"
#include "fault.h"
#include "mm.h"
#include "reclaim.h"
#include "section.h"
#include "tlb.h"
#include "vmalloc.h"

static u32 fault_address(const struct vm_fault *vmf)
{
	return (u32)(vmf->pgoff << PAGE_SHIFT);
}

/* Counts a touch, and what the host could not enter as a failed one. */
static __always_inline vm_fault_t end_fault(const struct vm_fault *vmf,
					    struct lab_process *p, u32 pfn,
					    int err, vm_fault_t done)
{
	if (unlikely(err >= 0 && done & VM_FAULT_ERROR))
		err = vm_fault_to_errno(done, FOLL_HWPOISON);
	if (trace_fault_enabled())
		trace_fault(p->mm.owner, fault_address(vmf),
			    !!(vmf->flags & FAULT_FLAG_WRITE), pfn, min(err, 0));
	mmlab_count_event(err < 0 ? EV_PGFAULT_SIGBUS :
			  err ? EV_PGFAULT_SOFT : EV_PGFAULT);
	return done;
}

static bool is_kernel_lva(u32 lva)
{
	return lva >= LAB_PAGE_OFFSET;
}

/* A touch of a vmalloc area: the walk goes through the lab kernel's tables. */
static int touch_area_locked(struct lab_process *p, u32 lva, bool write,
			     u32 *pfn)
{
	lab_vma_flags_t rights;

	lockdep_assert_held(&mmlab_vm_space.lock);
	rights = mmlab_vmalloc_rights_locked(lva, p->mm.owner);
	if (!(rights & (write ? LAB_VMA_WRITE : LAB_VMA_READ)))
		return -EACCES;
	return mmlab_vmalloc_touch_locked(lva, pfn);
}

/*
 * Puts the page of a touch into the window. A bad frame is not entered: the program gets
 * the SIGBUS that the host sends for such pages.
 */
static __always_inline vm_fault_t enter_page_locked(struct vm_fault *vmf,
						    struct lab_process *p, struct mutex *lock,
						    u32 pfn, unsigned int nr, bool write)
{
	int err;

	lockdep_assert_held(lock);
	if (mmlab_badframe_is(pfn))
		return VM_FAULT_HWPOISON;
	if (unlikely(p->tlb) && !is_kernel_lva(fault_address(vmf)))
		mmlab_tlb_replace_locked(p, fault_address(vmf));
	/* pages that were not touched don't count against a limit, nor for a policy */
	err = nr > 1 && !p->family->own && !p->tlb ?
	      mmlab_around_enter_locked(p, vmf, nr, write) :
	      mmlab_entry_make_one(vmf, mmlab_arena_page(pfn), write);
	/* NOPAGE means success: the host has no page left to enter */
	return !err ? VM_FAULT_NOPAGE :
	       err == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
}

/*
 * Resolves a touch, or the first store through an entry that only reads: of user space,
 * or of a vmalloc area. The lock is the one under which page and rights do not change.
 * The host's entry is made under it, so a flush under the same lock comes before or after
 * the touch as a whole. The page is never returned to the host for it to make the entry:
 * that would happen after the lock is dropped, when the frame may have been freed or found
 * bad. Each way out is listed in Documentation/design.md ("Why a touch ends").
 */
static __always_inline vm_fault_t touch_page(struct lab_process *p,
					     struct vm_fault *vmf, unsigned int nr,
					     bool write, bool area, const struct page *held)
{
	struct mutex *lock = area ? &mmlab_vm_space.lock : p->mm.lock;
	u32 lva = fault_address(vmf);
	vm_fault_t done = VM_FAULT_SIGBUS;
	unsigned int nr_tries = 0;
	u32 pfn = PFN_NONE;
	int err;

	/* a shortage of frames begins anew as long as other processes lose some */
	do {
		/* its owner may wait for a swap file; only a task that is to die does not wait */
		err = mutex_lock_killable(lock);
		if (err)
			break;
		err = area ? touch_area_locked(p, lva, write, &pfn) :
			     mmlab_mm_touch_locked(p, lva, write, held, &pfn);
		if (err >= 0)
			done = enter_page_locked(vmf, p, lock, pfn, nr, write);
		mutex_unlock(lock);
	} while (unlikely(err == -ENOMEM) && mmlab_reclaim_retry(&nr_tries, 1));
	return end_fault(vmf, p, pfn, err, done);
}

/* Areas come page by page. Out of line: user space has the fast path. */
static noinline vm_fault_t touch_area(struct lab_process *p, struct vm_fault *vmf, bool write)
{
	return touch_page(p, vmf, 1, write, true, NULL);
}

vm_fault_t mmlab_fault(struct lab_process *p, struct vm_fault *vmf)
{
	bool write = vmf->flags & FAULT_FLAG_WRITE;

	if (unlikely(is_kernel_lva(fault_address(vmf))))
		return touch_area(p, vmf, write);
	return touch_page(p, vmf, READ_ONCE(mmlab_around_nr), write, false, NULL);
}

vm_fault_t mmlab_fault_mkwrite(struct lab_process *p, struct vm_fault *vmf)
{
	/* the host has a reference on the page that the window shows */
	return unlikely(is_kernel_lva(fault_address(vmf))) ?
	       touch_area(p, vmf, true) : touch_page(p, vmf, 1, true, false, vmf->page);
}
