// SPDX-License-Identifier: GPL-2.0
/*
 * The zero page: see zero.h. do_anonymous_page() of Linux for loads, and the part of
 * do_wp_page() for a page that is no page of the process.
 */
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "arena.h"
#include "frames.h"
#include "number.h"
#include "reclaim.h"
#include "zero.h"

unsigned int mmlab_zero_page;

void mmlab_zero_map_locked(struct lab_process *p, u32 lva, u32 *entry, u32 nr, u32 flags)
{
	u32 i;

	lockdep_assert_held(p->mm.lock);
	for (i = 0; i < nr; i++) {
		mmlab_pgtable_fill_zero(&mmlab_machine, entry + i, flags);
		trace_pte(p->mm.owner, lva + (i << PAGE_SHIFT), 0, READ_ONCE(entry[i]));
	}
}

int mmlab_zero_break_locked(struct lab_process *p, u32 lva, u32 *entry, u32 flags, u32 *pfn)
{
	u32 pte, new;

	lockdep_assert_held(p->mm.lock);
	new = mmlab_frames_alloc(0, LAB_GFP_ZERO | mmlab_reclaim_flags(), USE_USER,
				 p->mm.family);
	if (new == PFN_NONE)
		return -ENOMEM;
	/* no count says which windows show the zero page here */
	mmlab_flush_tlb_range_locked(p, lva, lva + PAGE_SIZE);
	pte = mmlab_pgtable_refill(&mmlab_machine, entry, new, flags);
	trace_pte(p->mm.owner, lva, pte, READ_ONCE(*entry));
	mmlab_process_count_rss_locked(p, 1);
	if (mmlab_swap_is_on())
		mmlab_reclaim_add_locked(p, new, lva);
	*pfn = new;
	return 0;
}

void mmlab_zero_validate(struct lab_verdict *v)
{
	const void *page = mmlab_frame_address(&mmlab_machine, LAB_ZERO_PFN);

	if (!mmlab_badframe_is(LAB_ZERO_PFN))
		mmlab_verdict_expect(v, "the zero page holds zeros", LAB_ZERO_PFN, 0,
				     !!memchr_inv(page, 0, PAGE_SIZE));
}

static int set_zero_page(const char *val, const struct kernel_param *kp)
{
	s64 number;
	int err = mmlab_number_parse(kp->name, val, 0, 1, &number);

	if (!err)
		WRITE_ONCE(mmlab_zero_page, number);
	return err;
}

static const struct kernel_param_ops zero_page_ops = {
	.set = set_zero_page,
	.get = param_get_uint,
};

module_param_cb(zero_page, &zero_page_ops, &mmlab_zero_page, 0644);
MODULE_PARM_DESC(zero_page, "a load maps one shared frame of zeros, until the first store (0 or 1, default 0)");
