/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Per-CPU page lists over the buddy allocator, for orders 0 to 3, and for one block
 * of 2 MiB, as Linux has it for huge pages. Most allocations then take no shared
 * lock. The lists are in struct lab_cpu (section.h).
 */
#ifndef MMLAB_MEM_PCP_H
#define MMLAB_MEM_PCP_H

#include "section.h"

/* Frames that a list of order 0 holds at most; 0 if the lists are off. */
extern unsigned int mmlab_pcp_high;

#define LAB_PCP_SMALL_ORDERS	4U
#define LAB_PCP_HUGE_ORDER	9U

/* Blocks of @order that a list holds at most. */
static __always_inline unsigned int mmlab_pcp_limit(unsigned int order)
{
	if (order < LAB_PCP_SMALL_ORDERS)
		return READ_ONCE(mmlab_pcp_high) >> order;
	return order == LAB_PCP_HUGE_ORDER && READ_ONCE(mmlab_pcp_high);
}

/* Fetches a batch for an empty list of this CPU. Inside a section. */
void mmlab_pcp_refill(struct lab_page_list *list, enum lab_zone_id zone,
		      unsigned int order);

/* Frees a batch of a list of this CPU that has more than @limit blocks. Inside a section. */
void mmlab_pcp_spill(struct lab_page_list *list, enum lab_zone_id zone,
		     unsigned int order, unsigned int limit);

/* Empty lists on all CPUs. Before the first section. */
void mmlab_pcp_init(void);

/* Allows or forbids drains by the parameters: last step of init, first of exit. */
void mmlab_pcp_set_running(bool running);

/* Empties the lists of all CPUs, by a freeze: see mmlab_freeze(). Returns frames. */
u32 mmlab_pcp_drain(void);

/* Gives the single frames of the CPU that it runs on to the free lists. */
void mmlab_pcp_spill_here(void);

/* Empties the lists of one CPU. Under the freeze. */
u32 mmlab_pcp_drain_cpu(unsigned int cpu);

/* Frames on one CPU's lists in a zone; exact under the freeze only. */
u32 mmlab_pcp_count(unsigned int cpu, enum lab_zone_id zone);

/* The batch in use, in frames of order 0. */
unsigned int mmlab_pcp_batch_now(void);

/* Checks the lists of all CPUs. Under the freeze. */
void mmlab_pcp_validate(struct lab_verdict *v);

#endif /* MMLAB_MEM_PCP_H */
