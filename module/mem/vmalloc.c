// SPDX-License-Identifier: GPL-2.0
/*
 * The lab's vmalloc: look-up, rights, allocation and free. Everything is under
 * lab_vm_space.lock; mm.h says how that orders flushes and faults. The pages of an area
 * are in vm_struct.c.
 *
 * Lock order: lab_mm.lock -> lab_vm_space.lock -> caches_lock and what follows.
 */
#include <linux/mm.h>

#include "../report.h"
#include "arena.h"
#include "init_mm.h"
#include "process.h"
#include "vmalloc.h"

static void flush_tlb_area_locked(const struct lab_vm_area *area)
{
	lockdep_assert_held(&mmlab_vm_space.lock);
	/* no window can have shown an area that is for the lab kernel only */
	if (!area->owner && !(area->flags & LAB_AREA_USER))
		return;
	mmlab_flush_tlb_kernel_range(area->start, area->size);
}

static void destroy_area_locked(struct lab_vm_area *area)
{
	lockdep_assert_held(&mmlab_vm_space.lock);
	flush_tlb_area_locked(area);
	mmlab_vm_struct_destroy_locked(mmlab_vm_struct_of(area));
}

/* Takes an area from its owner. Returns it, to be disposed of without the lock. */
static __always_inline struct lab_vm_struct *release_area_locked(struct lab_vm_area *area)
{
	struct lab_vm_struct *vm = mmlab_vm_struct_of(area);

	lockdep_assert_held(&mmlab_vm_space.lock);
	trace_vfree(area->start, area->size, area->nr_mapped);
	flush_tlb_area_locked(area);
	mmlab_vm_struct_detach_locked(vm);
	return vm;
}

void mmlab_vmalloc_teardown(void)
{
	struct lab_vm_area *area, *next;

	mutex_lock(&mmlab_vm_space.lock);
	list_for_each_entry_safe(area, next, &mmlab_vm_space.areas, list)
		destroy_area_locked(area);
	mmlab_vm_struct_trim_locked();
	mutex_unlock(&mmlab_vm_space.lock);
}

u32 mmlab_vmalloc_trim(void)
{
	u32 nr;

	if (!mutex_trylock(&mmlab_vm_space.lock))
		return 0;
	nr = mmlab_vm_struct_trim_locked();
	mutex_unlock(&mmlab_vm_space.lock);
	return nr;
}

/* An area's addresses, for the lab and for the host; returned in registers. */
struct vm_place {
	u32 lva;		/* 0: no place */
	int err;
	void *host;
};

/* Gives a new area its place. */
static int place_area_locked(struct lab_vm_struct *vm, u32 size, u32 align)
{
	int err;

	lockdep_assert_held(&mmlab_vm_space.lock);
	err = mmlab_area_insert(&mmlab_vm_space, &vm->area, size, align);
	if (err)
		return err;
	err = mmlab_vm_struct_fill_locked(vm);
	if (err)
		mmlab_vm_struct_detach_locked(vm);
	return err;
}

/*
 * No other thread finds the area before the lock is dropped. After that another one may
 * have freed it, so its addresses are returned, not the area.
 */
static __always_inline struct vm_place publish_area_locked(struct lab_vm_struct *vm,
							   unsigned long caller)
{
	lockdep_assert_held(&mmlab_vm_space.lock);
	vm->area.caller = caller;
	trace_vmalloc(vm->area.start, vm->area.size, vm->area.nr_mapped);
	return (struct vm_place){ .lva = vm->area.start, .host = vm->area.host };
}

/* @size is page aligned, @align a power of two and at least a page. */
static noinline struct vm_place alloc_area(u32 size, u32 align, lab_area_flags_t flags,
					   u32 owner, unsigned long caller)
{
	struct vm_place place = {};
	struct lab_vm_struct *vm;

	/* refuse it here: the frames are taken before the search for a hole */
	if (size > mmlab_vm_space.end - mmlab_vm_space.start - PAGE_SIZE)
		return (struct vm_place){ .err = -ENOMEM };
	vm = mmlab_vm_struct_new(flags, owner, size >> PAGE_SHIFT);
	if (!vm)
		return (struct vm_place){ .err = -ENOMEM };
	mutex_lock(&mmlab_vm_space.lock);
	place.err = place_area_locked(vm, size, align);
	if (!place.err)
		place = publish_area_locked(vm, caller);
	mutex_unlock(&mmlab_vm_space.lock);
	if (place.err)
		mmlab_vm_struct_dispose(vm);
	return place;
}

int mmlab_vmalloc_alloc(u32 size, u32 align, lab_area_flags_t flags, u32 owner,
			unsigned long caller, u32 *lva)
{
	struct vm_place place;

	if (!size || align & (align - 1) ||
	    (flags & LAB_AREA_LAZY && flags & (LAB_AREA_HOST | LAB_AREA_SCATTER)) ||
	    (flags & LAB_AREA_RAW && (owner || flags & LAB_AREA_USER)))
		return -EINVAL;
	if (size > U32_MAX - PAGE_SIZE)
		return -ENOMEM;
	place = alloc_area(PAGE_ALIGN(size), max_t(u32, align, PAGE_SIZE), flags,
			   owner, caller);
	if (!place.err)
		*lva = place.lva;
	return place.err;
}

u32 mmlab_vmalloc_alloc_kernel(size_t size, unsigned long caller)
{
	if (!size || size > U32_MAX - PAGE_SIZE)
		return 0;
	return alloc_area(PAGE_ALIGN(size), PAGE_SIZE, LAB_AREA_RAW, 0, caller).lva;
}

void *mmlab_vmalloc_alloc_host(size_t size, lab_area_flags_t flags, unsigned long caller)
{
	if (!size || size > U32_MAX - PAGE_SIZE)
		return NULL;
	return alloc_area(PAGE_ALIGN(size), PAGE_SIZE, flags | LAB_AREA_HOST, 0,
			  caller).host;
}

/*
 * Under the lock, the area leaves the region, its windows are flushed and its entries are
 * cleared. What costs time, frames and the host's mapping, goes without the lock.
 */
int mmlab_vmalloc_free(u32 lva, u32 owner)
{
	struct lab_vm_struct *gone = NULL;
	struct lab_vm_area *area;
	int err = 0;

	mutex_lock(&mmlab_vm_space.lock);
	area = mmlab_area_find(&mmlab_vm_space, lva);
	if (!area || area->start != lva)
		err = -EINVAL;
	else if (area->owner != owner)
		err = -EPERM;
	else
		gone = release_area_locked(area);
	mutex_unlock(&mmlab_vm_space.lock);
	if (gone)
		mmlab_vm_struct_dispose(gone);
	return err;
}

int mmlab_vmalloc_free_host(const void *ptr)
{
	struct lab_vm_struct *vm, *gone = NULL;
	int err = 0;

	mutex_lock(&mmlab_vm_space.lock);
	vm = mmlab_vm_struct_by_host_locked(ptr);
	if (!vm)
		err = -EINVAL;
	else
		gone = release_area_locked(&vm->area);
	mutex_unlock(&mmlab_vm_space.lock);
	if (gone)
		mmlab_vm_struct_dispose(gone);
	return err;
}

void mmlab_vmalloc_free_owned(u32 owner)
{
	struct lab_vm_area *area, *next;

	mutex_lock(&mmlab_vm_space.lock);
	list_for_each_entry_safe(area, next, &mmlab_vm_space.areas, list) {
		if (area->owner != owner)
			continue;
		trace_vfree(area->start, area->size, area->nr_mapped);
		destroy_area_locked(area);
	}
	mutex_unlock(&mmlab_vm_space.lock);
}

/* The area with a page, not a guard page, at an address. */
static struct lab_vm_area *area_with_page_locked(u32 lva)
{
	struct lab_vm_area *area;

	lockdep_assert_held(&mmlab_vm_space.lock);
	area = mmlab_area_find(&mmlab_vm_space, lva);
	return area && lva < mmlab_area_guard(area) ? area : NULL;
}

lab_vma_flags_t mmlab_vmalloc_rights_locked(u32 lva, u32 owner)
{
	const struct lab_vm_area *area;

	lockdep_assert_held(&mmlab_vm_space.lock);
	area = area_with_page_locked(lva);
	if (!area || !(area->flags & LAB_AREA_USER || area->owner == owner))
		return 0;
	return area->flags & LAB_AREA_READONLY && area->owner != owner ?
	       LAB_VMA_READ : LAB_VMA_READ | LAB_VMA_WRITE;
}

int mmlab_vmalloc_open(u32 owner, u32 lva, lab_vma_flags_t *rights)
{
	mutex_lock(&mmlab_vm_space.lock);
	*rights = mmlab_vmalloc_rights_locked(lva, owner);
	mutex_unlock(&mmlab_vm_space.lock);
	return *rights ? 0 : -EPERM;
}

/*
 * The lab kernel's directory has every area's table; a process's copy may lack it. So all
 * touches walk that one, and rights come from the area, not from the entry.
 */
int mmlab_vmalloc_touch_locked(u32 lva, u32 *pfn)
{
	u32 address = lva;
	struct lab_vm_area *area;
	u32 page;
	int err = 0;

	lockdep_assert_held(&mmlab_vm_space.lock);
	area = area_with_page_locked(address);
	if (!area)
		return -EFAULT;
	page = (address - area->start) >> PAGE_SHIFT;
	*pfn = mmlab_vm_struct_frame_locked(area, page);
	if (*pfn == PFN_NONE && area->flags & LAB_AREA_LAZY) {
		err = mmlab_vm_struct_supply_locked(area, page);
		*pfn = mmlab_vm_struct_frame_locked(area, page);
	}
	return err ?: *pfn == PFN_NONE ? -EIO : 0;
}

int mmlab_vmalloc_find_frame(u32 lva, u32 owner, u32 *pfn)
{
	const struct lab_vm_area *area;
	int err;

	mutex_lock(&mmlab_vm_space.lock);
	area = area_with_page_locked(lva);
	if (area && area->owner != owner)
		err = -EPERM;
	else
		err = mmlab_vmalloc_touch_locked(lva, pfn);
	mutex_unlock(&mmlab_vm_space.lock);
	return err;
}

void mmlab_vmalloc_sync_pde_locked(u32 pgd, u32 lva)
{
	lockdep_assert_held(&mmlab_vm_space.lock);
	WRITE_ONCE(*mmlab_pgtable_pde(&mmlab_machine, pgd, lva),
		   READ_ONCE(*mmlab_pgtable_pde(&mmlab_machine,
						mmlab_init_mm_pgd(), lva)));
}

static void view_area(const struct lab_vm_area *area, struct lab_vm_view *view)
{
	view->start = area->start;
	view->size = area->size;
	view->flags = area->flags;
	view->owner = area->owner;
	view->nr_mapped = area->nr_mapped;
	view->caller = area->caller;
}

struct lab_vm_view *mmlab_vmalloc_view_all(u32 *nr, u32 *largest_hole)
{
	const struct lab_vm_area *area;
	struct lab_vm_view *view;

	*nr = 0;
	mutex_lock(&mmlab_vm_space.lock);
	view = kvcalloc(mmlab_vm_space.nr_areas + 1, sizeof(*view), GFP_KERNEL);
	if (view)
		list_for_each_entry(area, &mmlab_vm_space.areas, list)
			view_area(area, &view[(*nr)++]);
	if (largest_hole)
		*largest_hole = mmlab_area_largest_hole(&mmlab_vm_space);
	mutex_unlock(&mmlab_vm_space.lock);
	return view;
}

int mmlab_vmalloc_view(u32 lva, struct lab_vm_view *view)
{
	const struct lab_vm_area *area;

	mutex_lock(&mmlab_vm_space.lock);
	area = mmlab_area_find(&mmlab_vm_space, lva);
	if (area)
		view_area(area, view);
	mutex_unlock(&mmlab_vm_space.lock);
	return area ? 0 : -ENOENT;
}

void mmlab_vmalloc_check(struct lab_verdict *v)
{
	u64 table_bytes = 1ULL << LAB_PGDIR_SHIFT;
	struct lab_pgtable_census census;
	const struct lab_vm_area *area;
	u32 nr_mapped = 0, i, nr;

	mutex_lock(&mmlab_vm_space.lock);
	mmlab_area_validate(&mmlab_vm_space, v);
	list_for_each_entry(area, &mmlab_vm_space.areas, list) {
		for (i = 0, nr = 0; i < mmlab_vm_struct_nr_pages(area); i++)
			nr += mmlab_vm_struct_frame_locked(area, i) != PFN_NONE;
		mmlab_verdict_expect(v, "an area has as many frames as it counts",
				     area->start, area->nr_mapped, nr);
		nr_mapped += nr;
	}
	mmlab_pgtable_validate(&mmlab_machine, mmlab_init_mm_pgd(),
			       round_up((u64)mmlab_vm_space.start, table_bytes),
			       LAB_SPACE_BYTES, USE_NONE, 0, 0, &census, v);
	mmlab_verdict_expect(v, "only areas have pages in the vmalloc region",
			     mmlab_vm_space.start, 1,
			     census.nr_present <= nr_mapped);
	mutex_unlock(&mmlab_vm_space.lock);
}
