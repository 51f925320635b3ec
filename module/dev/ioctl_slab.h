/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ioctls of slab caches and objects; handlers as in ioctl.c.
 */
#ifndef MMLAB_DEV_IOCTL_SLAB_H
#define MMLAB_DEV_IOCTL_SLAB_H

#include <linux/fs.h>

int mmlab_ioctl_cache_create(struct file *file, void *arg);
void mmlab_ioctl_undo_cache_create(struct file *file, void *arg);
int mmlab_ioctl_cache_op(struct file *file, void *arg);
int mmlab_ioctl_obj_alloc(struct file *file, void *arg);
void mmlab_ioctl_undo_obj_alloc(struct file *file, void *arg);
int mmlab_ioctl_obj_free(struct file *file, void *arg);
int mmlab_ioctl_cache_stat(struct file *file, void *arg);
int mmlab_ioctl_slab_map(struct file *file, void *arg);
int mmlab_ioctl_inject(struct file *file, void *arg);

#endif /* MMLAB_DEV_IOCTL_SLAB_H */
