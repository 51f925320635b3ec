/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ioctls about a lab process's address space.
 */
#ifndef MMLAB_DEV_IOCTL_MM_H
#define MMLAB_DEV_IOCTL_MM_H

#include <linux/fs.h>

int mmlab_ioctl_translate(struct file *file, void *arg);
int mmlab_ioctl_munmap(struct file *file, void *arg);
int mmlab_ioctl_mmap(struct file *file, void *arg);
void mmlab_ioctl_undo_mmap(struct file *file, void *arg);
int mmlab_ioctl_mprotect(struct file *file, void *arg);
int mmlab_ioctl_brk(struct file *file, void *arg);
int mmlab_ioctl_exec(struct file *file, void *arg);
int mmlab_ioctl_tlb(struct file *file, void *arg);

#endif /* MMLAB_DEV_IOCTL_MM_H */
