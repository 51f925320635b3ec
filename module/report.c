// SPDX-License-Identifier: GPL-2.0
/*
 * Prints reports of corruption; the only place that does.
 */
#define pr_fmt(fmt) "mmlab: " fmt

#include <linux/atomic.h>
#include <linux/printk.h>

#include "core/core_internal.h"
#include "report.h"

static atomic_t nr_reports;

void mmlab_report(const char *where, const struct lab_verdict *v)
{
	if (!v->broken)
		return;
	if (atomic_inc_return(&nr_reports) > 1)
		return;
	pr_err("corruption in the %s: \"%s\" does not hold at 0x%llx (expected 0x%llx, found 0x%llx)\n",
	       where, v->rule, v->where, v->want, v->got);
	pr_err("the host is not affected; unload and load mmlab to start afresh, later reports are only counted\n");
}

u32 mmlab_report_count(void)
{
	return atomic_read(&nr_reports);
}
