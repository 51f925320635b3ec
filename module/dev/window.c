// SPDX-License-Identifier: GPL-2.0
/*
 * Windows: a host mapping of the device at offset A shows the lab process's
 * linear addresses from A on. The host's page-table entries are the lab
 * machine's TLB: filled by mem/entry.c on a touch, flushed by mem/process.c.
 */
#include <linux/mm.h>

#include "../mem/fault.h"
#include "../mem/mmap.h"
#include "../mem/vmalloc.h"
#include "chardev.h"

static struct lab_process *window_process(const struct vm_area_struct *window)
{
	return mmlab_chardev_process(window->vm_file);
}

/*
 * The host calls these under its own locks, also when it splits a window or copies it at
 * fork(). Only a number is kept: the host holds the file, and the file holds the process.
 */
static void window_open(struct vm_area_struct *window)
{
	atomic_inc(&window_process(window)->nr_windows);
}

static void window_close(struct vm_area_struct *window)
{
	atomic_dec(&window_process(window)->nr_windows);
}

/* The rights of a window, as rights of a lab VMA. */
static lab_vma_flags_t window_rights(unsigned long vm_flags)
{
	return (vm_flags & VM_READ ? LAB_VMA_READ : 0) |
	       (vm_flags & VM_WRITE ? LAB_VMA_READ | LAB_VMA_WRITE : 0);
}

static vm_fault_t window_fault(struct vm_fault *vmf)
{
	return mmlab_fault(window_process(vmf->vma), vmf);
}

/* The first store through an entry that only reads. */
static vm_fault_t window_page_mkwrite(struct vm_fault *vmf)
{
	return mmlab_fault_mkwrite(window_process(vmf->vma), vmf);
}

static const struct vm_operations_struct window_ops = {
	.open = window_open,
	.close = window_close,
	.fault = window_fault,
	.page_mkwrite = window_page_mkwrite,
};

int mmlab_chardev_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct lab_process *p = mmlab_chardev_process(file);
	u64 start = (u64)vma->vm_pgoff << PAGE_SHIFT;
	u64 end = start + (vma->vm_end - vma->vm_start);
	lab_vma_flags_t wanted = window_rights(vma->vm_flags);
	lab_vma_flags_t rights;
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
	      mmlab_mm_open_window(p, start, end, wanted, &rights) :
	      mmlab_vmalloc_open(p->mm.owner, start, &rights);
	if (!err && wanted & ~rights)
		err = -EACCES;
	if (err)
		return err;
	/* mprotect() can't ask for more than the lab's VMAs permit. */
	vm_flags_clear(vma, VM_MAYEXEC);
	if (!(rights & LAB_VMA_WRITE) || !(vma->vm_flags & VM_SHARED))
		vm_flags_clear(vma, VM_MAYWRITE);
	if (!(rights & LAB_VMA_READ))
		vm_flags_clear(vma, VM_MAYREAD);
	vm_flags_set(vma, VM_MIXEDMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = &window_ops;
	window_open(vma);
	return 0;
}
