// SPDX-License-Identifier: GPL-2.0
/*
 * The lab's vmalloc. Everything is under lab_vm_space.lock, which is also held
 * while windows are filled or flushed, so that a flush and a fault can't overtake
 * each other.
 *
 * Lock order: lab_mm.lock -> lab_vm_space.lock -> caches_lock and what follows.
 */
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <linux/xarray.h>

#include "../report.h"
#include "arena.h"
#include "frames.h"
#include "init_mm.h"
#include "inject.h"
#include "magazine.h"
#include "process.h"
#include "vmalloc.h"

struct lab_vm_space mmlab_vm_space = {
	.lock = __MUTEX_INITIALIZER(mmlab_vm_space.lock),
};

static struct lab_kcache *area_cache;

/* Areas with LAB_VM_HOST, by the page number of their host address. */
static DEFINE_XARRAY(host_areas);

#define PAGE_FLAGS	(LAB_PTE_RW | LAB_PTE_ACCESSED | LAB_PTE_DIRTY)

int mmlab_vmalloc_setup(void)
{
	mmlab_vmalloc_init(&mmlab_vm_space,
			   mmlab_lva_val(mmlab_frame_vmalloc_start(&mmlab_machine)),
			   LAB_VMALLOC_END);
	area_cache = mmlab_cache_create("vm_struct", sizeof(struct lab_vm_area),
					0, LAB_SLAB_INTERNAL, 0, -1, NULL);
	return PTR_ERR_OR_ZERO(area_cache);
}

static u32 nr_pages_of(const struct lab_vm_area *area)
{
	return (area->size >> PAGE_SHIFT) - 1;
}

/* Puts a frame at @lva, and a page table if there is none yet. */
static int map_page(struct lab_vm_area *area, lva_t lva, u32 pfn)
{
	u32 pgd = mmlab_init_mm_pgd();
	int err;

	if (mmlab_inject_fails(FAILPOINT_MAP, PAGE_SIZE))
		return -ENOMEM;
	if (!mmlab_pgtable_walk(&mmlab_machine, pgd, lva)) {
		u32 table = mmlab_frames_alloc(0, LAB_ZERO | LAB_RESERVE,
					       USE_PGTABLE, 0);

		if (table == PFN_NONE)
			return -ENOMEM;
		mmlab_pgtable_add_table(&mmlab_machine, pgd, lva, table);
	}
	err = mmlab_pgtable_set(&mmlab_machine, pgd, lva, pfn, PAGE_FLAGS);
	if (!err)
		area->nr_mapped++;
	return err;
}

static int supply_page(struct lab_vm_area *area, lva_t lva)
{
	u32 pfn = mmlab_frames_alloc(0, LAB_ZERO, USE_VMALLOC, area->owner);
	int err;

	if (pfn == PFN_NONE)
		return -ENOMEM;
	err = map_page(area, lva, pfn);
	if (err)
		mmlab_frames_free(pfn, 0, USE_VMALLOC, area->owner);
	return err;
}

static void unmap_page(struct lab_vm_area *area, lva_t lva)
{
	u32 pte = mmlab_pgtable_clear(&mmlab_machine, mmlab_init_mm_pgd(), lva);
	struct lab_verdict v = {};

	if (!pte)
		return;
	area->nr_mapped--;
	mmlab_verdict_expect(&v, "an entry of an area maps one of its frames",
			     mmlab_lva_val(lva), 0,
			     -mmlab_frames_free(mmlab_pte_pfn(pte), 0,
						USE_VMALLOC, area->owner));
	mmlab_report("vmalloc region", &v);
}

/* Gives back the page table for @lva if it is empty now. */
static void drop_table(lva_t lva)
{
	u32 table = mmlab_pgtable_del_table(&mmlab_machine, mmlab_init_mm_pgd(),
					    lva);

	if (table != PFN_NONE)
		mmlab_frames_free(table, 0, USE_PGTABLE, 0);
}

/* Takes all pages out; nobody has a way to them any more. */
static void unmap_pages(struct lab_vm_area *area)
{
	u32 i;

	for (i = 0; i < nr_pages_of(area); i++) {
		lva_t lva = mmlab_lva(area->start + (i << PAGE_SHIFT));

		unmap_page(area, lva);
		if (i + 1 == nr_pages_of(area) ||
		    mmlab_pgtable_pte_index(lva) == LAB_PTRS_PER_PTE - 1) {
			drop_table(lva);
			cond_resched();
		}
	}
}

/*
 * All pages at once. Scattered: every second block that the allocator gives is
 * put aside until the area is full, so that no two neighbours are neighbours.
 */
static int supply_all(struct lab_vm_area *area)
{
	u32 aside = PFN_NONE, i;
	int err = 0;

	for (i = 0; i < nr_pages_of(area) && !err; i++) {
		err = supply_page(area, mmlab_lva(area->start + (i << PAGE_SHIFT)));
		if (!err && area->flags & LAB_VM_SCATTER) {
			u32 pfn = mmlab_frames_alloc(0, 0, USE_VMALLOC,
						     area->owner);

			if (pfn == PFN_NONE)
				continue;
			mmlab_frame(&mmlab_machine, pfn)->next = aside;
			aside = pfn;
		}
	}
	while (aside != PFN_NONE) {
		u32 next = mmlab_frame(&mmlab_machine, aside)->next;

		mmlab_frames_free(aside, 0, USE_VMALLOC, area->owner);
		aside = next;
	}
	return err;
}

static u32 frame_at(const struct lab_vm_area *area, u32 page)
{
	lva_t lva = mmlab_lva(area->start + (page << PAGE_SHIFT));
	const u32 *pte = mmlab_pgtable_walk(&mmlab_machine, mmlab_init_mm_pgd(),
					    lva);
	u32 entry = pte ? READ_ONCE(*pte) : 0;

	return mmlab_pgtable_maps(&mmlab_machine, entry, USE_VMALLOC,
				  area->owner) ? mmlab_pte_pfn(entry) : PFN_NONE;
}

/* A mapping of the same pages for the host kernel. */
static int map_for_host(struct lab_vm_area *area)
{
	u32 nr = nr_pages_of(area), i;
	struct page **pages;
	int err;

	pages = kvmalloc_array(nr, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	for (i = 0; i < nr; i++) {
		u32 pfn = frame_at(area, i);

		if (pfn == PFN_NONE) {
			kvfree(pages);
			return -EIO;
		}
		pages[i] = mmlab_arena_page(pfn);
	}
	area->host = vmap(pages, nr, VM_MAP, PAGE_KERNEL);
	kvfree(pages);
	if (!area->host)
		return -ENOMEM;
	err = xa_err(xa_store(&host_areas, (unsigned long)area->host >> PAGE_SHIFT,
			      area, GFP_KERNEL));
	if (err) {
		vunmap(area->host);
		area->host = NULL;
	}
	return err;
}

static void unmap_for_host(struct lab_vm_area *area)
{
	if (!area->host)
		return;
	xa_erase(&host_areas, (unsigned long)area->host >> PAGE_SHIFT);
	vunmap(area->host);
	area->host = NULL;
}

static void destroy_locked(struct lab_vm_area *area)
{
	lockdep_assert_held(&mmlab_vm_space.lock);
	trace_vfree(area->start, area->size, area->nr_mapped);
	unmap_for_host(area);
	mmlab_process_flush_all(area->start, area->size);
	unmap_pages(area);
	mmlab_vmalloc_remove(&mmlab_vm_space, area);
	mmlab_cache_free(area_cache, area, _RET_IP_);
}

static int create_locked(struct lab_vm_area *area, u32 size, u32 align)
{
	int err = mmlab_vmalloc_insert(&mmlab_vm_space, area, size, align);

	lockdep_assert_held(&mmlab_vm_space.lock);
	if (err) {
		mmlab_cache_free(area_cache, area, _RET_IP_);
		return err;
	}
	if (!(area->flags & LAB_VM_LAZY))
		err = supply_all(area);
	if (!err && area->flags & LAB_VM_HOST)
		err = map_for_host(area);
	if (err)
		destroy_locked(area);
	else
		trace_vmalloc(area->start, area->size, area->nr_mapped);
	return err;
}

int mmlab_vmalloc_alloc(u32 size, u32 align, u32 flags, u32 owner,
			unsigned long caller, u32 *lva)
{
	struct lab_vm_area *area;
	int err;

	align = align ?: PAGE_SIZE;
	if (!size || align & (align - 1) ||
	    (flags & LAB_VM_LAZY && flags & (LAB_VM_HOST | LAB_VM_SCATTER)))
		return -EINVAL;
	if (size > U32_MAX - PAGE_SIZE)
		return -ENOMEM;
	area = mmlab_cache_alloc(area_cache, _RET_IP_);
	if (!area)
		return -ENOMEM;
	memset(area, 0, sizeof(*area));
	area->flags = flags;
	area->owner = owner;
	area->caller = caller;
	mutex_lock(&mmlab_vm_space.lock);
	err = create_locked(area, PAGE_ALIGN(size), max_t(u32, align, PAGE_SIZE));
	if (!err)
		*lva = area->start;
	mutex_unlock(&mmlab_vm_space.lock);
	return err;
}

int mmlab_vmalloc_free(u32 lva, u32 owner)
{
	struct lab_vm_area *area;
	int err = 0;

	mutex_lock(&mmlab_vm_space.lock);
	area = mmlab_vmalloc_find(&mmlab_vm_space, lva);
	if (!area || area->start != lva)
		err = -EINVAL;
	else if (area->owner != owner)
		err = -EPERM;
	else
		destroy_locked(area);
	mutex_unlock(&mmlab_vm_space.lock);
	return err;
}

void mmlab_vmalloc_free_owned(u32 owner)
{
	struct lab_vm_area *area, *next;

	mutex_lock(&mmlab_vm_space.lock);
	list_for_each_entry_safe(area, next, &mmlab_vm_space.areas, list)
		if (area->owner == owner)
			destroy_locked(area);
	mutex_unlock(&mmlab_vm_space.lock);
}

void *mmlab_vmalloc_host_pointer(u32 lva)
{
	struct lab_vm_area *area;
	void *host;

	mutex_lock(&mmlab_vm_space.lock);
	area = mmlab_vmalloc_find(&mmlab_vm_space, lva);
	host = area ? area->host : NULL;
	mutex_unlock(&mmlab_vm_space.lock);
	return host;
}

u32 mmlab_vmalloc_from_host_pointer(const void *ptr)
{
	struct lab_vm_area *area;
	u32 lva;

	mutex_lock(&mmlab_vm_space.lock);
	area = xa_load(&host_areas, (unsigned long)ptr >> PAGE_SHIFT);
	lva = area && area->host == ptr ? area->start : 0;
	mutex_unlock(&mmlab_vm_space.lock);
	return lva;
}

/* The area with a page, not a guard page, at an address. */
static struct lab_vm_area *area_with_page_locked(u32 lva)
{
	struct lab_vm_area *area = mmlab_vmalloc_find(&mmlab_vm_space, lva);

	return area && lva < mmlab_vmalloc_guard(area) ? area : NULL;
}

u32 mmlab_vmalloc_rights_locked(u32 lva, u32 owner)
{
	const struct lab_vm_area *area;

	lockdep_assert_held(&mmlab_vm_space.lock);
	area = area_with_page_locked(lva);
	if (!area || !(area->flags & LAB_VM_USER || area->owner == owner))
		return 0;
	return area->flags & LAB_VM_READONLY ? LAB_VM_READ :
	       LAB_VM_READ | LAB_VM_WRITE;
}

int mmlab_vmalloc_touch_locked(lva_t lva, u32 *pfn)
{
	u32 address = mmlab_lva_val(lva);
	struct lab_vm_area *area;
	u32 page;
	int err = 0;

	lockdep_assert_held(&mmlab_vm_space.lock);
	area = area_with_page_locked(address);
	if (!area)
		return -EFAULT;
	page = (address - area->start) >> PAGE_SHIFT;
	*pfn = frame_at(area, page);
	if (*pfn == PFN_NONE && area->flags & LAB_VM_LAZY) {
		err = supply_page(area, lva);
		*pfn = frame_at(area, page);
	}
	return err ?: *pfn == PFN_NONE ? -EIO : 0;
}

void mmlab_vmalloc_sync_pde_locked(u32 pgd, lva_t lva)
{
	lockdep_assert_held(&mmlab_vm_space.lock);
	*mmlab_pgtable_pde(&mmlab_machine, pgd, lva) =
		*mmlab_pgtable_pde(&mmlab_machine, mmlab_init_mm_pgd(), lva);
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
		*largest_hole = mmlab_vmalloc_largest_hole(&mmlab_vm_space);
	mutex_unlock(&mmlab_vm_space.lock);
	return view;
}

int mmlab_vmalloc_view(u32 lva, struct lab_vm_view *view)
{
	const struct lab_vm_area *area;

	mutex_lock(&mmlab_vm_space.lock);
	area = mmlab_vmalloc_find(&mmlab_vm_space, lva);
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
	mmlab_vmalloc_validate(&mmlab_vm_space, v);
	list_for_each_entry(area, &mmlab_vm_space.areas, list) {
		for (i = 0, nr = 0; i < nr_pages_of(area); i++)
			nr += frame_at(area, i) != PFN_NONE;
		mmlab_verdict_expect(v, "an area has as many frames as it counts",
				     area->start, area->nr_mapped, nr);
		nr_mapped += nr;
	}
	mmlab_pgtable_validate(&mmlab_machine, mmlab_init_mm_pgd(),
			       round_up((u64)mmlab_vm_space.start, table_bytes),
			       LAB_SPACE_BYTES, USE_NONE, 0, &census, v);
	mmlab_verdict_expect(v, "only areas have pages in the vmalloc region",
			     mmlab_vm_space.start, 1,
			     census.nr_present <= nr_mapped);
	mutex_unlock(&mmlab_vm_space.lock);
}
