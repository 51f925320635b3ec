// SPDX-License-Identifier: GPL-2.0
/*
 * What all stores of swap areas have in common, and the store in memory.
 *
 * The tmpfs page of a slot is looked up in the file's page cache, as graphics drivers do, and not
 * by a write to the file: that would take the inode's lock under the mmap_lock.
 */
#include <linux/file.h>
#include <linux/highmem.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>

#include "inject.h"
#include "number.h"
#include "swap_store.h"

#define DELAY_MAX_US	1000000U

/* What a read or a write takes at least. */
static unsigned int swap_delay_us;

/* Only a deadly signal ends it early. */
static void delay(void)
{
	ktime_t time = ns_to_ktime((u64)READ_ONCE(swap_delay_us) * NSEC_PER_USEC);

	if (likely(!time))
		return;
	set_current_state(TASK_KILLABLE);
	schedule_hrtimeout_range(&time, 0, HRTIMER_MODE_REL);
}

int mmlab_swap_store_read(struct lab_swap_store *store, u32 slot, struct page *page)
{
	delay();
	return mmlab_inject_fails(FAILPOINT_SWAP_READ, PAGE_SIZE) ? -EIO :
	       store->ops->read(store, slot, page);
}

int mmlab_swap_store_write(struct lab_swap_store *store, u32 slot, struct page *page)
{
	delay();
	return mmlab_inject_fails(FAILPOINT_SWAP_WRITE, PAGE_SIZE) ? -EIO :
	       store->ops->write(store, slot, page);
}

void mmlab_swap_store_close(struct lab_swap_store *store)
{
	store->ops->close(store);
}

/* ---- memory ---- */

/* The tmpfs page of a slot; it never makes the host kill a process. */
static struct page *slot_page(struct lab_swap_store *store, u32 slot)
{
	return shmem_read_mapping_page_gfp(store->file->f_mapping, slot,
					   GFP_HIGHUSER | __GFP_NORETRY |
					   __GFP_NOWARN);
}

static int read_memory(struct lab_swap_store *store, u32 slot, struct page *page)
{
	struct page *from = slot_page(store, slot);

	if (IS_ERR(from))
		return PTR_ERR(from);
	copy_highpage(page, from);
	put_page(from);
	return 0;
}

static int write_memory(struct lab_swap_store *store, u32 slot, struct page *page)
{
	struct page *to = slot_page(store, slot);

	if (IS_ERR(to))
		return PTR_ERR(to);
	copy_highpage(to, page);
	set_page_dirty(to);
	put_page(to);
	return 0;
}

static void close_memory(struct lab_swap_store *store)
{
	fput(store->file);
	kfree(store);
}

static const struct lab_swap_store_ops memory_ops = {
	.read = read_memory,
	.write = write_memory,
	.close = close_memory,
};

bool mmlab_swap_store_is_memory(const struct lab_swap_store *store)
{
	return store->ops == &memory_ops;
}

struct lab_swap_store *mmlab_swap_memory_open(u32 nr_pages)
{
	struct lab_swap_store *store = kzalloc(sizeof(*store), GFP_KERNEL);

	if (!store)
		return ERR_PTR(-ENOMEM);
	store->ops = &memory_ops;
	store->file = shmem_file_setup("mmlab-swap", (loff_t)(nr_pages + 1) << PAGE_SHIFT,
				       EMPTY_VMA_FLAGS);
	if (IS_ERR(store->file)) {
		kfree(store);
		return ERR_PTR(-ENOMEM);
	}
	return store;
}

/* ---- the parameter ---- */

static int set_swap_delay(const char *val, const struct kernel_param *kp)
{
	s64 number;
	int err = mmlab_number_parse(kp->name, val, 0, DELAY_MAX_US, &number);

	if (!err)
		WRITE_ONCE(swap_delay_us, number);
	return err;
}

static const struct kernel_param_ops swap_delay_ops = {
	.set = set_swap_delay,
	.get = param_get_uint,
};

module_param_cb(swap_delay_us, &swap_delay_ops, &swap_delay_us, 0644);
MODULE_PARM_DESC(swap_delay_us, "microseconds that a read or a write of swap takes at least (0-1000000, default 0)");
