/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading and writing lab memory by address, as /proc/PID/mem does for a process.
 */
#ifndef MMLAB_DEV_ACCESS_H
#define MMLAB_DEV_ACCESS_H

#include <linux/fs.h>

#include "../core/layout.h"

/**
 * mmlab_access_read() - copy lab memory to user space, by linear address
 * @file: open file of the lab process
 * @lva: first address
 * @buf: user pointer
 * @len: bytes, not past the end of the 4 GiB
 *
 * A page that was never touched reads as zeros and stays so.
 *
 * Context: process context; copies to user space with no lock held, because
 * @buf may itself be a window of the process.
 * Return: bytes copied, fewer than @len if a later page could not be had; -EIO:
 * nothing lives at @lva; -EACCES: its VMA can't be read; -EPERM: another's block,
 * and opener or caller have no CAP_SYS_ADMIN, or a slab that the lab's own code
 * relies on; -EFAULT: @buf; -EINTR: killed; -ENOMEM.
 */
ssize_t mmlab_access_read(struct file *file, lva_t lva, char __user *buf,
			  size_t len);

/**
 * mmlab_access_write() - copy from user space to lab memory
 *
 * As mmlab_access_read(); supplies pages as a touch does.
 *
 * Return: as there; -ENOMEM: arena exhausted as well.
 */
ssize_t mmlab_access_write(struct file *file, lva_t lva,
			   const char __user *buf, size_t len);

/**
 * mmlab_access_phys() - either way, by physical address
 * @file: open file of who asks
 * @lpa: first address
 * @buf: user pointer
 * @len: bytes, not past the end of the arena
 * @write: into lab memory
 *
 * Return: as mmlab_access_read().
 */
ssize_t mmlab_access_phys(struct file *file, lpa_t lpa, void __user *buf,
			  size_t len, bool write);

#endif /* MMLAB_DEV_ACCESS_H */
