/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fault-around: a touch of one page brings its neighbours into the window, too.
 */
#ifndef MMLAB_DEV_AROUND_H
#define MMLAB_DEV_AROUND_H

#include <linux/mm_types.h>

#include "../mem/process.h"

/**
 * mmlab_around_map_locked() - enter the pages around a touched one
 * @p: process
 * @vmf: the fault; its own page is left to the caller
 *
 * At most as many as the parameter fault_around says, in the window, in VMAs that
 * can be read. The entries only read: the first store to each page is a fault of its
 * own and is noted as such; a load is not.
 *
 * Context: lab_mm.lock held, so that nothing is taken away meanwhile.
 */
void mmlab_around_map_locked(struct lab_process *p, const struct vm_fault *vmf);

#endif /* MMLAB_DEV_AROUND_H */
