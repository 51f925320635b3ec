/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Replacement policies: they choose the page that goes next. A policy is a table of
 * functions that are called for a set of pages; it can be changed at any time.
 *
 * The set keeps its pages on lists of its own (lru.h). A policy can change them only by
 * the functions declared here, and every answer is checked. So a faulty policy can't
 * lose a page, nor choose one that may not go. A policy that breaks a rule is dismissed:
 * the default takes its place, and lab_policy_set.verdict names the rule. The caller
 * prints it.
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
 * @name: its name for users: 1 to 15 of a to z, 0 to 9 and '-'
 * @flags: LAB_POLICY_ bits
 * @init: the policy takes charge of the set. All pages are on the inactive list, in
 *	the order that the last policy left, with key and state 0. Returns 0, or a
 *	negative errno, and is dismissed then. May be NULL
 * @added: a page came. It is the newest one of the inactive list, its key is 0,
 *	and as a rule its accessed bit is set. May be NULL
 * @accessed: the lab saw a touch of a page of the set. How many touches it sees
 *	depends on how many entries the host may have for the process: all of them
 *	with one entry, else the first one after mmlab_policy_young() has cleared
 *	the page's bit. May be NULL
 * @removed: a page goes: it was freed, or was just chosen as a victim. It is
 *	still on its list. May be NULL
 * @victim: choose the page that should go. Returns a page of the set, or PFN_NONE if
 *	the set is empty. The chosen page does not belong to the set any more; if it
 *	can't go after all, it is added again. Never NULL
 * @tick: time has passed: a clock tick, or a reference in a player. May be NULL
 *
 * Each is called with lab_lru.lock held. That is a mutex, so a policy may sleep but not
 * take long: it may make at most mmlab_policy_max_steps() calls of the functions below,
 * and call nothing else of the lab. After that number, the functions that go from page
 * to page find no more pages, so that loops end. A policy keeps its data only in
 * lab_policy_set.state and in keys; both are cleared for the next policy.
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
 * @fallback: policy that takes over when one is dismissed
 * @young: was the page touched since the last call? Clears its accessed bit, and
 *	flushes the host's entry, so that the next touch sets the bit again
 * @private: for @young
 * @key: a number per frame of the arena, for policies that want them; or NULL
 * @state: the policy's own numbers
 * @seed: state of the random numbers; not 0
 * @nr_steps: calls that the policy made in the operation under way
 * @nr_calls: calls that all policies made so far
 * @is_wrong: the policy broke a rule in the operation under way
 * @verdict: the rule that the policy dismissed last has broken; kept until the next
 *	one takes charge by mmlab_policy_choose()
 * @dismissed: name of that policy; its table may be gone
 */
struct lab_policy_set {
	struct lab_lru lru;
	const struct lab_policy_ops *ops;
	const struct lab_policy_ops *fallback;
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

/* Linux 2.4's two lists: the default, which takes over if a policy is dismissed. */
extern const struct lab_policy_ops mmlab_policy_two_lists;

/* ---- for the owner of the pages ---- */

/**
 * mmlab_policy_init() - make an empty set
 * @set: any contents; lab_lru.lock is initialised by the caller
 * @m: machine
 * @owner: as in mmlab_lru_init()
 * @fallback: policy in charge, and after another one is dismissed
 * @young: as in struct lab_policy_set
 */
void mmlab_policy_init(struct lab_policy_set *set, struct lab_machine *m,
		       u32 owner, const struct lab_policy_ops *fallback,
		       bool (*young)(struct lab_policy_set *set, u32 pfn));

/**
 * mmlab_policy_check() - check a policy's table
 * @ops: table of another module
 *
 * Return: 0, or -EINVAL if the name is not as struct lab_policy_ops says, a flag is
 * unknown, or there is no @victim.
 */
int mmlab_policy_check(const struct lab_policy_ops *ops);

/**
 * mmlab_policy_choose() - put a policy in charge
 * @set: set, with key for a policy with LAB_POLICY_KEYS
 * @ops: policy that mmlab_policy_check() has accepted
 *
 * A policy that breaks a rule in @init is dismissed as it would be later.
 *
 * Context: lab_lru.lock.
 * Return: 0, or -EINVAL if the policy wants keys and the set has none.
 */
int mmlab_policy_choose(struct lab_policy_set *set,
			const struct lab_policy_ops *ops);

/**
 * mmlab_policy_add() - add a page to the set
 * @set: set
 * @pfn: as in mmlab_lru_add()
 * @lva: likewise
 *
 * Context: lab_lru.lock.
 */
void mmlab_policy_add(struct lab_policy_set *set, u32 pfn, u32 lva);

/**
 * mmlab_policy_access() - tell the policy of a touch that the lab saw
 * @set: set
 * @pfn: frame on one of its lists
 *
 * Context: lab_lru.lock.
 */
void mmlab_policy_access(struct lab_policy_set *set, u32 pfn);

/**
 * mmlab_policy_remove() - remove a page from the set
 * @set: set
 * @pfn: frame on one of its lists
 *
 * Context: lab_lru.lock.
 */
void mmlab_policy_remove(struct lab_policy_set *set, u32 pfn);

/**
 * mmlab_policy_victim() - choose and isolate the page that should go
 * @set: set
 *
 * The caller reclaims the page and removes it, or puts it back. It should put pages
 * back only after it has enough others, as a policy may choose the same page again.
 *
 * Context: lab_lru.lock.
 * Return: frame; PFN_NONE if the set has no page that could be chosen.
 */
u32 mmlab_policy_victim(struct lab_policy_set *set);

/**
 * mmlab_policy_putback() - put a victim back into the set
 * @set: set
 * @pfn: isolated frame
 *
 * For the policy it is a page that is added.
 *
 * Context: lab_lru.lock.
 */
void mmlab_policy_putback(struct lab_policy_set *set, u32 pfn);

/**
 * mmlab_policy_tick() - tell the policy of a tick of time
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
 * mmlab_policy_nr() - count the pages on a list
 * @set: set
 * @id: LAB_LRU_INACTIVE or LAB_LRU_ACTIVE
 *
 * Return: pages; 0 for any other list.
 */
u32 mmlab_policy_nr(struct lab_policy_set *set, enum lab_lru_id id);

/**
 * mmlab_policy_oldest() - find the oldest page of a list
 * @set: set
 * @id: LAB_LRU_INACTIVE or LAB_LRU_ACTIVE
 *
 * Return: frame; PFN_NONE if the list is empty, @id is another list, or the steps are
 * used up.
 */
u32 mmlab_policy_oldest(struct lab_policy_set *set, enum lab_lru_id id);

/* The newest page; all else as mmlab_policy_oldest(). */
u32 mmlab_policy_newest(struct lab_policy_set *set, enum lab_lru_id id);

/**
 * mmlab_policy_newer() - find the next page of a list, from old to new
 * @set: set
 * @pfn: page of the set
 *
 * Return: frame; PFN_NONE if @pfn is the newest one or not in the set, or the steps are
 * used up.
 */
u32 mmlab_policy_newer(struct lab_policy_set *set, u32 pfn);

/* The same from new to old. */
u32 mmlab_policy_older(struct lab_policy_set *set, u32 pfn);

/**
 * mmlab_policy_young() - read and clear a page's accessed bit
 * @set: set
 * @pfn: page of the set
 *
 * Return: true if the page was touched since the last call; false also if @pfn is not
 * in the set or the steps are used up.
 */
bool mmlab_policy_young(struct lab_policy_set *set, u32 pfn);

/**
 * mmlab_policy_referenced() - exchange the policy's own bit of a page
 * @set: set
 * @pfn: page of the set
 * @value: new value
 *
 * Return: the old value; false for a page that was added since.
 */
bool mmlab_policy_referenced(struct lab_policy_set *set, u32 pfn, bool value);

/**
 * mmlab_policy_move() - put a page on a list
 * @set: set
 * @pfn: page of the set
 * @id: LAB_LRU_INACTIVE or LAB_LRU_ACTIVE
 * @newest: it becomes the newest page there; else the oldest
 */
void mmlab_policy_move(struct lab_policy_set *set, u32 pfn, enum lab_lru_id id,
		       bool newest);

/**
 * mmlab_policy_key() - read the key of a page
 * @set: set
 * @pfn: page of the set
 *
 * Return: the key that was set last; 0 for a page that was added since, and without
 * LAB_POLICY_KEYS.
 */
u64 mmlab_policy_key(struct lab_policy_set *set, u32 pfn);

/* Sets the key of a page. Without LAB_POLICY_KEYS it does nothing. */
void mmlab_policy_set_key(struct lab_policy_set *set, u32 pfn, u64 key);

#endif /* MMLAB_CORE_POLICY_H */
