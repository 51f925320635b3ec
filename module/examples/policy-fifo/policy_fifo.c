// SPDX-License-Identifier: GPL-2.0
/*
 * A replacement policy in a module of its own: first in, first out. Copy this folder,
 * give the policy a name and write what it does. Documentation/policies.md explains
 * the rest.
 */
#include <linux/module.h>

#include "mmlab_api.h"

/* Which page goes? New pages are at one end of the list, so the oldest is at the other. */
static u32 fifo_victim(struct lab_policy_set *set)
{
	return mmlab_policy_oldest(set, LAB_LRU_INACTIVE);
}

/*
 * For second chance, spare a page that was touched, but none of them twice:
 *
 *	u32 left = mmlab_policy_nr(set, LAB_LRU_INACTIVE);
 *	u32 pfn = mmlab_policy_oldest(set, LAB_LRU_INACTIVE);
 *
 *	while (left-- && mmlab_policy_young(set, pfn)) {
 *		mmlab_policy_move(set, pfn, LAB_LRU_INACTIVE, true);
 *		pfn = mmlab_policy_oldest(set, LAB_LRU_INACTIVE);
 *	}
 *	return pfn;
 */

static const struct mmlab_policy_ops fifo = {
	.name = "example-fifo",
	.victim = fifo_victim,
};

static int __init policy_fifo_init(void)
{
	return mmlab_policy_register(&fifo);
}

/* At any time: where the policy is in charge, the lab's default takes its place. */
static void __exit policy_fifo_exit(void)
{
	mmlab_policy_unregister(&fifo);
}

module_init(policy_fifo_init);
module_exit(policy_fifo_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("the mmlab developers");
MODULE_DESCRIPTION("A replacement policy for mmlab: first in, first out");
