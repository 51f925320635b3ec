/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the lab machine is at one moment, as one structure: all pictures are made from
 * it. It comes from the running lab (snapshot_take.c) or from a record
 * (snapshot_read.c); Documentation/snapshot.md describes its form as JSON.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mmlab.h>

#include "cli/session.h"

#define SNAPSHOT_VERSION	1
#define SNAPSHOT_MAX_BYTES	(4U << 20)	/* of one snapshot in a record */
#define SNAPSHOT_MAX_FRAMES	(1U << 20)
#define SNAPSHOT_TABLE_ENTRIES	1024U
#define SNAPSHOT_EVENTS		32U
#define SNAPSHOT_KERNEL_SLOT	768U		/* of 0xc0000000 in a directory */

enum view_use {
	VIEW_FREE,
	VIEW_PERCPU,
	VIEW_USER,
	VIEW_PGTABLE,
	VIEW_SLAB,
	VIEW_VMALLOC,
	VIEW_BLOCK,
	VIEW_QUARANTINE,
	VIEW_BAD,
	VIEW_RESERVED,
	VIEW_UNKNOWN,
	NR_VIEW_USES
};

/**
 * struct view_kind - what frames have in common
 * @use: enum view_use
 * @order: of their blocks
 * @owner: lab pid, 0: the lab kernel; slab: number of the cache
 * @list: "active", "inactive", "isolated", or ""
 * @entries: entries of lab processes that map the frame
 * @bad: the host has found the page faulty
 * @nr_frames: frames of this kind
 */
struct view_kind {
	unsigned int use, order;
	uint32_t owner;
	char list[12];
	uint32_t entries;
	bool bad;
	uint32_t nr_frames;
};

struct view_zone {
	char name[16];
	uint32_t start, end;
	uint64_t free, min, low, high;
	uint64_t blocks[MMLAB_NR_ORDERS];
};

struct view_slab {
	uint32_t pfn, nr_used, nr_objects, colour;
	uint64_t used[8];
};

struct view_cache {
	char name[32];
	uint32_t id, owner, object_size, size, order, nr_objects;
	uint32_t nr_full, nr_partial, nr_free, nr_active, nr_parked, nr_depot;
	uint32_t nr_slabs;		/* of those in @slab */
	struct view_slab *slab;
};

/*
 * Neighbouring pages whose entries name neighbouring frames; with @down, each next page
 * has the frame before. Without MMLAB_PTE_PRESENT in @flags, @pfn is a slot of the swap
 * area @flags >> 1.
 */
struct view_run {
	uint32_t page, nr, pfn, flags;
	bool down;
};

struct view_region {
	uint32_t start, end;
	char rights[5];
	char name[64];
};

struct view_table {
	uint32_t slot, pfn;
};

struct view_process {
	uint32_t lab_pid;
	char name[64];
	uint32_t nr_regions, nr_tables, nr_runs;
	struct view_region *region;
	bool has_pgd;
	uint32_t pgd;			/* frame of the directory, if @has_pgd */
	struct view_table *table;
	struct view_run *run;
	uint32_t nr_left_out;		/* entries that are not in @run */
};

struct view_area {
	uint32_t start, size, owner, flags, nr_mapped;
	char caller[64];
	uint32_t nr_runs;
	struct view_run *run;
	uint32_t nr_left_out;
};

struct view_swap {
	char name[40];
	uint64_t size_kb, used_kb;
	int32_t priority;
};

struct view_counter {
	char name[32];
	uint64_t value;
	double rate;			/* a second, if the snapshot has rates */
};

/**
 * struct snapshot - the lab at one moment
 * @time: seconds since 1970
 * @steady: nothing was allocated, freed or touched while it was taken
 * @observer: lab pid of the process that the reader had to be, 0: it was there before
 * @page_size: bytes
 * @nr_frames: frames in the arena
 * @frame: for each frame the number of its kind; NULL: the reader may not know
 * @exact: @frame comes from debugfs: uses, owners and orders, all at one moment.
 *	Otherwise it comes from kpageflags, 512 frames at a time, without owners
 */
struct snapshot {
	double time;
	bool steady;
	uint32_t observer;
	uint32_t page_size, nr_frames, page_offset, high_memory, vmalloc_start, vmalloc_end;

	uint32_t *frame;
	bool exact;
	uint32_t nr_kinds;
	struct view_kind *kind;

	uint32_t nr_zones;
	struct view_zone zone[MMLAB_NR_ZONES];
	uint32_t nr_caches;
	struct view_cache *cache;
	uint32_t nr_processes;
	struct view_process *process;
	uint32_t nr_areas;
	struct view_area *area;
	char policy[MMLAB_POLICY_MAX + 1];
	uint32_t nr_swaps;
	struct view_swap *swap;
	uint32_t nr_counters;
	struct view_counter *counter;
	bool has_rates;
	uint32_t nr_events;
	char **event;
};

struct snapshot *snapshot_new(void);
void snapshot_free(struct snapshot *s);

/* The use's name in JSON, "pgtable". */
const char *snapshot_use_name(unsigned int use);
/* Return: enum view_use, VIEW_UNKNOWN if there is no such name */
unsigned int snapshot_use_of(const char *name);

/*
 * The number of a kind like this one, which is added if there is none.
 * Return: false if there is no memory
 */
bool snapshot_kind(struct snapshot *s, const struct view_kind *kind, uint32_t *number);

/* What a frame is. Return: NULL if the snapshot has no frames, or not this one */
const struct view_kind *snapshot_frame(const struct snapshot *s, uint32_t pfn);

/* Frames of a use. */
uint32_t snapshot_count(const struct snapshot *s, unsigned int use);

/* Return: NULL if there is none */
const struct view_process *snapshot_process(const struct snapshot *s, uint32_t lab_pid);
const struct view_cache *snapshot_cache(const struct snapshot *s, uint32_t id);
const struct view_region *snapshot_region(const struct view_process *p, uint32_t lva);
const struct view_area *snapshot_area(const struct snapshot *s, uint32_t lva);

/* A counter's value, 0 if there is none of that name. */
uint64_t snapshot_counter(const struct snapshot *s, const char *name);
double snapshot_rate(const struct snapshot *s, const char *name);

/*
 * The entry of a page among runs. Return: false if it has none, or it was left out
 */
bool snapshot_entry(const struct view_run *run, uint32_t nr_runs, uint32_t page,
		    uint32_t *pfn, uint32_t *flags);

/* Rates of @s against a snapshot of before. */
void snapshot_set_rates(struct snapshot *s, const struct snapshot *before);

/**
 * snapshot_take - look at the running lab
 * @session: lab process to look through
 * @s: (out) the snapshot, for snapshot_free()
 *
 * What the caller may not read is left out.
 *
 * Return: CLI_OK, or an exit status, and the error is told
 */
int snapshot_take(const struct session *session, struct snapshot **s);

/* Runs of entries, page by page; in snapshot_tables.c. */
struct run_list {
	struct view_run *run;
	uint32_t nr, room, nr_left_out;
};

/* The directory, tables and entries of each process, and the entries of each area. */
void snapshot_take_tables(const struct session *session, struct snapshot *s);

/* The last events of the tracepoints, if they are switched on. */
void snapshot_take_events(struct snapshot *s);

/* The snapshot as one line of JSON. Return: the text, for free(), or NULL */
char *snapshot_json(const struct snapshot *s);

/**
 * snapshot_read - read a snapshot of a record
 * @path: a file that `mmlab snapshot --save` wrote
 * @number: which one, from 1 on; 0: the last
 * @s: (out) the snapshot, for snapshot_free()
 * @nr: (out) how many there are, or NULL
 *
 * Return: CLI_OK, or an exit status, and the error is told
 */
int snapshot_read(const char *path, unsigned long number, struct snapshot **s,
		  unsigned long *nr);

/* A snapshot out of one line. Return: NULL, and @why (of @size bytes) says why not */
struct snapshot *snapshot_parse(const char *line, size_t length, char *why, size_t size);

#endif /* SNAPSHOT_H */
