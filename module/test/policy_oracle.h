/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Naive oracles of the policies: arrays of pages and when what happened to each,
 * searched from end to end, as a textbook does it on paper.
 */
#ifndef MMLAB_TEST_POLICY_ORACLE_H
#define MMLAB_TEST_POLICY_ORACLE_H

#include "policy_play.h"

/**
 * struct policy_oracle - a memory on paper
 * @nr_frames: pages that it holds at most
 * @nr: pages that it holds
 * @page: those, in the order in which they came; CLOCK: around the circle
 * @loaded: by page: when it came
 * @used: by page: when it was touched last
 * @bit: by page: touched since the bit was cleared
 * @count: by page: counter of 8 bits
 * @active: by page: on the active list
 * @marked: by page: touched once
 * @moved: by page: when it came to its place on its list
 * @hand: CLOCK: place in @page
 * @now: events so far
 * @victim: page that went for the last reference, or PLAY_NOTHING
 * @wanted: OPT: by page: when it is touched next
 */
struct policy_oracle {
	u32 nr_frames;
	u32 nr;
	u32 page[PLAY_MAX_PAGES];
	u32 loaded[PLAY_MAX_PAGES];
	u32 used[PLAY_MAX_PAGES];
	bool bit[PLAY_MAX_PAGES];
	u32 count[PLAY_MAX_PAGES];
	bool active[PLAY_MAX_PAGES];
	bool marked[PLAY_MAX_PAGES];
	u32 moved[PLAY_MAX_PAGES];
	u32 hand;
	u32 now;
	u32 victim;
	u32 wanted[PLAY_MAX_PAGES];
};

/* A policy on paper: says which page must go. */
typedef u32 (*policy_paper)(struct policy_oracle *o);

/* By the name of a built-in policy, or "opt"; NULL: none (RANDOM). */
policy_paper mmlab_oracle_policy(const char *name);

void mmlab_paper_init(struct policy_oracle *o, u32 nr_frames);

/* One reference, then a tick. True if it was a fault. */
bool mmlab_paper_touch(struct policy_oracle *o, policy_paper policy, u32 page);

/* A page is freed that may be there or not. */
void mmlab_paper_free(struct policy_oracle *o, u32 page);

bool mmlab_paper_has(const struct policy_oracle *o, u32 page);

/**
 * mmlab_paper_opt() - Belady's optimal policy, which knows what comes
 * @o: oracle, fresh from mmlab_paper_init()
 * @string: pages
 * @nr: references
 * @next: room for as many numbers
 *
 * Return: faults.
 */
u32 mmlab_paper_opt(struct policy_oracle *o, const u8 *string, u32 nr, u32 *next);

/* When each of the references' pages is touched next; @nr or more: never. */
void mmlab_paper_future(const u8 *string, u32 nr, u32 *next);

#endif /* MMLAB_TEST_POLICY_ORACLE_H */
