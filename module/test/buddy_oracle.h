/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The buddy allocator's naive oracle: one byte per frame, taken or not. Which
 * free blocks there must be follows by trying, as they are always merged as far as
 * alignment and zone allow.
 */
#ifndef MMLAB_TEST_BUDDY_ORACLE_H
#define MMLAB_TEST_BUDDY_ORACLE_H

#include "../core/buddy.h"
#include "cases.h"

/**
 * struct buddy_oracle - what must be free
 * @t: the case that uses it; what does not agree is a failure of it
 * @m: the machine under test
 * @taken: one byte per frame, not 0 if it is taken
 * @nr_free: frames not taken, by zone
 */
struct buddy_oracle {
	struct test_ctx *t;
	struct lab_machine *m;
	u8 *taken;
	u32 nr_free[NR_LAB_ZONES];
};

/* All is free but frame 0. False for lack of memory. */
bool mmlab_oracle_init(struct buddy_oracle *o, struct test_ctx *t,
		       struct lab_machine *m);

/* The order of the free block that @pfn, which is free, must be part of. */
unsigned int mmlab_oracle_order(const struct buddy_oracle *o, u32 pfn);

/* Does @zone have a block of @order, and @keep frames besides? */
bool mmlab_oracle_can(const struct buddy_oracle *o, u32 zone,
		      unsigned int order, u32 keep);

/* The smallest order from @order on of which @zone has a free block. */
unsigned int mmlab_oracle_best_fit(const struct buddy_oracle *o, u32 zone,
				   unsigned int order);

/*
 * Called after mmlab_buddy_alloc(@order, @flags): checks that the state before permits the
 * answer @pfn, which may be PFN_NONE. Takes the block.
 */
void mmlab_oracle_alloc(struct buddy_oracle *o, unsigned int order,
			lab_gfp_t flags, u32 pfn);

/* The block at @pfn was taken from @zone with @keep frames left besides. */
void mmlab_oracle_take(struct buddy_oracle *o, u32 zone, unsigned int order,
		       u32 keep, u32 pfn);

/* Called after the free of a block: checks that it is merged. */
void mmlab_oracle_free(struct buddy_oracle *o, u32 pfn, unsigned int order);

/* Compares everything: every free block, its order, all counts. */
void mmlab_oracle_compare(struct buddy_oracle *o);

#endif /* MMLAB_TEST_BUDDY_ORACLE_H */
