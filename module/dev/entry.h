/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host's page-table entries of a window.
 */
#ifndef MMLAB_DEV_ENTRY_H
#define MMLAB_DEV_ENTRY_H

#include <linux/mm_types.h>

/**
 * mmlab_entry_make_one() - have the page of a store in a window
 * @vmf: the fault
 * @page: page of the arena
 *
 * As mmlab_entry_make(), for one page and a store.
 */
int mmlab_entry_make_one(struct vm_fault *vmf, struct page *page);

/**
 * mmlab_entry_make() - have pages in a window
 * @window: the window
 * @address: of the first page in it, page aligned
 * @pages: pages of the arena
 * @nr: how many; all lie in the window
 * @write: the entries let stores through, and are dirty; else they only read
 *
 * An entry that is there already is left as it is, or made writable. Its page is
 * the same one: whoever takes it away waits for the caller's lock.
 *
 * Context: within a fault on @window; the lock that keeps the lab's entries for
 * these pages as they are, lab_mm.lock or lab_vm_space.lock, held.
 * Return: 0; -ENOMEM: the host has no memory for a page table; -EIO: another page
 * is there.
 */
int mmlab_entry_make(struct vm_area_struct *window, unsigned long address,
		     struct page **pages, unsigned long nr, bool write);

#endif /* MMLAB_DEV_ENTRY_H */
