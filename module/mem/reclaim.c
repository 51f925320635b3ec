// SPDX-License-Identifier: GPL-2.0
/*
 * Reclaim: see reclaim.h. One task at a time does it, so that all pages that are
 * isolated are its own.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "../report.h"
#include "arena.h"
#include "frames.h"
#include "reclaim.h"
#include "section.h"

/*
 * Pages of processes whose lock can't be had count as touched, up to this many per
 * victim. Without a limit, a policy that spares them would find no victim.
 */
#define MAX_UNKNOWN	64U

/* Victims that stay after all, in one round, before it ends: when swap is full, all do. */
#define MAX_FAILED	1024U

static const struct lab_reclaim_ops *reclaim_ops;
static struct lab_policy_set set;
static DEFINE_MUTEX(reclaim_lock);
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
	mmlab_policy_init(&set, &mmlab_machine, 0, &mmlab_policy_two_lists, test_young);
	mmlab_swapfile_init();
}

void mmlab_reclaim_exit(void)
{
	kvfree(set.key);
	mmlab_swapfile_exit();
}

/* A number per frame, for the policies that want one. */
static int prepare(void)
{
	u64 *key;

	if (READ_ONCE(set.key))
		return 0;
	key = kvcalloc(mmlab_machine.nr_frames, sizeof(*key), GFP_KERNEL);
	if (!key)
		return -ENOMEM;
	mutex_lock(&set.lru.lock);
	if (!set.key)
		swap(set.key, key);
	mutex_unlock(&set.lru.lock);
	kvfree(key);
	return 0;
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

int mmlab_reclaim_start(void)
{
	int err = prepare();

	if (err)
		return err;
	static_branch_enable(&mmlab_swap_key);
	WRITE_ONCE(is_listing, true);
	for_processes(reclaim_ops->list_pages);
	WRITE_ONCE(is_complete, true);
	return 0;
}

/* No task that saw the old value of is_listing is at work on the process any more. */
static void wait_for(struct lab_process *p)
{
	mutex_lock(p->mm.lock);
	mutex_unlock(p->mm.lock);
}

void mmlab_reclaim_stop(void)
{
	u32 id;

	WRITE_ONCE(is_complete, false);
	WRITE_ONCE(is_listing, false);
	for_processes(wait_for);
	mutex_lock(&reclaim_lock);
	mutex_lock(&set.lru.lock);
	for (id = LAB_LRU_INACTIVE; id < NR_LAB_LRU_LISTS; id++)
		while (set.lru.list[id].oldest != PFN_NONE)
			mmlab_policy_remove(&set, set.lru.list[id].oldest);
	mutex_unlock(&set.lru.lock);
	mutex_unlock(&reclaim_lock);
	static_branch_disable(&mmlab_swap_key);
}

void mmlab_reclaim_add_locked(struct lab_process *p, u32 pfn, u32 lva)
{
	lockdep_assert_held(p->mm.lock);
	if (!READ_ONCE(is_listing))
		return;
	mutex_lock(&set.lru.lock);
	mmlab_policy_add(&set, pfn, lva);
	mutex_unlock(&set.lru.lock);
}

void mmlab_reclaim_remove(u32 pfn)
{
	mutex_lock(&set.lru.lock);
	if (mmlab_lru_find(&set.lru, pfn) != LAB_LRU_NONE)
		mmlab_policy_remove(&set, pfn);
	mutex_unlock(&set.lru.lock);
	mmlab_swapfile_uncache(pfn, PFN_NONE);
}

void mmlab_reclaim_accessed(u32 pfn)
{
	mutex_lock(&set.lru.lock);
	mmlab_policy_access(&set, pfn);
	mutex_unlock(&set.lru.lock);
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
	mutex_unlock(&set.lru.lock);
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
	mmlab_count_event(EV_PGSCAN_DIRECT);
	if (!f)
		return 0;
	mutex_lock(&f->lock);
	gone = reclaim_ops->page_out_locked(f, lva, pfn);
	mutex_unlock(&f->lock);
	mmlab_family_put(f);
	if (gone)
		mmlab_count_event(EV_PGSTEAL_DIRECT);
	return gone;
}

/* Victims that stay after all; not before the round's end, or they come again. */
static void put_back(void)
{
	struct lab_verdict verdict = {};
	u32 pfn;

	mutex_lock(&set.lru.lock);
	while ((pfn = set.lru.list[LAB_LRU_ISOLATED].oldest) != PFN_NONE)
		mmlab_policy_putback(&set, pfn);
	mmlab_policy_tick(&set);
	swap(verdict, set.verdict);
	mutex_unlock(&set.lru.lock);
	mmlab_report("policy", &verdict);
}

static u32 reclaim_pages_locked(u32 nr_wanted)
{
	u32 nr = 0, nr_failed = 0;
	int done = 0;

	lockdep_assert_held(&reclaim_lock);
	while (nr < nr_wanted && nr_failed < MAX_FAILED && done >= 0 &&
	       !fatal_signal_pending(current)) {
		done = take_away_one_locked();
		nr += done > 0;
		nr_failed += !done;
		cond_resched();
	}
	put_back();
	WRITE_ONCE(nr_rounds, nr_rounds + (nr > 0));
	return nr;
}

bool mmlab_reclaim_retry(unsigned int *nr_tries, u32 nr_frames)
{
	unsigned long before = READ_ONCE(nr_rounds);
	bool progress;

	if (!mmlab_swap_is_on() || (*nr_tries)++ >= LAB_RECLAIM_RETRIES ||
	    mutex_lock_killable(&reclaim_lock))
		return false;
	progress = nr_rounds != before ||
		   reclaim_pages_locked(max(nr_frames, LAB_RECLAIM_BATCH)) > 0 ||
		   mmlab_frames_shortage() > 0;
	mutex_unlock(&reclaim_lock);
	return progress && !fatal_signal_pending(current);
}

/* ---- the policy ---- */

static const struct mmlab_policy_ops *find_policy(const char *name)
{
	u32 i;

	for (i = 0; mmlab_policies[i]; i++)
		if (!strcmp(mmlab_policies[i]->name, name))
			return mmlab_policies[i];
	return NULL;
}

int mmlab_reclaim_choose(const char *name, char *current_name)
{
	const struct mmlab_policy_ops *ops = find_policy(name);
	int err = 0;

	if (*name && !ops)
		return -ENOENT;
	if (ops)
		err = prepare();
	if (err)
		return err;
	mutex_lock(&set.lru.lock);
	if (ops)
		err = mmlab_policy_choose(&set, ops);
	memset(current_name, 0, LAB_POLICY_NAME_LEN);
	strscpy(current_name, set.ops->name, LAB_POLICY_NAME_LEN);
	mutex_unlock(&set.lru.lock);
	return err;
}

/* ---- checks ---- */

bool mmlab_reclaim_is_listed(u32 pfn)
{
	enum lab_lru_id id;

	mutex_lock(&set.lru.lock);
	id = mmlab_lru_find(&set.lru, pfn);
	mutex_unlock(&set.lru.lock);
	return id != LAB_LRU_NONE;
}

bool mmlab_reclaim_is_complete(void)
{
	return READ_ONCE(is_complete);
}

void mmlab_reclaim_validate(struct lab_verdict *v)
{
	u32 nr;

	mutex_lock(&set.lru.lock);
	mmlab_swapfile_lock();
	mmlab_freeze();
	nr = mmlab_lru_validate(&set.lru, v);
	mmlab_verdict_expect(v, "a page that says it is on a list is on one", 0,
			     mmlab_lru_count(&mmlab_machine), nr);
	mmlab_swapfile_validate_locked(v);
	mmlab_thaw();
	mmlab_swapfile_unlock();
	mutex_unlock(&set.lru.lock);
}
