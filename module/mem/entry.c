// SPDX-License-Identifier: GPL-2.0
/*
 * The host's page-table entries of a window, made under the lab's lock. All entries of
 * windows are made here, so no other thread makes one for a page while the lock of its
 * space is held. The host may zap one at any moment (madvise, munmap of another thread).
 *
 * fork() and mremap() of the host copy and move entries without that lock. They do no
 * harm: both keep the host's i_mmap order, so unmap_mapping_range() finds an entry at its
 * old place or at its new one, and a copy is of an entry that was right.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "entry.h"

/* Enters pages one after the other. -EBUSY: some entries were there already. */
static int insert_pages(struct vm_area_struct *window, unsigned long address,
			struct page **pages, unsigned long nr)
{
	int busy = 0;

	while (nr) {
		unsigned long left = nr;
		int err = vm_insert_pages(window, address, pages, &left);

		if (!err)
			break;
		if (err != -EBUSY)
			return err;
		busy = err;
		/* the first page that is left has an entry */
		pages += nr - left + 1;
		address += (nr - left + 1) << PAGE_SHIFT;
		nr = left - 1;
	}
	return busy;
}

/**
 * struct entries - a run of entries that are checked
 * @mm: the host's address space that they are in
 * @next: page that the next entry should have
 * @write: let stores through the entries
 */
struct entries {
	struct mm_struct *mm;
	struct page **next;
	bool write;
};

/*
 * Checks the next entry, and lets stores through it if e->write. The host may have
 * zapped it since it was made: then it stays empty and the touch faults again. An entry
 * only gains rights here: no other CPU can store through an old one. But the CPU that
 * faulted may have the old one in its TLB, which only some CPUs drop by themselves. The
 * page is never executed, so no instruction cache has to be flushed. Inline for the
 * single page.
 */
static __always_inline int mkwrite_entry(pte_t *pte, unsigned long address, void *data)
{
	struct entries *e = data;
	struct page *page = *e->next++;
	pte_t entry = READ_ONCE(*pte);

	if (pte_none(entry))
		return 0;
	if (!pte_present(entry) || pte_pfn(entry) != page_to_pfn(page))
		return -ESTALE;
	if (e->write) {
		set_pte(pte, pte_mkyoung(pte_mkdirty(pte_mkwrite_novma(entry))));
		mmlab_flush_read_only(e->mm, address);
	}
	return 0;
}

/*
 * Zaps these addresses in all windows on them. They can have another page's entry only
 * between a privileged write to the lab's page tables and the flush that follows it.
 */
static void zap_entries(struct vm_area_struct *window, unsigned long address,
			unsigned long nr)
{
	pgoff_t page = linear_page_index(window, address);

	unmap_mapping_range(window->vm_file->f_mapping, (loff_t)page << PAGE_SHIFT,
			    nr << PAGE_SHIFT, 1);
}

/*
 * A load is done if vm_insert_page() made an entry (0), as each entry can be read. If there
 * was one (-EBUSY), or for a store, the entry is looked at. Any other errno ends the touch.
 */
static int make_entry(struct vm_fault *vmf, struct page *page, bool write)
{
	struct vm_area_struct *window = vmf->vma;
	unsigned long address = vmf->address & PAGE_MASK;
	struct entries entries = { window->vm_mm, &page, write };
	int err = vm_insert_page(window, address, page);

	if (err ? err != -EBUSY : !write)
		return err;
	return mmlab_apply_to_pte(window->vm_mm, vmf->pmd, address, mkwrite_entry,
				  &entries);
}

int mmlab_entry_make_one(struct vm_fault *vmf, struct page *page, bool write)
{
	bool zapped = false;
	int err;

	/* a loop, so that make_entry() has one caller and is inline */
	while (unlikely((err = make_entry(vmf, page, write)) == -ESTALE) && !zapped) {
		zap_entries(vmf->vma, vmf->address & PAGE_MASK, 1);
		zapped = true;
	}
	return err;
}

static int make_entries(struct vm_area_struct *window, unsigned long address,
			struct page **pages, unsigned long nr, bool write)
{
	struct entries entries = { window->vm_mm, pages, write };
	int err = insert_pages(window, address, pages, nr);

	if (err ? err != -EBUSY : !write)
		return err;
	return apply_to_page_range(window->vm_mm, address, nr << PAGE_SHIFT,
				   mkwrite_entry, &entries);
}

int mmlab_entry_make(struct vm_area_struct *window, unsigned long address,
		     struct page **pages, unsigned long nr, bool write)
{
	int err = make_entries(window, address, pages, nr, write);

	if (likely(err != -ESTALE))
		return err;
	zap_entries(window, address, nr);
	return make_entries(window, address, pages, nr, write);
}
