// SPDX-License-Identifier: GPL-2.0
/* Finds the region of a linear address, and the frames of a range. */
#include <inttypes.h>
#include <stdio.h>

#include "layout.h"
#include "libmmlab.h"

const char *layout_region(const struct session *session, uint32_t lva)
{
	const struct mmlab_info *info = &session->info;

	return lva < info->page_offset ? "user space" :
	       lva < info->high_memory ? "direct map" :
	       lva < info->vmalloc_start ? "hole" :
	       lva < info->vmalloc_end ? "vmalloc region" : "reserved";
}

bool layout_virt_to_phys(const struct session *session, uint32_t lva, uint64_t *phys)
{
	if (lva < session->info.page_offset || lva >= session->info.high_memory)
		return false;
	*phys = lva - session->info.page_offset;
	return true;
}

const char *layout_refusal(const struct session *session, uint32_t lva,
			   char buf[LAYOUT_REASON_BYTES])
{
	const struct mmlab_info *info = &session->info;
	char nonsense[48] = "";

	if (lva >= info->page_offset)
		snprintf(nonsense, sizeof(nonsense), " 0x%08x is above the last frame.",
			 lva - info->page_offset);
	snprintf(buf, LAYOUT_REASON_BYTES,
		 "To subtract 0x%08x is right in the direct map only (0x%08x-0x%08x).\n"
		 "  This is the %s.%s Ask the page tables: mmlab walk 0x%08x",
		 info->page_offset, info->page_offset, info->high_memory,
		 layout_region(session, lva), nonsense, lva);
	return buf;
}

int layout_frames(const struct session *session, uint32_t lva, uint64_t bytes,
		  struct layout_frames *frames)
{
	uint64_t page_size = 1ULL << session->info.page_shift;
	uint64_t at = lva & ~(page_size - 1), end = (uint64_t)lva + bytes;
	uint64_t next = UINT64_MAX;

	*frames = (struct layout_frames){ 0 };
	for (; at < end; at += page_size) {
		struct mmlab_translation t = { .lva = (uint32_t)(at < lva ? lva : at) };
		int error = mmlab_translate(session->fd, &t);

		if (error)
			return error;
		if (t.step != MMLAB_STEP_OK) {
			next = UINT64_MAX;
			continue;
		}
		if (at <= lva)
			frames->first_phys = t.phys;
		frames->nr_frames++;
		frames->nr_stretches += t.pfn != next;
		next = t.pfn + 1ULL;
	}
	return 0;
}
