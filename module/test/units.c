// SPDX-License-Identifier: GPL-2.0
/*
 * The units of the core.
 */
#include "cases.h"

const struct test_case *const mmlab_test_units[] = {
	mmlab_test_frame,
	mmlab_test_buddy,
	mmlab_test_buddy_random,
	mmlab_test_pgtable,
	mmlab_test_pgtable_entry,
	mmlab_test_pgtable_random,
	mmlab_test_vma,
	mmlab_test_vma_room,
	mmlab_test_vma_random,
	mmlab_test_vmalloc,
	mmlab_test_slab,
	mmlab_test_slab_find,
	mmlab_test_slab_debug,
	mmlab_test_slab_random,
	mmlab_test_rules,
	mmlab_test_slab_rules,
	mmlab_test_lru,
	mmlab_test_policy,
	mmlab_test_policy_books,
	mmlab_test_policy_wrong,
	mmlab_test_swapmap,
	mmlab_test_fork,
	NULL
};
