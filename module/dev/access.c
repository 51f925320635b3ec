// SPDX-License-Identifier: GPL-2.0
/*
 * Access to lab memory by address, a page at a time through a bounce buffer:
 * lab_mm.lock is held for the lab's side of the copy only, never for the user's.
 */
#include <linux/capability.h>
#include <linux/highmem.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../mem/arena.h"
#include "../mem/mm.h"
#include "access.h"

/**
 * struct access - one copy under way
 * @p: whose address space, and who asks
 * @address: next lab address, linear or physical
 * @phys: it is physical
 * @write: from user space to the lab
 * @all: CAP_SYS_ADMIN: the whole arena is open
 */
struct access {
	struct lab_process *p;
	u32 address;
	bool phys;
	bool write;
	bool all;
};

static int find_frame_locked(const struct access *a, u32 pfn, u32 *found)
{
	if (pfn >= mmlab_machine.nr_frames)
		return -EIO;
	if (!a->all && !mmlab_process_owns_locked(a->p, pfn))
		return -EPERM;
	*found = pfn;
	return 0;
}

/* The frame at a->address; PFN_NONE: a page of zeros that nobody touched. */
static int find_page_locked(const struct access *a, u32 *pfn)
{
	lva_t lva = mmlab_lva(a->address);
	int err;

	if (a->phys)
		return find_frame_locked(a, mmlab_lpa_to_pfn(mmlab_lpa(a->address)),
					 pfn);
	if (a->address >= LAB_PAGE_OFFSET)
		return find_frame_locked(a, (a->address - LAB_PAGE_OFFSET) >> PAGE_SHIFT,
					 pfn);
	err = a->write ? mmlab_mm_touch_locked(a->p, lva, LAB_VM_WRITE, true, pfn) :
			 mmlab_mm_peek_locked(a->p, lva, pfn);
	return err == -EFAULT ? -EIO : err;
}

/* Copies up to the end of a page between @bounce and the lab. */
static int copy_page_part(const struct access *a, void *bounce, size_t len)
{
	u32 offset = offset_in_page(a->address);
	u32 pfn;
	int err;

	mutex_lock(&a->p->mm.lock);
	err = find_page_locked(a, &pfn);
	if (!err && pfn == PFN_NONE) {
		memset(bounce, 0, len);
	} else if (!err) {
		void *at = mmlab_frame_address(&mmlab_machine, pfn) + offset;

		memcpy(a->write ? at : bounce, a->write ? bounce : at, len);
		flush_dcache_page(mmlab_arena_page(pfn));
	}
	mutex_unlock(&a->p->mm.lock);
	return err;
}

static ssize_t copy(struct access *a, void __user *buf, size_t len)
{
	void *bounce;
	size_t done = 0;
	int err = 0;

	if (!len)
		return 0;
	bounce = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!bounce)
		return -ENOMEM;
	a->all = capable(CAP_SYS_ADMIN);
	while (done < len && !err) {
		size_t part = min_t(size_t, len - done,
				    PAGE_SIZE - offset_in_page(a->address));

		if (a->write && copy_from_user(bounce, buf + done, part))
			err = -EFAULT;
		if (!err)
			err = copy_page_part(a, bounce, part);
		if (!err && !a->write && copy_to_user(buf + done, bounce, part))
			err = -EFAULT;
		if (!err && fatal_signal_pending(current))
			err = -EINTR;
		if (!err) {
			a->address += part;
			done += part;
			cond_resched();
		}
	}
	kfree(bounce);
	return done ?: err;
}

ssize_t mmlab_access_read(struct lab_process *p, lva_t lva, char __user *buf,
			  size_t len)
{
	struct access a = { .p = p, .address = mmlab_lva_val(lva) };

	return copy(&a, buf, len);
}

ssize_t mmlab_access_write(struct lab_process *p, lva_t lva,
			   const char __user *buf, size_t len)
{
	struct access a = {
		.p = p,
		.address = mmlab_lva_val(lva),
		.write = true,
	};

	return copy(&a, (void __user *)buf, len);
}

ssize_t mmlab_access_phys(struct lab_process *p, lpa_t lpa, void __user *buf,
			  size_t len, bool write)
{
	struct access a = {
		.p = p,
		.address = mmlab_lpa_val(lpa),
		.phys = true,
		.write = write,
	};

	return copy(&a, buf, len);
}
