// SPDX-License-Identifier: GPL-2.0
/*
 * The lab kernel's page directory and the direct map. Both are built at load; later only
 * the entries of the vmalloc region change.
 */
#include "arena.h"
#include "frames.h"
#include "init_mm.h"

u32 mmlab_init_mm_pgd_pfn = PFN_NONE;

static u64 direct_end(void)
{
	return (u64)mmlab_frame_high_memory(&mmlab_machine);
}

static u32 alloc_table(void)
{
	return mmlab_frames_alloc(0, LAB_GFP_ZERO | LAB_GFP_RESERVE, USE_PGTABLE, 0);
}

int mmlab_init_mm_init(void)
{
	u64 lva;
	u32 pfn;

	mmlab_init_mm_pgd_pfn = alloc_table();
	if (mmlab_init_mm_pgd_pfn == PFN_NONE)
		return -ENOMEM;
	for (lva = LAB_PAGE_OFFSET; lva < direct_end();
	     lva += 1ULL << LAB_PGDIR_SHIFT) {
		u32 table = alloc_table();

		if (table == PFN_NONE)
			return -ENOMEM;
		mmlab_pgtable_add_table(&mmlab_machine, mmlab_init_mm_pgd_pfn,
					(u32)lva, table);
	}
	for (pfn = 0; pfn < mmlab_machine.nr_frames; pfn++)
		mmlab_pgtable_set_direct(&mmlab_machine, mmlab_init_mm_pgd_pfn, pfn);
	return 0;
}

void mmlab_init_mm_validate(struct lab_verdict *v)
{
	u64 table_bytes = 1ULL << LAB_PGDIR_SHIFT;
	struct lab_pgtable_census census;
	u32 pfn;

	mmlab_pgtable_validate(&mmlab_machine, mmlab_init_mm_pgd_pfn, LAB_PAGE_OFFSET,
			       roundup(direct_end(), table_bytes), USE_NONE, 0, 0,
			       &census, v);
	mmlab_verdict_expect(v, "the direct map has an entry for every frame",
			     LAB_PAGE_OFFSET, mmlab_machine.nr_frames,
			     census.nr_present);
	for (pfn = 0; pfn < mmlab_machine.nr_frames; pfn++) {
		u32 lva = mmlab_lpa_to_lva(mmlab_pfn_to_lpa(pfn));
		const u32 *pte = mmlab_pgtable_walk(&mmlab_machine, mmlab_init_mm_pgd_pfn, lva);

		mmlab_verdict_expect(v, "a direct-map address is its frame plus 3 GiB",
				     lva,
				     mmlab_pte(pfn, LAB_PTE_DIRECT),
				     pte ? READ_ONCE(*pte) : 0);
	}
	v->nr_objects += mmlab_machine.nr_frames;
}
