// SPDX-License-Identifier: GPL-2.0
/*
 * Reclaim: see reclaim.h. One task at a time does it, so that all pages that are
 * isolated in the machine's set are its own.
 */
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "arena.h"
#include "frames.h"
#include "own.h"
#include "pageset.h"
#include "reclaim.h"
#include "section.h"
#include "watermark.h"

/*
 * Pages of processes whose lock can't be had count as touched, up to this many per
 * victim. Without a limit, a policy that spares them would find no victim.
 */
#define MAX_UNKNOWN	64U

static const struct lab_reclaim_ops *reclaim_ops;
static struct lab_policy_set set;
static DEFINE_MUTEX(reclaim_lock);
/* Sets of single fork families, under reclaim_lock. */
static LIST_HEAD(owns);
/* Tasks that freed something, for those that waited meanwhile. */
static unsigned long nr_rounds;
static u32 nr_unknown;

/* Both are changed with no lock, and read under the lab_mm.lock of each process. */
static bool is_listing, is_complete;

/* struct lab_policy_set.young, under lab_lru.lock */
static bool test_young(struct lab_policy_set *unused, u32 pfn)
{
	const struct lab_frame *frame = mmlab_frame(&mmlab_machine, pfn);
	struct lab_family *f = mmlab_family_find(frame->owner);
	bool young;

	if (!f)
		return false;
	if (mutex_trylock(&f->lock)) {
		young = reclaim_ops->test_young_locked(f, mmlab_lru_lva(frame), pfn);
		mutex_unlock(&f->lock);
	} else {
		young = nr_unknown++ < MAX_UNKNOWN;
	}
	mmlab_family_put(f);
	return young;
}

void mmlab_reclaim_init(const struct lab_reclaim_ops *ops)
{
	reclaim_ops = ops;
	mutex_init(&set.lru.lock);
	mmlab_pageset_init(&set, 0, test_young);
	mmlab_swapfile_init();
}

void mmlab_reclaim_exit(void)
{
	mmlab_pageset_exit(&set);
	mmlab_swapfile_exit();
}

/* The set that a family's pages are in. */
static struct lab_policy_set *set_of_locked(struct lab_family *f)
{
	lockdep_assert_held(&f->lock);
	return f->own ? &f->own->set : &set;
}

/* ---- pages come and go ---- */

static void for_processes(void (*fn)(struct lab_process *p))
{
	struct lab_process *p;
	unsigned long pid = 0;

	while ((p = mmlab_process_next(&pid)) != NULL) {
		fn(p);
		mmlab_process_put(p);
	}
}

void mmlab_reclaim_start(void)
{
	static_branch_enable(&mmlab_swap_key);
	WRITE_ONCE(is_listing, true);
	for_processes(reclaim_ops->list_pages);
	WRITE_ONCE(is_complete, true);
	static_branch_enable(&mmlab_watermark_key);
	wake_up_interruptible(&mmlab_watermark_wait);
}

/* No task that saw the old value of is_listing is at work on the process any more. */
static void wait_for(struct lab_process *p)
{
	mutex_lock(p->mm.lock);
	mutex_unlock(p->mm.lock);
}

void mmlab_reclaim_stop(void)
{
	struct lab_own *own;

	static_branch_disable(&mmlab_watermark_key);
	WRITE_ONCE(is_complete, false);
	WRITE_ONCE(is_listing, false);
	for_processes(wait_for);
	mutex_lock(&reclaim_lock);
	mmlab_pageset_empty(&set);
	list_for_each_entry(own, &owns, list) {
		mutex_lock(&own->family->lock);
		mmlab_pageset_empty(&own->set);
		mutex_unlock(&own->family->lock);
	}
	mutex_unlock(&reclaim_lock);
	static_branch_disable(&mmlab_swap_key);
}

void mmlab_reclaim_add_locked(struct lab_process *p, u32 pfn, u32 lva)
{
	struct lab_policy_set *of = set_of_locked(p->family);

	lockdep_assert_held(p->mm.lock);
	if (READ_ONCE(is_listing))
		mmlab_pageset_add(of, pfn, lva);
}

void mmlab_reclaim_remove_locked(struct lab_family *f, u32 pfn)
{
	lockdep_assert_held(&f->lock);
	mmlab_pageset_remove(set_of_locked(f), pfn);
	mmlab_swapfile_uncache(pfn, PFN_NONE);
}

void mmlab_reclaim_accessed_locked(struct lab_family *f, u32 pfn)
{
	lockdep_assert_held(&f->lock);
	mmlab_pageset_accessed(set_of_locked(f), pfn);
}

/* ---- direct reclaim ---- */

/* The next victim, isolated, with its family and address. NULL: @pfn says why. */
static struct lab_family *next_victim(u32 *pfn, u32 *lva)
{
	struct lab_family *f = NULL;

	mutex_lock(&set.lru.lock);
	nr_unknown = 0;
	*pfn = mmlab_policy_victim(&set);
	if (*pfn != PFN_NONE) {
		*lva = mmlab_lru_lva(mmlab_frame(&mmlab_machine, *pfn));
		f = mmlab_family_find(mmlab_frame(&mmlab_machine, *pfn)->owner);
	}
	mmlab_pageset_unlock(&set);
	return f;
}

/*
 * Takes one page away. The victim is not looked at any more without the lock of its
 * family, as it may be freed. -ENOENT: there is none.
 */
static int take_away_one_locked(void)
{
	struct lab_family *f;
	bool gone;
	u32 lva;
	u32 pfn;

	lockdep_assert_held(&reclaim_lock);
	f = next_victim(&pfn, &lva);
	if (pfn == PFN_NONE)
		return -ENOENT;
	mmlab_reclaim_count_scanned();
	if (!f)
		return 0;
	gone = reclaim_ops->page_out(f, lva, pfn);
	mmlab_family_put(f);
	if (gone)
		mmlab_reclaim_count_stolen();
	return gone;
}

static u32 reclaim_machine_locked(u32 nr_wanted)
{
	u32 nr = 0, nr_failed = 0;
	int done = 0;

	lockdep_assert_held(&reclaim_lock);
	while (nr < nr_wanted && nr_failed < LAB_RECLAIM_MAX_FAILED && done >= 0 &&
	       !fatal_signal_pending(current)) {
		done = take_away_one_locked();
		nr += done > 0;
		nr_failed += !done;
		cond_resched();
	}
	mmlab_pageset_end_round(&set);
	return nr;
}

static u32 reclaim_own(struct lab_own *own, u32 nr_wanted)
{
	u32 nr;

	mutex_lock(&own->family->lock);
	nr = mmlab_own_reclaim_locked(own, nr_wanted);
	mutex_unlock(&own->family->lock);
	return nr;
}

/* A guess without locks is good enough. */
static u32 nr_in(const struct lab_policy_set *of)
{
	return READ_ONCE(of->lru.list[LAB_LRU_INACTIVE].nr) +
	       READ_ONCE(of->lru.list[LAB_LRU_ACTIVE].nr);
}

/* The part of @nr_wanted that falls on a set, rounded up. */
static u32 share(const struct lab_policy_set *of, u32 nr_wanted, u32 total)
{
	return total ? div_u64((u64)nr_wanted * nr_in(of) + total - 1, total) : 0;
}

/* Each set loses pages in proportion to those that it has. */
static u32 reclaim_pages_locked(u32 nr_wanted)
{
	u32 total = nr_in(&set), nr;
	struct lab_own *own;

	lockdep_assert_held(&reclaim_lock);
	list_for_each_entry(own, &owns, list)
		total += nr_in(&own->set);
	nr = reclaim_machine_locked(share(&set, nr_wanted, total));
	list_for_each_entry(own, &owns, list) {
		u32 part = share(&own->set, nr_wanted, total);

		if (part && nr < nr_wanted)
			nr += reclaim_own(own, part);
	}
	WRITE_ONCE(nr_rounds, nr_rounds + (nr > 0));
	return nr;
}

/* A stall is counted once: if no page goes, mmlab_frames_shortage() counts it. */
static bool reclaim_directly_locked(u32 nr_frames)
{
	bool done;

	lockdep_assert_held(&reclaim_lock);
	done = reclaim_pages_locked(max(nr_frames, LAB_RECLAIM_BATCH)) > 0;
	if (done)
		mmlab_count_event(EV_ALLOCSTALL);
	return done;
}

bool mmlab_reclaim_retry(unsigned int *nr_tries, u32 nr_frames)
{
	unsigned long before = READ_ONCE(nr_rounds);
	bool progress;

	if (!mmlab_swap_is_on() || (*nr_tries)++ >= LAB_RECLAIM_RETRIES ||
	    mutex_lock_killable(&reclaim_lock))
		return false;
	progress = nr_rounds != before || reclaim_directly_locked(nr_frames) ||
		   mmlab_frames_shortage() > 0;
	mutex_unlock(&reclaim_lock);
	return progress && !fatal_signal_pending(current);
}

u32 mmlab_reclaim_batch(void)
{
	u32 nr;

	mutex_lock(&reclaim_lock);
	nr = reclaim_pages_locked(LAB_RECLAIM_BATCH);
	mutex_unlock(&reclaim_lock);
	return nr;
}

unsigned long mmlab_reclaim_rounds(void)
{
	return READ_ONCE(nr_rounds);
}

/* ---- a set of a family's own ---- */

/* A set of its own for a family that has none. reclaim_lock is held. */
static int make_own_locked(struct lab_family *f)
{
	struct lab_own *own;

	lockdep_assert_held(&reclaim_lock);
	if (f->own)
		return 0;
	own = mmlab_own_new(f, reclaim_ops);
	if (!own)
		return -ENOMEM;
	mutex_lock(&f->lock);
	mmlab_pageset_move(&set, &own->set);
	WRITE_ONCE(f->own, own);
	mutex_unlock(&f->lock);
	list_add_tail(&own->list, &owns);
	return 0;
}

static int make_own(struct lab_family *f)
{
	int err;

	if (mutex_lock_killable(&reclaim_lock))
		return -EINTR;
	err = make_own_locked(f);
	mutex_unlock(&reclaim_lock);
	return err;
}

void mmlab_reclaim_exit_own(struct lab_process *p)
{
	struct lab_family *f = p->family;
	struct lab_own *own = NULL;

	/* a close must not wait for the writes of a round; only a member makes a set */
	if (!READ_ONCE(f->own))
		return;
	mutex_lock(&reclaim_lock);
	mutex_lock(&f->lock);
	if (f->nr_members == 1) {
		own = f->own;
		WRITE_ONCE(f->own, NULL);
	}
	mutex_unlock(&f->lock);
	if (own)
		list_del(&own->list);
	mutex_unlock(&reclaim_lock);
	if (own)
		mmlab_own_free(own);
}

/* Takes pages away above the limit, some at a time. Return: did any go? */
static bool shrink_some(struct lab_process *p)
{
	u32 limit, nr = 0;

	mutex_lock(p->mm.lock);
	limit = mmlab_own_limit_locked(p);
	if (limit && p->mm.nr_rss > limit)
		nr = mmlab_own_reclaim_locked(p->family->own,
					      min(p->mm.nr_rss - limit, LAB_RECLAIM_BATCH));
	mutex_unlock(p->mm.lock);
	return nr;
}

int mmlab_reclaim_set_limit(struct lab_process *p, u32 nr_pages)
{
	int err;

	if (!nr_pages && !READ_ONCE(p->family->own))
		return 0;
	if (nr_pages && !READ_ONCE(is_complete))
		return -ENXIO;
	err = make_own(p->family);
	if (err)
		return err;
	mutex_lock(p->mm.lock);
	p->family->own->limit = nr_pages;
	mutex_unlock(p->mm.lock);
	while (shrink_some(p))
		cond_resched();
	return 0;
}

void mmlab_reclaim_get_limit(struct lab_process *p, u32 *limit, u32 *nr_resident)
{
	mutex_lock(p->mm.lock);
	*limit = mmlab_own_limit_locked(p);
	*nr_resident = p->mm.nr_rss;
	mutex_unlock(p->mm.lock);
}

/* ---- the policy ---- */

int mmlab_reclaim_choose(const char *name, char *current_name)
{
	return mmlab_pageset_choose(&set, name, current_name);
}

int mmlab_reclaim_choose_own(struct lab_process *p, const char *name, char *current_name)
{
	int err = *name ? mmlab_pageset_find(name) ?: make_own(p->family) : 0;

	if (err)
		return err;
	mutex_lock(p->mm.lock);
	err = mmlab_pageset_choose(set_of_locked(p->family), name, current_name);
	mutex_unlock(p->mm.lock);
	return err;
}

int mmlab_reclaim_tick_own(struct lab_process *p)
{
	int err = -ENOENT;

	mutex_lock(p->mm.lock);
	if (p->family->own) {
		mmlab_pageset_tick(&p->family->own->set);
		err = 0;
	}
	mutex_unlock(p->mm.lock);
	return err;
}

/* ---- checks ---- */

bool mmlab_reclaim_is_listed_locked(struct lab_family *f, u32 pfn)
{
	lockdep_assert_held(&f->lock);
	return mmlab_pageset_has(set_of_locked(f), pfn);
}

bool mmlab_reclaim_is_complete(void)
{
	return READ_ONCE(is_complete);
}

/* The frames that say that they are on the lists of this set are on them. */
static void validate_lists(struct lab_policy_set *of, struct lab_verdict *v)
{
	u32 nr = mmlab_lru_validate(&of->lru, v);

	mmlab_verdict_expect(v, "a page that says it is on a list is on one",
			     of->lru.owner, mmlab_lru_count(&of->lru), nr);
}

static void validate_own(struct lab_own *own, struct lab_verdict *v)
{
	mutex_lock(&own->family->lock);
	mutex_lock(&own->set.lru.lock);
	mmlab_freeze();
	validate_lists(&own->set, v);
	mmlab_thaw();
	mutex_unlock(&own->set.lru.lock);
	mutex_unlock(&own->family->lock);
}

void mmlab_reclaim_validate(struct lab_verdict *v)
{
	struct lab_own *own;

	mutex_lock(&set.lru.lock);
	mmlab_swapfile_lock();
	mmlab_freeze();
	validate_lists(&set, v);
	mmlab_swapfile_validate_locked(v);
	mmlab_thaw();
	mmlab_swapfile_unlock();
	mutex_unlock(&set.lru.lock);

	if (list_empty(&owns))
		return;
	mutex_lock(&reclaim_lock);
	list_for_each_entry(own, &owns, list)
		validate_own(own, v);
	mutex_unlock(&reclaim_lock);
}
