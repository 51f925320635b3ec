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

void mmlab_pageset_init(struct lab_policy_set *set, u32 owner,
			bool (*young)(struct lab_policy_set *set, u32 pfn))
{
	mmlab_policy_init(set, &mmlab_machine, owner, &mmlab_policy_two_lists, young);
}

void mmlab_pageset_exit(struct lab_policy_set *set)
{
	kvfree(set->key);
	set->key = NULL;
}

void mmlab_pageset_add(struct lab_policy_set *set, u32 pfn, u32 lva)
{
	mutex_lock(&set->lru.lock);
	mmlab_policy_add(set, pfn, lva);
	mutex_unlock(&set->lru.lock);
}

void mmlab_pageset_accessed(struct lab_policy_set *set, u32 pfn)
{
	mutex_lock(&set->lru.lock);
	mmlab_policy_access(set, pfn);
	mutex_unlock(&set->lru.lock);
}

void mmlab_pageset_remove(struct lab_policy_set *set, u32 pfn)
{
	mutex_lock(&set->lru.lock);
	if (mmlab_lru_find(&set->lru, pfn) != LAB_LRU_NONE)
		mmlab_policy_remove(set, pfn);
	mutex_unlock(&set->lru.lock);
}

void mmlab_pageset_empty(struct lab_policy_set *set)
{
	u32 id;

	mutex_lock(&set->lru.lock);
	for (id = LAB_LRU_INACTIVE; id < NR_LAB_LRU_LISTS; id++)
		while (set->lru.list[id].oldest != PFN_NONE)
			mmlab_policy_remove(set, set->lru.list[id].oldest);
	mutex_unlock(&set->lru.lock);
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
	mutex_unlock(&own->lru.lock);
	mutex_unlock(&machine->lru.lock);
}

bool mmlab_pageset_has(struct lab_policy_set *set, u32 pfn)
{
	enum lab_lru_id id;

	mutex_lock(&set->lru.lock);
	id = mmlab_lru_find(&set->lru, pfn);
	mutex_unlock(&set->lru.lock);
	return id != LAB_LRU_NONE;
}

static const struct mmlab_policy_ops *find_policy(const char *name)
{
	u32 i;

	for (i = 0; mmlab_policies[i]; i++)
		if (!strcmp(mmlab_policies[i]->name, name))
			return mmlab_policies[i];
	return NULL;
}

int mmlab_pageset_find(const char *name)
{
	return find_policy(name) ? 0 : -ENOENT;
}

/* A number per frame, for a policy that wants one. */
static int prepare(struct lab_policy_set *set, const struct mmlab_policy_ops *ops)
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
	mutex_unlock(&set->lru.lock);
	kvfree(key);
	return 0;
}

int mmlab_pageset_choose(struct lab_policy_set *set, const char *name,
			 char *current_name)
{
	const struct mmlab_policy_ops *ops = find_policy(name);
	int err = 0;

	if (*name && !ops)
		return -ENOENT;
	if (ops)
		err = prepare(set, ops);
	if (err)
		return err;
	mutex_lock(&set->lru.lock);
	if (ops)
		err = mmlab_policy_choose(set, ops);
	memset(current_name, 0, LAB_POLICY_NAME_LEN);
	strscpy(current_name, set->ops->name, LAB_POLICY_NAME_LEN);
	mutex_unlock(&set->lru.lock);
	return err;
}

void mmlab_pageset_tick(struct lab_policy_set *set)
{
	mutex_lock(&set->lru.lock);
	mmlab_policy_tick(set);
	mutex_unlock(&set->lru.lock);
}

void mmlab_pageset_end_round(struct lab_policy_set *set)
{
	struct lab_verdict verdict = {};
	u32 pfn;

	mutex_lock(&set->lru.lock);
	while ((pfn = set->lru.list[LAB_LRU_ISOLATED].oldest) != PFN_NONE)
		mmlab_policy_putback(set, pfn);
	mmlab_policy_tick(set);
	swap(verdict, set->verdict);
	mutex_unlock(&set->lru.lock);
	mmlab_report("policy", &verdict);
}
