// SPDX-License-Identifier: GPL-2.0
/*
 * Pages, page tables and host mapping of a vmalloc area.
 *
 * An area's entries are in the lab kernel's tables, which all lab processes share: a
 * table that is added here is in no process's directory until it is copied there
 * (mmlab_vmalloc_sync_pde_locked()), and one that is freed may still be in some. That
 * does no harm, because touches and accesses walk the lab kernel's directory.
 */
#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "../report.h"
#include "arena.h"
#include "cache.h"
#include "frames.h"
#include "frames_bulk.h"
#include "frames_fast.h"
#include "init_mm.h"
#include "inject.h"
#include "magazine.h"
#include "vm_struct.h"

#define PAGE_FLAGS	(LAB_PTE_RW | LAB_PTE_ACCESSED | LAB_PTE_DIRTY)

struct lab_vm_space mmlab_vm_space = {
	.lock = __MUTEX_INITIALIZER(mmlab_vm_space.lock),
};

static struct lab_kcache *area_cache;

/* Areas with LAB_AREA_HOST. */
static DEFINE_HASHTABLE(host_areas, 8);

/*
 * An address with a page table that may be empty. The table that was emptied last is kept,
 * as the next area is likely to need it. 0 if there is none.
 */
static u32 kept_table;

int mmlab_vm_struct_init(void)
{
	mmlab_area_init(&mmlab_vm_space,
			mmlab_frame_vmalloc_start(&mmlab_machine),
			LAB_VMALLOC_END);
	area_cache = mmlab_cache_create("vm_struct", sizeof(struct lab_vm_struct),
					0, LAB_SLAB_INTERNAL, 0, -1, NULL);
	return PTR_ERR_OR_ZERO(area_cache);
}

/* Takes frames in bulk, and one by one when bulk finds no more. */
static int take_frames(struct lab_vm_struct *vm, u32 nr)
{
	lab_gfp_t flags = vm->area.flags & LAB_AREA_RAW ? 0 : LAB_GFP_ZERO;
	u32 got, pfn;

	while (nr) {
		got = nr > 1 ? mmlab_frames_alloc_bulk(nr, flags, USE_VMALLOC,
						       vm->area.owner,
						       &vm->chain) : 0;
		nr -= got;
		if (got)
			continue;
		pfn = flags ? PFN_NONE :
		      mmlab_frames_try_alloc(0, LAB_ZONE_NORMAL, USE_VMALLOC,
					     vm->area.owner);
		if (pfn == PFN_NONE)
			pfn = mmlab_frames_alloc(0, flags, USE_VMALLOC,
						 vm->area.owner);
		if (pfn == PFN_NONE)
			return -ENOMEM;
		mmlab_frame(&mmlab_machine, pfn)->next = vm->chain;
		vm->chain = pfn;
		nr--;
	}
	return 0;
}

/* Maps the frames of the chain for the host. */
static int map_for_host(struct lab_vm_struct *vm, u32 nr)
{
	struct page **pages;
	u32 pfn, i = 0;

	if (nr == 1) {	/* its entry in mem_map is the array */
		pages = (struct page **)&mmlab_frame(&mmlab_machine, vm->chain)->host;
		vm->area.host = vmap(pages, 1, VM_MAP, PAGE_KERNEL);
		return vm->area.host ? 0 : -ENOMEM;
	}
	pages = kvmalloc_array(nr, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	for (pfn = vm->chain; pfn != PFN_NONE;
	     pfn = mmlab_frame(&mmlab_machine, pfn)->next)
		pages[i++] = mmlab_arena_page(pfn);
	vm->area.host = vmap(pages, nr, VM_MAP, PAGE_KERNEL);
	kvfree(pages);
	return vm->area.host ? 0 : -ENOMEM;
}

struct lab_vm_struct *mmlab_vm_struct_new(lab_area_flags_t flags, u32 owner, u32 nr)
{
	struct lab_vm_struct *vm = mmlab_magazine_alloc(area_cache, _RET_IP_);
	int err = 0;

	if (!vm)
		return NULL;
	/* No other thread knows the area before it has its place: no lock is needed. */
	vm->area.flags = flags;
	vm->area.owner = owner;
	vm->area.host = NULL;
	INIT_HLIST_NODE(&vm->by_host);
	vm->chain = PFN_NONE;
	vm->nr_wrong = 0;
	if (!(flags & (LAB_AREA_LAZY | LAB_AREA_SCATTER)))
		err = take_frames(vm, nr);
	if (!err && flags & LAB_AREA_HOST)
		err = map_for_host(vm, nr);
	if (!err)
		return vm;
	mmlab_vm_struct_dispose(vm);
	return NULL;
}

static noinline void report_wrong_pages(const struct lab_vm_struct *vm)
{
	struct lab_verdict v = {};

	mmlab_verdict_expect(&v, "the entries of an area map its own frames, once",
			     vm->area.start, 0, vm->nr_wrong);
	mmlab_report("vmalloc region", &v);
}

void mmlab_vm_struct_dispose(struct lab_vm_struct *vm)
{
	if (vm->area.host)
		vunmap(vm->area.host);
	if (mmlab_frames_free_bulk(vm->chain, USE_VMALLOC, vm->area.owner))
		vm->nr_wrong++;
	if (unlikely(vm->nr_wrong))
		report_wrong_pages(vm);
	mmlab_magazine_free(area_cache, vm, _RET_IP_);
}

static u32 page_address_of(const struct lab_vm_area *area, u32 page)
{
	return area->start + (page << PAGE_SHIFT);
}

/* Number of an area's pages from @page to the end of its page table. */
static u32 nr_in_table(const struct lab_vm_area *area, u32 page)
{
	u32 index = mmlab_pgtable_pte_index(page_address_of(area, page));

	return min(mmlab_vm_struct_nr_pages(area) - page,
		   LAB_PTRS_PER_PTE - index);
}

/* The entry of an area's page; NULL: there is no table. */
static const u32 *area_entry_at(u32 lva)
{
	return mmlab_pgtable_walk_owned(&mmlab_machine, mmlab_init_mm_pgd(), lva, 0);
}

static u32 frame_of_entry(const struct lab_vm_area *area, u32 entry)
{
	return mmlab_pgtable_maps(&mmlab_machine, entry, USE_VMALLOC,
				  area->owner) ? mmlab_pte_pfn(entry) : PFN_NONE;
}

u32 mmlab_vm_struct_frame_locked(const struct lab_vm_area *area, u32 page)
{
	const u32 *entry;

	lockdep_assert_held(&mmlab_vm_space.lock);
	entry = area_entry_at(page_address_of(area, page));
	return entry ? frame_of_entry(area, READ_ONCE(*entry)) : PFN_NONE;
}

/* Adds the page table for @lva, if it is missing. */
static int add_kernel_table_locked(u32 lva)
{
	u32 pgd = mmlab_init_mm_pgd(), table;

	lockdep_assert_held(&mmlab_vm_space.lock);
	table = mmlab_frames_alloc(0, LAB_GFP_ZERO | LAB_GFP_RESERVE, USE_PGTABLE, 0);
	if (table == PFN_NONE)
		return -ENOMEM;
	mmlab_pgtable_add_table(&mmlab_machine, pgd, lva, table);
	return 0;
}

/* Maps a chain of frames from a page on. On failure the rest stays in the chain. */
static int map_chain_locked(struct lab_vm_area *area, u32 page, u32 *chain)
{
	lockdep_assert_held(&mmlab_vm_space.lock);
	while (*chain != PFN_NONE) {
		u32 lva = page_address_of(area, page);
		u32 nr = 0;
		int err = 0;

		if (!mmlab_inject_fails(FAILPOINT_MAP, PAGE_SIZE))
			nr = mmlab_pgtable_set_chain(&mmlab_machine,
						     mmlab_init_mm_pgd(), lva,
						     chain, PAGE_FLAGS);
		else
			err = -ENOMEM;
		if (!nr && !err)
			err = add_kernel_table_locked(lva);
		if (err)
			return err;
		area->nr_mapped += nr;
		page += nr;
	}
	return 0;
}

/* Maps one frame, or frees it if that fails. @pfn may be PFN_NONE: -ENOMEM. */
static int map_one_locked(struct lab_vm_area *area, u32 page, u32 pfn)
{
	int err;

	lockdep_assert_held(&mmlab_vm_space.lock);
	if (pfn == PFN_NONE)
		return -ENOMEM;
	mmlab_frame(&mmlab_machine, pfn)->next = PFN_NONE;
	err = map_chain_locked(area, page, &pfn);
	mmlab_frames_free_bulk(pfn, USE_VMALLOC, area->owner);
	return err;
}

static u32 zeroed_frame(const struct lab_vm_area *area)
{
	return mmlab_frames_alloc(0, LAB_GFP_ZERO, USE_VMALLOC, area->owner);
}

int mmlab_vm_struct_supply_locked(struct lab_vm_area *area, u32 page)
{
	lockdep_assert_held(&mmlab_vm_space.lock);
	return map_one_locked(area, page, zeroed_frame(area));
}

/* A frame that is no neighbour of @last; neighbours are freed again afterwards. */
static u32 alloc_apart(const struct lab_vm_area *area, u32 last, u32 *aside)
{
	u32 pfn = zeroed_frame(area), other;

	while (pfn != PFN_NONE && last != PFN_NONE &&
	       (pfn == last + 1 || pfn == last - 1)) {
		other = zeroed_frame(area);
		if (other == PFN_NONE)
			break;
		mmlab_frame(&mmlab_machine, pfn)->next = *aside;
		*aside = pfn;
		pfn = other;
	}
	return pfn;
}

/* Supplies all pages one by one, on frames that are no neighbours in memory. */
static int supply_scattered_locked(struct lab_vm_area *area)
{
	u32 aside = PFN_NONE, last = PFN_NONE, page;
	int err = 0;

	lockdep_assert_held(&mmlab_vm_space.lock);
	for (page = 0; page < mmlab_vm_struct_nr_pages(area) && !err; page++) {
		last = alloc_apart(area, last, &aside);
		err = map_one_locked(area, page, last);
	}
	mmlab_frames_free_bulk(aside, USE_VMALLOC, area->owner);
	return err;
}

static struct hlist_head *host_bucket(const void *ptr)
{
	return &host_areas[hash_ptr(ptr, HASH_BITS(host_areas))];
}

struct lab_vm_struct *mmlab_vm_struct_by_host_locked(const void *ptr)
{
	struct lab_vm_struct *vm;

	lockdep_assert_held(&mmlab_vm_space.lock);
	hlist_for_each_entry(vm, host_bucket(ptr), by_host)
		if (vm->area.host == ptr)
			return vm;
	return NULL;
}

int mmlab_vm_struct_fill_locked(struct lab_vm_struct *vm)
{
	int err;

	lockdep_assert_held(&mmlab_vm_space.lock);
	err = vm->area.flags & LAB_AREA_SCATTER ?
	      supply_scattered_locked(&vm->area) :
	      map_chain_locked(&vm->area, 0, &vm->chain);
	if (!err && vm->area.host)
		hlist_add_head(&vm->by_host, host_bucket(vm->area.host));
	return err;
}

/* Frees the page table for @lva if it is empty. Returns frames. */
static u32 drop_table(u32 lva)
{
	u32 table = mmlab_pgtable_del_table(&mmlab_machine, mmlab_init_mm_pgd(),
					    lva);

	if (table == PFN_NONE)
		return 0;
	mmlab_frames_free(table, 0, USE_PGTABLE, 0);
	return 1;
}

u32 mmlab_vm_struct_trim_locked(void)
{
	u32 nr;

	lockdep_assert_held(&mmlab_vm_space.lock);
	nr = kept_table ? drop_table(kept_table) : 0;
	kept_table = 0;
	return nr;
}

static bool in_one_table(u32 a, u32 b)
{
	return mmlab_pgtable_pgd_index(a) ==
	       mmlab_pgtable_pgd_index(b);
}

/* Keeps the table of an area's page, which may be empty now, and trims the last one. */
static void leave_table_locked(const struct lab_vm_area *area, u32 page)
{
	u32 lva = page_address_of(area, page);

	lockdep_assert_held(&mmlab_vm_space.lock);
	if (!in_one_table(lva, kept_table))
		mmlab_vm_struct_trim_locked();
	kept_table = lva;
}

/* Unmaps all pages; the windows on them are flushed. */
static void unmap_pages_locked(struct lab_vm_struct *vm)
{
	struct lab_vm_area *area = &vm->area;
	u32 page, nr;

	lockdep_assert_held(&mmlab_vm_space.lock);
	for (page = 0; page < mmlab_vm_struct_nr_pages(area); page += nr) {
		nr = nr_in_table(area, page);
		area->nr_mapped -=
			mmlab_pgtable_clear_chain(&mmlab_machine,
						  mmlab_init_mm_pgd(),
						  page_address_of(area, page), nr,
						  USE_VMALLOC, area->owner,
						  &vm->chain, &vm->nr_wrong);
		leave_table_locked(area, page);
		if (page + nr < mmlab_vm_struct_nr_pages(area))
			cond_resched();
	}
}

void mmlab_vm_struct_detach_locked(struct lab_vm_struct *vm)
{
	lockdep_assert_held(&mmlab_vm_space.lock);
	if (!hlist_unhashed(&vm->by_host))
		hlist_del_init(&vm->by_host);
	unmap_pages_locked(vm);
	mmlab_area_remove(&mmlab_vm_space, &vm->area);
}
