// SPDX-License-Identifier: GPL-2.0
/*
 * Windows: a host mapping of the device at offset A shows the lab process's
 * linear addresses from A on. The host's page-table entries are the lab
 * machine's TLB: filled here on a touch, flushed by mem/mm.c.
 *
 * Lock order: host mmap_lock -> lab_mm.lock or lab_vm_space.lock -> the host's
 * i_mmap lock, its page-table locks.
 */
#include <linux/mm.h>

#include "../mem/arena.h"
#include "../mem/badframe.h"
#include "../mem/mm.h"
#include "../mem/mmap.h"
#include "../mem/section.h"
#include "../mem/vmalloc.h"
#include "around.h"
#include "chardev.h"
#include "entry.h"

static struct lab_process *window_process(const struct vm_area_struct *window)
{
	return mmlab_chardev_process(window->vm_file);
}

static void window_open(struct vm_area_struct *window)
{
	atomic_inc(&window_process(window)->nr_windows);
}

static void window_close(struct vm_area_struct *window)
{
	atomic_dec(&window_process(window)->nr_windows);
}

/* What can be done through a window, as rights of a lab VMA. */
static u32 window_rights(unsigned long vm_flags)
{
	return (vm_flags & VM_READ ? LAB_VM_READ : 0) |
	       (vm_flags & VM_WRITE ? LAB_VM_READ | LAB_VM_WRITE : 0);
}

static lva_t fault_address(const struct vm_fault *vmf)
{
	return mmlab_lva((u32)(vmf->pgoff << PAGE_SHIFT));
}

static __always_inline vm_fault_t end_fault(const struct vm_fault *vmf,
					    struct lab_process *p, u32 pfn,
					    int err, vm_fault_t done)
{
	if (unlikely(done == VM_FAULT_HWPOISON))
		err = -EHWPOISON;
	trace_fault(p->mm.owner, mmlab_lva_val(fault_address(vmf)),
		    !!(vmf->flags & FAULT_FLAG_WRITE), pfn, err);
	mmlab_count_event(err ? EV_PGFAULT_SIGBUS : EV_PGFAULT);
	return err && err != -EHWPOISON ? VM_FAULT_SIGBUS : done;
}

static bool is_kernel_lva(lva_t lva)
{
	return mmlab_lva_val(lva) >= LAB_PAGE_OFFSET;
}

/* What keeps the page at an address, and what may be done there, as they are. */
static struct mutex *space_lock(struct lab_process *p, lva_t lva)
{
	return is_kernel_lva(lva) ? &mmlab_vm_space.lock : &p->mm.lock;
}

/* A touch of a vmalloc area: the walk goes through the lab kernel's tables. */
static int touch_area_locked(struct lab_process *p, lva_t lva, bool write,
			     u32 *pfn)
{
	u32 rights;

	lockdep_assert_held(&mmlab_vm_space.lock);
	rights = mmlab_vmalloc_rights_locked(mmlab_lva_val(lva), p->mm.owner);
	if (!(rights & (write ? LAB_VM_WRITE : LAB_VM_READ)))
		return -EACCES;
	return mmlab_vmalloc_touch_locked(lva, pfn);
}

/*
 * Puts the page of a touch into the window. A frame that the host has marked bad is
 * no page to show: the program gets the SIGBUS that the host sends for such pages.
 */
static vm_fault_t enter_locked(struct vm_fault *vmf, struct lab_process *p,
			       struct mutex *lock, u32 pfn, unsigned int nr,
			       bool write)
{
	int err;

	lockdep_assert_held(lock);
	if (mmlab_badframe_is(pfn))
		return VM_FAULT_HWPOISON;
	err = nr > 1 && lock == &p->mm.lock ?
	      mmlab_around_enter_locked(p, vmf, nr, write) :
	      mmlab_entry_make_one(vmf, mmlab_arena_page(pfn), write);
	return !err ? VM_FAULT_NOPAGE :
	       err == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
}

/*
 * A touch, and the first store to a page through an entry that only reads. The
 * host's entry is made under the lock that keeps the lab's entry as it is. It never
 * goes back to the host as a page to be entered: the host would look at it after
 * the lock is dropped, when it may have been freed, or found bad. Each way out
 * is listed in Documentation/design.md ("Why a touch ends").
 */
static __always_inline vm_fault_t touch(struct vm_fault *vmf, unsigned int nr,
					bool write)
{
	struct lab_process *p = window_process(vmf->vma);
	lva_t lva = fault_address(vmf);
	struct mutex *lock = space_lock(p, lva);
	vm_fault_t done = VM_FAULT_SIGBUS;
	u32 pfn = PFN_NONE;
	int err;

	mutex_lock(lock);
	err = is_kernel_lva(lva) ? touch_area_locked(p, lva, write, &pfn) :
				   mmlab_mm_touch_locked(p, lva, write, &pfn);
	if (!err)
		done = enter_locked(vmf, p, lock, pfn, nr, write);
	mutex_unlock(lock);
	return end_fault(vmf, p, pfn, err, done);
}

static vm_fault_t window_fault(struct vm_fault *vmf)
{
	return touch(vmf, READ_ONCE(mmlab_around_nr),
		     vmf->flags & FAULT_FLAG_WRITE);
}

/* The host asks before it lets a store through; the answer is the entry itself. */
static vm_fault_t window_page_mkwrite(struct vm_fault *vmf)
{
	return touch(vmf, 1, true);
}

static const struct vm_operations_struct window_ops = {
	.open = window_open,
	.close = window_close,
	.fault = window_fault,
	.page_mkwrite = window_page_mkwrite,
};

/*
 * A window on the lab kernel's space begins in an area that is made for it. What
 * follows is judged touch by touch, so that a window can show the guard page.
 */
static int open_kernel_window(struct lab_process *p, u32 start, u32 *rights)
{
	mutex_lock(&mmlab_vm_space.lock);
	*rights = mmlab_vmalloc_rights_locked(start, p->mm.owner);
	mutex_unlock(&mmlab_vm_space.lock);
	return *rights ? 0 : -EPERM;
}

int mmlab_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct lab_process *p = mmlab_chardev_process(file);
	u64 start = (u64)vma->vm_pgoff << PAGE_SHIFT;
	u64 end = start + (vma->vm_end - vma->vm_start);
	u32 wanted = window_rights(vma->vm_flags);
	u32 rights;
	int err;

	if (vma->vm_pgoff >= LAB_SPACE_BYTES >> PAGE_SHIFT ||
	    end > LAB_SPACE_BYTES)
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC)
		return -EPERM;
	if (!(vma->vm_flags & VM_SHARED) && (vma->vm_flags & VM_WRITE))
		return -EINVAL;
	if (start < LAB_PAGE_OFFSET && end > LAB_PAGE_OFFSET)
		return -EINVAL;

	err = start < LAB_PAGE_OFFSET ?
	      mmlab_mm_open(p, start, end, wanted, &rights) :
	      open_kernel_window(p, start, &rights);
	if (!err && wanted & ~rights)
		err = -EACCES;
	if (err)
		return err;
	/* mprotect() can't ask for more than the lab's VMAs permit. */
	vm_flags_clear(vma, VM_MAYEXEC);
	if (!(rights & LAB_VM_WRITE) || !(vma->vm_flags & VM_SHARED))
		vm_flags_clear(vma, VM_MAYWRITE);
	if (!(rights & LAB_VM_READ))
		vm_flags_clear(vma, VM_MAYREAD);
	vm_flags_set(vma, VM_MIXEDMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = &window_ops;
	window_open(vma);
	return 0;
}
