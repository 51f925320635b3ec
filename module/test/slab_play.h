/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Operations on several slab caches at once: made up from a seed, or read from a
 * trace, and played on the core and on the oracle side by side.
 */
#ifndef MMLAB_TEST_SLAB_PLAY_H
#define MMLAB_TEST_SLAB_PLAY_H

#include "cases.h"

enum slab_op_kind {
	SLAB_OP_ALLOC,		/* nr objects */
	SLAB_OP_FREE,		/* nr objects, from the arg-th on */
	SLAB_OP_FREE_BULK,	/* the same in one call */
	SLAB_OP_BAD_FREE,	/* arg says of what sort */
	SLAB_OP_GROW,		/* another slab though it may not be needed */
	SLAB_OP_SHRINK,		/* keep nr free slabs */
	SLAB_OP_RESTART,	/* abandon all slabs, begin anew */
	NR_SLAB_OPS
};

/**
 * struct slab_op - one operation; 8 bytes, as it is in a trace
 * @kind: enum slab_op_kind
 * @cache: which cache, modulo their number
 * @nr: how many
 * @arg: which, modulo what there is
 */
struct slab_op {
	u8 kind;
	u8 cache;
	u8 nr;
	u8 unused;
	u32 arg;
};

/**
 * struct slab_ops - a source of random operations
 * @random: generator
 * @fill: percentage of allocations in this phase
 * @left: operations left in it
 */
struct slab_ops {
	struct test_random random;
	u32 fill;
	u32 left;
};

/* The next operation; it depends on the generator only. */
void mmlab_slab_ops_next(struct slab_ops *ops, struct slab_op *op);

struct slab_play;

/**
 * mmlab_slab_play_new() - caches of different kinds on one machine
 * @t: case; differences between core and oracle are failures of it
 *
 * Return: freed after the case; NULL for lack of memory.
 */
struct slab_play *mmlab_slab_play_new(struct test_ctx *t);

/* Plays one operation; what came of it goes into the case's digest. */
void mmlab_slab_play(struct slab_play *play, const struct slab_op *op);

/* Compares core and oracle in all they have. */
void mmlab_slab_play_compare(struct slab_play *play);

/* Frees everything; the machine must be as it was in the beginning. */
void mmlab_slab_play_end(struct slab_play *play);

#endif /* MMLAB_TEST_SLAB_PLAY_H */
