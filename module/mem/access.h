/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading and writing lab memory by address, as /proc/PID/mem does for a process.
 */
#ifndef MMLAB_MEM_ACCESS_H
#define MMLAB_MEM_ACCESS_H

#include "process.h"

/**
 * mmlab_access_read() - copy lab memory to user space, by linear address
 * @p: lab process that asks, and whose space it is
 * @privileged: the whole arena is open to it, not only what is its own
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
 * and it is not @privileged, or a slab that the lab's own code
 * relies on; -EFAULT: @buf; -EINTR: killed; -ENOMEM.
 */
ssize_t mmlab_access_read(struct lab_process *p, bool privileged, lva_t lva,
			  char __user *buf, size_t len);

/**
 * mmlab_access_write() - copy from user space to lab memory
 *
 * As mmlab_access_read(); supplies pages as a touch does.
 *
 * Return: as there; -ENOMEM: arena exhausted as well.
 */
ssize_t mmlab_access_write(struct lab_process *p, bool privileged, lva_t lva,
			   const char __user *buf, size_t len);

/**
 * mmlab_access_phys() - either way, by physical address
 * @p: lab process that asks
 * @privileged: as there
 * @lpa: first address
 * @buf: user pointer
 * @len: bytes, not past the end of the arena
 * @write: into lab memory
 *
 * Return: as mmlab_access_read().
 */
ssize_t mmlab_access_phys(struct lab_process *p, bool privileged, lpa_t lpa,
			  void __user *buf, size_t len, bool write);

#endif /* MMLAB_MEM_ACCESS_H */
