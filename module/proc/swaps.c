// SPDX-License-Identifier: GPL-2.0
/*
 * swaps. Format: swap_show() in Linux mm/swapfile.c. An area in memory of the host's
 * tmpfs has no file name; it is called by its number.
 */
#include <linux/file.h>
#include <linux/mm.h>

#include "../mem/swapfile.h"
#include "proc.h"

/* The host has one tab more after a number that is shorter. */
static const char *pad(unsigned long kb)
{
	return kb < 10000000 ? "\t" : "";
}

/* Returns characters that the name takes. As in the host's file, some are escaped. */
static int show_name(struct seq_file *m, struct file *file, u32 type)
{
	if (file)
		return seq_file_path(m, file, " \t\n\\");
	seq_printf(m, "memory:%u", type);
	return strlen("memory:0");
}

static void show_area(struct seq_file *m, struct file *file, u32 type,
		      const struct lab_swapfile_view *view)
{
	unsigned long kb = mmlab_proc_kb(view->nr_pages);
	unsigned long used_kb = mmlab_proc_kb(view->nr_used);
	int len = show_name(m, file, type);

	seq_printf(m, "%*sfile\t\t%lu\t%s%lu\t%s%d\n", len < 40 ? 40 - len : 1, " ", kb,
		   pad(kb), used_kb, pad(used_kb), view->prio);
}

int mmlab_proc_show_swaps(struct seq_file *m, void *v)
{
	u32 type;

	seq_puts(m, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
	for (type = 0; type < LAB_NR_SWAP_AREAS; type++) {
		struct lab_swapfile_view view;
		struct file *file = mmlab_swapfile_view_file(type, &view);

		if (view.nr_pages)
			show_area(m, file, type, &view);
		if (file)
			fput(file);
	}
	return 0;
}
