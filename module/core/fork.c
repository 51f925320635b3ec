// SPDX-License-Identifier: GPL-2.0
/*
 * The page tables of a child. fork.h names the locks.
 */
#include "core_internal.h"
#include "fork.h"

static void copy_present(struct lab_machine *m, u32 *to, u32 *from, u32 pte,
			 struct lab_fork_copy *copy)
{
	if (pte & LAB_PTE_RW) {
		pte &= ~LAB_PTE_RW;
		WRITE_ONCE(*from, pte);
		copy->nr_protected++;
	}
	mmlab_pgtable_fill(m, to, mmlab_pte_pfn(pte),
			   pte & LAB_PTE_FLAGS & ~LAB_PTE_ACCESSED);
	copy->nr_present++;
}

static bool must_stay_alone(struct lab_machine *m, u32 pfn,
			    const struct lab_fork_copy *copy)
{
	return copy->may_share && mmlab_frame(m, pfn)->mapcount == 1 &&
	       !copy->may_share(pfn);
}

/* A corrupt entry is not copied. */
static int copy_entry(struct lab_machine *m, struct lab_swap *s, u32 *to,
		      u32 *from, u32 family, struct lab_fork_copy *copy)
{
	u32 pte = READ_ONCE(*from);
	int err;

	if (!pte)
		return 0;
	if (mmlab_pte_is_zero_page(pte)) {
		mmlab_pgtable_fill_zero(m, to, pte & LAB_PTE_FLAGS & ~LAB_PTE_ACCESSED);
		copy->nr_zero++;
		return 0;
	}
	if (mmlab_pgtable_maps(m, pte, USE_USER, family)) {
		if (must_stay_alone(m, mmlab_pte_pfn(pte), copy))
			return -EBUSY;
		copy_present(m, to, from, pte, copy);
		return 0;
	}
	err = mmlab_swap_dup(s, pte);
	if (err == -EOVERFLOW)
		return err;
	if (err) {
		copy->nr_wrong++;
		return 0;
	}
	mmlab_frame(m, mmlab_pgtable_table_of(m, to))->mapcount++;
	WRITE_ONCE(*to, pte);
	copy->nr_swapped++;
	return 0;
}

static int copy_table(struct lab_machine *m, struct lab_swap *s, u32 *to,
		      u32 *from, u64 end, u32 family, struct lab_fork_copy *copy)
{
	int err = 0;

	for (; copy->at < end; copy->at += PAGE_SIZE) {
		err = copy_entry(m, s, to++, from++, family, copy);
		if (err)
			break;
	}
	return err;
}

int mmlab_fork_copy_range(struct lab_machine *m, struct lab_swap *s, u32 to,
			  u32 from, u64 end, u32 family,
			  struct lab_fork_copy *copy)
{
	int err = 0;

	lockdep_assert_held(&s->lock);
	while (!err &&
	       (copy->at = mmlab_pgtable_next_pde(m, from, copy->at, end)) < end) {
		u32 lva = (u32)copy->at;
		u64 stop = ((copy->at >> LAB_PGDIR_SHIFT) + 1) << LAB_PGDIR_SHIFT;
		u32 *source = mmlab_pgtable_walk(m, from, lva);
		u32 *dest = mmlab_pgtable_walk(m, to, lva);

		if (!source) {
			copy->nr_wrong++;
			copy->at = stop;
			continue;
		}
		err = dest ? copy_table(m, s, dest, source, min(stop, end), family,
					copy) : -ENOENT;
	}
	return err;
}
