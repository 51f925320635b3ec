/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The right to reach the whole arena.
 */
#ifndef MMLAB_DEV_PRIVILEGE_H
#define MMLAB_DEV_PRIVILEGE_H

#include <linux/fs.h>

/**
 * mmlab_privilege_ok() - check a caller's right to reach the whole arena
 * @file: open file
 * @start: first linear address of the access
 * @len: bytes
 *
 * Both the opener and the caller need the right: a privileged program can't be made to
 * write to a file that another program opened, and a program that dropped its rights has
 * none.
 *
 * Return: true if both have it; false if not, or if the access is in user space only,
 * which needs no right.
 */
bool mmlab_privilege_ok(struct file *file, u64 start, u64 len);

#endif /* MMLAB_DEV_PRIVILEGE_H */
