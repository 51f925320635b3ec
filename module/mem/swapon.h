/* SPDX-License-Identifier: GPL-2.0 */
/*
 * swapon and swapoff, one at a time.
 */
#ifndef MMLAB_MEM_SWAPON_H
#define MMLAB_MEM_SWAPON_H

#include <linux/fs.h>

/*
 * Makes one more swap area, in memory of the host's tmpfs; @nr_pages as for
 * mmlab_swapfile_add(). The first one puts all user pages on lists. Sleeps; no lab lock held.
 * Returns its type; -EPERM: there are LAB_NR_SWAP_AREAS; -ENOMEM.
 */
int mmlab_swapon(u32 nr_pages, int prio);

/*
 * The same in a program's file, of which the area keeps a reference. @nr_pages: (out) pages that
 * it holds. Returns its type; -EBUSY: there is an area in this file; -EPERM as mmlab_swapon(), or
 * an errno of mmlab_swap_file_open().
 */
int mmlab_swapon_file(struct file *file, int prio, u32 *nr_pages);

/**
 * mmlab_swapoff() - bring back all that lies in an area, and end it
 * @type: area, any value
 *
 * Other areas may take pages meanwhile. After an error, the area is as it was, with
 * fewer pages in it.
 *
 * Context: process context, sleeps; no lab lock held.
 * Return: 0; -EINVAL: no such area; -ENOMEM: not all pages fit; -EINTR: the task is
 * to die; -EIO: a page can't be read back; -EBUSY: a slot is in use that no entry
 * names, which check tells of as well.
 */
int mmlab_swapoff(u32 type);

#endif /* MMLAB_MEM_SWAPON_H */
