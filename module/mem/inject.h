/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Failure points: an allocation of the lab, or a read or write of swap, can be made to
 * fail on purpose, on any kernel. The parameters fail_frame, fail_slab, fail_map,
 * fail_swap_read and fail_swap_write are written as the kernel's fault attributes
 * (Documentation/fault-injection/fault-injection.rst).
 */
#ifndef MMLAB_MEM_INJECT_H
#define MMLAB_MEM_INJECT_H

#include <linux/jump_label.h>
#include <linux/types.h>

enum lab_failpoint {
	FAILPOINT_FRAME,		/* a block of frames is asked for */
	FAILPOINT_SLAB,		/* a cache is to get another slab */
	FAILPOINT_MAP,		/* a page table is to get an entry */
	FAILPOINT_SWAP_READ,	/* a page is to be read from a swap area */
	FAILPOINT_SWAP_WRITE,	/* a page is to be written to one */
	NR_FAILPOINTS
};

/* On as soon as any point has an interval; while it is off, a point costs one no-op. */
DECLARE_STATIC_KEY_FALSE(mmlab_inject_key);

bool mmlab_inject_decide(enum lab_failpoint point, size_t size);

/**
 * mmlab_inject_fails() - decide whether an allocation, a read or a write has to fail
 * @point: the failure point
 * @size: bytes of it; the attribute space counts them
 *
 * Context: any.
 * Return: true if the caller has to act as if there was no memory, or the device was bad.
 */
static __always_inline bool mmlab_inject_fails(enum lab_failpoint point,
					       size_t size)
{
	return static_branch_unlikely(&mmlab_inject_key) &&
	       mmlab_inject_decide(point, size);
}

#endif /* MMLAB_MEM_INJECT_H */
