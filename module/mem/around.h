/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fault-around: a touch of one page brings its neighbours into the window, too.
 */
#ifndef MMLAB_MEM_AROUND_H
#define MMLAB_MEM_AROUND_H

#include <linux/mm_types.h>

#include "process.h"

/* The parameter fault_around: pages that a touch brings at most, 1: its own. */
extern unsigned int mmlab_around_nr;

/**
 * mmlab_around_enter_locked() - enter a touched page and those around it
 * @p: process
 * @vmf: the fault; its page is there, and after a store dirty
 * @nr: at most so many: those of an aligned range, in the window, in VMAs that permit
 *	the touch
 * @write: it is a store: the entries are writable, and pages that are supplied for
 *	it count as dirty, as those of a huge page do. Else they only read: the first
 *	store to each is a fault of its own; a load is not noticed
 *
 * Context: lab_mm.lock held, so that nothing is taken away meanwhile.
 * Return: 0; what mmlab_entry_make() says.
 */
int mmlab_around_enter_locked(struct lab_process *p, const struct vm_fault *vmf,
			      unsigned int nr, bool write);

#endif /* MMLAB_MEM_AROUND_H */
