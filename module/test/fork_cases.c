// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of core/fork and of swap entries in page tables: a family of processes
 * that share frames and slots, held against a model that has an array of pages
 * per process.
 */
#include "../core/core_internal.h"
#include "../core/buddy.h"
#include "../core/fork.h"
#include "cases.h"

#define FAMILY		3U
#define NR_PROCESSES	4U
#define NR_TABLES	2U
#define TABLE_BYTES	((u64)LAB_PTRS_PER_PTE * PAGE_SIZE)
#define NR_PAGES	32U	/* of each process; half of them in each table */
#define ALL_PAGES	((u64)NR_TABLES * TABLE_BYTES)

/**
 * struct family - processes under test
 * @t: case
 * @m: machine
 * @s: swap; its lock is held
 * @pgd: by process: directory
 * @pte: by process and page: the entry that must be there
 * @nr_apart: tables that have a frame of other bytes after them
 */
struct family {
	struct test_ctx *t;
	struct lab_machine *m;
	struct lab_swap s;
	u32 pgd[NR_PROCESSES];
	u32 pte[NR_PROCESSES][NR_PAGES];
	u32 nr_apart;
};

static u32 lva_of(u32 page)
{
	u32 half = NR_PAGES / 2;

	/* around the border of the two tables */
	return (LAB_PTRS_PER_PTE - half + page) << PAGE_SHIFT;
}

static u32 new_frame(struct family *f, enum frame_use use, int byte)
{
	u32 pfn = mmlab_test_user_page(f->t, f->m, FAMILY);

	memset(mmlab_frame_address(f->m, pfn), byte, PAGE_SIZE);
	mmlab_frame(f->m, pfn)->use = use;
	return pfn;
}

/*
 * All processes have one owner here; what a table's owner must be, others test. The first
 * tables do not lie side by side, or a walk over the end of one would find the next.
 */
static u32 new_table(struct family *f)
{
	u32 pfn = new_frame(f, USE_PGTABLE, 0);

	if (f->nr_apart < NR_PROCESSES * (NR_TABLES + 1)) {
		f->nr_apart++;
		new_frame(f, USE_BLOCK, 0xff);
	}
	return pfn;
}

static struct family *new_family(struct test_ctx *t)
{
	struct family *f = mmlab_test_alloc(t, sizeof(*f));
	u32 *entry = mmlab_test_alloc(t, mmlab_test_mib(4) * sizeof(*entry));
	void *memory = mmlab_test_alloc(t, mmlab_swap_area_bytes(300));
	u32 i;

	if (!f || !entry || !memory)
		return NULL;
	f->t = t;
	f->m = mmlab_test_machine(t, mmlab_test_mib(4), true);
	if (!f->m)
		return NULL;
	for (i = 0; i < NR_PROCESSES; i++)
		f->pgd[i] = new_table(f);
	mutex_init(&f->s.lock);
	mutex_lock(&f->s.lock);
	mmlab_swap_init(&f->s, f->m, entry);
	mmlab_swap_add_area(&f->s, memory, 300, 0);
	return f;
}

static u32 *entry_of(struct family *f, u32 process, u32 page)
{
	return mmlab_pgtable_walk(f->m, f->pgd[process], lva_of(page));
}

static void add_tables(struct family *f, u32 process)
{
	u32 i;

	for (i = 0; i < NR_TABLES; i++)
		mmlab_pgtable_add_table(f->m, f->pgd[process],
					i << LAB_PGDIR_SHIFT,
					new_table(f));
}

static void put_page(struct family *f, u32 process, u32 page, u32 flags)
{
	u32 pfn = mmlab_test_user_page(f->t, f->m, FAMILY);

	flags |= LAB_PTE_USER;
	mmlab_pgtable_set(f->m, f->pgd[process], lva_of(page), pfn, flags);
	f->pte[process][page] = mmlab_pte(pfn, flags | LAB_PTE_PRESENT);
}

/* The frame goes when no entry maps it and it is no slot's copy. */
static void put_frame(struct family *f, u32 pfn)
{
	if (!mmlab_frame(f->m, pfn)->mapcount && !f->s.entry[pfn])
		mmlab_buddy_free(f->m, pfn);
}

/* As reclaim does it: all entries of the frame name the slot afterwards. */
static void page_out(struct family *f, u32 process, u32 page)
{
	u32 pfn = mmlab_pte_pfn(f->pte[process][page]), i;
	u32 swp = f->s.entry[pfn] ? f->s.entry[pfn] : mmlab_swap_alloc(&f->s, pfn);

	if (!EXPECT(f->t, swp))
		return;
	for (i = 0; i < NR_PROCESSES; i++) {
		if (!(f->pte[i][page] & LAB_PTE_PRESENT) ||
		    mmlab_pte_pfn(f->pte[i][page]) != pfn)
			continue;
		EXPECT_EQ(f->t, 0, mmlab_swap_dup(&f->s, swp));
		mmlab_pgtable_swap_out(f->m, entry_of(f, i, page), pfn, swp);
		f->pte[i][page] = swp;
	}
	EXPECT_EQ(f->t, 0, mmlab_frame(f->m, pfn)->mapcount);
	if (test_below(f->t, 2)) {
		mmlab_swap_cache_del(&f->s, pfn);
		put_frame(f, pfn);
	}
}

/* As a touch does it; the frame stays the slot's copy as long as it is named. */
static void page_in(struct family *f, u32 process, u32 page)
{
	u32 swp = f->pte[process][page], pfn = mmlab_swap_cache_find(&f->s, swp);
	u32 flags = LAB_PTE_USER | LAB_PTE_ACCESSED;

	if (pfn == PFN_NONE) {
		pfn = mmlab_test_user_page(f->t, f->m, FAMILY);
		EXPECT_EQ(f->t, 0, mmlab_swap_cache_add(&f->s, swp, pfn));
	}
	EXPECT_EQ(f->t, swp, mmlab_pgtable_refill(f->m, entry_of(f, process, page),
						  pfn, flags));
	f->pte[process][page] = mmlab_pte(pfn, flags | LAB_PTE_PRESENT);
	if (!mmlab_swap_free(&f->s, swp))
		mmlab_swap_cache_del(&f->s, pfn);
}

/* do_wp_page(): the last owner writes to the page, any other gets a copy. */
static void break_sharing(struct family *f, u32 process, u32 page)
{
	u32 *entry = entry_of(f, process, page), *pte = &f->pte[process][page];
	u32 flags = LAB_PTE_USER | LAB_PTE_RW | LAB_PTE_DIRTY | LAB_PTE_ACCESSED;
	u32 pfn = mmlab_pte_pfn(*pte), i, nr = 0, swp = f->s.entry[pfn];

	for (i = 0; i < NR_PROCESSES; i++)
		nr += (f->pte[i][page] & LAB_PTE_PRESENT &&
		       mmlab_pte_pfn(f->pte[i][page]) == pfn) ||
		      (swp && f->pte[i][page] == swp);
	EXPECT_EQ(f->t, nr == 1, mmlab_swap_can_reuse(&f->s, pfn));
	if (nr == 1) {
		mmlab_swap_cache_del(&f->s, pfn);
		WRITE_ONCE(*entry, *pte |= flags);
		return;
	}
	i = mmlab_test_user_page(f->t, f->m, FAMILY);
	mmlab_pgtable_replace(f->m, entry, pfn, i, flags);
	*pte = mmlab_pte(i, flags | LAB_PTE_PRESENT);
	put_frame(f, pfn);
}

/* As at the end of a region: each entry comes back, present or not. */
static void zap(struct family *f, u32 process, u32 page)
{
	u32 pte = mmlab_pgtable_clear(f->m, f->pgd[process], lva_of(page)), pfn;

	EXPECT_EQ(f->t, f->pte[process][page], pte);
	f->pte[process][page] = 0;
	if (pte & LAB_PTE_PRESENT) {
		pfn = mmlab_pte_pfn(pte);
		if (!mmlab_frame(f->m, pfn)->mapcount && f->s.entry[pfn] &&
		    !mmlab_swap_count(&f->s, f->s.entry[pfn]))
			mmlab_swap_cache_del(&f->s, pfn);
		put_frame(f, pfn);
	} else if (pte) {
		pfn = mmlab_swap_cache_find(&f->s, pte);
		if (!mmlab_swap_free(&f->s, pte) && pfn != PFN_NONE) {
			mmlab_swap_cache_del(&f->s, pfn);
			put_frame(f, pfn);
		}
	}
}

static void check_process(struct family *f, u32 process, u64 *nr_swapped)
{
	struct lab_pgtable_census census;
	struct lab_verdict v = {};
	u32 page, present = 0, swapped = 0, *entry;

	for (page = 0; page < NR_PAGES; page++) {
		u32 pte = f->pte[process][page];

		entry = entry_of(f, process, page);
		EXPECT_EQ(f->t, pte, entry ? *entry : 0);
		present += pte & LAB_PTE_PRESENT;
		swapped += pte && !(pte & LAB_PTE_PRESENT);
	}
	mmlab_pgtable_validate(f->m, f->pgd[process], 0, LAB_PAGE_OFFSET, USE_USER,
			       FAMILY, FAMILY, &census, &v);
	EXPECT_EQ(f->t, present, census.nr_present);
	EXPECT_EQ(f->t, swapped, census.nr_swapped);
	if (v.broken)
		mmlab_test_fail(f->t, v.rule, (int)v.where, "sound", v.want, v.got);
	*nr_swapped += swapped;
}

/* All entries of all processes, all counts of frames and slots; nothing is lost. */
static void check_family(struct family *f)
{
	struct lab_swap_census census;
	struct lab_verdict v = {};
	u64 nr_swapped = 0;
	u32 i, page, pfn;

	for (i = 0; i < NR_PROCESSES; i++)
		check_process(f, i, &nr_swapped);
	for (pfn = 0; pfn < f->m->nr_frames; pfn++) {
		const struct lab_frame *frame = mmlab_frame(f->m, pfn);
		u32 nr = 0;

		if (frame->state != FRAME_USED || frame->use != USE_USER)
			continue;
		for (i = 0; i < NR_PROCESSES; i++) {
			for (page = 0; page < NR_PAGES; page++)
				nr += f->pte[i][page] & LAB_PTE_PRESENT &&
				      mmlab_pte_pfn(f->pte[i][page]) == pfn;
		}
		EXPECT_EQ(f->t, nr, frame->mapcount);
		EXPECT(f->t, nr || f->s.entry[pfn]);
	}
	mmlab_swap_validate(&f->s, &census, &v);
	EXPECT_EQ(f->t, nr_swapped, census.nr_entries);
	if (v.broken)
		mmlab_test_fail(f->t, v.rule, (int)v.where, "sound", v.want, v.got);
}

static void check_copied(struct family *f, u32 child, u32 parent,
			 const struct lab_fork_copy *copy)
{
	u32 page, present = 0, swapped = 0, protected = 0;

	for (page = 0; page < NR_PAGES; page++) {
		u32 *pte = &f->pte[parent][page];

		if (*pte & LAB_PTE_PRESENT) {
			protected += !!(*pte & LAB_PTE_RW);
			present++;
			*pte &= ~LAB_PTE_RW;
			f->pte[child][page] = *pte & ~LAB_PTE_ACCESSED;
		} else {
			swapped += !!*pte;
			f->pte[child][page] = *pte;
		}
	}
	EXPECT_EQ(f->t, present, copy->nr_present);
	EXPECT_EQ(f->t, swapped, copy->nr_swapped);
	EXPECT_EQ(f->t, protected, copy->nr_protected);
	EXPECT_EQ(f->t, 0, copy->nr_wrong);
}

/* The child has no entries; its tables may be there or come when asked for. */
static void fork_process(struct family *f, u32 child, u32 parent)
{
	struct lab_fork_copy copy = {};
	u32 nr_asked = 0;
	int err;

	while ((err = mmlab_fork_copy_range(f->m, &f->s, f->pgd[child],
					    f->pgd[parent], ALL_PAGES, FAMILY,
					    &copy)) == -ENOENT) {
		EXPECT_EQ(f->t, nr_asked++ * TABLE_BYTES, copy.at);
		mmlab_pgtable_add_table(f->m, f->pgd[child],
					(u32)copy.at, new_table(f));
	}
	EXPECT_EQ(f->t, 0, err);
	EXPECT_EQ(f->t, ALL_PAGES, copy.at);
	check_copied(f, child, parent, &copy);
}

static void fork_copies(struct test_ctx *t)
{
	static const u32 flags[] = {
		0, LAB_PTE_RW, LAB_PTE_RW | LAB_PTE_DIRTY, LAB_PTE_ACCESSED,
		LAB_PTE_RW | LAB_PTE_ACCESSED | LAB_PTE_DIRTY,
	};
	struct family *f = new_family(t);
	u32 page;

	if (!f)
		return;
	add_tables(f, 0);
	for (page = 0; page < NR_PAGES; page += 2)
		put_page(f, 0, page, flags[page % ARRAY_SIZE(flags)]);
	page_out(f, 0, 4);
	page_out(f, 0, 20);
	fork_process(f, 1, 0);
	EXPECT_EQ(t, NR_TABLES, mmlab_frame(f->m, f->pgd[1])->mapcount);
	check_family(f);
	/* once more, of the child; nothing is left to protect */
	fork_process(f, 2, 1);
	check_family(f);
	EXPECT_EQ(t, 3, mmlab_swap_count(&f->s, f->pte[2][4]));
	EXPECT_EQ(t, 3, mmlab_frame(f->m, mmlab_pte_pfn(f->pte[2][0]))->mapcount);
	mutex_unlock(&f->s.lock);
}

/* Both have the zero page afterwards, and no frame counts it. */
static void fork_zero(struct test_ctx *t)
{
	struct family *f = new_family(t);
	struct lab_fork_copy copy = {};
	u32 *from, *to;

	if (!f)
		return;
	add_tables(f, 0);
	add_tables(f, 1);
	from = entry_of(f, 0, 2);
	mmlab_pgtable_fill_zero(f->m, from, LAB_PTE_USER | LAB_PTE_ACCESSED);
	EXPECT_EQ(t, 0, mmlab_fork_copy_range(f->m, &f->s, f->pgd[1], f->pgd[0], ALL_PAGES,
					      FAMILY, &copy));
	to = entry_of(f, 1, 2);
	EXPECT_EQ(t, LAB_PTE_PRESENT | LAB_PTE_USER, *to);
	EXPECT_EQ(t, LAB_PTE_PRESENT | LAB_PTE_USER | LAB_PTE_ACCESSED, *from);
	EXPECT_EQ(t, 1, copy.nr_zero);
	EXPECT_EQ(t, 0, copy.nr_present);
	EXPECT_EQ(t, 0, copy.nr_wrong);
	EXPECT_EQ(t, 0, mmlab_frame(f->m, LAB_ZERO_PFN)->mapcount);
	mmlab_pgtable_clear(f->m, f->pgd[0], lva_of(2));
	mmlab_pgtable_clear(f->m, f->pgd[1], lva_of(2));
	check_family(f);
	mutex_unlock(&f->s.lock);
}

/* Only the range; and what ends early is whole and can go on. */
static void fork_ranges(struct test_ctx *t)
{
	struct family *f = new_family(t);
	struct lab_fork_copy copy = {};
	u32 page, i;

	if (!f)
		return;
	add_tables(f, 0);
	add_tables(f, 1);
	for (page = 0; page < NR_PAGES; page++)
		put_page(f, 0, page, LAB_PTE_RW);
	page_out(f, 0, 9);
	for (i = 1; i < LAB_SWAP_COUNT_MAX; i++)
		mmlab_swap_dup(&f->s, f->pte[0][9]);
	copy.at = lva_of(3);
	EXPECT_EQ(t, -EOVERFLOW,
		  mmlab_fork_copy_range(f->m, &f->s, f->pgd[1], f->pgd[0],
					lva_of(NR_PAGES - 2), FAMILY,
					&copy));
	EXPECT_EQ(t, lva_of(9), copy.at);
	EXPECT_EQ(t, 6, copy.nr_present);
	EXPECT_EQ(t, 0, *entry_of(f, 1, 9));
	while (i-- > 1)
		mmlab_swap_free(&f->s, f->pte[0][9]);
	EXPECT_EQ(t, 0, mmlab_fork_copy_range(f->m, &f->s, f->pgd[1], f->pgd[0],
					      lva_of(NR_PAGES - 2),
					      FAMILY, &copy));
	EXPECT_EQ(t, 1, copy.nr_swapped);
	EXPECT_EQ(t, NR_PAGES - 6, copy.nr_present);
	for (page = 3; page < NR_PAGES - 2; page++) {
		f->pte[0][page] = *entry_of(f, 0, page);
		f->pte[1][page] = f->pte[0][page];
		EXPECT(t, page == 9 || !(f->pte[1][page] & LAB_PTE_RW));
	}
	check_family(f);
	/* far beyond the last table nothing is wrong, and nothing is left to do */
	EXPECT_EQ(t, 0, mmlab_fork_copy_range(f->m, &f->s, f->pgd[1], f->pgd[0],
					      LAB_PAGE_OFFSET, FAMILY, &copy));
	EXPECT_EQ(t, LAB_PAGE_OFFSET, copy.at);
	EXPECT_EQ(t, 0, copy.nr_wrong);
	mutex_unlock(&f->s.lock);
}

/* What is neither a page of the family nor a slot in use stays where it is. */
static void fork_odd(struct test_ctx *t)
{
	struct family *f = new_family(t);
	struct lab_fork_copy copy = {};
	u32 stranger, odd[6], i;

	if (!f)
		return;
	add_tables(f, 0);
	add_tables(f, 1);
	stranger = mmlab_test_user_page(t, f->m, FAMILY + 1);
	odd[0] = mmlab_pte(stranger, LAB_PTE_PRESENT | LAB_PTE_RW);
	odd[1] = mmlab_pte(f->pgd[1], LAB_PTE_PRESENT | LAB_PTE_RW);
	odd[2] = mmlab_pte(f->m->nr_frames, LAB_PTE_PRESENT | LAB_PTE_RW);
	odd[3] = mmlab_swp_entry(0, 17);	/* free */
	odd[4] = mmlab_swp_entry(4, 17);	/* no such area */
	odd[5] = 0x40;
	for (i = 0; i < ARRAY_SIZE(odd); i++)
		*entry_of(f, 0, i) = odd[i];
	put_page(f, 0, 7, LAB_PTE_RW);
	EXPECT_EQ(t, 0, mmlab_fork_copy_range(f->m, &f->s, f->pgd[1], f->pgd[0],
					      ALL_PAGES, FAMILY, &copy));
	EXPECT_EQ(t, ARRAY_SIZE(odd), copy.nr_wrong);
	EXPECT_EQ(t, 1, copy.nr_present);
	for (i = 0; i < ARRAY_SIZE(odd); i++) {
		EXPECT_EQ(t, odd[i], *entry_of(f, 0, i));
		EXPECT_EQ(t, 0, *entry_of(f, 1, i));
	}
	EXPECT_EQ(t, 0, mmlab_frame(f->m, stranger)->mapcount);
	/* a whole table that is not the parent's */
	memset(&copy, 0, sizeof(copy));
	*mmlab_pgtable_pde(f->m, f->pgd[0], 0) =
		mmlab_pte(stranger, LAB_PDE_TABLE);
	EXPECT_EQ(t, 0, mmlab_fork_copy_range(f->m, &f->s, f->pgd[2], f->pgd[0],
					      TABLE_BYTES - PAGE_SIZE, FAMILY, &copy));
	EXPECT_EQ(t, 1, copy.nr_wrong);
	EXPECT_EQ(t, TABLE_BYTES - PAGE_SIZE, copy.at);
	mutex_unlock(&f->s.lock);
}

static u32 pinned_pfn;

static bool is_not_pinned(u32 pfn)
{
	return pfn != pinned_pfn;
}

/* What may not be shared stops the copy, unless another process maps it already. */
static void fork_pinned(struct test_ctx *t)
{
	struct lab_fork_copy copy = { .may_share = is_not_pinned };
	struct family *f = new_family(t);
	u32 page;

	if (!f)
		return;
	for (page = 0; page < 3; page++)
		add_tables(f, page);
	for (page = 0; page < 4; page++)
		put_page(f, 0, page, LAB_PTE_RW);
	pinned_pfn = mmlab_pte_pfn(f->pte[0][2]);
	EXPECT_EQ(t, -EBUSY, mmlab_fork_copy_range(f->m, &f->s, f->pgd[1], f->pgd[0],
						   ALL_PAGES, FAMILY, &copy));
	EXPECT_EQ(t, lva_of(2), copy.at);
	EXPECT_EQ(t, 0, *entry_of(f, 1, 2));
	EXPECT_EQ(t, f->pte[0][2], *entry_of(f, 0, 2));
	copy.at += PAGE_SIZE;
	EXPECT_EQ(t, 0, mmlab_fork_copy_range(f->m, &f->s, f->pgd[1], f->pgd[0],
					      ALL_PAGES, FAMILY, &copy));
	EXPECT_EQ(t, 3, copy.nr_present);
	EXPECT_EQ(t, 1, mmlab_frame(f->m, pinned_pfn)->mapcount);

	pinned_pfn = mmlab_pte_pfn(f->pte[0][3]);
	copy.at = lva_of(3);
	EXPECT_EQ(t, 0, mmlab_fork_copy_range(f->m, &f->s, f->pgd[2], f->pgd[0],
					      ALL_PAGES, FAMILY, &copy));
	EXPECT_EQ(t, 3, mmlab_frame(f->m, pinned_pfn)->mapcount);
	mutex_unlock(&f->s.lock);
}

/* Ends, and begins anew as another one's child. */
static void step_process(struct family *f, u32 process)
{
	u32 parent = test_below(f->t, NR_PROCESSES), i, table;

	for (i = 0; i < NR_PAGES; i++)
		zap(f, process, i);
	if (parent == process)
		return;
	for (i = 0; i < NR_TABLES; i++) {
		table = mmlab_pgtable_del_table(f->m, f->pgd[process],
						i << LAB_PGDIR_SHIFT);
		if (EXPECT(f->t, table != PFN_NONE))
			mmlab_buddy_free(f->m, table);
	}
	fork_process(f, process, parent);
}

static void step_page(struct family *f, u32 process, u32 page)
{
	u32 pte = f->pte[process][page];

	if (!pte)
		put_page(f, process, page, test_below(f->t, 2) ? LAB_PTE_RW : 0);
	else if (!test_below(f->t, 8))
		zap(f, process, page);
	else if (!(pte & LAB_PTE_PRESENT))
		page_in(f, process, page);
	else if (test_below(f->t, 2))
		page_out(f, process, page);
	else if (!(pte & LAB_PTE_RW))
		break_sharing(f, process, page);
}

static void fork_random(struct test_ctx *t)
{
	struct family *f = new_family(t);
	struct lab_frame_census census;
	u32 op, i, page;

	if (!f)
		return;
	for (i = 0; i < NR_PROCESSES; i++)
		add_tables(f, i);
	for (op = 0; op < t->ops / 10 && !t->nr_failures; op++) {
		if (test_below(t, 40))
			step_page(f, test_below(t, NR_PROCESSES),
				  test_below(t, NR_PAGES));
		else
			step_process(f, test_below(t, NR_PROCESSES));
		if (op % 32 == 0)
			check_family(f);
		test_note(t, f->pte[op % NR_PROCESSES][op / 8 % NR_PAGES]);
	}
	check_family(f);
	for (i = 0; i < NR_PROCESSES; i++) {
		for (page = 0; page < NR_PAGES; page++)
			zap(f, i, page);
	}
	check_family(f);
	mmlab_frame_count(f->m, &census);
	for (i = 0; i < NR_LAB_ZONES; i++)
		EXPECT_EQ(t, 0, census.nr_use[i][USE_USER]);
	EXPECT_EQ(t, 0, f->s.area[0].nr_used);
	mmlab_test_sound(t, f->m);
	mutex_unlock(&f->s.lock);
}

const struct test_case mmlab_test_fork[] = {
	{ "fork_copies", fork_copies },
	{ "fork_zero", fork_zero },
	{ "fork_ranges", fork_ranges },
	{ "fork_odd", fork_odd },
	{ "fork_pinned", fork_pinned },
	{ "fork_random", fork_random },
	{}
};
