/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An open of the device that gives a child of a lab process.
 */
#ifndef MMLAB_DEV_BIRTH_H
#define MMLAB_DEV_BIRTH_H

#include <linux/fs.h>

#include "../mem/process.h"

/**
 * mmlab_birth_open() - open the device anew, for a child of a lab process
 * @file: open file of the device, whose rights the new one gets
 * @parent: its lab process
 *
 * Context: process context, sleeps.
 * Return: the file, with an empty lab process of @parent's family; or an ERR_PTR() of
 * the open.
 */
struct file *mmlab_birth_open(struct file *file, struct lab_process *parent);

/**
 * mmlab_birth_parent() - whose child does this open make?
 *
 * Context: the open of the device.
 * Return: the process that the current task forks now; NULL: a program opens the device.
 */
struct lab_process *mmlab_birth_parent(void);

#endif /* MMLAB_DEV_BIRTH_H */
