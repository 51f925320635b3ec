// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/mmlab/<lab pid>/pagemap: 8 bytes per page of user space. Rules:
 * pagemap_read() in Linux fs/proc/task_mmu.c; frame numbers are the lab's.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "pid.h"

#define PM_PRESENT	BIT_ULL(63)
#define PM_SWAP		BIT_ULL(62)
#define PM_EXCLUSIVE	BIT_ULL(56)
#define PM_SWAP_SHIFT	5	/* of the slot, above the area's type */

/* Pages read under one hold of lab_mm.lock. */
#define BATCH		256U

#define NR_USER_PAGES	(LAB_PAGE_OFFSET >> PAGE_SHIFT)

/**
 * struct pagemap_batch - pages on their way to user space
 * @view: their state
 * @value: their words in the file
 */
struct pagemap_batch {
	struct lab_page_view view[BATCH];
	u64 value[BATCH];
};

static u64 value_of(const struct lab_page_view *view)
{
	if (!view->pte)
		return 0;
	if (!(view->pte & LAB_PTE_PRESENT))
		return PM_SWAP | mmlab_swp_type(view->pte) |
		       (u64)mmlab_swp_offset(view->pte) << PM_SWAP_SHIFT;
	return PM_PRESENT | mmlab_pte_pfn(view->pte) |
	       (view->mapcount == 1 ? PM_EXCLUSIVE : 0);
}

static ssize_t read_pages(struct lab_process *p, char __user *buf, size_t len,
			  loff_t *pos)
{
	struct pagemap_batch *batch;
	ssize_t done = 0;

	if (*pos < 0 || *pos % sizeof(u64) || len % sizeof(u64))
		return -EINVAL;
	batch = kmalloc(sizeof(*batch), GFP_KERNEL);
	if (!batch)
		return -ENOMEM;
	while (len && *pos / sizeof(u64) < NR_USER_PAGES) {
		u32 page = *pos / sizeof(u64);
		u32 i, nr = min3(BATCH, NR_USER_PAGES - page,
				 (u32)min_t(size_t, len / sizeof(u64), BATCH));
		size_t bytes = nr * sizeof(u64);

		mmlab_mm_view_pages(p, page, nr, batch->view);
		for (i = 0; i < nr; i++)
			batch->value[i] = value_of(&batch->view[i]);
		if (copy_to_user(buf, batch->value, bytes)) {
			done = done ?: -EFAULT;
			break;
		}
		buf += bytes;
		len -= bytes;
		*pos += bytes;
		done += bytes;
		if (fatal_signal_pending(current))
			break;
		cond_resched();
	}
	kfree(batch);
	return done;
}

static ssize_t pagemap_read(struct file *file, char __user *buf, size_t len,
			    loff_t *pos)
{
	struct pid_dir *dir = mmlab_proc_pid_dir(file);
	ssize_t done;

	if (!mmlab_proc_pid_begin(dir))
		return -ESRCH;
	done = read_pages(dir->p, buf, len, pos);
	mmlab_proc_pid_end(dir);
	return done;
}

const struct proc_ops mmlab_proc_pid_pagemap_ops = {
	.proc_read = pagemap_read,
	.proc_lseek = default_llseek,
};
