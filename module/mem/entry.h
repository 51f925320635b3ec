/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host's page-table entries of a window.
 */
#ifndef MMLAB_MEM_ENTRY_H
#define MMLAB_MEM_ENTRY_H

#include <linux/mm_types.h>

/* mmlab_entry_make() for one page at the address of @vmf. */
int mmlab_entry_make_one(struct vm_fault *vmf, struct page *page, bool write);

/**
 * mmlab_entry_make() - put pages into a window
 * @window: the window
 * @address: of the first page in it, page aligned
 * @pages: pages of the arena
 * @nr: pages; all lie in the window
 * @write: the entries let stores through, and are dirty; else they only read
 *
 * An existing entry is left as it is, or made writable. If it has another page, which
 * only a privileged write to the lab's page tables can bring about, it is zapped first.
 *
 * Context: within a fault on @window; the lock that keeps the lab's entries for
 * these pages as they are, lab_mm.lock or lab_vm_space.lock, held.
 * Return:
 * * 0 - the entries are there, or the host zapped one again meanwhile
 * * -ENOMEM - the host has no memory for a page table
 * * -ESTALE - an existing entry is not that of the page, and stays after the zap
 */
int mmlab_entry_make(struct vm_area_struct *window, unsigned long address,
		     struct page **pages, unsigned long nr, bool write);

#endif /* MMLAB_MEM_ENTRY_H */
