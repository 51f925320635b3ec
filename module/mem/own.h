/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a fork family has of its own under pressure: a set of pages under a policy of its
 * own, and a limit for each of its processes. A lab process that has not forked is a
 * family.
 *
 * All of it is covered by the family's lock: the set is only used under it, so the pages
 * that are isolated are the holder's. Whether there is one changes under reclaim_lock as
 * well, so the list of those is the reclaiming task's.
 */
#ifndef MMLAB_MEM_OWN_H
#define MMLAB_MEM_OWN_H

#include <linux/sched.h>

#include "../core/policy.h"
#include "process.h"
#include "section.h"

/* Frames that one round of reclaim frees: SWAP_CLUSTER_MAX of Linux. */
#define LAB_RECLAIM_BATCH	32U

/* Victims that stay after all, in one round, before it ends: when swap is full, all do. */
#define LAB_RECLAIM_MAX_FAILED	1024U

/* The only thread of the kernel that reclaims is kswapd. */
static inline bool mmlab_reclaim_by_kswapd(void)
{
	return current->flags & PF_KTHREAD;
}

static inline void mmlab_reclaim_count_scanned(void)
{
	mmlab_count_event(mmlab_reclaim_by_kswapd() ? EV_PGSCAN_KSWAPD : EV_PGSCAN_DIRECT);
}

static inline void mmlab_reclaim_count_stolen(void)
{
	mmlab_count_event(mmlab_reclaim_by_kswapd() ? EV_PGSTEAL_KSWAPD : EV_PGSTEAL_DIRECT);
}

/* The pages' side of reclaim, which lies above it: mmlab_mm_test_young_locked() and so on. */
struct lab_reclaim_ops {
	bool (*test_young_locked)(struct lab_family *f, u32 lva, u32 pfn);
	bool (*page_out)(struct lab_family *f, u32 lva, u32 pfn);
	bool (*page_out_locked)(struct lab_family *f, u32 lva, u32 pfn);
	void (*list_pages)(struct lab_process *p);
};

/**
 * struct lab_own - a family's own
 * @set: its pages, as long as there is swap
 * @list: on the list of all of these, under reclaim_lock
 * @family: whose it is
 * @limit: user pages that each process may map at a time; 0: as many as there are
 */
struct lab_own {
	struct lab_policy_set set;
	struct list_head list;
	struct lab_family *family;
	u32 limit;
};

/*
 * Makes an empty set, which is not yet the family's. @ops: as mmlab_reclaim_init() has them.
 * NULL: the host has no memory.
 */
struct lab_own *mmlab_own_new(struct lab_family *f, const struct lab_reclaim_ops *ops);
void mmlab_own_free(struct lab_own *own);

/*
 * Takes up to @nr_wanted pages of a family away, by its own policy; returns how many are
 * gone. Sleeps.
 */
u32 mmlab_own_reclaim_locked(struct lab_own *own, u32 nr_wanted);

/* The limit of a process in pages; 0: there is none. */
static inline u32 mmlab_own_limit_locked(const struct lab_process *p)
{
	lockdep_assert_held(p->mm.lock);
	return p->family->own ? p->family->own->limit : 0;
}

int mmlab_own_make_room_slow_locked(struct lab_process *p);

/*
 * Lets one page more be mapped. At the limit, one page of the family goes. If there are more
 * than that, since swap came after the limit or could not hold them before, LAB_RECLAIM_BATCH
 * go at a time. Sleeps; there is swap.
 *
 * Return:
 * * 0 - there is room
 * * -EDQUOT - the process is at its limit, and no page of it can go
 */
static inline int mmlab_own_make_room_locked(struct lab_process *p)
{
	u32 limit = mmlab_own_limit_locked(p);

	lockdep_assert_held(p->mm.lock);
	return likely(!limit || p->mm.nr_rss < limit) ? 0 :
	       mmlab_own_make_room_slow_locked(p);
}

#endif /* MMLAB_MEM_OWN_H */
