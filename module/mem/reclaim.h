/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which pages can go, and making them go: the machine's set of user pages under the
 * policy in charge, sets of single fork families (own.h), and direct reclaim by a task that
 * found no frame.
 *
 * Lock order: reclaim_lock -> lab_mm.lock -> lab_lru.lock -> lab_swap.lock. A task
 * that holds a lab lock takes pages of that family only: so the one that reclaims may
 * wait for the lock of any process. It does not under the machine's lab_lru.lock, where
 * it only tries.
 */
#ifndef MMLAB_MEM_RECLAIM_H
#define MMLAB_MEM_RECLAIM_H

#include "../core/buddy.h"
#include "../core/policy.h"
#include "own.h"
#include "process.h"
#include "swapfile.h"

/* Orders up to it reclaim: pages that go are scattered, and make no larger block. */
#define LAB_RECLAIM_ORDER	3U

/* Times that a task begins anew because it found no frame. */
#define LAB_RECLAIM_RETRIES	16U

/*
 * Of an allocation whose caller calls mmlab_reclaim_retry() next: with swap, that comes
 * before caches and per-CPU lists are emptied, since those need a freeze.
 */
static __always_inline lab_gfp_t mmlab_reclaim_flags(void)
{
	return mmlab_swap_is_on() ? LAB_GFP_NORETRY : 0;
}

/* Module load, and exit, when there is no lab process any more. */
void mmlab_reclaim_init(const struct lab_reclaim_ops *ops);
void mmlab_reclaim_exit(void);

/* Puts all user pages on lists, from now on. Sleeps; no lab lock held; one caller at a time. */
void mmlab_reclaim_start(void);

/* Takes all pages off the lists, after which faults and unmaps cost what they did. */
void mmlab_reclaim_stop(void);

/* A page may be taken away from now on. */
void mmlab_reclaim_add_locked(struct lab_process *p, u32 pfn, u32 lva);

/* A page is freed, or goes out; it may be on a list or not, a copy of a slot or not. */
void mmlab_reclaim_remove_locked(struct lab_family *f, u32 pfn);

/* The lab saw a touch of a page that is there. @f's lock is held. */
void mmlab_reclaim_accessed_locked(struct lab_family *f, u32 pfn);

/**
 * mmlab_reclaim_retry() - frames ran out: is it worth to begin anew?
 * @nr_tries: (in, out) how often the caller did; 0 at first
 * @nr_frames: frames that it needs
 *
 * Pages are taken away from their processes, unless another task did so while this
 * one waited for its turn. If none can go, mmlab_frames_shortage() is tried.
 *
 * Context: process context, sleeps; no lab lock held.
 * Return: true: frames came free; false: there is no swap, nothing could be taken
 * away, it was tried LAB_RECLAIM_RETRIES times, or the task is to die.
 */
bool mmlab_reclaim_retry(unsigned int *nr_tries, u32 nr_frames);

/*
 * Takes up to LAB_RECLAIM_BATCH pages away, for kswapd; returns how many are gone. Sleeps; no
 * lab lock held.
 */
u32 mmlab_reclaim_batch(void);

/* Rounds of reclaim that freed a page. */
unsigned long mmlab_reclaim_rounds(void);

/*
 * Puts a policy of the table in charge of the machine's set, or with "" only asks.
 * @current_name: (out) LAB_POLICY_NAME_LEN bytes: which one is in charge now.
 *
 * Return:
 * * 0 - @current_name is set
 * * -ENOENT - there is no such policy
 * * -ENOMEM - the host has no memory
 */
int mmlab_reclaim_choose(const char *name, char *current_name);

/*
 * The same for the pages of @p's family, which gets a set of its own until the end of all its
 * processes; with "" it gets none. Sleeps; no lab lock held. Also -EINTR: the task is to die.
 */
int mmlab_reclaim_choose_own(struct lab_process *p, const char *name, char *current_name);

/* A clock tick for the policy of a family. -ENOENT: it has no set of its own. */
int mmlab_reclaim_tick_own(struct lab_process *p);

/*
 * Limits the user pages that each process of @p's family may map at a time; 0: no limit. The
 * family gets a set of its own. Pages of @p above the limit go at once, those that can.
 * Sleeps; no lab lock held.
 *
 * Return:
 * * 0 - the limit holds from now on
 * * -ENXIO - there is no swap area
 * * -ENOMEM - the host has no memory
 * * -EINTR - the task is to die
 */
int mmlab_reclaim_set_limit(struct lab_process *p, u32 nr_pages);

/* The limit, 0: none, and user pages that are mapped now. */
void mmlab_reclaim_get_limit(struct lab_process *p, u32 *limit, u32 *nr_resident);

/* The end of a process without pages: the family's last one takes the set along. */
void mmlab_reclaim_exit_own(struct lab_process *p);

/* Is the user page on a list? @f's lock is held. */
bool mmlab_reclaim_is_listed_locked(struct lab_family *f, u32 pfn);

/* Is each page of a process on a list, as long as its lab_mm.lock is held? */
bool mmlab_reclaim_is_complete(void);

/* Checks lists, slots and counts. Freezes. */
void mmlab_reclaim_validate(struct lab_verdict *v);

#endif /* MMLAB_MEM_RECLAIM_H */
