// SPDX-License-Identifier: GPL-2.0
/*
 * The table of lab processes: numbers, look-up, references.
 *
 * A number is reserved by mmlab_process_new() and found after
 * mmlab_process_publish(). A look-up takes a reference under the xa_lock, so the table's
 * own reference can't be the last one to go meanwhile.
 *
 * The number of a family is that of its first process, and is free when the last one
 * is gone.
 *
 * Lock order: lab_mm.lock -> processes' xa_lock, families' xa_lock.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "cache.h"
#include "magazine.h"
#include "process.h"
#include "section.h"

static DEFINE_XARRAY_ALLOC1(processes);
static DEFINE_XARRAY(families);
static u32 next_pid;

/* Lab processes are objects of a lab cache themselves. */
static struct lab_kcache *mm_cache;

int mmlab_process_init(void)
{
	mm_cache = mmlab_cache_create("mm_struct", sizeof(struct lab_process), 0,
				      LAB_SLAB_INTERNAL, 0, -1, NULL);
	return PTR_ERR_OR_ZERO(mm_cache);
}

/* A family of one process, which gets the number @id. NULL: no memory. */
static struct lab_family *new_family(u32 id)
{
	struct lab_family *f = kzalloc(sizeof(*f), GFP_KERNEL);

	if (!f)
		return NULL;
	mutex_init(&f->lock);
	f->id = id;
	INIT_LIST_HEAD(&f->members);
	kref_init(&f->ref);
	if (xa_err(xa_store(&families, id, f, GFP_KERNEL))) {
		kfree(f);
		return NULL;
	}
	return f;
}

static void release_family(struct kref *ref)
{
	struct lab_family *f = container_of(ref, struct lab_family, ref);

	xa_erase(&families, f->id);
	xa_erase(&processes, f->id);
	kfree(f);
}

void mmlab_family_put(struct lab_family *f)
{
	kref_put(&f->ref, release_family);
}

struct lab_family *mmlab_family_find(u32 id)
{
	struct lab_family *f;

	xa_lock(&families);
	f = xa_load(&families, id);
	if (f && !kref_get_unless_zero(&f->ref))
		f = NULL;
	xa_unlock(&families);
	return f;
}

int mmlab_process_join_locked(struct lab_process *p)
{
	struct lab_family *f = p->family;

	lockdep_assert_held(&f->lock);
	if (!list_empty(&p->sibling))
		return 0;
	if (f->nr_members == LAB_FAMILY_MAX)
		return -EAGAIN;
	list_add_tail(&p->sibling, &f->members);
	f->nr_members++;
	return 0;
}

static void leave_family(struct lab_process *p)
{
	struct lab_process *child;

	mutex_lock(p->mm.lock);
	p->family->nr_members -= !list_empty(&p->sibling);
	list_del(&p->sibling);
	list_for_each_entry(child, &p->family->members, sibling)
		if (child->parent == p->mm.owner)
			child->parent = 0;
	mutex_unlock(p->mm.lock);
}

/* That of the parent, or a new one with the number @id; with a reference. */
static struct lab_family *get_family(struct lab_process *parent, u32 id)
{
	if (!parent)
		return new_family(id);
	kref_get(&parent->family->ref);
	return parent->family;
}

struct lab_process *mmlab_process_new(struct address_space *mapping,
				      struct lab_process *parent)
{
	struct lab_process *p = mmlab_magazine_alloc(mm_cache, _RET_IP_);
	struct lab_family *f;
	u32 pid;

	if (!p)
		return ERR_PTR(-ENOMEM);
	memset(p, 0, sizeof(*p));
	/* Cyclic, so that a freed number is not given out again at once. */
	if (xa_alloc_cyclic(&processes, &pid, NULL, xa_limit_31b, &next_pid,
			    GFP_KERNEL) < 0)
		goto err_free;
	f = get_family(parent, pid);
	if (!f)
		goto err_pid;
	mmlab_vma_init(&p->mm, pid, f->id, &f->lock);
	strscpy(p->comm, "lab", sizeof(p->comm));
	p->parent = parent ? parent->mm.owner : 0;
	p->mapping = mapping;
	ihold(mapping->host);
	kref_init(&p->ref);
	p->family = f;
	INIT_LIST_HEAD(&p->sibling);
	return p;

err_pid:
	xa_erase(&processes, pid);
err_free:
	mmlab_magazine_free(mm_cache, p, _RET_IP_);
	return ERR_PTR(-ENOMEM);
}

void mmlab_process_publish(struct lab_process *p)
{
	/* The entry is allocated since the reservation, so this can't fail. */
	xa_store(&processes, p->mm.owner, p, GFP_KERNEL);
}

void mmlab_process_forget(struct lab_process *p)
{
	leave_family(p);
	/* the first one's number is the family's: it stays reserved */
	if (p->mm.owner == p->mm.family)
		xa_store(&processes, p->mm.owner, NULL, GFP_KERNEL);
	else
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
	mmlab_family_put(p->family);
	mmlab_magazine_free(mm_cache, p, _RET_IP_);
}

void mmlab_process_put(struct lab_process *p)
{
	kref_put(&p->ref, release_process);
}

void mmlab_flush_tlb_range_locked(struct lab_process *p, u32 start, u32 end)
{
	lockdep_assert_held(p->mm.lock);
	/* no window, no entry: most calls of a process without windows end here */
	if (!mapping_mapped(p->mapping))
		return;
	unmap_mapping_range(p->mapping, start, end - start, 1);
	mmlab_count_event(EV_PGZAP);
}

/*
 * Any process may have a window on an area. One that comes meanwhile has no entry yet, and
 * its touch waits for lab_vm_space.lock, which the caller holds.
 */
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
