/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page as its frame's number, and where it can be when it may be taken away.
 */
#ifndef MMLAB_CORE_PAGE_H
#define MMLAB_CORE_PAGE_H

/* no page, no frame */
#define PFN_NONE	U32_MAX

enum lab_lru_id {
	LAB_LRU_NONE,		/* on no list: not reclaimable, or not yet */
	LAB_LRU_INACTIVE,
	LAB_LRU_ACTIVE,
	LAB_LRU_ISOLATED,	/* chosen: may not be chosen again */
	NR_LAB_LRU_LISTS
};

#endif /* MMLAB_CORE_PAGE_H */
