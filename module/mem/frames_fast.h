/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The usual way of an allocation and of a free: one section, one block off or
 * onto this CPU's list. Inline, for frames.c and for the exported functions, which
 * know most of the arguments at compile time; others call what frames.h declares.
 */
#ifndef MMLAB_MEM_FRAMES_FAST_H
#define MMLAB_MEM_FRAMES_FAST_H

#include "arena.h"
#include "frames.h"
#include "inject.h"
#include "pcp.h"
#include "section.h"

/* The other ways; arguments and return values as in frames.h. */
u32 mmlab_frames_alloc_slow(unsigned int order, unsigned int flags,
			    enum frame_use use, u32 owner);
int mmlab_frames_free_slow(u32 pfn, unsigned int order, enum frame_use use,
			   u32 owner);

/* What comes after the section, if anything: zeroing, events. Returns @pfn. */
u32 mmlab_frames_finish(u32 pfn, unsigned int order, unsigned int flags,
			enum frame_use use, u32 owner);
void mmlab_frames_finish_free(u32 pfn, unsigned int order, enum frame_use use);

static __always_inline enum lab_zone_id mmlab_frames_zone(unsigned int flags)
{
	return flags & LAB_DMA ? LAB_ZONE_DMA : LAB_ZONE_NORMAL;
}

/* The first block of a list that has one. In a section. */
static __always_inline u32 mmlab_frames_take_listed(struct lab_page_list *list)
{
	u32 pfn = list->head;

	list->head = mmlab_frame(&mmlab_machine, pfn)->next;
	list->count--;
	return pfn;
}

/* The block is somebody's from here on. In a section. */
static __always_inline void mmlab_frames_assign(u32 pfn, unsigned int order,
						enum frame_use use, u32 owner,
						enum lab_zone_id zone)
{
	struct lab_frame *frame = mmlab_frame(&mmlab_machine, pfn);

	frame->mapcount = 0;
	frame->identity = mmlab_frame_identity(owner, order, FRAME_USED, use);
	mmlab_count_event(EV_PGALLOC_DMA + zone);
}

/*
 * From here on the block is nobody's: its former owner, who may ask for it once
 * more at any moment, must not find itself in it later on. In a section.
 */
static __always_inline void mmlab_frames_disown(u32 pfn, unsigned int order)
{
	WRITE_ONCE(mmlab_frame(&mmlab_machine, pfn)->identity,
		   mmlab_frame_identity(0, order, FRAME_PCP, USE_NONE));
	mmlab_count_event(EV_PGFREE);
}

/* See mmlab_frames_alloc(). */
static __always_inline u32 mmlab_frames_alloc_inline(unsigned int order,
						     unsigned int flags,
						     enum frame_use use,
						     u32 owner)
{
	enum lab_zone_id zone = mmlab_frames_zone(flags);
	struct lab_page_list *list;
	u32 pfn;

	if (mmlab_inject_fails(FAILPOINT_FRAME, PAGE_SIZE << (order & 31)))
		return PFN_NONE;
	if (unlikely(order >= LAB_PCP_ORDERS || !mmlab_section_try_enter()))
		return mmlab_frames_alloc_slow(order, flags, use, owner);
	list = this_cpu_ptr(&mmlab_cpu.pages[zone][order]);
	if (unlikely(list->head == PFN_NONE)) {
		mmlab_section_leave();
		return mmlab_frames_alloc_slow(order, flags, use, owner);
	}
	pfn = mmlab_frames_take_listed(list);
	mmlab_frames_assign(pfn, order, use, owner, zone);
	mmlab_section_leave();
	if (unlikely(flags & LAB_ZERO || trace_page_alloc_enabled()))
		return mmlab_frames_finish(pfn, order, flags, use, owner);
	return pfn;
}

/*
 * See mmlab_frames_free(); @pfn is below nr_frames. Pages that could be pinned go
 * the other way.
 */
static __always_inline int mmlab_frames_free_known(u32 pfn, unsigned int order,
						   enum frame_use use,
						   u32 owner)
{
	struct lab_page_list *list;
	struct lab_frame *frame;

	if (unlikely(order >= LAB_PCP_ORDERS || use == USE_USER ||
		     use == USE_VMALLOC || !mmlab_section_try_enter()))
		return mmlab_frames_free_slow(pfn, order, use, owner);
	frame = mmlab_frame(&mmlab_machine, pfn);
	list = this_cpu_ptr(&mmlab_cpu.pages[mmlab_frame_zone(&mmlab_machine, pfn)][order]);
	if (unlikely(frame->identity !=
		     mmlab_frame_identity(owner, order, FRAME_USED, use) ||
		     list->count >= mmlab_pcp_limit(order))) {
		mmlab_section_leave();
		return mmlab_frames_free_slow(pfn, order, use, owner);
	}
	mmlab_frames_disown(pfn, order);
	frame->next = list->head;
	list->head = pfn;
	list->count++;
	mmlab_section_leave();
	if (unlikely(trace_page_free_enabled()))
		mmlab_frames_finish_free(pfn, order, use);
	return 0;
}

/* See mmlab_frames_free(). */
static __always_inline int mmlab_frames_free_inline(u32 pfn, unsigned int order,
						    enum frame_use use,
						    u32 owner)
{
	if (unlikely(pfn >= mmlab_machine.nr_frames))
		return mmlab_frames_free_slow(pfn, order, use, owner);
	return mmlab_frames_free_known(pfn, order, use, owner);
}

#endif /* MMLAB_MEM_FRAMES_FAST_H */
