/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /proc/mmlab: one .c per file or family of files. Each takes a snapshot and
 * prints it with no lock held, in the host's format for the file of that name.
 */
#ifndef MMLAB_PROC_PROC_H
#define MMLAB_PROC_PROC_H

#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "../mem/stat.h"

/* Makes /proc/mmlab and its files. 0, or -ENOMEM if the host has no memory. */
int mmlab_proc_init(void);
void mmlab_proc_exit(void);

int mmlab_proc_show_buddyinfo(struct seq_file *m, void *v);
int mmlab_proc_show_unusable_index(struct seq_file *m, void *v);
int mmlab_proc_show_extfrag_index(struct seq_file *m, void *v);
int mmlab_proc_show_zoneinfo(struct seq_file *m, void *v);
int mmlab_proc_show_meminfo(struct seq_file *m, void *v);
int mmlab_proc_show_slabinfo(struct seq_file *m, void *v);
int mmlab_proc_show_swaps(struct seq_file *m, void *v);
int mmlab_proc_show_vmallocinfo(struct seq_file *m, void *v);
int mmlab_proc_show_vmstat(struct seq_file *m, void *v);
int mmlab_proc_show_maps(struct seq_file *m, void *v);
int mmlab_proc_show_check(struct seq_file *m, void *v);

extern const struct proc_ops mmlab_proc_kpageflags_ops;
extern const struct proc_ops mmlab_proc_kpagecount_ops;

/**
 * mmlab_proc_print_region() - print a row of a maps file
 * @m: the file
 * @start: first linear address
 * @end: end (exclusive)
 * @perms: four characters
 * @offset: third column
 * @name: last column; may be empty
 *
 * Format: show_map_vma() in Linux fs/proc/task_mmu.c.
 */
void mmlab_proc_print_region(struct seq_file *m, u32 start, u32 end,
			     const char *perms, u32 offset, const char *name);

/* Frames as kB, as meminfo has it. */
static inline unsigned long mmlab_proc_kb(u32 nr_frames)
{
	return (unsigned long)nr_frames << (PAGE_SHIFT - 10);
}

#endif /* MMLAB_PROC_PROC_H */
