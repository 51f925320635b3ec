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
 * @parent: process that mmlab_lifetime_fork() will copy, or NULL
 *
 * Context: process context, sleeps. Takes no lock of a process that others know: the host
 * holds a lock for all misc devices while one is opened.
 * Return: the process, with a reference for the caller; ERR_PTR(-ENOMEM) if the host
 * or the arena is exhausted.
 */
struct lab_process *mmlab_lifetime_begin(struct address_space *mapping,
					 struct lab_process *parent);

/**
 * mmlab_lifetime_fork() - copy the user space of a lab process to its child
 * @parent: process to copy, which is referenced; mmlab_mm_fork() says what is copied
 * @child: process that mmlab_lifetime_begin() made for it
 *
 * Context: process context, sleeps; takes lab_mm.lock.
 * Return: 0; else the child is empty, and the parent is as before:
 * * -ENOMEM - the arena is exhausted
 * * -EAGAIN - LAB_FAMILY_MAX processes are copies of each other
 * * -EIO - as mmlab_mm_fork()
 */
int mmlab_lifetime_fork(struct lab_process *parent, struct lab_process *child);

/**
 * mmlab_lifetime_end() - free all memory of a process, and its number
 * @p: process without windows; the reference of mmlab_lifetime_begin() is dropped
 *
 * Context: process context, sleeps.
 */
void mmlab_lifetime_end(struct lab_process *p);

#endif /* MMLAB_MEM_LIFETIME_H */
