/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fork: the address space of a child. Its pages are shared until one side stores to them.
 */
#ifndef MMLAB_MEM_MM_FORK_H
#define MMLAB_MEM_MM_FORK_H

#include "process.h"

/**
 * mmlab_mm_fork() - copy regions and page tables to a child
 * @parent: process to copy
 * @child: one of its family, with an empty user space
 *
 * Frames and swap slots are shared, and neither side can write to them; windows of the
 * parent are flushed. A page that the host has pinned is copied at once: so the holder
 * of the pin and the parent stay with the same page. Blocks, objects, caches and vmalloc
 * areas stay the parent's alone.
 *
 * Context: takes lab_mm.lock; sleeps.
 * Return: 0; else the caller empties the child, and the parent has lost nothing but
 * write bits, which its next stores bring back:
 * * -ENOMEM - the arena is exhausted
 * * -EAGAIN - LAB_FAMILY_MAX processes are copies of each other
 * * -EIO - the child's tables were overwritten meanwhile
 */
int mmlab_mm_fork(struct lab_process *parent, struct lab_process *child);

#endif /* MMLAB_MEM_MM_FORK_H */
