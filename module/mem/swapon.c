// SPDX-License-Identifier: GPL-2.0
/*
 * swapon and swapoff. Lock order: swapon_lock -> reclaim_lock -> lab_mm.lock.
 */
#include <linux/mutex.h>

#include "mm_swap.h"
#include "process.h"
#include "reclaim.h"
#include "swap_store.h"
#include "swapfile.h"
#include "swapon.h"

/* Covers which areas there are. */
static DEFINE_MUTEX(swapon_lock);

static int add_locked(struct lab_swap_store *store, u32 nr_pages, int prio)
{
	int type;

	lockdep_assert_held(&swapon_lock);
	if (mmlab_swapfile_find(file_inode(store->file)) >= 0)
		return -EBUSY;
	type = mmlab_swapfile_add(store, nr_pages, prio);
	if (type >= 0 && mmlab_swapfile_count() == 1)
		mmlab_reclaim_start();
	return type;
}

/* Takes over the store, which may be an errno. */
static int add(struct lab_swap_store *store, u32 nr_pages, int prio)
{
	int type;

	if (IS_ERR(store))
		return PTR_ERR(store);
	mutex_lock(&swapon_lock);
	type = add_locked(store, nr_pages, prio);
	mutex_unlock(&swapon_lock);
	if (type < 0)
		mmlab_swap_store_close(store);
	return type;
}

int mmlab_swapon(u32 nr_pages, int prio)
{
	return add(mmlab_swap_memory_open(nr_pages), nr_pages, prio);
}

int mmlab_swapon_file(struct file *file, int prio, u32 *nr_pages)
{
	struct lab_swap_store *store = mmlab_swap_file_open(file, nr_pages);

	return add(store, *nr_pages, prio);
}

/* try_to_unuse() of Linux */
static int unuse(u32 type)
{
	struct lab_process *p;
	unsigned long pid = 0;
	int err = 0;

	while (!err && (p = mmlab_process_next(&pid)) != NULL) {
		err = mmlab_mm_unuse(p, type);
		mmlab_process_put(p);
	}
	return err;
}

int mmlab_swapoff(u32 type)
{
	int err;

	mutex_lock(&swapon_lock);
	err = mmlab_swapfile_close(type, true);
	if (!err) {
		err = unuse(type) ?: mmlab_swapfile_del(type);
		if (err)
			mmlab_swapfile_close(type, false);
		else if (!mmlab_swapfile_count())
			mmlab_reclaim_stop();
	}
	mutex_unlock(&swapon_lock);
	return err;
}
