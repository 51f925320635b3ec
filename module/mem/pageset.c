// SPDX-License-Identifier: GPL-2.0
/*
 * Sets of pages with their lock: see pageset.h.
 *
 * Lock order: the machine's lab_lru.lock -> that of a process's own set.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "../report.h"
#include "arena.h"
#include "pageset.h"
#include "policy_table.h"
#include "section.h"

/* Into vmstat, where they stay when the set goes. */
static void count_moves_locked(struct lab_lru *lru)
{
	lockdep_assert_held(&lru->lock);
	if (likely(!(lru->nr_activated | lru->nr_deactivated | lru->nr_refill)))
		return;
	mmlab_count_events(EV_PGACTIVATE, lru->nr_activated);
	mmlab_count_events(EV_PGDEACTIVATE, lru->nr_deactivated);
	mmlab_count_events(EV_PGREFILL, lru->nr_refill);
	lru->nr_activated = 0;
	lru->nr_deactivated = 0;
	lru->nr_refill = 0;
}

/* The report comes after the lock is dropped: the console may take its time. */
void mmlab_pageset_unlock(struct lab_policy_set *set)
{
	struct lab_dismissal dismissal;
	bool dismissed = mmlab_policy_dismissal(set, &dismissal);

	count_moves_locked(&set->lru);
	mutex_unlock(&set->lru.lock);
	if (unlikely(dismissed))
		mmlab_report_policy(dismissal.name, &dismissal.verdict);
}

void mmlab_pageset_init(struct lab_policy_set *set, u32 owner,
			bool (*young)(struct lab_policy_set *set, u32 pfn))
{
	mmlab_policy_init(set, &mmlab_machine, owner, &mmlab_policy_two_lists, young);
	mmlab_policy_table_enter(set);
}

void mmlab_pageset_exit(struct lab_policy_set *set)
{
	mmlab_policy_table_leave(set);
	kvfree(set->key);
	set->key = NULL;
}

void mmlab_pageset_add(struct lab_policy_set *set, u32 pfn, u32 lva)
{
	mutex_lock(&set->lru.lock);
	mmlab_policy_add(set, pfn, lva);
	mmlab_pageset_unlock(set);
}

void mmlab_pageset_accessed(struct lab_policy_set *set, u32 pfn)
{
	mutex_lock(&set->lru.lock);
	mmlab_policy_access(set, pfn);
	mmlab_pageset_unlock(set);
}

void mmlab_pageset_remove(struct lab_policy_set *set, u32 pfn)
{
	mutex_lock(&set->lru.lock);
	if (mmlab_lru_find(&set->lru, pfn) != LAB_LRU_NONE)
		mmlab_policy_remove(set, pfn);
	mmlab_pageset_unlock(set);
}

void mmlab_pageset_empty(struct lab_policy_set *set)
{
	u32 id;

	mutex_lock(&set->lru.lock);
	for (id = LAB_LRU_INACTIVE; id < NR_LAB_LRU_LISTS; id++)
		while (set->lru.list[id].oldest != PFN_NONE)
			mmlab_policy_remove(set, set->lru.list[id].oldest);
	mmlab_pageset_unlock(set);
}

void mmlab_pageset_move(struct lab_policy_set *machine, struct lab_policy_set *own)
{
	u32 id, pfn, newer;

	mutex_lock(&machine->lru.lock);
	mutex_lock(&own->lru.lock);
	for (id = LAB_LRU_INACTIVE; id <= LAB_LRU_ACTIVE; id++) {
		for (pfn = machine->lru.list[id].oldest; pfn != PFN_NONE; pfn = newer) {
			struct lab_frame *frame = mmlab_frame(&mmlab_machine, pfn);
			u32 lva = mmlab_lru_lva(frame);

			newer = frame->prev;
			cond_resched();
			if (frame->owner != own->lru.owner)
				continue;
			mmlab_policy_remove(machine, pfn);
			mmlab_policy_add(own, pfn, lva);
		}
	}
	mmlab_pageset_unlock(own);
	mmlab_pageset_unlock(machine);
}

bool mmlab_pageset_has(struct lab_policy_set *set, u32 pfn)
{
	enum lab_lru_id id;

	mutex_lock(&set->lru.lock);
	id = mmlab_lru_find(&set->lru, pfn);
	mmlab_pageset_unlock(set);
	return id != LAB_LRU_NONE;
}

int mmlab_pageset_find(const char *name)
{
	const struct mmlab_policy_ops *ops;

	mmlab_policy_table_lock();
	ops = mmlab_policy_table_find_locked(name);
	mmlab_policy_table_unlock();
	return ops ? 0 : -ENOENT;
}

/*
 * A number per frame, for a policy that wants one. The array stays until the set goes, so a
 * policy that has come into charge finds it without a further check.
 */
static int prepare_set(struct lab_policy_set *set, const struct mmlab_policy_ops *ops)
{
	u64 *key;

	if (!(ops->flags & LAB_POLICY_KEYS) || READ_ONCE(set->key))
		return 0;
	key = kvcalloc(mmlab_machine.nr_frames, sizeof(*key), GFP_KERNEL_ACCOUNT);
	if (!key)
		return -ENOMEM;
	mutex_lock(&set->lru.lock);
	if (!set->key)
		swap(set->key, key);
	mmlab_pageset_unlock(set);
	kvfree(key);
	return 0;
}

/* Under the lock of the table, so that the policy can't leave meanwhile. */
static int choose_by_name(struct lab_policy_set *set, const char *name)
{
	const struct mmlab_policy_ops *ops = mmlab_policy_table_find_locked(name);
	int err = ops ? prepare_set(set, ops) : -ENOENT;

	if (err)
		return err;
	mutex_lock(&set->lru.lock);
	err = mmlab_policy_choose(set, ops);
	mmlab_pageset_unlock(set);
	return err;
}

int mmlab_pageset_choose(struct lab_policy_set *set, const char *name,
			 char *current_name)
{
	int err = 0;

	if (*name) {
		mmlab_policy_table_lock();
		err = choose_by_name(set, name);
		mmlab_policy_table_unlock();
	}
	if (err)
		return err;
	memset(current_name, 0, LAB_POLICY_NAME_LEN);
	mutex_lock(&set->lru.lock);
	strscpy(current_name, set->ops->name, LAB_POLICY_NAME_LEN);
	mmlab_pageset_unlock(set);
	return 0;
}

void mmlab_pageset_tick(struct lab_policy_set *set)
{
	mutex_lock(&set->lru.lock);
	mmlab_policy_tick(set);
	mmlab_pageset_unlock(set);
}

void mmlab_pageset_end_round(struct lab_policy_set *set)
{
	u32 pfn;

	mutex_lock(&set->lru.lock);
	while ((pfn = set->lru.list[LAB_LRU_ISOLATED].oldest) != PFN_NONE)
		mmlab_policy_putback(set, pfn);
	mmlab_policy_tick(set);
	mmlab_pageset_unlock(set);
}
