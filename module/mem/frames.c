// SPDX-License-Identifier: GPL-2.0
/*
 * The front of the page allocator. The usual way is short: one section, one
 * block off or onto this CPU's list.
 */
#include <linux/kernel.h>
#include <linux/mm.h>

#include "arena.h"
#include "frames.h"
#include "pcp.h"
#include "quarantine.h"
#include "section.h"

static u32 take_listed(struct lab_cpu *cpu, enum lab_zone_id zone,
		       unsigned int order)
{
	struct lab_page_list *list = &cpu->pages[zone][order];
	u32 pfn;

	if (unlikely(list->head == PFN_NONE)) {
		if (!mmlab_pcp_limit(order))
			return PFN_NONE;
		mmlab_pcp_refill(list, zone, order);
		if (list->head == PFN_NONE)
			return PFN_NONE;
	}
	pfn = list->head;
	list->head = mmlab_frame(&mmlab_machine, pfn)->next;
	list->count--;
	return pfn;
}

/* One try, in a section of its own. */
static u32 alloc_once(unsigned int order, unsigned int flags,
		      enum frame_use use, u32 owner)
{
	enum lab_zone_id zone = flags & LAB_DMA ? LAB_ZONE_DMA : LAB_ZONE_NORMAL;
	struct lab_cpu *cpu = mmlab_section_enter();
	u32 pfn = PFN_NONE;

	if (likely(order < LAB_PCP_ORDERS))
		pfn = take_listed(cpu, zone, order);
	if (unlikely(pfn == PFN_NONE))
		pfn = mmlab_buddy_alloc(&mmlab_machine, order, flags);
	if (likely(pfn != PFN_NONE)) {
		struct lab_frame *frame = mmlab_frame(&mmlab_machine, pfn);

		frame->state = FRAME_USED;
		frame->use = use;
		frame->owner = owner;
		frame->mapcount = 0;
		mmlab_count_event(EV_PGALLOC_DMA +
				  mmlab_frame_zone(&mmlab_machine, pfn));
	}
	mmlab_section_leave();
	return pfn;
}

static u32 (*shrinker)(void);

void mmlab_frames_set_shrinker(u32 (*shrink)(void))
{
	WRITE_ONCE(shrinker, shrink);
}

/* Takes back all that lies around somewhere. */
static void reclaim(void)
{
	u32 (*shrink)(void) = READ_ONCE(shrinker);

	mmlab_count_event(EV_ALLOCSTALL);
	if (shrink)
		shrink();
	mmlab_frames_drain(NULL);
}

u32 mmlab_frames_drain(u32 *nr_released)
{
	u32 nr = mmlab_quarantine_scan();

	if (nr_released)
		*nr_released = nr;
	return mmlab_pcp_drain();
}

u32 mmlab_frames_alloc(unsigned int order, unsigned int flags,
		       enum frame_use use, u32 owner)
{
	u32 pfn;

	might_sleep();
	if (unlikely(order >= LAB_NR_ORDERS))
		return PFN_NONE;
	pfn = alloc_once(order, flags, use, owner);
	if (unlikely(pfn == PFN_NONE)) {
		reclaim();
		pfn = alloc_once(order, flags, use, owner);
		if (pfn == PFN_NONE)
			return PFN_NONE;
	}
	if (flags & LAB_ZERO)
		memset(mmlab_frame_address(&mmlab_machine, pfn), 0,
		       PAGE_SIZE << order);
	trace_page_alloc(pfn, order, flags, use, owner);
	return pfn;
}

/* Could the host's user space have a reference on the page? */
static bool may_be_pinned(enum frame_use use)
{
	return use == USE_USER || use == USE_VMALLOC;
}

/*
 * From here on the block is nobody's. The former owner, who may ask for it once
 * more at any moment, must not find itself in it when it is given out again.
 */
static void frame_forget(u32 pfn)
{
	struct lab_frame *frame = mmlab_frame(&mmlab_machine, pfn);

	WRITE_ONCE(frame->owner, 0);
	WRITE_ONCE(frame->use, USE_NONE);
}

static void give_back(struct lab_cpu *cpu, u32 pfn, unsigned int order)
{
	enum lab_zone_id zone = mmlab_frame_zone(&mmlab_machine, pfn);
	struct lab_frame *frame = mmlab_frame(&mmlab_machine, pfn);
	struct lab_page_list *list;
	unsigned int limit = 0;

	if (likely(order < LAB_PCP_ORDERS))
		limit = mmlab_pcp_limit(order);
	if (unlikely(!limit)) {
		mmlab_buddy_free(&mmlab_machine, pfn);
		return;
	}
	list = &cpu->pages[zone][order];
	frame->state = FRAME_PCP;
	frame->next = list->head;
	list->head = pfn;
	if (unlikely(++list->count > limit))
		mmlab_pcp_flush(list, zone, order, limit);
}

int mmlab_frames_free(u32 pfn, unsigned int order, enum frame_use use,
		      u32 owner)
{
	struct lab_cpu *cpu = mmlab_section_enter();
	int err = mmlab_frame_may_free(&mmlab_machine, pfn, order, use,
				       owner);

	if (unlikely(err)) {
		mmlab_count_event(EV_PGFREE_REFUSED);
	} else {
		mmlab_count_event(EV_PGFREE);
		frame_forget(pfn);
		if (may_be_pinned(use) && mmlab_quarantine_is_pinned(pfn))
			mmlab_quarantine_add(pfn);
		else
			give_back(cpu, pfn, order);
	}
	mmlab_section_leave();
	if (likely(!err))
		trace_page_free(pfn, order, use);
	return err;
}
