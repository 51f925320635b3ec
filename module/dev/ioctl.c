// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctls: copied in once, checked, handled as plain structures, copied out.
 */
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/uaccess.h>

#include "../mem/arena.h"
#include "../mem/frames.h"
#include "../mem/mm.h"
#include "../mem/quarantine.h"
#include "../mem/stat.h"
#include "../mem/vmalloc.h"
#include "../uapi/mmlab.h"
#include "access.h"
#include "chardev.h"
#include "ioctl_slab.h"
#include "ioctl_vmalloc.h"

static_assert(MMLAB_NR_ZONES == NR_LAB_ZONES);
static_assert(MMLAB_NR_ORDERS == LAB_NR_ORDERS);
static_assert(MMLAB_ZONE_DMA == LAB_ZONE_DMA);
static_assert(MMLAB_PTE_DIRTY == LAB_PTE_DIRTY);
static_assert(MMLAB_PTE_ACCESSED == LAB_PTE_ACCESSED);
static_assert(LAB_VM_READ == PROT_READ && LAB_VM_WRITE == PROT_WRITE);

static int get_info(struct file *file, void *arg)
{
	struct mmlab_info *info = arg;
	u32 zone;

	memset(info, 0, sizeof(*info));
	info->api_version = MMLAB_API_VERSION;
	info->lab_pid = mmlab_chardev_process(file)->mm.owner;
	info->features = MMLAB_FEATURE_BLOCKS | MMLAB_FEATURE_WINDOWS |
			 MMLAB_FEATURE_ACCESS | MMLAB_FEATURE_SLAB |
			 MMLAB_FEATURE_VMALLOC;
	info->page_shift = PAGE_SHIFT;
	info->nr_frames = mmlab_machine.nr_frames;
	for (zone = 0; zone < NR_LAB_ZONES; zone++)
		info->zone_end[zone] = mmlab_machine.zone[zone].end;
	info->page_offset = LAB_PAGE_OFFSET;
	info->high_memory = mmlab_lva_val(mmlab_frame_high_memory(&mmlab_machine));
	info->vmalloc_start = mmlab_lva_val(mmlab_frame_vmalloc_start(&mmlab_machine));
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
	pfn = mmlab_process_alloc_block(mmlab_chardev_process(file), block->order,
					block->zone == MMLAB_ZONE_DMA ? LAB_DMA : 0);
	if (pfn == PFN_NONE)
		return -ENOMEM;
	block->got_zone = mmlab_frame_zone(&mmlab_machine, pfn);
	block->phys = mmlab_lpa_val(mmlab_pfn_to_lpa(pfn));
	block->lva = mmlab_lva_val(mmlab_lpa_to_lva(mmlab_pfn_to_lpa(pfn)));
	return 0;
}

static int free_block(struct file *file, void *arg)
{
	const struct mmlab_block *block = arg;
	u64 pfn = block->phys >> PAGE_SHIFT;

	if (block->flags || block->reserved || offset_in_page(block->phys) ||
	    pfn >= mmlab_machine.nr_frames)
		return -EINVAL;
	return mmlab_process_free_block(mmlab_chardev_process(file), pfn,
					block->order);
}

/* The block can't be told to its new owner: take it back. */
static void undo_alloc_block(struct file *file, void *arg)
{
	free_block(file, arg);
}

static void classify(struct lab_process *p, struct mmlab_translation *t)
{
	const struct lab_vma *vma;

	t->region = MMLAB_REGION_HOLE;
	if (t->lva >= LAB_PAGE_OFFSET) {
		if (t->lva < mmlab_lva_val(mmlab_frame_high_memory(&mmlab_machine)))
			t->region = MMLAB_REGION_DIRECT;
		else if (mmlab_vmalloc_find(&mmlab_vm_space, t->lva))
			t->region = MMLAB_REGION_VMALLOC;
		return;
	}
	vma = mmlab_vma_find(&p->mm, t->lva);
	if (vma && vma->start <= t->lva) {
		t->region = MMLAB_REGION_USER;
		t->vma_start = vma->start;
		t->vma_end = vma->end;
		t->vma_prot = vma->flags;
	}
}

static int translate(struct file *file, void *arg)
{
	struct lab_process *p = mmlab_chardev_process(file);
	struct mmlab_translation *t = arg;
	lva_t lva = mmlab_lva(t->lva);
	const u32 *pte;

	if (t->flags || t->reserved[0] || t->reserved[1])
		return -EINVAL;
	*t = (struct mmlab_translation){
		.lva = mmlab_lva_val(lva),
		.pgd_index = mmlab_pgtable_pgd_index(lva),
		.pte_index = mmlab_pgtable_pte_index(lva),
		.offset = offset_in_page(mmlab_lva_val(lva)),
		.pgd_pfn = p->mm.pgd,
		.table_pfn = PFN_NONE,
		.pfn = PFN_NONE,
		.step = MMLAB_STEP_NO_TABLE,
	};

	mutex_lock(&p->mm.lock);
	mutex_lock(&mmlab_vm_space.lock);
	classify(p, t);
	if (t->lva >= LAB_PAGE_OFFSET)
		mmlab_vmalloc_sync_pde_locked(p->mm.pgd, lva);
	if (t->region == MMLAB_REGION_USER)
		mmlab_mm_sync_dirty_locked(p, lva);
	t->pde = *mmlab_pgtable_pde(&mmlab_machine, p->mm.pgd, lva);
	pte = mmlab_pgtable_walk(&mmlab_machine, p->mm.pgd, lva);
	if (pte) {
		t->table_pfn = mmlab_pte_pfn(t->pde);
		t->pte = *pte;
		t->step = MMLAB_STEP_NO_PAGE;
		if (t->pte & LAB_PTE_PRESENT &&
		    mmlab_pte_pfn(t->pte) < mmlab_machine.nr_frames) {
			t->pfn = mmlab_pte_pfn(t->pte);
			t->phys = mmlab_lpa_val(mmlab_pfn_to_lpa(t->pfn)) | t->offset;
			t->mapcount = mmlab_frame(&mmlab_machine, t->pfn)->mapcount;
			t->step = MMLAB_STEP_OK;
		}
	}
	mutex_unlock(&mmlab_vm_space.lock);
	mutex_unlock(&p->mm.lock);
	return 0;
}

static int access_memory(struct file *file, void *arg)
{
	struct mmlab_access *a = arg;
	bool write = a->flags & MMLAB_ACCESS_WRITE;
	bool phys = a->flags & MMLAB_ACCESS_PHYS;
	u64 end = phys ? (u64)mmlab_machine.nr_frames << PAGE_SHIFT :
			 LAB_SPACE_BYTES;
	size_t len = min_t(u64, a->len, MAX_RW_COUNT);
	void __user *buf = u64_to_user_ptr(a->buf);
	ssize_t done;

	if (a->flags & ~(MMLAB_ACCESS_WRITE | MMLAB_ACCESS_PHYS) || a->reserved ||
	    a->addr > end || a->len > end - a->addr)
		return -EINVAL;
	if (!(file->f_mode & (write ? FMODE_WRITE : FMODE_READ)))
		return -EACCES;
	if (phys)
		done = mmlab_access_phys(file, mmlab_lpa(a->addr), buf, len, write);
	else if (write)
		done = mmlab_access_write(file, mmlab_lva(a->addr), buf, len);
	else
		done = mmlab_access_read(file, mmlab_lva(a->addr), buf, len);
	if (done < 0)
		return done;
	a->done = done;
	return 0;
}

static int unmap_range(struct file *file, void *arg)
{
	struct mmlab_range *range = arg;

	if (range->flags || range->reserved || !range->len ||
	    offset_in_page(range->start) || offset_in_page(range->len) ||
	    (u64)range->start + range->len > LAB_PAGE_OFFSET)
		return -EINVAL;
	return mmlab_mm_unmap(mmlab_chardev_process(file), range->start,
			      range->start + range->len, &range->nr_frames);
}

static int drain(struct file *file, void *arg)
{
	struct mmlab_drain *drain = arg;
	u32 nr_released;

	if (drain->flags || drain->reserved)
		return -EINVAL;
	drain->nr_pcp = mmlab_frames_drain(&nr_released);
	drain->nr_released = nr_released;
	drain->nr_quarantined = mmlab_quarantine_count();
	return 0;
}

static int check(struct file *file, void *arg)
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
 * @handle: does it, on a copy of the argument in kernel memory
 * @undo: the answer could not be copied out, or NULL if there is nothing to undo
 */
struct command {
	unsigned int cmd;
	int (*handle)(struct file *file, void *arg);
	void (*undo)(struct file *file, void *arg);
};

static const struct command commands[] = {
	{ MMLAB_INFO, get_info },
	{ MMLAB_ALLOC, alloc_block, undo_alloc_block },
	{ MMLAB_FREE, free_block },
	{ MMLAB_TRANSLATE, translate },
	{ MMLAB_ACCESS, access_memory },
	{ MMLAB_MUNMAP, unmap_range },
	{ MMLAB_DRAIN, drain },
	{ MMLAB_CHECK, check },
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
};

static int run(const struct command *c, struct file *file, void __user *user)
{
	union {
		struct mmlab_info info;
		struct mmlab_block block;
		struct mmlab_translation translation;
		struct mmlab_access access;
		struct mmlab_range range;
		struct mmlab_drain drain;
		struct mmlab_check check;
		struct mmlab_area area;
		struct mmlab_cache cache;
		struct mmlab_cache_op cache_op;
		struct mmlab_object object;
		struct mmlab_cache_stat cache_stat;
		struct mmlab_slab_map slab_map;
		struct mmlab_injection injection;
	} arg;
	size_t size = _IOC_SIZE(c->cmd);
	int err;

	if (WARN_ON_ONCE(size > sizeof(arg)))
		return -ENOTTY;
	if (_IOC_DIR(c->cmd) & _IOC_WRITE && copy_from_user(&arg, user, size))
		return -EFAULT;
	/* An answer that can't be given back is found out before anything changes. */
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
			return run(&commands[i], file, (void __user *)arg);
	return -ENOTTY;
}
