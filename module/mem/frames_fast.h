/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fast paths of an allocation and of a free: one section, one block off or onto
 * this CPU's list. Inline, for frames.c and for the exported functions, which know
 * most of the arguments at compile time; all other callers use frames.h.
 */
#ifndef MMLAB_MEM_FRAMES_FAST_H
#define MMLAB_MEM_FRAMES_FAST_H

#include "../core/buddy.h"
#include "arena.h"
#include "badframe.h"
#include "inject.h"
#include "pcp.h"
#include "section.h"

static __always_inline enum lab_zone_id mmlab_frames_zone(lab_gfp_t flags)
{
	return flags & LAB_GFP_DMA ? LAB_ZONE_DMA : LAB_ZONE_NORMAL;
}

/* The first block of a list that has one. */
static __always_inline u32 mmlab_frames_take_listed(struct lab_page_list *list)
{
	u32 pfn = list->head;

	mmlab_section_assert_held();
	list->head = mmlab_frame(&mmlab_machine, pfn)->next;
	list->count--;
	return pfn;
}

/* Gives the block, in any state, to an owner. In a section. */
static __always_inline void mmlab_frames_assign(u32 pfn, unsigned int order,
						enum frame_use use, u32 owner,
						enum lab_zone_id zone)
{
	struct lab_frame *frame = mmlab_frame(&mmlab_machine, pfn);

	mmlab_section_assert_held();
	frame->mapcount = 0;
	frame->private = 0;
	/* as below, pairs with data_race() in mmlab_frame_may_free() and its like */
	WRITE_ONCE(frame->identity,
		   mmlab_frame_identity(owner, order, FRAME_USED, use));
	mmlab_count_event(EV_PGALLOC_DMA + zone);
}

/* The same for a block off a list: its identity is known but for the order. */
static __always_inline void mmlab_frames_assign_listed(u32 pfn, enum frame_use use,
						       u32 owner,
						       enum lab_zone_id zone)
{
	struct lab_frame *frame = mmlab_frame(&mmlab_machine, pfn);

	mmlab_section_assert_held();
	frame->mapcount = 0;
	frame->private = 0;
	/* data_race(): see lab_frame.identity; this CPU alone writes it */
	data_race(frame->identity += mmlab_frame_identity(owner, 0, FRAME_USED, use) -
				     mmlab_frame_identity(0, 0, FRAME_PCP, USE_NONE));
	mmlab_count_event(EV_PGALLOC_DMA + zone);
}

/*
 * Takes the block from its owner. The owner may free it a second time at any moment:
 * that free must not find the owner's number in the block. In a section.
 */
static __always_inline void mmlab_frames_disown(u32 pfn, unsigned int order)
{
	mmlab_section_assert_held();
	WRITE_ONCE(mmlab_frame(&mmlab_machine, pfn)->identity,
		   mmlab_frame_identity(0, order, FRAME_PCP, USE_NONE));
	mmlab_count_event(EV_PGFREE);
}

/*
 * See mmlab_frames_alloc(). PFN_NONE: nothing was done, the caller takes the slow path.
 * That is always so while events are traced, a failure point is set, or there are bad
 * frames. Nothing is zeroed.
 */
static __always_inline u32 mmlab_frames_try_alloc(unsigned int order,
						  enum lab_zone_id zone,
						  enum frame_use use, u32 owner)
{
	struct lab_page_list *list;
	u32 pfn = PFN_NONE;

	if (static_branch_unlikely(&mmlab_inject_key) ||
	    static_branch_unlikely(&mmlab_badframe_key) ||
	    unlikely(trace_page_alloc_enabled()) ||
	    unlikely(!mmlab_section_try_enter(order, &mmlab_fast_limits.nr_orders)))
		return PFN_NONE;
	list = this_cpu_ptr(&mmlab_cpu.pages[zone][order]);
	if (likely(list->head != PFN_NONE)) {
		pfn = mmlab_frames_take_listed(list);
		mmlab_frames_assign_listed(pfn, use, owner, zone);
	}
	mmlab_section_leave();
	return pfn;
}

/* This CPU's list for a block. */
static __always_inline struct lab_page_list *mmlab_frames_list(size_t pfn,
							       unsigned int order)
{
	mmlab_section_assert_held();
	if (likely(pfn >= mmlab_machine.zone[LAB_ZONE_DMA].end))
		return this_cpu_ptr(&mmlab_cpu.pages[LAB_ZONE_NORMAL][order]);
	return this_cpu_ptr(&mmlab_cpu.pages[LAB_ZONE_DMA][order]);
}

/*
 * See mmlab_frames_free(). False: nothing was done, the caller takes the slow path.
 * That is always so while events are traced, while there are bad frames, and for pages that
 * could be pinned. @pfn is any number.
 */
static __always_inline bool mmlab_frames_try_free(size_t pfn, unsigned int order,
						  enum frame_use use, u32 owner)
{
	const u64 identity = mmlab_frame_identity(owner, order, FRAME_USED, use);
	struct lab_page_list *list;
	struct lab_frame *frame;

	if (static_branch_unlikely(&mmlab_badframe_key) ||
	    unlikely(trace_page_free_enabled() || order >= LAB_PCP_ORDERS ||
		     use == USE_USER || use == USE_VMALLOC ||
		     !mmlab_section_try_enter(pfn, &mmlab_fast_limits.nr_frames)))
		return false;
	frame = mmlab_frame(&mmlab_machine, pfn);
	list = mmlab_frames_list(pfn, order);
	/* data_race(): see lab_frame.identity */
	if (unlikely(data_race(frame->identity) != identity || list->count >= list->limit)) {
		mmlab_section_leave();
		return false;
	}
	mmlab_frames_disown(pfn, order);
	frame->next = list->head;
	list->head = pfn;
	list->count++;
	mmlab_section_leave();
	return true;
}

#endif /* MMLAB_MEM_FRAMES_FAST_H */
