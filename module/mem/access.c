// SPDX-License-Identifier: GPL-2.0
/*
 * Access to lab memory by address, a page at a time through a bounce buffer:
 * lab_mm.lock is held for the lab's side of the copy only, never for the user's.
 */
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "access.h"
#include "arena.h"
#include "badframe.h"
#include "block.h"
#include "cache.h"
#include "mm.h"
#include "object.h"
#include "reclaim.h"
#include "section.h"
#include "vmalloc.h"

/**
 * struct access - one copy under way
 * @p: the lab process that asks; linear addresses are those of its space
 * @address: next lab address, linear or physical
 * @phys: @address is physical
 * @write: the copy goes from user space to the lab
 * @privileged: the caller may reach the whole arena
 * @all: @privileged, and @address is in the lab kernel's space
 */
struct access {
	struct lab_process *p;
	u32 address;
	bool phys;
	bool write;
	bool privileged;
	bool all;
};

/* A physical address, or one of the lab kernel's space. */
static bool is_kernel_space(const struct access *a)
{
	return a->phys || a->address >= LAB_PAGE_OFFSET;
}

/* An address of the vmalloc region. */
static bool is_area(const struct access *a)
{
	return !a->phys && a->address >= mmlab_vm_space.start &&
	       a->address < mmlab_vm_space.end;
}

/* The linear address in the direct map or above it. */
static u32 kernel_address(const struct access *a)
{
	return a->phys ? LAB_PAGE_OFFSET + a->address : a->address;
}

/* Does the frame hold objects with pointers that the lab's own code follows? */
static bool is_internal(u32 pfn)
{
	u32 head = mmlab_frame_head(&mmlab_machine, pfn);
	const struct lab_frame *frame;

	if (head == PFN_NONE)
		return true;
	frame = mmlab_frame(&mmlab_machine, head);
	return frame->state == FRAME_USED && frame->use == USE_SLAB &&
	       mmlab_cache_is_internal(frame->owner);
}

/* A block or an object of the process itself. */
static bool is_own_locked(const struct access *a, size_t len)
{
	u32 pfn = (kernel_address(a) - LAB_PAGE_OFFSET) >> PAGE_SHIFT;

	lockdep_assert_held(a->p->mm.lock);
	return pfn < mmlab_machine.nr_frames &&
	       (mmlab_block_is_own_locked(a->p, pfn) ||
		mmlab_object_room_locked(a->p, kernel_address(a)) >= len);
}

static int find_frame_locked(const struct access *a, u32 pfn, size_t len,
			     u32 *found)
{
	lockdep_assert_held(a->p->mm.lock);
	if (pfn >= mmlab_machine.nr_frames)
		return -EIO;
	if (!is_own_locked(a, len) && (!a->all || is_internal(pfn)))
		return -EPERM;
	/* all processes may map it, and none has stored to it */
	if (a->write && pfn == LAB_ZERO_PFN)
		return -EPERM;
	*found = pfn;
	return 0;
}

/* A page of a vmalloc area; it stays as long as the lock is held. */
static int find_area_page_locked(const struct access *a, u32 *pfn)
{
	lab_vma_flags_t needed = a->write ? LAB_VMA_WRITE : LAB_VMA_READ, rights;
	int err;

	lockdep_assert_held(&mmlab_vm_space.lock);
	rights = mmlab_vmalloc_rights_locked(a->address, a->p->mm.owner);
	if (!rights && !a->all) {
		struct lab_vm_area *area = mmlab_area_find(&mmlab_vm_space,
							   a->address);

		return area && a->address < mmlab_area_guard(area) ?
		       -EPERM : -EIO;
	}
	if (needed & ~rights && !a->all)
		return -EACCES;
	err = mmlab_vmalloc_touch_locked(a->address, pfn);
	return err == -EFAULT ? -EIO : err;
}

/* The frame at a->address; PFN_NONE for a page that was never touched and reads as 0. */
static int find_page_locked(const struct access *a, size_t len, u32 *pfn)
{
	u32 lva = a->address;
	int err;

	lockdep_assert_held(a->p->mm.lock);
	if (is_area(a))
		return find_area_page_locked(a, pfn);
	if (is_kernel_space(a))
		return find_frame_locked(a, (kernel_address(a) - LAB_PAGE_OFFSET) >> PAGE_SHIFT,
					 len, pfn);
	err = a->write ? mmlab_mm_touch_locked(a->p, lva, true, NULL, pfn) :
			 mmlab_mm_follow_page_locked(a->p, lva, pfn);
	return err == -EFAULT ? -EIO : min(err, 0);
}

/*
 * A privileged caller wrote to a page table of @owner. Its entries may be wrong now, but
 * no window keeps a translation that they do not have any more.
 */
static void flush_tlb_of(u32 owner)
{
	struct lab_process *p;

	if (!owner) {
		mutex_lock(&mmlab_vm_space.lock);
		mmlab_flush_tlb_kernel_range(mmlab_vm_space.start,
					     mmlab_vm_space.end - mmlab_vm_space.start);
		mutex_unlock(&mmlab_vm_space.lock);
		return;
	}
	p = mmlab_process_find(owner);
	if (!p)
		return;
	mmlab_flush_tlb_mm(p);
	mmlab_process_put(p);
}

/* The frame's page table, if it is one. Frozen, or its owner's lock is held. */
static bool is_page_table(u32 pfn, u32 *owner)
{
	const struct lab_frame *frame = mmlab_frame(&mmlab_machine, pfn);

	*owner = frame->owner;
	return frame->state == FRAME_USED && frame->use == USE_PGTABLE;
}

/*
 * Copies up to the end of a page between @bounce and the lab. A frame of another owner
 * may change hands at any moment; so privileged access to it happens under the freeze,
 * and can't reach the frame's next owner.
 */
static int copy_page_part(const struct access *a, void *bounce, size_t len)
{
	u32 offset = offset_in_page(a->address);
	bool area = is_area(a), freeze, table = false;
	u32 pfn, owner;
	int err;

	mutex_lock(a->p->mm.lock);
	if (area)
		mutex_lock(&mmlab_vm_space.lock);
	freeze = a->all && !area && !is_own_locked(a, len);
	if (freeze)
		mmlab_freeze();
	err = find_page_locked(a, len, &pfn);
	if (!err && pfn == PFN_NONE) {
		memset(bounce, 0, len);
	} else if (!err && mmlab_badframe_is(pfn)) {
		err = -EHWPOISON;
	} else if (!err) {
		void *at = mmlab_frame_address(&mmlab_machine, pfn) + offset;

		memcpy(a->write ? at : bounce, a->write ? bounce : at, len);
		flush_dcache_page(mmlab_arena_page(pfn));
		table = a->write && is_page_table(pfn, &owner);
	}
	if (freeze)
		mmlab_thaw();
	if (area)
		mutex_unlock(&mmlab_vm_space.lock);
	mutex_unlock(a->p->mm.lock);
	if (table)
		flush_tlb_of(owner);
	return err;
}

/* The same; a shortage of frames begins anew as long as others lose some. */
static int copy_or_reclaim(const struct access *a, void *bounce, size_t len)
{
	unsigned int nr_tries = 0;
	int err;

	do {
		err = copy_page_part(a, bounce, len);
	} while (err == -ENOMEM && mmlab_reclaim_retry(&nr_tries, 1));
	return err;
}

static ssize_t copy_memory(struct access *a, void __user *buf, size_t len)
{
	size_t done = 0;
	void *bounce;
	int err = 0;

	if (!len)
		return 0;
	bounce = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!bounce)
		return -ENOMEM;
	len = min_t(size_t, len, MAX_RW_COUNT);
	while (done < len && !err) {
		size_t part = min_t(size_t, len - done,
				    PAGE_SIZE - offset_in_page(a->address));

		a->all = a->privileged && is_kernel_space(a);
		if (fatal_signal_pending(current))
			err = -EINTR;
		else if (a->write && copy_from_user(bounce, buf + done, part))
			err = -EFAULT;
		else
			err = copy_or_reclaim(a, bounce, part);
		if (!err && !a->write && copy_to_user(buf + done, bounce, part))
			err = -EFAULT;
		if (!err) {
			a->address += part;
			done += part;
			cond_resched();
		}
	}
	kfree(bounce);
	return done ?: err;
}

ssize_t mmlab_access_read(struct lab_process *p, bool privileged, u32 lva,
			  char __user *buf, size_t len)
{
	struct access a = {
		.p = p,
		.privileged = privileged,
		.address = lva,
	};

	return copy_memory(&a, buf, len);
}

ssize_t mmlab_access_write(struct lab_process *p, bool privileged, u32 lva,
			   const char __user *buf, size_t len)
{
	struct access a = {
		.p = p,
		.privileged = privileged,
		.address = lva,
		.write = true,
	};

	return copy_memory(&a, (void __user *)buf, len);
}

ssize_t mmlab_access_phys(struct lab_process *p, bool privileged, lpa_t lpa,
			  void __user *buf, size_t len, bool write)
{
	struct access a = {
		.p = p,
		.privileged = privileged,
		.address = mmlab_lpa_val(lpa),
		.phys = true,
		.write = write,
	};

	return copy_memory(&a, buf, len);
}
