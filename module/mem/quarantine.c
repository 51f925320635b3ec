// SPDX-License-Identifier: GPL-2.0
/*
 * Quarantine: see quarantine.h.
 *
 * A frame is pinned if its host page has a reference besides the arena's. The windows
 * were flushed before the free, so the entries of windows are none of these references,
 * and user space can't add one: without an entry it reaches the page by existing pins
 * only. So a frame that is found without a pin may be given out again.
 *
 * Lock order: section -> quarantine_lock -> zone lock.
 */
#include <linux/mm.h>
#include <linux/workqueue.h>

#include "arena.h"
#include "badframe.h"
#include "quarantine.h"
#include "section.h"

/* Frames checked in one section. */
#define SCAN_BATCH	64U

static DEFINE_SPINLOCK(quarantine_lock);
/* The queue, oldest first, linked by lab_frame.next. Under quarantine_lock. */
static u32 queue_head = PFN_NONE;
static u32 queue_tail = PFN_NONE;
static u32 nr_quarantined;

static void quarantine_scan_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(quarantine_work, quarantine_scan_work);

static void quarantine_enqueue_locked(u32 pfn)
{
	lockdep_assert_held(&quarantine_lock);
	mmlab_frame(&mmlab_machine, pfn)->next = PFN_NONE;
	if (queue_tail == PFN_NONE)
		queue_head = pfn;
	else
		mmlab_frame(&mmlab_machine, queue_tail)->next = pfn;
	queue_tail = pfn;
	WRITE_ONCE(nr_quarantined, nr_quarantined + 1);
}

static u32 quarantine_dequeue_locked(void)
{
	u32 pfn = queue_head;

	lockdep_assert_held(&quarantine_lock);
	queue_head = mmlab_frame(&mmlab_machine, pfn)->next;
	if (queue_head == PFN_NONE)
		queue_tail = PFN_NONE;
	WRITE_ONCE(nr_quarantined, nr_quarantined - 1);
	return pfn;
}

void mmlab_quarantine_add(u32 pfn)
{
	struct lab_frame *frame = mmlab_frame(&mmlab_machine, pfn);

	mmlab_section_assert_held();
	frame->state = FRAME_QUARANTINE;
	spin_lock(&quarantine_lock);
	quarantine_enqueue_locked(pfn);
	spin_unlock(&quarantine_lock);
	mmlab_count_event(EV_QUARANTINE_IN);
	schedule_delayed_work(&quarantine_work, HZ);
}

/* Checks the @nr oldest frames of the queue; pinned ones go to its end. */
static u32 scan_batch(u32 nr)
{
	u32 nr_released = 0;

	mmlab_section_enter();
	spin_lock(&quarantine_lock);
	while (nr-- && queue_head != PFN_NONE) {
		u32 pfn = quarantine_dequeue_locked();

		if (!mmlab_badframe_put_aside(pfn, 0)) {
			if (mmlab_quarantine_is_pinned(pfn)) {
				quarantine_enqueue_locked(pfn);
				continue;
			}
			mmlab_buddy_free(&mmlab_machine, pfn);
		}
		mmlab_count_event(EV_QUARANTINE_OUT);
		nr_released++;
	}
	spin_unlock(&quarantine_lock);
	mmlab_section_leave();
	return nr_released;
}

u32 mmlab_quarantine_scan(void)
{
	u32 nr = mmlab_quarantine_count();
	u32 nr_released = 0;

	while (nr) {
		u32 batch = min(nr, SCAN_BATCH);

		nr_released += scan_batch(batch);
		nr -= batch;
	}
	return nr_released;
}

static void quarantine_scan_work(struct work_struct *work)
{
	mmlab_quarantine_scan();
	if (mmlab_quarantine_count())
		schedule_delayed_work(&quarantine_work, HZ);
}

u32 mmlab_quarantine_count(void)
{
	return READ_ONCE(nr_quarantined);
}

void mmlab_quarantine_validate(struct lab_verdict *v)
{
	u32 pfn, nr = 0;

	mmlab_freeze_assert_held();
	spin_lock(&quarantine_lock);
	for (pfn = queue_head; pfn != PFN_NONE && nr < nr_quarantined;
	     pfn = mmlab_frame(&mmlab_machine, pfn)->next) {
		if (!mmlab_verdict_expect(v, "a frame in the queue is in the arena",
					  pfn, 1, pfn < mmlab_machine.nr_frames))
			break;
		mmlab_verdict_expect(v, "a frame in the queue is in quarantine",
				     pfn, FRAME_QUARANTINE,
				     mmlab_frame(&mmlab_machine, pfn)->state);
		nr++;
	}
	mmlab_verdict_expect(v, "the quarantine's queue is as long as counted",
			     0, nr_quarantined, nr);
	mmlab_verdict_expect(v, "the quarantine's queue ends", 0, PFN_NONE, pfn);
	v->nr_objects += nr;
	spin_unlock(&quarantine_lock);
}

void mmlab_quarantine_exit(void)
{
	cancel_delayed_work_sync(&quarantine_work);
}
