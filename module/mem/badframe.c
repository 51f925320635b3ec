// SPDX-License-Identifier: GPL-2.0
/*
 * Bad frames: see badframe.h.
 *
 * A page may be marked at any moment, under no lock of the lab. The tracepoint
 * memory_failure_event follows the mark; its probe only starts a worker, because it may
 * run in any context. The worker switches the key on before it scans. So a bad frame
 * that the scan did not find free is found by the allocation or the free that moves it
 * next: both check each frame while the key is on. Without that tracepoint the key is
 * on from the load of the module.
 */
#define pr_fmt(fmt) "mmlab: " fmt

#include <linux/printk.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>

#include "badframe.h"
#include "pcp.h"
#include "section.h"

DEFINE_STATIC_KEY_FALSE(mmlab_badframe_key);

static void badframe_scan_work(struct work_struct *work);
static DECLARE_WORK(badframe_work, badframe_scan_work);

/* Bad frames that the log has reported; changed by the worker only. */
static u32 nr_told;

bool mmlab_badframe_put_aside(u32 pfn, unsigned int order)
{
	u32 at;

	mmlab_section_assert_held();
	if (!static_branch_unlikely(&mmlab_badframe_key))
		return false;
	for (at = pfn; at < pfn + (1U << order); at++) {
		if (mmlab_badframe_is(at)) {
			mmlab_buddy_retire(&mmlab_machine, at);
			mmlab_count_event(EV_BADFRAME);
			return true;
		}
	}
	return false;
}

/* Retires a frame of a free block; in any other block, the free of it will. */
static void retire_if_free(u32 pfn)
{
	u32 head = mmlab_frame_head(&mmlab_machine, pfn);

	mmlab_freeze_assert_held();
	if (head == PFN_NONE ||
	    mmlab_frame(&mmlab_machine, head)->state != FRAME_FREE)
		return;
	mmlab_buddy_retire(&mmlab_machine, pfn);
	mmlab_count_event(EV_BADFRAME);
}

void mmlab_badframe_scan(void)
{
	unsigned int cpu;
	u32 pfn;

	if (!static_branch_unlikely(&mmlab_badframe_key))
		return;
	mmlab_freeze();
	for_each_possible_cpu(cpu)
		mmlab_pcp_drain_cpu(cpu);
	for (pfn = 0; pfn < mmlab_machine.nr_frames; pfn++)
		if (mmlab_badframe_is(pfn))
			retire_if_free(pfn);
	mmlab_thaw();
}

static void badframe_scan_work(struct work_struct *work)
{
	u32 pfn, nr = 0, first = PFN_NONE;

	for (pfn = mmlab_machine.nr_frames; pfn--; ) {
		if (mmlab_badframe_is(pfn)) {
			first = pfn;
			nr++;
		}
	}
	if (nr <= nr_told)	/* the bad page is not in the arena */
		return;
	static_branch_enable(&mmlab_badframe_key);
	mmlab_badframe_scan();
	pr_warn("the host has found %u of the arena's pages faulty, the lowest is frame %u; they are not given out any more\n",
		nr, first);
	nr_told = nr;
}

u32 mmlab_badframe_count(void)
{
	u32 pfn, nr = 0;

	if (!static_branch_unlikely(&mmlab_badframe_key))
		return 0;
	for (pfn = 0; pfn < mmlab_machine.nr_frames; pfn++)
		nr += mmlab_badframe_is(pfn);
	return nr;
}

#ifdef CONFIG_MEMORY_FAILURE
static struct tracepoint *event;

/* The arguments are those of the event; the page need not be one of the arena. */
static void on_memory_failure(void *data, unsigned long pfn, int type, int result)
{
	schedule_work(&badframe_work);
}

static void find_event(struct tracepoint *tp, void *name)
{
	if (!strcmp(tp->name, name))
		event = tp;
}

int mmlab_badframe_init(void)
{
	for_each_kernel_tracepoint(find_event, "memory_failure_event");
	if (event)
		return tracepoint_probe_register(event, on_memory_failure, NULL);
	static_branch_enable(&mmlab_badframe_key);
	return 0;
}

void mmlab_badframe_exit(void)
{
	if (event) {
		tracepoint_probe_unregister(event, on_memory_failure, NULL);
		tracepoint_synchronize_unregister();
	}
	cancel_work_sync(&badframe_work);
}
#else
int mmlab_badframe_init(void)
{
	return 0;
}

void mmlab_badframe_exit(void)
{
}
#endif
