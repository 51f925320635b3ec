// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of entries that are more than a page that is there: a swap slot, a page that
 * takes the place of another, the zero page.
 */
#include "../core/core_internal.h"
#include "pgtable_tables.h"

/*
 * A page goes out and comes in. The slot's number is chosen so that, read as an
 * address, it is that of the page itself.
 */
static void pgtable_swap(struct test_ctx *t)
{
	u32 lva = 0x1000, other = 0x2000;
	struct lab_pgtable_census census;
	struct lab_verdict v = {};
	u32 page, swp, *entry;
	struct tables s;

	if (!mmlab_tables_init(&s, t))
		return;
	mmlab_tables_add(&s, 0);
	page = mmlab_tables_frame(&s, USE_USER);
	swp = mmlab_swp_entry(3, page << (PAGE_SHIFT - LAB_SWP_OFFSET_SHIFT));
	EXPECT_EQ(t, page, mmlab_pte_pfn(swp));
	mmlab_pgtable_set(s.m, s.pgd, lva, page, LAB_PTE_DIRTY);
	mmlab_pgtable_set(s.m, s.pgd, other, page, 0);
	entry = mmlab_pgtable_walk(s.m, s.pgd, lva);
	mmlab_pgtable_swap_out(s.m, entry, page, swp);
	EXPECT_EQ(t, swp, *entry);
	EXPECT_EQ(t, 1, mmlab_frame(s.m, page)->mapcount);
	mmlab_pgtable_validate(s.m, s.pgd, 0, LAB_SPACE_BYTES, USE_USER,
			       TABLES_OWNER, TABLES_OWNER, &census, &v);
	EXPECT_EQ(t, 1, census.nr_present);
	EXPECT_EQ(t, 1, census.nr_swapped);
	EXPECT_EQ(t, 0, v.broken);

	EXPECT_EQ(t, swp, mmlab_pgtable_refill(s.m, entry, page, LAB_PTE_RW));
	EXPECT_EQ(t, mmlab_pte(page, LAB_PTE_RW | LAB_PTE_PRESENT), *entry);
	EXPECT_EQ(t, 2, mmlab_frame(s.m, page)->mapcount);
	mmlab_pgtable_swap_out(s.m, entry, page, swp);
	/* a slot is enough to keep the table */
	mmlab_pgtable_clear(s.m, s.pgd, other);
	EXPECT_EQ(t, PFN_NONE, mmlab_pgtable_del_table(s.m, s.pgd, lva));
	mmlab_frame(s.m, page)->mapcount = 5;
	EXPECT_EQ(t, swp, mmlab_pgtable_clear(s.m, s.pgd, lva));
	EXPECT_EQ(t, 5, mmlab_frame(s.m, page)->mapcount);
	mmlab_tables_check(&s, 1, 0);
}

static void pgtable_replace(struct test_ctx *t)
{
	u32 pages[2], *entry;
	struct tables s;

	if (!mmlab_tables_init(&s, t))
		return;
	mmlab_tables_add(&s, 0);
	pages[0] = mmlab_tables_frame(&s, USE_USER);
	pages[1] = mmlab_tables_frame(&s, USE_USER);
	mmlab_pgtable_set(s.m, s.pgd, 0, pages[0], 0);
	mmlab_pgtable_set(s.m, s.pgd, 0x1000, pages[0], 0);
	entry = mmlab_pgtable_walk(s.m, s.pgd, 0x1000);
	mmlab_pgtable_replace(s.m, entry, pages[0], pages[1], LAB_PTE_RW | LAB_PTE_DIRTY);
	EXPECT_EQ(t, mmlab_pte(pages[1], 0x43), *entry);
	EXPECT_EQ(t, 1, mmlab_frame(s.m, pages[0])->mapcount);
	EXPECT_EQ(t, 1, mmlab_frame(s.m, pages[1])->mapcount);
	mmlab_tables_check(&s, 1, 2);
}

static void zero_census(struct tables *s, u32 nr_zero, u32 nr_broken)
{
	struct lab_pgtable_census census;
	struct lab_verdict v = {};

	mmlab_pgtable_validate(s->m, s->pgd, 0, LAB_PAGE_OFFSET, USE_USER,
			       TABLES_OWNER, TABLES_OWNER, &census, &v);
	EXPECT_EQ(s->t, 1, census.nr_present);
	EXPECT_EQ(s->t, nr_zero, census.nr_zero);
	EXPECT_EQ(s->t, nr_broken, v.broken);
}

/* The zero page is counted in its table only, never written to, and replaced. */
static void pgtable_zero(struct test_ctx *t)
{
	struct lab_pgtable_census census;
	struct lab_verdict v = {};
	u32 table, page, *entry;
	struct tables s;

	if (!mmlab_tables_init(&s, t))
		return;
	table = mmlab_tables_add(&s, 0);
	entry = mmlab_pgtable_walk(s.m, s.pgd, 0x1000);
	mmlab_pgtable_fill_zero(s.m, entry, LAB_PTE_RW | LAB_PTE_DIRTY | LAB_PTE_USER);
	EXPECT_EQ(t, LAB_PTE_PRESENT | LAB_PTE_USER, *entry);
	EXPECT(t, mmlab_pte_is_zero_page(*entry));
	EXPECT_EQ(t, 1, mmlab_frame(s.m, table)->mapcount);
	EXPECT_EQ(t, 0, mmlab_frame(s.m, LAB_ZERO_PFN)->mapcount);
	zero_census(&s, 1, 0);
	/* only a user page is never stored to */
	mmlab_pgtable_validate(s.m, s.pgd, 0, LAB_PAGE_OFFSET, USE_VMALLOC,
			       TABLES_OWNER, TABLES_OWNER, &census, &v);
	EXPECT_EQ(t, 4, v.broken);
	EXPECT_EQ(t, 0, census.nr_zero);
	*entry |= LAB_PTE_RW;
	/* frame 0 is no page of a process: its use, state, owner and count are wrong */
	zero_census(&s, 0, 4);
	EXPECT_EQ(t, LAB_PTE_PRESENT | LAB_PTE_USER | LAB_PTE_RW,
		  mmlab_pgtable_clear(s.m, s.pgd, 0x1000));
	EXPECT_EQ(t, 0, mmlab_frame(s.m, table)->mapcount);
	EXPECT_EQ(t, 0, mmlab_frame(s.m, LAB_ZERO_PFN)->mapcount);

	mmlab_pgtable_fill_zero(s.m, entry, LAB_PTE_USER);
	page = mmlab_tables_frame(&s, USE_USER);
	EXPECT_EQ(t, LAB_PTE_PRESENT | LAB_PTE_USER,
		  mmlab_pgtable_refill(s.m, entry, page, LAB_PTE_RW));
	EXPECT_EQ(t, mmlab_pte(page, LAB_PTE_RW | LAB_PTE_PRESENT), *entry);
	EXPECT(t, !mmlab_pte_is_zero_page(*entry));
	EXPECT(t, !mmlab_pte_is_zero_page(LAB_PTE_RW));
	/* a privileged writer may make such an entry */
	EXPECT(t, !mmlab_pte_is_zero_page(LAB_PTE_PRESENT | LAB_PTE_RW));
	EXPECT(t, !mmlab_pte_is_zero_page(LAB_PTE_PRESENT | LAB_PTE_DIRTY));
	EXPECT_EQ(t, 1, mmlab_frame(s.m, page)->mapcount);
	EXPECT_EQ(t, 1, mmlab_frame(s.m, table)->mapcount);
	zero_census(&s, 0, 0);
}

const struct test_case mmlab_test_pgtable_entry[] = {
	{ "pgtable_swap", pgtable_swap },
	{ "pgtable_replace", pgtable_replace },
	{ "pgtable_zero", pgtable_zero },
	{}
};
