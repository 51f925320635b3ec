/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions that older kernels lack, under the names and with the meaning that they
 * have in the newest one. Force-included before everything else; no other file of mmlab
 * names a kernel version. Each entry names the upstream commit and its first release.
 */
#ifndef MMLAB_COMPAT_H
#define MMLAB_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
/*
 * bc292ab00f6c ("mm: introduce vma->vm_flags wrapper functions"), 6.3. Macros,
 * so that this header needs no other.
 */
#define vm_flags_set(vma, flags)	((void)((vma)->vm_flags |= (flags)))
#define vm_flags_clear(vma, flags)	((void)((vma)->vm_flags &= ~(flags)))
#endif

/*
 * 0d940a9b270b ("mm/pgtable: allow pte_offset_map[_lock]() to fail"), 6.5: since then
 * it is not exported, so modules have to use apply_to_page_range().
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define mmlab_apply_to_pte(mm, pmd, addr, fn, data) ({		\
	unsigned long at = (addr);				\
	spinlock_t *lock;	/* of the page table */		\
	pte_t *entry = pte_offset_map_lock(mm, pmd, at, &lock);	\
	int result = fn(entry, at, data);			\
								\
	pte_unmap_unlock(entry, lock);				\
	result;							\
})
#else
#define mmlab_apply_to_pte(mm, pmd, addr, fn, data) \
	apply_to_page_range(mm, addr, PAGE_SIZE, fn, data)
#endif

#if defined(CONFIG_ARM64) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
/*
 * arm64 may keep a page-table entry that only reads in a TLB after the entry lets stores
 * through. Up to 6.18 the host's fault code leaves it there (6a1bdb173f9b, "arm64: mm:
 * Make flush_tlb_fix_spurious_fault() a no-op"), so a store would fault until the TLB
 * drops the entry. flush_tlb_page() calls what modules can't from 6.6 on.
 */
#define mmlab_flush_read_only(mm, addr) ({			\
	unsigned long at = __TLBI_VADDR(addr, ASID(mm));	\
								\
	dsb(ishst);						\
	__tlbi(vale1is, at);					\
	__tlbi_user(vale1is, at);				\
	dsb(ish);						\
})
#else
#define mmlab_flush_read_only(mm, addr)	do {} while (0)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
/* "mm: update shmem_[kernel]_file_*() functions to use vma_flags_t", 7.0 */
#define EMPTY_VMA_FLAGS			0
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
/* 2f0584f3f4bd ("mm: Rename arch pte_mkwrite()'s to pte_mkwrite_novma()"), 6.7 */
#define pte_mkwrite_novma(pte)	pte_mkwrite(pte)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 17, 0)
/* 359745d78351 ("proc: remove PDE_DATA() completely"), 5.17 */
#define pde_data(inode)			PDE_DATA(inode)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 16, 0)
/*
 * 7b230db3b8d3 ("mm: Introduce struct folio") and 6baa8d602e84 ("mm/filemap: Add
 * folio_wait_locked()"), 5.16. A folio is the head of a compound page here.
 */
#define page_folio(page)		compound_head(page)
#define folio_wait_locked(folio)	wait_on_page_locked(folio)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 13, 0)
/*
 * 387ba26fb1cb ("mm/page_alloc: add a bulk page allocator"), 5.13. It may bring
 * fewer pages than asked for: one, in the first empty place.
 */
#define alloc_pages_bulk(gfp, nr_pages, page_array)			\
({									\
	unsigned long filled = 0;					\
									\
	while (filled < (nr_pages) && (page_array)[filled])		\
		filled++;						\
	if (filled < (nr_pages)) {					\
		(page_array)[filled] = alloc_page(gfp);			\
		filled += !!(page_array)[filled];			\
	}								\
	filled;								\
})
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
/* 6bf9b5b40af3 ("mm: alloc_pages_bulk: rename API"), 6.14 */
#define alloc_pages_bulk(gfp, nr_pages, page_array) \
	alloc_pages_bulk_array(gfp, nr_pages, page_array)
#endif

#endif /* MMLAB_COMPAT_H */
