/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The naive oracle of a slab cache: an array of slabs, each with an array of
 * objects, each taken or not. Everything is found by trying one after the other.
 */
#ifndef MMLAB_TEST_SLAB_ORACLE_H
#define MMLAB_TEST_SLAB_ORACLE_H

#include "../core/slab.h"
#include "cases.h"

#define ORACLE_MAX_SLABS	24U
#define ORACLE_MAX_OBJECTS	512U	/* of a slab */

/**
 * struct oracle_slab - one slab
 * @first: address of the first object
 * @pfn: first frame
 * @nr_used: objects taken
 * @taken: one byte per object, not 0 if it is taken
 */
struct oracle_slab {
	u8 *first;
	u32 pfn;
	u32 nr_used;
	u8 taken[ORACLE_MAX_OBJECTS];
};

/**
 * struct slab_oracle - what must be in use
 * @t: the case that uses it; what does not agree is a failure of it
 * @m: the machine under test
 * @c: the cache under test
 * @slab: its slabs, in no order
 * @nr_slabs: of them
 * @nr_used: objects taken in all
 * @nr_added: slabs added so far, which tells the next one's colour
 * @nr_removed: slabs removed so far
 * @nr_refused: frees refused so far
 */
struct slab_oracle {
	struct test_ctx *t;
	struct lab_machine *m;
	struct lab_slab_cache *c;
	struct oracle_slab slab[ORACLE_MAX_SLABS];
	u32 nr_slabs;
	u32 nr_used;
	u32 nr_added;
	u32 nr_removed;
	u32 nr_refused;
};

/* Called after mmlab_slab_add(). */
void mmlab_slab_oracle_add(struct slab_oracle *o, u32 pfn);

/* Called after mmlab_slab_alloc(@wanted): checks the @got objects. */
void mmlab_slab_oracle_alloc(struct slab_oracle *o, void *const *objects,
			     u32 wanted, u32 got);

/* Called with the result of each free: checks it and notes the free. */
void mmlab_slab_oracle_free(struct slab_oracle *o, const void *object, int err);

/*
 * Called after mmlab_slab_shrink(@keep) or, with @all, after mmlab_slab_abandon(), with
 * the list that it returned.
 */
void mmlab_slab_oracle_shrink(struct slab_oracle *o, u32 keep, bool all, u32 pfn);

/* The number of an object in its cache, the same wherever the arena lies. */
u64 mmlab_slab_oracle_number(const struct slab_oracle *o, const void *object);

/* Compares everything: every object, every list, all counts. */
void mmlab_slab_oracle_compare(struct slab_oracle *o);

#endif /* MMLAB_TEST_SLAB_ORACLE_H */
