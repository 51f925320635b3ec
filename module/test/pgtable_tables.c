// SPDX-License-Identifier: GPL-2.0
/*
 * Page tables without regions, for the cases of core/pgtable.
 */
#include "../core/core_internal.h"
#include "../core/buddy.h"
#include "pgtable_tables.h"

u32 mmlab_tables_frame(struct tables *s, enum frame_use use)
{
	u32 pfn = mmlab_buddy_alloc(s->m, 0, LAB_GFP_RESERVE);

	if (!EXPECT(s->t, pfn != PFN_NONE))
		return 0;
	memset(mmlab_frame_address(s->m, pfn), 0, PAGE_SIZE);
	mmlab_frame(s->m, pfn)->use = use;
	mmlab_frame(s->m, pfn)->owner = TABLES_OWNER;
	mmlab_frame(s->m, pfn)->mapcount = 0;
	return pfn;
}

bool mmlab_tables_init(struct tables *s, struct test_ctx *t)
{
	s->t = t;
	s->m = mmlab_test_machine(t, mmlab_test_mib(4), true);
	if (!s->m)
		return false;
	s->pgd = mmlab_tables_frame(s, USE_PGTABLE);
	return s->pgd != 0;
}

u32 mmlab_tables_add(struct tables *s, u32 lva)
{
	u32 table = mmlab_tables_frame(s, USE_PGTABLE);

	/* a stale count must not survive */
	mmlab_frame(s->m, table)->mapcount = 99;
	mmlab_pgtable_add_table(s->m, s->pgd, lva, table);
	return table;
}

void mmlab_tables_check(struct tables *s, u32 nr_tables, u32 nr_present)
{
	struct lab_pgtable_census census;
	struct lab_verdict v = {};

	mmlab_pgtable_validate(s->m, s->pgd, 0, LAB_SPACE_BYTES, USE_USER,
			       TABLES_OWNER, TABLES_OWNER, &census, &v);
	if (v.broken)
		mmlab_test_fail(s->t, v.rule, (int)v.where, "sound", v.want, v.got);
	EXPECT_EQ(s->t, nr_tables, census.nr_tables);
	EXPECT_EQ(s->t, nr_tables, v.nr_objects);
	EXPECT_EQ(s->t, nr_present, census.nr_present);
	EXPECT_EQ(s->t, nr_tables, mmlab_frame(s->m, s->pgd)->mapcount);
	mmlab_test_sound(s->t, s->m);
}
