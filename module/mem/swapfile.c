// SPDX-License-Identifier: GPL-2.0
/*
 * Swap areas: see swapfile.h.
 *
 * The tmpfs page of a slot is looked up in the file's page cache, as graphics drivers do, and not
 * by a write to the file: that would take the inode's lock under the mmap_lock.
 */
#define pr_fmt(fmt) "mmlab: " fmt

#include <linux/file.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/printk.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>

#include "arena.h"
#include "process.h"
#include "section.h"
#include "swapfile.h"

DEFINE_STATIC_KEY_FALSE(mmlab_swap_key);

static struct lab_swap swap;
static struct file *files[LAB_NR_SWAP_AREAS];

void mmlab_swapfile_init(void)
{
	mutex_init(&swap.lock);
	mmlab_swap_init(&swap, &mmlab_machine, NULL);
}

void mmlab_swapfile_exit(void)
{
	u32 type;

	for (type = 0; type < LAB_NR_SWAP_AREAS; type++) {
		if (!files[type])
			continue;
		fput(files[type]);
		kvfree(swap.area[type].frame);
	}
	kvfree(swap.entry);
}

/* The number per frame that the swap cache needs stays from the first area on. */
static int prepare(void)
{
	u32 *entry;

	if (swap.entry)
		return 0;
	entry = kvcalloc(mmlab_machine.nr_frames, sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return -ENOMEM;
	mutex_lock(&swap.lock);
	mmlab_swap_init(&swap, &mmlab_machine, entry);
	mutex_unlock(&swap.lock);
	return 0;
}

int mmlab_swapfile_add(u32 nr_pages, int prio)
{
	u32 nr_slots = nr_pages + 1;
	struct file *file;
	void *memory;
	int type;

	if (prepare())
		return -ENOMEM;
	file = shmem_file_setup("mmlab-swap", (loff_t)nr_slots << PAGE_SHIFT,
				EMPTY_VMA_FLAGS);
	if (IS_ERR(file))
		return -ENOMEM;
	memory = kvmalloc(mmlab_swap_area_bytes(nr_slots), GFP_KERNEL);
	if (!memory) {
		fput(file);
		return -ENOMEM;
	}
	mutex_lock(&swap.lock);
	type = mmlab_swap_add_area(&swap, memory, nr_slots, prio);
	if (type >= 0)
		files[type] = file;
	mutex_unlock(&swap.lock);
	if (type < 0) {
		kvfree(memory);
		fput(file);
	}
	return type;
}

int mmlab_swapfile_close(u32 type, bool closed)
{
	int err;

	mutex_lock(&swap.lock);
	err = mmlab_swap_close_area(&swap, type, closed);
	mutex_unlock(&swap.lock);
	return err;
}

int mmlab_swapfile_del(u32 type)
{
	struct file *file = files[type];
	void *memory;
	int err;

	mutex_lock(&swap.lock);
	memory = swap.area[type].frame;
	err = mmlab_swap_del_area(&swap, type);
	if (!err)
		files[type] = NULL;
	mutex_unlock(&swap.lock);
	if (!err) {
		kvfree(memory);
		fput(file);
	}
	return err;
}

u32 mmlab_swapfile_count(void)
{
	u32 type, nr = 0;

	mutex_lock(&swap.lock);
	for (type = 0; type < LAB_NR_SWAP_AREAS; type++)
		nr += swap.area[type].count ? 1 : 0;
	mutex_unlock(&swap.lock);
	return nr;
}

/* ---- reading and writing ---- */

/* The tmpfs page of a slot; it never makes the host kill a process. */
static struct page *slot_page(u32 swp)
{
	struct address_space *mapping = files[mmlab_swp_type(swp)]->f_mapping;

	return shmem_read_mapping_page_gfp(mapping, mmlab_swp_offset(swp),
					   GFP_HIGHUSER | __GFP_NORETRY |
					   __GFP_NOWARN);
}

static int write_slot(u32 swp, u32 pfn)
{
	struct page *page = slot_page(swp);

	if (IS_ERR(page))
		return PTR_ERR(page);
	copy_highpage(page, mmlab_arena_page(pfn));
	set_page_dirty(page);
	put_page(page);
	mmlab_count_event(EV_PSWPOUT);
	return 0;
}

static int read_slot(u32 swp, u32 pfn)
{
	struct page *page = slot_page(swp);

	if (IS_ERR(page)) {
		pr_err_ratelimited("swap entry 0x%x can't be read, error %ld\n", swp,
				   PTR_ERR(page));
		return -EIO;
	}
	copy_highpage(mmlab_arena_page(pfn), page);
	put_page(page);
	mmlab_count_event(EV_PSWPIN);
	return 0;
}

/* ---- pages ---- */

/* Counts that one entry more, or less, names a slot. The freeze sees both numbers or neither. */
static int count_entry_locked(struct lab_mm *mm, u32 swp, bool more)
{
	int nr;

	lockdep_assert_held(mm->lock);
	mmlab_section_enter();
	nr = more ? mmlab_swap_dup(&swap, swp) : mmlab_swap_free(&swap, swp);
	if (nr >= 0)
		WRITE_ONCE(mm->nr_swap, mm->nr_swap + (more ? 1 : -1));
	mmlab_section_leave();
	return nr < 0 ? -EIO : 0;
}

static bool is_closed(u32 swp)
{
	return swap.area[mmlab_swp_type(swp)].closed;
}

/* The slot of a frame, and whether it has to be written. 0: swap is full. */
static u32 choose_slot(u32 pfn, bool *dirty)
{
	u32 swp;

	mutex_lock(&swap.lock);
	swp = swap.entry[pfn];
	if (swp && is_closed(swp)) {
		mmlab_swap_cache_del(&swap, pfn);
		swp = 0;
	}
	if (!swp) {
		swp = mmlab_swap_alloc(&swap, pfn);
		*dirty = true;
	}
	mutex_unlock(&swap.lock);
	return swp;
}

u32 mmlab_swapfile_out(u32 pfn, bool dirty)
{
	u32 swp = choose_slot(pfn, &dirty);

	/* what could not be written is no copy: the page stays, and is dirty */
	if (swp && dirty && write_slot(swp, pfn)) {
		mmlab_swapfile_uncache(pfn, PFN_NONE);
		swp = 0;
	}
	return swp;
}

/* vm_swap_full() of Linux: then slots are too scarce to keep for clean pages. */
static bool is_half_full(void)
{
	u32 type, nr_pages = 0, nr_used = 0;

	for (type = 0; type < LAB_NR_SWAP_AREAS; type++) {
		if (!swap.area[type].count)
			continue;
		nr_pages += mmlab_swap_area_pages(&swap.area[type]);
		nr_used += swap.area[type].nr_used;
	}
	return nr_used * 2 >= nr_pages;
}

/* Only what a process's entry was counted in can be read. */
static bool is_named(u32 swp)
{
	bool named;

	mutex_lock(&swap.lock);
	named = mmlab_swap_count(&swap, swp) > 0 &&
		mmlab_swap_cache_find(&swap, swp) == PFN_NONE;
	mutex_unlock(&swap.lock);
	return named;
}

int mmlab_swapfile_in_locked(struct lab_mm *mm, u32 swp, u32 pfn, bool *keep)
{
	int err;

	lockdep_assert_held(mm->lock);
	if (!is_named(swp) || read_slot(swp, pfn))
		return -EIO;
	mutex_lock(&swap.lock);
	*keep = *keep && !is_half_full() && !is_closed(swp) &&
		!mmlab_swap_cache_add(&swap, swp, pfn);
	err = count_entry_locked(mm, swp, false);
	if (err)
		mmlab_swap_cache_del(&swap, pfn);
	mutex_unlock(&swap.lock);
	return err;
}

int mmlab_swapfile_forget_locked(struct lab_mm *mm, u32 swp)
{
	int err;

	lockdep_assert_held(mm->lock);
	mutex_lock(&swap.lock);
	err = count_entry_locked(mm, swp, false);
	mutex_unlock(&swap.lock);
	return err;
}

int mmlab_swapfile_dup_locked(struct lab_mm *mm, u32 swp)
{
	int err;

	lockdep_assert_held(mm->lock);
	mutex_lock(&swap.lock);
	err = count_entry_locked(mm, swp, true);
	mutex_unlock(&swap.lock);
	return err;
}

/* The child's count changes in the section in which those of the slots do. */
int mmlab_swapfile_fork_locked(struct lab_mm *to, const struct lab_mm *from, u64 end,
			       struct lab_fork_copy *copy)
{
	u32 before = copy->nr_swapped;
	int err;

	lockdep_assert_held(to->lock);
	mutex_lock(&swap.lock);
	mmlab_section_enter();
	err = mmlab_fork_copy_range(&mmlab_machine, &swap, to->pgd, from->pgd, end,
				    from->family, copy);
	WRITE_ONCE(to->nr_swap, to->nr_swap + copy->nr_swapped - before);
	mmlab_section_leave();
	mutex_unlock(&swap.lock);
	return err;
}

u32 mmlab_swapfile_count_entries(u32 swp)
{
	int nr;

	mutex_lock(&swap.lock);
	nr = mmlab_swap_count(&swap, swp);
	mutex_unlock(&swap.lock);
	return max(nr, 0);
}

bool mmlab_swapfile_is_cached(u32 pfn)
{
	return READ_ONCE(swap.entry[pfn]);
}

bool mmlab_swapfile_uncache(u32 pfn, u32 type)
{
	bool cached;
	u32 swp;

	if (!mmlab_swapfile_is_cached(pfn))
		return false;
	mutex_lock(&swap.lock);
	swp = swap.entry[pfn];
	cached = swp && (type == PFN_NONE || mmlab_swp_type(swp) == type);
	if (cached)
		mmlab_swap_cache_del(&swap, pfn);
	mutex_unlock(&swap.lock);
	return cached;
}

/* ---- views and checks ---- */

u32 mmlab_swapfile_view(struct lab_swapfile_view *view)
{
	u32 type, nr_cached;

	memset(view, 0, LAB_NR_SWAP_AREAS * sizeof(*view));
	mutex_lock(&swap.lock);
	for (type = 0; type < LAB_NR_SWAP_AREAS; type++) {
		const struct lab_swap_area *area = &swap.area[type];

		if (!area->count)
			continue;
		view[type].nr_pages = mmlab_swap_area_pages(area);
		view[type].nr_used = area->nr_used;
		view[type].prio = area->prio;
	}
	nr_cached = swap.nr_cached;
	mutex_unlock(&swap.lock);
	return nr_cached;
}

void mmlab_swapfile_lock(void)
{
	mutex_lock(&swap.lock);
}

void mmlab_swapfile_unlock(void)
{
	mutex_unlock(&swap.lock);
}

void mmlab_swapfile_validate_locked(struct lab_verdict *v)
{
	struct lab_swap_census census;

	mmlab_freeze_assert_held();
	if (!swap.entry)
		return;
	mmlab_swap_validate(&swap, &census, v);
	mmlab_verdict_expect(v, "as many entries name slots as the slots count", 0,
			     census.nr_entries, mmlab_process_count_swap());
}
