/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Marks that a profiler of instructions finds: instructions that do nothing, with
 * a number of their own as an operand. scripts/profile looks for them.
 */
#ifndef MMLAB_BENCH_MARK_H
#define MMLAB_BENCH_MARK_H

#include <linux/compiler.h>
#include <linux/types.h>

#define BENCH_MARK_REQUEST	0x6d6d0001	/* another request begins */
#define BENCH_MARK_BEGIN	0x6d6d0002	/* what is measured begins */
#define BENCH_MARK_END		0x6d6d0003

static __always_inline void bench_mark(const u32 number)
{
#ifdef CONFIG_X86
	asm volatile(".byte 0x0f, 0x1f, 0x80\n.long %c0" : : "i" (number) : "memory");
#else
	barrier();
#endif
}

#endif /* MMLAB_BENCH_MARK_H */
