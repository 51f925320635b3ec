/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Snapshots of the whole lab, for /proc, ioctls and tests, and all validators in one
 * call.
 */
#ifndef MMLAB_MEM_STAT_H
#define MMLAB_MEM_STAT_H

#include "../core/buddy.h"
#include "section.h"

/**
 * struct lab_snapshot - every frame of the arena, counted once
 * @zone: the zones
 * @census: frames by state and use; adds up to @nr_frames
 * @nr_frames: frames in the arena
 * @nr_on_list: user pages by enum lab_lru_id, of all sets; all 0 without swap
 * @events: counters, summed over all CPUs
 * @nr_processes: lab processes
 * @nr_windows: their windows
 * @nr_reports: reports of corruption so far
 * @nr_bad: bad frames, used or put aside
 * @pcp_high: frames that a CPU's lists of a zone hold at most, all orders
 * @pcp_batch: frames that they fetch and return at once
 * @pcp: frames on the per-CPU lists, by CPU and zone
 */
struct lab_snapshot {
	struct lab_zone_snapshot zone[NR_LAB_ZONES];
	struct lab_frame_census census;
	u32 nr_frames;
	u32 nr_on_list[NR_LAB_LRU_LISTS];
	unsigned long events[NR_LAB_EVENTS];
	u32 nr_processes;
	u32 nr_windows;
	u32 nr_reports;
	u32 nr_bad;
	u32 pcp_high;
	u32 pcp_batch;
	u32 pcp[][NR_LAB_ZONES];
};

/*
 * A snapshot of the lab, for kfree(); NULL if the host has no memory. Process context;
 * freezes for O(blocks).
 */
struct lab_snapshot *mmlab_stat_snapshot(void);

/* Frames of one use in all zones; the next one: frames in one state. */
static inline u32 mmlab_stat_nr_used(const struct lab_frame_census *census,
				     enum frame_use use)
{
	return census->nr_use[LAB_ZONE_DMA][use] +
	       census->nr_use[LAB_ZONE_NORMAL][use];
}

static inline u32 mmlab_stat_nr_in_state(const struct lab_frame_census *census,
					 enum frame_state state)
{
	return census->nr_state[LAB_ZONE_DMA][state] +
	       census->nr_state[LAB_ZONE_NORMAL][state];
}

/**
 * struct lab_frame_view - one frame, with the state of its block
 * @state: enum frame_state of the block
 * @use: enum frame_use of the block
 * @order: the block's order
 * @list: enum lab_lru_id of a user page; it may be a moment older or newer
 * @referenced: LAB_PG_REFERENCED of a user page, of the same moment as @list
 * @swapcache: it is a copy of a swap slot
 * @bad: the host has found the frame's page faulty
 * @zero: it is the zero page
 * @writeback: it is written to swap, and its process goes on
 * @mapcount: as in struct lab_frame, for heads; 0 for tails
 * @owner: of the block, as in struct lab_frame
 */
struct lab_frame_view {
	u8 state;
	u8 use;
	u8 order;
	u8 list;
	bool referenced;
	bool swapcache;
	bool bad;
	bool zero;
	bool writeback;
	u32 mapcount;
	u32 owner;
};

/*
 * Looks at up to @nr frames in a row, from a number of any value on, at one moment; returns
 * how many, 0 if @pfn is not in the arena. Process context; takes lab_swap.lock, and freezes
 * for O(@nr).
 */
u32 mmlab_stat_view_frames(u64 pfn, u32 nr, struct lab_frame_view *view);

/* Parts of the lab that are checked on their own. */
enum lab_part {
	PART_FRAMES,
	PART_BUDDY,
	PART_PCP,
	PART_QUARANTINE,
	PART_CONSERVATION,
	PART_CACHES,
	PART_DIRECT_MAP,
	PART_VMALLOC,
	PART_PROCESSES,
	PART_SWAP,
	NR_LAB_PARTS
};

/*
 * The verdicts of all validators, with the frames by class, and the reports of corruption so
 * far.
 */
struct lab_checkup {
	struct lab_frame_census census;
	u32 nr_frames;
	u32 nr_reports;
	struct lab_verdict part[NR_LAB_PARTS];
};

/* A part's name, as /proc/mmlab/check prints it. */
const char *mmlab_stat_part_name(enum lab_part part);

/*
 * Runs every validator; broken rules are also reported (report.h). Process context; freezes
 * for O(frames), takes each lab_mm.lock.
 */
void mmlab_stat_check(struct lab_checkup *c);

/* The first verdict with a broken rule, or NULL. */
const struct lab_verdict *mmlab_stat_first_broken(const struct lab_checkup *c);

#endif /* MMLAB_MEM_STAT_H */
