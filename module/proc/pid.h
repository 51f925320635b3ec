/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /proc/mmlab/<lab pid>/: a directory per lab process, as in the host's /proc.
 */
#ifndef MMLAB_PROC_PID_H
#define MMLAB_PROC_PID_H

#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>

#include "../mem/mm_view.h"

struct pid_dir;
struct pid_file_type;

/* A file of a directory, which proc has as the file's data. */
struct pid_file {
	struct pid_dir *dir;
	const struct pid_file_type *type;
};

#define NR_PID_FILES	8U

/**
 * struct pid_dir - the directory of one lab process
 * @p: the process; a reference
 * @entry: the directory
 * @uid: user that opened the device
 * @gid: group of that user
 * @lock: covers the two that follow
 * @gone: the process has ended: no read begins any more
 * @nr_readers: reads in progress; each may wait for its user's memory
 * @removal: removes the directory after the last read
 * @file: its files
 */
struct pid_dir {
	struct lab_process *p;
	struct proc_dir_entry *entry;
	kuid_t uid;
	kgid_t gid;
	spinlock_t lock;
	bool gone;
	unsigned int nr_readers;
	struct work_struct removal;
	struct pid_file file[NR_PID_FILES];
};

/* The directory that an open file of it belongs to. */
static inline struct pid_dir *mmlab_proc_pid_dir(const struct file *file)
{
	const struct pid_file *f = pde_data(file_inode(file));

	return f->dir;
}

/*
 * Prepares the directories of lab processes in /proc/mmlab. 0, or -ENOMEM if the host has no
 * memory.
 */
int mmlab_proc_pid_init(struct proc_dir_entry *parent);

/* After the last lab process. */
void mmlab_proc_pid_exit(void);

/* pid_dir.c: counts readers and removes the directory after the last one. */
int mmlab_proc_pid_dir_init(void);
void mmlab_proc_pid_dir_setup(struct pid_dir *dir);
void mmlab_proc_pid_dir_retire(struct pid_dir *dir);

/* Makes the directory of a new lab process. 0, or -ENOMEM if the host has no memory. */
int mmlab_proc_pid_add(struct lab_process *p);

/*
 * Removes the directory of a process that ends, after its last reader if it has readers; it
 * keeps a reference to the process until then.
 */
void mmlab_proc_pid_remove(struct lab_process *p);

/*
 * Begins a read of a file in a directory; directory and process stay until
 * mmlab_proc_pid_end(). Each read calls it before it takes a lock or touches its user's
 * memory. False if the process has ended; the read then returns -ESRCH.
 */
bool mmlab_proc_pid_begin(struct pid_dir *dir);
void mmlab_proc_pid_end(struct pid_dir *dir);

extern const struct seq_operations mmlab_proc_pid_maps_ops;
extern const struct seq_operations mmlab_proc_pid_smaps_ops;
extern const struct proc_ops mmlab_proc_pid_pagemap_ops;

int mmlab_proc_show_pid_cmdline(struct seq_file *m, void *v);
int mmlab_proc_show_pid_comm(struct seq_file *m, void *v);
int mmlab_proc_show_pid_stat(struct seq_file *m, void *v);
int mmlab_proc_show_pid_statm(struct seq_file *m, void *v);
int mmlab_proc_show_pid_status(struct seq_file *m, void *v);

#endif /* MMLAB_PROC_PID_H */
