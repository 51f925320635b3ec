/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lab processes: an address space, the windows that the host has on it, and a
 * number. One exists per open file of the device.
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
 * @dir: what lab_process_hooks.born() made of it
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
 * struct lab_process_hooks - who else wants to know of births and deaths
 * @born: the process is complete; an errno ends it at once
 * @gone: the process ends; may sleep, and keeps it whole until it returns
 */
struct lab_process_hooks {
	int (*born)(struct lab_process *p);
	void (*gone)(struct lab_process *p);
};

/* Before the first process. */
void mmlab_process_set_hooks(const struct lab_process_hooks *hooks);

/**
 * mmlab_process_init() - make the caches of lab processes and their VMAs
 *
 * Context: module load. mmlab_cache_exit() undoes it.
 * Return: 0; what mmlab_cache_create() says.
 */
int mmlab_process_init(void);

/**
 * mmlab_process_create() - make a lab process with an empty user space
 * @mapping: where its windows will be; its inode is held
 *
 * Context: process context, sleeps.
 * Return: the process, whose reference is the caller's; ERR_PTR(-ENOMEM): host
 * or arena exhausted; what lab_process_hooks.born() says.
 */
struct lab_process *mmlab_process_create(struct address_space *mapping);

/**
 * mmlab_process_exit() - free all that the process has, forget its number
 * @p: process without windows; the creator's reference is dropped
 *
 * Context: process context, sleeps.
 */
void mmlab_process_exit(struct lab_process *p);

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

/* A VMA object from the lab's own cache, and back. */
struct lab_vma *mmlab_process_alloc_vma(void);
void mmlab_process_free_vma(struct lab_vma *vma);

/* Counts lab processes and their windows. */
void mmlab_process_count(u32 *nr_processes, u32 *nr_windows);

/**
 * mmlab_process_alloc_block() - take a block of frames for a process
 * @p: process
 * @order: any value
 * @flags: LAB_DMA or 0
 *
 * Context: takes lab_mm.lock.
 * Return: frame number of a zeroed block, or PFN_NONE.
 */
u32 mmlab_process_alloc_block(struct lab_process *p, unsigned int order,
			      unsigned int flags);

/**
 * mmlab_process_free_block() - give a process's block back
 * @p: process
 * @pfn: frame number as the user gave it, any value
 * @order: order as the user gave it, any value
 *
 * Context: takes lab_mm.lock.
 * Return: 0; -EINVAL, -ENOENT: mmlab_frames_free(); -EPERM: the block is another
 * process's.
 */
int mmlab_process_free_block(struct lab_process *p, u32 pfn,
			     unsigned int order);

/* Is the frame part of a block that belongs to this process? lab_mm.lock held. */
bool mmlab_process_owns_locked(struct lab_process *p, u32 pfn);

#endif /* MMLAB_MEM_PROCESS_H */
