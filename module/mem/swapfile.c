// SPDX-License-Identifier: GPL-2.0
/*
 * Swap areas: see swapfile.h.
 */
#define pr_fmt(fmt) "mmlab: " fmt

#include <linux/file.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "arena.h"
#include "process.h"
#include "section.h"
#include "swap_store.h"
#include "swapfile.h"

DEFINE_STATIC_KEY_FALSE(mmlab_swap_key);

static struct lab_swap swap;
/* By type. One is there as long as its area, and so as long as a slot of it is in use. */
static struct lab_swap_store *stores[LAB_NR_SWAP_AREAS];
/* The page that is written while no lock of its process is held: one at a time. */
static struct {
	u32 swp, pfn;
} writeback = { 0, PFN_NONE };

static bool is_written(u32 type)
{
	u32 swp = READ_ONCE(writeback.swp);

	return swp && mmlab_swp_type(swp) == type;
}

void mmlab_swapfile_init(void)
{
	mutex_init(&swap.lock);
	mmlab_swap_init(&swap, &mmlab_machine, NULL);
}

void mmlab_swapfile_exit(void)
{
	u32 type;

	for (type = 0; type < LAB_NR_SWAP_AREAS; type++) {
		if (!stores[type])
			continue;
		mmlab_swap_store_close(stores[type]);
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

int mmlab_swapfile_add(struct lab_swap_store *store, u32 nr_pages, int prio)
{
	u32 nr_slots = nr_pages + 1;
	void *memory;
	int type;

	if (prepare())
		return -ENOMEM;
	memory = kvmalloc(mmlab_swap_area_bytes(nr_slots), GFP_KERNEL);
	if (!memory)
		return -ENOMEM;
	mutex_lock(&swap.lock);
	type = mmlab_swap_add_area(&swap, memory, nr_slots, prio);
	if (type >= 0)
		stores[type] = store;
	mutex_unlock(&swap.lock);
	if (type < 0)
		kvfree(memory);
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
	struct lab_swap_store *store = stores[type];
	void *memory;
	int err;

	wait_var_event(&writeback, !is_written(type));
	mutex_lock(&swap.lock);
	memory = swap.area[type].frame;
	err = mmlab_swap_del_area(&swap, type);
	if (!err)
		stores[type] = NULL;
	mutex_unlock(&swap.lock);
	if (!err) {
		kvfree(memory);
		mmlab_swap_store_close(store);
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

int mmlab_swapfile_write(u32 swp, u32 pfn)
{
	int err = mmlab_swap_store_write(stores[mmlab_swp_type(swp)], mmlab_swp_offset(swp),
					 mmlab_arena_page(pfn));

	if (!err)
		mmlab_count_event(EV_PSWPOUT);
	else if (err != -EINTR)
		pr_err_ratelimited("slot %u of swap area %u can't be written, error %d: the page stays\n",
				   mmlab_swp_offset(swp), mmlab_swp_type(swp), err);
	return err;
}

static int read_slot(u32 swp, u32 pfn)
{
	int err = mmlab_swap_store_read(stores[mmlab_swp_type(swp)], mmlab_swp_offset(swp),
					mmlab_arena_page(pfn));

	if (!err)
		mmlab_count_event(EV_PSWPIN);
	return err;
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

u32 mmlab_swapfile_choose(u32 pfn, bool *dirty)
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

/*
 * The write counts as an entry that names the slot, so that the slot isn't given out anew
 * before the write ends. The freeze sees both or neither.
 */
void mmlab_swapfile_begin_write(u32 swp, u32 pfn)
{
	mutex_lock(&swap.lock);
	mmlab_section_enter();
	if (!mmlab_swap_dup(&swap, swp)) {
		WRITE_ONCE(writeback.swp, swp);
		WRITE_ONCE(writeback.pfn, pfn);
	}
	mmlab_section_leave();
	mutex_unlock(&swap.lock);
}

void mmlab_swapfile_end_write(u32 swp)
{
	mutex_lock(&swap.lock);
	mmlab_section_enter();
	mmlab_swap_free(&swap, swp);
	WRITE_ONCE(writeback.swp, 0);
	WRITE_ONCE(writeback.pfn, PFN_NONE);
	mmlab_section_leave();
	mutex_unlock(&swap.lock);
	smp_mb();	/* pairs with that of prepare_to_wait_event() in mmlab_swapfile_del() */
	wake_up_var(&writeback);
}

bool mmlab_swapfile_is_writeback(u32 pfn)
{
	return READ_ONCE(writeback.pfn) == pfn;
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
	if (!is_named(swp))
		return -ENOENT;
	err = read_slot(swp, pfn);
	if (err)
		return err == -EINTR ? err : -EIO;
	mutex_lock(&swap.lock);
	*keep = *keep && !is_half_full() && !is_closed(swp) &&
		!mmlab_swap_cache_add(&swap, swp, pfn);
	err = count_entry_locked(mm, swp, false);
	if (err)
		mmlab_swap_cache_del(&swap, pfn);
	mutex_unlock(&swap.lock);
	return err ? -ENOENT : 0;
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
	nr = mmlab_swap_count(&swap, swp) - (writeback.swp == swp);
	mutex_unlock(&swap.lock);
	return max(nr, 0);
}

u32 mmlab_swapfile_slot(u32 pfn)
{
	return READ_ONCE(swap.entry[pfn]);
}

bool mmlab_swapfile_is_cached(u32 pfn)
{
	return mmlab_swapfile_slot(pfn);
}

bool mmlab_swapfile_is_cached_locked(u32 pfn)
{
	lockdep_assert_held(&swap.lock);
	return swap.entry && swap.entry[pfn];
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

int mmlab_swapfile_find(const struct inode *inode)
{
	int type;

	mutex_lock(&swap.lock);
	for (type = 0; type < LAB_NR_SWAP_AREAS; type++)
		if (stores[type] && file_inode(stores[type]->file) == inode)
			break;
	mutex_unlock(&swap.lock);
	return type < LAB_NR_SWAP_AREAS ? type : -ENOENT;
}

static void view_area_locked(u32 type, struct lab_swapfile_view *view)
{
	const struct lab_swap_area *area = &swap.area[type];

	lockdep_assert_held(&swap.lock);
	*view = (struct lab_swapfile_view){};
	if (!area->count)
		return;
	view->nr_pages = mmlab_swap_area_pages(area);
	view->nr_used = area->nr_used;
	view->prio = area->prio;
}

u32 mmlab_swapfile_view(struct lab_swapfile_view *view)
{
	u32 type, nr_cached;

	mutex_lock(&swap.lock);
	for (type = 0; type < LAB_NR_SWAP_AREAS; type++)
		view_area_locked(type, &view[type]);
	nr_cached = swap.nr_cached;
	mutex_unlock(&swap.lock);
	return nr_cached;
}

struct file *mmlab_swapfile_view_file(u32 type, struct lab_swapfile_view *view)
{
	struct file *file = NULL;

	mutex_lock(&swap.lock);
	view_area_locked(type, view);
	if (stores[type] && !mmlab_swap_store_is_memory(stores[type]))
		file = get_file(stores[type]->file);
	mutex_unlock(&swap.lock);
	return file;
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
			     census.nr_entries,
			     mmlab_process_count_swap() + (writeback.swp ? 1 : 0));
}
