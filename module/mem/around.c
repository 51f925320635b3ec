// SPDX-License-Identifier: GPL-2.0
/*
 * Fault-around, as do_fault_around() in Linux mm/memory.c: an aligned range of
 * pages around the touched one, cut off where the window ends.
 */
#define pr_fmt(fmt) "mmlab: " fmt

#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>

#include "around.h"
#include "entry.h"
#include "mm.h"
#include "number.h"

#define FAULT_AROUND_MAX	512U

unsigned int mmlab_around_nr = 1;

int mmlab_around_enter_locked(struct lab_process *p, const struct vm_fault *vmf,
			      unsigned int nr, bool write)
{
	struct vm_area_struct *window = vmf->vma;
	pgoff_t first = max_t(pgoff_t, round_down(vmf->pgoff, nr), window->vm_pgoff);
	pgoff_t last = min_t(pgoff_t, round_down(vmf->pgoff, nr) + nr,
			     window->vm_pgoff + vma_pages(window));
	u64 lva = (u64)first << PAGE_SHIFT, end = (u64)last << PAGE_SHIFT;
	struct page *pages[LAB_AROUND_MAX];
	u32 found;

	lockdep_assert_held(p->mm.lock);
	while ((found = mmlab_mm_around_locked(p, &lva, end, write, pages)) != 0) {
		pgoff_t page = (lva >> PAGE_SHIFT) - window->vm_pgoff;
		int err = mmlab_entry_make(window, window->vm_start +
					   (page << PAGE_SHIFT), pages, found,
					   write);

		if (err)
			return err;
		lva += (u64)found << PAGE_SHIFT;
	}
	return 0;
}

static int set_fault_around(const char *val, const struct kernel_param *kp)
{
	s64 number;
	int err = mmlab_number_parse(kp->name, val, 1, FAULT_AROUND_MAX, &number);

	if (err)
		return err;
	if (!is_power_of_2(number)) {
		pr_err("%s=%lld: a power of two up to %u is wanted\n", kp->name,
		       number, FAULT_AROUND_MAX);
		return -EINVAL;
	}
	WRITE_ONCE(mmlab_around_nr, number);
	return 0;
}

static const struct kernel_param_ops fault_around_ops = {
	.set = set_fault_around,
	.get = param_get_uint,
};

module_param_cb(fault_around, &fault_around_ops, &mmlab_around_nr, 0644);
MODULE_PARM_DESC(fault_around, "pages that one page fault brings into a window at most (1-512, default 1: the touched one)");
