// SPDX-License-Identifier: GPL-2.0
/*
 * Random sequences on page tables, against an array of entries.
 */
#include "../core/core_internal.h"
#include "pgtable_tables.h"

#ifndef TEST_NR_TABLES
#define TEST_NR_TABLES	8U
#endif
#define NR_TABLES	TEST_NR_TABLES	/* the last ones of user space */
#define NR_PAGES	(NR_TABLES * LAB_PTRS_PER_PTE)
#define FIRST_LVA	(LAB_PAGE_OFFSET - (NR_PAGES << PAGE_SHIFT))

/**
 * struct model - what the tables must hold
 * @pte: entry of each page, 0 if none
 * @table: frame of each table, 0 if none
 * @nr_entries: entries in each table
 * @nr_tables: tables that exist
 * @nr_present: entries in all
 */
struct model {
	u32 pte[NR_PAGES];
	u32 table[NR_TABLES];
	u32 nr_entries[NR_TABLES];
	u32 nr_tables;
	u32 nr_present;
};

static u32 page_lva(u32 page)
{
	return FIRST_LVA + (page << PAGE_SHIFT);
}

static void step_set(struct tables *s, struct model *model, u32 page)
{
	u32 table = page / LAB_PTRS_PER_PTE;
	u32 flags = test_below(s->t, 2) ? LAB_PTE_RW | LAB_PTE_USER : LAB_PTE_USER;
	u32 pfn;

	if (model->pte[page] || s->m->zone[LAB_ZONE_NORMAL].nr_free < 4)
		return;
	if (!model->table[table]) {
		EXPECT(s->t, !mmlab_pgtable_walk(s->m, s->pgd, page_lva(page)));
		if (mmlab_test_fails(&s->t->random))
			return;
		model->table[table] = mmlab_tables_add(s, page_lva(page));
		model->nr_tables++;
	}
	pfn = mmlab_tables_frame(s, USE_USER);
	mmlab_pgtable_set(s->m, s->pgd, page_lva(page), pfn, flags);
	model->pte[page] = pfn << PAGE_SHIFT | flags | LAB_PTE_PRESENT;
	model->nr_entries[table]++;
	model->nr_present++;
}

static void step_clear(struct tables *s, struct model *model, u32 page)
{
	u32 pte = mmlab_pgtable_clear(s->m, s->pgd, page_lva(page));

	EXPECT_EQ(s->t, model->pte[page], pte);
	test_note(s->t, pte);
	if (!pte)
		return;
	EXPECT_EQ(s->t, 0, mmlab_frame(s->m, mmlab_pte_pfn(pte))->mapcount);
	mmlab_buddy_free(s->m, mmlab_pte_pfn(pte));
	model->pte[page] = 0;
	model->nr_entries[page / LAB_PTRS_PER_PTE]--;
	model->nr_present--;
}

static void step_del_table(struct tables *s, struct model *model, u32 page)
{
	u32 table = page / LAB_PTRS_PER_PTE;
	u32 want = model->table[table] && !model->nr_entries[table] ?
		   model->table[table] : PFN_NONE;
	u32 got = mmlab_pgtable_del_table(s->m, s->pgd, page_lva(page));

	EXPECT_EQ(s->t, want, got);
	if (got == PFN_NONE)
		return;
	mmlab_buddy_free(s->m, got);
	model->table[table] = 0;
	model->nr_tables--;
}

static void step_walk(struct tables *s, struct model *model, u32 page)
{
	u32 table = model->table[page / LAB_PTRS_PER_PTE];
	u32 *entry = mmlab_pgtable_walk(s->m, s->pgd, page_lva(page));

	EXPECT_EQ(s->t, !table, !entry);
	if (!entry || !table)
		return;
	EXPECT_EQ(s->t, model->pte[page], *entry);
	EXPECT(s->t, entry == (u32 *)mmlab_frame_address(s->m, table) +
			      page % LAB_PTRS_PER_PTE);
}

static void compare(struct tables *s, const struct model *model)
{
	u32 page;

	for (page = 0; page < NR_PAGES; page++) {
		u32 *entry = mmlab_pgtable_walk(s->m, s->pgd, page_lva(page));

		EXPECT_EQ(s->t, model->pte[page], entry ? *entry : 0);
	}
	mmlab_tables_check(s, model->nr_tables, model->nr_present);
}

static void pgtable_random(struct test_ctx *t)
{
	struct model *model = mmlab_test_alloc(t, sizeof(*model));
	u32 op, page, dice, bias = 50;
	struct tables s;

	if (!model || !mmlab_tables_init(&s, t))
		return;
	for (op = 0; op < t->ops / 4 && !t->nr_failures; op++) {
		if (op % 2048 == 0)
			bias = 20 + test_below(t, 60);
		/* few pages of each table, so that they run empty */
		page = test_below(t, NR_TABLES) * LAB_PTRS_PER_PTE +
		       test_below(t, 64) * 16 + 15 * test_below(t, 2);
		dice = test_below(t, 100);
		if (dice < 10)
			step_del_table(&s, model, page);
		else if (dice < 20)
			step_walk(&s, model, page);
		else if (test_below(t, 100) < bias)
			step_set(&s, model, page);
		else
			step_clear(&s, model, page);
		if (op % 2048 == 2047) {
			compare(&s, model);
			mmlab_test_env_relax();
		}
	}
	compare(&s, model);
	for (page = 0; page < NR_PAGES; page++)
		step_clear(&s, model, page);
	for (page = 0; page < NR_PAGES; page += LAB_PTRS_PER_PTE)
		step_del_table(&s, model, page);
	mmlab_tables_check(&s, 0, 0);
}

const struct test_case mmlab_test_pgtable_random[] = {
	{ "pgtable_random", pgtable_random },
	{}
};
