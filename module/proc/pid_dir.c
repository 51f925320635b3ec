// SPDX-License-Identifier: GPL-2.0
/*
 * The end of a lab process's directory, and its readers.
 *
 * proc_remove() waits for all calls that are under way in the directory's files, and a
 * read may wait for its user's memory for any length of time. So proc_remove() is called
 * only when no read is under way: by the last close or, if there are readers then, by a
 * worker after the last of them. A slow reader so delays the end of its own directory
 * only.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "pid.h"

static struct workqueue_struct *removals;

bool mmlab_proc_pid_begin(struct pid_dir *dir)
{
	bool begins;

	spin_lock(&dir->lock);
	begins = !dir->gone;
	dir->nr_readers += begins;
	spin_unlock(&dir->lock);
	return begins;
}

/* The module can't go before this returns to proc: proc_remove() waits for the read. */
void mmlab_proc_pid_end(struct pid_dir *dir)
{
	bool last;

	spin_lock(&dir->lock);
	last = !--dir->nr_readers && dir->gone;
	spin_unlock(&dir->lock);
	if (last) {
		queue_work(removals, &dir->removal);
		module_put(THIS_MODULE);
	}
}

static void remove_dir(struct pid_dir *dir)
{
	proc_remove(dir->entry);
	mmlab_process_put(dir->p);
	kfree(dir);
}

static void remove_later(struct work_struct *work)
{
	remove_dir(container_of(work, struct pid_dir, removal));
}

void mmlab_proc_pid_dir_setup(struct pid_dir *dir)
{
	spin_lock_init(&dir->lock);
	INIT_WORK(&dir->removal, remove_later);
}

/* A directory that waits for its readers holds the module: unload is refused. */
void mmlab_proc_pid_dir_retire(struct pid_dir *dir)
{
	bool idle;

	spin_lock(&dir->lock);
	dir->gone = true;
	idle = !dir->nr_readers;
	if (!idle)
		__module_get(THIS_MODULE);
	spin_unlock(&dir->lock);
	if (idle)
		remove_dir(dir);
}

int mmlab_proc_pid_dir_init(void)
{
	removals = alloc_workqueue("mmlab_proc", WQ_UNBOUND, 0);
	return removals ? 0 : -ENOMEM;
}

void mmlab_proc_pid_exit(void)
{
	destroy_workqueue(removals);
}
