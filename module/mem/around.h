/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fault-around: a touch of one page brings its neighbours into the window as well.
 */
#ifndef MMLAB_MEM_AROUND_H
#define MMLAB_MEM_AROUND_H

#include <linux/mm_types.h>

#include "process.h"

/* The parameter fault_around: pages that one touch brings at most; 1 is its own only. */
extern unsigned int mmlab_around_nr;

/**
 * mmlab_around_enter_locked() - enter a touched page and those around it
 * @p: process
 * @vmf: the fault; the lab has its page, which is dirty after a store
 * @nr: pages at most, in an aligned range; only those in the window and in VMAs that
 *	permit the touch are entered
 * @write: the touch is a store. The entries are then writable, and pages that are
 *	supplied count as dirty, as those of a huge page do. After a load the entries
 *	only read: the first store to each page is a fault of its own
 *
 * Context: lab_mm.lock held, so that no page is taken away meanwhile.
 * Return: as mmlab_entry_make().
 */
int mmlab_around_enter_locked(struct lab_process *p, const struct vm_fault *vmf,
			      unsigned int nr, bool write);

#endif /* MMLAB_MEM_AROUND_H */
