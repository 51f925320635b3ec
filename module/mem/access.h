/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading and writing lab memory by address, as /proc/PID/mem does for a process.
 */
#ifndef MMLAB_MEM_ACCESS_H
#define MMLAB_MEM_ACCESS_H

#include "process.h"

/**
 * mmlab_access_read() - copy lab memory to user space, by linear address
 * @p: lab process that asks; @lva is an address of its space
 * @privileged: the caller may reach the whole arena, not only memory of @p
 * @lva: first address
 * @buf: user pointer
 * @len: bytes, not past the end of the 4 GiB
 *
 * A page that was never touched reads as zeros and stays so.
 *
 * Context: process context; copies to user space with no lock held, because
 * @buf may itself be a window of the process.
 * Return: bytes copied, which are fewer than @len if a later page could not be
 * supplied, or:
 * * -EIO - nothing is mapped at @lva
 * * -EACCES - the VMA can't be read
 * * -EPERM - the block belongs to another owner and the caller is not @privileged,
 *   or it is a slab that the lab's own code relies on
 * * -EFAULT - @buf is not mapped
 * * -EINTR - the caller was killed
 * * -ENOMEM - the host has no memory
 */
ssize_t mmlab_access_read(struct lab_process *p, bool privileged, u32 lva,
			  char __user *buf, size_t len);

/*
 * Copies from user space to lab memory. Arguments, context and return values are those of
 * mmlab_access_read(); -ENOMEM also if the arena is exhausted. Pages are supplied as by a
 * touch.
 */
ssize_t mmlab_access_write(struct lab_process *p, bool privileged, u32 lva,
			   const char __user *buf, size_t len);

/*
 * Copies from or, with @write, to lab memory by physical address, not past the end of the
 * arena. All else as in mmlab_access_read().
 */
ssize_t mmlab_access_phys(struct lab_process *p, bool privileged, lpa_t lpa,
			  void __user *buf, size_t len, bool write);

#endif /* MMLAB_MEM_ACCESS_H */
