/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An address space of page tables only, for the cases of core/pgtable.
 */
#ifndef MMLAB_TEST_PGTABLE_TABLES_H
#define MMLAB_TEST_PGTABLE_TABLES_H

#include "../core/pgtable.h"
#include "cases.h"

#define TABLES_OWNER	7U	/* of tables and pages */

/**
 * struct tables - an address space without VMAs
 * @t: case
 * @m: machine of 4 MiB, with memory
 * @pgd: its page directory
 */
struct tables {
	struct test_ctx *t;
	struct lab_machine *m;
	u32 pgd;
};

/* False for lack of memory, which is noted as a failure. */
bool mmlab_tables_init(struct tables *s, struct test_ctx *t);

/* A zeroed frame for @use; 0: there is none, which is noted. */
u32 mmlab_tables_frame(struct tables *s, enum frame_use use);

/* A page table for the addresses around @lva; its frame. */
u32 mmlab_tables_add(struct tables *s, u32 lva);

/* The validator has nothing to say and counts the same. */
void mmlab_tables_check(struct tables *s, u32 nr_tables, u32 nr_present);

#endif /* MMLAB_TEST_PGTABLE_TABLES_H */
