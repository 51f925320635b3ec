/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The right to reach the whole arena.
 */
#ifndef MMLAB_DEV_PRIVILEGE_H
#define MMLAB_DEV_PRIVILEGE_H

#include <linux/fs.h>

/**
 * mmlab_privilege_ok() - is the whole arena open to a caller?
 * @file: open file
 * @start: first linear address that it wants
 * @len: bytes
 *
 * The opener's right counts, so that a privileged program can't be made to write
 * to a file that another one opened; and the caller's, so that a program that
 * dropped its rights has none. Where only user space is wanted nothing is asked.
 */
bool mmlab_privilege_ok(struct file *file, u64 start, u64 len);

#endif /* MMLAB_DEV_PRIVILEGE_H */
