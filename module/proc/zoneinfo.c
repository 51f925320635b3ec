// SPDX-License-Identifier: GPL-2.0
/*
 * zoneinfo. Format: zoneinfo_show_print() in Linux mm/vmstat.c.
 */
#include <linux/cpumask.h>
#include <linux/slab.h>

#include "proc.h"

static void print_stat(struct seq_file *m, const char *name, u32 value)
{
	seq_printf(m, "\n      %-12s %lu", name, (unsigned long)value);
}

/* Per-node numbers stand in the first zone's block. */
static void print_node(struct seq_file *m, const struct lab_snapshot *s)
{
	seq_puts(m, "\n  per-node stats");
	print_stat(m, "nr_anon_pages", mmlab_stat_nr_used(&s->census, USE_USER));
	print_stat(m, "nr_slab_unreclaimable", mmlab_stat_nr_used(&s->census, USE_SLAB));
	print_stat(m, "nr_page_table_pages", mmlab_stat_nr_used(&s->census, USE_PGTABLE));
}

static void print_protection(struct seq_file *m, const struct lab_snapshot *s,
			     unsigned int zone)
{
	unsigned int i;

	seq_puts(m, "\n        protection: (");
	for (i = 0; i < NR_LAB_ZONES; i++)
		seq_printf(m, "%s%lu", i ? ", " : "",
			   i > zone ? (unsigned long)s->zone[zone].lowmem_reserve : 0UL);
	seq_putc(m, ')');
}

static void print_pagesets(struct seq_file *m, const struct lab_snapshot *s,
			   unsigned int zone)
{
	unsigned int cpu;

	seq_puts(m, "\n  pagesets");
	for_each_online_cpu(cpu)
		seq_printf(m, "\n    cpu: %i\n              count: %i\n              high:  %i\n              batch: %i",
			   cpu, s->pcp[cpu][zone], s->pcp_high, s->pcp_batch);
}

static void print_zone(struct seq_file *m, const struct lab_snapshot *s,
		       unsigned int zone)
{
	const struct lab_zone_snapshot *z = &s->zone[zone];
	const u32 *nr_use = s->census.nr_use[zone];
	const u32 *nr_state = s->census.nr_state[zone];
	u32 spanned = z->end - z->start;

	seq_printf(m, "Node %d, zone %8s", 0, z->name);
	if (zone == 0)
		print_node(m, s);
	seq_printf(m, "\n  pages free     %lu\n        boost    %lu\n        min      %lu\n        low      %lu\n        high     %lu\n        spanned  %lu\n        present  %lu\n        managed  %lu\n        cma      %lu",
		   (unsigned long)z->nr_free, 0UL, (unsigned long)z->min,
		   (unsigned long)z->low, (unsigned long)z->high,
		   (unsigned long)spanned, (unsigned long)spanned,
		   (unsigned long)z->nr_managed, 0UL);
	print_protection(m, s, zone);
	print_stat(m, "nr_free_pages", z->nr_free);
	print_stat(m, "nr_zone_anon_pages", nr_use[USE_USER]);
	print_stat(m, "nr_zone_page_table_pages", nr_use[USE_PGTABLE]);
	print_stat(m, "nr_zone_slab_pages", nr_use[USE_SLAB]);
	print_stat(m, "nr_zone_vmalloc_pages", nr_use[USE_VMALLOC]);
	print_stat(m, "nr_zone_block_pages", nr_use[USE_BLOCK]);
	print_stat(m, "nr_zone_pcp_pages", nr_state[FRAME_PCP]);
	print_stat(m, "nr_zone_quarantine_pages", nr_state[FRAME_QUARANTINE]);
	print_stat(m, "nr_zone_bad_pages", nr_state[FRAME_BAD]);
	print_stat(m, "nr_zone_reserved_pages", nr_state[FRAME_RESERVED]);
	print_pagesets(m, s, zone);
	seq_printf(m, "\n  node_unreclaimable:  %u\n  start_pfn:           %lu\n",
		   0, (unsigned long)z->start);
}

int mmlab_proc_show_zoneinfo(struct seq_file *m, void *v)
{
	struct lab_snapshot *s = mmlab_stat_snapshot();
	unsigned int zone;

	if (!s)
		return -ENOMEM;
	for (zone = 0; zone < NR_LAB_ZONES; zone++)
		print_zone(m, s, zone);
	kfree(s);
	return 0;
}
