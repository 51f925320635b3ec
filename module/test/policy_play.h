/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Plays reference strings: a set of pages with so many frames, pages that are
 * named by small numbers, and an accessed bit for each.
 */
#ifndef MMLAB_TEST_POLICY_PLAY_H
#define MMLAB_TEST_POLICY_PLAY_H

#include "../core/policy.h"
#include "cases.h"

#define PLAY_MAX_PAGES	128U
#define PLAY_OWNER	5U
#define PLAY_NOTHING	0xffffffffU

/**
 * struct policy_play - a set under test
 * @t: case
 * @m: its machine
 * @set: pages; its lock is held
 * @nr_frames: frames that pages may have
 * @nr_pages: pages that have one
 * @frame: by page: its frame, or PFN_NONE
 * @bit: by page: its accessed bit
 * @touch: bits are set again as soon as they are cleared
 * @nr_asked: times that a policy asked whether a page was touched
 * @nr_faults: so far
 * @victim: page that went for the last reference, or PLAY_NOTHING
 */
struct policy_play {
	struct test_ctx *t;
	struct lab_machine *m;
	struct lab_policy_set set;
	u32 nr_frames;
	u32 nr_pages;
	u32 frame[PLAY_MAX_PAGES];
	bool bit[PLAY_MAX_PAGES];
	bool touch;
	u32 nr_asked;
	u32 nr_faults;
	u32 victim;
};

/* A built-in policy by its name; a failure if there is none. */
const struct mmlab_policy_ops *mmlab_play_policy(struct test_ctx *t,
						 const char *name);

/* An empty set; NULL for lack of memory. End with mmlab_play_end(). */
struct policy_play *mmlab_play_new(struct test_ctx *t,
				   const struct mmlab_policy_ops *ops,
				   u32 nr_frames);

/* Forgets all pages, so that another string can be played. */
void mmlab_play_again(struct policy_play *p, const struct mmlab_policy_ops *ops,
		      u32 nr_frames);

void mmlab_play_end(struct policy_play *p);

/* The page that has a frame, or PLAY_NOTHING. */
u32 mmlab_play_page(struct policy_play *p, u32 pfn);

/* One reference, then a tick. True if it was a fault. */
bool mmlab_play_touch(struct policy_play *p, u32 page);

/* A page is freed that may be there or not. */
void mmlab_play_free(struct policy_play *p, u32 page);

/* The lists are as their validator wants them, and hold each page that is there. */
void mmlab_play_sound(struct policy_play *p);

#endif /* MMLAB_TEST_POLICY_PLAY_H */
