// SPDX-License-Identifier: GPL-2.0
/*
 * Swap areas in files that a program has opened.
 *
 * To write to a file takes the lock of its inode. A fault holds the mmap_lock, and a write()
 * whose buffer is a window faults under the inode's lock: so a fault must not wait for that
 * lock itself. A worker reads and writes, one page after the other, through a page of its
 * own; the fault waits for the worker, and a deadly signal ends the wait. What is still
 * under way then ends later, in its turn, and changes nothing but the slot.
 */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/falloc.h>
#include <linux/file.h>
#include <linux/highmem.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/stat.h>
#include <linux/string.h>
#include <linux/uidgid.h>

#include "../uapi/mmlab.h"
#include "swap_store.h"

/*
 * A task that writes holds locks that others want, and mmlab-kswapd gets no signals. So the
 * wait has an end; a file system that is slower than this is one that has stopped.
 */
#define WRITE_TIMEOUT	(30 * HZ)

/**
 * struct swap_io - a read or a write of one slot
 * @work: for the queue of the store
 * @done: the worker is through with it
 * @refs: the worker, and the task that waits
 * @store: the store, which waits for its workers when it is closed
 * @page: what was read, or is to be written
 * @slot: which one
 * @write: the direction
 * @late: the worker is through, or the task has given up: the second of the two that set
 *	it, by xchg(), knows that it comes after the other
 * @err: the answer, once @done
 */
struct swap_io {
	struct work_struct work;
	struct completion done;
	refcount_t refs;
	struct lab_swap_store *store;
	struct page *page;
	u32 slot;
	bool write;
	int late;
	int err;
};

static void put_io(struct swap_io *io)
{
	if (!refcount_dec_and_test(&io->refs))
		return;
	__free_page(io->page);
	kfree(io);
}

/*
 * The whole page, or an errno. The position is looked at because O_APPEND, which can be
 * switched on at any time, has it written elsewhere.
 */
static int transfer(struct file *file, void *buf, loff_t start, bool write)
{
	loff_t pos = start, end = start + PAGE_SIZE;
	ssize_t nr;

	while (pos < end) {
		loff_t from = pos;
		void *at = buf + (from - start);

		nr = write ? kernel_write(file, at, end - from, &pos) :
			     kernel_read(file, at, end - from, &pos);
		if (nr < 0)
			return nr;
		if (!nr || pos != from + nr)
			return -EIO;
	}
	return 0;
}

static void run_io(struct work_struct *work)
{
	struct swap_io *io = container_of(work, struct swap_io, work);

	io->err = transfer(io->store->file, page_address(io->page),
			   (loff_t)io->slot << PAGE_SHIFT, io->write);
	if (xchg(&io->late, 1))
		atomic_dec(&io->store->nr_late);
	complete(&io->done);
	put_io(io);
}

static struct swap_io *new_io(struct lab_swap_store *store, u32 slot, bool write)
{
	struct swap_io *io = kzalloc(sizeof(*io), GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN);

	if (!io)
		return NULL;
	io->page = alloc_page(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN);
	if (!io->page) {
		kfree(io);
		return NULL;
	}
	INIT_WORK(&io->work, run_io);
	init_completion(&io->done);
	refcount_set(&io->refs, 2);
	io->store = store;
	io->slot = slot;
	io->write = write;
	return io;
}

/* Runs it, and waits for it. */
static int submit(struct swap_io *io)
{
	long left;

	queue_work(io->store->queue, &io->work);
	left = wait_for_completion_killable_timeout(&io->done, io->write ? WRITE_TIMEOUT :
						    MAX_SCHEDULE_TIMEOUT);
	if (left > 0)
		return io->err;
	if (left)
		return -EINTR;
	/* counted first, as the worker may take it back at once */
	atomic_inc(&io->store->nr_late);
	if (xchg(&io->late, 1))
		atomic_dec(&io->store->nr_late);
	return -ETIMEDOUT;
}

static int read_file(struct lab_swap_store *store, u32 slot, struct page *page)
{
	struct swap_io *io = new_io(store, slot, false);
	int err;

	if (!io)
		return -ENOMEM;
	err = submit(io);
	if (!err)
		copy_highpage(page, io->page);
	put_io(io);
	return err;
}

static int write_file(struct lab_swap_store *store, u32 slot, struct page *page)
{
	struct swap_io *io;
	int err;

	/* as long as one is late, the next would only wait in its turn */
	if (atomic_read(&store->nr_late))
		return -ETIMEDOUT;
	io = new_io(store, slot, true);
	if (!io)
		return -ENOMEM;
	copy_highpage(io->page, page);
	err = submit(io);
	put_io(io);
	return err;
}

static void close_file(struct lab_swap_store *store)
{
	destroy_workqueue(store->queue);
	fput(store->file);
	kfree(store);
}

static const struct lab_swap_store_ops file_ops = {
	.read = read_file,
	.write = write_file,
	.close = close_file,
};

/* ---- which files ---- */

static bool is_private(const struct inode *inode)
{
	return !(inode->i_mode & 0077) &&
	       (uid_eq(inode->i_uid, GLOBAL_ROOT_UID) ||
		uid_eq(inode->i_uid, current_fsuid()));
}

/* Its kind, and who else has it. */
static int check_file(struct file *file)
{
	const struct inode *inode = file_inode(file);

	if (S_ISDIR(inode->i_mode))
		return -EISDIR;
	if (!S_ISREG(inode->i_mode) || !file->f_op->read_iter || !file->f_op->write_iter ||
	    file->f_flags & (O_APPEND | O_DIRECT))
		return -EINVAL;
	if (!(file->f_mode & FMODE_READ) || !(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (!is_private(inode))
		return -EACCES;
	if (IS_SWAPFILE(inode) || atomic_read(&inode->i_writecount) > 1)
		return -EBUSY;
	return 0;
}

static int read_header(struct file *file, u32 *nr_pages)
{
	struct mmlab_swap_header header;
	loff_t pos = 0;
	ssize_t nr = kernel_read(file, &header, sizeof(header), &pos);

	if (nr < 0)
		return nr;
	if (nr < (ssize_t)sizeof(header) ||
	    memcmp(header.magic, MMLAB_SWAP_MAGIC, sizeof(header.magic)) ||
	    header.version != MMLAB_SWAP_VERSION || header.page_shift != PAGE_SHIFT ||
	    !header.nr_pages || header.nr_pages > MMLAB_SWAP_MAX_PAGES || header.reserved)
		return -ENODATA;
	*nr_pages = header.nr_pages;
	return 0;
}

/* Blocks have 512 bytes here. A file system that counts none at all has no holes. */
static bool has_holes(const struct inode *inode, loff_t bytes)
{
	return inode->i_blocks && inode->i_blocks < bytes >> 9;
}

static int fill_holes(struct file *file, u32 nr_pages)
{
	loff_t bytes = ((loff_t)nr_pages + 1) << PAGE_SHIFT;
	int err;

	if (i_size_read(file_inode(file)) < bytes)
		return -ENOSPC;
	err = vfs_fallocate(file, 0, 0, bytes);
	if (err == -EOPNOTSUPP)
		err = has_holes(file_inode(file), bytes) ? -ENOSPC : 0;
	return err;
}

struct lab_swap_store *mmlab_swap_file_open(struct file *file, u32 *nr_pages)
{
	struct lab_swap_store *store;
	int err;

	err = check_file(file) ?: read_header(file, nr_pages);
	err = err ?: fill_holes(file, *nr_pages);
	if (err)
		return ERR_PTR(err);
	store = kzalloc(sizeof(*store), GFP_KERNEL);
	if (!store)
		return ERR_PTR(-ENOMEM);
	store->queue = alloc_ordered_workqueue("mmlab-swap", WQ_MEM_RECLAIM);
	if (!store->queue) {
		kfree(store);
		return ERR_PTR(-ENOMEM);
	}
	store->ops = &file_ops;
	store->file = get_file(file);
	return store;
}
