/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reports of corruption. Whoever detects it says so here; report.c prints; what
 * happens to the object is decided by the caller.
 */
#ifndef MMLAB_REPORT_H
#define MMLAB_REPORT_H

#include "core/slab_debug.h"
#include "core/verdict.h"

/**
 * mmlab_report() - tell the kernel log about broken rules
 * @where: the part of the lab that found it, e.g. "page table"
 * @v: what was found; nothing happens if no rule is broken
 *
 * The first report is printed with what was expected and what was found; all
 * are counted, and the instance is marked from then on.
 *
 * Context: any but hard interrupts.
 */
void mmlab_report(const char *where, const struct lab_verdict *v);

/**
 * mmlab_report_slab() - tell the kernel log about a corrupt slab object
 * @fault: what was found
 *
 * In SLUB's wording and order. Every such report is printed, up to
 * MMLAB_MAX_SLAB_REPORTS; all are counted.
 *
 * Context: process context, no lock that printing could need.
 */
void mmlab_report_slab(const struct lab_slab_fault *fault);

#define MMLAB_MAX_SLAB_REPORTS	64

/* Reports so far; not 0 means that this instance can't be trusted. */
u32 mmlab_report_count(void);

#endif /* MMLAB_REPORT_H */
