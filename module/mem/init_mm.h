/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lab kernel's address space: a page directory with the direct map of the whole
 * arena. Every lab process shares its kernel part.
 */
#ifndef MMLAB_MEM_INIT_MM_H
#define MMLAB_MEM_INIT_MM_H

#include "../core/pgtable.h"

/**
 * mmlab_init_mm_init() - build the direct map
 *
 * The tables stay until the arena goes.
 *
 * Context: module load; the page allocator works, no lab process exists.
 * Return: 0, or -ENOMEM if the arena is exhausted.
 */
int mmlab_init_mm_init(void);

/* Frame of the lab kernel's page directory (swapper_pg_dir). */
extern u32 mmlab_init_mm_pgd_pfn;

static inline u32 mmlab_init_mm_pgd(void)
{
	return mmlab_init_mm_pgd_pfn;
}

/* Checks the direct map: every frame, in its place, by the right entry. */
void mmlab_init_mm_validate(struct lab_verdict *v);

#endif /* MMLAB_MEM_INIT_MM_H */
