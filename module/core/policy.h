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
#include "policy_ops.h"

/**
 * struct lab_policy_set - pages, and the policy that decides on them
 * @lru: lists, and the lock of all of this
 * @ops: policy in charge
 * @fallback: policy that takes over when one is dismissed
 * @young: was the page touched since the last call? Clears its accessed bit, and
 *	flushes the host's entry, so that the next touch sets the bit again
 * @private: for @young
 * @sets: for the owner of the pages: on a list of sets
 * @key: a number per frame of the arena, for policies that want them; or NULL
 * @state: the policy's own numbers
 * @seed: state of the random numbers; not 0
 * @nr_steps: calls that the policy made in the operation under way
 * @nr_calls: calls that all policies made so far
 * @is_wrong: the policy broke a rule in the operation under way
 * @is_ready: it has taken charge, without an errno, and has not left
 * @verdict: the rule that the policy dismissed last has broken; kept until the next
 *	one takes charge by mmlab_policy_choose()
 * @dismissed: name of that policy; its table may be gone
 */
struct lab_policy_set {
	struct lab_lru lru;
	const struct mmlab_policy_ops *ops;
	const struct mmlab_policy_ops *fallback;
	bool (*young)(struct lab_policy_set *set, u32 pfn);
	void *private;
	struct list_head sets;
	u64 *key;
	u64 state[LAB_POLICY_NR_STATE];
	u64 seed;
	u32 nr_steps;
	u64 nr_calls;
	bool is_wrong;
	bool is_ready;
	struct lab_verdict verdict;
	char dismissed[LAB_POLICY_NAME_LEN];
};

/* All policies that are built in, the default first; NULL is the end. */
extern const struct mmlab_policy_ops *const mmlab_policies[];

/* Linux 2.4's two lists: the default, which takes over if a policy is dismissed. */
extern const struct mmlab_policy_ops mmlab_policy_two_lists;

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
		       u32 owner, const struct mmlab_policy_ops *fallback,
		       bool (*young)(struct lab_policy_set *set, u32 pfn));

/**
 * mmlab_policy_check() - check a policy's table
 * @ops: table of another module
 *
 * Return: 0, or -EINVAL if the name is not as struct mmlab_policy_ops says, a flag is
 * unknown, or there is no @victim.
 */
int mmlab_policy_check(const struct mmlab_policy_ops *ops);

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
			const struct mmlab_policy_ops *ops);

/**
 * mmlab_policy_leave() - have another policy in the place of one that goes away
 * @set: set
 * @ops: policy; after the call, no function of it is called any more
 *
 * Context: lab_lru.lock.
 * Return: true if it was in charge; the fallback is now.
 */
bool mmlab_policy_leave(struct lab_policy_set *set,
			const struct mmlab_policy_ops *ops);

/**
 * struct lab_dismissal - which policy was dismissed, and why
 * @name: its name
 * @verdict: the rule that it broke
 */
struct lab_dismissal {
	char name[LAB_POLICY_NAME_LEN];
	struct lab_verdict verdict;
};

/**
 * mmlab_policy_dismissal() - learn that a policy was dismissed, for a report
 * @set: set
 * @d: (out) which, and why
 *
 * Context: lab_lru.lock.
 * Return: true, once for each that was dismissed.
 */
bool mmlab_policy_dismissal(struct lab_policy_set *set, struct lab_dismissal *d);

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

/* Calls that a policy may make in one operation. */
static inline u32 mmlab_policy_max_steps(const struct lab_policy_set *set)
{
	return 8 * mmlab_lru_nr(&set->lru) + 64;
}

#endif /* MMLAB_CORE_POLICY_H */
