// SPDX-License-Identifier: GPL-2.0
/*
 * A 32-bit program, with no library: opens the device, uses each ioctl, a window
 * and pread, and exits with 0 or with the number of the step that went wrong.
 */
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <asm/unistd_32.h>

#include "mmlab.h"

#define LVA		0xbffff000U	/* last page of user space */
#define PAGE_BYTES	4096U

static long call6(long nr, long a, long b, long c, long d, long e, long f)
{
	long args[2] = { nr, f };
	long ret;

	/* ebp takes the sixth argument, so nothing else may live there */
	asm volatile("pushl %%ebp\n\t"
		     "movl 4(%%eax), %%ebp\n\t"
		     "movl (%%eax), %%eax\n\t"
		     "int $0x80\n\t"
		     "popl %%ebp"
		     : "=a" (ret)
		     : "a" (args), "b" (a), "c" (b), "d" (c), "S" (d), "D" (e)
		     : "memory");
	return ret;
}

#define call(nr, a, b, c)	call6(nr, (long)(a), (long)(b), (long)(c), 0, 0, 0)

static int run(void)
{
	struct mmlab_info info = { 0 };
	struct mmlab_block block = { .order = 3, .zone = MMLAB_ZONE_NORMAL };
	struct mmlab_translation walk = { .lva = LVA };
	struct mmlab_access access = { .addr = LVA, .len = 4 };
	struct mmlab_range range = { .start = LVA, .len = PAGE_BYTES };
	struct mmlab_drain drain = { 0 };
	struct mmlab_check check = { 0 };
	struct mmlab_exec exec = {
		.name = "caller32",
		.start_brk = 0x10000000,
		.stack_top = 0xc0000000U,
		.stack_size = PAGE_BYTES,
		.stack_prot = PROT_READ | PROT_WRITE,
	};
	struct mmlab_brk brk = { .brk = 0x10000001 };
	struct mmlab_region region = { .len = PAGE_BYTES, .prot = PROT_READ };
	volatile unsigned int *window;
	unsigned int word = 0;
	long fd;

	fd = call(__NR_open, "/dev/mmlab", O_RDWR, 0);
	if (fd < 0)
		return 1;
	if (call(__NR_ioctl, fd, MMLAB_INFO, &info) ||
	    info.page_offset != 0xc0000000U)
		return 2;
	if (call(__NR_ioctl, fd, MMLAB_ALLOC, &block) || !block.phys)
		return 3;
	if (call(__NR_ioctl, fd, MMLAB_FREE, &block))
		return 4;
	window = (void *)call6(__NR_mmap2, 0, PAGE_BYTES, PROT_READ | PROT_WRITE,
			       MAP_SHARED, fd, LVA / PAGE_BYTES);
	if ((unsigned long)window > -PAGE_BYTES)
		return 5;
	*window = 0x32323232;
	if (call(__NR_ioctl, fd, MMLAB_TRANSLATE, &walk) ||
	    walk.step != MMLAB_STEP_OK || walk.vma_end != 0xc0000000U)
		return 6;
	access.buf = (unsigned long)&word;
	if (call(__NR_ioctl, fd, MMLAB_ACCESS, &access) || access.done != 4 ||
	    word != 0x32323232)
		return 7;
	/* a 64-bit position comes in two registers: above 2^31 it must work */
	word = 0;
	if (call6(__NR_pread64, fd, (long)&word, 4, LVA, 0, 0) != 4 ||
	    word != 0x32323232)
		return 8;
	if (call(__NR_ioctl, fd, MMLAB_MUNMAP, &range) || !range.nr_frames)
		return 9;
	if (call(__NR_ioctl, fd, MMLAB_EXEC, &exec))
		return 12;
	if (call(__NR_ioctl, fd, MMLAB_BRK, &brk) || brk.start_brk != 0x10000000)
		return 13;
	if (call(__NR_ioctl, fd, MMLAB_MMAP, &region) || !region.start)
		return 14;
	if (call(__NR_ioctl, fd, MMLAB_MPROTECT, &region))
		return 15;
	/* at the address that was found: a stack, a heap and this are there */
	walk = (struct mmlab_translation){ .lva = region.start };
	if (call(__NR_ioctl, fd, MMLAB_TRANSLATE, &walk) ||
	    walk.vma_end != region.start + PAGE_BYTES)
		return 16;
	if (call(__NR_ioctl, fd, MMLAB_DRAIN, &drain))
		return 10;
	if (call(__NR_ioctl, fd, MMLAB_CHECK, &check) || check.broken)
		return 11;
	return 0;
}

/* not called as a C function: the stack pointer is 16-byte aligned here */
__attribute__((force_align_arg_pointer, noreturn, used)) void _start(void)
{
	call(__NR_exit, run(), 0, 0);
	__builtin_unreachable();
}
