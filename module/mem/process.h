/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lab processes: an address space, the windows that the host has on it, and a
 * number. One exists per open file of the device. Birth and death: lifetime.h.
 */
#ifndef MMLAB_MEM_PROCESS_H
#define MMLAB_MEM_PROCESS_H

#include <linux/fs.h>
#include <linux/kref.h>

#include "../core/pgtable.h"
#include "../core/vma.h"

/* Bytes of a program's name, with the NUL. */
#define LAB_COMM_MAX	32

/**
 * struct lab_process - one process of the lab machine
 * @mm: address space; its lock covers all that changes
 * @mapping: windows of the host on this address space; the host's page tables
 *	under it are the lab machine's TLB. Its inode is held as long as @ref
 * @comm: name of the program, under @mm's lock; what did no exec is "lab"
 * @dir: its directory in /proc/mmlab; proc/pid.c's
 * @objects: slab objects that it owns (object.c), by linear address
 * @nr_windows: host VMAs on @mapping
 * @ref: held by the open file, and by whoever found the process by number
 */
struct lab_process {
	struct lab_mm mm;
	struct address_space *mapping;
	char comm[LAB_COMM_MAX];
	void *dir;
	struct rb_root objects;
	atomic_t nr_windows;
	struct kref ref;
};

/**
 * mmlab_process_init() - make the cache of lab processes
 *
 * Context: module load. mmlab_cache_exit() undoes it.
 * Return: 0; what mmlab_cache_create() says.
 */
int mmlab_process_init(void);

/**
 * mmlab_process_new() - make the object of a lab process, and reserve a number
 * @mapping: where its windows will be; its inode is held
 *
 * A look-up does not find it before mmlab_process_publish().
 *
 * Context: process context, sleeps.
 * Return: the process, without page directory, and with a reference that is the
 * caller's; ERR_PTR(-ENOMEM): host or arena exhausted.
 */
struct lab_process *mmlab_process_new(struct address_space *mapping);
void mmlab_process_publish(struct lab_process *p);

/* Its number is free again; drops the reference of mmlab_process_new(). */
void mmlab_process_forget(struct lab_process *p);

/**
 * mmlab_process_next() - walk over all lab processes
 * @pid: (in, out) lab pid to begin behind, 0 for the first
 *
 * Return: the process with the next higher lab pid, with a reference that
 * mmlab_process_put() drops; NULL at the end. It may have exited meanwhile: its
 * address space is then empty.
 */
struct lab_process *mmlab_process_next(unsigned long *pid);
void mmlab_process_put(struct lab_process *p);

/**
 * mmlab_process_flush_all() - drop all windows on a part of the kernel's space
 * @start: first linear address, page aligned
 * @len: bytes, page aligned
 *
 * Context: process context, sleeps. The caller keeps new entries from being made
 * (lab_vm_space.lock).
 */
void mmlab_process_flush_all(u32 start, u32 len);

/* Counts lab processes and their windows. */
void mmlab_process_count(u32 *nr_processes, u32 *nr_windows);

#endif /* MMLAB_MEM_PROCESS_H */
