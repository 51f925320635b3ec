/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Birth and death of lab processes.
 */
#ifndef MMLAB_MEM_LIFETIME_H
#define MMLAB_MEM_LIFETIME_H

#include "process.h"

/**
 * mmlab_lifetime_begin() - make a lab process with an empty user space
 * @mapping: where its windows will be; its inode is held
 *
 * Context: process context, sleeps.
 * Return: the process, whose reference is the caller's; ERR_PTR(-ENOMEM): host
 * or arena exhausted.
 */
struct lab_process *mmlab_lifetime_begin(struct address_space *mapping);

/**
 * mmlab_lifetime_end() - free all that the process has, forget its number
 * @p: process without windows; the creator's reference is dropped
 *
 * Context: process context, sleeps.
 */
void mmlab_lifetime_end(struct lab_process *p);

#endif /* MMLAB_MEM_LIFETIME_H */
