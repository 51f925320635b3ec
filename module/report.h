/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reports of corruption. A validator or a free that finds it calls these functions,
 * which print and count; the caller decides what happens to the object.
 */
#ifndef MMLAB_REPORT_H
#define MMLAB_REPORT_H

#include "core/slab_debug.h"
#include "core/verdict.h"

/*
 * Prints broken rules to the kernel log; @where is the part of the lab that found them, e.g.
 * "page table". The first of these reports is printed with what was expected and what was
 * found, and with a stack; all are counted, and the instance is marked from then on. Any
 * context but hard interrupts.
 */
void mmlab_report(const char *where, const struct lab_verdict *v);

/*
 * Says that a policy was dismissed, and which rule it broke. It is no corruption: the lab is
 * whole, and the default has taken over. Most of these reports are printed, up to a hundred
 * in five seconds.
 */
void mmlab_report_policy(const char *name, const struct lab_verdict *v);

/*
 * Prints a corrupt slab object to the kernel log, in SLUB's wording and order. The first
 * MMLAB_MAX_SLAB_REPORTS are printed; all are counted. No lock of the lab held.
 */
void mmlab_report_slab(const struct lab_slab_fault *fault);

#define MMLAB_MAX_SLAB_REPORTS	64

/* Reports so far; if there are any, this instance of the lab can't be trusted. */
u32 mmlab_report_count(void);

#endif /* MMLAB_REPORT_H */
