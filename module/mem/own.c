// SPDX-License-Identifier: GPL-2.0
/*
 * A fork family's own set of pages, and its limit: see own.h.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "arena.h"
#include "own.h"
#include "pageset.h"
#include "section.h"

static const struct lab_reclaim_ops *reclaim_ops;

/* struct lab_policy_set.young: exact, as the lock of the family is held */
static bool young_locked(struct lab_policy_set *set, u32 pfn)
{
	struct lab_family *f = set->private;

	lockdep_assert_held(&f->lock);
	return reclaim_ops->test_young_locked(f, mmlab_lru_lva(mmlab_frame(&mmlab_machine, pfn)),
					pfn);
}

struct lab_own *mmlab_own_new(struct lab_family *f, const struct lab_reclaim_ops *ops)
{
	struct lab_own *own = kzalloc(sizeof(*own), GFP_KERNEL_ACCOUNT);

	if (!own)
		return NULL;
	reclaim_ops = ops;
	mutex_init(&own->set.lru.lock);
	mmlab_pageset_init(&own->set, f->id, young_locked);
	own->set.private = f;
	own->family = f;
	return own;
}

void mmlab_own_free(struct lab_own *own)
{
	mmlab_pageset_exit(&own->set);
	kfree(own);
}

/* The next victim, isolated, and its address; PFN_NONE: there is no page. */
static u32 next_own_victim(struct lab_policy_set *set, u32 *lva)
{
	u32 pfn;

	mutex_lock(&set->lru.lock);
	pfn = mmlab_policy_victim(set);
	if (pfn != PFN_NONE)
		*lva = mmlab_lru_lva(mmlab_frame(&mmlab_machine, pfn));
	mmlab_pageset_unlock(set);
	return pfn;
}

u32 mmlab_own_reclaim_locked(struct lab_own *own, u32 nr_wanted)
{
	u32 nr = 0, nr_failed = 0, pfn, lva;

	lockdep_assert_held(&own->family->lock);
	while (nr < nr_wanted && nr_failed < LAB_RECLAIM_MAX_FAILED &&
	       !fatal_signal_pending(current)) {
		pfn = next_own_victim(&own->set, &lva);
		if (pfn == PFN_NONE)
			break;
		mmlab_reclaim_count_scanned();
		if (reclaim_ops->page_out_locked(own->family, lva, pfn)) {
			mmlab_reclaim_count_stolen();
			nr++;
		} else {
			nr_failed++;
		}
		cond_resched();
	}
	mmlab_pageset_end_round(&own->set);
	return nr;
}

/* Pages of the family that this process does not map go on the way, if need be. */
int mmlab_own_make_room_slow_locked(struct lab_process *p)
{
	struct lab_own *own = p->family->own;
	u32 before = p->mm.nr_rss, nr = before - own->limit + 1;

	lockdep_assert_held(p->mm.lock);
	while (p->mm.nr_rss == before &&
	       mmlab_own_reclaim_locked(own, min(nr, LAB_RECLAIM_BATCH)))
		;
	return p->mm.nr_rss < before ? 0 : -EDQUOT;
}
