// SPDX-License-Identifier: GPL-2.0
/*
 * Page tables of the lab machine. pgtable.h names the locks.
 *
 * Tables are lab memory: a privileged user may write any number to any entry, at any time.
 * So each entry is read once, checked, and then used as it was read. What goes wrong then
 * is the user's data; the lab's own counts and the host stay right, because a frame is
 * followed only if mem_map says that it is of the right use and owner.
 *
 * Counts: a table's mapcount is the number of its entries that are not empty, so that an
 * empty table is known without a look at it. A page's mapcount is the number of entries
 * that map it.
 */
#include "core_internal.h"
#include "pgtable.h"

/* The frame of the table that a directory entry names, or PFN_NONE. */
static inline u32 table_of(const struct lab_machine *m, u32 pgd, u32 pde, u32 lva)
{
	/* Tables of the kernel part belong to the lab kernel, in all processes. */
	u32 owner = lva >= LAB_PAGE_OFFSET ? 0 :
		    mmlab_frame(m, pgd)->owner;

	return mmlab_pgtable_maps(m, pde, USE_PGTABLE, owner) ? mmlab_pte_pfn(pde) : PFN_NONE;
}

/* Does the entry count in the mapcount of the frame that it names? */
static bool is_counted(const struct lab_machine *m, u32 pte)
{
	const struct lab_frame *frame;

	if (mmlab_pte_pfn(pte) >= m->nr_frames)
		return false;
	frame = mmlab_frame(m, mmlab_pte_pfn(pte));
	return frame->state == FRAME_USED &&
	       (frame->use == USE_USER || frame->use == USE_VMALLOC);
}

/* Reads a directory entry once: its table for @lva, or PFN_NONE. */
static inline u32 find_table(const struct lab_machine *m, u32 pgd, u32 lva)
{
	return table_of(m, pgd, READ_ONCE(*mmlab_pgtable_pde(m, pgd, lva)), lva);
}

u32 *mmlab_pgtable_walk(const struct lab_machine *m, u32 pgd, u32 lva)
{
	u32 table = find_table(m, pgd, lva);

	return table == PFN_NONE ? NULL : mmlab_pgtable_entry(m, table, lva);
}

void mmlab_pgtable_add_table(struct lab_machine *m, u32 pgd, u32 lva,
			     u32 table)
{
	mmlab_frame(m, table)->mapcount = 0;
	mmlab_frame(m, pgd)->mapcount++;
	/* Pairs with READ_ONCE() of a directory entry, as all its stores do. */
	WRITE_ONCE(*mmlab_pgtable_pde(m, pgd, lva),
		   mmlab_pte(table, LAB_PDE_TABLE));
}

int mmlab_pgtable_set(struct lab_machine *m, u32 pgd, u32 lva, u32 pfn,
		      u32 flags)
{
	u32 *entry = mmlab_pgtable_walk(m, pgd, lva);

	if (!entry)
		return -EIO;
	mmlab_pgtable_fill(m, entry, pfn, flags);
	return 0;
}

void mmlab_pgtable_set_direct(struct lab_machine *m, u32 pgd, u32 pfn)
{
	u32 lva = mmlab_lpa_to_lva(mmlab_pfn_to_lpa(pfn));
	u32 table = find_table(m, pgd, lva);

	mmlab_frame(m, table)->mapcount++;
	*mmlab_pgtable_entry(m, table, lva) = mmlab_pte(pfn, LAB_PTE_DIRECT);
}

u32 mmlab_pgtable_clear(struct lab_machine *m, u32 pgd, u32 lva)
{
	u32 table = find_table(m, pgd, lva);
	u32 *entry, pte;

	if (table == PFN_NONE)
		return 0;
	entry = mmlab_pgtable_entry(m, table, lva);
	pte = READ_ONCE(*entry);
	if (!(pte & LAB_PTE_PRESENT) && !mmlab_pte_is_swap(pte))
		return 0;
	WRITE_ONCE(*entry, 0);
	mmlab_frame(m, table)->mapcount--;
	if (likely(pte & LAB_PTE_PRESENT && is_counted(m, pte)))
		mmlab_frame(m, mmlab_pte_pfn(pte))->mapcount--;
	return pte;
}

/* The frame is the caller's word: a privileged writer may change the entry any time. */
void mmlab_pgtable_swap_out(struct lab_machine *m, u32 *entry, u32 pfn, u32 swp)
{
	mmlab_frame(m, pfn)->mapcount--;
	WRITE_ONCE(*entry, swp);
}

u32 mmlab_pgtable_refill(struct lab_machine *m, u32 *entry, u32 pfn, u32 flags)
{
	u32 swp = READ_ONCE(*entry);

	mmlab_frame(m, pfn)->mapcount++;
	WRITE_ONCE(*entry, mmlab_pte(pfn, flags | LAB_PTE_PRESENT));
	return swp;
}

void mmlab_pgtable_replace(struct lab_machine *m, u32 *entry, u32 old, u32 pfn,
			   u32 flags)
{
	mmlab_frame(m, old)->mapcount--;
	mmlab_frame(m, pfn)->mapcount++;
	WRITE_ONCE(*entry, mmlab_pte(pfn, flags | LAB_PTE_PRESENT));
}

u32 mmlab_pgtable_set_chain(struct lab_machine *m, u32 pgd, u32 lva,
			    u32 *chain, u32 flags)
{
	u32 table = find_table(m, pgd, lva), pfn = *chain, nr;
	u32 room = LAB_PTRS_PER_PTE - mmlab_pgtable_pte_index(lva);
	u32 *entry;

	if (table == PFN_NONE)
		return 0;
	entry = mmlab_pgtable_entry(m, table, lva);
	for (nr = 0; nr < room && pfn != PFN_NONE; nr++) {
		struct lab_frame *frame = mmlab_frame(m, pfn);

		frame->mapcount++;
		WRITE_ONCE(entry[nr], mmlab_pte(pfn, flags | LAB_PTE_PRESENT));
		pfn = frame->next;
	}
	*chain = pfn;
	mmlab_frame(m, table)->mapcount += nr;
	return nr;
}

u32 mmlab_pgtable_clear_chain(struct lab_machine *m, u32 pgd, u32 lva, u32 nr,
			      enum frame_use use, u32 owner, u32 *chain,
			      u32 *nr_wrong)
{
	const u64 identity = mmlab_frame_identity(owner, 0, FRAME_USED, use);
	u32 table = find_table(m, pgd, lva), nr_cleared = 0, i, last = *chain;
	u32 *entry;

	if (table == PFN_NONE)
		return 0;
	entry = mmlab_pgtable_entry(m, table, lva);
	for (i = 0; i < nr; i++) {
		u32 pte = READ_ONCE(entry[i]), pfn = mmlab_pte_pfn(pte);
		struct lab_frame *frame;

		if (!(pte & LAB_PTE_PRESENT))
			continue;
		WRITE_ONCE(entry[i], 0);
		nr_cleared++;
		frame = mmlab_frame(m, pfn);
		/*
		 * The entry may name any frame by now. One that is not the area's own,
		 * or that another entry maps as well, stays out of the chain, or it
		 * would be freed twice. data_race(): see lab_frame.identity
		 */
		if (unlikely(pfn >= m->nr_frames || data_race(frame->identity) != identity ||
			     --frame->mapcount)) {
			++*nr_wrong;
			continue;
		}
		frame->next = last;
		last = pfn;
	}
	*chain = last;
	mmlab_frame(m, table)->mapcount -= nr_cleared;
	return nr_cleared;
}

u32 mmlab_pgtable_del_table(struct lab_machine *m, u32 pgd, u32 lva)
{
	u32 table = find_table(m, pgd, lva);

	if (table == PFN_NONE || mmlab_frame(m, table)->mapcount)
		return PFN_NONE;
	WRITE_ONCE(*mmlab_pgtable_pde(m, pgd, lva), 0);
	mmlab_frame(m, pgd)->mapcount--;
	return table;
}

/*
 * Skips 4 MiB for each empty directory entry, so that a walk over 3 GiB costs 768 looks and
 * not 786432.
 */
u64 mmlab_pgtable_next_pde(const struct lab_machine *m, u32 pgd, u64 start,
			   u64 end)
{
	while (start < end) {
		u32 pde = READ_ONCE(*mmlab_pgtable_pde(m, pgd, (u32)start));

		if (pde & LAB_PTE_PRESENT)
			return start;
		start = ((start >> LAB_PGDIR_SHIFT) + 1) << LAB_PGDIR_SHIFT;
	}
	return end;
}

void mmlab_pgtable_share_kernel(struct lab_machine *m, u32 pgd, u32 init_pgd)
{
	u32 first = mmlab_pgtable_pgd_index(LAB_PAGE_OFFSET);
	u32 *to = mmlab_frame_address(m, pgd);
	u32 *from = mmlab_frame_address(m, init_pgd);

	memcpy(to + first, from + first,
	       (LAB_PTRS_PER_PGD - first) * sizeof(*to));
}

static void validate_entry(const struct lab_machine *m, u32 pte, u64 lva,
			   enum frame_use use, u32 family, struct lab_verdict *v)
{
	const struct lab_frame *frame;

	if (!mmlab_verdict_expect(v, "an entry maps a frame of the arena", lva,
				  1, mmlab_pte_pfn(pte) < m->nr_frames))
		return;
	if (use == USE_NONE)
		return;
	frame = mmlab_frame(m, mmlab_pte_pfn(pte));
	mmlab_verdict_expect(v, "a mapped frame is in use", lva, FRAME_USED,
			     frame->state);
	mmlab_verdict_expect(v, "a mapped frame is used for what it is mapped for",
			     lva, use, frame->use);
	mmlab_verdict_expect(v, "a mapped frame belongs to who maps it", lva,
			     family, frame->owner);
	mmlab_verdict_expect(v, "a mapped frame counts its mappings", lva, 1,
			     frame->mapcount > 0);
}

static void validate_table(const struct lab_machine *m, u32 table, u64 lva,
			   enum frame_use use, u32 family,
			   struct lab_pgtable_census *census,
			   struct lab_verdict *v)
{
	const u32 *entry = mmlab_frame_address(m, table);
	u32 nr_present = 0, nr_swapped = 0, nr_zero = 0;
	u32 i;

	for (i = 0; i < LAB_PTRS_PER_PTE; i++) {
		u32 pte = READ_ONCE(entry[i]);
		u64 at = lva + ((u64)i << PAGE_SHIFT);

		if (!pte)
			continue;
		if (use == USE_USER && mmlab_pte_is_zero_page(pte)) {
			nr_present++;
			nr_zero++;
		} else if (pte & LAB_PTE_PRESENT) {
			validate_entry(m, pte, at, use, family, v);
			nr_present++;
		} else {
			nr_swapped += mmlab_verdict_expect(v,
				"an entry that is not present names a swap slot",
				at, 1, mmlab_pte_is_swap(pte));
		}
	}
	mmlab_verdict_expect(v, "a page table counts its entries", lva,
			     mmlab_frame(m, table)->mapcount,
			     nr_present + nr_swapped);
	census->nr_present += nr_present;
	census->nr_zero += nr_zero;
	census->nr_swapped += nr_swapped;
}

void mmlab_pgtable_validate(const struct lab_machine *m, u32 pgd, u64 start,
			    u64 end, enum frame_use use, u32 owner, u32 family,
			    struct lab_pgtable_census *census,
			    struct lab_verdict *v)
{
	memset(census, 0, sizeof(*census));
	mmlab_verdict_expect(v, "a page directory's frame is in use as one", pgd,
			     USE_PGTABLE, mmlab_frame(m, pgd)->use);
	mmlab_verdict_expect(v, "a page directory belongs to its owner", pgd,
			     owner, mmlab_frame(m, pgd)->owner);
	while ((start = mmlab_pgtable_next_pde(m, pgd, start, end)) < end) {
		u32 pde = READ_ONCE(*mmlab_pgtable_pde(m, pgd,
						       (u32)start));
		u32 table = mmlab_pte_pfn(pde);

		v->nr_objects++;
		census->nr_tables++;
		if (mmlab_verdict_expect(v, "a page table is a frame of the arena",
					 start, 1, table < m->nr_frames) &&
		    mmlab_verdict_expect(v, "a page table's frame is in use as one",
					 start, USE_PGTABLE,
					 mmlab_frame(m, table)->use) &&
		    mmlab_verdict_expect(v, "a page table belongs to its directory's owner",
					 start, owner,
					 mmlab_frame(m, table)->owner))
			validate_table(m, table, start, use, family, census, v);
		start += 1ULL << LAB_PGDIR_SHIFT;
	}
}
