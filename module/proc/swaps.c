// SPDX-License-Identifier: GPL-2.0
/*
 * swaps. Format: swap_show() in Linux mm/swapfile.c. An area in memory of the host's
 * tmpfs has no file name; it is called by its number.
 */
#include <linux/mm.h>

#include "../mem/swapfile.h"
#include "proc.h"

/* The host has one tab more after a number that is shorter. */
static const char *pad(unsigned long kb)
{
	return kb < 10000000 ? "\t" : "";
}

int mmlab_proc_show_swaps(struct seq_file *m, void *v)
{
	struct lab_swapfile_view view[LAB_NR_SWAP_AREAS];
	u32 type;

	mmlab_swapfile_view(view);
	seq_puts(m, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
	for (type = 0; type < LAB_NR_SWAP_AREAS; type++) {
		unsigned long kb = mmlab_proc_kb(view[type].nr_pages);
		unsigned long used_kb = mmlab_proc_kb(view[type].nr_used);
		char name[16];

		if (!view[type].nr_pages)
			continue;
		snprintf(name, sizeof(name), "memory:%u", type);
		seq_printf(m, "%-40sfile\t\t%lu\t%s%lu\t%s%d\n", name, kb, pad(kb),
			   used_kb, pad(used_kb), view[type].prio);
	}
	return 0;
}
