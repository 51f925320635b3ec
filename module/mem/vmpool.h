/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pool of freed vmalloc areas: they keep addresses, page-table entries,
 * frames and host mapping for the next one who wants an area of that size, as
 * Linux does it for stacks (vmalloc'ed ones, kernel/fork.c).
 *
 * What goes in has 2^n pages up to 1 MiB, all mapped, and no page of it is pinned.
 * Its windows are flushed and nobody owns it; for everybody but the validators it
 * is no area any more. What comes out is zeroed, but for kernel users that did
 * not ask for it and get what was a kernel user's. When frames are short, the
 * pool is emptied before an allocation fails.
 */
#ifndef MMLAB_MEM_VMPOOL_H
#define MMLAB_MEM_VMPOOL_H

#include "vm_struct.h"

/**
 * mmlab_vmpool_take_locked() - take an area out of the pool
 * @size: bytes without the guard page, a multiple of the page size
 * @align: of the address, a power of two
 * @flags: LAB_VM_ bits of the new area
 * @owner: lab pid, 0: the lab kernel
 *
 * Context: lab_vm_space.lock.
 * Return: the area, with flags and owner set; NULL: none fits.
 */
struct lab_vm_struct *mmlab_vmpool_take_locked(u32 size, u32 align, u32 flags,
					       u32 owner);

/**
 * mmlab_vmpool_put_locked() - put an area into the pool
 * @vm: area that nobody has a window on
 *
 * Others are destroyed if there would be too many frames.
 *
 * Context: lab_vm_space.lock.
 * Return: true: it is the pool's; false: it is none that is kept, destroy it.
 */
bool mmlab_vmpool_put_locked(struct lab_vm_struct *vm);

/**
 * mmlab_vmpool_shrink() - destroy all areas in the pool
 *
 * Context: process context; takes lab_vm_space.lock, unless it is this task's
 * allocation for an area that has come to ask for frames.
 * Return: frames given back.
 */
u32 mmlab_vmpool_shrink(void);

/* Frames in the pool, and how many may be at most; 0: it is off. */
extern u32 mmlab_vmpool_nr;
extern unsigned int mmlab_vmpool_limit;

static inline u32 mmlab_vmpool_nr_frames(void)
{
	return READ_ONCE(mmlab_vmpool_nr);
}

/**
 * mmlab_vmpool_validate_locked() - check the pool
 * @v: verdict to add to
 *
 * Rules: its areas say that they are pooled, and are all that do; each has the size
 * of its stack, and a host mapping if that is its kind; frames are as many as
 * counted, and no more than allowed. The rest is what mmlab_vmalloc_validate() says.
 *
 * Context: lab_vm_space.lock.
 */
void mmlab_vmpool_validate_locked(struct lab_verdict *v);

#endif /* MMLAB_MEM_VMPOOL_H */
