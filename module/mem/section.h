/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sections and the freeze.
 *
 * Frames change hands only inside a section, or by the freezer. A section is a short
 * stretch of code on one CPU under that CPU's local lock. mmlab_freeze() waits until
 * no section is left and lets none begin. The freezer then finds every frame in
 * exactly one place and may change the lists of all CPUs; so a snapshot adds up, and
 * a drain needs no inter-processor calls.
 *
 * A section costs no atomic operation, because the freezer waits with RCU: the holder
 * of a local lock can't be preempted and so is an RCU reader. With PREEMPT_RT the lock
 * is a spinlock, which costs one, and the freezer takes the lock of each CPU once.
 *
 * Lock order: freeze -> (section) lab_cpu.lock -> quarantine_lock -> zone lock.
 */
#ifndef MMLAB_MEM_SECTION_H
#define MMLAB_MEM_SECTION_H

#include <linux/irqflags.h>	/* which the next one takes for granted, seen on arm64 */
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

/* Events that are counted per CPU; /proc/mmlab/vmstat prints the sums. */
enum lab_event {
	EV_PGALLOC_DMA,
	EV_PGALLOC_NORMAL,
	EV_PGFREE,
	EV_PGFREE_REFUSED,
	EV_PGFAULT,
	EV_PGFAULT_SIGBUS,
	EV_PGFAULT_AROUND,
	EV_PGFAULT_SOFT,
	EV_PGZAP,
	EV_PCP_REFILL,
	EV_PCP_SPILL,
	EV_PCP_DRAIN,
	EV_QUARANTINE_IN,
	EV_QUARANTINE_OUT,
	EV_ALLOCSTALL,
	EV_BADFRAME,
	EV_PSWPIN,
	EV_PSWPOUT,
	EV_PGACTIVATE,
	EV_PGDEACTIVATE,
	EV_PGMAJFAULT,
	EV_PGREFILL,
	EV_PGSTEAL_KSWAPD,
	EV_PGSTEAL_DIRECT,
	EV_PGSCAN_KSWAPD,
	EV_PGSCAN_DIRECT,
	EV_KSWAPD_LOW_WMARK_HIT_QUICKLY,
	EV_KSWAPD_HIGH_WMARK_HIT_QUICKLY,
	EV_PAGEOUTRUN,
	EV_PGREUSE,
	NR_LAB_EVENTS
};

/**
 * struct lab_page_list - blocks of one order that a CPU keeps at hand
 * @head: first block, linked by lab_frame.next
 * @count: blocks on the list
 * @limit: a fast free finds room while @count is below it; changed under the freeze
 */
struct lab_page_list {
	u32 head;
	u16 count;
	u16 limit;
};

/**
 * struct lab_cpu - a CPU's own lists and counters
 * @lock: makes a section; protects @pages from all but the freezer
 * @pages: blocks by zone and order
 * @events: counters, changed on their own CPU only, inside a section or not
 */
struct lab_cpu {
	local_lock_t lock;
	struct lab_page_list pages[NR_LAB_ZONES][LAB_PCP_ORDERS];
	unsigned long events[NR_LAB_EVENTS];
};

DECLARE_PER_CPU(struct lab_cpu, mmlab_cpu);

extern bool mmlab_frozen;

/**
 * struct lab_fast_limits - limits of the fast paths, all 0 while frozen
 * @nr_frames: frame numbers below it
 * @nr_bytes: offsets into the arena below it
 * @nr_orders: orders below it
 * @kmalloc: sizes up to it
 *
 * See fast.h.
 */
struct lab_fast_limits {
	size_t nr_frames;
	size_t nr_bytes;
	size_t nr_orders;
	size_t kmalloc;
};

extern struct lab_fast_limits mmlab_fast_limits;

/* Leaves the section that was just entered, waits for the thaw, enters anew. */
void mmlab_section_wait(void);

/**
 * mmlab_section_enter() - begin a section, after the thaw if frozen
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
 * mmlab_section_try_enter() - begin a section on a fast path, unless frozen
 * @number: the fast path's argument: a frame number, an offset, an order or a size
 * @limit: the field of mmlab_fast_limits for it
 *
 * The limit is not read by READ_ONCE(), so that the compiler may compare with it in
 * memory.
 *
 * Return: true if a section was entered: @number is below the limit. False if not: the
 * caller takes its slow path, which checks the argument and waits for the thaw.
 */
static __always_inline bool mmlab_section_try_enter(size_t number,
						    const size_t *limit)
{
	local_lock(&mmlab_cpu.lock);
	/* data_race(): an old limit is as good, as the freezer waits for us */
	if (likely(number < data_race(*limit))) {
		/* Pairs with smp_store_release() in mmlab_thaw(). */
		smp_acquire__after_ctrl_dep();
		return true;
	}
	local_unlock(&mmlab_cpu.lock);
	return false;
}

/*
 * What only a section may do begins with it. Nothing at all without lockdep: this is
 * on the fast paths.
 */
static __always_inline void mmlab_section_assert_held(void)
{
#ifdef CONFIG_LOCKDEP
	lockdep_assert_held(this_cpu_ptr(&mmlab_cpu.lock));
#endif
}

static inline void mmlab_section_leave(void)
{
	local_unlock(&mmlab_cpu.lock);
}

/*
 * Waits for the sections that began before the freezer set the flag. PREEMPT_RT turns
 * expedited grace periods into normal ones (rcu_normal_after_boot). Those take some
 * ticks each, in which no CPU could allocate; so there the freezer takes the locks.
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
 * mmlab_freeze() - stop all sections until mmlab_thaw()
 *
 * Context: process context, sleeps until no section is left. The caller is in no
 * section and holds no lock that is taken below a section; until the thaw it neither
 * allocates nor frees frames.
 */
void mmlab_freeze(void);
void mmlab_thaw(void);

/* Asserts that the freeze is held; functions for the freezer only begin with it. */
void mmlab_freeze_assert_held(void);

/**
 * mmlab_section_set_limits() - open the fast paths
 * @limits: their limits
 *
 * Context: module load, when there is an arena.
 */
void mmlab_section_set_limits(const struct lab_fast_limits *limits);

static inline void mmlab_count_events(enum lab_event event, unsigned long nr)
{
	this_cpu_add(mmlab_cpu.events[event], nr);
}

static inline void mmlab_count_event(enum lab_event event)
{
	this_cpu_inc(mmlab_cpu.events[event]);
}

#endif /* MMLAB_MEM_SECTION_H */
