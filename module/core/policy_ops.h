/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a policy is, and what it can see and do: for those that are built in, and by
 * mmlab_api.h for those of other modules. It includes no header of the kernel.
 */
#ifndef MMLAB_CORE_POLICY_OPS_H
#define MMLAB_CORE_POLICY_OPS_H

#include "page.h"

#define LAB_POLICY_NAME_LEN	16U
#define LAB_POLICY_NR_STATE	4U

/* flags of a policy */
#define LAB_POLICY_KEYS		(1U << 0)	/* wants a number per page */

struct lab_policy_set;

/**
 * struct mmlab_policy_ops - a policy
 * @name: its name for users: 1 to 15 of a to z, 0 to 9 and '-'
 * @flags: LAB_POLICY_ bits
 * @init: the policy takes charge of the set. All pages are on the inactive list, in
 *	the order that the last policy left, with key and state 0. Returns 0, or a
 *	negative errno, and is dismissed then. May be NULL
 * @exit: the policy is not in charge any more, for whatever reason. All its pages are
 *	still where it left them. Not called if @init returned an errno. May be NULL
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
 * take long. In each it may make 8 calls for each page of the set, and 64 more, of the
 * functions below, and call nothing else of the lab. After that number, the functions
 * that go from page to page find no more pages, so that loops end. There are several
 * sets, so a policy keeps its data in mmlab_policy_state() and in keys; both are
 * cleared for the next policy. What it makes besides, @exit frees.
 */
struct mmlab_policy_ops {
	const char *name;
	u32 flags;
	int (*init)(struct lab_policy_set *set);
	void (*exit)(struct lab_policy_set *set);
	void (*added)(struct lab_policy_set *set, u32 pfn);
	void (*accessed)(struct lab_policy_set *set, u32 pfn);
	void (*removed)(struct lab_policy_set *set, u32 pfn);
	u32 (*victim)(struct lab_policy_set *set);
	void (*tick)(struct lab_policy_set *set);
};

/*
 * For policies, under the lock of the set, in a call of one of their functions. A policy
 * that calls them at any other time is outside the contract.
 */

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
 * in the set or the steps are used up, and in @init and @exit of the policy.
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

/**
 * mmlab_policy_state() - find the policy's own numbers
 * @set: set
 *
 * Return: LAB_POLICY_NR_STATE numbers. They are 0 when a policy takes charge.
 */
u64 *mmlab_policy_state(struct lab_policy_set *set);

#endif /* MMLAB_CORE_POLICY_OPS_H */
