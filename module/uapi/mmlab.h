/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * mmlab: what /dev/mmlab and user programs agree on.
 *
 * Every open of /dev/mmlab is a process of the lab machine. A file offset is a
 * lab linear address: mmap(), pread(), pwrite() and lseek() take it as it is.
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

/* zones, in the order of /proc/mmlab/zoneinfo */
#define MMLAB_ZONE_DMA		0
#define MMLAB_ZONE_NORMAL	1
#define MMLAB_NR_ZONES		2

#define MMLAB_NR_ORDERS		11	/* blocks of 2^0 ... 2^10 frames */

/**
 * struct mmlab_info - the lab machine and this lab process (out)
 * @api_version: MMLAB_API_VERSION of the module
 * @lab_pid: number of this lab process; its directory's name in /proc/mmlab
 * @features: MMLAB_FEATURE_ bits
 * @page_shift: log2 of the page size in bytes
 * @nr_frames: frames in the arena; frame numbers run from 0 to this less 1
 * @zone_end: first frame number behind each zone
 * @page_offset: first linear address of the direct map, end of user space
 * @high_memory: first linear address behind the direct map
 * @vmalloc_start: first linear address of the vmalloc region
 * @vmalloc_end: first linear address behind it
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
 * @flags: (in) MMLAB_ALLOC: MMLAB_ALLOC_ bits; MMLAB_FREE: 0
 * @got_zone: (out) the zone that the block came from
 * @phys: the block's lab physical address (out of ALLOC, in of FREE)
 * @lva: (out) its linear address in the direct map
 * @reserved: 0
 *
 * A block belongs to the open file that allocated it and is freed at the last
 * close at the latest. Its memory is zeroed.
 *
 * MMLAB_ALLOC: EINVAL (order, zone, flags), ENOMEM (no block of that order in
 * the zones allowed). MMLAB_FREE: EINVAL (no block starts there, or its order
 * is another), ENOENT (already free), EPERM (not this open file's block).
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
#define MMLAB_STEP_NO_PAGE	2	/* the table entry is empty */

/* mmlab_translation.region: what the linear address belongs to */
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
 * @vma_end: (out) region USER: first address behind it
 * @vma_prot: (out) region USER: PROT_READ, PROT_WRITE
 * @mapcount: (out) lab page-table entries that map the frame
 * @reserved: 0
 *
 * Addresses of the kernel part are open to all: they hold no secret but their
 * layout. EINVAL (flags or reserved not 0).
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
 * @done: (out) bytes copied; less than @len if a later page could not be had
 *
 * Linear user addresses are those of this lab process; a write supplies the
 * page as a touch would. Kernel and physical addresses reach the blocks of this
 * open file; with CAP_SYS_ADMIN, the whole arena. EINVAL (flags, reserved, range
 * wraps or passes the end), EACCES (the VMA forbids it, or a write on a file
 * opened read-only), EFAULT (@buf), EIO (nothing lives at @addr), EPERM (not
 * yours), ENOMEM (arena exhausted).
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
 * @nr_frames: (out) frames given back
 *
 * Removes whatever VMAs lie in the range; their windows get SIGBUS from now
 * on. Nothing there is no error, as with munmap(2). EINVAL (alignment, range
 * not in user space, flags), ENOMEM (no memory to split a VMA).
 */
struct mmlab_range {
	__u32 start;
	__u32 len;
	__u32 flags;
	__u32 reserved;
	__u64 nr_frames;
};

/**
 * struct mmlab_drain - give cached frames back to the buddy (MMLAB_DRAIN)
 * @flags: (in) 0
 * @reserved: 0
 * @nr_pcp: (out) frames that came out of the per-CPU lists
 * @nr_released: (out) frames whose pins had gone and that left quarantine
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

#define MMLAB_IOC_MAGIC	'M'

#define MMLAB_INFO	_IOR(MMLAB_IOC_MAGIC, 0xe0, struct mmlab_info)
#define MMLAB_ALLOC	_IOWR(MMLAB_IOC_MAGIC, 0xe1, struct mmlab_block)
#define MMLAB_FREE	_IOW(MMLAB_IOC_MAGIC, 0xe2, struct mmlab_block)
#define MMLAB_TRANSLATE	_IOWR(MMLAB_IOC_MAGIC, 0xe3, struct mmlab_translation)
#define MMLAB_ACCESS	_IOWR(MMLAB_IOC_MAGIC, 0xe4, struct mmlab_access)
#define MMLAB_MUNMAP	_IOWR(MMLAB_IOC_MAGIC, 0xe5, struct mmlab_range)
#define MMLAB_DRAIN	_IOWR(MMLAB_IOC_MAGIC, 0xe6, struct mmlab_drain)
#define MMLAB_CHECK	_IOWR(MMLAB_IOC_MAGIC, 0xe7, struct mmlab_check)

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
#endif

#endif /* _UAPI_MMLAB_H */
