/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Translation of an address, for MMLAB_TRANSLATE.
 */
#ifndef MMLAB_MEM_TRANSLATE_H
#define MMLAB_MEM_TRANSLATE_H

#include "../uapi/mmlab.h"
#include "process.h"

/**
 * mmlab_translate() - translate an address as the lab's hardware would
 * @p: process
 * @t: (in) lva, any value; (out) all else
 *
 * Context: process context; takes lab_mm.lock and lab_vm_space.lock.
 */
void mmlab_translate(struct lab_process *p, struct mmlab_translation *t);

#endif /* MMLAB_MEM_TRANSLATE_H */
