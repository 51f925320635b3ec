// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctls about a lab process's address space. What each does and answers:
 * uapi/mmlab.h.
 */
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/string.h>

#include "../core/name.h"
#include "../mem/arena.h"
#include "../mem/mmap.h"
#include "../mem/vmalloc.h"
#include "../uapi/mmlab.h"
#include "chardev.h"
#include "ioctl_mm.h"

static_assert(MMLAB_PTE_DIRTY == LAB_PTE_DIRTY);
static_assert(MMLAB_PTE_ACCESSED == LAB_PTE_ACCESSED);
static_assert(LAB_VM_READ == PROT_READ && LAB_VM_WRITE == PROT_WRITE &&
	      LAB_VM_EXEC == PROT_EXEC);
static_assert(MMLAB_COMM_MAX == LAB_COMM_MAX);

static void classify(struct lab_process *p, struct mmlab_translation *t)
{
	const struct lab_vma *vma;

	t->region = MMLAB_REGION_HOLE;
	if (t->lva >= LAB_PAGE_OFFSET) {
		if (t->lva < mmlab_lva_val(mmlab_frame_high_memory(&mmlab_machine)))
			t->region = MMLAB_REGION_DIRECT;
		else if (mmlab_vmalloc_find(&mmlab_vm_space, t->lva))
			t->region = MMLAB_REGION_VMALLOC;
		return;
	}
	vma = mmlab_vma_find(&p->mm, t->lva);
	if (vma && vma->start <= t->lva) {
		t->region = MMLAB_REGION_USER;
		t->vma_start = vma->start;
		t->vma_end = vma->end;
		t->vma_prot = vma->flags & LAB_VM_RIGHTS;
	}
}

int mmlab_ioctl_translate(struct file *file, void *arg)
{
	struct lab_process *p = mmlab_chardev_process(file);
	struct mmlab_translation *t = arg;
	lva_t lva = mmlab_lva(t->lva);
	const u32 *pte;

	if (t->flags || t->reserved[0] || t->reserved[1])
		return -EINVAL;
	*t = (struct mmlab_translation){
		.lva = mmlab_lva_val(lva),
		.pgd_index = mmlab_pgtable_pgd_index(lva),
		.pte_index = mmlab_pgtable_pte_index(lva),
		.offset = offset_in_page(mmlab_lva_val(lva)),
		.pgd_pfn = p->mm.pgd,
		.table_pfn = PFN_NONE,
		.pfn = PFN_NONE,
		.step = MMLAB_STEP_NO_TABLE,
	};

	mutex_lock(&p->mm.lock);
	mutex_lock(&mmlab_vm_space.lock);
	classify(p, t);
	if (t->lva >= LAB_PAGE_OFFSET)
		mmlab_vmalloc_sync_pde_locked(p->mm.pgd, lva);
	t->pde = *mmlab_pgtable_pde(&mmlab_machine, p->mm.pgd, lva);
	pte = mmlab_pgtable_walk(&mmlab_machine, p->mm.pgd, lva);
	if (pte) {
		t->table_pfn = mmlab_pte_pfn(t->pde);
		t->pte = *pte;
		t->step = MMLAB_STEP_NO_PAGE;
		if (t->pte & LAB_PTE_PRESENT &&
		    mmlab_pte_pfn(t->pte) < mmlab_machine.nr_frames) {
			t->pfn = mmlab_pte_pfn(t->pte);
			t->phys = mmlab_lpa_val(mmlab_pfn_to_lpa(t->pfn)) | t->offset;
			t->mapcount = mmlab_frame(&mmlab_machine, t->pfn)->mapcount;
			t->step = MMLAB_STEP_OK;
		}
	}
	mutex_unlock(&mmlab_vm_space.lock);
	mutex_unlock(&p->mm.lock);
	return 0;
}

/* A range of whole pages in user space, not empty. */
static bool is_user_range(u32 start, u32 len)
{
	return len && !offset_in_page(start) && !offset_in_page(len) &&
	       (u64)start + len <= LAB_PAGE_OFFSET;
}

int mmlab_ioctl_munmap(struct file *file, void *arg)
{
	struct mmlab_range *range = arg;

	if (range->flags || range->reserved ||
	    !is_user_range(range->start, range->len))
		return -EINVAL;
	return mmlab_mm_unmap(mmlab_chardev_process(file), range->start,
			      range->start + range->len, &range->nr_frames);
}

int mmlab_ioctl_mmap(struct file *file, void *arg)
{
	struct mmlab_region *region = arg;
	u32 known = MMLAB_MAP_FIXED | MMLAB_MAP_STACK | MMLAB_MAP_IMAGE;
	bool fixed = region->flags & MMLAB_MAP_FIXED;
	u32 flags = region->prot;

	if (region->flags & ~known || region->prot & ~LAB_VM_RIGHTS ||
	    region->reserved || !is_user_range(0, region->len) ||
	    offset_in_page(region->start) ||
	    (fixed && !is_user_range(region->start, region->len)))
		return -EINVAL;
	if (region->flags & MMLAB_MAP_STACK)
		flags |= LAB_VM_GROWSDOWN;
	if (region->flags & MMLAB_MAP_IMAGE)
		flags |= LAB_VM_IMAGE;
	return mmlab_mm_map(mmlab_chardev_process(file), &region->start,
			    region->len, flags, fixed);
}

/* The region can't be told to its process: take it back. */
void mmlab_ioctl_undo_mmap(struct file *file, void *arg)
{
	const struct mmlab_region *region = arg;
	u64 nr_frames;

	mmlab_mm_unmap(mmlab_chardev_process(file), region->start,
		       region->start + region->len, &nr_frames);
}

int mmlab_ioctl_mprotect(struct file *file, void *arg)
{
	const struct mmlab_region *region = arg;

	if (region->flags || region->reserved ||
	    region->prot & ~LAB_VM_RIGHTS ||
	    !is_user_range(region->start, region->len))
		return -EINVAL;
	return mmlab_mm_protect(mmlab_chardev_process(file), region->start,
				region->start + region->len, region->prot);
}

int mmlab_ioctl_brk(struct file *file, void *arg)
{
	struct mmlab_brk *brk = arg;

	if (brk->flags || brk->reserved)
		return -EINVAL;
	return mmlab_mm_brk(mmlab_chardev_process(file), &brk->brk,
			    &brk->start_brk);
}

int mmlab_ioctl_exec(struct file *file, void *arg)
{
	const struct mmlab_exec *exec = arg;
	struct lab_layout layout = {
		.start_code = exec->start_code,
		.end_code = exec->end_code,
		.start_data = exec->start_data,
		.end_data = exec->end_data,
		.start_brk = exec->start_brk,
		.start_stack = exec->stack_top,
	};
	u32 stack = exec->stack_top - exec->stack_size;

	if (!mmlab_name_ends(exec->name, MMLAB_COMM_MAX) ||
	    !mmlab_name_ok(exec->name, MMLAB_COMM_MAX - 1) || exec->flags ||
	    memchr_inv(exec->reserved, 0, sizeof(exec->reserved)) ||
	    exec->stack_prot & ~LAB_VM_RIGHTS ||
	    exec->stack_size > exec->stack_top ||
	    exec->stack_size > LAB_STACK_LIMIT ||
	    !is_user_range(stack, exec->stack_size) ||
	    exec->start_code > exec->end_code ||
	    exec->start_data > exec->end_data ||
	    max3(exec->end_code, exec->end_data, exec->start_brk) > stack)
		return -EINVAL;
	return mmlab_mm_exec(mmlab_chardev_process(file), exec->name, &layout,
			     exec->stack_size, exec->stack_prot);
}
