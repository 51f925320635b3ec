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
	u32 got;

	for (got = 0; got < nr && *from != PFN_NONE; got++) {
		u32 pfn = *from;
		struct lab_frame *frame = mmlab_frame(&mmlab_machine, pfn);

		*from = frame->next;
		mmlab_frames_assign(pfn, 0, use, owner, LAB_ZONE_NORMAL);
		frame->next = *chain;
		*chain = pfn;
	}
	return got;
}

u32 mmlab_frames_alloc_bulk(u32 nr, unsigned int flags, enum frame_use use,
			    u32 owner, u32 *chain)
{
	struct lab_page_list *list;
	u32 fresh = PFN_NONE, got, pfn;

	*chain = PFN_NONE;
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
	if (flags & LAB_ZERO || trace_page_alloc_enabled())
		for (pfn = *chain; pfn != PFN_NONE;
		     pfn = mmlab_frame(&mmlab_machine, pfn)->next)
			mmlab_frames_finish(pfn, 0, flags, use, owner);
	return got;
}

/* The frame is nobody's from here on. In a section. */
static void take_back(struct lab_cpu *cpu, u32 pfn)
{
	enum lab_zone_id zone = mmlab_frame_zone(&mmlab_machine, pfn);
	struct lab_page_list *list = &cpu->pages[zone][0];

	mmlab_frames_disown(pfn, 0);
	if (mmlab_quarantine_is_pinned(pfn)) {
		mmlab_quarantine_add(pfn);
		return;
	}
	mmlab_frame(&mmlab_machine, pfn)->next = list->head;
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

int mmlab_frames_free_bulk(u32 chain, enum frame_use use, u32 owner)
{
	int err = 0;

	while (chain != PFN_NONE && !err) {
		struct lab_cpu *cpu = mmlab_section_enter();
		u32 nr;

		for (nr = 0; nr < LAB_BULK_MAX && chain != PFN_NONE; nr++) {
			u32 pfn = chain;

			err = mmlab_frame_may_free(&mmlab_machine, pfn, 0, use,
						   owner);
			if (err) {
				mmlab_count_event(EV_PGFREE_REFUSED);
				break;
			}
			chain = mmlab_frame(&mmlab_machine, pfn)->next;
			take_back(cpu, pfn);
			trace_page_free(pfn, 0, use);
		}
		shorten_lists(cpu);
		mmlab_section_leave();
	}
	return err;
}
