/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many host entries a lab process may have: the size of its TLB. With few of them,
 * the lab sees each reference that goes to another page than those before.
 */
#ifndef MMLAB_MEM_TLB_H
#define MMLAB_MEM_TLB_H

#include "process.h"

/* Entries of a TLB whose size is limited. */
#define LAB_TLB_MAX	64U

/**
 * struct lab_tlb - host entries of a process, under its lab_mm.lock
 * @nr_max: entries that it may have
 * @next: the entry that goes next: first in, first out
 * @lva: pages that may have an entry; TLB_NONE: none. The host or a flush may have
 *	taken it away, so there are never more entries than these
 */
struct lab_tlb {
	u32 nr_max;
	u32 next;
	u32 lva[LAB_TLB_MAX];
};

/*
 * Limits the host entries of a process on pages of user space to @nr_max, up to LAB_TLB_MAX;
 * 0: no limit. All that there are go. A page has one entry in each of its windows. Sleeps;
 * takes lab_mm.lock.
 *
 * Return:
 * * 0 - the process has the limit
 * * -ENOMEM - the host has no memory
 */
int mmlab_tlb_resize(struct lab_process *p, u32 nr_max);

/* The limit, 0: none, and soft faults of the process so far. Takes lab_mm.lock. */
void mmlab_tlb_get(struct lab_process *p, u32 *nr_max, u64 *nr_soft);

/* The end of a process without windows. */
void mmlab_tlb_exit(struct lab_process *p);

/* Makes room for a page's entry in a process with a limit. Sleeps. */
void mmlab_tlb_replace_locked(struct lab_process *p, u32 lva);

#endif /* MMLAB_MEM_TLB_H */
