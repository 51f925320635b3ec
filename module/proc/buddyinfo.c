// SPDX-License-Identifier: GPL-2.0
/*
 * buddyinfo, unusable_index, extfrag_index: a row per zone, a column per order.
 * Formats: frag_show_print(), unusable_show_print(), extfrag_show_print() in
 * Linux mm/vmstat.c.
 */
#include "../mem/arena.h"
#include "proc.h"

static void print_blocks(struct seq_file *m, const struct lab_zone_snapshot *s)
{
	unsigned int order;

	seq_printf(m, "Node %d, zone %8s ", 0, s->name);
	for (order = 0; order < LAB_NR_ORDERS; order++)
		seq_printf(m, "%6lu ", (unsigned long)s->nr_free_blocks[order]);
	seq_putc(m, '\n');
}

static void print_unusable(struct seq_file *m, const struct lab_zone_snapshot *s)
{
	unsigned int order;

	seq_printf(m, "Node %d, zone %8s ", 0, s->name);
	for (order = 0; order < LAB_NR_ORDERS; order++) {
		int index = mmlab_buddy_unusable_index(s, order);

		seq_printf(m, "%d.%03d ", index / 1000, index % 1000);
	}
	seq_putc(m, '\n');
}

static void print_extfrag(struct seq_file *m, const struct lab_zone_snapshot *s)
{
	unsigned int order;

	seq_printf(m, "Node %d, zone %8s ", 0, s->name);
	for (order = 0; order < LAB_NR_ORDERS; order++) {
		int index = mmlab_buddy_extfrag_index(s, order);

		/* as on the host, the sign of a number between -1 and 0 is after the point */
		seq_printf(m, "%2d.%03d ", index / 1000, index % 1000);
	}
	seq_putc(m, '\n');
}

static int show_zones(struct seq_file *m,
		      void (*print)(struct seq_file *m,
				    const struct lab_zone_snapshot *s))
{
	struct lab_zone_snapshot s;
	unsigned int zone;

	for (zone = 0; zone < NR_LAB_ZONES; zone++) {
		mmlab_buddy_snapshot(&mmlab_machine, zone, &s);
		print(m, &s);
	}
	return 0;
}

int mmlab_proc_show_buddyinfo(struct seq_file *m, void *v)
{
	return show_zones(m, print_blocks);
}

int mmlab_proc_show_unusable_index(struct seq_file *m, void *v)
{
	return show_zones(m, print_unusable);
}

int mmlab_proc_show_extfrag_index(struct seq_file *m, void *v)
{
	return show_zones(m, print_extfrag);
}
