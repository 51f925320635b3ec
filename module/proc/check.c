// SPDX-License-Identifier: GPL-2.0
/*
 * check: the conservation law, then each validator's verdict; the last line is
 * "ok" or says what is broken.
 */
#include "proc.h"

static void print_class(struct seq_file *m, const char *name, u32 nr)
{
	seq_printf(m, "%-16s%8u\n", name, nr);
}

static u32 nr_in_state(const struct lab_checkup *c, enum frame_state state)
{
	return c->census.nr_state[LAB_ZONE_DMA][state] +
	       c->census.nr_state[LAB_ZONE_NORMAL][state];
}

static u32 nr_used(const struct lab_checkup *c, enum frame_use use)
{
	return c->census.nr_use[LAB_ZONE_DMA][use] +
	       c->census.nr_use[LAB_ZONE_NORMAL][use];
}

static void print_frames(struct seq_file *m, const struct lab_checkup *c)
{
	print_class(m, "free:", nr_in_state(c, FRAME_FREE));
	print_class(m, "per-cpu:", nr_in_state(c, FRAME_PCP));
	print_class(m, "slab:", nr_used(c, USE_SLAB));
	print_class(m, "page tables:", nr_used(c, USE_PGTABLE));
	print_class(m, "user:", nr_used(c, USE_USER));
	print_class(m, "blocks:", nr_used(c, USE_BLOCK));
	print_class(m, "vmalloc:", nr_used(c, USE_VMALLOC));
	print_class(m, "quarantine:", nr_in_state(c, FRAME_QUARANTINE));
	print_class(m, "reserved:", nr_in_state(c, FRAME_RESERVED));
	print_class(m, "arena:", c->nr_frames);
}

static void print_part(struct seq_file *m, const char *name,
		       const struct lab_verdict *v)
{
	if (!v->broken)
		seq_printf(m, "%s: ok, %llu checked\n", name, v->nr_objects);
	else
		seq_printf(m, "%s: %u broken, first: \"%s\" at 0x%llx, expected 0x%llx, found 0x%llx\n",
			   name, v->broken, v->rule, v->where, v->want, v->got);
}

int mmlab_proc_show_check(struct seq_file *m, void *v)
{
	const struct lab_verdict *broken;
	struct lab_checkup c;
	unsigned int part;

	mmlab_stat_check(&c);
	print_frames(m, &c);
	for (part = 0; part < NR_LAB_PARTS; part++)
		print_part(m, mmlab_stat_part_name(part), &c.part[part]);
	broken = mmlab_stat_first_broken(&c);
	if (broken)
		seq_printf(m, "BROKEN: %s\n", broken->rule);
	else if (c.nr_reports)
		seq_printf(m, "BROKEN: %u reports of corruption so far, see the kernel log\n",
			   c.nr_reports);
	else
		seq_puts(m, "ok\n");
	return 0;
}
