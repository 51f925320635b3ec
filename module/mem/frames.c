// SPDX-License-Identifier: GPL-2.0
/*
 * The front of the page allocator: the slow paths to those in frames_fast.h.
 *
 * A frame has one place: a free list, a per-CPU list, the quarantine, or its owner. The
 * section in which it moves keeps that true for the freezer. A free takes the identity
 * from the owner first (mmlab_frames_disown()), so that a second free of the block is
 * refused even before the block is on a list.
 */
#include <linux/kernel.h>
#include <linux/mm.h>

#include "arena.h"
#include "badframe.h"
#include "frames.h"
#include "frames_fast.h"
#include "pcp.h"
#include "quarantine.h"
#include "section.h"
#include "watermark.h"

/* A block off this CPU's list, after a refill if need be, or from the free lists. */
static __always_inline u32 take_block(struct lab_cpu *cpu, unsigned int order,
				      lab_gfp_t flags)
{
	enum lab_zone_id zone = mmlab_frames_zone(flags);

	mmlab_section_assert_held();
	if (order < LAB_PCP_ORDERS && mmlab_pcp_limit(order)) {
		struct lab_page_list *list = &cpu->pages[zone][order];

		if (list->head == PFN_NONE)
			mmlab_pcp_refill(list, zone, order);
		if (list->head != PFN_NONE)
			return mmlab_frames_take_listed(list);
	}
	return mmlab_buddy_alloc(&mmlab_machine, order, flags);
}

/* One try with this CPU's list and the free lists, without a shortage. */
static __always_inline u32 alloc_once(unsigned int order, lab_gfp_t flags,
				      enum frame_use use, u32 owner)
{
	struct lab_cpu *cpu = mmlab_section_enter();
	u32 pfn;

	do {	/* ends: each round takes one bad frame out of the free ones */
		pfn = take_block(cpu, order, flags);
	} while (pfn != PFN_NONE && mmlab_badframe_put_aside(pfn, order));
	if (pfn != PFN_NONE)
		mmlab_frames_assign(pfn, order, use, owner,
				    mmlab_frame_zone(&mmlab_machine, pfn));
	mmlab_section_leave();
	return pfn;
}

static mmlab_shrink_t *shrinker;

void mmlab_frames_set_shrinker(mmlab_shrink_t *shrink)
{
	WRITE_ONCE(shrinker, shrink);
}

/*
 * All that is free for its holder, but no free block: objects in magazines, free slabs,
 * frames whose pin is gone, blocks on the lists of other CPUs.
 */
u32 mmlab_frames_shortage(void)
{
	mmlab_shrink_t *shrink = READ_ONCE(shrinker);
	u32 nr = 0, nr_released;

	mmlab_count_event(EV_ALLOCSTALL);
	if (shrink)
		nr = shrink();
	nr += mmlab_frames_drain(&nr_released);
	return nr + nr_released;
}

u32 mmlab_frames_drain(u32 *nr_released)
{
	u32 nr = mmlab_quarantine_scan();

	mmlab_badframe_scan();
	if (nr_released)
		*nr_released = nr;
	return mmlab_pcp_drain();
}

u32 mmlab_frames_alloc_slow(unsigned int order, lab_gfp_t flags,
			    enum frame_use use, u32 owner)
{
	bool tried = false;
	u32 pfn;

	might_sleep();
	if (order >= LAB_NR_ORDERS)
		return PFN_NONE;
	if (mmlab_inject_fails(FAILPOINT_FRAME, PAGE_SIZE << order))
		return PFN_NONE;
	while ((pfn = alloc_once(order, flags, use, owner)) == PFN_NONE && !tried &&
	       !(flags & LAB_GFP_NORETRY)) {
		mmlab_frames_shortage();
		tried = true;
	}
	mmlab_watermark_check();
	if (pfn != PFN_NONE && (flags & LAB_GFP_ZERO || trace_page_alloc_enabled()))
		mmlab_frames_finish(pfn, order, flags, use, owner);
	return pfn;
}

u32 mmlab_frames_finish(u32 pfn, unsigned int order, lab_gfp_t flags,
			enum frame_use use, u32 owner)
{
	if (flags & LAB_GFP_ZERO)
		memset(mmlab_frame_address(&mmlab_machine, pfn), 0,
		       PAGE_SIZE << order);
	trace_page_alloc(pfn, order, (__force u32)flags, use, owner);
	return pfn;
}

u32 mmlab_frames_alloc(unsigned int order, lab_gfp_t flags,
		       enum frame_use use, u32 owner)
{
	u32 pfn = mmlab_frames_try_alloc(order, mmlab_frames_zone(flags), use,
					 owner);

	if (unlikely(pfn == PFN_NONE))
		return mmlab_frames_alloc_slow(order, flags, use, owner);
	return flags & LAB_GFP_ZERO ?
	       mmlab_frames_finish(pfn, order, flags, use, owner) : pfn;
}

/* Frees a block to this CPU's list, if its order has one, or to the free lists. */
static void give_back_block(struct lab_cpu *cpu, u32 pfn, unsigned int order)
{
	enum lab_zone_id zone = mmlab_frame_zone(&mmlab_machine, pfn);
	unsigned int limit = order < LAB_PCP_ORDERS ? mmlab_pcp_limit(order) : 0;
	struct lab_page_list *list;

	mmlab_section_assert_held();
	if (!limit) {
		mmlab_buddy_free(&mmlab_machine, pfn);
		return;
	}
	list = &cpu->pages[zone][order];
	mmlab_frame(&mmlab_machine, pfn)->next = list->head;
	list->head = pfn;
	if (++list->count > limit)
		mmlab_pcp_spill(list, zone, order, limit);
}

/* Could the host's user space have a reference on the page? */
static bool may_be_pinned(enum frame_use use)
{
	return use == USE_USER || use == USE_VMALLOC;
}

int mmlab_frames_free_slow(u32 pfn, unsigned int order, enum frame_use use,
			   u32 owner)
{
	struct lab_cpu *cpu = mmlab_section_enter();
	int err = mmlab_frame_may_free(&mmlab_machine, pfn, order, use, owner);

	if (err) {
		mmlab_count_event(EV_PGFREE_REFUSED);
		mmlab_section_leave();
		return err;
	}
	/* from here on, a second free of the block is refused */
	mmlab_frames_disown(pfn, order);
	if (mmlab_badframe_put_aside(pfn, order))
		;
	else if (may_be_pinned(use) && mmlab_quarantine_is_pinned(pfn))
		mmlab_quarantine_add(pfn);
	else
		give_back_block(cpu, pfn, order);
	mmlab_section_leave();
	trace_page_free(pfn, order, use);
	return 0;
}

int mmlab_frames_free(u32 pfn, unsigned int order, enum frame_use use,
		      u32 owner)
{
	return mmlab_frames_try_free(pfn, order, use, owner) ? 0 :
	       mmlab_frames_free_slow(pfn, order, use, owner);
}
