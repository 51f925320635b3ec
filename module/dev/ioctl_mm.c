// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctls about a lab process's address space. uapi/mmlab.h specifies each.
 */
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/string.h>

#include "../core/name.h"
#include "../mem/arena.h"
#include "../mem/mmap.h"
#include "../mem/tlb.h"
#include "../mem/translate.h"
#include "../uapi/mmlab.h"
#include "chardev.h"
#include "ioctl_mm.h"

#define PROT_RIGHTS	(PROT_READ | PROT_WRITE | PROT_EXEC)

/* The rights of the ABI are those of mmap(), and those of a VMA have the same values. */
static_assert(PROT_READ == (__force u32)LAB_VMA_READ);
static_assert(PROT_WRITE == (__force u32)LAB_VMA_WRITE);
static_assert(PROT_EXEC == (__force u32)LAB_VMA_EXEC);
static_assert(MMLAB_COMM_MAX == LAB_COMM_MAX);
static_assert(MMLAB_TLB_MAX == LAB_TLB_MAX);

static lab_vma_flags_t rights_of(u32 prot)
{
	return (__force lab_vma_flags_t)prot;
}

int mmlab_ioctl_translate(struct file *file, void *arg)
{
	struct mmlab_translation *t = arg;

	if (t->flags || t->reserved[0] || t->reserved[1])
		return -EINVAL;
	mmlab_translate(mmlab_chardev_process(file), t);
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
	return mmlab_mm_munmap(mmlab_chardev_process(file), range->start,
			       range->start + range->len, &range->nr_frames);
}

int mmlab_ioctl_mmap(struct file *file, void *arg)
{
	struct mmlab_region *region = arg;
	u32 known = MMLAB_MAP_FIXED | MMLAB_MAP_STACK | MMLAB_MAP_IMAGE;
	bool fixed = region->flags & MMLAB_MAP_FIXED;
	lab_vma_flags_t flags = rights_of(region->prot);

	if (region->flags & ~known || region->prot & ~PROT_RIGHTS ||
	    region->reserved || !is_user_range(0, region->len) ||
	    offset_in_page(region->start) ||
	    (fixed && !is_user_range(region->start, region->len)))
		return -EINVAL;
	if (region->flags & MMLAB_MAP_STACK)
		flags |= LAB_VMA_GROWSDOWN;
	if (region->flags & MMLAB_MAP_IMAGE)
		flags |= LAB_VMA_IMAGE;
	return mmlab_mm_mmap(mmlab_chardev_process(file), &region->start,
			     region->len, flags, fixed);
}

/* The address could not be copied to the caller: remove the region again. */
void mmlab_ioctl_undo_mmap(struct file *file, void *arg)
{
	const struct mmlab_region *region = arg;
	u64 nr_frames;

	mmlab_mm_munmap(mmlab_chardev_process(file), region->start,
			region->start + region->len, &nr_frames);
}

int mmlab_ioctl_mprotect(struct file *file, void *arg)
{
	const struct mmlab_region *region = arg;

	if (region->flags || region->reserved ||
	    region->prot & ~PROT_RIGHTS ||
	    !is_user_range(region->start, region->len))
		return -EINVAL;
	return mmlab_mm_mprotect(mmlab_chardev_process(file), region->start,
				 region->start + region->len, rights_of(region->prot));
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
	    exec->stack_prot & ~PROT_RIGHTS ||
	    exec->stack_size > exec->stack_top ||
	    exec->stack_size > LAB_STACK_LIMIT ||
	    !is_user_range(stack, exec->stack_size) ||
	    exec->start_code > exec->end_code ||
	    exec->start_data > exec->end_data ||
	    max3(exec->end_code, exec->end_data, exec->start_brk) > stack)
		return -EINVAL;
	return mmlab_mm_exec(mmlab_chardev_process(file), exec->name, &layout,
			     exec->stack_size, rights_of(exec->stack_prot));
}

int mmlab_ioctl_tlb(struct file *file, void *arg)
{
	struct lab_process *p = mmlab_chardev_process(file);
	struct mmlab_tlb *tlb = arg;
	bool ask = tlb->flags & MMLAB_TLB_ASK;
	int err;

	if (tlb->flags & ~MMLAB_TLB_ASK || tlb->nr_entries > MMLAB_TLB_MAX ||
	    (ask && tlb->nr_entries))
		return -EINVAL;
	err = ask ? 0 : mmlab_tlb_resize(p, tlb->nr_entries);
	if (err)
		return err;
	mmlab_tlb_get(p, &tlb->nr_entries, &tlb->nr_soft);
	return 0;
}
