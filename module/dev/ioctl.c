// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctls: copied in once, checked, handled as plain structures, copied out.
 */
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "../mem/access.h"
#include "../mem/arena.h"
#include "../mem/block.h"
#include "../mem/frames.h"
#include "../mem/quarantine.h"
#include "../mem/stat.h"
#include "../mem/vmalloc.h"
#include "../uapi/mmlab.h"
#include "chardev.h"
#include "ioctl_fork.h"
#include "ioctl_mm.h"
#include "ioctl_slab.h"
#include "ioctl_swap.h"
#include "ioctl_vmalloc.h"
#include "privilege.h"

static_assert(MMLAB_NR_ZONES == NR_LAB_ZONES);
static_assert(MMLAB_NR_ORDERS == LAB_NR_ORDERS);
static_assert(MMLAB_ZONE_DMA == LAB_ZONE_DMA);

static int ioctl_get_info(struct file *file, void *arg)
{
	struct mmlab_info *info = arg;
	u32 zone;

	memset(info, 0, sizeof(*info));
	info->api_version = MMLAB_API_VERSION;
	info->lab_pid = mmlab_chardev_process(file)->mm.owner;
	info->features = MMLAB_FEATURE_BLOCKS | MMLAB_FEATURE_WINDOWS |
			 MMLAB_FEATURE_ACCESS | MMLAB_FEATURE_SLAB |
			 MMLAB_FEATURE_VMALLOC | MMLAB_FEATURE_REGIONS |
			 MMLAB_FEATURE_SWAP | MMLAB_FEATURE_FORK |
			 MMLAB_FEATURE_SWAP_FILE;
	info->page_shift = PAGE_SHIFT;
	info->nr_frames = mmlab_machine.nr_frames;
	for (zone = 0; zone < NR_LAB_ZONES; zone++)
		info->zone_end[zone] = mmlab_machine.zone[zone].end;
	info->page_offset = LAB_PAGE_OFFSET;
	info->high_memory = mmlab_frame_high_memory(&mmlab_machine);
	info->vmalloc_start = mmlab_frame_vmalloc_start(&mmlab_machine);
	info->vmalloc_end = LAB_VMALLOC_END;
	return 0;
}

static int alloc_block(struct file *file, void *arg)
{
	struct mmlab_block *block = arg;
	u32 pfn;

	if (block->order >= LAB_NR_ORDERS || block->zone >= NR_LAB_ZONES ||
	    block->flags || block->reserved)
		return -EINVAL;
	pfn = mmlab_block_alloc(mmlab_chardev_process(file), block->order,
				block->zone == MMLAB_ZONE_DMA ? LAB_GFP_DMA : 0);
	if (pfn == PFN_NONE)
		return -ENOMEM;
	block->got_zone = mmlab_frame_zone(&mmlab_machine, pfn);
	block->phys = mmlab_lpa_val(mmlab_pfn_to_lpa(pfn));
	block->lva = mmlab_lpa_to_lva(mmlab_pfn_to_lpa(pfn));
	return 0;
}

static int free_block(struct file *file, void *arg)
{
	const struct mmlab_block *block = arg;
	u64 pfn = block->phys >> PAGE_SHIFT;

	if (block->flags || block->reserved || offset_in_page(block->phys) ||
	    pfn >= mmlab_machine.nr_frames)
		return -EINVAL;
	return mmlab_block_free(mmlab_chardev_process(file), pfn, block->order);
}

/* The address could not be copied to the caller: free the block again. */
static void undo_alloc_block(struct file *file, void *arg)
{
	free_block(file, arg);
}

static int access_memory(struct file *file, void *arg)
{
	struct mmlab_access *a = arg;
	bool write = a->flags & MMLAB_ACCESS_WRITE;
	bool phys = a->flags & MMLAB_ACCESS_PHYS;
	u64 end = phys ? (u64)mmlab_machine.nr_frames << PAGE_SHIFT :
			 LAB_SPACE_BYTES;
	size_t len = min_t(u64, a->len, MAX_RW_COUNT);
	struct lab_process *p = mmlab_chardev_process(file);
	void __user *buf = u64_to_user_ptr(a->buf);
	bool privileged;
	ssize_t done;

	if (a->flags & ~(MMLAB_ACCESS_WRITE | MMLAB_ACCESS_PHYS) || a->reserved ||
	    a->addr > end || a->len > end - a->addr)
		return -EINVAL;
	if (!(file->f_mode & (write ? FMODE_WRITE : FMODE_READ)))
		return -EACCES;
	/* any physical address counts as one of the lab kernel's space */
	privileged = mmlab_privilege_ok(file, phys ? LAB_PAGE_OFFSET : a->addr, len);
	if (phys)
		done = mmlab_access_phys(p, privileged, mmlab_lpa(a->addr), buf, len,
					 write);
	else if (write)
		done = mmlab_access_write(p, privileged, a->addr, buf, len);
	else
		done = mmlab_access_read(p, privileged, a->addr, buf, len);
	if (done < 0)
		return done;
	a->done = done;
	return 0;
}

static int ioctl_drain(struct file *file, void *arg)
{
	struct mmlab_drain *drain = arg;
	u32 nr_released;

	if (drain->flags || drain->reserved)
		return -EINVAL;
	mmlab_vmalloc_trim();
	drain->nr_pcp = mmlab_frames_drain(&nr_released);
	drain->nr_released = nr_released;
	drain->nr_quarantined = mmlab_quarantine_count();
	return 0;
}

static int ioctl_check(struct file *file, void *arg)
{
	struct mmlab_check *check = arg;
	const struct lab_verdict *broken;
	struct lab_checkup c;
	unsigned int part;

	if (check->flags)
		return -EINVAL;
	memset(check, 0, sizeof(*check));
	mmlab_stat_check(&c);
	for (part = 0; part < NR_LAB_PARTS; part++) {
		check->broken += c.part[part].broken;
		check->nr_objects += c.part[part].nr_objects;
	}
	broken = mmlab_stat_first_broken(&c);
	if (broken)
		strscpy(check->rule, broken->rule, sizeof(check->rule));
	return 0;
}

/**
 * struct command - one ioctl
 * @cmd: its number, which holds size and direction of its argument
 * @handle: execute it, on a copy of the argument in kernel memory. 0, an errno, or a
 *	descriptor that the ioctl returns; then there is nothing to copy out
 * @undo: undo it, because the answer could not be copied out; NULL: nothing to undo
 */
struct command {
	unsigned int cmd;
	int (*handle)(struct file *file, void *arg);
	void (*undo)(struct file *file, void *arg);
};

static const struct command commands[] = {
	{ MMLAB_INFO, ioctl_get_info },
	{ MMLAB_ALLOC, alloc_block, undo_alloc_block },
	{ MMLAB_FREE, free_block },
	{ MMLAB_TRANSLATE, mmlab_ioctl_translate },
	{ MMLAB_ACCESS, access_memory },
	{ MMLAB_MUNMAP, mmlab_ioctl_munmap },
	{ MMLAB_MMAP, mmlab_ioctl_mmap, mmlab_ioctl_undo_mmap },
	{ MMLAB_MPROTECT, mmlab_ioctl_mprotect },
	{ MMLAB_BRK, mmlab_ioctl_brk },
	{ MMLAB_EXEC, mmlab_ioctl_exec },
	{ MMLAB_DRAIN, ioctl_drain },
	{ MMLAB_CHECK, ioctl_check },
	{ MMLAB_VMALLOC, mmlab_ioctl_vmalloc, mmlab_ioctl_undo_vmalloc },
	{ MMLAB_VFREE, mmlab_ioctl_vfree },
	{ MMLAB_VM_STAT, mmlab_ioctl_vm_stat },
	{ MMLAB_CACHE_CREATE, mmlab_ioctl_cache_create,
	  mmlab_ioctl_undo_cache_create },
	{ MMLAB_CACHE_OP, mmlab_ioctl_cache_op },
	{ MMLAB_OBJ_ALLOC, mmlab_ioctl_obj_alloc, mmlab_ioctl_undo_obj_alloc },
	{ MMLAB_OBJ_FREE, mmlab_ioctl_obj_free },
	{ MMLAB_CACHE_STAT, mmlab_ioctl_cache_stat },
	{ MMLAB_SLAB_MAP, mmlab_ioctl_slab_map },
	{ MMLAB_INJECT, mmlab_ioctl_inject },
	{ MMLAB_SWAPON, mmlab_ioctl_swapon, mmlab_ioctl_undo_swapon },
	{ MMLAB_SWAPOFF, mmlab_ioctl_swapoff },
	{ MMLAB_POLICY, mmlab_ioctl_policy },
	{ MMLAB_FORK, mmlab_ioctl_fork },
	{ MMLAB_LIMIT, mmlab_ioctl_limit },
	{ MMLAB_TLB, mmlab_ioctl_tlb },
	{ MMLAB_SWAPON_FILE, mmlab_ioctl_swapon_file, mmlab_ioctl_undo_swapon_file },
};

/*
 * The only place that copies from and to the program. No lab lock is held here: the argument
 * may lie in a window of the same process, and its fault takes the lock. Handlers see a copy
 * that the program can't change any more.
 */
static int run_command(const struct command *c, struct file *file, void __user *user)
{
	union {
		struct mmlab_info info;
		struct mmlab_block block;
		struct mmlab_translation translation;
		struct mmlab_access access;
		struct mmlab_range range;
		struct mmlab_region region;
		struct mmlab_brk brk;
		struct mmlab_exec exec;
		struct mmlab_drain drain;
		struct mmlab_check check;
		struct mmlab_area area;
		struct mmlab_cache cache;
		struct mmlab_cache_op cache_op;
		struct mmlab_object object;
		struct mmlab_cache_stat cache_stat;
		struct mmlab_slab_map slab_map;
		struct mmlab_injection injection;
		struct mmlab_swap swap;
		struct mmlab_swap_file swap_file;
		struct mmlab_policy policy;
		struct mmlab_fork fork;
		struct mmlab_limit limit;
		struct mmlab_tlb tlb;
	} arg;
	size_t size = _IOC_SIZE(c->cmd);
	int err;

	if (WARN_ON_ONCE(size > sizeof(arg)))
		return -ENOTTY;
	if (_IOC_DIR(c->cmd) & _IOC_WRITE && copy_from_user(&arg, user, size))
		return -EFAULT;
	/* Make sure before any change that the answer can be copied out. */
	if (_IOC_DIR(c->cmd) == (_IOC_READ | _IOC_WRITE) &&
	    copy_to_user(user, &arg, size))
		return -EFAULT;
	err = c->handle(file, &arg);
	if (err)
		return err;
	if (_IOC_DIR(c->cmd) & _IOC_READ && copy_to_user(user, &arg, size)) {
		if (c->undo)
			c->undo(file, &arg);
		return -EFAULT;
	}
	return 0;
}

long mmlab_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].cmd == cmd)
			return run_command(&commands[i], file, (void __user *)arg);
	return -ENOTTY;
}
