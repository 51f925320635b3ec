/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mmlab for other kernel modules: the lab's memory by pointer. Everything here is
 * EXPORT_SYMBOL_GPL, for process context, and may sleep.
 */
#ifndef MMLAB_API_H
#define MMLAB_API_H

#include <linux/types.h>

#define MMLAB_DMA	(1U << 0)	/* zone DMA only; else Normal, then DMA */
#define MMLAB_ZERO	(1U << 2)	/* fill with zeros */

/*
 * Who allocates, frees. What is not freed when mmlab is unloaded is lost with the
 * arena, but a module that uses these functions holds mmlab in memory.
 */

/**
 * mmlab_alloc_pages() - take 2^order contiguous pages of the lab
 * @order: 0 ... 10
 * @flags: MMLAB_DMA, MMLAB_ZERO
 *
 * Return: pointer, aligned to a page; NULL: no such block, bad order or flags.
 */
void *mmlab_alloc_pages(unsigned int order, unsigned int flags);

/**
 * mmlab_free_pages() - give them back
 * @ptr: what mmlab_alloc_pages() returned; NULL is allowed
 * @order: the same as then
 *
 * A pointer or order that does not fit is refused and counted in
 * /proc/mmlab/vmstat (pgfree_refused); nothing else happens.
 *
 * Return: 0; -EINVAL: no block of that order starts there; -ENOENT: it is free
 * already.
 */
int mmlab_free_pages(void *ptr, unsigned int order);

/**
 * mmlab_virt_to_phys() - the lab physical address behind a pointer
 * @ptr: pointer into memory of mmlab_alloc_pages()
 *
 * Return: physical address; U32_MAX: @ptr is not in the lab's direct map.
 */
u32 mmlab_virt_to_phys(const void *ptr);

#endif /* MMLAB_API_H */
