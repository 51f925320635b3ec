// SPDX-License-Identifier: GPL-2.0
/*
 * The regions of a lab process. VMA objects are allocated before anything is changed, so
 * that a call that fails has changed nothing. Everything is under lab_mm.lock.
 */
#include <linux/mm.h>
#include <linux/string.h>

#include "cache.h"
#include "magazine.h"
#include "mm.h"
#include "mmap.h"

static struct lab_kcache *vma_cache;

int mmlab_mmap_init(void)
{
	vma_cache = mmlab_cache_create("vm_area_struct", sizeof(struct lab_vma),
				       0, LAB_SLAB_INTERNAL, 0, -1, NULL);
	return PTR_ERR_OR_ZERO(vma_cache);
}

static void free_vmas(struct list_head *vmas)
{
	struct lab_vma *vma, *next;

	list_for_each_entry_safe(vma, next, vmas, list)
		mmlab_magazine_free(vma_cache, vma, _RET_IP_);
}

/*
 * VMA objects come from the lab's own cache, so they use frames of the arena. A call takes
 * as many as it may need at worst, and frees the others at its end.
 */
static int alloc_vmas_locked(struct lab_process *p, struct list_head *vmas, u32 nr)
{
	lockdep_assert_held(p->mm.lock);
	if (p->mm.nr_vmas + nr > LAB_MAX_VMAS)
		return -ENOMEM;
	while (nr--) {
		struct lab_vma *vma = mmlab_magazine_alloc(vma_cache, _RET_IP_);

		if (!vma) {
			free_vmas(vmas);
			return -ENOMEM;
		}
		list_add(&vma->list, vmas);
	}
	return 0;
}

/* Does one VMA reach beyond both ends of the range? */
static bool splits_vma(struct lab_process *p, u32 start, u32 end)
{
	const struct lab_vma *vma = mmlab_vma_find(&p->mm, start);

	return vma && vma->start < start && vma->end > end;
}

/* Makes a region in a range without VMAs; @spares has one object. */
static void add_vma_locked(struct lab_process *p, u32 start, u32 end, lab_vma_flags_t flags,
			   struct list_head *spares)
{
	lockdep_assert_held(p->mm.lock);
	mmlab_vma_add(&p->mm, start, end, flags, spares);
	trace_vm_map(p->mm.owner, start, end, (__force u32)flags);
}

/* Removes pages and VMAs; @spares has one object if splits_vma(). */
static u64 cut_vmas_locked(struct lab_process *p, u32 start, u32 end,
			   struct list_head *spares)
{
	u64 nr;

	lockdep_assert_held(p->mm.lock);
	nr = mmlab_mm_zap_range_locked(p, start, end);
	mmlab_vma_cut(&p->mm, start, end, spares);
	trace_vm_unmap(p->mm.owner, start, end, nr);
	return nr;
}

int mmlab_mm_open_window(struct lab_process *p, u32 start, u32 end,
			 lab_vma_flags_t rights, lab_vma_flags_t *got)
{
	LIST_HEAD(spares);
	u32 nr_gaps;
	int err = 0;

	mutex_lock(p->mm.lock);
	*got = mmlab_vma_rights(&p->mm, start, end, &nr_gaps);
	/* a window may not permit more than the VMAs that are there */
	if (rights & ~*got)
		err = -EACCES;
	else if (nr_gaps)
		err = alloc_vmas_locked(p, &spares, nr_gaps);
	if (!err && nr_gaps) {
		*got &= rights;
		mmlab_vma_fill(&p->mm, start, end, rights, &spares);
		trace_vm_map(p->mm.owner, start, end, (__force u32)rights);
		free_vmas(&spares);
	}
	mutex_unlock(p->mm.lock);
	return err;
}

int mmlab_mm_mmap(struct lab_process *p, u32 *start, u32 len, lab_vma_flags_t flags,
		  bool fixed)
{
	LIST_HEAD(spares);
	u32 at = *start;
	int err;

	mutex_lock(p->mm.lock);
	if (!fixed)
		at = mmlab_vma_find_free(&p->mm, at, len);
	/* One object for the region, one for a VMA that a fixed one may split. */
	err = fixed || at ? alloc_vmas_locked(p, &spares, 2) : -ENOMEM;
	if (!err) {
		if (fixed)
			cut_vmas_locked(p, at, at + len, &spares);
		add_vma_locked(p, at, at + len, flags, &spares);
		free_vmas(&spares);
		*start = at;
	}
	mutex_unlock(p->mm.lock);
	return err;
}

int mmlab_mm_munmap(struct lab_process *p, u32 start, u32 end, u64 *nr_frames)
{
	LIST_HEAD(spares);
	int err;

	*nr_frames = 0;
	mutex_lock(p->mm.lock);
	/* Otherwise no object is needed, so that an exit can't fail. */
	err = splits_vma(p, start, end) ? alloc_vmas_locked(p, &spares, 1) : 0;
	if (!err) {
		*nr_frames = cut_vmas_locked(p, start, end, &spares);
		free_vmas(&spares);
	}
	mutex_unlock(p->mm.lock);
	return err;
}

int mmlab_mm_mprotect(struct lab_process *p, u32 start, u32 end, lab_vma_flags_t rights)
{
	LIST_HEAD(spares);
	int err = -ENOMEM;

	mutex_lock(p->mm.lock);
	if (mmlab_vma_covers(&p->mm, start, end))
		err = alloc_vmas_locked(p, &spares, 2);
	if (!err) {
		mmlab_vma_protect(&p->mm, start, end, rights, &spares);
		mmlab_mm_mprotect_locked(p, start, end, rights);
		trace_vm_protect(p->mm.owner, start, end, (__force u32)rights);
		free_vmas(&spares);
	}
	mutex_unlock(p->mm.lock);
	return err;
}

/* The heap's VMAs follow its end, from page @old to page @new. */
static int move_brk_locked(struct lab_process *p, u64 old, u64 new)
{
	LIST_HEAD(spares);
	u64 end = new + LAB_STACK_GAP;
	const struct lab_vma *next;
	u32 nr = old < new ? 1 : splits_vma(p, new, old);
	int err;

	lockdep_assert_held(p->mm.lock);
	if (old == new)
		return 0;
	/* The heap may grow up to the next VMA, but a stack keeps its gap. */
	next = mmlab_vma_find(&p->mm, old);
	if (old < new && (new > LAB_PAGE_OFFSET ||
			  (next && next->start < new) ||
			  (next && next->flags & LAB_VMA_GROWSDOWN &&
			   next->start < end)))
		return -ENOMEM;
	err = alloc_vmas_locked(p, &spares, nr);
	if (err)
		return err;
	if (old < new)
		add_vma_locked(p, old, new, LAB_VMA_READ | LAB_VMA_WRITE, &spares);
	else
		cut_vmas_locked(p, new, old, &spares);
	free_vmas(&spares);
	return 0;
}

int mmlab_mm_brk(struct lab_process *p, u32 *brk, u32 *start_brk)
{
	struct lab_layout *layout = &p->mm.layout;
	int err = 0;

	mutex_lock(p->mm.lock);
	if (*brk && (!layout->start_brk || *brk < layout->start_brk))
		err = -EINVAL;
	else if (*brk)
		err = move_brk_locked(p, PAGE_ALIGN((u64)layout->brk),
				      PAGE_ALIGN((u64)*brk));
	if (!err && *brk)
		layout->brk = *brk;
	*brk = layout->brk;
	*start_brk = layout->start_brk;
	mutex_unlock(p->mm.lock);
	return err;
}

int mmlab_mm_exec(struct lab_process *p, const char *name,
		  const struct lab_layout *layout, u32 stack_size,
		  lab_vma_flags_t stack_rights)
{
	u32 end = layout->start_stack;
	LIST_HEAD(spares);
	int err;

	mutex_lock(p->mm.lock);
	err = alloc_vmas_locked(p, &spares, 1);
	if (!err) {
		cut_vmas_locked(p, 0, LAB_PAGE_OFFSET, &spares);
		p->mm.layout = *layout;
		p->mm.layout.brk = layout->start_brk;
		strscpy(p->comm, name, sizeof(p->comm));
		add_vma_locked(p, end - stack_size, end,
			       stack_rights | LAB_VMA_GROWSDOWN, &spares);
		free_vmas(&spares);
	}
	mutex_unlock(p->mm.lock);
	return err;
}

int mmlab_mm_dup_vmas_locked(struct lab_process *parent, struct lab_process *child)
{
	const struct lab_vma *vma;
	LIST_HEAD(spares);
	int err;

	lockdep_assert_held(parent->mm.lock);
	err = alloc_vmas_locked(child, &spares, parent->mm.nr_vmas);
	if (err)
		return err;
	list_for_each_entry(vma, &parent->mm.vma_list, list)
		add_vma_locked(child, vma->start, vma->end, vma->flags, &spares);
	free_vmas(&spares);
	child->mm.layout = parent->mm.layout;
	strscpy(child->comm, parent->comm, sizeof(child->comm));
	return 0;
}
