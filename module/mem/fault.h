/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Page faults in windows of lab processes.
 */
#ifndef MMLAB_MEM_FAULT_H
#define MMLAB_MEM_FAULT_H

#include <linux/mm_types.h>

#include "process.h"

/**
 * mmlab_fault() - serve a touch of a window
 * @p: process; the window shows its space
 * @vmf: the fault; its offset is a linear address
 *
 * Context: the host's mmap_lock held; takes lab_mm.lock or lab_vm_space.lock.
 * Return:
 * * VM_FAULT_NOPAGE - the entry is there, or the host zapped it again meanwhile
 * * VM_FAULT_OOM - the host has no memory for a page table
 * * VM_FAULT_HWPOISON - the host has marked the frame bad
 * * VM_FAULT_SIGBUS - nothing is mapped there, the touch is not permitted, the arena
 *   is exhausted, or the page tables are corrupt
 */
vm_fault_t mmlab_fault(struct lab_process *p, struct vm_fault *vmf);

/* The same for the first store to a page through an entry that only reads. */
vm_fault_t mmlab_fault_mkwrite(struct lab_process *p, struct vm_fault *vmf);

#endif /* MMLAB_MEM_FAULT_H */
