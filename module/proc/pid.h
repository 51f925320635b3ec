/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /proc/mmlab/<lab pid>/: a directory per lab process, as in the host's /proc.
 */
#ifndef MMLAB_PROC_PID_H
#define MMLAB_PROC_PID_H

#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/uidgid.h>

#include "../mem/mm_view.h"

/**
 * struct pid_dir - the directory of one lab process
 * @p: the process; a reference
 * @entry: the directory
 * @uid: who opened the device
 * @gid: and that one's group
 * @ref: the process's, and that of whoever takes the directory away
 * @removal: takes it away
 * @removed: it is away
 */
struct pid_dir {
	struct lab_process *p;
	struct proc_dir_entry *entry;
	kuid_t uid;
	kgid_t gid;
	struct kref ref;
	struct work_struct removal;
	struct completion removed;
};

/**
 * mmlab_proc_pid_init() - have a directory made for each lab process
 * @parent: /proc/mmlab
 *
 * Return: 0; -ENOMEM.
 */
int mmlab_proc_pid_init(struct proc_dir_entry *parent);

/* After the last lab process. */
void mmlab_proc_pid_exit(void);

extern const struct seq_operations mmlab_proc_pid_maps_ops;
extern const struct seq_operations mmlab_proc_pid_smaps_ops;
extern const struct proc_ops mmlab_proc_pid_pagemap_ops;

int mmlab_proc_show_pid_cmdline(struct seq_file *m, void *v);
int mmlab_proc_show_pid_stat(struct seq_file *m, void *v);
int mmlab_proc_show_pid_statm(struct seq_file *m, void *v);
int mmlab_proc_show_pid_status(struct seq_file *m, void *v);

#endif /* MMLAB_PROC_PID_H */
