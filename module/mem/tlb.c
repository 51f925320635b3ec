// SPDX-License-Identifier: GPL-2.0
/*
 * Limits on the host entries of a lab process: see tlb.h.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "tlb.h"

#define TLB_NONE	U32_MAX

static struct lab_tlb *new_tlb(u32 nr_max)
{
	struct lab_tlb *tlb = kzalloc(sizeof(*tlb), GFP_KERNEL_ACCOUNT);

	if (tlb) {
		tlb->nr_max = nr_max;
		memset32(tlb->lva, TLB_NONE, LAB_TLB_MAX);
	}
	return tlb;
}

int mmlab_tlb_resize(struct lab_process *p, u32 nr_max)
{
	struct lab_tlb *tlb = nr_max ? new_tlb(nr_max) : NULL;

	if (nr_max && !tlb)
		return -ENOMEM;
	mutex_lock(p->mm.lock);
	swap(p->tlb, tlb);
	mmlab_flush_tlb_range_locked(p, 0, LAB_PAGE_OFFSET);
	mutex_unlock(p->mm.lock);
	kfree(tlb);
	return 0;
}

void mmlab_tlb_get(struct lab_process *p, u32 *nr_max, u64 *nr_soft)
{
	mutex_lock(p->mm.lock);
	*nr_max = p->tlb ? p->tlb->nr_max : 0;
	*nr_soft = p->mm.nr_softflt;
	mutex_unlock(p->mm.lock);
}

void mmlab_tlb_exit(struct lab_process *p)
{
	struct lab_tlb *tlb;

	mutex_lock(p->mm.lock);
	tlb = p->tlb;
	p->tlb = NULL;
	mutex_unlock(p->mm.lock);
	kfree(tlb);
}

void mmlab_tlb_replace_locked(struct lab_process *p, u32 lva)
{
	struct lab_tlb *tlb = p->tlb;
	u32 i, old;

	lockdep_assert_held(p->mm.lock);
	for (i = 0; i < tlb->nr_max; i++)
		if (tlb->lva[i] == lva)
			return;
	old = tlb->lva[tlb->next];
	if (old != TLB_NONE)
		mmlab_flush_tlb_range_locked(p, old, old + PAGE_SIZE);
	tlb->lva[tlb->next] = lva;
	tlb->next = (tlb->next + 1) % tlb->nr_max;
}
