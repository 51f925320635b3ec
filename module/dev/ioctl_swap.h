/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ioctls of swap areas, policies and limits; handlers as in ioctl.c.
 */
#ifndef MMLAB_DEV_IOCTL_SWAP_H
#define MMLAB_DEV_IOCTL_SWAP_H

#include <linux/fs.h>

int mmlab_ioctl_swapon(struct file *file, void *arg);
void mmlab_ioctl_undo_swapon(struct file *file, void *arg);
int mmlab_ioctl_swapon_file(struct file *file, void *arg);
void mmlab_ioctl_undo_swapon_file(struct file *file, void *arg);
int mmlab_ioctl_swapoff(struct file *file, void *arg);
int mmlab_ioctl_policy(struct file *file, void *arg);
int mmlab_ioctl_limit(struct file *file, void *arg);

#endif /* MMLAB_DEV_IOCTL_SWAP_H */
