// SPDX-License-Identifier: GPL-2.0
/*
 * Actions of failnth's entry points. Between arming and reading back the counter only
 * one of them runs: no more system calls than the entry point itself.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failnth_steps.h"
#include "pressure.h"

int act_open(struct scene *s)
{
	s->fd = open(LAB_DEVICE, O_RDWR | O_CLOEXEC);
	return result(s->fd);
}

int act_close(struct scene *s)
{
	int fd = s->fd;

	s->fd = -1;
	return result(close(fd));
}

/* An ioctl that needs nothing but zeroes. */
int act_plain(struct scene *s)
{
	unsigned char arg[256] = {};

	return result(ioctl(s->fd, s->entry->number, arg));
}

int act_alloc(struct scene *s)
{
	struct mmlab_block block = {
		.order = s->entry->number, .zone = MMLAB_ZONE_NORMAL,
	};

	return result(ioctl(s->fd, MMLAB_ALLOC, &block));
}

int act_free(struct scene *s)
{
	return result(ioctl(s->fd, MMLAB_FREE, &s->block));
}

int act_translate(struct scene *s)
{
	struct mmlab_translation t = { .lva = LVA };

	return result(ioctl(s->fd, MMLAB_TRANSLATE, &t));
}

/* entry.number: MMLAB_ACCESS_ flags */
int act_access(struct scene *s)
{
	static char buf[6000];
	struct mmlab_access a = {
		.addr = LVA + 100, .len = sizeof(buf), .buf = (uintptr_t)buf,
		.flags = s->entry->number,
	};

	if (a.flags & MMLAB_ACCESS_PHYS)
		a.addr = s->block.phys;
	return result(ioctl(s->fd, MMLAB_ACCESS, &a));
}

int act_pread(struct scene *s)
{
	static char buf[6000];

	return result(pread(s->fd, buf, sizeof(buf), LVA + 100));
}

int act_pwrite(struct scene *s)
{
	static const char buf[6000];

	return result(pwrite(s->fd, buf, sizeof(buf), LVA + 100));
}

int act_mmap(struct scene *s)
{
	void *window = mmap(NULL, NR_PAGES * page_size(), RW, MAP_SHARED, s->fd,
			    LVA);

	if (window == MAP_FAILED)
		return -errno;
	s->window = window;
	return 0;
}

int act_munmap_window(struct scene *s)
{
	if (munmap(s->window, NR_PAGES * page_size()))
		return -errno;
	s->window = NULL;
	return 0;
}

int act_mprotect(struct scene *s)
{
	return result(mprotect(s->window + page_size(), page_size(), PROT_READ));
}

static sigjmp_buf before_touch;

static void on_sigbus(int sig)
{
	(void)sig;
	siglongjmp(before_touch, 1);
}

/* The signal mask stays: putting it back would be one more system call. */
static void __attribute__((constructor)) catch_sigbus(void)
{
	struct sigaction action = {
		.sa_handler = on_sigbus, .sa_flags = SA_NODEFER,
	};

	sigaction(SIGBUS, &action, NULL);
}

int act_touch(struct scene *s)
{
	volatile unsigned char *p = s->window;

	if (sigsetjmp(before_touch, 0))
		return -ENOMEM;
	p[0] = 1;
	p[page_size()] += p[2 * page_size()];
	return 0;
}

/* Stores to pages that were only loaded. */
int act_load_and_store(struct scene *s)
{
	volatile unsigned char *p = s->window;

	if (sigsetjmp(before_touch, 0))
		return -ENOMEM;
	if (p[0] || p[page_size()])
		return -EILSEQ;
	p[0] = 1;
	return 0;
}

int act_fork(struct scene *s)
{
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (!pid)
		_exit(s->window[0] != 0x5a);
	while (waitpid(pid, NULL, 0) < 0)
		if (errno != EFAULT && errno != EINTR)
			return -errno;
	return 0;
}

int act_lab_fork(struct scene *s)
{
	struct mmlab_fork args = {};

	s->extra = ioctl(s->fd, MMLAB_FORK, &args);
	return result(s->extra);
}

int act_swapon(struct scene *s)
{
	int err = swap_on(s->fd, 64, &s->area);

	s->has_area = !err;
	return err;
}

int act_swapoff(struct scene *s)
{
	int err = swap_off(s->fd, s->area);

	s->has_area = err;
	return err;
}

int act_policy(struct scene *s)
{
	return choose_own(s->fd, "lru");
}

int act_limit(struct scene *s)
{
	long nr = set_limit(s->fd, 1);

	return nr < 0 ? nr : 0;
}

int act_tlb(struct scene *s)
{
	long nr = set_tlb(s->fd, 4);

	return nr < 0 ? nr : 0;
}

int act_vmsplice(struct scene *s)
{
	struct iovec iov = { s->window, 2 * page_size() };

	return result(vmsplice(s->pipe[1], &iov, 1, SPLICE_F_NONBLOCK));
}

int act_unmap(struct scene *s)
{
	struct mmlab_range range = {
		.start = LVA + page_size(), .len = page_size(),
	};

	if (s->entry->number)
		range.start = LVA;
	return result(ioctl(s->fd, MMLAB_MUNMAP, &range));
}

int act_vmalloc(struct scene *s)
{
	struct mmlab_area area = { .size = NR_PAGES * page_size(),
				   .flags = s->entry->number };
	int err = result(ioctl(s->fd, MMLAB_VMALLOC, &area));

	s->lva = area.lva;
	return err;
}

int act_vfree(struct scene *s)
{
	struct mmlab_area area = { .lva = s->lva };

	return result(ioctl(s->fd, MMLAB_VFREE, &area));
}

int act_write_area(struct scene *s)
{
	return result(pwrite(s->fd, "x", 1, s->lva));
}

/* The middle one of the pages, so that a region gets into three. */
int act_region(struct scene *s)
{
	struct mmlab_region region = {
		.start = LVA + page_size(), .len = page_size(), .prot = PROT_READ,
		.flags = s->entry->number == MMLAB_MMAP ? MMLAB_MAP_FIXED : 0,
	};

	return result(ioctl(s->fd, s->entry->number, &region));
}

int act_exec(struct scene *s)
{
	struct mmlab_exec exec = {
		.name = "failnth", .start_brk = 0x60000000,
		.stack_top = 0xb0000000, .stack_size = page_size(),
		.stack_prot = RW,
	};

	return result(ioctl(s->fd, MMLAB_EXEC, &exec));
}

int act_brk(struct scene *s)
{
	struct mmlab_brk brk = { .brk = 0x60000000 + NR_PAGES * page_size() };

	return result(ioctl(s->fd, MMLAB_BRK, &brk));
}

int act_cache_create(struct scene *s)
{
	struct mmlab_cache cache = {
		.name = "failnth", .size = 300, .magazine = s->entry->number,
	};

	return result(ioctl(s->fd, MMLAB_CACHE_CREATE, &cache));
}

/* entry.number: MMLAB_CACHE_DESTROY, ... */
int act_cache_op(struct scene *s)
{
	struct mmlab_cache_op op = { .id = s->id, .op = s->entry->number };

	if (op.op == MMLAB_CACHE_RESIZE)
		op.value = 16;
	return result(ioctl(s->fd, MMLAB_CACHE_OP, &op));
}

int new_object(struct scene *s, uint32_t id, uint32_t size)
{
	struct mmlab_object object = { .id = id, .size = size };
	int err = result(ioctl(s->fd, MMLAB_OBJ_ALLOC, &object));

	s->lva = object.lva;
	return err;
}

/* entry.number: bytes for kmalloc, or 0 for an object of the cache */
int act_obj_alloc(struct scene *s)
{
	return new_object(s, s->id, s->entry->number);
}

int act_obj_free(struct scene *s)
{
	struct mmlab_object object = { .id = s->id, .lva = s->lva };

	return result(ioctl(s->fd, MMLAB_OBJ_FREE, &object));
}

int act_cache_stat(struct scene *s)
{
	struct mmlab_cache_stat stat = { .id = s->id };

	return result(ioctl(s->fd, MMLAB_CACHE_STAT, &stat));
}

int act_slab_map(struct scene *s)
{
	struct mmlab_slab_map map = { .id = s->id };

	return result(ioctl(s->fd, MMLAB_SLAB_MAP, &map));
}

/* entry.number is written into the file entry.arg */
int act_write(struct scene *s)
{
	char digit = '0' + s->entry->number;

	return result(write(s->extra, &digit, 1));
}

int failnth_read_file(struct scene *s)
{
	static char text[65536];
	ssize_t n;
	int fd = open(s->entry->arg, O_RDONLY | O_CLOEXEC);
	int err = result(fd);

	if (err)
		return err;
	do {
		n = read(fd, text, sizeof(text));
	} while (n > 0);
	err = result(n);
	close(fd);
	return err;
}

int act_insmod(struct scene *s)
{
	return result(syscall(SYS_finit_module, s->extra, s->entry->arg, 0));
}

int act_rmmod(struct scene *s)
{
	(void)s;
	return result(syscall(SYS_delete_module, "mmlab", O_NONBLOCK));
}
