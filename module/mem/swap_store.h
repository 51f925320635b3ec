/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the pages of a swap area are kept: memory of the host's tmpfs, or a file that a
 * program has opened. Page n of it is slot n. There is nothing of slots here: who has which
 * is swapfile.c's.
 */
#ifndef MMLAB_MEM_SWAP_STORE_H
#define MMLAB_MEM_SWAP_STORE_H

#include <linux/fs.h>
#include <linux/mm_types.h>
#include <linux/workqueue.h>

struct lab_swap_store;

/**
 * struct lab_swap_store_ops - what a kind of store can do
 * @read: fill a page from a slot. 0; -EINTR: the task is to die; another errno: it can't
 *	be read
 * @write: the other way round; -ETIMEDOUT: it takes too long, and may end later
 * @close: wait for what is under way, and let go of everything
 *
 * All sleep. Several tasks may read and write different slots at once.
 */
struct lab_swap_store_ops {
	int (*read)(struct lab_swap_store *store, u32 slot, struct page *page);
	int (*write)(struct lab_swap_store *store, u32 slot, struct page *page);
	void (*close)(struct lab_swap_store *store);
};

/**
 * struct lab_swap_store - an open store
 * @ops: its kind
 * @file: the file, which the store holds
 * @queue: of a program's file: reads and writes, one after the other
 * @nr_late: of a program's file: writes that took too long, and have not ended yet
 */
struct lab_swap_store {
	const struct lab_swap_store_ops *ops;
	struct file *file;
	struct workqueue_struct *queue;
	atomic_t nr_late;
};

/* Room for a header and so many pages, in memory of the host. -ENOMEM. */
struct lab_swap_store *mmlab_swap_memory_open(u32 nr_pages);

/**
 * mmlab_swap_file_open() - make a store of a program's file
 * @file: it; the store takes a reference of its own
 * @nr_pages: (out) pages that it has room for, by its header
 *
 * Fills holes of the file, if its file system can do that.
 *
 * Context: process context, no lab lock held; sleeps, as long as a file system may take.
 * Return: the store, or an errno:
 * * -EBADF - not open for reading and writing
 * * -EISDIR - a directory
 * * -EINVAL - no regular file that can be read and written at a position, or O_APPEND or
 *   O_DIRECT is set
 * * -EACCES - others than its owner may read or write it, or the owner is neither root
 *   nor the caller
 * * -EBUSY - it is a swap file of the host, or open for writing elsewhere
 * * -ENODATA - it has no header of this page size (uapi/mmlab.h)
 * * -ENOSPC - it is smaller than its header says, or has holes that can't be filled
 * * -ENOMEM, or what reading the file gave
 */
struct lab_swap_store *mmlab_swap_file_open(struct file *file, u32 *nr_pages);

/* As struct lab_swap_store_ops; with the delay and the failure points of the lab. */
int mmlab_swap_store_read(struct lab_swap_store *store, u32 slot, struct page *page);
int mmlab_swap_store_write(struct lab_swap_store *store, u32 slot, struct page *page);
void mmlab_swap_store_close(struct lab_swap_store *store);

/* Is it memory of the host, with no file of a program's? */
bool mmlab_swap_store_is_memory(const struct lab_swap_store *store);

#endif /* MMLAB_MEM_SWAP_STORE_H */
