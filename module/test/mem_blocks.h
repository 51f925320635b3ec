/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Measures what the lab has left, by taking all of it.
 */
#ifndef MMLAB_TEST_MEM_BLOCKS_H
#define MMLAB_TEST_MEM_BLOCKS_H

#include "cases.h"

/**
 * struct mem_blocks - all memory that can be allocated
 * @nr: blocks by order, each taken at the largest order that was possible
 */
struct mem_blocks {
	u32 nr[LAB_NR_ORDERS];
};

/*
 * Takes all blocks, the largest first, and gives them back. Being short of memory,
 * the lab empties magazines, free slabs and per-CPU lists.
 */
void mmlab_test_mem_blocks(struct test_ctx *t, struct mem_blocks *blocks);

#endif /* MMLAB_TEST_MEM_BLOCKS_H */
