/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * mmlab: the interface of /dev/mmlab for user programs.
 *
 * Every open of /dev/mmlab is a process of the lab machine. A file offset is a
 * lab linear address: mmap(), pread(), pwrite() and lseek() take it as it is.
 *
 * mmap() opens a window. Addresses without a VMA get one with the rights asked for;
 * existing VMAs must permit these rights, and addresses that a stack may grow into are
 * left to the stack. Errors:
 *
 * * EACCES - an existing VMA does not permit the rights
 * * EINVAL - MAP_PRIVATE with PROT_WRITE, or the range leaves user space
 * * EPERM - PROT_EXEC, or the offset is in the lab kernel's space and in no vmalloc area
 *   that the process may see
 * * ENOMEM - there are too many VMAs
 *
 * A touch is a SIGBUS if the address has no VMA, the VMA does not permit the touch, the
 * arena has no frame left and no page can be swapped out, or the process is at its limit
 * and none of its pages can.
 *
 * All commands also work on a file that was opened read-only, as they concern the
 * process's own memory. Only MMLAB_ACCESS checks the mode.
 *
 * Rules for all structures: fixed-width fields, no implicit padding; reserved
 * fields and unknown flag bits must be 0, else EINVAL. A failing call changes
 * nothing. A kernel too old for a command answers ENOTTY.
 */
#ifndef _UAPI_MMLAB_H
#define _UAPI_MMLAB_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define MMLAB_API_VERSION	1

/* bits of mmlab_info.features */
#define MMLAB_FEATURE_BLOCKS	(1ULL << 0)	/* MMLAB_ALLOC, MMLAB_FREE */
#define MMLAB_FEATURE_WINDOWS	(1ULL << 1)	/* mmap(), MMLAB_MUNMAP */
#define MMLAB_FEATURE_ACCESS	(1ULL << 2)	/* MMLAB_ACCESS, pread(), pwrite() */
#define MMLAB_FEATURE_SLAB	(1ULL << 3)	/* MMLAB_CACHE_*, MMLAB_OBJ_* */
#define MMLAB_FEATURE_VMALLOC	(1ULL << 4)	/* MMLAB_VMALLOC, MMLAB_VFREE */
#define MMLAB_FEATURE_REGIONS	(1ULL << 5)	/* MMLAB_MMAP ... MMLAB_EXEC */
#define MMLAB_FEATURE_SWAP	(1ULL << 6)	/* MMLAB_SWAPON ... MMLAB_TLB, without FORK */
#define MMLAB_FEATURE_FORK	(1ULL << 7)	/* MMLAB_FORK */
#define MMLAB_FEATURE_SWAP_FILE	(1ULL << 8)	/* MMLAB_SWAPON_FILE */

/* zones, in the order of /proc/mmlab/zoneinfo */
#define MMLAB_ZONE_DMA		0
#define MMLAB_ZONE_NORMAL	1
#define MMLAB_NR_ZONES		2

#define MMLAB_NR_ORDERS		11	/* blocks of 2^0 ... 2^10 frames */

/**
 * struct mmlab_info - the lab machine and this lab process (out)
 * @api_version: MMLAB_API_VERSION of the module
 * @lab_pid: number of this lab process
 * @features: MMLAB_FEATURE_ bits
 * @page_shift: log2 of the page size in bytes
 * @nr_frames: frames in the arena; frame numbers run from 0 to this less 1
 * @zone_end: end of each zone (exclusive), a frame number
 * @page_offset: first linear address of the direct map, end of user space
 * @high_memory: end of the direct map (exclusive), a linear address
 * @vmalloc_start: first linear address of the vmalloc region
 * @vmalloc_end: end of the vmalloc region (exclusive)
 * @reserved: 0
 */
struct mmlab_info {
	__u32 api_version;
	__u32 lab_pid;
	__u64 features;
	__u32 page_shift;
	__u32 nr_frames;
	__u32 zone_end[MMLAB_NR_ZONES];
	__u32 page_offset;
	__u32 high_memory;
	__u32 vmalloc_start;
	__u32 vmalloc_end;
	__u64 reserved[2];
};

/**
 * struct mmlab_block - a block of 2^order frames (MMLAB_ALLOC, MMLAB_FREE)
 * @order: (in) 0 ... MMLAB_NR_ORDERS - 1
 * @zone: (in) MMLAB_ALLOC: MMLAB_ZONE_DMA, or MMLAB_ZONE_NORMAL, which falls
 *	back to DMA; MMLAB_FREE: ignored
 * @flags: (in) 0
 * @got_zone: (out) the zone that the block came from
 * @phys: the block's lab physical address (out of ALLOC, in of FREE)
 * @lva: (out) its linear address in the direct map
 * @reserved: 0
 *
 * A block belongs to the open file that allocated it and is freed at the last
 * close at the latest. Its memory is zeroed.
 *
 * Errors of MMLAB_ALLOC:
 *
 * * EINVAL - the order, the zone or a flag is not allowed
 * * ENOMEM - the zones have no free block of that order
 *
 * Errors of MMLAB_FREE:
 *
 * * EINVAL - no block of that order begins there; also for a block that was freed and
 *   merged with its buddy
 * * ENOENT - the block is already free, and was not merged
 * * EPERM - the block belongs to another open file
 */
struct mmlab_block {
	__u32 order;
	__u32 zone;
	__u32 flags;
	__u32 got_zone;
	__u64 phys;
	__u32 lva;
	__u32 reserved;
};

/* mmlab_translation.step: how far the walk came */
#define MMLAB_STEP_OK		0	/* down to a frame */
#define MMLAB_STEP_NO_TABLE	1	/* the directory entry is empty */
#define MMLAB_STEP_NO_PAGE	2	/* the table entry is empty, or names a swap slot */

/* mmlab_translation.region: the part of the space with the linear address */
#define MMLAB_REGION_HOLE	0	/* nothing: a touch is a SIGBUS */
#define MMLAB_REGION_USER	1	/* a VMA of this lab process */
#define MMLAB_REGION_DIRECT	2	/* the direct map of the arena */
#define MMLAB_REGION_VMALLOC	3	/* a vmalloc area or its guard */

/* flag bits of both kinds of entries (mmlab_translation.pde and .pte) */
#define MMLAB_PTE_PRESENT	0x001
#define MMLAB_PTE_RW		0x002
#define MMLAB_PTE_USER		0x004
#define MMLAB_PTE_ACCESSED	0x020
#define MMLAB_PTE_DIRTY		0x040

/* The frame of zeros that a load maps before the first store (parameter zero_page). */
#define MMLAB_ZERO_PFN		0

/**
 * struct mmlab_translation - one linear address walked down (MMLAB_TRANSLATE)
 * @lva: (in) linear address
 * @flags: (in) 0
 * @step: (out) MMLAB_STEP_
 * @region: (out) MMLAB_REGION_
 * @pgd_index: (out) index into the page directory
 * @pte_index: (out) index into the page table
 * @offset: (out) offset into the page
 * @pgd_pfn: (out) frame of the page directory
 * @table_pfn: (out) frame of the page table, or 0xffffffff
 * @pfn: (out) frame of the page, or 0xffffffff
 * @pde: (out) the directory entry
 * @pte: (out) the table entry; its dirty bit has seen every store made so far
 * @phys: (out) lab physical address, valid if step is MMLAB_STEP_OK
 * @vma_start: (out) region USER: first address of the VMA
 * @vma_end: (out) region USER: end of the VMA (exclusive)
 * @vma_prot: (out) region USER: PROT_READ, PROT_WRITE, PROT_EXEC
 * @mapcount: (out) lab page-table entries that map the frame, apart from the
 *	direct map
 * @reserved: 0
 *
 * Every process may translate addresses of the kernel part: the answer tells their
 * layout only. EINVAL if flags or reserved are not 0.
 */
struct mmlab_translation {
	__u32 lva;
	__u32 flags;
	__u32 step;
	__u32 region;
	__u32 pgd_index;
	__u32 pte_index;
	__u32 offset;
	__u32 pgd_pfn;
	__u32 table_pfn;
	__u32 pfn;
	__u32 pde;
	__u32 pte;
	__u64 phys;
	__u32 vma_start;
	__u32 vma_end;
	__u32 vma_prot;
	__u32 mapcount;
	__u64 reserved[2];
};

#define MMLAB_ACCESS_WRITE	(1U << 0)	/* into lab memory, else out of it */
#define MMLAB_ACCESS_PHYS	(1U << 1)	/* @addr is physical, else linear */

/**
 * struct mmlab_access - copy to or from lab memory (MMLAB_ACCESS)
 * @addr: (in) first lab address
 * @len: (in) bytes; 0 is allowed
 * @buf: (in) user pointer
 * @flags: (in) MMLAB_ACCESS_ bits
 * @reserved: 0
 * @done: (out) bytes copied; fewer than @len if a later page could not be supplied
 *
 * Linear user addresses are those of this lab process; a write supplies the
 * page as a touch would. Kernel and physical addresses reach the blocks of this
 * open file; with CAP_SYS_ADMIN, the whole arena. Errors:
 *
 * * EINVAL - flags or reserved are not 0, or the range passes the end
 * * EACCES - the VMA does not permit it, or a write on a file opened read-only
 * * EFAULT - @buf is not mapped
 * * EIO - nothing is mapped at @addr
 * * EPERM - the memory belongs to another owner
 * * ENOMEM - the arena is exhausted
 * * EDQUOT - the process is at its limit, and no page of it can go
 */
struct mmlab_access {
	__u64 addr;
	__u64 len;
	__u64 buf;
	__u32 flags;
	__u32 reserved;
	__u64 done;
};

/**
 * struct mmlab_range - a range of user linear addresses (MMLAB_MUNMAP)
 * @start: (in) first address, a multiple of the page size
 * @len: (in) bytes, a multiple of the page size, not 0
 * @flags: (in) 0
 * @reserved: 0
 * @nr_frames: (out) frames freed, page tables included; pinned ones go to
 *	quarantine first
 *
 * Removes all VMAs in the range; later touches of their windows are a SIGBUS. An empty
 * range is no error, as with munmap(2). Errors:
 *
 * * EINVAL - the alignment or a flag is not allowed, or the range leaves user space
 * * ENOMEM - there is no memory to split a VMA
 */
struct mmlab_range {
	__u32 start;
	__u32 len;
	__u32 flags;
	__u32 reserved;
	__u64 nr_frames;
};

/**
 * struct mmlab_drain - return cached frames to the free lists (MMLAB_DRAIN)
 * @flags: (in) 0
 * @reserved: 0
 * @nr_pcp: (out) frames that came out of the per-CPU lists
 * @nr_released: (out) frames that left quarantine, as they were not pinned any more
 * @nr_quarantined: (out) frames still in quarantine
 */
struct mmlab_drain {
	__u32 flags;
	__u32 reserved;
	__u64 nr_pcp;
	__u64 nr_released;
	__u64 nr_quarantined;
};

/**
 * struct mmlab_check - run every validator now (MMLAB_CHECK)
 * @flags: (in) 0
 * @broken: (out) number of rules found broken; 0 is "ok"
 * @nr_objects: (out) structures looked at
 * @rule: (out) the first broken rule in words, NUL-terminated, or empty
 */
struct mmlab_check {
	__u32 flags;
	__u32 broken;
	__u64 nr_objects;
	char rule[112];
};

/* mmlab_cache.flags; the debug flags have slub_debug's letters */
#define MMLAB_CACHE_DMA		(1U << 0)	/* slabs from zone DMA */
#define MMLAB_CACHE_RED_ZONE	(1U << 1)	/* Z: guard bytes around objects */
#define MMLAB_CACHE_POISON	(1U << 2)	/* P: fill free objects */
#define MMLAB_CACHE_CONSISTENCY	(1U << 3)	/* F: count on each call */
#define MMLAB_CACHE_STORE_USER	(1U << 4)	/* U: who allocated and freed */
#define MMLAB_CACHE_RANDOM	(1U << 5)	/* objects in random order */
#define MMLAB_CACHE_INTERNAL	(1U << 6)	/* (out) the lab's own */

#define MMLAB_MAGAZINE_DEFAULT	0xffffffffU
#define MMLAB_MAGAZINE_MAX	240U

/**
 * struct mmlab_cache - a new slab cache (MMLAB_CACHE_CREATE)
 * @name: (in) 1 ... 31 characters of [A-Za-z0-9_.-], then NULs
 * @size: (in) bytes per object, 1 ... 131072
 * @align: (in) a power of two up to 4096, or 0 for 8
 * @flags: (in) MMLAB_CACHE_ bits
 * @magazine: (in) objects per magazine up to MMLAB_MAGAZINE_MAX, 0: none, or
 *	MMLAB_MAGAZINE_DEFAULT; caches with debug flags have none
 * @id: (out) its handle
 * @reserved: 0
 *
 * A cache belongs to the open file that made it and is freed at its last close, with its
 * objects. Errors:
 *
 * * EINVAL - a field has a value that is not allowed
 * * EEXIST - a cache has that name
 * * ENOSPC - there are 1023 caches, or 512 of this open file
 * * ENOMEM - the host has no memory
 */
struct mmlab_cache {
	char name[32];
	__u32 size;
	__u32 align;
	__u32 flags;
	__u32 magazine;
	__u32 id;
	__u32 reserved;
};

#define MMLAB_CACHE_DESTROY	1	/* EBUSY: objects are in use */
#define MMLAB_CACHE_SHRINK	2	/* empty magazines, give free slabs back */
#define MMLAB_CACHE_RESIZE	3	/* @value: objects per magazine */

/**
 * struct mmlab_cache_op - destroy, shrink or resize a cache (MMLAB_CACHE_OP)
 * @id: (in) handle
 * @op: (in) MMLAB_CACHE_DESTROY, MMLAB_CACHE_SHRINK, MMLAB_CACHE_RESIZE
 * @value: (in) see @op
 * @flags: (in) 0
 * @nr_frames: (out) frames freed
 *
 * Errors:
 *
 * * ENOENT - there is no such cache
 * * EPERM - the cache belongs to another open file
 * * EINVAL - the op, a flag or the value is not allowed
 * * EBUSY - objects are in use; MMLAB_CACHE_STAT shows how many
 * * ENOMEM - the host has no memory
 */
struct mmlab_cache_op {
	__u32 id;
	__u32 op;
	__u32 value;
	__u32 flags;
	__u64 nr_frames;
};

/**
 * struct mmlab_object - an object (MMLAB_OBJ_ALLOC, MMLAB_OBJ_FREE)
 * @id: (in) handle of a cache; 0: kmalloc
 * @size: (in) ALLOC, kmalloc: bytes, 1 ... 4 MiB; else 0
 * @flags: (in) ALLOC, kmalloc: MMLAB_CACHE_DMA or 0; else 0
 * @lva: linear address (out of ALLOC, in of FREE)
 * @usable: (out) bytes of the object
 * @reserved: 0
 *
 * An object belongs to the open file that allocated it; MMLAB_ACCESS, pread() and
 * pwrite() reach it. Its memory is zeroed, unless its cache has debug flags.
 *
 * Errors of MMLAB_OBJ_ALLOC:
 *
 * * EINVAL - a field has a value that is not allowed
 * * ENOENT - there is no such cache
 * * EPERM - the cache belongs to another open file
 * * ENOMEM - the arena is exhausted
 *
 * Errors of MMLAB_OBJ_FREE:
 *
 * * EINVAL - no object of that cache begins there
 * * ENOENT - this open file has no such object, or freed it already
 * * EUCLEAN - bytes around the object are overwritten: it is reported and quarantined.
 *   Bytes that MMLAB_CHECK has found before are restored, and no error
 */
struct mmlab_object {
	__u32 id;
	__u32 size;
	__u32 flags;
	__u32 lva;
	__u32 usable;
	__u32 reserved;
};

/**
 * struct mmlab_cache_stat - all about a cache (MMLAB_CACHE_STAT)
 * @name: (in) its name; empty: look for @id. (out) its name
 * @id: (in) its handle, if @name is empty; (out) its handle
 * @flags: (out) MMLAB_CACHE_ bits; (in) 0
 * @owner: (out) lab pid, 0: the lab kernel
 * @object_size: (out) bytes that were asked for
 * @size: (out) bytes from one object to the next
 * @align: (out)
 * @order: (out) frames per slab, log2
 * @nr_objects: (out) objects per slab
 * @nr_colours: (out) different starts of the first object
 * @bitmap_offset: (out) where the free bitmap lies in a slab; 0: outside
 * @nr_full: (out) slabs with no free object
 * @nr_partial: (out) slabs with objects in use and free ones
 * @nr_free: (out) slabs with free objects only
 * @nr_active: (out) objects in use, without parked ones
 * @nr_parked: (out) objects in the CPUs' magazines
 * @nr_depot: (out) objects in the depot
 * @nr_quarantined: (out) corrupt objects among the active ones
 * @high_active: (out) most objects in use or parked so far
 * @magazine: (out) objects per magazine
 * @nr_full_magazines: (out) full magazines in the depot
 * @nr_empty_magazines: (out) empty magazines in the depot
 * @reserved: 0
 * @nr_grown: (out) slabs made so far
 * @nr_reaped: (out) slabs freed so far
 * @nr_refused: (out) frees refused so far
 * @nr_alloc: (out) allocations from magazines
 * @nr_free_fast: (out) frees into magazines
 * @nr_alloc_slow: (out) allocations that needed depot or slabs
 * @nr_free_slow: (out) frees that needed them
 * @nr_exchanges: (out) magazines exchanged with the depot
 *
 * ENOENT if there is no such cache; EINVAL if the name is not allowed, or flags or
 * reserved are not 0.
 */
struct mmlab_cache_stat {
	char name[32];
	__u32 id;
	__u32 flags;
	__u32 owner;
	__u32 object_size;
	__u32 size;
	__u32 align;
	__u32 order;
	__u32 nr_objects;
	__u32 nr_colours;
	__u32 bitmap_offset;
	__u32 nr_full;
	__u32 nr_partial;
	__u32 nr_free;
	__u32 nr_active;
	__u32 nr_parked;
	__u32 nr_depot;
	__u32 nr_quarantined;
	__u32 high_active;
	__u32 magazine;
	__u32 nr_full_magazines;
	__u32 nr_empty_magazines;
	__u32 reserved;
	__u64 nr_grown;
	__u64 nr_reaped;
	__u64 nr_refused;
	__u64 nr_alloc;
	__u64 nr_free_fast;
	__u64 nr_alloc_slow;
	__u64 nr_free_slow;
	__u64 nr_exchanges;
};

/**
 * struct mmlab_slab_map - one slab's objects (MMLAB_SLAB_MAP)
 * @id: (in) handle of the cache
 * @index: (in) which slab, from 0: full, then partial, then free ones
 * @pfn: (out) its first frame
 * @nr_objects: (out) objects
 * @nr_used: (out) objects in use or parked
 * @colour: (out) offset of the first object in bytes
 * @used: (out) bit i of the array is set if object i is in use; the first 512 objects
 *
 * ENOENT if there is no such cache, or no slab with that index.
 */
struct mmlab_slab_map {
	__u32 id;
	__u32 index;
	__u32 pfn;
	__u32 nr_objects;
	__u32 nr_used;
	__u32 colour;
	__u64 used[8];
};

/* mmlab_injection.kind */
#define MMLAB_INJECT_OVERFLOW	1	/* write the byte after the object */
#define MMLAB_INJECT_UNDERFLOW	2	/* write the byte in front of it */
#define MMLAB_INJECT_UAF	3	/* free it, then write to its first byte */
#define MMLAB_INJECT_DOUBLE_FREE 4	/* free it twice */
#define MMLAB_INJECT_WRONG_CACHE 5	/* free it into the cache @other */

/**
 * struct mmlab_injection - misuse an object on purpose (MMLAB_INJECT)
 * @kind: (in) MMLAB_INJECT_
 * @lva: (in) an object of this open file, from a cache of its own that has the
 *	debug flags to notice: Z for OVERFLOW and UNDERFLOW, P for UAF, any for
 *	DOUBLE_FREE and WRONG_CACHE
 * @other: (in) WRONG_CACHE: handle of another own cache; else 0
 * @reserved: 0
 * @nr_reports: (out) reports made at once; overwritten bytes are reported later, at the
 *	next free, allocation or check
 *
 * Errors:
 *
 * * EINVAL - the kind is unknown, or the cache would not notice it
 * * ENOENT - this open file has no such object
 * * EAGAIN - UAF: the object was freed, and its slab as well; another object may do
 */
struct mmlab_injection {
	__u32 kind;
	__u32 lva;
	__u32 other;
	__u32 reserved;
	__u64 nr_reports;
};

/* mmlab_area.flags */
#define MMLAB_VM_LAZY		(1U << 0)	/* frames come on the first touch */
#define MMLAB_VM_USER		(1U << 1)	/* all lab processes may map it */
#define MMLAB_VM_READONLY	(1U << 2)	/* all but the owner only read it */
#define MMLAB_VM_SCATTER	(1U << 3)	/* no two neighbouring frames */
#define MMLAB_VM_HOST		(1U << 4)	/* (out) mapped for the host kernel */

/**
 * struct mmlab_area - a vmalloc area (MMLAB_VMALLOC, MMLAB_VFREE, MMLAB_VM_STAT)
 * @size: bytes without the guard page that follows (in, then rounded up, of
 *	VMALLOC, out of VM_STAT)
 * @align: (in) VMALLOC: of the address, a power of two, or 0 for a page
 * @flags: MMLAB_VM_ bits (in of VMALLOC: LAZY, USER, READONLY, SCATTER; 0 in VFREE
 *	and VM_STAT; out of VM_STAT)
 * @lva: linear address (out of VMALLOC, in of VFREE; VM_STAT: any address of the
 *	area, then its first)
 * @nr_mapped: (out) frames mapped now
 * @owner: (out) lab pid, 0: the lab kernel
 * @reserved: 0
 *
 * The memory is zeroed. An area belongs to the open file that made it and is freed at its
 * last close. Its owner, and with MMLAB_VM_USER every lab process, can mmap() the device
 * at its address. A touch of the guard page is a SIGBUS.
 *
 * Errors:
 *
 * * EINVAL - VMALLOC: the size, the alignment or a flag is not allowed; VFREE: no area
 *   begins there
 * * ENOMEM - VMALLOC: no hole is large enough, or the arena is exhausted
 * * EPERM - VFREE: the area belongs to another open file
 * * ENOENT - VM_STAT: the address is in no area
 */
struct mmlab_area {
	__u32 size;
	__u32 align;
	__u32 flags;
	__u32 lva;
	__u32 nr_mapped;
	__u32 owner;
	__u64 reserved;
};

/* mmlab_region.flags */
#define MMLAB_MAP_FIXED		(1U << 0)	/* at @start, in the place of regions there */
#define MMLAB_MAP_STACK		(1U << 1)	/* grows down when touched below */
#define MMLAB_MAP_IMAGE		(1U << 2)	/* a segment of the program */

/**
 * struct mmlab_region - a region of user space (MMLAB_MMAP, MMLAB_MPROTECT)
 * @start: first linear address, a multiple of the page size. MMLAB_MMAP without
 *	MMLAB_MAP_FIXED: (in) where to try first, or 0, (out) where it is
 * @len: (in) bytes, a multiple of the page size, not 0
 * @prot: (in) PROT_READ, PROT_WRITE, PROT_EXEC (0: no access). As on i386, what
 *	can be written or executed can be read; nothing is ever executed
 * @flags: (in) MMLAB_MMAP: MMLAB_MAP_ bits; MMLAB_MPROTECT: 0
 * @reserved: 0
 *
 * MMLAB_MMAP makes a region and no window; neighbours with equal rights and flags
 * become one. Memory comes with the first touch, zeroed. A stack grows to 8 MiB
 * at most and keeps 1 MiB clear of what is below it.
 *
 * MMLAB_MPROTECT takes effect at once in open windows: a touch that @prot does not permit
 * is a SIGBUS. A window that was opened with fewer rights keeps those.
 *
 * Errors:
 *
 * * EINVAL - the alignment, @prot or a flag is not allowed, or the range leaves user
 *   space
 * * ENOMEM - MMLAB_MMAP: no such range is free; MMLAB_MPROTECT: a part of the range has
 *   no region; both: there are too many regions, or the arena is exhausted
 */
struct mmlab_region {
	__u32 start;
	__u32 len;
	__u32 prot;
	__u32 flags;
	__u64 reserved;
};

/**
 * struct mmlab_brk - the end of the heap (MMLAB_BRK)
 * @brk: (in) the end of the heap (exclusive), to the byte; 0 only asks. (out) the end as
 *	it is now
 * @start_brk: (out) first address of the heap; 0 before the first MMLAB_EXEC
 * @flags: (in) 0
 * @reserved: 0
 *
 * Errors:
 *
 * * EINVAL - @brk is below @start_brk, there was no MMLAB_EXEC, or flags are not 0
 * * ENOMEM - another region is in the way, or the arena is exhausted
 */
struct mmlab_brk {
	__u32 brk;
	__u32 start_brk;
	__u32 flags;
	__u32 reserved;
};

#define MMLAB_COMM_MAX		32	/* bytes of a program's name, with the NUL */

/**
 * struct mmlab_exec - begin a program (MMLAB_EXEC)
 * @name: (in) 1 ... 31 characters of [A-Za-z0-9_.-], then NULs
 * @start_code: (in) first address of the text
 * @end_code: (in) end of the text (exclusive)
 * @start_data: (in) first address of the data
 * @end_data: (in) end of the data (exclusive)
 * @start_brk: (in) first address of the heap, which is empty at first
 * @stack_top: (in) end of the stack (exclusive), a multiple of the page size
 * @stack_size: (in) bytes of stack to begin with, a multiple of the page size
 * @stack_prot: (in) rights of the stack
 * @flags: (in) 0
 * @reserved: 0
 *
 * Removes all regions and makes the stack. The caller then makes the regions of text and
 * data by MMLAB_MMAP with MMLAB_MAP_IMAGE, and fills them by pwrite() or through a window;
 * @start_code ... @end_data only say where they are.
 *
 * Errors:
 *
 * * EINVAL - the name, a flag or the alignment is not allowed, the text or the data end
 *   before they begin, or the stack is not in user space, is above 8 MiB, or is not above
 *   all other parts
 * * ENOMEM - the arena is exhausted
 */
struct mmlab_exec {
	char name[MMLAB_COMM_MAX];
	__u32 start_code;
	__u32 end_code;
	__u32 start_data;
	__u32 end_data;
	__u32 start_brk;
	__u32 stack_top;
	__u32 stack_size;
	__u32 stack_prot;
	__u32 flags;
	__u32 reserved[3];
};

#define MMLAB_NR_SWAP_AREAS	8
#define MMLAB_SWAP_MAX_PAGES	(1U << 20)

/**
 * struct mmlab_swap - a swap area in memory of the host (MMLAB_SWAPON, MMLAB_SWAPOFF)
 * @nr_pages: (in) SWAPON: pages that it can hold, 1 ... MMLAB_SWAP_MAX_PAGES, or 0:
 *	as many as the arena has frames; (out) how many they are. SWAPOFF: (in) 0
 * @prio: (in) SWAPON: priority, -1 ... 32767; areas of a higher one are filled first.
 *	SWAPOFF: 0
 * @type: (out) of SWAPON, (in) of SWAPOFF: number of the area, below
 *	MMLAB_NR_SWAP_AREAS
 * @flags: (in) 0
 *
 * The host's tmpfs holds the pages. With swap, a touch or MMLAB_ALLOC that finds no
 * frame takes pages away from lab processes, by the policy in charge.
 *
 * EPERM (no CAP_SYS_ADMIN; SWAPON: there are MMLAB_NR_SWAP_AREAS already), EINVAL
 * (nr_pages, prio, flags; SWAPOFF: no such area), ENOMEM (SWAPON: the host can't
 * spare it; SWAPOFF: not all pages fit into the arena and other areas; those that do
 * are back), EIO (SWAPOFF: a page can't be read back), EBUSY (SWAPOFF: corrupt).
 */
struct mmlab_swap {
	__u32 nr_pages;
	__s32 prio;
	__u32 type;
	__u32 flags;
};

#define MMLAB_SWAP_MAGIC	"mmlab swap area"
#define MMLAB_SWAP_VERSION	1

/**
 * struct mmlab_swap_header - the first bytes of a swap file
 * @magic: MMLAB_SWAP_MAGIC with its NUL
 * @version: MMLAB_SWAP_VERSION
 * @page_shift: log2 of the page size in bytes
 * @nr_pages: pages that it has room for, 1 ... MMLAB_SWAP_MAX_PAGES
 * @reserved: 0
 *
 * The rest of the first page is 0. Page n of the file is slot n, so it is nr_pages + 1
 * pages long at least. Numbers are in the byte order of the machine.
 */
struct mmlab_swap_header {
	char magic[16];
	__u32 version;
	__u32 page_shift;
	__u32 nr_pages;
	__u32 reserved;
};

#define MMLAB_SWAP_FILE_ASK	(1U << 0)	/* which area is in this file? */

/**
 * struct mmlab_swap_file - a swap area in a file (MMLAB_SWAPON_FILE)
 * @fd: (in) descriptor of a file with a header, open for reading and writing; with ASK,
 *	open in any way
 * @prio: (in) as in struct mmlab_swap; with ASK 0. (out) of ASK: the area's
 * @flags: (in) MMLAB_SWAP_FILE_ASK or 0
 * @type: (out) number of the area, for MMLAB_SWAPOFF
 * @nr_pages: (out) pages that it holds
 * @reserved: 0
 *
 * The area keeps the file open until MMLAB_SWAPOFF or the end of the module; the
 * descriptor may be closed. Holes are filled first.
 *
 * * EPERM - no CAP_SYS_ADMIN (not for ASK), or there are MMLAB_NR_SWAP_AREAS already
 * * EBADF - no descriptor, or not open for reading and writing
 * * EISDIR - a directory
 * * ELOOP - the lab's own device
 * * EINVAL - no regular file, or O_APPEND or O_DIRECT is set; flags, prio, reserved
 * * EACCES - not only its owner may read and write it, or the owner is neither root nor
 *   the caller
 * * EBUSY - it is a swap area already, of the lab or of the host, or is open for writing
 *   elsewhere
 * * ENODATA - it has no header, or one of another page size
 * * ENOSPC - it is smaller than its header says, or has holes for which there is no room
 * * ENOMEM - the host can't spare it
 * * ENOENT - ASK: there is no area in this file
 * * or what reading the header or filling holes gave
 */
struct mmlab_swap_file {
	__s32 fd;
	__s32 prio;
	__u32 flags;
	__u32 type;
	__u32 nr_pages;
	__u32 reserved;
};

#define MMLAB_POLICY_MAX	16	/* bytes of a policy's name, with the NUL */

/* mmlab_policy.flags */
#define MMLAB_POLICY_OWN	(1U << 0)	/* for this process's pages only */
#define MMLAB_POLICY_TICK	(1U << 1)	/* then a clock tick for it */
#define MMLAB_POLICY_LIST	(1U << 2)	/* only name the one at an index */

/**
 * struct mmlab_policy - which page goes next (MMLAB_POLICY)
 * @name: (in) policy to put in charge of the machine, or "" to ask only: two-lists
 *	(the default), fifo, clock, lru, mru, nfu, random, or one of another module;
 *	(out) the one in charge; LIST: (in) "", (out) the one at @index
 * @flags: (in) MMLAB_POLICY_ bits. OWN: the policy is in charge of the pages of this
 *	process only, which are a set of their own from then on; the machine's takes no
 *	notice of them. TICK, only with OWN: the policy also hears of a tick of time.
 *	LIST, only alone: nothing changes
 * @index: (in) LIST: from 0 on, the default first; else 0
 *
 * EPERM (no CAP_SYS_ADMIN, @name is not "", and not OWN), EINVAL (flags, or @name does
 * not end), ENOENT (no such policy; TICK: the process has no set of its own; LIST: there
 * are no more), ENOMEM.
 */
struct mmlab_policy {
	char name[MMLAB_POLICY_MAX];
	__u32 flags;
	__u32 index;
};

/**
 * struct mmlab_fork - a copy of the lab process (MMLAB_FORK)
 * @flags: (in) 0
 * @reserved: 0
 *
 * The ioctl returns a new descriptor, as open() does: close-on-exec, with the rights of
 * this one, at offset 0. Its lab process has the same regions, with the same contents.
 * Pages are shared until one side stores to them: MMLAB_TRANSLATE and pagemap show the
 * same frame in both. A page that the host has pinned is copied at once. Blocks, objects,
 * caches and vmalloc areas stay with this lab process alone.
 *
 * EINVAL (flags), ENOMEM (the arena has no frame for a page table, or the host no
 * memory), EAGAIN (254 lab processes are copies of each other), EMFILE, ENFILE (as
 * open()), EIO (the lab's page tables are corrupt). A call that fails has changed
 * nothing.
 */
struct mmlab_fork {
	__u32 flags;
	__u32 reserved[3];
};

#define MMLAB_LIMIT_ASK		(1U << 0)	/* change nothing */

/**
 * struct mmlab_limit - how many pages this process may have at a time (MMLAB_LIMIT)
 * @nr_pages: (in) user pages, 0: as many as there are; with ASK 0. (out) the limit
 * @flags: (in) MMLAB_LIMIT_ASK or 0
 * @nr_resident: (out) user pages that are mapped now
 * @reserved: 0
 *
 * A touch beyond the limit takes away another page of this process, by its own policy:
 * that of MMLAB_POLICY_OWN, or two-lists. Page tables, blocks and objects don't count.
 * Pages above a new limit go at once; if @nr_resident is larger than @nr_pages
 * afterwards, the rest can't: it is pinned, or swap is full. Without swap areas, no
 * limit has an effect.
 *
 * EINVAL (flags, reserved, ASK with @nr_pages), ENXIO (there is no swap area, and
 * @nr_pages is not 0), ENOMEM.
 */
struct mmlab_limit {
	__u32 nr_pages;
	__u32 flags;
	__u32 nr_resident;
	__u32 reserved;
};

#define MMLAB_TLB_MAX		64		/* entries of a TLB that is limited */
#define MMLAB_TLB_ASK		(1U << 0)	/* change nothing */

/**
 * struct mmlab_tlb - how many host entries this process may have (MMLAB_TLB)
 * @nr_entries: (in) pages of user space that may have an entry in the host's tables at
 *	a time, up to MMLAB_TLB_MAX, 0: as many as there are; with ASK 0. (out) the same
 * @flags: (in) MMLAB_TLB_ASK or 0
 * @nr_soft: (out) touches so far that were no faults of the lab: the page was there, and
 *	only its accessed bit was set, or the host's entry was missing
 *
 * With 1, the lab and the policy see each touch of another page than the one before. One
 * instruction may touch up to 4 pages, and then never ends with fewer entries: 4 is the
 * least for programs. A signal ends such a program.
 *
 * EINVAL (flags, too many, ASK with @nr_entries), ENOMEM.
 */
struct mmlab_tlb {
	__u32 nr_entries;
	__u32 flags;
	__u64 nr_soft;
};

#define MMLAB_IOC_MAGIC	'M'

#define MMLAB_INFO	_IOR(MMLAB_IOC_MAGIC, 0xe0, struct mmlab_info)
#define MMLAB_ALLOC	_IOWR(MMLAB_IOC_MAGIC, 0xe1, struct mmlab_block)
#define MMLAB_FREE	_IOW(MMLAB_IOC_MAGIC, 0xe2, struct mmlab_block)
#define MMLAB_TRANSLATE	_IOWR(MMLAB_IOC_MAGIC, 0xe3, struct mmlab_translation)
#define MMLAB_ACCESS	_IOWR(MMLAB_IOC_MAGIC, 0xe4, struct mmlab_access)
#define MMLAB_MUNMAP	_IOWR(MMLAB_IOC_MAGIC, 0xe5, struct mmlab_range)
#define MMLAB_DRAIN	_IOWR(MMLAB_IOC_MAGIC, 0xe6, struct mmlab_drain)
#define MMLAB_CHECK	_IOWR(MMLAB_IOC_MAGIC, 0xe7, struct mmlab_check)
#define MMLAB_CACHE_CREATE	_IOWR(MMLAB_IOC_MAGIC, 0xe8, struct mmlab_cache)
#define MMLAB_CACHE_OP	_IOWR(MMLAB_IOC_MAGIC, 0xe9, struct mmlab_cache_op)
#define MMLAB_OBJ_ALLOC	_IOWR(MMLAB_IOC_MAGIC, 0xea, struct mmlab_object)
#define MMLAB_OBJ_FREE	_IOW(MMLAB_IOC_MAGIC, 0xeb, struct mmlab_object)
#define MMLAB_CACHE_STAT	_IOWR(MMLAB_IOC_MAGIC, 0xec, struct mmlab_cache_stat)
#define MMLAB_SLAB_MAP	_IOWR(MMLAB_IOC_MAGIC, 0xed, struct mmlab_slab_map)
#define MMLAB_INJECT	_IOWR(MMLAB_IOC_MAGIC, 0xee, struct mmlab_injection)
#define MMLAB_VMALLOC	_IOWR(MMLAB_IOC_MAGIC, 0xef, struct mmlab_area)
#define MMLAB_VFREE	_IOW(MMLAB_IOC_MAGIC, 0xf0, struct mmlab_area)
#define MMLAB_VM_STAT	_IOWR(MMLAB_IOC_MAGIC, 0xf1, struct mmlab_area)
#define MMLAB_MMAP	_IOWR(MMLAB_IOC_MAGIC, 0xf2, struct mmlab_region)
#define MMLAB_MPROTECT	_IOW(MMLAB_IOC_MAGIC, 0xf3, struct mmlab_region)
#define MMLAB_BRK	_IOWR(MMLAB_IOC_MAGIC, 0xf4, struct mmlab_brk)
#define MMLAB_EXEC	_IOW(MMLAB_IOC_MAGIC, 0xf5, struct mmlab_exec)
#define MMLAB_SWAPON	_IOWR(MMLAB_IOC_MAGIC, 0xf6, struct mmlab_swap)
#define MMLAB_SWAPOFF	_IOW(MMLAB_IOC_MAGIC, 0xf7, struct mmlab_swap)
#define MMLAB_POLICY	_IOWR(MMLAB_IOC_MAGIC, 0xf8, struct mmlab_policy)
#define MMLAB_FORK	_IOW(MMLAB_IOC_MAGIC, 0xf9, struct mmlab_fork)
#define MMLAB_LIMIT	_IOWR(MMLAB_IOC_MAGIC, 0xfa, struct mmlab_limit)
#define MMLAB_TLB	_IOWR(MMLAB_IOC_MAGIC, 0xfb, struct mmlab_tlb)
#define MMLAB_SWAPON_FILE	_IOWR(MMLAB_IOC_MAGIC, 0xfc, struct mmlab_swap_file)

/* Sizes are part of the ABI: the same on 32 and 64 bits. */
#if defined(__cplusplus) || (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L)
# ifdef __cplusplus
#  define MMLAB_ABI_SIZE(type, size) static_assert(sizeof(struct type) == (size), #type)
# else
#  define MMLAB_ABI_SIZE(type, size) _Static_assert(sizeof(struct type) == (size), #type)
# endif
MMLAB_ABI_SIZE(mmlab_info, 64);
MMLAB_ABI_SIZE(mmlab_block, 32);
MMLAB_ABI_SIZE(mmlab_translation, 88);
MMLAB_ABI_SIZE(mmlab_access, 40);
MMLAB_ABI_SIZE(mmlab_range, 24);
MMLAB_ABI_SIZE(mmlab_drain, 32);
MMLAB_ABI_SIZE(mmlab_check, 128);
MMLAB_ABI_SIZE(mmlab_cache, 56);
MMLAB_ABI_SIZE(mmlab_cache_op, 24);
MMLAB_ABI_SIZE(mmlab_object, 24);
MMLAB_ABI_SIZE(mmlab_cache_stat, 184);
MMLAB_ABI_SIZE(mmlab_slab_map, 88);
MMLAB_ABI_SIZE(mmlab_injection, 24);
MMLAB_ABI_SIZE(mmlab_area, 32);
MMLAB_ABI_SIZE(mmlab_region, 24);
MMLAB_ABI_SIZE(mmlab_brk, 16);
MMLAB_ABI_SIZE(mmlab_exec, 80);
MMLAB_ABI_SIZE(mmlab_swap, 16);
MMLAB_ABI_SIZE(mmlab_swap_header, 32);
MMLAB_ABI_SIZE(mmlab_swap_file, 24);
MMLAB_ABI_SIZE(mmlab_policy, 24);
MMLAB_ABI_SIZE(mmlab_fork, 16);
MMLAB_ABI_SIZE(mmlab_limit, 16);
MMLAB_ABI_SIZE(mmlab_tlb, 16);
#endif

#endif /* _UAPI_MMLAB_H */
