// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/mmlab/<lab pid>/: made when the device is opened, taken away at its last
 * close.
 */
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "../mem/lifetime.h"
#include "pid.h"
#include "proc.h"

/* A close waits as long for readers of the directory, and no longer. */
#define PATIENCE	(HZ / 4)

static struct proc_dir_entry *parent_dir;
static struct workqueue_struct *removals;

static void release(struct kref *ref)
{
	struct pid_dir *dir = container_of(ref, struct pid_dir, ref);

	mmlab_process_put(dir->p);
	kfree(dir);
}

/* Waits for readers, which may be slow in taking what they have read. */
static void remove_dir(struct work_struct *work)
{
	struct pid_dir *dir = container_of(work, struct pid_dir, removal);

	proc_remove(dir->entry);
	complete(&dir->removed);
	kref_put(&dir->ref, release);
}

static bool add_file(struct pid_dir *dir, struct proc_dir_entry *file)
{
	if (file)
		proc_set_user(file, dir->uid, dir->gid);
	return file;
}

static bool add_text(struct pid_dir *dir, const char *name,
		     int (*show)(struct seq_file *m, void *v))
{
	return add_file(dir, proc_create_single_data(name, 0444, dir->entry,
						     show, dir));
}

static bool add_regions(struct pid_dir *dir, const char *name,
			const struct seq_operations *ops)
{
	return add_file(dir, proc_create_seq_private(name, 0444, dir->entry, ops,
						     sizeof(struct lab_region_view),
						     dir));
}

static bool add_files(struct pid_dir *dir)
{
	return add_text(dir, "cmdline", mmlab_proc_show_pid_cmdline) &&
	       add_regions(dir, "maps", &mmlab_proc_pid_maps_ops) &&
	       add_file(dir, proc_create_data("pagemap", 0400, dir->entry,
					      &mmlab_proc_pid_pagemap_ops, dir)) &&
	       add_regions(dir, "smaps", &mmlab_proc_pid_smaps_ops) &&
	       add_text(dir, "stat", mmlab_proc_show_pid_stat) &&
	       add_text(dir, "statm", mmlab_proc_show_pid_statm) &&
	       add_text(dir, "status", mmlab_proc_show_pid_status);
}

static int process_born(struct lab_process *p)
{
	struct pid_dir *dir = kzalloc(sizeof(*dir), GFP_KERNEL);
	char name[12];

	if (!dir)
		return -ENOMEM;
	snprintf(name, sizeof(name), "%u", p->mm.owner);
	dir->uid = current_euid();
	dir->gid = current_egid();
	dir->entry = proc_mkdir(name, parent_dir);
	if (!dir->entry)
		goto err_free;
	proc_set_user(dir->entry, dir->uid, dir->gid);
	dir->p = p;
	if (!add_files(dir))
		goto err_remove;
	kref_init(&dir->ref);
	INIT_WORK(&dir->removal, remove_dir);
	init_completion(&dir->removed);
	kref_get(&p->ref);
	p->dir = dir;
	return 0;

err_remove:
	proc_remove(dir->entry);
err_free:
	kfree(dir);
	return -ENOMEM;
}

/*
 * Somebody may read a file of the directory into memory that takes its time to
 * come; a close must not hang on that for ever.
 */
static void process_gone(struct lab_process *p)
{
	struct pid_dir *dir = p->dir;

	kref_get(&dir->ref);
	queue_work(removals, &dir->removal);
	wait_for_completion_timeout(&dir->removed, PATIENCE);
	kref_put(&dir->ref, release);
}

static const struct lab_process_hooks hooks = {
	.born = process_born,
	.gone = process_gone,
};

int mmlab_proc_pid_init(struct proc_dir_entry *parent)
{
	removals = alloc_workqueue("mmlab_proc", WQ_UNBOUND, 0);
	if (!removals)
		return -ENOMEM;
	parent_dir = parent;
	mmlab_lifetime_set_hooks(&hooks);
	return 0;
}

void mmlab_proc_pid_exit(void)
{
	mmlab_lifetime_set_hooks(NULL);
	destroy_workqueue(removals);
}
