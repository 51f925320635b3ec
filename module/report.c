// SPDX-License-Identifier: GPL-2.0
/*
 * Prints reports of corruption; the only place that does.
 */
#define pr_fmt(fmt) "mmlab: " fmt

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/stacktrace.h>

#include "core/core_internal.h"
#include "report.h"

/* Counted by kind, so that many reports of the one do not silence the other. */
enum report_kind {
	REPORT_RULE,
	REPORT_SLAB,
	NR_REPORT_KINDS
};

static atomic_t nr_reports[NR_REPORT_KINDS];

/*
 * Who found it, as names: dump_stack() would add registers of the host, which say
 * nothing about the lab.
 */
static void print_stack(void)
{
	unsigned long entries[8];
	unsigned int i, nr = stack_trace_save(entries, ARRAY_SIZE(entries), 1);

	pr_err("found by:\n");
	for (i = 0; i < nr; i++)
		pr_err("  %pS\n", (void *)entries[i]);
}

void mmlab_report(const char *where, const struct lab_verdict *v)
{
	if (!v->broken)
		return;
	if (atomic_inc_return(&nr_reports[REPORT_RULE]) > 1)
		return;
	pr_err("corruption in the %s: \"%s\" does not hold at 0x%llx (expected 0x%llx, found 0x%llx)\n",
	       where, v->rule, v->where, v->want, v->got);
	pr_err("the host is not affected; unload and load mmlab to start afresh, later reports of broken rules are only counted\n");
	print_stack();
}

void mmlab_report_policy(const char *name, const struct lab_verdict *v)
{
	static DEFINE_RATELIMIT_STATE(limit, 5 * HZ, 100);

	if (!__ratelimit(&limit))
		return;
	pr_warn("policy %s was dismissed: \"%s\" does not hold at 0x%llx (expected 0x%llx, found 0x%llx); the default takes over\n",
		name, v->rule, v->where, v->want, v->got);
}

static const char * const fault_words[] = {
	[SLAB_FAULT_LEFT_REDZONE]	= "Left Redzone overwritten",
	[SLAB_FAULT_RIGHT_REDZONE]	= "Right Redzone overwritten",
	[SLAB_FAULT_POISON]		= "Poison overwritten",
	[SLAB_FAULT_PADDING]		= "Object padding overwritten",
	[SLAB_FAULT_DOUBLE_FREE]	= "Object already free",
	[SLAB_FAULT_BAD_POINTER]	= "Invalid object pointer",
	[SLAB_FAULT_BAD_COUNT]	= "Wrong object count",
};

static const char * const remedy_words[] = {
	[SLAB_REMEDY_REFUSED]		= "not freed",
	[SLAB_REMEDY_RESTORED]		= "restored, still in use",
	[SLAB_REMEDY_QUARANTINED]	= "not restored, quarantined",
};

static void print_track(const char *verb, const struct lab_slab_track *track)
{
	if (!track->when)
		return;
	pr_err("%s in %pS age=%llu cpu=%u pid=%u\n", verb,
	       (void *)(unsigned long)track->caller,
	       (unsigned long long)(get_jiffies_64() - track->when), track->cpu,
	       track->pid);
}

/* Prints bytes in rows of 16, each with its lab address. */
static void print_bytes(const char *what, u32 lva, const u8 *bytes, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i += 16)
		pr_err("%-8s 0x%08x: %*ph\n", what, lva + i,
		       (int)min(nr - i, 16U), bytes + i);
}

static void print_object(const struct lab_slab_fault *f)
{
	pr_err("Slab 0x%05x objects=%u used=%u\n", f->pfn, f->nr_objects,
	       f->nr_used);
	pr_err("Object 0x%08x @offset=%u\n", f->lva, f->offset);
	if (f->secret)	/* it holds pointers of the host */
		return;
	print_bytes("Redzone", f->lva - f->zone_bytes, f->left, f->zone_bytes);
	print_bytes("Object", f->lva, f->dump,
		    min(f->object_size, LAB_FAULT_DUMP));
	print_bytes("Redzone", f->lva + f->object_size, f->right, f->zone_bytes);
}

void mmlab_report_slab(const struct lab_slab_fault *f)
{
	u32 nr = atomic_inc_return(&nr_reports[REPORT_SLAB]);

	if (nr > MMLAB_MAX_SLAB_REPORTS)
		return;
	pr_err("=============================================================================\n");
	pr_err("BUG %s: %s\n", f->cache, fault_words[f->kind]);
	pr_err("-----------------------------------------------------------------------------\n");
	if (f->bad_end)
		pr_err("0x%08x-0x%08x @offset=%u. First byte 0x%x instead of 0x%x\n",
		       f->bad_lva, f->bad_end - 1,
		       f->offset + (f->bad_lva - f->lva), f->found, f->expected);
	if (f->has_tracks) {
		print_track("Allocated", &f->track[TRACK_ALLOC]);
		print_track("Freed", &f->track[TRACK_FREE]);
	}
	if (f->pfn == PFN_NONE)
		pr_err("0x%08x is in no slab of the cache\n", f->lva);
	else
		print_object(f);
	pr_err("FIX %s: Object at 0x%08x %s\n", f->cache, f->lva,
	       remedy_words[f->remedy]);
	if (nr == 1)
		print_stack();
}

u32 mmlab_report_count(void)
{
	return atomic_read(&nr_reports[REPORT_RULE]) +
	       atomic_read(&nr_reports[REPORT_SLAB]);
}
