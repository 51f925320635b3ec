// SPDX-License-Identifier: GPL-2.0
/*
 * The open of a child. It is a new open of the same device file, so that its descriptor,
 * its windows and its directory in /proc are those of any lab process, and a program
 * that looks for users of the module finds it. The open runs in the task that forks; a
 * list has the tasks that are at it, by which the open finds out whose child it makes.
 * Nothing is copied yet: the host has locked all misc devices meanwhile.
 */
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "birth.h"

/**
 * struct birth - a fork under way
 * @list: node in births
 * @task: task that forks
 * @parent: lab process that it copies; its open file keeps it
 */
struct birth {
	struct list_head list;
	const struct task_struct *task;
	struct lab_process *parent;
};

static LIST_HEAD(births);
static DEFINE_SPINLOCK(births_lock);

struct lab_process *mmlab_birth_parent(void)
{
	struct lab_process *parent = NULL;
	const struct birth *birth;

	spin_lock(&births_lock);
	list_for_each_entry(birth, &births, list)
		if (birth->task == current)
			parent = birth->parent;
	spin_unlock(&births_lock);
	return parent;
}

struct file *mmlab_birth_open(struct file *file, struct lab_process *parent)
{
	struct birth birth = { .task = current, .parent = parent };
	struct file *child;

	spin_lock(&births_lock);
	list_add(&birth.list, &births);
	spin_unlock(&births_lock);
	child = dentry_open(&file->f_path, file->f_flags & (O_ACCMODE | O_LARGEFILE),
			    file->f_cred);
	spin_lock(&births_lock);
	list_del(&birth.list);
	spin_unlock(&births_lock);
	return child;
}
