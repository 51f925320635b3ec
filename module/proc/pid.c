// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/mmlab/<lab pid>/: made when the device is opened, removed at its last close.
 */
#include <linux/cred.h>
#include <linux/slab.h>

#include "pid.h"

static struct proc_dir_entry *parent_dir;

/**
 * struct pid_file_type - a file that each directory has
 * @name: its name
 * @mode: its rights
 * @ops: operations of a binary file, or
 * @show: prints a whole text file, or
 * @regions: print a text file region by region
 */
struct pid_file_type {
	const char *name;
	umode_t mode;
	const struct proc_ops *ops;
	int (*show)(struct seq_file *m, void *v);
	const struct seq_operations *regions;
};

static int open_text(struct inode *inode, struct file *file)
{
	const struct pid_file *f = pde_data(inode);

	if (f->type->show)
		return single_open(file, f->type->show, f->dir);
	return seq_open_private(file, f->type->regions,
				sizeof(struct lab_region_view));
}

static int release_text(struct inode *inode, struct file *file)
{
	const struct pid_file *f = pde_data(inode);

	return f->type->show ? single_release(inode, file) :
			       seq_release_private(inode, file);
}

static ssize_t read_text(struct kiocb *iocb, struct iov_iter *to)
{
	struct pid_dir *dir = mmlab_proc_pid_dir(iocb->ki_filp);
	ssize_t done;

	if (!mmlab_proc_pid_begin(dir))
		return -ESRCH;
	done = seq_read_iter(iocb, to);
	mmlab_proc_pid_end(dir);
	return done;
}

static const struct proc_ops text_ops = {
	.proc_open = open_text,
	.proc_read_iter = read_text,
	.proc_lseek = seq_lseek,
	.proc_release = release_text,
};

static const struct pid_file_type types[NR_PID_FILES] = {
	{ "cmdline", 0444, &text_ops, .show = mmlab_proc_show_pid_cmdline },
	{ "comm", 0444, &text_ops, .show = mmlab_proc_show_pid_comm },
	{ "maps", 0444, &text_ops, .regions = &mmlab_proc_pid_maps_ops },
	{ "pagemap", 0400, &mmlab_proc_pid_pagemap_ops },
	{ "smaps", 0444, &text_ops, .regions = &mmlab_proc_pid_smaps_ops },
	{ "stat", 0444, &text_ops, .show = mmlab_proc_show_pid_stat },
	{ "statm", 0444, &text_ops, .show = mmlab_proc_show_pid_statm },
	{ "status", 0444, &text_ops, .show = mmlab_proc_show_pid_status },
};

static bool add_files(struct pid_dir *dir)
{
	struct proc_dir_entry *entry;
	u32 i;

	for (i = 0; i < NR_PID_FILES; i++) {
		dir->file[i].dir = dir;
		dir->file[i].type = &types[i];
		entry = proc_create_data(types[i].name, types[i].mode, dir->entry,
					 types[i].ops, &dir->file[i]);
		if (!entry)
			return false;
		proc_set_user(entry, dir->uid, dir->gid);
	}
	return true;
}

int mmlab_proc_pid_add(struct lab_process *p)
{
	struct pid_dir *dir = kzalloc(sizeof(*dir), GFP_KERNEL);
	char name[12];

	if (!dir)
		return -ENOMEM;
	snprintf(name, sizeof(name), "%u", p->mm.owner);
	mmlab_proc_pid_dir_setup(dir);
	dir->uid = current_euid();
	dir->gid = current_egid();
	kref_get(&p->ref);
	dir->p = p;
	dir->entry = proc_mkdir(name, parent_dir);
	if (!dir->entry)
		goto err_put;
	proc_set_user(dir->entry, dir->uid, dir->gid);
	if (!add_files(dir))
		goto err_remove;
	p->dir = dir;
	return 0;

err_remove:
	proc_remove(dir->entry);
err_put:
	mmlab_process_put(p);
	kfree(dir);
	return -ENOMEM;
}

void mmlab_proc_pid_remove(struct lab_process *p)
{
	mmlab_proc_pid_dir_retire(p->dir);
}

int mmlab_proc_pid_init(struct proc_dir_entry *parent)
{
	parent_dir = parent;
	return mmlab_proc_pid_dir_init();
}
