/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The address space of the lab machine: an i386 with 3 GiB for user space.
 *
 *   0 ... LAB_PAGE_OFFSET                user space, one per lab process
 *   LAB_PAGE_OFFSET ... + mem            direct map of the arena
 *   8 MiB                                hole
 *   ... LAB_VMALLOC_END                  vmalloc region
 *   last 128 KiB                         reserved
 */
#ifndef MMLAB_CORE_LAYOUT_H
#define MMLAB_CORE_LAYOUT_H

#include "core_internal.h"

/*
 * A linear and a physical address of the lab machine. sparse tells these types from
 * each other and from plain numbers.
 */
typedef u32 __bitwise lpa_t;

static inline lpa_t mmlab_lpa(u32 address)
{
	return (__force lpa_t)address;
}

static inline u32 mmlab_lpa_val(lpa_t lpa)
{
	return (__force u32)lpa;
}

#define LAB_MEM_MIN_MIB		4U
#define LAB_MEM_MAX_MIB		896U	/* i386: what fits below vmalloc and the hole */

#define LAB_PAGE_OFFSET		0xC0000000U
#define LAB_VMALLOC_OFFSET	(8U << 20)
#define LAB_VMALLOC_END		(0U - (128U << 10))

#define LAB_SPACE_BYTES		(1ULL << 32)

static inline lpa_t mmlab_pfn_to_lpa(u32 pfn)
{
	return mmlab_lpa(pfn << PAGE_SHIFT);
}

static inline u32 mmlab_lpa_to_pfn(lpa_t lpa)
{
	return mmlab_lpa_val(lpa) >> PAGE_SHIFT;
}

/* The direct map: one addition, as the article says. */
static inline u32 mmlab_lpa_to_lva(lpa_t lpa)
{
	return mmlab_lpa_val(lpa) + LAB_PAGE_OFFSET;
}

#endif /* MMLAB_CORE_LAYOUT_H */
