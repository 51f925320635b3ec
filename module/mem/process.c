// SPDX-License-Identifier: GPL-2.0
/*
 * Lab processes: birth, death, number. Lock order: lab_mm.lock -> processes'
 * xa_lock.
 */
#include <linux/mm.h>
#include <linux/xarray.h>

#include "arena.h"
#include "cache.h"
#include "frames.h"
#include "init_mm.h"
#include "magazine.h"
#include "mmap.h"
#include "object.h"
#include "process.h"
#include "section.h"
#include "vmalloc.h"

static DEFINE_XARRAY_ALLOC1(processes);
static u32 next_pid;
static const struct lab_process_hooks *process_hooks;

/* The lab eats its own food. */
static struct lab_kcache *mm_cache;
static struct lab_kcache *vma_cache;

int mmlab_process_init(void)
{
	mm_cache = mmlab_cache_create("mm_struct", sizeof(struct lab_process), 0,
				      LAB_SLAB_INTERNAL, 0, -1, NULL);
	if (IS_ERR(mm_cache))
		return PTR_ERR(mm_cache);
	vma_cache = mmlab_cache_create("vm_area_struct", sizeof(struct lab_vma),
				       0, LAB_SLAB_INTERNAL, 0, -1, NULL);
	if (IS_ERR(vma_cache))
		return PTR_ERR(vma_cache);
	return mmlab_object_init();
}

void mmlab_process_set_hooks(const struct lab_process_hooks *hooks)
{
	process_hooks = hooks;
}

struct lab_vma *mmlab_process_alloc_vma(void)
{
	return mmlab_cache_alloc(vma_cache, _RET_IP_);
}

void mmlab_process_free_vma(struct lab_vma *vma)
{
	mmlab_cache_free(vma_cache, vma, _RET_IP_);
}

struct lab_process *mmlab_process_create(struct address_space *mapping)
{
	struct lab_process *p = mmlab_cache_alloc(mm_cache, _RET_IP_);
	int err = -ENOMEM;
	u32 pid;

	if (!p)
		return ERR_PTR(-ENOMEM);
	memset(p, 0, sizeof(*p));
	/* Cyclic, so that a number is not at once somebody else's. */
	if (xa_alloc_cyclic(&processes, &pid, NULL, xa_limit_31b, &next_pid,
			    GFP_KERNEL) < 0)
		goto err_free;
	mutex_init(&p->mm.lock);
	mmlab_vma_init(&p->mm, pid);
	strscpy(p->comm, "lab", sizeof(p->comm));
	p->mapping = mapping;
	ihold(mapping->host);
	kref_init(&p->ref);

	p->mm.pgd = mmlab_frames_alloc(0, LAB_ZERO | LAB_RESERVE, USE_PGTABLE,
				       pid);
	if (p->mm.pgd == PFN_NONE)
		goto err_erase;
	mmlab_pgtable_share_kernel(&mmlab_machine, p->mm.pgd,
				   mmlab_init_mm_pgd());
	if (process_hooks) {
		err = process_hooks->born(p);
		if (err)
			goto err_free_pgd;
	}
	xa_store(&processes, pid, p, GFP_KERNEL);
	return p;

err_free_pgd:
	mmlab_frames_free(p->mm.pgd, 0, USE_PGTABLE, pid);
err_erase:
	iput(mapping->host);
	xa_erase(&processes, pid);
err_free:
	mmlab_cache_free(mm_cache, p, _RET_IP_);
	return ERR_PTR(err);
}

void mmlab_process_exit(struct lab_process *p)
{
	u32 pid = p->mm.owner;
	u64 nr_frames;

	if (process_hooks)
		process_hooks->gone(p);
	mmlab_object_exit(p);
	mmlab_vmalloc_free_owned(pid);
	/* Everything goes, so no VMA is split and this can't fail. */
	mmlab_mm_unmap(p, 0, LAB_PAGE_OFFSET, &nr_frames);

	mutex_lock(&p->mm.lock);
	while (p->mm.blocks != PFN_NONE) {
		u32 pfn = p->mm.blocks;

		p->mm.blocks = mmlab_frame(&mmlab_machine, pfn)->next;
		mmlab_frames_free(pfn, mmlab_frame(&mmlab_machine, pfn)->order,
				  USE_BLOCK, pid);
	}
	p->mm.nr_block_frames = 0;
	mmlab_frames_free(p->mm.pgd, 0, USE_PGTABLE, pid);
	p->mm.pgd = PFN_NONE;
	mutex_unlock(&p->mm.lock);

	xa_erase(&processes, pid);
	mmlab_process_put(p);
}

struct lab_process *mmlab_process_next(unsigned long *pid)
{
	struct lab_process *p;

	xa_lock(&processes);
	p = xa_find_after(&processes, pid, ULONG_MAX, XA_PRESENT);
	if (p)
		kref_get(&p->ref);
	xa_unlock(&processes);
	return p;
}

static void release(struct kref *ref)
{
	struct lab_process *p = container_of(ref, struct lab_process, ref);

	iput(p->mapping->host);
	mmlab_cache_free(mm_cache, p, _RET_IP_);
}

void mmlab_process_put(struct lab_process *p)
{
	kref_put(&p->ref, release);
}

void mmlab_process_flush_all(u32 start, u32 len)
{
	struct lab_process *p;
	unsigned long pid = 0;

	while ((p = mmlab_process_next(&pid)) != NULL) {
		if (mapping_mapped(p->mapping)) {
			unmap_mapping_range(p->mapping, start, len, 1);
			mmlab_count_event(EV_PGZAP);
		}
		mmlab_process_put(p);
	}
}

void mmlab_process_count(u32 *nr_processes, u32 *nr_windows)
{
	struct lab_process *p;
	unsigned long pid;

	*nr_processes = 0;
	*nr_windows = 0;
	xa_lock(&processes);
	xa_for_each(&processes, pid, p) {
		++*nr_processes;
		*nr_windows += atomic_read(&p->nr_windows);
	}
	xa_unlock(&processes);
}

u32 mmlab_process_alloc_block(struct lab_process *p, unsigned int order,
			      unsigned int flags)
{
	struct lab_mm *mm = &p->mm;
	struct lab_frame *frame;
	u32 pfn;

	mutex_lock(&mm->lock);
	pfn = mmlab_frames_alloc(order, flags | LAB_ZERO, USE_BLOCK, mm->owner);
	if (pfn != PFN_NONE) {
		frame = mmlab_frame(&mmlab_machine, pfn);
		frame->prev = PFN_NONE;
		frame->next = mm->blocks;
		if (mm->blocks != PFN_NONE)
			mmlab_frame(&mmlab_machine, mm->blocks)->prev = pfn;
		mm->blocks = pfn;
		mm->nr_block_frames += 1U << order;
	}
	mutex_unlock(&mm->lock);
	return pfn;
}

static void unlink_block(struct lab_mm *mm, u32 pfn, unsigned int order)
{
	const struct lab_frame *frame = mmlab_frame(&mmlab_machine, pfn);

	lockdep_assert_held(&mm->lock);
	if (frame->prev == PFN_NONE)
		mm->blocks = frame->next;
	else
		mmlab_frame(&mmlab_machine, frame->prev)->next = frame->next;
	if (frame->next != PFN_NONE)
		mmlab_frame(&mmlab_machine, frame->next)->prev = frame->prev;
	mm->nr_block_frames -= 1U << order;
}

int mmlab_process_free_block(struct lab_process *p, u32 pfn, unsigned int order)
{
	struct lab_mm *mm = &p->mm;
	int err;

	mutex_lock(&mm->lock);
	err = mmlab_frame_may_free(&mmlab_machine, pfn, order, USE_BLOCK,
				   mm->owner);
	if (err) {
		mmlab_count_event(EV_PGFREE_REFUSED);
	} else {
		unlink_block(mm, pfn, order);
		mmlab_frames_free(pfn, order, USE_BLOCK, mm->owner);
	}
	mutex_unlock(&mm->lock);
	return err;
}

bool mmlab_process_owns_locked(struct lab_process *p, u32 pfn)
{
	const struct lab_frame *frame;
	u32 head;

	lockdep_assert_held(&p->mm.lock);
	head = mmlab_frame_head(&mmlab_machine, pfn);
	if (head == PFN_NONE)
		return false;
	frame = mmlab_frame(&mmlab_machine, head);
	return frame->state == FRAME_USED && frame->use == USE_BLOCK &&
	       frame->owner == p->mm.owner;
}
