/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ioctls of vmalloc areas; handlers as in ioctl.c.
 */
#ifndef MMLAB_DEV_IOCTL_VMALLOC_H
#define MMLAB_DEV_IOCTL_VMALLOC_H

#include <linux/fs.h>

int mmlab_ioctl_vmalloc(struct file *file, void *arg);
void mmlab_ioctl_undo_vmalloc(struct file *file, void *arg);
int mmlab_ioctl_vfree(struct file *file, void *arg);
int mmlab_ioctl_vm_stat(struct file *file, void *arg);

#endif /* MMLAB_DEV_IOCTL_VMALLOC_H */
