// SPDX-License-Identifier: GPL-2.0
/*
 * The table of lab processes: numbers, look-up, references.
 *
 * A number is reserved by mmlab_process_new() and found after
 * mmlab_process_publish(). A look-up takes a reference under the xa_lock, so the table's
 * own reference can't be the last one to go meanwhile.
 *
 * Lock order: lab_mm.lock -> processes' xa_lock.
 */
#include <linux/mm.h>
#include <linux/xarray.h>

#include "cache.h"
#include "magazine.h"
#include "process.h"
#include "section.h"

static DEFINE_XARRAY_ALLOC1(processes);
static u32 next_pid;

/* Lab processes are objects of a lab cache themselves. */
static struct lab_kcache *mm_cache;

int mmlab_process_init(void)
{
	mm_cache = mmlab_cache_create("mm_struct", sizeof(struct lab_process), 0,
				      LAB_SLAB_INTERNAL, 0, -1, NULL);
	return PTR_ERR_OR_ZERO(mm_cache);
}

struct lab_process *mmlab_process_new(struct address_space *mapping)
{
	struct lab_process *p = mmlab_magazine_alloc(mm_cache, _RET_IP_);
	u32 pid;

	if (!p)
		return ERR_PTR(-ENOMEM);
	memset(p, 0, sizeof(*p));
	/* Cyclic, so that a freed number is not given out again at once. */
	if (xa_alloc_cyclic(&processes, &pid, NULL, xa_limit_31b, &next_pid,
			    GFP_KERNEL) < 0) {
		mmlab_magazine_free(mm_cache, p, _RET_IP_);
		return ERR_PTR(-ENOMEM);
	}
	mutex_init(&p->mm.lock);
	mmlab_vma_init(&p->mm, pid);
	strscpy(p->comm, "lab", sizeof(p->comm));
	p->mapping = mapping;
	ihold(mapping->host);
	kref_init(&p->ref);
	return p;
}

void mmlab_process_publish(struct lab_process *p)
{
	/* The entry is allocated since the reservation, so this can't fail. */
	xa_store(&processes, p->mm.owner, p, GFP_KERNEL);
}

void mmlab_process_forget(struct lab_process *p)
{
	xa_erase(&processes, p->mm.owner);
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

struct lab_process *mmlab_process_find(u32 owner)
{
	struct lab_process *p;

	xa_lock(&processes);
	p = xa_load(&processes, owner);
	if (p)
		kref_get(&p->ref);
	xa_unlock(&processes);
	return p;
}

static void release_process(struct kref *ref)
{
	struct lab_process *p = container_of(ref, struct lab_process, ref);

	iput(p->mapping->host);
	mmlab_magazine_free(mm_cache, p, _RET_IP_);
}

void mmlab_process_put(struct lab_process *p)
{
	kref_put(&p->ref, release_process);
}

void mmlab_flush_tlb_range_locked(struct lab_process *p, u32 start, u32 end)
{
	lockdep_assert_held(&p->mm.lock);
	if (!mapping_mapped(p->mapping))
		return;
	unmap_mapping_range(p->mapping, start, end - start, 1);
	mmlab_count_event(EV_PGZAP);
}

void mmlab_flush_tlb_kernel_range(u32 start, u32 len)
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

u64 mmlab_process_count_swap(void)
{
	struct lab_process *p;
	unsigned long pid;
	u64 nr = 0;

	xa_lock(&processes);
	xa_for_each(&processes, pid, p)
		nr += READ_ONCE(p->mm.nr_swap);
	xa_unlock(&processes);
	return nr;
}
