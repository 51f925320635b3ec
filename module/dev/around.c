// SPDX-License-Identifier: GPL-2.0
/*
 * Fault-around, as do_fault_around() in Linux mm/memory.c: an aligned range of
 * pages around the touched one, cut off where the window ends.
 */
#define pr_fmt(fmt) "mmlab: " fmt

#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>

#include "../mem/arena.h"
#include "../mem/mm.h"
#include "around.h"

#define FAULT_AROUND_MAX	512U

static unsigned int fault_around = 1;

/* Another touch may have entered the page already, which is as good. */
static void enter(struct lab_process *p, struct vm_area_struct *window,
		  pgoff_t at)
{
	unsigned long address = window->vm_start +
				((at - window->vm_pgoff) << PAGE_SHIFT);
	u32 pfn;

	if (mmlab_mm_around_locked(p, mmlab_lva((u32)(at << PAGE_SHIFT)), &pfn))
		vm_insert_page(window, address, mmlab_arena_page(pfn));
}

void mmlab_around_map_locked(struct lab_process *p, const struct vm_fault *vmf)
{
	pgoff_t nr = READ_ONCE(fault_around), first, end, at;
	struct vm_area_struct *window = vmf->vma;

	lockdep_assert_held(&p->mm.lock);
	if (nr == 1)
		return;
	first = round_down(vmf->pgoff, nr);
	end = min(first + nr, window->vm_pgoff + vma_pages(window));
	for (at = max(first, window->vm_pgoff); at < end; at++)
		if (at != vmf->pgoff)
			enter(p, window, at);
}

static int set_fault_around(const char *val, const struct kernel_param *kp)
{
	unsigned int number;
	int err = kstrtouint(val, 0, &number);

	if (err)
		return err;
	if (!is_power_of_2(number) || number > FAULT_AROUND_MAX) {
		pr_err("fault_around=%u: a power of two up to %u is wanted\n",
		       number, FAULT_AROUND_MAX);
		return -EINVAL;
	}
	WRITE_ONCE(fault_around, number);
	return 0;
}

static const struct kernel_param_ops fault_around_ops = {
	.set = set_fault_around,
	.get = param_get_uint,
};

module_param_cb(fault_around, &fault_around_ops, &fault_around, 0644);
MODULE_PARM_DESC(fault_around, "pages that one page fault brings into a window at most (1-512, default 1: the touched one)");
