// SPDX-License-Identifier: GPL-2.0
/*
 * The host's page-table entries of a window, made under the lab's lock.
 */
#include <linux/highmem.h>
#include <linux/mm.h>

#include "entry.h"

/* Enters pages one after the other; those that are there already are passed over. */
static int insert(struct vm_area_struct *window, unsigned long address,
		  struct page **pages, unsigned long nr)
{
	while (nr) {
		unsigned long left = nr;
		int err = vm_insert_pages(window, address, pages, &left);

		if (!err)
			return 0;
		if (err != -EBUSY)
			return err;
		/* the first one of those that are left is there */
		pages += nr - left + 1;
		address += (nr - left + 1) << PAGE_SHIFT;
		nr = left - 1;
	}
	return 0;
}

/*
 * Lets stores through the entry of the next page. It may have been taken away since
 * it was made, by an madvise() for instance; then the touch begins anew. As the
 * page can't be executed, no cache needs to know. Inline for the single page.
 */
static __always_inline int permit_store(pte_t *pte, unsigned long address,
					void *data)
{
	struct page ***next = data;
	struct page *page = *(*next)++;
	pte_t entry = *pte;

	if (!pte_present(entry))
		return 0;
	if (pte_pfn(entry) != page_to_pfn(page))
		return -EIO;
	set_pte(pte, pte_mkyoung(pte_mkdirty(pte_mkwrite_novma(entry))));
	return 0;
}

int mmlab_entry_make_one(struct vm_fault *vmf, struct page *page)
{
	struct vm_area_struct *window = vmf->vma;
	unsigned long address = vmf->address & PAGE_MASK;
	struct page **next = &page;
	int err = vm_insert_page(window, address, page);

	if (err && err != -EBUSY)
		return err;
	return mmlab_apply_to_pte(window->vm_mm, vmf->pmd, address, permit_store,
				  &next);
}

int mmlab_entry_make(struct vm_area_struct *window, unsigned long address,
		     struct page **pages, unsigned long nr, bool write)
{
	int err = insert(window, address, pages, nr);

	if (err || !write)
		return err;
	return apply_to_page_range(window->vm_mm, address, nr << PAGE_SHIFT,
				   permit_store, &pages);
}
