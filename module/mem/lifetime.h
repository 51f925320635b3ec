/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Birth and death of lab processes.
 */
#ifndef MMLAB_MEM_LIFETIME_H
#define MMLAB_MEM_LIFETIME_H

#include "process.h"

/*
 * Makes a lab process with an empty user space; it holds the inode of @mapping, for its
 * windows. @parent: process that mmlab_lifetime_fork() will copy, or NULL. Takes no lock of a
 * process that others know: the host holds a lock for all misc devices while one is opened.
 * Returns the process, with a reference for the caller; ERR_PTR(-ENOMEM) if the host or the
 * arena is exhausted.
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

/*
 * Frees all memory of a process without windows, its number, and the reference of
 * mmlab_lifetime_begin(). Sleeps.
 */
void mmlab_lifetime_end(struct lab_process *p);

#endif /* MMLAB_MEM_LIFETIME_H */
