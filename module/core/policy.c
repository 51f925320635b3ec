// SPDX-License-Identifier: GPL-2.0
/*
 * Sets of pages, and the calls that a policy may make. The callers of blame() detect a
 * broken rule, and settle_policy() dismisses the policy.
 *
 * A policy is dismissed after the operation, not inside it: its code is on the stack. Until
 * then it may go on, since each call checks its argument and moves pages of the set only, so
 * the lists stay sound. Only the order of the pages is the policy's. The number of steps is
 * limited, so an operation ends.
 */
#include "core_internal.h"
#include "policy.h"

static bool is_listed(enum lab_lru_id id)
{
	return id == LAB_LRU_INACTIVE || id == LAB_LRU_ACTIVE;
}

/* ---- right and wrong ---- */

static void blame(struct lab_policy_set *set, const char *rule, u64 where,
		  u64 want, u64 got)
{
	if (!mmlab_verdict_expect(&set->verdict, rule, where, want, got))
		set->is_wrong = true;
}

/* Counts a call; false if there were too many. */
static bool may_step_locked(struct lab_policy_set *set)
{
	u32 max = mmlab_policy_max_steps(set);

	lockdep_assert_held(&set->lru.lock);
	if (set->nr_steps < max) {
		set->nr_steps++;
		set->nr_calls++;
		return true;
	}
	blame(set, "a policy makes at most so many steps", set->nr_steps, max,
	      max + 1ULL);
	return false;
}

/* The same for a call that is about a page. */
static bool may_use(struct lab_policy_set *set, u32 pfn)
{
	bool listed;

	if (!may_step_locked(set))
		return false;
	listed = is_listed(mmlab_lru_find(&set->lru, pfn));
	blame(set, "a policy names pages of its set", pfn, 1, listed);
	return listed;
}

static void judge_victim(struct lab_policy_set *set, u32 pfn)
{
	enum lab_lru_id id = mmlab_lru_find(&set->lru, pfn);

	if (pfn == PFN_NONE)
		blame(set, "a policy has a victim as long as it has pages",
		      pfn, 0, mmlab_lru_nr(&set->lru));
	else if (id == LAB_LRU_ISOLATED)
		blame(set, "a page is not chosen twice", pfn, 1, 2);
	else
		blame(set, "a victim is a page of the set", pfn, 1, is_listed(id));
}

/* Clears the data of a policy for the next one. */
static void forget(struct lab_policy_set *set)
{
	struct lab_machine *m = set->lru.m;
	u32 pfn;

	while ((pfn = set->lru.list[LAB_LRU_ACTIVE].oldest) != PFN_NONE)
		mmlab_lru_putback(&set->lru, pfn);
	for (pfn = set->lru.list[LAB_LRU_INACTIVE].newest; pfn != PFN_NONE;
	     pfn = mmlab_frame(m, pfn)->next) {
		mmlab_frame(m, pfn)->private &= ~LAB_PG_REFERENCED;
		if (set->key)
			set->key[pfn] = 0;
	}
	memset(set->state, 0, sizeof(set->state));
}

/* What a policy does wrong now has no consequence: it is not in charge any more. */
static void say_goodbye(struct lab_policy_set *set)
{
	struct lab_verdict verdict = set->verdict;
	bool was_ready = set->is_ready;

	set->is_ready = false;
	if (was_ready && set->ops->exit)
		set->ops->exit(set);
	set->verdict = verdict;
}

static void take_charge(struct lab_policy_set *set,
			const struct mmlab_policy_ops *ops)
{
	int err;

	say_goodbye(set);
	forget(set);
	set->ops = ops;
	set->nr_steps = 0;
	set->is_wrong = false;
	err = ops->init ? ops->init(set) : 0;
	set->is_ready = !err;
	blame(set, "a policy is ready when it takes charge", 0, 0, (u64)-err);
}

/* Called after each operation of a policy. */
static void settle_policy(struct lab_policy_set *set)
{
	set->nr_steps = 0;
	if (likely(!set->is_wrong))
		return;
	memset(set->dismissed, 0, sizeof(set->dismissed));
	memcpy(set->dismissed, set->ops->name,
	       min_t(size_t, strlen(set->ops->name), LAB_POLICY_NAME_LEN - 1));
	take_charge(set, set->fallback);
}

/* ---- for the owner of the pages ---- */

void mmlab_policy_init(struct lab_policy_set *set, struct lab_machine *m,
		       u32 owner, const struct mmlab_policy_ops *fallback,
		       bool (*young)(struct lab_policy_set *set, u32 pfn))
{
	mmlab_lru_init(&set->lru, m, owner);
	set->ops = fallback;
	set->fallback = fallback;
	set->young = young;
	set->private = NULL;
	set->key = NULL;
	set->seed = 1;
	set->nr_steps = 0;
	set->nr_calls = 0;
	set->is_wrong = false;
	set->is_ready = true;
	memset(set->state, 0, sizeof(set->state));
	memset(&set->verdict, 0, sizeof(set->verdict));
	memset(set->dismissed, 0, sizeof(set->dismissed));
}

static bool may_be_in_a_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

int mmlab_policy_check(const struct mmlab_policy_ops *ops)
{
	u32 i;

	if (!ops->name || !ops->name[0] || !ops->victim ||
	    ops->flags & ~LAB_POLICY_KEYS)
		return -EINVAL;
	for (i = 0; ops->name[i]; i++) {
		if (i == LAB_POLICY_NAME_LEN - 1 || !may_be_in_a_name(ops->name[i]))
			return -EINVAL;
	}
	return 0;
}

int mmlab_policy_choose(struct lab_policy_set *set,
			const struct mmlab_policy_ops *ops)
{
	lockdep_assert_held(&set->lru.lock);
	if (ops->flags & LAB_POLICY_KEYS && !set->key)
		return -EINVAL;
	memset(&set->verdict, 0, sizeof(set->verdict));
	memset(set->dismissed, 0, sizeof(set->dismissed));
	take_charge(set, ops);
	settle_policy(set);
	return 0;
}

bool mmlab_policy_leave(struct lab_policy_set *set,
			const struct mmlab_policy_ops *ops)
{
	lockdep_assert_held(&set->lru.lock);
	if (set->ops != ops)
		return false;
	take_charge(set, set->fallback);
	return true;
}

bool mmlab_policy_dismissal(struct lab_policy_set *set, struct lab_dismissal *d)
{
	lockdep_assert_held(&set->lru.lock);
	if (likely(!set->verdict.broken))
		return false;
	memcpy(d->name, set->dismissed, sizeof(d->name));
	d->verdict = set->verdict;
	memset(&set->verdict, 0, sizeof(set->verdict));
	return true;
}

static void tell_added(struct lab_policy_set *set, u32 pfn)
{
	if (set->key)
		set->key[pfn] = 0;
	if (set->ops->added) {
		set->ops->added(set, pfn);
		settle_policy(set);
	}
}

static void tell_removed(struct lab_policy_set *set, u32 pfn)
{
	if (set->ops->removed) {
		set->ops->removed(set, pfn);
		settle_policy(set);
	}
}

void mmlab_policy_add(struct lab_policy_set *set, u32 pfn, u32 lva)
{
	mmlab_lru_add(&set->lru, pfn, lva);
	tell_added(set, pfn);
}

void mmlab_policy_access(struct lab_policy_set *set, u32 pfn)
{
	lockdep_assert_held(&set->lru.lock);
	if (set->ops->accessed && is_listed(mmlab_lru_find(&set->lru, pfn))) {
		set->ops->accessed(set, pfn);
		settle_policy(set);
	}
}

void mmlab_policy_remove(struct lab_policy_set *set, u32 pfn)
{
	if (is_listed(mmlab_lru_find(&set->lru, pfn)))
		tell_removed(set, pfn);
	mmlab_lru_del(&set->lru, pfn);
}

u32 mmlab_policy_victim(struct lab_policy_set *set)
{
	u32 pfn;

	lockdep_assert_held(&set->lru.lock);
	if (!mmlab_lru_nr(&set->lru))
		return PFN_NONE;
	pfn = set->ops->victim(set);
	judge_victim(set, pfn);
	if (unlikely(set->is_wrong)) {
		settle_policy(set);
		/* the default has just begun: all pages are there, in order */
		pfn = set->lru.list[LAB_LRU_INACTIVE].oldest;
	}
	set->nr_steps = 0;
	tell_removed(set, pfn);
	mmlab_lru_isolate(&set->lru, pfn);
	return pfn;
}

void mmlab_policy_putback(struct lab_policy_set *set, u32 pfn)
{
	mmlab_lru_putback(&set->lru, pfn);
	mmlab_frame(set->lru.m, pfn)->private &= ~LAB_PG_REFERENCED;
	tell_added(set, pfn);
}

void mmlab_policy_tick(struct lab_policy_set *set)
{
	lockdep_assert_held(&set->lru.lock);
	if (set->ops->tick) {
		set->ops->tick(set);
		settle_policy(set);
	}
}

/* ---- for policies ---- */

u32 mmlab_policy_nr(struct lab_policy_set *set, enum lab_lru_id id)
{
	return may_step_locked(set) && is_listed(id) ? set->lru.list[id].nr : 0;
}

u32 mmlab_policy_oldest(struct lab_policy_set *set, enum lab_lru_id id)
{
	return may_step_locked(set) && is_listed(id) ? set->lru.list[id].oldest : PFN_NONE;
}

u32 mmlab_policy_newest(struct lab_policy_set *set, enum lab_lru_id id)
{
	return may_step_locked(set) && is_listed(id) ? set->lru.list[id].newest : PFN_NONE;
}

u32 mmlab_policy_newer(struct lab_policy_set *set, u32 pfn)
{
	return may_use(set, pfn) ? mmlab_frame(set->lru.m, pfn)->prev : PFN_NONE;
}

u32 mmlab_policy_older(struct lab_policy_set *set, u32 pfn)
{
	return may_use(set, pfn) ? mmlab_frame(set->lru.m, pfn)->next : PFN_NONE;
}

bool mmlab_policy_young(struct lab_policy_set *set, u32 pfn)
{
	if (!may_use(set, pfn) || !set->is_ready)
		return false;
	set->lru.nr_refill += mmlab_lru_find(&set->lru, pfn) == LAB_LRU_ACTIVE;
	return set->young(set, pfn);
}

bool mmlab_policy_referenced(struct lab_policy_set *set, u32 pfn, bool value)
{
	struct lab_frame *frame;
	bool was;

	if (!may_use(set, pfn))
		return false;
	frame = mmlab_frame(set->lru.m, pfn);
	was = frame->private & LAB_PG_REFERENCED;
	frame->private = (frame->private & ~LAB_PG_REFERENCED) |
			 (value ? LAB_PG_REFERENCED : 0);
	return was;
}

void mmlab_policy_move(struct lab_policy_set *set, u32 pfn, enum lab_lru_id id,
		       bool newest)
{
	if (!may_use(set, pfn))
		return;
	blame(set, "a policy moves pages between its two lists", pfn, 1,
	      is_listed(id));
	if (is_listed(id))
		mmlab_lru_move(&set->lru, pfn, id, newest);
}

u64 mmlab_policy_key(struct lab_policy_set *set, u32 pfn)
{
	return may_use(set, pfn) && set->ops->flags & LAB_POLICY_KEYS ?
	       set->key[pfn] : 0;
}

u64 *mmlab_policy_state(struct lab_policy_set *set)
{
	return set->state;
}

void mmlab_policy_set_key(struct lab_policy_set *set, u32 pfn, u64 key)
{
	if (may_use(set, pfn) && set->ops->flags & LAB_POLICY_KEYS)
		set->key[pfn] = key;
}
