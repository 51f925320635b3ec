// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of core/pgtable: tables, and the entries of pages that are there.
 */
#include "../core/core_internal.h"
#include "pgtable_tables.h"

#define TABLE_BYTES	((u64)LAB_PTRS_PER_PTE * PAGE_SIZE)

static void pgtable_index(struct test_ctx *t)
{
	static const struct {
		u32 lva, pgd_index, pte_index;
	} table[] = {
		{ 0, 0, 0 }, { 0xfff, 0, 0 }, { 0x1000, 0, 1 },
		{ 0x3fffff, 0, 1023 }, { 0x400000, 1, 0 },
		{ 0x08048123, 32, 72 }, { 0xbfffffff, 767, 1023 },
		{ 0xc0000000, 768, 0 }, { 0xffffffff, 1023, 1023 },
	};
	unsigned int i;

	if (!EXPECT_EQ(t, 4096, PAGE_SIZE))
		return;
	EXPECT_EQ(t, 1024, LAB_PTRS_PER_PTE);
	EXPECT_EQ(t, 1024, LAB_PTRS_PER_PGD);
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		u32 lva = table[i].lva;

		EXPECT_EQ(t, table[i].pgd_index, mmlab_pgtable_pgd_index(lva));
		EXPECT_EQ(t, table[i].pte_index, mmlab_pgtable_pte_index(lva));
	}
	EXPECT_EQ(t, 0x12345067, mmlab_pte(0x12345, 0x67));
	EXPECT_EQ(t, 0x12345, mmlab_pte_pfn(0x12345067));
}

static void pgtable_set_clear(struct test_ctx *t)
{
	struct tables s;
	u32 table, page, *entry;
	u32 lva = 0x08048000;
	u32 *pde;

	if (!mmlab_tables_init(&s, t))
		return;
	EXPECT(t, !mmlab_pgtable_walk(s.m, s.pgd, lva));
	EXPECT_EQ(t, 0, mmlab_pgtable_clear(s.m, s.pgd, lva));
	table = mmlab_tables_add(&s, 0x08048000);
	pde = (u32 *)mmlab_frame_address(s.m, s.pgd) + 32;
	EXPECT(t, mmlab_pgtable_pde(s.m, s.pgd, lva) == pde);
	EXPECT_EQ(t, table << PAGE_SHIFT | 0x27, *pde);
	entry = (u32 *)mmlab_frame_address(s.m, table) + 0x48;
	EXPECT(t, mmlab_pgtable_walk(s.m, s.pgd, lva) == entry);
	EXPECT_EQ(t, 0, *entry);
	mmlab_tables_check(&s, 1, 0);

	page = mmlab_tables_frame(&s, USE_USER);
	EXPECT_EQ(t, 0, mmlab_pgtable_set(s.m, s.pgd, lva, page,
					  LAB_PTE_RW | LAB_PTE_USER));
	EXPECT_EQ(t, page << PAGE_SHIFT | 0x7, *entry);
	EXPECT_EQ(t, 1, mmlab_frame(s.m, page)->mapcount);
	EXPECT_EQ(t, 1, mmlab_frame(s.m, table)->mapcount);
	/* the same frame once more, at the other end of the table */
	mmlab_pgtable_set(s.m, s.pgd, 0x083ff000, page, LAB_PTE_USER);
	EXPECT_EQ(t, 2, mmlab_frame(s.m, page)->mapcount);
	EXPECT_EQ(t, 2, mmlab_frame(s.m, table)->mapcount);
	EXPECT_EQ(t, page << PAGE_SHIFT | 0x5,
		  *mmlab_pgtable_walk(s.m, s.pgd, 0x083ff123));
	mmlab_tables_check(&s, 1, 2);

	EXPECT_EQ(t, page << PAGE_SHIFT | 0x7, mmlab_pgtable_clear(s.m, s.pgd, lva));
	EXPECT_EQ(t, 0, *entry);
	EXPECT_EQ(t, 0, mmlab_pgtable_clear(s.m, s.pgd, lva));
	EXPECT_EQ(t, 1, mmlab_frame(s.m, page)->mapcount);
	EXPECT_EQ(t, 1, mmlab_frame(s.m, table)->mapcount);
	mmlab_tables_check(&s, 1, 1);
	/* what is not present is left alone: there a swap entry may live */
	*entry = 0xabc0;
	EXPECT_EQ(t, 0, mmlab_pgtable_clear(s.m, s.pgd, lva));
	EXPECT_EQ(t, 0xabc0, *entry);
}

static void pgtable_del_table(struct test_ctx *t)
{
	struct tables s;
	u32 table, page;
	u32 lva = 0xbffff000;

	if (!mmlab_tables_init(&s, t))
		return;
	EXPECT_EQ(t, PFN_NONE, mmlab_pgtable_del_table(s.m, s.pgd, lva));
	table = mmlab_tables_add(&s, 0xbffff000);
	page = mmlab_tables_frame(&s, USE_USER);
	mmlab_pgtable_set(s.m, s.pgd, lva, page, 0);
	EXPECT_EQ(t, PFN_NONE, mmlab_pgtable_del_table(s.m, s.pgd, lva));
	mmlab_tables_check(&s, 1, 1);
	mmlab_pgtable_clear(s.m, s.pgd, lva);
	EXPECT_EQ(t, table, mmlab_pgtable_del_table(s.m, s.pgd, lva));
	EXPECT_EQ(t, 0, *mmlab_pgtable_pde(s.m, s.pgd, lva));
	EXPECT_EQ(t, PFN_NONE, mmlab_pgtable_del_table(s.m, s.pgd, lva));
	mmlab_tables_check(&s, 0, 0);
}

static void pgtable_next_pde(struct test_ctx *t)
{
	static const u32 at[] = { 0, 1, 5, 767, 1023 };
	struct tables s;
	u64 start, want;
	unsigned int i;

	if (!mmlab_tables_init(&s, t))
		return;
	EXPECT_EQ(t, LAB_SPACE_BYTES,
		  mmlab_pgtable_next_pde(s.m, s.pgd, 0, LAB_SPACE_BYTES));
	for (i = 0; i < ARRAY_SIZE(at); i++)
		mmlab_tables_add(&s, at[i] << LAB_PGDIR_SHIFT);
	for (start = 0; start <= LAB_SPACE_BYTES; start += TABLE_BYTES / 4) {
		want = LAB_SPACE_BYTES;
		for (i = ARRAY_SIZE(at); i--;) {
			if (start < (at[i] + 1) * TABLE_BYTES)
				want = max_t(u64, start, at[i] * TABLE_BYTES);
		}
		EXPECT_EQ(t, want, mmlab_pgtable_next_pde(s.m, s.pgd, start,
							  LAB_SPACE_BYTES));
	}
	/* the end may lie before the next table, or inside one */
	EXPECT_EQ(t, 4 * TABLE_BYTES,
		  mmlab_pgtable_next_pde(s.m, s.pgd, 2 * TABLE_BYTES, 4 * TABLE_BYTES));
	EXPECT_EQ(t, 5 * TABLE_BYTES - 4096,
		  mmlab_pgtable_next_pde(s.m, s.pgd, 2 * TABLE_BYTES,
					 5 * TABLE_BYTES - 4096));
	EXPECT_EQ(t, 5 * TABLE_BYTES,
		  mmlab_pgtable_next_pde(s.m, s.pgd, 2 * TABLE_BYTES,
					 5 * TABLE_BYTES + 4096));
	EXPECT_EQ(t, 4096, mmlab_pgtable_next_pde(s.m, s.pgd, 4096, 4096));
	/* whatever is written to an entry: one bit alone makes a table of it */
	for (i = 0; i < 32; i++) {
		*mmlab_pgtable_pde(s.m, s.pgd, 0) = 1U << i;
		EXPECT_EQ(t, 1U << i == LAB_PTE_PRESENT ? 0 : TABLE_BYTES,
			  mmlab_pgtable_next_pde(s.m, s.pgd, 0, TABLE_BYTES));
	}
}

static void pgtable_share_kernel(struct test_ctx *t)
{
	struct tables s;
	u32 *init, *mine, i, init_pgd;

	if (!mmlab_tables_init(&s, t))
		return;
	init_pgd = mmlab_tables_frame(&s, USE_PGTABLE);
	init = mmlab_frame_address(s.m, init_pgd);
	mine = mmlab_frame_address(s.m, s.pgd);
	for (i = 0; i < LAB_PTRS_PER_PGD; i++)
		init[i] = 0x1000 * i + 0x10;
	mmlab_pgtable_share_kernel(s.m, s.pgd, init_pgd);
	for (i = 0; i < LAB_PTRS_PER_PGD; i++) {
		EXPECT_EQ(t, i < 768 ? 0 : 0x1000 * i + 0x10, mine[i]);
		EXPECT_EQ(t, 0x1000 * i + 0x10, init[i]);
	}
	EXPECT_EQ(t, 0, mmlab_frame(s.m, s.pgd)->mapcount);
}

static void pgtable_direct_map(struct test_ctx *t)
{
	struct lab_pgtable_census census;
	struct lab_verdict v = {};
	struct tables s;
	u32 table, pfn;

	if (!mmlab_tables_init(&s, t))
		return;
	table = mmlab_tables_add(&s, LAB_PAGE_OFFSET);
	mmlab_frame(s.m, s.pgd)->owner = 0;
	mmlab_frame(s.m, table)->owner = 0;
	for (pfn = 0; pfn < s.m->nr_frames; pfn++)
		mmlab_pgtable_set_direct(s.m, s.pgd, pfn);
	for (pfn = 0; pfn < s.m->nr_frames; pfn++) {
		u32 lva = LAB_PAGE_OFFSET + pfn * (u32)PAGE_SIZE;

		EXPECT_EQ(t, pfn << PAGE_SHIFT | 0x63,
			  *mmlab_pgtable_walk(s.m, s.pgd, lva));
		if (pfn != table && pfn != s.pgd)
			EXPECT_EQ(t, 0, mmlab_frame(s.m, pfn)->mapcount);
	}
	EXPECT_EQ(t, s.m->nr_frames, mmlab_frame(s.m, table)->mapcount);
	mmlab_pgtable_validate(s.m, s.pgd, LAB_PAGE_OFFSET, LAB_SPACE_BYTES,
			       USE_NONE, 0, 0, &census, &v);
	EXPECT_EQ(t, 0, v.broken);
	EXPECT_EQ(t, 1, census.nr_tables);
	EXPECT_EQ(t, s.m->nr_frames, census.nr_present);
}

/* Tables are lab memory that can be written to: no entry is believed blindly. */
static void pgtable_corrupt(struct test_ctx *t)
{
	static const u32 beyond[] = { 1024, 1025, 0x80000, 0xfffff };
	u32 lva = 0x00405000;
	struct tables s;
	u32 page, i, *pde, *entry;

	if (!mmlab_tables_init(&s, t))
		return;
	mmlab_tables_add(&s, 0x00400000);
	pde = mmlab_pgtable_pde(s.m, s.pgd, lva);
	entry = mmlab_pgtable_walk(s.m, s.pgd, lva);
	page = mmlab_tables_frame(&s, USE_USER);
	for (i = 0; i < ARRAY_SIZE(beyond); i++) {
		u32 good = *pde, bad = mmlab_pte(beyond[i], LAB_PTE_PRESENT);

		mmlab_pgtable_set(s.m, s.pgd, lva, page, 0);
		*entry = bad;
		EXPECT(t, !mmlab_pgtable_maps(s.m, bad, USE_USER, TABLES_OWNER));
		EXPECT_EQ(t, bad, mmlab_pgtable_clear(s.m, s.pgd, lva));
		EXPECT_EQ(t, 0, *entry);
		EXPECT_EQ(t, 0, mmlab_frame(s.m, mmlab_pte_pfn(good))->mapcount);
		*pde = bad;
		EXPECT(t, !mmlab_pgtable_walk(s.m, s.pgd, lva));
		EXPECT_EQ(t, 0, mmlab_pgtable_clear(s.m, s.pgd, lva));
		EXPECT_EQ(t, PFN_NONE, mmlab_pgtable_del_table(s.m, s.pgd, lva));
		EXPECT_EQ(t, -EIO, mmlab_pgtable_set(s.m, s.pgd, lva, page, 0));
		EXPECT_EQ(t, bad, *pde);
		*pde = good;
	}
	EXPECT_EQ(t, ARRAY_SIZE(beyond), mmlab_frame(s.m, page)->mapcount);
}

/*
 * A directory entry is believed if it names a table of one's own, and in the
 * kernel part, of the lab kernel.
 */
static void check_forged(struct test_ctx *t, u32 address)
{
	static const struct {
		enum frame_use use;
		u32 owner;
		bool good[2];	/* in user space, in the kernel part */
	} frames[] = {
		{ USE_PGTABLE, TABLES_OWNER, { true, false } },
		{ USE_PGTABLE, 0, { false, true } },
		{ USE_PGTABLE, TABLES_OWNER + 1, { false, false } },
		{ USE_USER, TABLES_OWNER, { false, false } },
		{ USE_BLOCK, 0, { false, false } },
		{ USE_SLAB, 0, { false, false } },
	};
	u32 lva = address, owner = address < LAB_PAGE_OFFSET ? TABLES_OWNER : 0;
	struct tables s;
	u32 i, table, page;

	if (!mmlab_tables_init(&s, t))
		return;
	table = mmlab_tables_add(&s, address);
	page = mmlab_tables_frame(&s, USE_USER);
	for (i = 0; i < ARRAY_SIZE(frames); i++) {
		bool good = frames[i].good[address >= LAB_PAGE_OFFSET];

		mmlab_frame(s.m, table)->use = frames[i].use;
		mmlab_frame(s.m, table)->owner = frames[i].owner;
		EXPECT_EQ(t, good, !!mmlab_pgtable_walk(s.m, s.pgd, lva));
		EXPECT(t, mmlab_pgtable_walk(s.m, s.pgd, lva) ==
			  mmlab_pgtable_walk_owned(s.m, s.pgd, lva, owner));
		EXPECT_EQ(t, good ? 0 : -EIO,
			  mmlab_pgtable_set(s.m, s.pgd, lva, page, 0));
		EXPECT_EQ(t, good, mmlab_frame(s.m, page)->mapcount);
		EXPECT_EQ(t, good, !!mmlab_pgtable_clear(s.m, s.pgd, lva));
		EXPECT_EQ(t, 0, mmlab_frame(s.m, table)->mapcount);
		if (!good)
			EXPECT_EQ(t, PFN_NONE,
				  mmlab_pgtable_del_table(s.m, s.pgd, lva));
	}
}

static void pgtable_forged(struct test_ctx *t)
{
	check_forged(t, 0);
	check_forged(t, 0x00400000);
	check_forged(t, LAB_PAGE_OFFSET - (u32)PAGE_SIZE);
	check_forged(t, LAB_PAGE_OFFSET);
	check_forged(t, LAB_VMALLOC_END - (u32)PAGE_SIZE);
}

/* A forged entry must not change the count of a frame that has another meaning. */
static void pgtable_clear_uncounted(struct test_ctx *t)
{
	u32 lva = 0x1000;
	struct tables s;
	u32 page, i, use;

	if (!mmlab_tables_init(&s, t))
		return;
	mmlab_tables_add(&s, 0);
	page = mmlab_tables_frame(&s, USE_USER);
	for (use = USE_NONE; use < NR_FRAME_USES; use++) {
		bool counts = use == USE_USER || use == USE_VMALLOC;

		for (i = 0; i < 2; i++) {
			mmlab_pgtable_set(s.m, s.pgd, lva, page, 0);
			mmlab_frame(s.m, page)->use = use;
			mmlab_frame(s.m, page)->state = i ? FRAME_PCP : FRAME_USED;
			mmlab_frame(s.m, page)->mapcount = 5;
			mmlab_pgtable_clear(s.m, s.pgd, lva);
			EXPECT_EQ(t, counts && !i ? 4 : 5,
				  mmlab_frame(s.m, page)->mapcount);
		}
	}
}

static void pgtable_maps(struct test_ctx *t)
{
	struct tables s;
	u32 page, pte;

	if (!mmlab_tables_init(&s, t))
		return;
	page = mmlab_tables_frame(&s, USE_USER);
	pte = mmlab_pte(page, LAB_PTE_PRESENT);
	EXPECT(t, mmlab_pgtable_maps(s.m, pte, USE_USER, TABLES_OWNER));
	EXPECT(t, mmlab_pgtable_maps(s.m, pte | LAB_PTE_FLAGS, USE_USER, TABLES_OWNER));
	EXPECT(t, !mmlab_pgtable_maps(s.m, 0, USE_USER, TABLES_OWNER));
	EXPECT(t, !mmlab_pgtable_maps(s.m, pte & ~LAB_PTE_PRESENT, USE_USER, TABLES_OWNER));
	EXPECT(t, !mmlab_pgtable_maps(s.m, pte, USE_SLAB, TABLES_OWNER));
	EXPECT(t, !mmlab_pgtable_maps(s.m, pte, USE_USER, TABLES_OWNER + 1));
	mmlab_frame(s.m, page)->state = FRAME_QUARANTINE;
	EXPECT(t, !mmlab_pgtable_maps(s.m, pte, USE_USER, TABLES_OWNER));
}

/* Only the tables of the range are looked at. */
static void pgtable_census(struct test_ctx *t)
{
	struct lab_pgtable_census census;
	struct lab_verdict v = {};
	struct tables s;
	u32 i, page;

	if (!mmlab_tables_init(&s, t))
		return;
	page = mmlab_tables_frame(&s, USE_USER);
	for (i = 0; i < 10; i++) {
		mmlab_tables_add(&s, i << LAB_PGDIR_SHIFT);
		mmlab_pgtable_set(s.m, s.pgd, i * 0x401000, page, 0);
	}
	mmlab_pgtable_validate(s.m, s.pgd, 2 * TABLE_BYTES, 5 * TABLE_BYTES,
			       USE_USER, TABLES_OWNER, TABLES_OWNER, &census, &v);
	EXPECT_EQ(t, 0, v.broken);
	EXPECT_EQ(t, 3, v.nr_objects);
	EXPECT_EQ(t, 3, census.nr_tables);
	EXPECT_EQ(t, 3, census.nr_present);
	mmlab_pgtable_validate(s.m, s.pgd, 10 * TABLE_BYTES, LAB_SPACE_BYTES,
			       USE_USER, TABLES_OWNER, TABLES_OWNER, &census, &v);
	EXPECT_EQ(t, 0, census.nr_tables);
	EXPECT_EQ(t, 0, census.nr_present);
	mmlab_tables_check(&s, 10, 10);
}

/* Many at once, over a table's end; and what is not the area's own comes to light. */
static void pgtable_chain(struct test_ctx *t)
{
	const u32 first = (LAB_PTRS_PER_PTE - 2) << PAGE_SHIFT;
	u32 pfn[5], chain = PFN_NONE, nr_wrong = 0, i;
	struct tables s;

	if (!mmlab_tables_init(&s, t))
		return;
	for (i = 0; i < 5; i++) {
		pfn[i] = mmlab_tables_frame(&s, USE_USER);
		mmlab_frame(s.m, pfn[i])->next = chain;
		chain = pfn[i];
	}
	EXPECT_EQ(t, 0, mmlab_pgtable_set_chain(s.m, s.pgd, first, &chain, 0));
	EXPECT_EQ(t, 0, mmlab_pgtable_clear_chain(s.m, s.pgd, first, 2,
						  USE_USER, TABLES_OWNER, &chain, &nr_wrong));
	mmlab_tables_add(&s, first);
	EXPECT_EQ(t, 2, mmlab_pgtable_set_chain(s.m, s.pgd, first, &chain, 0));
	EXPECT_EQ(t, pfn[2], chain);
	mmlab_tables_check(&s, 1, 2);
	/* one has another owner now, one is also mapped elsewhere */
	mmlab_frame(s.m, pfn[3])->owner++;
	mmlab_frame(s.m, pfn[4])->mapcount++;
	chain = PFN_NONE;
	EXPECT_EQ(t, 2, mmlab_pgtable_clear_chain(s.m, s.pgd, first, 2,
						  USE_USER, TABLES_OWNER, &chain, &nr_wrong));
	EXPECT_EQ(t, 2, nr_wrong);
	EXPECT_EQ(t, PFN_NONE, chain);
	mmlab_tables_check(&s, 1, 0);
	chain = pfn[0];
	EXPECT_EQ(t, 1, mmlab_pgtable_set_chain(s.m, s.pgd, first, &chain, 0));
	EXPECT_EQ(t, 1, mmlab_pgtable_clear_chain(s.m, s.pgd, first, 2,
						  USE_USER, TABLES_OWNER, &chain, &nr_wrong));
	EXPECT_EQ(t, pfn[0], chain);
	EXPECT_EQ(t, 2, nr_wrong);
	/* and an entry that was overwritten, with a frame number above the arena */
	EXPECT_EQ(t, 1, mmlab_pgtable_set_chain(s.m, s.pgd, first, &chain, 0));
	*mmlab_pgtable_walk(s.m, s.pgd, first) =
		mmlab_pte(s.m->nr_frames, LAB_PTE_PRESENT);
	EXPECT_EQ(t, 1, mmlab_pgtable_clear_chain(s.m, s.pgd, first, 2,
						  USE_USER, TABLES_OWNER, &chain, &nr_wrong));
	EXPECT_EQ(t, PFN_NONE, chain);
	EXPECT_EQ(t, 3, nr_wrong);
	/* some of many: those beside them stay */
	for (i = 0; i < 5; i++)
		mmlab_pgtable_set(s.m, s.pgd, i << PAGE_SHIFT,
				  mmlab_tables_frame(&s, USE_USER), 0);
	EXPECT_EQ(t, 2, mmlab_pgtable_clear_chain(s.m, s.pgd, 1 << PAGE_SHIFT, 2,
						  USE_USER, TABLES_OWNER, &chain, &nr_wrong));
	for (i = 0; i < 5; i++)
		EXPECT_EQ(t, i == 0 || i > 2,
			  *mmlab_pgtable_walk(s.m, s.pgd, i << PAGE_SHIFT) != 0);
	EXPECT_EQ(t, 3, nr_wrong);
}

const struct test_case mmlab_test_pgtable[] = {
	{ "pgtable_index", pgtable_index },
	{ "pgtable_set_clear", pgtable_set_clear },
	{ "pgtable_del_table", pgtable_del_table },
	{ "pgtable_next_pde", pgtable_next_pde },
	{ "pgtable_share_kernel", pgtable_share_kernel },
	{ "pgtable_direct_map", pgtable_direct_map },
	{ "pgtable_corrupt", pgtable_corrupt },
	{ "pgtable_chain", pgtable_chain },
	{ "pgtable_forged", pgtable_forged },
	{ "pgtable_clear_uncounted", pgtable_clear_uncounted },
	{ "pgtable_maps", pgtable_maps },
	{ "pgtable_census", pgtable_census },
	{}
};
