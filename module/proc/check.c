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

static void print_check_frames(struct seq_file *m, const struct lab_checkup *c)
{
	print_class(m, "free:", mmlab_stat_nr_in_state(&c->census, FRAME_FREE));
	print_class(m, "per-cpu:", mmlab_stat_nr_in_state(&c->census, FRAME_PCP));
	print_class(m, "slab:", mmlab_stat_nr_used(&c->census, USE_SLAB));
	print_class(m, "page tables:", mmlab_stat_nr_used(&c->census, USE_PGTABLE));
	print_class(m, "user:", mmlab_stat_nr_used(&c->census, USE_USER));
	print_class(m, "blocks:", mmlab_stat_nr_used(&c->census, USE_BLOCK));
	print_class(m, "vmalloc:", mmlab_stat_nr_used(&c->census, USE_VMALLOC));
	print_class(m, "quarantine:", mmlab_stat_nr_in_state(&c->census, FRAME_QUARANTINE));
	print_class(m, "bad:", mmlab_stat_nr_in_state(&c->census, FRAME_BAD));
	print_class(m, "reserved:", mmlab_stat_nr_in_state(&c->census, FRAME_RESERVED));
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
	print_check_frames(m, &c);
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
