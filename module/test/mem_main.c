// SPDX-License-Identifier: GPL-2.0
/*
 * mmlab_mem_test.ko: the cases of what mmlab.ko, which must be loaded, offers to
 * other modules. Works like mmlab_test.ko in all else.
 */
#include "main.c"

const struct test_case *const mmlab_test_units[] = {
	mmlab_test_mem,
	mmlab_test_mem_pages,
	mmlab_test_mem_cache,
	mmlab_test_mem_threads,
	mmlab_test_mem_end,
	NULL
};

MODULE_DESCRIPTION("mmlab: cases of the memory that other modules get");
