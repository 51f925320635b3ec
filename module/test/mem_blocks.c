// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks are kept in a list: each holds the next one's address and its order.
 */
#include <linux/sched.h>

#include "../mmlab_api.h"
#include "mem_blocks.h"

struct block {
	struct block *next;
	unsigned int order;
};

void mmlab_test_mem_blocks(struct test_ctx *t, struct mem_blocks *blocks)
{
	struct block *taken = NULL, *block;
	unsigned int order = LAB_NR_ORDERS;

	memset(blocks, 0, sizeof(*blocks));
	while (order-- > 0) {
		while ((block = mmlab_alloc_pages(order, 0)) != NULL) {
			block->next = taken;
			block->order = order;
			taken = block;
			blocks->nr[order]++;
			cond_resched();
		}
	}
	while (taken) {
		block = taken;
		taken = block->next;
		EXPECT_EQ(t, 0, mmlab_free_pages(block, block->order));
	}
}
