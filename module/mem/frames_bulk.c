// SPDX-License-Identifier: GPL-2.0
/*
 * Single frames in bulk: from this CPU's list first, then from the buddy
 * allocator, and back the same way.
 */
#include "arena.h"
#include "frames_bulk.h"
#include "frames_fast.h"
#include "inject.h"
#include "quarantine.h"

/* Puts up to @nr frames of @from onto @chain, as somebody's. In a section. */
static u32 hand_out(u32 *from, u32 nr, enum frame_use use, u32 owner, u32 *chain)
{
	const u64 identity = mmlab_frame_identity(owner, 0, FRAME_USED, use);
	u32 got, pfn = *from, last = *chain;

	for (got = 0; got < nr && pfn != PFN_NONE; got++) {
		struct lab_frame *frame = mmlab_frame(&mmlab_machine, pfn);
		u32 next = frame->next;

		frame->mapcount = 0;
		frame->identity = identity;
		frame->next = last;
		last = pfn;
		pfn = next;
	}
	*from = pfn;
	*chain = last;
	mmlab_count_events(EV_PGALLOC_NORMAL, got);
	return got;
}

u32 mmlab_frames_alloc_bulk(u32 nr, unsigned int flags, enum frame_use use,
			    u32 owner, u32 *chain)
{
	struct lab_page_list *list;
	u32 fresh = PFN_NONE, got, pfn, i;

	/* then it counts one by one who fails */
	if (static_branch_unlikely(&mmlab_inject_key))
		return 0;
	nr = min(nr, LAB_BULK_MAX);
	list = &mmlab_section_enter()->pages[LAB_ZONE_NORMAL][0];
	got = hand_out(&list->head, min_t(u32, nr, list->count), use, owner, chain);
	list->count -= got;
	if (got < nr) {
		mmlab_buddy_alloc_bulk(&mmlab_machine, LAB_ZONE_NORMAL, 0,
				       nr - got, &fresh);
		got += hand_out(&fresh, nr - got, use, owner, chain);
	}
	mmlab_section_leave();
	if (!(flags & LAB_ZERO) && !trace_page_alloc_enabled())
		return got;
	for (i = 0, pfn = *chain; i < got; i++) {
		mmlab_frames_finish(pfn, 0, flags, use, owner);
		pfn = mmlab_frame(&mmlab_machine, pfn)->next;
	}
	return got;
}

/* The frame is nobody's any more: it goes onto a list. In a section. */
static __always_inline void take_back(struct lab_cpu *cpu, u32 pfn)
{
	enum lab_zone_id zone = mmlab_frame_zone(&mmlab_machine, pfn);
	struct lab_page_list *list = &cpu->pages[zone][0];
	struct lab_frame *frame = mmlab_frame(&mmlab_machine, pfn);

	WRITE_ONCE(frame->identity,
		   mmlab_frame_identity(0, 0, FRAME_PCP, USE_NONE));
	if (unlikely(mmlab_quarantine_is_pinned(pfn))) {
		mmlab_quarantine_add(pfn);
		return;
	}
	frame->next = list->head;
	list->head = pfn;
	list->count++;
}

static void shorten_lists(struct lab_cpu *cpu)
{
	unsigned int limit = mmlab_pcp_limit(0), zone;

	for (zone = 0; zone < NR_LAB_ZONES; zone++)
		if (cpu->pages[zone][0].count > limit)
			mmlab_pcp_flush(&cpu->pages[zone][0], zone, 0, limit);
}

/* Up to LAB_BULK_MAX of them, in a section. */
static int free_some(struct lab_cpu *cpu, u32 *chain, enum frame_use use, u32 owner)
{
	const u64 identity = mmlab_frame_identity(owner, 0, FRAME_USED, use);
	u32 nr, pfn = *chain;
	int err = 0;

	for (nr = 0; nr < LAB_BULK_MAX && pfn != PFN_NONE; nr++) {
		u32 next = PFN_NONE;

		if (likely(pfn < mmlab_machine.nr_frames &&
			   mmlab_frame(&mmlab_machine, pfn)->identity == identity))
			next = mmlab_frame(&mmlab_machine, pfn)->next;
		else
			err = mmlab_frame_may_free(&mmlab_machine, pfn, 0, use,
						   owner);
		if (unlikely(err)) {
			mmlab_count_event(EV_PGFREE_REFUSED);
			break;
		}
		take_back(cpu, pfn);
		trace_page_free(pfn, 0, use);
		pfn = next;
	}
	mmlab_count_events(EV_PGFREE, nr);
	*chain = pfn;
	return err;
}

int mmlab_frames_free_bulk(u32 chain, enum frame_use use, u32 owner)
{
	int err = 0;

	while (chain != PFN_NONE && !err) {
		struct lab_cpu *cpu = mmlab_section_enter();

		err = free_some(cpu, &chain, use, owner);
		shorten_lists(cpu);
		mmlab_section_leave();
	}
	return err;
}
