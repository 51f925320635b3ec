// SPDX-License-Identifier: GPL-2.0
/*
 * One address through a lab process's page tables, step by step.
 */
#include <linux/mm.h>

#include "arena.h"
#include "translate.h"
#include "vmalloc.h"

static_assert(MMLAB_PTE_DIRTY == LAB_PTE_DIRTY);
static_assert(MMLAB_PTE_ACCESSED == LAB_PTE_ACCESSED);
static_assert(MMLAB_ZERO_PFN == LAB_ZERO_PFN);

static void classify_locked(struct lab_process *p, struct mmlab_translation *t)
{
	const struct lab_vma *vma;

	lockdep_assert_held(p->mm.lock);
	lockdep_assert_held(&mmlab_vm_space.lock);
	t->region = MMLAB_REGION_HOLE;
	if (t->lva >= LAB_PAGE_OFFSET) {
		if (t->lva < mmlab_frame_high_memory(&mmlab_machine))
			t->region = MMLAB_REGION_DIRECT;
		else if (mmlab_area_find(&mmlab_vm_space, t->lva))
			t->region = MMLAB_REGION_VMALLOC;
		return;
	}
	vma = mmlab_vma_find(&p->mm, t->lva);
	if (vma && vma->start <= t->lva) {
		t->region = MMLAB_REGION_USER;
		t->vma_start = vma->start;
		t->vma_end = vma->end;
		t->vma_prot = (__force u32)(vma->flags & LAB_VMA_RIGHTS);
	}
}

void mmlab_translate(struct lab_process *p, struct mmlab_translation *t)
{
	u32 lva = t->lva;
	const u32 *pte;

	*t = (struct mmlab_translation){
		.lva = lva,
		.pgd_index = mmlab_pgtable_pgd_index(lva),
		.pte_index = mmlab_pgtable_pte_index(lva),
		.offset = offset_in_page(lva),
		.pgd_pfn = p->mm.pgd,
		.table_pfn = PFN_NONE,
		.pfn = PFN_NONE,
		.step = MMLAB_STEP_NO_TABLE,
	};

	mutex_lock(p->mm.lock);
	mutex_lock(&mmlab_vm_space.lock);
	classify_locked(p, t);
	if (t->lva >= LAB_PAGE_OFFSET)
		mmlab_vmalloc_sync_pde_locked(p->mm.pgd, lva);
	t->pde = READ_ONCE(*mmlab_pgtable_pde(&mmlab_machine, p->mm.pgd, lva));
	pte = mmlab_pgtable_walk(&mmlab_machine, p->mm.pgd, lva);
	if (pte) {
		t->table_pfn = mmlab_pte_pfn(t->pde);
		t->pte = *pte;
		t->step = MMLAB_STEP_NO_PAGE;
		if (t->pte & LAB_PTE_PRESENT &&
		    mmlab_pte_pfn(t->pte) < mmlab_machine.nr_frames) {
			t->pfn = mmlab_pte_pfn(t->pte);
			t->phys = mmlab_lpa_val(mmlab_pfn_to_lpa(t->pfn)) | t->offset;
			t->mapcount = mmlab_frame(&mmlab_machine, t->pfn)->mapcount;
			t->step = MMLAB_STEP_OK;
		}
	}
	mutex_unlock(&mmlab_vm_space.lock);
	mutex_unlock(p->mm.lock);
}
