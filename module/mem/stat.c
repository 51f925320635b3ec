// SPDX-License-Identifier: GPL-2.0
/*
 * Snapshots and checks of the whole lab.
 *
 * One freeze covers all counts of a snapshot, so that they add up to the arena. Nothing is
 * printed or allocated under it: all allocations of all CPUs wait meanwhile. A check
 * freezes for the frames, and takes the locks of the other parts one after the other; each
 * part is right by itself, and no rule compares two parts.
 */
#include <linux/slab.h>

#include "../core/lru.h"
#include "../report.h"
#include "arena.h"
#include "badframe.h"
#include "cache.h"
#include "init_mm.h"
#include "mm.h"
#include "pcp.h"
#include "process.h"
#include "quarantine.h"
#include "reclaim.h"
#include "stat.h"
#include "swapfile.h"
#include "vmalloc.h"
#include "zero.h"

static void sum_events(unsigned long *events)
{
	unsigned int cpu, event;

	for_each_possible_cpu(cpu)
		for (event = 0; event < NR_LAB_EVENTS; event++)
			events[event] += READ_ONCE(per_cpu_ptr(&mmlab_cpu, cpu)->events[event]);
}

struct lab_snapshot *mmlab_stat_snapshot(void)
{
	struct lab_snapshot *s;
	unsigned int cpu, zone, order;

	s = kzalloc(struct_size(s, pcp, nr_cpu_ids), GFP_KERNEL);
	if (!s)
		return NULL;
	s->nr_frames = mmlab_machine.nr_frames;
	mmlab_freeze();
	mmlab_process_count(&s->nr_processes, &s->nr_windows);
	s->nr_reports = mmlab_report_count();
	s->nr_bad = mmlab_badframe_count();
	s->pcp_batch = mmlab_pcp_batch_now();
	for (order = 0; order < LAB_PCP_ORDERS; order++)
		s->pcp_high += mmlab_pcp_limit(order) << order;
	for (zone = 0; zone < NR_LAB_ZONES; zone++) {
		mmlab_buddy_snapshot(&mmlab_machine, zone, &s->zone[zone]);
		for_each_possible_cpu(cpu)
			s->pcp[cpu][zone] = mmlab_pcp_count(cpu, zone);
	}
	mmlab_frame_count(&mmlab_machine, &s->census);
	if (mmlab_swap_is_on())
		mmlab_lru_census(&mmlab_machine, s->nr_on_list);
	sum_events(s->events);
	mmlab_thaw();
	return s;
}

u32 mmlab_stat_view_frames(u64 pfn, u32 nr, struct lab_frame_view *view)
{
	u32 i;

	if (pfn >= mmlab_machine.nr_frames)
		return 0;
	nr = min_t(u64, nr, mmlab_machine.nr_frames - pfn);
	mmlab_swapfile_lock();
	mmlab_freeze();
	for (i = 0; i < nr; i++) {
		u32 head = mmlab_frame_head(&mmlab_machine, pfn + i);
		const struct lab_frame *frame;
		u32 flags;

		view[i] = (struct lab_frame_view){ .state = NR_FRAME_STATES };
		if (head == PFN_NONE)
			continue;
		frame = mmlab_frame(&mmlab_machine, head);
		view[i].state = frame->state;
		view[i].use = frame->use;
		view[i].order = frame->order;
		view[i].owner = frame->owner;
		/* lists change under lab_lru.lock, which a freeze does not stop */
		flags = data_race(mmlab_lru_flags(frame));
		view[i].list = flags & LAB_PG_LIST;
		view[i].referenced = flags & LAB_PG_REFERENCED;
		view[i].swapcache = mmlab_swapfile_is_cached_locked(pfn + i);
		view[i].bad = mmlab_badframe_is(pfn + i);
		view[i].zero = pfn + i == LAB_ZERO_PFN;
		view[i].writeback = mmlab_swapfile_is_writeback(pfn + i);
		view[i].mapcount = head == pfn + i ? frame->mapcount : 0;
	}
	mmlab_thaw();
	mmlab_swapfile_unlock();
	return nr;
}

const char *mmlab_stat_part_name(enum lab_part part)
{
	static const char * const names[NR_LAB_PARTS] = {
		[PART_FRAMES]		= "frames",
		[PART_BUDDY]		= "buddy",
		[PART_PCP]		= "per-cpu lists",
		[PART_QUARANTINE]	= "quarantine",
		[PART_CONSERVATION]	= "conservation",
		[PART_CACHES]		= "caches",
		[PART_DIRECT_MAP]	= "direct map",
		[PART_VMALLOC]		= "vmalloc",
		[PART_PROCESSES]	= "processes",
		[PART_SWAP]		= "swap",
	};

	return names[part];
}

/* Checks that every frame is in one class, and that the lists agree with mem_map. */
static void validate_conservation(const struct lab_frame_census *census,
				  struct lab_verdict *v)
{
	u32 zone, state, cpu, nr = 0, nr_quarantined = 0;

	mmlab_freeze_assert_held();
	for (zone = 0; zone < NR_LAB_ZONES; zone++) {
		const struct lab_zone *z = &mmlab_machine.zone[zone];
		u32 nr_pcp = 0;

		for (state = 0; state < NR_FRAME_STATES; state++)
			nr += census->nr_state[zone][state];
		for_each_possible_cpu(cpu)
			nr_pcp += mmlab_pcp_count(cpu, zone);
		mmlab_verdict_expect(v, "free frames of mem_map = nr_free of the zone",
				     z->start, z->nr_free,
				     census->nr_state[zone][FRAME_FREE]);
		mmlab_verdict_expect(v, "per-CPU frames of mem_map = what the lists hold",
				     z->start, nr_pcp,
				     census->nr_state[zone][FRAME_PCP]);
		nr_quarantined += census->nr_state[zone][FRAME_QUARANTINE];
	}
	mmlab_verdict_expect(v, "frames in quarantine = length of its queue", 0,
			     mmlab_quarantine_count(), nr_quarantined);
	mmlab_verdict_expect(v, "every frame belongs to a block", 0, 0,
			     census->nr_orphans);
	mmlab_verdict_expect(v, "all classes together are the arena", 0,
			     mmlab_machine.nr_frames, nr);
	v->nr_objects = nr;
}

void mmlab_stat_check(struct lab_checkup *c)
{
	struct lab_process *p;
	unsigned long pid = 0;
	unsigned int part;
	u32 nr_reports;
	bool reported;

	memset(c, 0, sizeof(*c));
	c->nr_frames = mmlab_machine.nr_frames;
	mmlab_freeze();
	mmlab_frame_count(&mmlab_machine, &c->census);
	mmlab_frame_validate(&mmlab_machine, &c->part[PART_FRAMES]);
	mmlab_buddy_validate(&mmlab_machine, &c->part[PART_BUDDY]);
	mmlab_zero_validate(&c->part[PART_FRAMES]);
	mmlab_pcp_validate(&c->part[PART_PCP]);
	mmlab_quarantine_validate(&c->part[PART_QUARANTINE]);
	validate_conservation(&c->census, &c->part[PART_CONSERVATION]);
	mmlab_thaw();

	/* A damaged object is reported with its bytes by the cache itself; once is enough. */
	nr_reports = mmlab_report_count();
	mmlab_cache_validate(&c->part[PART_CACHES]);
	reported = mmlab_report_count() != nr_reports;
	mmlab_init_mm_validate(&c->part[PART_DIRECT_MAP]);
	mmlab_vmalloc_check(&c->part[PART_VMALLOC]);
	while ((p = mmlab_process_next(&pid)) != NULL) {
		mmlab_mm_validate(p, &c->part[PART_PROCESSES]);
		mmlab_process_put(p);
	}
	mmlab_reclaim_validate(&c->part[PART_SWAP]);

	for (part = 0; part < NR_LAB_PARTS; part++)
		if (part != PART_CACHES || !reported)
			mmlab_report(mmlab_stat_part_name(part),
				     &c->part[part]);
	c->nr_reports = mmlab_report_count();
}

const struct lab_verdict *mmlab_stat_first_broken(const struct lab_checkup *c)
{
	unsigned int part;

	for (part = 0; part < NR_LAB_PARTS; part++)
		if (c->part[part].broken)
			return &c->part[part];
	return NULL;
}
