// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of core/pgtable, and random sequences against an array of entries.
 */
#include "../core/core_internal.h"
#include "../core/buddy.h"
#include "../core/pgtable.h"
#include "cases.h"

#define OWNER		7U
#define TABLE_BYTES	((u64)LAB_PTRS_PER_PTE * PAGE_SIZE)

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

/* A zeroed frame for @use. */
static u32 new_frame(struct tables *s, enum frame_use use)
{
	u32 pfn = mmlab_buddy_alloc(s->m, 0, LAB_GFP_RESERVE);

	if (!EXPECT(s->t, pfn != PFN_NONE))
		return 0;
	memset(mmlab_frame_address(s->m, pfn), 0, PAGE_SIZE);
	mmlab_frame(s->m, pfn)->use = use;
	mmlab_frame(s->m, pfn)->owner = OWNER;
	mmlab_frame(s->m, pfn)->mapcount = 0;
	return pfn;
}

static bool init_tables(struct tables *s, struct test_ctx *t)
{
	s->t = t;
	s->m = mmlab_test_machine(t, mmlab_test_mib(4), true);
	if (!s->m)
		return false;
	s->pgd = new_frame(s, USE_PGTABLE);
	return s->pgd != 0;
}

static u32 add_table(struct tables *s, u32 lva)
{
	u32 table = new_frame(s, USE_PGTABLE);

	/* a stale count must not survive */
	mmlab_frame(s->m, table)->mapcount = 99;
	mmlab_pgtable_add_table(s->m, s->pgd, lva, table);
	return table;
}

static void check_tables(struct tables *s, u32 nr_tables, u32 nr_present)
{
	struct lab_pgtable_census census;
	struct lab_verdict v = {};

	mmlab_pgtable_validate(s->m, s->pgd, 0, LAB_SPACE_BYTES, USE_USER,
			       OWNER, OWNER, &census, &v);
	if (v.broken)
		mmlab_test_fail(s->t, v.rule, (int)v.where, "sound", v.want, v.got);
	EXPECT_EQ(s->t, nr_tables, census.nr_tables);
	EXPECT_EQ(s->t, nr_tables, v.nr_objects);
	EXPECT_EQ(s->t, nr_present, census.nr_present);
	EXPECT_EQ(s->t, nr_tables, mmlab_frame(s->m, s->pgd)->mapcount);
	mmlab_test_sound(s->t, s->m);
}

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

	if (!init_tables(&s, t))
		return;
	EXPECT(t, !mmlab_pgtable_walk(s.m, s.pgd, lva));
	EXPECT_EQ(t, 0, mmlab_pgtable_clear(s.m, s.pgd, lva));
	table = add_table(&s, 0x08048000);
	pde = (u32 *)mmlab_frame_address(s.m, s.pgd) + 32;
	EXPECT(t, mmlab_pgtable_pde(s.m, s.pgd, lva) == pde);
	EXPECT_EQ(t, table << PAGE_SHIFT | 0x27, *pde);
	entry = (u32 *)mmlab_frame_address(s.m, table) + 0x48;
	EXPECT(t, mmlab_pgtable_walk(s.m, s.pgd, lva) == entry);
	EXPECT_EQ(t, 0, *entry);
	check_tables(&s, 1, 0);

	page = new_frame(&s, USE_USER);
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
	check_tables(&s, 1, 2);

	EXPECT_EQ(t, page << PAGE_SHIFT | 0x7, mmlab_pgtable_clear(s.m, s.pgd, lva));
	EXPECT_EQ(t, 0, *entry);
	EXPECT_EQ(t, 0, mmlab_pgtable_clear(s.m, s.pgd, lva));
	EXPECT_EQ(t, 1, mmlab_frame(s.m, page)->mapcount);
	EXPECT_EQ(t, 1, mmlab_frame(s.m, table)->mapcount);
	check_tables(&s, 1, 1);
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

	if (!init_tables(&s, t))
		return;
	EXPECT_EQ(t, PFN_NONE, mmlab_pgtable_del_table(s.m, s.pgd, lva));
	table = add_table(&s, 0xbffff000);
	page = new_frame(&s, USE_USER);
	mmlab_pgtable_set(s.m, s.pgd, lva, page, 0);
	EXPECT_EQ(t, PFN_NONE, mmlab_pgtable_del_table(s.m, s.pgd, lva));
	check_tables(&s, 1, 1);
	mmlab_pgtable_clear(s.m, s.pgd, lva);
	EXPECT_EQ(t, table, mmlab_pgtable_del_table(s.m, s.pgd, lva));
	EXPECT_EQ(t, 0, *mmlab_pgtable_pde(s.m, s.pgd, lva));
	EXPECT_EQ(t, PFN_NONE, mmlab_pgtable_del_table(s.m, s.pgd, lva));
	check_tables(&s, 0, 0);
}

static void pgtable_next_pde(struct test_ctx *t)
{
	static const u32 at[] = { 0, 1, 5, 767, 1023 };
	struct tables s;
	u64 start, want;
	unsigned int i;

	if (!init_tables(&s, t))
		return;
	EXPECT_EQ(t, LAB_SPACE_BYTES,
		  mmlab_pgtable_next_pde(s.m, s.pgd, 0, LAB_SPACE_BYTES));
	for (i = 0; i < ARRAY_SIZE(at); i++)
		add_table(&s, at[i] << LAB_PGDIR_SHIFT);
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
}

static void pgtable_share_kernel(struct test_ctx *t)
{
	struct tables s;
	u32 *init, *mine, i, init_pgd;

	if (!init_tables(&s, t))
		return;
	init_pgd = new_frame(&s, USE_PGTABLE);
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

	if (!init_tables(&s, t))
		return;
	table = add_table(&s, LAB_PAGE_OFFSET);
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

	if (!init_tables(&s, t))
		return;
	add_table(&s, 0x00400000);
	pde = mmlab_pgtable_pde(s.m, s.pgd, lva);
	entry = mmlab_pgtable_walk(s.m, s.pgd, lva);
	page = new_frame(&s, USE_USER);
	for (i = 0; i < ARRAY_SIZE(beyond); i++) {
		u32 good = *pde, bad = mmlab_pte(beyond[i], LAB_PTE_PRESENT);

		mmlab_pgtable_set(s.m, s.pgd, lva, page, 0);
		*entry = bad;
		EXPECT(t, !mmlab_pgtable_maps(s.m, bad, USE_USER, OWNER));
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
		{ USE_PGTABLE, OWNER, { true, false } },
		{ USE_PGTABLE, 0, { false, true } },
		{ USE_PGTABLE, OWNER + 1, { false, false } },
		{ USE_USER, OWNER, { false, false } },
		{ USE_BLOCK, 0, { false, false } },
		{ USE_SLAB, 0, { false, false } },
	};
	u32 lva = address;
	struct tables s;
	u32 i, table, page;

	if (!init_tables(&s, t))
		return;
	table = add_table(&s, address);
	page = new_frame(&s, USE_USER);
	for (i = 0; i < ARRAY_SIZE(frames); i++) {
		bool good = frames[i].good[address >= LAB_PAGE_OFFSET];

		mmlab_frame(s.m, table)->use = frames[i].use;
		mmlab_frame(s.m, table)->owner = frames[i].owner;
		EXPECT_EQ(t, good, !!mmlab_pgtable_walk(s.m, s.pgd, lva));
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

	if (!init_tables(&s, t))
		return;
	add_table(&s, 0);
	page = new_frame(&s, USE_USER);
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

	if (!init_tables(&s, t))
		return;
	page = new_frame(&s, USE_USER);
	pte = mmlab_pte(page, LAB_PTE_PRESENT);
	EXPECT(t, mmlab_pgtable_maps(s.m, pte, USE_USER, OWNER));
	EXPECT(t, mmlab_pgtable_maps(s.m, pte | LAB_PTE_FLAGS, USE_USER, OWNER));
	EXPECT(t, !mmlab_pgtable_maps(s.m, 0, USE_USER, OWNER));
	EXPECT(t, !mmlab_pgtable_maps(s.m, pte & ~LAB_PTE_PRESENT, USE_USER, OWNER));
	EXPECT(t, !mmlab_pgtable_maps(s.m, pte, USE_SLAB, OWNER));
	EXPECT(t, !mmlab_pgtable_maps(s.m, pte, USE_USER, OWNER + 1));
	mmlab_frame(s.m, page)->state = FRAME_QUARANTINE;
	EXPECT(t, !mmlab_pgtable_maps(s.m, pte, USE_USER, OWNER));
}

/* Only the tables of the range are looked at. */
static void pgtable_census(struct test_ctx *t)
{
	struct lab_pgtable_census census;
	struct lab_verdict v = {};
	struct tables s;
	u32 i, page;

	if (!init_tables(&s, t))
		return;
	page = new_frame(&s, USE_USER);
	for (i = 0; i < 10; i++) {
		add_table(&s, i << LAB_PGDIR_SHIFT);
		mmlab_pgtable_set(s.m, s.pgd, i * 0x401000, page, 0);
	}
	mmlab_pgtable_validate(s.m, s.pgd, 2 * TABLE_BYTES, 5 * TABLE_BYTES,
			       USE_USER, OWNER, OWNER, &census, &v);
	EXPECT_EQ(t, 0, v.broken);
	EXPECT_EQ(t, 3, v.nr_objects);
	EXPECT_EQ(t, 3, census.nr_tables);
	EXPECT_EQ(t, 3, census.nr_present);
	mmlab_pgtable_validate(s.m, s.pgd, 10 * TABLE_BYTES, LAB_SPACE_BYTES,
			       USE_USER, OWNER, OWNER, &census, &v);
	EXPECT_EQ(t, 0, census.nr_tables);
	EXPECT_EQ(t, 0, census.nr_present);
	check_tables(&s, 10, 10);
}

/* ---- random sequences ---- */

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
		model->table[table] = add_table(s, page_lva(page));
		model->nr_tables++;
	}
	pfn = new_frame(s, USE_USER);
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
	check_tables(s, model->nr_tables, model->nr_present);
}

static void pgtable_random(struct test_ctx *t)
{
	struct model *model = mmlab_test_alloc(t, sizeof(*model));
	u32 op, page, dice, bias = 50;
	struct tables s;

	if (!model || !init_tables(&s, t))
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
	check_tables(&s, 0, 0);
}

/* Many at once, over a table's end; and what is not the area's own comes to light. */
static void pgtable_chain(struct test_ctx *t)
{
	const u32 first = (LAB_PTRS_PER_PTE - 2) << PAGE_SHIFT;
	u32 pfn[5], chain = PFN_NONE, nr_wrong = 0, i;
	struct tables s;

	if (!init_tables(&s, t))
		return;
	for (i = 0; i < 5; i++) {
		pfn[i] = new_frame(&s, USE_USER);
		mmlab_frame(s.m, pfn[i])->next = chain;
		chain = pfn[i];
	}
	EXPECT_EQ(t, 0, mmlab_pgtable_set_chain(s.m, s.pgd, first, &chain, 0));
	EXPECT_EQ(t, 0, mmlab_pgtable_clear_chain(s.m, s.pgd, first, 2,
						  USE_USER, OWNER, &chain, &nr_wrong));
	add_table(&s, first);
	EXPECT_EQ(t, 2, mmlab_pgtable_set_chain(s.m, s.pgd, first, &chain, 0));
	EXPECT_EQ(t, pfn[2], chain);
	check_tables(&s, 1, 2);
	/* one has another owner now, one is also mapped elsewhere */
	mmlab_frame(s.m, pfn[3])->owner++;
	mmlab_frame(s.m, pfn[4])->mapcount++;
	chain = PFN_NONE;
	EXPECT_EQ(t, 2, mmlab_pgtable_clear_chain(s.m, s.pgd, first, 2,
						  USE_USER, OWNER, &chain, &nr_wrong));
	EXPECT_EQ(t, 2, nr_wrong);
	EXPECT_EQ(t, PFN_NONE, chain);
	check_tables(&s, 1, 0);
	chain = pfn[0];
	EXPECT_EQ(t, 1, mmlab_pgtable_set_chain(s.m, s.pgd, first, &chain, 0));
	EXPECT_EQ(t, 1, mmlab_pgtable_clear_chain(s.m, s.pgd, first, 2,
						  USE_USER, OWNER, &chain, &nr_wrong));
	EXPECT_EQ(t, pfn[0], chain);
	EXPECT_EQ(t, 2, nr_wrong);
	/* and an entry that was overwritten, with a frame number above the arena */
	EXPECT_EQ(t, 1, mmlab_pgtable_set_chain(s.m, s.pgd, first, &chain, 0));
	*mmlab_pgtable_walk(s.m, s.pgd, first) =
		mmlab_pte(s.m->nr_frames, LAB_PTE_PRESENT);
	EXPECT_EQ(t, 1, mmlab_pgtable_clear_chain(s.m, s.pgd, first, 2,
						  USE_USER, OWNER, &chain, &nr_wrong));
	EXPECT_EQ(t, PFN_NONE, chain);
	EXPECT_EQ(t, 3, nr_wrong);
}

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

	if (!init_tables(&s, t))
		return;
	add_table(&s, 0);
	page = new_frame(&s, USE_USER);
	swp = mmlab_swp_entry(3, page << (PAGE_SHIFT - LAB_SWP_OFFSET_SHIFT));
	EXPECT_EQ(t, page, mmlab_pte_pfn(swp));
	mmlab_pgtable_set(s.m, s.pgd, lva, page, LAB_PTE_DIRTY);
	mmlab_pgtable_set(s.m, s.pgd, other, page, 0);
	entry = mmlab_pgtable_walk(s.m, s.pgd, lva);
	mmlab_pgtable_swap_out(s.m, entry, page, swp);
	EXPECT_EQ(t, swp, *entry);
	EXPECT_EQ(t, 1, mmlab_frame(s.m, page)->mapcount);
	mmlab_pgtable_validate(s.m, s.pgd, 0, LAB_SPACE_BYTES, USE_USER, OWNER, OWNER,
			       &census, &v);
	EXPECT_EQ(t, 1, census.nr_present);
	EXPECT_EQ(t, 1, census.nr_swapped);
	EXPECT_EQ(t, 0, v.broken);

	EXPECT_EQ(t, swp, mmlab_pgtable_swap_in(s.m, entry, page, LAB_PTE_RW));
	EXPECT_EQ(t, mmlab_pte(page, LAB_PTE_RW | LAB_PTE_PRESENT), *entry);
	EXPECT_EQ(t, 2, mmlab_frame(s.m, page)->mapcount);
	mmlab_pgtable_swap_out(s.m, entry, page, swp);
	/* a slot is enough to keep the table */
	mmlab_pgtable_clear(s.m, s.pgd, other);
	EXPECT_EQ(t, PFN_NONE, mmlab_pgtable_del_table(s.m, s.pgd, lva));
	mmlab_frame(s.m, page)->mapcount = 5;
	EXPECT_EQ(t, swp, mmlab_pgtable_clear(s.m, s.pgd, lva));
	EXPECT_EQ(t, 5, mmlab_frame(s.m, page)->mapcount);
	check_tables(&s, 1, 0);
}

static void pgtable_replace(struct test_ctx *t)
{
	u32 pages[2], *entry;
	struct tables s;

	if (!init_tables(&s, t))
		return;
	add_table(&s, 0);
	pages[0] = new_frame(&s, USE_USER);
	pages[1] = new_frame(&s, USE_USER);
	mmlab_pgtable_set(s.m, s.pgd, 0, pages[0], 0);
	mmlab_pgtable_set(s.m, s.pgd, 0x1000, pages[0], 0);
	entry = mmlab_pgtable_walk(s.m, s.pgd, 0x1000);
	mmlab_pgtable_replace(s.m, entry, pages[0], pages[1], LAB_PTE_RW | LAB_PTE_DIRTY);
	EXPECT_EQ(t, mmlab_pte(pages[1], 0x43), *entry);
	EXPECT_EQ(t, 1, mmlab_frame(s.m, pages[0])->mapcount);
	EXPECT_EQ(t, 1, mmlab_frame(s.m, pages[1])->mapcount);
	check_tables(&s, 1, 2);
}

static void zero_census(struct tables *s, u32 nr_zero, u32 nr_broken)
{
	struct lab_pgtable_census census;
	struct lab_verdict v = {};

	mmlab_pgtable_validate(s->m, s->pgd, 0, LAB_PAGE_OFFSET, USE_USER, OWNER, OWNER,
			       &census, &v);
	EXPECT_EQ(s->t, 1, census.nr_present);
	EXPECT_EQ(s->t, nr_zero, census.nr_zero);
	EXPECT_EQ(s->t, nr_broken, v.broken);
}

/* The zero page is counted in its table only, never written to, and replaced. */
static void pgtable_zero(struct test_ctx *t)
{
	u32 table, page, *entry;
	struct tables s;

	if (!init_tables(&s, t))
		return;
	table = add_table(&s, 0);
	entry = mmlab_pgtable_walk(s.m, s.pgd, 0x1000);
	mmlab_pgtable_fill_zero(s.m, entry, LAB_PTE_RW | LAB_PTE_DIRTY | LAB_PTE_USER);
	EXPECT_EQ(t, LAB_PTE_PRESENT | LAB_PTE_USER, *entry);
	EXPECT(t, mmlab_pte_is_zero_page(*entry));
	EXPECT_EQ(t, 1, mmlab_frame(s.m, table)->mapcount);
	EXPECT_EQ(t, 0, mmlab_frame(s.m, LAB_ZERO_PFN)->mapcount);
	zero_census(&s, 1, 0);
	*entry |= LAB_PTE_RW;
	/* frame 0 is no page of a process: its use, state, owner and count are wrong */
	zero_census(&s, 0, 4);
	EXPECT_EQ(t, LAB_PTE_PRESENT | LAB_PTE_USER | LAB_PTE_RW,
		  mmlab_pgtable_clear(s.m, s.pgd, 0x1000));
	EXPECT_EQ(t, 0, mmlab_frame(s.m, table)->mapcount);
	EXPECT_EQ(t, 0, mmlab_frame(s.m, LAB_ZERO_PFN)->mapcount);

	mmlab_pgtable_fill_zero(s.m, entry, LAB_PTE_USER);
	page = new_frame(&s, USE_USER);
	mmlab_pgtable_replace_zero(s.m, entry, page, LAB_PTE_RW);
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
	{ "pgtable_swap", pgtable_swap },
	{ "pgtable_replace", pgtable_replace },
	{ "pgtable_zero", pgtable_zero },
	{ "pgtable_random", pgtable_random },
	{}
};
