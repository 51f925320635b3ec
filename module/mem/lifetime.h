/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Birth and death of lab processes.
 */
#ifndef MMLAB_MEM_LIFETIME_H
#define MMLAB_MEM_LIFETIME_H

#include "process.h"

/**
 * mmlab_lifetime_begin() - make a lab process with an empty user space
 * @mapping: address_space for its windows; the process holds its inode
 *
 * Context: process context, sleeps.
 * Return: the process, with a reference for the caller; ERR_PTR(-ENOMEM) if the host
 * or the arena is exhausted.
 */
struct lab_process *mmlab_lifetime_begin(struct address_space *mapping);

/**
 * mmlab_lifetime_end() - free all memory of a process, and its number
 * @p: process without windows; the reference of mmlab_lifetime_begin() is dropped
 *
 * Context: process context, sleeps.
 */
void mmlab_lifetime_end(struct lab_process *p);

#endif /* MMLAB_MEM_LIFETIME_H */
