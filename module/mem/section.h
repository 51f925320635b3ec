/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sections and the freeze.
 *
 * Frames change hands only inside a section: a short stretch of code on one CPU
 * under that CPU's local lock. mmlab_freeze() waits until no section is left and
 * lets none begin. Its caller then sees every frame in exactly one place and may
 * touch the lists of all CPUs; so a snapshot adds up, and a drain needs no
 * inter-processor calls. A section costs no atomic operation, because the freeze
 * does the waiting with RCU: whoever holds a local lock is an RCU reader. With
 * PREEMPT_RT the lock is a spinlock, and the freeze takes each of them once.
 *
 * Lock order: freeze -> (section) lab_cpu.lock -> quarantine -> zone.
 */
#ifndef MMLAB_MEM_SECTION_H
#define MMLAB_MEM_SECTION_H

#include <linux/local_lock.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

#include "../core/buddy.h"

/*
 * Blocks of orders below this have per-CPU lists; most of those of the larger ones
 * may hold nothing (mmlab_pcp_limit()).
 */
#define LAB_PCP_ORDERS	10U

/* What is counted as it happens; /proc/mmlab/vmstat prints the sums. */
enum lab_event {
	EV_PGALLOC_DMA,
	EV_PGALLOC_NORMAL,
	EV_PGFREE,
	EV_PGFREE_REFUSED,
	EV_PGFAULT,
	EV_PGFAULT_SIGBUS,
	EV_PGFAULT_AROUND,
	EV_PGZAP,
	EV_PCP_REFILL,
	EV_PCP_FLUSH,
	EV_PCP_DRAIN,
	EV_QUARANTINE_IN,
	EV_QUARANTINE_OUT,
	EV_ALLOCSTALL,
	EV_BADFRAME,
	NR_LAB_EVENTS
};

/**
 * struct lab_page_list - blocks of one order that a CPU keeps at hand
 * @head: first block, linked by lab_frame.next
 * @count: blocks on the list
 * @limit: blocks that a free may fill it up to; changed under the freeze
 */
struct lab_page_list {
	u32 head;
	u16 count;
	u16 limit;
};

/**
 * struct lab_cpu - what each CPU has to itself
 * @lock: covers @pages, and makes a section
 * @pages: blocks by zone and order
 * @events: counters, changed on their own CPU only
 */
struct lab_cpu {
	local_lock_t lock;
	struct lab_page_list pages[NR_LAB_ZONES][LAB_PCP_ORDERS];
	unsigned long events[NR_LAB_EVENTS];
};

DECLARE_PER_CPU(struct lab_cpu, mmlab_cpu);

extern bool mmlab_frozen;

/**
 * struct lab_open - what the fast ways are open for: nothing while frozen
 * @nr_frames: frame numbers below it
 * @nr_bytes: offsets into the arena below it
 * @nr_orders: orders below it
 * @kmalloc: sizes up to it
 *
 * A fast way has to compare such a number with its limit anyway. So it does that
 * inside its section, and the flag costs it nothing.
 */
struct lab_open {
	size_t nr_frames;
	size_t nr_bytes;
	size_t nr_orders;
	size_t kmalloc;
};

extern struct lab_open mmlab_open;

/* Leaves the section that was just entered, waits for the thaw, enters anew. */
void mmlab_section_wait(void);

/**
 * mmlab_section_enter() - from here on frames may change hands
 *
 * Context: process context, may sleep; no section, no spinlock held.
 * Return: this CPU's part of the lab, until mmlab_section_leave().
 */
static inline struct lab_cpu *mmlab_section_enter(void)
{
	local_lock(&mmlab_cpu.lock);
	/* Pairs with smp_store_release() in mmlab_thaw(). */
	if (unlikely(smp_load_acquire(&mmlab_frozen)))
		mmlab_section_wait();
	return this_cpu_ptr(&mmlab_cpu);
}

/**
 * mmlab_section_try_enter() - the same, for a fast path
 * @number: what the fast path is about
 * @limit: one of mmlab_open
 *
 * Not READ_ONCE(), which would keep the compiler from comparing in memory.
 *
 * Return: true: entered, and @number is below the limit; false: it is not, or
 * frozen, and no section was entered: go the slow way, which checks and waits.
 */
static __always_inline bool mmlab_section_try_enter(size_t number,
						    const size_t *limit)
{
	local_lock(&mmlab_cpu.lock);
	/* data_race(): an old limit is as good, the freezer waits for us */
	if (likely(number < data_race(*limit))) {
		/* Pairs with smp_store_release() in mmlab_thaw(). */
		smp_acquire__after_ctrl_dep();
		return true;
	}
	local_unlock(&mmlab_cpu.lock);
	return false;
}

static inline void mmlab_section_leave(void)
{
	local_unlock(&mmlab_cpu.lock);
}

/*
 * For the freezer, after the flag: sections that did not see it are over then.
 * PREEMPT_RT makes expedited grace periods normal ones (rcu_normal_after_boot), of
 * some ticks each, in which nobody could allocate.
 */
#ifdef CONFIG_PREEMPT_RT
static inline void mmlab_sections_end(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		spin_lock(per_cpu_ptr(&mmlab_cpu.lock, cpu));
		spin_unlock(per_cpu_ptr(&mmlab_cpu.lock, cpu));
	}
}
#else
static inline void mmlab_sections_end(void)
{
	synchronize_rcu_expedited();
}
#endif

/**
 * mmlab_freeze() - no frame changes hands until mmlab_thaw()
 *
 * Context: process context, sleeps until no section is left; no section, no lab
 * lock below lab_mm.lock held. What runs until the thaw must not allocate or free
 * frames.
 */
void mmlab_freeze(void);
void mmlab_thaw(void);

/* The freeze is held; what only a freezer may do begins with it. */
void mmlab_freeze_assert_held(void);

/**
 * mmlab_section_open() - let the fast ways begin
 * @open: for what; all 0: no more
 *
 * Context: module load, when there is an arena; module exit.
 */
void mmlab_section_open(const struct lab_open *open);

static inline void mmlab_count_events(enum lab_event event, unsigned long nr)
{
	this_cpu_add(mmlab_cpu.events[event], nr);
}

static inline void mmlab_count_event(enum lab_event event)
{
	this_cpu_inc(mmlab_cpu.events[event]);
}

#endif /* MMLAB_MEM_SECTION_H */
