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
 *
 * Context of each function but the first two: lab_lru.lock held.
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

/*
 * Makes an empty set, of any contents but for lab_lru.lock, which the caller has initialised.
 * @fallback is in charge, and after another one is dismissed.
 */
void mmlab_policy_init(struct lab_policy_set *set, struct lab_machine *m,
		       u32 owner, const struct mmlab_policy_ops *fallback,
		       bool (*young)(struct lab_policy_set *set, u32 pfn));

/*
 * Checks the table of another module. 0, or -EINVAL if the name is not as struct
 * mmlab_policy_ops says, a flag is unknown, or there is no @victim.
 */
int mmlab_policy_check(const struct mmlab_policy_ops *ops);

/*
 * Puts a policy that mmlab_policy_check() has accepted in charge. One that breaks a rule in
 * @init is dismissed as it would be later. 0, or -EINVAL if it wants keys (LAB_POLICY_KEYS)
 * and the set has none.
 */
int mmlab_policy_choose(struct lab_policy_set *set,
			const struct mmlab_policy_ops *ops);

/*
 * Has the fallback in the place of a policy that goes away: after the call, no function of it
 * is called any more. Returns true if it was in charge.
 */
bool mmlab_policy_leave(struct lab_policy_set *set,
			const struct mmlab_policy_ops *ops);

/* Which policy was dismissed, and the rule that it broke. */
struct lab_dismissal {
	char name[LAB_POLICY_NAME_LEN];
	struct lab_verdict verdict;
};

/* Was a policy dismissed? True once for each, with @d (out), for a report. */
bool mmlab_policy_dismissal(struct lab_policy_set *set, struct lab_dismissal *d);

/* Adds a page to the set; arguments as mmlab_lru_add(). */
void mmlab_policy_add(struct lab_policy_set *set, u32 pfn, u32 lva);

/* Tells the policy of a touch of a listed page that the lab saw. */
void mmlab_policy_access(struct lab_policy_set *set, u32 pfn);

/* Removes a listed page from the set. */
void mmlab_policy_remove(struct lab_policy_set *set, u32 pfn);

/*
 * Chooses and isolates the page that should go; PFN_NONE if the set has none that could be
 * chosen. The caller reclaims the page and removes it, or puts it back; the latter only after
 * it has enough others, as a policy may choose the same page again.
 */
u32 mmlab_policy_victim(struct lab_policy_set *set);

/* Puts an isolated page back; for the policy it is one that is added. */
void mmlab_policy_putback(struct lab_policy_set *set, u32 pfn);

/* Tells the policy of a tick of time. */
void mmlab_policy_tick(struct lab_policy_set *set);

/* Calls that a policy may make in one operation. */
static inline u32 mmlab_policy_max_steps(const struct lab_policy_set *set)
{
	return 8 * mmlab_lru_nr(&set->lru) + 64;
}

#endif /* MMLAB_CORE_POLICY_H */
