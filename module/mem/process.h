/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lab processes: an address space, the windows that the host has on it, and a number.
 * One exists per open file of the device. lifetime.h makes and ends them.
 */
#ifndef MMLAB_MEM_PROCESS_H
#define MMLAB_MEM_PROCESS_H

#include <linux/fs.h>
#include <linux/kref.h>

#include "../core/pgtable.h"
#include "../core/vma.h"

struct lab_own;
struct lab_tlb;

/* Bytes of a program's name, with the NUL. */
#define LAB_COMM_MAX	32

/* Processes of a fork family. So no more entries than that name one swap slot. */
#define LAB_FAMILY_MAX	254U

/**
 * struct lab_family - lab processes that may share pages
 * @lock: lab_mm.lock of each: it covers the mappings of their pages, too
 * @id: owner of the pages: lab pid of the first process. No other process gets this
 *	number while the family exists
 * @members: the processes that may have pages
 * @nr_members: how many these are
 * @has_forked: there were two once: a page that one process maps may still have a user
 *	that another gave it to, so only a store that looks gives the write bit back
 * @own: its own set of pages and its limit (own.h), or NULL: the machine's set. Changed
 *	under @lock and reclaim_lock
 * @ref: one of each process
 *
 * A page that several of them map lies at the same linear address in each, because a
 * region never moves. So the family and that address are the reverse map.
 */
struct lab_family {
	struct mutex lock;
	u32 id;
	struct list_head members;
	u32 nr_members;
	bool has_forked;
	struct lab_own *own;
	struct kref ref;
};

/**
 * struct lab_process - one process of the lab machine
 * @mm: address space; its lock covers all that changes
 * @family: the processes that it may share pages with
 * @sibling: node in lab_family.members
 * @parent: lab pid of the process that it is a copy of, 0 when there is none; under
 *	@mm's lock
 * @mapping: windows of the host on this address space; the host's page tables
 *	under it are the lab machine's TLB. Its inode is held as long as @ref
 * @comm: name of the program, under @mm's lock; "lab" before the first exec
 * @dir: its directory in /proc/mmlab, for proc/pid.c only
 * @tlb: how many host entries it may have (tlb.h), or NULL: any number. Under @mm's lock
 * @objects: slab objects that it owns (object.c), by linear address
 * @nr_windows: host VMAs on @mapping
 * @ref: references: one of the open file, one of its directory in /proc, and those of
 *	callers of mmlab_process_next()
 */
struct lab_process {
	struct lab_mm mm;
	struct lab_family *family;
	struct list_head sibling;
	u32 parent;
	struct address_space *mapping;
	char comm[LAB_COMM_MAX];
	void *dir;
	struct lab_tlb *tlb;
	struct rb_root objects;
	atomic_t nr_windows;
	struct kref ref;
};

/*
 * Makes the cache of lab processes, at module load; mmlab_cache_exit() undoes it. 0, or the
 * errno of mmlab_cache_create().
 */
int mmlab_process_init(void);

/**
 * mmlab_process_new() - make the object of a lab process, and reserve a number
 * @mapping: address_space for its windows; the process holds its inode
 * @parent: process whose family it belongs to; NULL: it begins one
 *
 * A look-up does not find it before mmlab_process_publish().
 *
 * Context: process context, sleeps.
 * Return: the process, without page directory, and with a reference for the caller;
 * ERR_PTR(-ENOMEM) if the host or the arena is exhausted.
 */
struct lab_process *mmlab_process_new(struct address_space *mapping,
				      struct lab_process *parent);
void mmlab_process_publish(struct lab_process *p);

/*
 * Counts the process in its family; it may have pages from then on.
 *
 * Return:
 * * 0 - it is counted, perhaps since before
 * * -EAGAIN - there are LAB_FAMILY_MAX
 */
int mmlab_process_join_locked(struct lab_process *p);

/* Frees the number and drops the reference of mmlab_process_new(). Takes lab_mm.lock. */
void mmlab_process_forget(struct lab_process *p);

/*
 * The fork family that owns a page, by lab_frame.owner of any value, with a reference that
 * mmlab_family_put() drops; NULL: there is none. If all its processes have exited meanwhile,
 * it has no members.
 */
struct lab_family *mmlab_family_find(u32 id);
void mmlab_family_put(struct lab_family *f);

/*
 * Walks over all lab processes: the one with the next lab pid above @pid (0 to begin, then
 * updated), with a reference that mmlab_process_put() drops; NULL at the end. If it has
 * exited meanwhile, its address space is empty.
 */
struct lab_process *mmlab_process_next(unsigned long *pid);
void mmlab_process_put(struct lab_process *p);

/*
 * The process with this lab pid, of any value, with a reference that mmlab_process_put()
 * drops; NULL: there is none. It may be at its end, with nothing left in it.
 */
struct lab_process *mmlab_process_find(u32 owner);

/* Has the host drop its translations of a page aligned range of user space. Sleeps. */
void mmlab_flush_tlb_range_locked(struct lab_process *p, u32 start, u32 end);

/* Counts @nr pages more as mapped. */
static inline void mmlab_process_count_rss_locked(struct lab_process *p, u32 nr)
{
	lockdep_assert_held(p->mm.lock);
	p->mm.nr_rss += nr;
	p->mm.max_rss = max(p->mm.max_rss, p->mm.nr_rss);
}

/*
 * The same for all windows on a range of the lab kernel's space. lab_vm_space.lock is held,
 * so that no new entry is made meanwhile.
 */
void mmlab_flush_tlb_kernel_range(u32 start, u32 len);

/* Counts lab processes and their windows. */
void mmlab_process_count(u32 *nr_processes, u32 *nr_windows);

/* Page-table entries of all lab processes that name a swap slot. Exact if frozen. */
u64 mmlab_process_count_swap(void);

#endif /* MMLAB_MEM_PROCESS_H */
