// SPDX-License-Identifier: GPL-2.0
/*
 * The functions for other modules: see mmlab_api.h.
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/mm.h>

#include "../mmlab_api.h"
#include "arena.h"
#include "cache.h"
#include "fast.h"
#include "frames.h"
#include "frames_fast.h"
#include "kmalloc.h"
#include "magazine.h"
#include "vmalloc.h"

static_assert(MMLAB_DMA == (__force u32)LAB_GFP_DMA);
static_assert(MMLAB_ZERO == (__force u32)LAB_GFP_ZERO);
static_assert(MMLAB_PAGE_OFFSET == LAB_PAGE_OFFSET);

/* The public flags have the values of the lab's. */
static lab_gfp_t gfp_of(unsigned int flags)
{
	return (__force lab_gfp_t)flags;
}

/* Frame number of a pointer into the arena mapping, or PFN_NONE. */
static u32 ptr_to_pfn(const void *ptr)
{
	size_t offset = ptr - mmlab_machine.base;

	if (unlikely(offset >= mmlab_machine.nr_bytes))
		return PFN_NONE;
	return offset >> PAGE_SHIFT;
}

static noinline void *alloc_pages_slow(unsigned int order, unsigned int flags)
{
	u32 pfn = PFN_NONE;

	if (!flags)
		pfn = mmlab_frames_alloc_slow(order, 0, USE_BLOCK, 0);
	else if (!(flags & ~(MMLAB_DMA | MMLAB_ZERO)))
		pfn = mmlab_frames_alloc(order, gfp_of(flags), USE_BLOCK, 0);
	return pfn == PFN_NONE ? NULL : mmlab_frame_address(&mmlab_machine, pfn);
}

void *mmlab_alloc_pages(unsigned int order, unsigned int flags)
{
	u32 pfn;

	if (unlikely(flags))
		return alloc_pages_slow(order, flags);
	pfn = mmlab_frames_try_alloc(order, LAB_ZONE_NORMAL, USE_BLOCK, 0);
	if (unlikely(pfn == PFN_NONE))
		return alloc_pages_slow(order, 0);
	return mmlab_frame_address(&mmlab_machine, pfn);
}
EXPORT_SYMBOL_GPL(mmlab_alloc_pages);

static noinline int free_pages_slow(void *ptr, unsigned int order)
{
	u32 pfn = min_t(size_t, mmlab_fast_page(ptr), PFN_NONE);

	return ptr ? mmlab_frames_free_slow(pfn, order, USE_BLOCK, 0) : 0;
}

int mmlab_free_pages(void *ptr, unsigned int order)
{
	if (likely(mmlab_frames_try_free(mmlab_fast_page(ptr), order, USE_BLOCK, 0)))
		return 0;
	return free_pages_slow(ptr, order);
}
EXPORT_SYMBOL_GPL(mmlab_free_pages);

u32 mmlab_virt_to_phys(const void *ptr)
{
	u32 pfn = ptr_to_pfn(ptr);

	if (pfn == PFN_NONE)
		return U32_MAX;
	return mmlab_lpa_val(mmlab_pfn_to_lpa(pfn)) | offset_in_page(ptr);
}
EXPORT_SYMBOL_GPL(mmlab_virt_to_phys);

/* The public name of struct lab_kcache. */
static struct lab_kcache *kcache(struct mmlab_kmem_cache *cache)
{
	return (struct lab_kcache *)cache;
}

struct mmlab_kmem_cache *mmlab_kmem_cache_create(const char *name, unsigned int size,
						 unsigned int align, unsigned int flags,
						 void (*ctor)(void *object))
{
	if (flags & ~MMLAB_DMA)
		return ERR_PTR(-EINVAL);
	return (struct mmlab_kmem_cache *)
		mmlab_cache_create(name, size, align,
				   flags & MMLAB_DMA ? LAB_SLAB_DMA : 0, 0, -1,
				   ctor);
}
EXPORT_SYMBOL_GPL(mmlab_kmem_cache_create);

int mmlab_kmem_cache_destroy(struct mmlab_kmem_cache *cache)
{
	return mmlab_cache_destroy(kcache(cache), 0);
}
EXPORT_SYMBOL_GPL(mmlab_kmem_cache_destroy);

unsigned int mmlab_kmem_cache_shrink(struct mmlab_kmem_cache *cache)
{
	return mmlab_cache_shrink(kcache(cache));
}
EXPORT_SYMBOL_GPL(mmlab_kmem_cache_shrink);

void *mmlab_kmem_cache_alloc(struct mmlab_kmem_cache *cache)
{
	void *object = mmlab_magazine_try_alloc(kcache(cache));

	return likely(object) ? object :
	       mmlab_magazine_alloc_slow(kcache(cache), _RET_IP_);
}
EXPORT_SYMBOL_GPL(mmlab_kmem_cache_alloc);

int mmlab_kmem_cache_free(struct mmlab_kmem_cache *cache, void *object)
{
	return likely(mmlab_magazine_try_free(kcache(cache), object)) ? 0 :
	       mmlab_magazine_free_slow(kcache(cache), object, _RET_IP_);
}
EXPORT_SYMBOL_GPL(mmlab_kmem_cache_free);

int mmlab_kmem_cache_alloc_bulk(struct mmlab_kmem_cache *cache, void **objects,
				unsigned int nr)
{
	return mmlab_magazine_alloc_bulk(kcache(cache), objects, nr, _RET_IP_);
}
EXPORT_SYMBOL_GPL(mmlab_kmem_cache_alloc_bulk);

unsigned int mmlab_kmem_cache_free_bulk(struct mmlab_kmem_cache *cache, void **objects,
					unsigned int nr)
{
	return mmlab_magazine_free_bulk(kcache(cache), objects, nr, _RET_IP_);
}
EXPORT_SYMBOL_GPL(mmlab_kmem_cache_free_bulk);

void *mmlab_kmalloc(size_t size, unsigned int flags)
{
	void *ptr;

	if (likely(!flags)) {
		ptr = mmlab_kmalloc_try_alloc(size);
		if (likely(ptr))
			return ptr;
	} else if (flags & ~(MMLAB_DMA | MMLAB_ZERO)) {
		return NULL;
	}
	return mmlab_kmalloc_alloc_slow(size, gfp_of(flags), 0, _RET_IP_);
}
EXPORT_SYMBOL_GPL(mmlab_kmalloc);

int mmlab_kfree(void *ptr)
{
	if (likely(mmlab_kmalloc_try_free(ptr)))
		return 0;
	return ptr ? mmlab_kmalloc_free_slow(ptr, 0, _RET_IP_) : 0;
}
EXPORT_SYMBOL_GPL(mmlab_kfree);

size_t mmlab_ksize(const void *ptr)
{
	return mmlab_kmalloc_size(ptr);
}
EXPORT_SYMBOL_GPL(mmlab_ksize);

void *mmlab_krealloc(void *ptr, size_t size, unsigned int flags)
{
	size_t had = ptr ? mmlab_kmalloc_size(ptr) : 0;
	void *moved;

	if (unlikely(flags & ~(MMLAB_DMA | MMLAB_ZERO)))
		return NULL;
	if (!size) {
		mmlab_kfree(ptr);
		return NULL;
	}
	if (ptr && !had)
		return NULL;
	if (had >= size && size > had / 2) {
		/* so that a larger size finds zeros there once more */
		if (flags & MMLAB_ZERO)
			memset(ptr + size, 0, had - size);
		return ptr;
	}
	moved = mmlab_kmalloc_alloc(size, gfp_of(flags), 0, _RET_IP_);
	if (!moved || !ptr)
		return moved;
	memcpy(moved, ptr, min(had, size));
	mmlab_kmalloc_free(ptr, 0, _RET_IP_);
	return moved;
}
EXPORT_SYMBOL_GPL(mmlab_krealloc);

void *mmlab_vmalloc(size_t size)
{
	return mmlab_vmalloc_alloc_host(size, LAB_AREA_RAW, _RET_IP_);
}
EXPORT_SYMBOL_GPL(mmlab_vmalloc);

void *mmlab_vzalloc(size_t size)
{
	return mmlab_vmalloc_alloc_host(size, 0, _RET_IP_);
}
EXPORT_SYMBOL_GPL(mmlab_vzalloc);

int mmlab_vfree(void *ptr)
{
	return ptr ? mmlab_vmalloc_free_host(ptr) : 0;
}
EXPORT_SYMBOL_GPL(mmlab_vfree);

u32 mmlab_vmalloc_area(size_t size)
{
	return mmlab_vmalloc_alloc_kernel(size, _RET_IP_);
}
EXPORT_SYMBOL_GPL(mmlab_vmalloc_area);

u32 mmlab_vmalloc_scattered(size_t size)
{
	u32 lva = 0;

	if (size > U32_MAX || mmlab_vmalloc_alloc(size, 0, LAB_AREA_SCATTER, 0,
						  _RET_IP_, &lva))
		return 0;
	return lva;
}
EXPORT_SYMBOL_GPL(mmlab_vmalloc_scattered);

void *mmlab_vmalloc_to_ptr(u32 lva)
{
	u32 pfn;

	if (mmlab_vmalloc_find_frame(lva, 0, &pfn))
		return NULL;
	return mmlab_frame_address(&mmlab_machine, pfn) + offset_in_page(lva);
}
EXPORT_SYMBOL_GPL(mmlab_vmalloc_to_ptr);

struct page *mmlab_virt_to_page(const void *ptr)
{
	u32 pfn = ptr_to_pfn(ptr);

	return pfn == PFN_NONE ? NULL : mmlab_arena_page(pfn);
}
EXPORT_SYMBOL_GPL(mmlab_virt_to_page);

int mmlab_vfree_area(u32 lva)
{
	return lva ? mmlab_vmalloc_free(lva, 0) : 0;
}
EXPORT_SYMBOL_GPL(mmlab_vfree_area);
