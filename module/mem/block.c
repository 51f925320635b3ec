// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks of lab processes. A process's list is under its lab_mm.lock.
 *
 * The links are in mem_map, which no lab process can write to. nr_block_frames is the sum of
 * the blocks on the list, so it also bounds a walk over a list that was damaged.
 */
#include "arena.h"
#include "block.h"
#include "frames.h"
#include "reclaim.h"
#include "section.h"

static u32 alloc_block_once(struct lab_process *p, unsigned int order,
			    lab_gfp_t flags)
{
	struct lab_mm *mm = &p->mm;
	struct lab_frame *frame;
	u32 pfn;

	mutex_lock(mm->lock);
	pfn = mmlab_frames_alloc(order, flags | LAB_GFP_ZERO, USE_BLOCK, mm->owner);
	if (pfn != PFN_NONE) {
		frame = mmlab_frame(&mmlab_machine, pfn);
		frame->prev = PFN_NONE;
		frame->next = mm->blocks;
		if (mm->blocks != PFN_NONE)
			mmlab_frame(&mmlab_machine, mm->blocks)->prev = pfn;
		mm->blocks = pfn;
		mm->nr_block_frames += 1U << order;
	}
	mutex_unlock(mm->lock);
	return pfn;
}

u32 mmlab_block_alloc(struct lab_process *p, unsigned int order,
		      lab_gfp_t flags)
{
	unsigned int nr_tries = 0;
	u32 pfn;

	do {
		pfn = alloc_block_once(p, order, flags);
	} while (pfn == PFN_NONE && order <= LAB_RECLAIM_ORDER &&
		 mmlab_reclaim_retry(&nr_tries, 1U << order));
	return pfn;
}

static void unlink_block_locked(struct lab_mm *mm, u32 pfn, unsigned int order)
{
	const struct lab_frame *frame = mmlab_frame(&mmlab_machine, pfn);

	lockdep_assert_held(mm->lock);
	if (frame->prev == PFN_NONE)
		mm->blocks = frame->next;
	else
		mmlab_frame(&mmlab_machine, frame->prev)->next = frame->next;
	if (frame->next != PFN_NONE)
		mmlab_frame(&mmlab_machine, frame->next)->prev = frame->prev;
	mm->nr_block_frames -= 1U << order;
}

int mmlab_block_free(struct lab_process *p, u32 pfn, unsigned int order)
{
	struct lab_mm *mm = &p->mm;
	int err;

	mutex_lock(mm->lock);
	err = mmlab_frame_may_free(&mmlab_machine, pfn, order, USE_BLOCK,
				   mm->owner);
	if (err) {
		mmlab_count_event(EV_PGFREE_REFUSED);
	} else {
		unlink_block_locked(mm, pfn, order);
		mmlab_frames_free(pfn, order, USE_BLOCK, mm->owner);
	}
	mutex_unlock(mm->lock);
	return err;
}

void mmlab_block_exit(struct lab_process *p)
{
	struct lab_mm *mm = &p->mm;

	mutex_lock(mm->lock);
	while (mm->blocks != PFN_NONE) {
		u32 pfn = mm->blocks;

		mm->blocks = mmlab_frame(&mmlab_machine, pfn)->next;
		mmlab_frames_free(pfn, mmlab_frame(&mmlab_machine, pfn)->order,
				  USE_BLOCK, mm->owner);
	}
	mm->nr_block_frames = 0;
	mutex_unlock(mm->lock);
}

bool mmlab_block_is_own_locked(const struct lab_process *p, u32 pfn)
{
	const struct lab_frame *frame;
	u32 head;

	lockdep_assert_held(p->mm.lock);
	head = mmlab_frame_head(&mmlab_machine, pfn);
	if (head == PFN_NONE)
		return false;
	frame = mmlab_frame(&mmlab_machine, head);
	return frame->state == FRAME_USED && frame->use == USE_BLOCK &&
	       frame->owner == p->mm.owner;
}

void mmlab_block_validate_locked(const struct lab_process *p,
				 struct lab_verdict *v)
{
	u32 pfn, prev = PFN_NONE, nr = 0;

	lockdep_assert_held(p->mm.lock);
	for (pfn = p->mm.blocks; pfn != PFN_NONE && nr < p->mm.nr_block_frames;
	     pfn = mmlab_frame(&mmlab_machine, pfn)->next) {
		const struct lab_frame *frame;

		if (!mmlab_verdict_expect(v, "a process's block is in the arena",
					  pfn, 1, pfn < mmlab_machine.nr_frames))
			break;
		frame = mmlab_frame(&mmlab_machine, pfn);
		mmlab_verdict_expect(v, "a process's block is in use as one",
				     pfn, USE_BLOCK, frame->use);
		mmlab_verdict_expect(v, "a process's block names its owner",
				     pfn, p->mm.owner, frame->owner);
		mmlab_verdict_expect(v, "a process's block is linked back",
				     pfn, prev, frame->prev);
		nr += 1U << frame->order;
		prev = pfn;
	}
	mmlab_verdict_expect(v, "a process's blocks are as many as counted",
			     p->mm.owner, p->mm.nr_block_frames, nr);
}
