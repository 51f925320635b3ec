/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who wants to know that frames run short: kswapd waits here, and the slow path of the
 * page allocator wakes it.
 */
#ifndef MMLAB_MEM_WATERMARK_H
#define MMLAB_MEM_WATERMARK_H

#include <linux/jump_label.h>
#include <linux/wait.h>

/* On while there is swap. */
DECLARE_STATIC_KEY_FALSE(mmlab_watermark_key);

extern wait_queue_head_t mmlab_watermark_wait;

/**
 * mmlab_watermark_low() - are frames short?
 *
 * As pgdat_balanced() of Linux, it is enough that one zone has more than its watermark, for
 * an allocation that takes from either. It is a guess: no lock is taken.
 *
 * Return: true if no zone has more free frames than its low watermark.
 */
bool mmlab_watermark_low(void);

/* Does a zone have more free frames than its high watermark? */
bool mmlab_watermark_high(void);

/* After an allocation that found this CPU's lists empty. Without swap it is a no-op. */
static __always_inline void mmlab_watermark_check(void)
{
	if (static_branch_unlikely(&mmlab_watermark_key) && mmlab_watermark_low() &&
	    wq_has_sleeper(&mmlab_watermark_wait))
		wake_up_interruptible(&mmlab_watermark_wait);
}

#endif /* MMLAB_MEM_WATERMARK_H */
