/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Replacement policies: which page goes next. A policy is a table of functions
 * that are asked about a set of pages; it can come and go at any time.
 *
 * The set keeps its pages on lists of its own (lru.h), which a policy can only
 * change by what is declared here, and every answer is checked. So whatever a
 * policy does, no page is lost and none is chosen that may not go. A policy that
 * is wrong is dismissed: the default takes its place, and lab_policy_set.verdict
 * says which rule was broken. Printing that is others' business.
 */
#ifndef MMLAB_CORE_POLICY_H
#define MMLAB_CORE_POLICY_H

#include "lru.h"

#define LAB_POLICY_NAME_LEN	16U
#define LAB_POLICY_NR_STATE	4U

/* flags of a policy */
#define LAB_POLICY_KEYS		(1U << 0)	/* wants a number per page */

struct lab_policy_set;

/**
 * struct lab_policy_ops - a policy
 * @name: what users call it: 1 to 15 of a to z, 0 to 9 and '-'
 * @flags: LAB_POLICY_ bits
 * @init: the policy takes charge of the set; the pages that are there are all on
 *	the inactive list, oldest and newest as the last policy left them, with key
 *	and state 0. 0, or a negative errno, with which it is dismissed. May be NULL
 * @added: a page came. It is the newest one of the inactive list, its key is 0,
 *	and as a rule its accessed bit is set. May be NULL
 * @accessed: the lab saw a touch of a page of the set. How many touches it sees
 *	depends on how many entries the host may have for the process: all of them
 *	with one entry, else the first one after mmlab_policy_young() has cleared
 *	the page's bit. May be NULL
 * @removed: a page goes: it was freed, or was just chosen as a victim. It is
 *	still on its list. May be NULL
 * @victim: the page that should go. A page of the set, or PFN_NONE, which is
 *	right if the set is empty only. What was chosen belongs to the set no more;
 *	if it can't go after all, it is added anew. Never NULL
 * @tick: time has passed: a clock tick, or a reference in a player. May be NULL
 *
 * Each is called with lab_lru.lock held, a mutex, so it may sleep but not take
 * long: at most mmlab_policy_max_steps() calls of the functions below, and
 * nothing else of the lab. When they are used up, the functions that go from page
 * to page say that there is none, so that loops end. A policy keeps nothing of
 * its own but @state and keys; both are the set's and are cleared for the next.
 */
struct lab_policy_ops {
	const char *name;
	u32 flags;
	int (*init)(struct lab_policy_set *set);
	void (*added)(struct lab_policy_set *set, u32 pfn);
	void (*accessed)(struct lab_policy_set *set, u32 pfn);
	void (*removed)(struct lab_policy_set *set, u32 pfn);
	u32 (*victim)(struct lab_policy_set *set);
	void (*tick)(struct lab_policy_set *set);
};

/**
 * struct lab_policy_set - pages, and the policy that decides on them
 * @lru: lists, and the lock of all of this
 * @ops: policy in charge
 * @young: was the page touched since the last call? Clears its accessed bit, and
 *	what else would keep the next touch from setting it
 * @private: for @young
 * @key: a number per frame of the arena, for policies that want them; or NULL
 * @state: the policy's own numbers
 * @seed: for policies that throw dice; not 0
 * @nr_steps: calls that the policy made in the operation under way
 * @nr_calls: calls that all policies made so far
 * @is_wrong: a rule was broken in the operation under way
 * @verdict: what was wrong with the policy that was dismissed last; its values
 *	are kept until the next one takes charge by mmlab_policy_choose()
 * @dismissed: its name; a name, as the policy itself may be gone
 */
struct lab_policy_set {
	struct lab_lru lru;
	const struct lab_policy_ops *ops;
	bool (*young)(struct lab_policy_set *set, u32 pfn);
	void *private;
	u64 *key;
	u64 state[LAB_POLICY_NR_STATE];
	u64 seed;
	u32 nr_steps;
	u64 nr_calls;
	bool is_wrong;
	struct lab_verdict verdict;
	char dismissed[LAB_POLICY_NAME_LEN];
};

/* All policies that are built in, the default first; NULL is the end. */
extern const struct lab_policy_ops *const mmlab_policies[];

/* Linux 2.4's two lists: what takes over if a policy is wrong. */
extern const struct lab_policy_ops mmlab_policy_two_lists;

/* ---- for the owner of the pages ---- */

/**
 * mmlab_policy_init() - make an empty set with the default policy
 * @set: any contents; lab_lru.lock is initialised by the caller
 * @m: machine
 * @owner: as in mmlab_lru_init()
 * @young: as in struct lab_policy_set
 */
void mmlab_policy_init(struct lab_policy_set *set, struct lab_machine *m,
		       u32 owner,
		       bool (*young)(struct lab_policy_set *set, u32 pfn));

/**
 * mmlab_policy_check() - can this be a policy?
 * @ops: table as it came from another module
 *
 * Return: 0; -EINVAL: no name, or not such a one as struct lab_policy_ops says;
 * unknown flags; no @victim.
 */
int mmlab_policy_check(const struct lab_policy_ops *ops);

/**
 * mmlab_policy_choose() - put a policy in charge
 * @set: set, with key for a policy with LAB_POLICY_KEYS
 * @ops: policy that mmlab_policy_check() has let through
 *
 * One that is wrong at once is dismissed as it would be later.
 *
 * Context: lab_lru.lock.
 * Return: 0; -EINVAL: it wants keys, and the set has none.
 */
int mmlab_policy_choose(struct lab_policy_set *set,
			const struct lab_policy_ops *ops);

/**
 * mmlab_policy_add() - a page has come
 * @set: set
 * @pfn: as in mmlab_lru_add()
 * @lva: likewise
 *
 * Context: lab_lru.lock.
 */
void mmlab_policy_add(struct lab_policy_set *set, u32 pfn, lva_t lva);

/**
 * mmlab_policy_access() - a page was touched, and the lab saw it
 * @set: set
 * @pfn: frame on one of its lists
 *
 * Context: lab_lru.lock.
 */
void mmlab_policy_access(struct lab_policy_set *set, u32 pfn);

/**
 * mmlab_policy_remove() - a page has gone
 * @set: set
 * @pfn: frame on one of its lists
 *
 * Context: lab_lru.lock.
 */
void mmlab_policy_remove(struct lab_policy_set *set, u32 pfn);

/**
 * mmlab_policy_victim() - a page that should go
 * @set: set
 *
 * The page is isolated. The caller takes it away and removes it, or puts it
 * back. It should not put it back before it has what it wants, as a policy may
 * well choose it again.
 *
 * Context: lab_lru.lock.
 * Return: frame; PFN_NONE: the set has no page that could be chosen.
 */
u32 mmlab_policy_victim(struct lab_policy_set *set);

/**
 * mmlab_policy_putback() - a victim stays after all
 * @set: set
 * @pfn: isolated frame
 *
 * For the policy it is a page that comes.
 *
 * Context: lab_lru.lock.
 */
void mmlab_policy_putback(struct lab_policy_set *set, u32 pfn);

/**
 * mmlab_policy_tick() - time has passed
 * @set: set
 *
 * Context: lab_lru.lock.
 */
void mmlab_policy_tick(struct lab_policy_set *set);

/* ---- for policies: each call is a step ---- */

/* Calls that a policy may make in one operation. */
static inline u32 mmlab_policy_max_steps(const struct lab_policy_set *set)
{
	return 8 * mmlab_lru_nr(&set->lru) + 64;
}

/**
 * mmlab_policy_nr() - how many pages are on a list?
 * @set: set
 * @id: LAB_LRU_INACTIVE or LAB_LRU_ACTIVE
 *
 * Return: pages; 0 for any other list.
 */
u32 mmlab_policy_nr(struct lab_policy_set *set, enum lab_lru_id id);

/**
 * mmlab_policy_oldest() - the page that has been longest on a list
 * @set: set
 * @id: LAB_LRU_INACTIVE or LAB_LRU_ACTIVE
 *
 * Return: frame; PFN_NONE: the list is empty, or is another one, or the steps
 * are used up.
 */
u32 mmlab_policy_oldest(struct lab_policy_set *set, enum lab_lru_id id);

/* The one that came last; all else as mmlab_policy_oldest(). */
u32 mmlab_policy_newest(struct lab_policy_set *set, enum lab_lru_id id);

/**
 * mmlab_policy_newer() - the next page of a list, from old to new
 * @set: set
 * @pfn: page of the set
 *
 * Return: frame; PFN_NONE: @pfn is the newest one, or none of the set's, or the
 * steps are used up.
 */
u32 mmlab_policy_newer(struct lab_policy_set *set, u32 pfn);

/* The same from new to old. */
u32 mmlab_policy_older(struct lab_policy_set *set, u32 pfn);

/**
 * mmlab_policy_young() - was a page touched since the last call?
 * @set: set
 * @pfn: page of the set
 *
 * The hardware's accessed bit, which is cleared.
 *
 * Return: its value; false if @pfn is none of the set's or the steps are used up.
 */
bool mmlab_policy_young(struct lab_policy_set *set, u32 pfn);

/**
 * mmlab_policy_referenced() - a bit per page that is the policy's
 * @set: set
 * @pfn: page of the set
 * @value: what it shall be
 *
 * Return: what it was; false for a page that came since.
 */
bool mmlab_policy_referenced(struct lab_policy_set *set, u32 pfn, bool value);

/**
 * mmlab_policy_move() - put a page on a list
 * @set: set
 * @pfn: page of the set
 * @id: LAB_LRU_INACTIVE or LAB_LRU_ACTIVE
 * @newest: as its newest page; else as its oldest
 */
void mmlab_policy_move(struct lab_policy_set *set, u32 pfn, enum lab_lru_id id,
		       bool newest);

/**
 * mmlab_policy_key() - the number of a page
 * @set: set
 * @pfn: page of the set
 *
 * Return: what was last set, 0 for a page that came since; 0 without
 * LAB_POLICY_KEYS.
 */
u64 mmlab_policy_key(struct lab_policy_set *set, u32 pfn);

/* Changes it. Without LAB_POLICY_KEYS nothing is kept. */
void mmlab_policy_set_key(struct lab_policy_set *set, u32 pfn, u64 key);

#endif /* MMLAB_CORE_POLICY_H */
