/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MMLAB_DEV_IOCTL_FORK_H
#define MMLAB_DEV_IOCTL_FORK_H

#include <linux/fs.h>

int mmlab_ioctl_fork(struct file *file, void *arg);

#endif /* MMLAB_DEV_IOCTL_FORK_H */
