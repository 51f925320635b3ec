// SPDX-License-Identifier: GPL-2.0
/*
 * Birth and death of lab processes.
 *
 * A process is published when it has a page directory, and its user space is still empty:
 * so sums over all processes hold while a fork copies. At its end no window is left, so no
 * touch comes any more; but readers of /proc may still hold a reference. They take
 * lab_mm.lock and find empty lists and the directory PFN_NONE.
 */
#include "arena.h"
#include "block.h"
#include "mm_fork.h"
#include "frames.h"
#include "init_mm.h"
#include "lifetime.h"
#include "mmap.h"
#include "object.h"
#include "reclaim.h"
#include "tlb.h"
#include "vmalloc.h"

static int add_pgd(struct lab_process *p)
{
	p->mm.pgd = mmlab_frames_alloc(0, LAB_GFP_ZERO | LAB_GFP_RESERVE, USE_PGTABLE,
				       p->mm.owner);
	if (p->mm.pgd == PFN_NONE)
		return -ENOMEM;
	mmlab_pgtable_share_kernel(&mmlab_machine, p->mm.pgd,
				   mmlab_init_mm_pgd());
	return 0;
}

static void del_pgd(struct lab_process *p)
{
	mutex_lock(p->mm.lock);
	mmlab_frames_free(p->mm.pgd, 0, USE_PGTABLE, p->mm.owner);
	p->mm.pgd = PFN_NONE;
	mutex_unlock(p->mm.lock);
}

/* The first of a family; no other process knows the lock yet. */
static void join(struct lab_process *p)
{
	mutex_lock(p->mm.lock);
	mmlab_process_join_locked(p);
	mutex_unlock(p->mm.lock);
}

struct lab_process *mmlab_lifetime_begin(struct address_space *mapping,
					 struct lab_process *parent)
{
	struct lab_process *p = mmlab_process_new(mapping, parent);
	int err;

	if (IS_ERR(p))
		return p;
	if (!parent)
		join(p);
	err = add_pgd(p);
	if (err) {
		mmlab_process_forget(p);
		return ERR_PTR(err);
	}
	mmlab_process_publish(p);
	return p;
}

static void empty(struct lab_process *p)
{
	u64 nr_frames;

	/* The range covers all VMAs, so none is split and this can't fail. */
	mmlab_mm_munmap(p, 0, LAB_PAGE_OFFSET, &nr_frames);
}

int mmlab_lifetime_fork(struct lab_process *parent, struct lab_process *child)
{
	unsigned int nr_tries = 0;
	int err;

	do {
		err = mmlab_mm_fork(parent, child);
		if (err)
			empty(child);
	} while (err == -ENOMEM && mmlab_reclaim_retry(&nr_tries, 1));
	return err;
}

void mmlab_lifetime_end(struct lab_process *p)
{
	mmlab_object_exit(p);
	mmlab_vmalloc_free_owned(p->mm.owner);
	empty(p);
	mmlab_block_exit(p);
	mmlab_reclaim_exit_own(p);
	mmlab_tlb_exit(p);
	del_pgd(p);
	mmlab_process_forget(p);
}
