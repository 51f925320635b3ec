/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mmlab for other kernel modules: the lab's memory by pointer. Everything here is
 * EXPORT_SYMBOL_GPL, for process context, and may sleep.
 */
#ifndef MMLAB_API_H
#define MMLAB_API_H

#include <linux/limits.h>
#include <linux/types.h>

#include "core/policy_ops.h"

struct module;
struct page;

#define MMLAB_DMA	(1U << 0)	/* zone DMA only; else Normal, then DMA */
#define MMLAB_ZERO	(1U << 2)	/* fill with zeros */

/* Linear address in the lab of the byte with physical address 0: the direct map. */
#define MMLAB_PAGE_OFFSET	0xc0000000U

/*
 * The module that allocates memory frees it. A module that uses these functions keeps
 * mmlab loaded; memory that it does not free is in use until mmlab is unloaded.
 */

/**
 * mmlab_alloc_pages() - take 2^order contiguous pages of the lab
 * @order: 0 ... 10
 * @flags: MMLAB_DMA, MMLAB_ZERO
 *
 * Return: pointer, aligned to a page; NULL if no such block is free, or @order or
 * @flags are not allowed.
 */
void *mmlab_alloc_pages(unsigned int order, unsigned int flags);

/**
 * mmlab_free_pages() - free the pages of mmlab_alloc_pages()
 * @ptr: pointer that mmlab_alloc_pages() returned; NULL is allowed
 * @order: the same order
 *
 * A wrong pointer or order is refused and counted in /proc/mmlab/vmstat
 * (pgfree_refused). The caller makes sure that a block is not freed by two threads at
 * once.
 *
 * Return:
 * * 0 - the pages are free
 * * -EINVAL - no block of that order begins at @ptr
 * * -ENOENT - the block is already free
 * * -EPERM - the block belongs to a lab process
 */
int mmlab_free_pages(void *ptr, unsigned int order);

/**
 * mmlab_virt_to_phys() - translate a pointer to the lab's physical address
 * @ptr: pointer into memory of mmlab_alloc_pages()
 *
 * Return: physical address; U32_MAX if @ptr does not point into the arena.
 */
u32 mmlab_virt_to_phys(const void *ptr);

/*
 * Slab caches. An object's bytes belong to the caller from alloc to free. A constructor
 * runs once, when a slab is made, so an object must be freed in the state that the
 * constructor left it in.
 */
struct mmlab_kmem_cache;

/**
 * mmlab_kmem_cache_create() - make a cache
 * @name: 1 ... 31 characters of [A-Za-z0-9_.-], not taken
 * @size: bytes per object, 1 ... 131072
 * @align: a power of two up to 4096, or 0 for 8
 * @flags: MMLAB_DMA or 0
 * @ctor: constructor, or NULL
 *
 * Return: the cache, or an ERR_PTR():
 * * -EINVAL - the name, the size, the alignment or a flag is not allowed
 * * -EEXIST - a cache has that name
 * * -ENOSPC - there are too many caches
 * * -ENOMEM - the host has no memory
 */
struct mmlab_kmem_cache *mmlab_kmem_cache_create(const char *name, unsigned int size,
						 unsigned int align, unsigned int flags,
						 void (*ctor)(void *object));

/**
 * mmlab_kmem_cache_destroy() - free a cache
 * @cache: cache of mmlab_kmem_cache_create()
 *
 * Return: 0, or -EBUSY if objects are in use; slabinfo shows how many.
 */
int mmlab_kmem_cache_destroy(struct mmlab_kmem_cache *cache);

/* Empties the magazines and frees the slabs without objects in use; returns pages. */
unsigned int mmlab_kmem_cache_shrink(struct mmlab_kmem_cache *cache);

/**
 * mmlab_kmem_cache_alloc() - take an object
 * @cache: cache
 *
 * Return: object, or NULL if the arena is exhausted.
 */
void *mmlab_kmem_cache_alloc(struct mmlab_kmem_cache *cache);

/**
 * mmlab_kmem_cache_free() - give an object back
 * @cache: the cache that it came from
 * @object: object; NULL is allowed
 *
 * Without debugging, a second free is found only when both frees have reached the slab,
 * which refuses one of them and counts it. Until then two allocations may return the
 * object.
 *
 * Return:
 * * 0 - the object is free
 * * -EINVAL - no object of @cache begins at @object
 * * -ENOENT - with debugging: the object is already free
 * * -EUCLEAN - with debugging: bytes around the object were overwritten; it is
 *   quarantined
 */
int mmlab_kmem_cache_free(struct mmlab_kmem_cache *cache, void *object);

/* Takes @nr objects and returns 0, or takes none and returns -ENOMEM. */
int mmlab_kmem_cache_alloc_bulk(struct mmlab_kmem_cache *cache, void **objects,
				unsigned int nr);

/* Frees @nr objects; returns how many were refused. */
unsigned int mmlab_kmem_cache_free_bulk(struct mmlab_kmem_cache *cache, void **objects,
					unsigned int nr);

/**
 * mmlab_kmalloc() - take at least @size bytes
 * @size: 1 ... 4 MiB; above 128 KiB a block of pages
 * @flags: MMLAB_DMA, MMLAB_ZERO
 *
 * Return: pointer, aligned to 8 bytes, and if @size is a power of two to @size or a
 * page, whichever is less (the host's kmalloc() aligns to @size even beyond a page); the
 * alignment is the same with red zones. NULL if @size or @flags are not allowed, or the
 * arena is exhausted.
 */
void *mmlab_kmalloc(size_t size, unsigned int flags);

/* Frees memory. 0; -EINVAL if no memory of kmalloc begins there; mmlab_kmem_cache_free()'s. */
int mmlab_kfree(void *ptr);

/* Bytes usable at @ptr; 0 if no memory of kmalloc begins there. */
size_t mmlab_ksize(const void *ptr);

/**
 * mmlab_krealloc() - make memory of mmlab_kmalloc() larger or smaller
 * @ptr: from mmlab_kmalloc(), or NULL
 * @size: bytes; 0 frees
 * @flags: as in mmlab_kmalloc(); MMLAB_ZERO zeroes the new bytes, if it was also given
 *	in all earlier calls for this memory
 *
 * Return: the memory, which may have moved; NULL on failure, and @ptr stays as it was.
 */
void *mmlab_krealloc(void *ptr, size_t size, unsigned int flags);

/**
 * mmlab_vmalloc() - take @size bytes, contiguous in addresses only
 * @size: bytes, rounded up to pages
 *
 * The memory is an area of the lab's vmalloc region, which is also mapped for the host
 * kernel. Both mappings have a guard page after it.
 *
 * Return: pointer to memory with any contents; NULL if @size is 0, no hole is large
 * enough, the arena is exhausted, or the host can't map the pages.
 */
void *mmlab_vmalloc(size_t size);

/* The same, filled with zeros. */
void *mmlab_vzalloc(size_t size);

/* Frees the area. -EINVAL if @ptr is not from mmlab_vmalloc(). NULL is allowed. */
int mmlab_vfree(void *ptr);

/**
 * mmlab_vmalloc_area() - take an area without a mapping for the host kernel
 * @size: bytes, rounded up to pages
 *
 * Return: linear address in the lab of memory with any contents; 0 on failure, for the
 * reasons of mmlab_vmalloc().
 */
u32 mmlab_vmalloc_area(size_t size);

/**
 * mmlab_vmalloc_scattered() - take an area of pages that lie apart
 * @size: bytes, rounded up to pages
 *
 * Neighbouring addresses are on pages that are no neighbours in memory, as long as the
 * lab has enough of it. This shows whether a user looks up each page.
 *
 * Return: linear address in the lab of memory filled with zeros; 0 on failure.
 */
u32 mmlab_vmalloc_scattered(size_t size);

/* Frees an area of the two functions above. -EINVAL if it is none. 0 is allowed. */
int mmlab_vfree_area(u32 lva);

/**
 * mmlab_vmalloc_to_ptr() - look up a byte of an area in the lab's page tables
 * @lva: linear address in an area of mmlab_vmalloc_area() or
 *	mmlab_vmalloc_scattered()
 *
 * The pointer is good for one page only, as the next one may lie elsewhere. The caller
 * keeps the area as long as it uses the pointer.
 *
 * Return: the kernel's pointer to that byte; NULL if @lva is in no such area or in a
 * guard page, or the page tables are corrupt.
 */
void *mmlab_vmalloc_to_ptr(u32 lva);

/**
 * mmlab_virt_to_page() - find the host's page that a pointer points into
 * @ptr: pointer into memory of mmlab_alloc_pages() or from mmlab_vmalloc_to_ptr()
 *
 * For the entry of a window. If a page has a reference when its memory is freed, it gets
 * no other owner before the reference is dropped. The host may have marked the page bad
 * (PageHWPoison()): it must not be entered then.
 *
 * Return: the page; NULL if @ptr does not point into the arena.
 */
struct page *mmlab_virt_to_page(const void *ptr);

/*
 * Policies: which page goes when frames run out. core/policy_ops.h has the contract;
 * Documentation/policies.md shows how to write one.
 */

/**
 * mmlab_policy_register() - offer a policy
 * @ops: its table. The lab keeps a copy
 *
 * From now on users can choose it by its name. It may be called at once, while this
 * function has not returned yet.
 *
 * Return:
 * * 0 - it is there
 * * -EINVAL - the name or a flag is not allowed, or there is no victim function
 * * -EEXIST - a policy has that name
 * * -ENOMEM - the host has no memory
 */
#define mmlab_policy_register(ops)	__mmlab_policy_register(ops, THIS_MODULE)
int __mmlab_policy_register(const struct mmlab_policy_ops *ops, struct module *owner);

/**
 * mmlab_policy_unregister() - withdraw a policy
 * @ops: the same table
 *
 * Where it is in charge, the default takes its place. On return no function of it runs
 * any more, and none will. It must not be called by a function of a policy.
 *
 * A module does this in its exit function, at any time. If it does not, the lab does it
 * when the module goes.
 *
 * Return: 0, or -ENOENT if it was not registered, or not any more.
 */
int mmlab_policy_unregister(const struct mmlab_policy_ops *ops);

#endif /* MMLAB_API_H */
