// SPDX-License-Identifier: GPL-2.0
/*
 * Single frames in bulk: from this CPU's list first, then from the buddy
 * allocator, and back the same way.
 */
#include "arena.h"
#include "frames.h"
#include "frames_bulk.h"
#include "frames_fast.h"
#include "inject.h"
#include "quarantine.h"

/* Moves the first @nr frames of @from to @chain and gives them to @owner. In a section. */
static void hand_out_frames(u32 *from, u32 nr, enum frame_use use, u32 owner, u32 *chain)
{
	const u64 identity = mmlab_frame_identity(owner, 0, FRAME_USED, use);
	u32 pfn = *from, last = *chain, left;

	mmlab_section_assert_held();
	for (left = nr; left; left--) {
		struct lab_frame *frame = mmlab_frame(&mmlab_machine, pfn);
		u32 next = frame->next;

		frame->mapcount = 0;
		frame->private = 0;
		WRITE_ONCE(frame->identity, identity);
		frame->next = last;
		last = pfn;
		pfn = next;
	}
	*from = pfn;
	*chain = last;
	mmlab_count_events(EV_PGALLOC_NORMAL, nr);
}

u32 mmlab_frames_alloc_bulk(u32 nr, lab_gfp_t flags, enum frame_use use,
			    u32 owner, u32 *chain)
{
	struct lab_page_list *list;
	u32 fresh = PFN_NONE, got, pfn, i;

	/* then each frame is a failure point, or is checked, by itself */
	if (static_branch_unlikely(&mmlab_inject_key) ||
	    static_branch_unlikely(&mmlab_badframe_key))
		return 0;
	nr = min(nr, LAB_BULK_MAX);
	list = &mmlab_section_enter()->pages[LAB_ZONE_NORMAL][0];
	got = min_t(u32, nr, list->count);
	hand_out_frames(&list->head, got, use, owner, chain);
	list->count -= got;
	if (got < nr) {
		nr = mmlab_buddy_alloc_bulk(&mmlab_machine, LAB_ZONE_NORMAL, 0,
					    nr - got, &fresh);
		hand_out_frames(&fresh, nr, use, owner, chain);
		got += nr;
	}
	mmlab_section_leave();
	if (!(flags & LAB_GFP_ZERO) && !trace_page_alloc_enabled())
		return got;
	for (i = 0, pfn = *chain; i < got; i++) {
		mmlab_frames_finish(pfn, 0, flags, use, owner);
		pfn = mmlab_frame(&mmlab_machine, pfn)->next;
	}
	return got;
}

/* The slow path for one frame. In a section. 0 or an error of mmlab_frames_free(). */
static noinline int take_back_slow(struct lab_cpu *cpu, u32 pfn, enum frame_use use,
				   u32 owner)
{
	int err = mmlab_frame_may_free(&mmlab_machine, pfn, 0, use, owner);
	struct lab_page_list *list;

	mmlab_section_assert_held();
	if (err) {
		mmlab_count_event(EV_PGFREE_REFUSED);
		return err;
	}
	mmlab_frames_disown(pfn, 0);
	if (mmlab_badframe_put_aside(pfn, 0))
		return 0;
	if (mmlab_quarantine_is_pinned(pfn)) {
		mmlab_quarantine_add(pfn);
		return 0;
	}
	list = &cpu->pages[mmlab_frame_zone(&mmlab_machine, pfn)][0];
	mmlab_frame(&mmlab_machine, pfn)->next = list->head;
	list->head = pfn;
	list->count++;
	return 0;
}

static void shorten_lists(struct lab_cpu *cpu)
{
	unsigned int limit = mmlab_pcp_limit(0), zone;

	mmlab_section_assert_held();
	for (zone = 0; zone < NR_LAB_ZONES; zone++)
		if (cpu->pages[zone][0].count > limit)
			mmlab_pcp_spill(&cpu->pages[zone][0], zone, 0, limit);
}

/*
 * Frees up to LAB_BULK_MAX frames, at least one, in one section: frames of zone Normal
 * with the right identity that are not pinned go onto the list together.
 */
static __always_inline int free_run(struct lab_cpu *cpu, u32 *chain, enum frame_use use, u32 owner)
{
	/* once there are bad frames, each is checked: no frame has this identity */
	const u64 identity = static_branch_unlikely(&mmlab_badframe_key) ? 0 :
			     mmlab_frame_identity(owner, 0, FRAME_USED, use);
	const u64 listed = mmlab_frame_identity(0, 0, FRAME_PCP, USE_NONE);
	u32 start = mmlab_machine.zone[LAB_ZONE_NORMAL].start;
	u32 nr_normal = mmlab_machine.nr_frames - start;
	struct lab_page_list *list = &cpu->pages[LAB_ZONE_NORMAL][0];
	u32 pfn = *chain, head = list->head, left, nr_slow = 0;
	int err = 0;

	mmlab_section_assert_held();
	for (left = LAB_BULK_MAX; left; left--) {
		struct lab_frame *frame = mmlab_frame(&mmlab_machine, pfn);
		u32 next;

		if (unlikely(pfn - start >= nr_normal ||
			     /* data_race(): see lab_frame.identity */
			     data_race(frame->identity) != identity ||
			     mmlab_quarantine_is_pinned(pfn))) {
			next = pfn < mmlab_machine.nr_frames ? frame->next : PFN_NONE;
			list->head = head;
			err = take_back_slow(cpu, pfn, use, owner);
			head = list->head;
			if (err)
				break;
			nr_slow++;
		} else {
			next = frame->next;
			WRITE_ONCE(frame->identity, listed);
			frame->next = head;
			head = pfn;
		}
		trace_page_free(pfn, 0, use);
		pfn = next;
		if (pfn == PFN_NONE) {
			left--;
			break;
		}
	}
	list->head = head;
	list->count += LAB_BULK_MAX - left - nr_slow;
	mmlab_count_events(EV_PGFREE, LAB_BULK_MAX - left - nr_slow);
	*chain = pfn;
	return err;
}

int mmlab_frames_free_bulk(u32 chain, enum frame_use use, u32 owner)
{
	int err = 0;

	while (chain != PFN_NONE && !err) {
		struct lab_cpu *cpu = mmlab_section_enter();

		err = free_run(cpu, &chain, use, owner);
		shorten_lists(cpu);
		mmlab_section_leave();
	}
	return err;
}
