// SPDX-License-Identifier: GPL-2.0
/*
 * What other modules may call: see mmlab_api.h.
 */
#include <linux/export.h>
#include <linux/mm.h>

#include "../mmlab_api.h"
#include "arena.h"
#include "frames.h"

static_assert(MMLAB_DMA == LAB_DMA);
static_assert(MMLAB_ZERO == LAB_ZERO);

/* Frame number of a pointer into the window, or PFN_NONE. */
static u32 ptr_to_pfn(const void *ptr)
{
	size_t offset = ptr - mmlab_machine.window;

	if (offset >= (size_t)mmlab_machine.nr_frames << PAGE_SHIFT)
		return PFN_NONE;
	return offset >> PAGE_SHIFT;
}

void *mmlab_alloc_pages(unsigned int order, unsigned int flags)
{
	u32 pfn;

	if (flags & ~(MMLAB_DMA | MMLAB_ZERO))
		return NULL;
	pfn = mmlab_frames_alloc(order, flags, USE_BLOCK, 0);
	return pfn == PFN_NONE ? NULL : mmlab_frame_address(&mmlab_machine, pfn);
}
EXPORT_SYMBOL_GPL(mmlab_alloc_pages);

int mmlab_free_pages(void *ptr, unsigned int order)
{
	if (!ptr)
		return 0;
	if (!PAGE_ALIGNED(ptr))
		return mmlab_frames_free(PFN_NONE, order, USE_BLOCK);
	return mmlab_frames_free(ptr_to_pfn(ptr), order, USE_BLOCK);
}
EXPORT_SYMBOL_GPL(mmlab_free_pages);

u32 mmlab_virt_to_phys(const void *ptr)
{
	u32 pfn = ptr_to_pfn(ptr);

	if (pfn == PFN_NONE)
		return U32_MAX;
	return mmlab_lpa_val(mmlab_pfn_to_lpa(pfn)) | offset_in_page(ptr);
}
EXPORT_SYMBOL_GPL(mmlab_virt_to_phys);
