/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mmlab for other kernel modules: the lab's memory by pointer. Everything here is
 * EXPORT_SYMBOL_GPL, for process context, and may sleep.
 */
#ifndef MMLAB_API_H
#define MMLAB_API_H

#include <linux/types.h>

struct page;

#define MMLAB_DMA	(1U << 0)	/* zone DMA only; else Normal, then DMA */
#define MMLAB_ZERO	(1U << 2)	/* fill with zeros */

/* Linear address in the lab of the byte with physical address 0: the direct map. */
#define MMLAB_PAGE_OFFSET	0xc0000000U

/*
 * Who allocates, frees. What is not freed when mmlab is unloaded is lost with the
 * arena, but a module that uses these functions holds mmlab in memory.
 */

/**
 * mmlab_alloc_pages() - take 2^order contiguous pages of the lab
 * @order: 0 ... 10
 * @flags: MMLAB_DMA, MMLAB_ZERO
 *
 * Return: pointer, aligned to a page; NULL: no such block, bad order or flags.
 */
void *mmlab_alloc_pages(unsigned int order, unsigned int flags);

/**
 * mmlab_free_pages() - give them back
 * @ptr: what mmlab_alloc_pages() returned; NULL is allowed
 * @order: the same as then
 *
 * A pointer or order that does not fit is refused and counted in
 * /proc/mmlab/vmstat (pgfree_refused); nothing else happens.
 *
 * Two frees of one block at the same moment must be kept apart by the caller.
 *
 * Return: 0; -EINVAL: no block of that order starts there; -ENOENT: it is free
 * already; -EPERM: it belongs to a lab process.
 */
int mmlab_free_pages(void *ptr, unsigned int order);

/**
 * mmlab_virt_to_phys() - the lab physical address behind a pointer
 * @ptr: pointer into memory of mmlab_alloc_pages()
 *
 * Return: physical address; U32_MAX: @ptr is not in the lab's direct map.
 */
u32 mmlab_virt_to_phys(const void *ptr);

/*
 * Slab caches. An object's bytes are the caller's from alloc to free; a
 * constructor has run once when its slab was made, so objects must be given back
 * in the state that it left them in.
 */
struct mmlab_cache;

/**
 * mmlab_cache_new() - make a cache
 * @name: 1 ... 31 characters of [A-Za-z0-9_.-], not taken
 * @size: bytes per object, 1 ... 131072
 * @align: a power of two up to 4096, or 0 for 8
 * @flags: MMLAB_DMA or 0
 * @ctor: constructor, or NULL
 *
 * Return: the cache; ERR_PTR(): -EINVAL, -EEXIST (name), -ENOSPC (too many
 * caches), -ENOMEM (host).
 */
struct mmlab_cache *mmlab_cache_new(const char *name, unsigned int size,
				    unsigned int align, unsigned int flags,
				    void (*ctor)(void *object));

/**
 * mmlab_cache_delete() - give a cache back
 * @cache: what mmlab_cache_new() returned
 *
 * Return: 0; -EBUSY: objects are in use; slabinfo says how many.
 */
int mmlab_cache_delete(struct mmlab_cache *cache);

/* Empties the magazines and gives free slabs back; returns pages. */
unsigned int mmlab_cache_reap(struct mmlab_cache *cache);

/**
 * mmlab_obj_alloc() - take an object
 * @cache: cache
 *
 * Return: object, NULL if the arena is exhausted.
 */
void *mmlab_obj_alloc(struct mmlab_cache *cache);

/**
 * mmlab_obj_free() - give an object back
 * @cache: the cache that it came from
 * @object: object; NULL is allowed
 *
 * Return: 0; -EINVAL: no object of @cache begins there; with debugging:
 * -ENOENT: it is free already; -EUCLEAN: bytes around it were overwritten, it is
 * quarantined. Without, a second free is noticed when both have come back to the
 * slab, which refuses one and counts it: until then two may be given the object.
 */
int mmlab_obj_free(struct mmlab_cache *cache, void *object);

/* @nr objects or none: 0 or -ENOMEM. */
int mmlab_obj_alloc_bulk(struct mmlab_cache *cache, void **objects,
			 unsigned int nr);

/* Returns how many were refused. */
unsigned int mmlab_obj_free_bulk(struct mmlab_cache *cache, void **objects,
				 unsigned int nr);

/**
 * mmlab_kmalloc() - take at least @size bytes
 * @size: 1 ... 4 MiB; above 128 KiB a block of pages
 * @flags: MMLAB_DMA, MMLAB_ZERO
 *
 * Return: pointer, aligned to 8 bytes, for powers of two to the size or a page,
 * whichever is less, with red zones too (the host's kmalloc() aligns to the size
 * beyond a page); NULL: size or flags out of range, or nothing left.
 */
void *mmlab_kmalloc(size_t size, unsigned int flags);

/* 0; -EINVAL: nothing of kmalloc begins there; others as mmlab_obj_free(). */
int mmlab_kfree(void *ptr);

/* Bytes usable at @ptr; 0: nothing of kmalloc begins there. */
size_t mmlab_ksize(const void *ptr);

/**
 * mmlab_krealloc() - make a piece of memory larger or smaller
 * @ptr: from mmlab_kmalloc(), or NULL
 * @size: bytes; 0 frees
 * @flags: as in mmlab_kmalloc(); MMLAB_ZERO zeroes what is new, if it was given
 *	for this memory each time before
 *
 * Return: the memory, elsewhere if it had to move; NULL: @ptr is as it was.
 */
void *mmlab_krealloc(void *ptr, size_t size, unsigned int flags);

/**
 * mmlab_vmalloc() - take @size bytes, contiguous in addresses only
 * @size: bytes, rounded up to pages
 *
 * An area of the lab's vmalloc region, mapped for the host kernel as well. Both
 * mappings have a guard page behind it.
 *
 * Return: pointer to memory with any contents; NULL: size 0, no addresses, no
 * pages, or the host can't map them.
 */
void *mmlab_vmalloc(size_t size);

/* The same, filled with zeros. */
void *mmlab_vzalloc(size_t size);

/* Gives it back. 0; -EINVAL: @ptr is not from mmlab_vmalloc(). NULL is allowed. */
int mmlab_vfree(void *ptr);

/**
 * mmlab_vmalloc_area() - the same without a mapping for the host kernel
 * @size: bytes, rounded up to pages
 *
 * Return: linear address in the lab of memory with any contents; 0: as NULL above.
 */
u32 mmlab_vmalloc_area(size_t size);

/**
 * mmlab_vmalloc_scattered() - the same, of pages that lie apart
 * @size: bytes, rounded up to pages
 *
 * No two neighbours in addresses are neighbours in memory, as far as the lab has
 * enough of it: for users that want to see that they look up each page.
 *
 * Return: linear address in the lab of memory filled with zeros; 0: as above.
 */
u32 mmlab_vmalloc_scattered(size_t size);

/* Gives either back. 0; -EINVAL: @lva is from neither. 0 is allowed. */
int mmlab_vfree_area(u32 lva);

/**
 * mmlab_vmalloc_to_ptr() - look up a byte of an area in the lab's page tables
 * @lva: linear address in an area of mmlab_vmalloc_area() or
 *	mmlab_vmalloc_scattered()
 *
 * For one page only: the next one may lie elsewhere. The caller keeps the area as
 * long as it uses the pointer.
 *
 * Return: the kernel's pointer to that byte; NULL: @lva is in no such area, or in
 * its guard page, or the page tables are corrupt.
 */
void *mmlab_vmalloc_to_ptr(u32 lva);

/**
 * mmlab_virt_to_page() - the host's page behind a pointer
 * @ptr: pointer into memory of mmlab_alloc_pages() or from mmlab_vmalloc_to_ptr()
 *
 * For the entry of a window. A page that has a reference when its memory is given
 * back goes to no other owner before that is dropped. The host may have marked
 * the page bad (PageHWPoison()): then it must not be entered.
 *
 * Return: the page; NULL: @ptr is not in the lab's direct map.
 */
struct page *mmlab_virt_to_page(const void *ptr);

#endif /* MMLAB_API_H */
