/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /dev/mmlab: every open file is a lab process.
 */
#ifndef MMLAB_DEV_CHARDEV_H
#define MMLAB_DEV_CHARDEV_H

#include <linux/fs.h>

#include "../mem/process.h"

/**
 * mmlab_chardev_mount() - mount the file system for the windows' address_spaces
 *
 * It must stay as long as there is a reference to a lab process. That can be longer than
 * the device exists: a reader of a directory in /proc can hold one.
 *
 * Return: 0, or the errno of kern_mount().
 */
int mmlab_chardev_mount(void);
void mmlab_chardev_unmount(void);

/* Makes the device appear. 0, or the errno of misc_register(). */
int mmlab_chardev_init(void);
void mmlab_chardev_exit(void);

/* The lab process of an open file. */
static inline struct lab_process *mmlab_chardev_process(struct file *file)
{
	return file->private_data;
}

/* window.c: opens a window; see the uapi header and mmlab_mm_open_window(). */
int mmlab_chardev_mmap(struct file *file, struct vm_area_struct *vma);

/* ioctl.c: one table of commands. */
long mmlab_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

#endif /* MMLAB_DEV_CHARDEV_H */
