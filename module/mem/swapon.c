// SPDX-License-Identifier: GPL-2.0
/*
 * swapon and swapoff. Lock order: swapon_lock -> reclaim_lock -> lab_mm.lock.
 */
#include <linux/mutex.h>

#include "mm_swap.h"
#include "process.h"
#include "reclaim.h"
#include "swapfile.h"
#include "swapon.h"

/* Covers which areas there are. */
static DEFINE_MUTEX(swapon_lock);

int mmlab_swapon(u32 nr_pages, int prio)
{
	int type;

	mutex_lock(&swapon_lock);
	type = mmlab_swapfile_add(nr_pages, prio);
	if (type >= 0 && mmlab_swapfile_count() == 1)
		mmlab_reclaim_start();
	mutex_unlock(&swapon_lock);
	return type;
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
