// SPDX-License-Identifier: GPL-2.0
/*
 * The module's entry points, see failnth.h. Between arming and reading back the
 * counter only @act runs: no more system calls than the entry point itself.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failnth.h"
#include "pressure.h"
#include "procfile.h"

#define LVA		0x10000000UL
#define NR_PAGES	3
#define RW		(PROT_READ | PROT_WRITE)
#define PARAMS		"mem=4"

static int result(long value)
{
	return value < 0 ? -errno : 0;
}

/* ---- scenes ---------------------------------------------------------------- */

static int close_all(struct scene *s)
{
	if (s->window)
		munmap(s->window, NR_PAGES * page_size());
	if (s->pipe[0] >= 0)
		close(s->pipe[0]);
	if (s->pipe[1] >= 0)
		close(s->pipe[1]);
	if (s->extra >= 0)
		close(s->extra);
	if (s->fd >= 0)
		close(s->fd);
	return 0;
}

static int with_device(struct scene *s)
{
	s->fd = lab_open(O_RDWR);
	return s->fd < 0 ? s->fd : 0;
}

static int with_window(struct scene *s)
{
	int err = with_device(s);

	if (!err) {
		s->window = lab_map(s->fd, LVA, NR_PAGES * page_size(), RW);
		err = s->window ? 0 : -errno;
	}
	return err;
}

static int with_pages(struct scene *s)
{
	int err = with_window(s);

	if (!err)
		memset(s->window, 0x5a, NR_PAGES * page_size());
	return err;
}

/* A page that a pipe holds on to. */
static int with_pin(struct scene *s)
{
	struct iovec iov = { .iov_len = page_size() };
	int err = with_pages(s);

	if (err)
		return err;
	iov.iov_base = s->window;
	if (pipe2(s->pipe, O_CLOEXEC) || vmsplice(s->pipe[1], &iov, 1, 0) < 0)
		return -errno;
	return 0;
}

static int with_block(struct scene *s)
{
	int err = with_device(s);

	return err ? err : lab_alloc(s->fd, s->entry->number,
				     MMLAB_ZONE_NORMAL, &s->block);
}

static int with_cache(struct scene *s)
{
	struct mmlab_cache cache = {
		.name = "failnth", .size = 100, .magazine = 8,
	};
	int err = with_device(s);

	if (!err)
		err = lab_ioctl(s->fd, MMLAB_CACHE_CREATE, &cache);
	s->id = cache.id;
	return err;
}

static int new_object(struct scene *s, uint32_t id, uint32_t size)
{
	struct mmlab_object object = { .id = id, .size = size };
	int err = result(ioctl(s->fd, MMLAB_OBJ_ALLOC, &object));

	s->lva = object.lva;
	return err;
}

static int with_object(struct scene *s)
{
	int err = with_cache(s);

	return err ? err : new_object(s, s->id, 0);
}

static int with_swap(struct scene *s)
{
	int err = with_pages(s);

	if (err)
		return err;
	err = swap_on(s->fd, 64, &s->area);
	s->has_area = !err;
	return err;
}

/* One page is there, the others are out, and may come back. */
static int with_pages_out(struct scene *s)
{
	long nr = with_swap(s) ?: set_limit(s->fd, 1);

	if (nr != 1)
		return nr < 0 ? nr : -EAGAIN;
	nr = set_limit(s->fd, 0);
	return nr < 0 ? nr : 0;
}

/* The area goes after the pages in it: it need not bring them back. */
static int close_swap(struct scene *s)
{
	int err, fd;

	close_all(s);
	if (!s->has_area)
		return 0;
	fd = lab_open(O_RDWR);
	if (fd < 0)
		return fd;
	err = swap_off(fd, s->area);
	close(fd);
	return err;
}

/* Pages that a child has as well. */
static int with_child(struct scene *s)
{
	int err = with_pages(s);

	if (err)
		return err;
	s->extra = lab_fork(s->fd);
	return s->extra < 0 ? s->extra : 0;
}

#define ZERO_PAGE LAB_PARAMS "/zero_page"

static int with_zero_page(struct scene *s)
{
	return write_number(ZERO_PAGE, 1) ?: with_window(s);
}

static int close_zero_page(struct scene *s)
{
	close_all(s);
	return write_number(ZERO_PAGE, 0);
}

/* ---- actions --------------------------------------------------------------- */

static int no_setup(struct scene *s)
{
	(void)s;
	return 0;
}

static int act_open(struct scene *s)
{
	s->fd = open(LAB_DEVICE, O_RDWR | O_CLOEXEC);
	return result(s->fd);
}

static int act_close(struct scene *s)
{
	int fd = s->fd;

	s->fd = -1;
	return result(close(fd));
}

/* An ioctl that needs nothing but zeroes. */
static int act_plain(struct scene *s)
{
	unsigned char arg[256] = {};

	return result(ioctl(s->fd, s->entry->number, arg));
}

static int act_alloc(struct scene *s)
{
	struct mmlab_block block = {
		.order = s->entry->number, .zone = MMLAB_ZONE_NORMAL,
	};

	return result(ioctl(s->fd, MMLAB_ALLOC, &block));
}

static int act_free(struct scene *s)
{
	return result(ioctl(s->fd, MMLAB_FREE, &s->block));
}

static int act_translate(struct scene *s)
{
	struct mmlab_translation t = { .lva = LVA };

	return result(ioctl(s->fd, MMLAB_TRANSLATE, &t));
}

/* entry.number: MMLAB_ACCESS_ flags */
static int act_access(struct scene *s)
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

static int act_pread(struct scene *s)
{
	static char buf[6000];

	return result(pread(s->fd, buf, sizeof(buf), LVA + 100));
}

static int act_pwrite(struct scene *s)
{
	static const char buf[6000];

	return result(pwrite(s->fd, buf, sizeof(buf), LVA + 100));
}

static int act_mmap(struct scene *s)
{
	void *window = mmap(NULL, NR_PAGES * page_size(), RW, MAP_SHARED, s->fd,
			    LVA);

	if (window == MAP_FAILED)
		return -errno;
	s->window = window;
	return 0;
}

static int act_munmap_window(struct scene *s)
{
	if (munmap(s->window, NR_PAGES * page_size()))
		return -errno;
	s->window = NULL;
	return 0;
}

static int act_mprotect(struct scene *s)
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

static int act_touch(struct scene *s)
{
	volatile unsigned char *p = s->window;

	if (sigsetjmp(before_touch, 0))
		return -ENOMEM;
	p[0] = 1;
	p[page_size()] += p[2 * page_size()];
	return 0;
}

/* Stores to pages that were only loaded. */
static int act_load_and_store(struct scene *s)
{
	volatile unsigned char *p = s->window;

	if (sigsetjmp(before_touch, 0))
		return -ENOMEM;
	if (p[0] || p[page_size()])
		return -EILSEQ;
	p[0] = 1;
	return 0;
}

static int act_fork(struct scene *s)
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

static int act_lab_fork(struct scene *s)
{
	struct mmlab_fork args = {};

	s->extra = ioctl(s->fd, MMLAB_FORK, &args);
	return result(s->extra);
}

static int act_swapon(struct scene *s)
{
	struct mmlab_swap swap = { .nr_pages = 64, .prio = -1 };
	int err = result(ioctl(s->fd, MMLAB_SWAPON, &swap));

	s->area = swap.type;
	s->has_area = !err;
	return err;
}

static int act_swapoff(struct scene *s)
{
	struct mmlab_swap swap = { .type = s->area };
	int err = result(ioctl(s->fd, MMLAB_SWAPOFF, &swap));

	s->has_area = err;
	return err;
}

static int act_policy(struct scene *s)
{
	struct mmlab_policy policy = { .name = "lru", .flags = MMLAB_POLICY_OWN };

	return result(ioctl(s->fd, MMLAB_POLICY, &policy));
}

static int act_limit(struct scene *s)
{
	struct mmlab_limit limit = { .nr_pages = 1 };

	return result(ioctl(s->fd, MMLAB_LIMIT, &limit));
}

static int act_tlb(struct scene *s)
{
	struct mmlab_tlb tlb = { .nr_entries = 4 };

	return result(ioctl(s->fd, MMLAB_TLB, &tlb));
}

static int act_vmsplice(struct scene *s)
{
	struct iovec iov = { s->window, 2 * page_size() };

	return result(vmsplice(s->pipe[1], &iov, 1, SPLICE_F_NONBLOCK));
}

static int act_unmap(struct scene *s)
{
	struct mmlab_range range = {
		.start = LVA + page_size(), .len = page_size(),
	};

	if (s->entry->number)
		range.start = LVA;
	return result(ioctl(s->fd, MMLAB_MUNMAP, &range));
}

static int act_vmalloc(struct scene *s)
{
	struct mmlab_area area = { .size = NR_PAGES * page_size(),
				   .flags = s->entry->number };
	int err = result(ioctl(s->fd, MMLAB_VMALLOC, &area));

	s->lva = area.lva;
	return err;
}

static int with_area(struct scene *s)
{
	return with_device(s) ?: act_vmalloc(s);
}

static int act_vfree(struct scene *s)
{
	struct mmlab_area area = { .lva = s->lva };

	return result(ioctl(s->fd, MMLAB_VFREE, &area));
}

static int act_write_area(struct scene *s)
{
	return result(pwrite(s->fd, "x", 1, s->lva));
}

/* The middle one of the pages, so that a region gets into three. */
static int act_region(struct scene *s)
{
	struct mmlab_region region = {
		.start = LVA + page_size(), .len = page_size(), .prot = PROT_READ,
		.flags = s->entry->number == MMLAB_MMAP ? MMLAB_MAP_FIXED : 0,
	};

	return result(ioctl(s->fd, s->entry->number, &region));
}

static int act_exec(struct scene *s)
{
	struct mmlab_exec exec = {
		.name = "failnth", .start_brk = 0x60000000,
		.stack_top = 0xb0000000, .stack_size = page_size(),
		.stack_prot = RW,
	};

	return result(ioctl(s->fd, MMLAB_EXEC, &exec));
}

static int with_heap(struct scene *s)
{
	return with_device(s) ?: act_exec(s);
}

static int act_brk(struct scene *s)
{
	struct mmlab_brk brk = { .brk = 0x60000000 + NR_PAGES * page_size() };

	return result(ioctl(s->fd, MMLAB_BRK, &brk));
}

static int act_cache_create(struct scene *s)
{
	struct mmlab_cache cache = {
		.name = "failnth", .size = 300, .magazine = s->entry->number,
	};

	return result(ioctl(s->fd, MMLAB_CACHE_CREATE, &cache));
}

/* entry.number: MMLAB_CACHE_DESTROY, ... */
static int act_cache_op(struct scene *s)
{
	struct mmlab_cache_op op = { .id = s->id, .op = s->entry->number };

	if (op.op == MMLAB_CACHE_RESIZE)
		op.value = 16;
	return result(ioctl(s->fd, MMLAB_CACHE_OP, &op));
}

/* entry.number: bytes for kmalloc, or 0 for an object of the cache */
static int act_obj_alloc(struct scene *s)
{
	return new_object(s, s->id, s->entry->number);
}

static int act_obj_free(struct scene *s)
{
	struct mmlab_object object = { .id = s->id, .lva = s->lva };

	return result(ioctl(s->fd, MMLAB_OBJ_FREE, &object));
}

static int act_cache_stat(struct scene *s)
{
	struct mmlab_cache_stat stat = { .id = s->id };

	return result(ioctl(s->fd, MMLAB_CACHE_STAT, &stat));
}

static int act_slab_map(struct scene *s)
{
	struct mmlab_slab_map map = { .id = s->id };

	return result(ioctl(s->fd, MMLAB_SLAB_MAP, &map));
}

static int with_write(struct scene *s)
{
	s->extra = open(s->entry->arg, O_WRONLY | O_CLOEXEC);
	return result(s->extra);
}

/* entry.number is written into the file entry.arg */
static int act_write(struct scene *s)
{
	char digit = '0' + s->entry->number;

	return result(write(s->extra, &digit, 1));
}

#define CPU1 "/sys/devices/system/cpu/cpu1/online"

static int with_cpu_off(struct scene *s)
{
	int err = write_number(CPU1, 0);

	return err ? err : with_write(s);
}

static int cpu_on(struct scene *s)
{
	int tries = 5;

	close_all(s);
	while (read_number(CPU1) != 1 && tries--)
		write_number(CPU1, 1);
	return read_number(CPU1) == 1 ? 0 : -EIO;
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

/* ---- the module itself ----------------------------------------------------- */

static int with_module_file(struct scene *s)
{
	const char *file = lab_module_file();

	if (!file)
		return -ENOENT;
	s->extra = open(file, O_RDONLY | O_CLOEXEC);
	return result(s->extra);
}

static int act_insmod(struct scene *s)
{
	return result(syscall(SYS_finit_module, s->extra, s->entry->arg, 0));
}

static int act_rmmod(struct scene *s)
{
	(void)s;
	return result(syscall(SYS_delete_module, "mmlab", O_NONBLOCK));
}

static int with_module(struct scene *s)
{
	(void)s;
	return lab_load(PARAMS);
}

/* Loaded completely and out again, or nothing of it is there. */
static int module_gone(struct scene *s)
{
	close_all(s);
	if (lab_is_loaded())
		return lab_unload();
	return access(LAB_PROC, F_OK) && access(LAB_DEVICE, F_OK) ? 0 : -EEXIST;
}

#define ENDED(name_, setup_, act_, teardown_, ...) \
	{ .name = name_, .setup = setup_, .act = act_, .teardown = teardown_, \
	  __VA_ARGS__ }
#define ENTRY(name_, setup_, act_, ...) \
	ENDED(name_, setup_, act_, close_all, __VA_ARGS__)

/*
 * insmod that fails at the module's first check. The host's own allocations before that
 * are left out: it warns when those of the trace events fail.
 */
static const struct entry refused_insmod = {
	.name = "insmod, refused", .setup = with_module_file, .act = act_insmod,
	.teardown = module_gone, .no_module = true, .arg = "mem=3",
	.want = -EINVAL,
};

const struct entry failnth_entries[] = {
	ENTRY("open", no_setup, act_open),
	ENTRY("close", with_pages, act_close),
	ENTRY("INFO", with_device, act_plain, .number = MMLAB_INFO),
	ENTRY("ALLOC order 0", with_device, act_alloc, .number = 0),
	ENTRY("ALLOC order 8", with_device, act_alloc, .number = 8),
	ENTRY("FREE", with_block, act_free, .number = 0),
	ENTRY("TRANSLATE", with_pages, act_translate),
	ENTRY("ACCESS read", with_pages, act_access),
	ENTRY("ACCESS write", with_window, act_access,
	      .number = MMLAB_ACCESS_WRITE, .keeps = true),
	ENTRY("ACCESS read, physical", with_block, act_access,
	      .number = MMLAB_ACCESS_PHYS),
	ENTRY("pread", with_pages, act_pread),
	ENTRY("pwrite", with_window, act_pwrite),
	ENTRY("mmap", with_device, act_mmap),
	ENTRY("munmap of a window", with_pages, act_munmap_window),
	ENTRY("mprotect of a window", with_pages, act_mprotect),
	ENTRY("fault", with_window, act_touch, .keeps = true),
	ENTRY("fault on what is there", with_pages, act_touch),
	ENTRY("fork with a window", with_pages, act_fork),
	ENTRY("FORK", with_pages, act_lab_fork),
	ENTRY("FORK of a pinned page", with_pin, act_lab_fork),
	ENTRY("store to what a child has", with_child, act_touch, .keeps = true),
	ENTRY("vmsplice", with_pin, act_vmsplice),
	ENTRY("MUNMAP with a split", with_pages, act_unmap, .keeps = true),
	ENTRY("MUNMAP of a pinned page", with_pin, act_unmap, .number = 1,
	      .keeps = true),
	/* the lab keeps one empty page table for the next area, until a drain */
	ENTRY("VMALLOC", with_device, act_vmalloc, .keeps = true),
	ENTRY("VMALLOC lazy", with_device, act_vmalloc, .number = MMLAB_VM_LAZY,
	      .keeps = true),
	ENTRY("VMALLOC scattered", with_device, act_vmalloc,
	      .number = MMLAB_VM_SCATTER, .keeps = true),
	ENTRY("write to a lazy area", with_area, act_write_area,
	      .number = MMLAB_VM_LAZY, .keeps = true),
	ENTRY("VFREE", with_area, act_vfree),
	ENTRY("MMAP", with_pages, act_region, .number = MMLAB_MMAP, .keeps = true),
	ENTRY("MPROTECT", with_pages, act_region, .number = MMLAB_MPROTECT),
	ENTRY("EXEC", with_pages, act_exec),
	ENTRY("BRK", with_heap, act_brk),
	ENTRY("DRAIN", with_device, act_plain, .number = MMLAB_DRAIN),
	ENTRY("CHECK", with_pages, act_plain, .number = MMLAB_CHECK),
	ENTRY("CACHE_CREATE", with_device, act_cache_create, .number = 8),
	ENTRY("CACHE_CREATE, usual magazines", with_device, act_cache_create,
	      .number = MMLAB_MAGAZINE_DEFAULT),
	ENTRY("CACHE_OP destroy", with_cache, act_cache_op,
	      .number = MMLAB_CACHE_DESTROY),
	ENTRY("CACHE_OP shrink", with_cache, act_cache_op,
	      .number = MMLAB_CACHE_SHRINK),
	ENTRY("CACHE_OP resize", with_object, act_cache_op,
	      .number = MMLAB_CACHE_RESIZE),
	ENTRY("OBJ_ALLOC", with_cache, act_obj_alloc),
	ENTRY("OBJ_ALLOC kmalloc 100", with_device, act_obj_alloc, .number = 100),
	ENTRY("OBJ_ALLOC kmalloc 256K", with_device, act_obj_alloc,
	      .number = 256 << 10),
	ENTRY("OBJ_FREE", with_object, act_obj_free),
	ENTRY("CACHE_STAT", with_cache, act_cache_stat),
	ENTRY("SLAB_MAP", with_object, act_slab_map),
	ENTRY("INJECT, refused", with_device, act_plain, .number = MMLAB_INJECT,
	      .want = -ENOENT),
	ENTRY("pcp_batch=", with_write, act_write,
	      .arg = LAB_PARAMS "/pcp_batch", .number = 7),
	ENTRY("pcp_high=", with_write, act_write,
	      .arg = LAB_PARAMS "/pcp_high", .number = 9),
	ENDED("SWAPON", with_device, act_swapon, close_swap),
	ENDED("SWAPOFF", with_pages_out, act_swapoff, close_swap, .keeps = true),
	ENDED("POLICY of its own", with_swap, act_policy, close_swap),
	ENDED("LIMIT", with_swap, act_limit, close_swap, .keeps = true),
	ENTRY("TLB", with_pages, act_tlb),
	ENDED("fault on what is out", with_pages_out, act_touch, close_swap,
	      .keeps = true),
	ENDED("pread of what is out", with_pages_out, act_pread, close_swap,
	      .keeps = true),
	ENDED("FORK of what is out", with_pages_out, act_lab_fork, close_swap),
	ENDED("zero page", with_zero_page, act_load_and_store, close_zero_page,
	      .keeps = true),
	{ .name = "CPU offline", .setup = with_write, .act = act_write,
	  .teardown = cpu_on, .arg = CPU1, .number = 0 },
	{ .name = "CPU online", .setup = with_cpu_off, .act = act_write,
	  .teardown = cpu_on, .arg = CPU1, .number = 1 },
	{ .name = "rmmod", .setup = with_module, .act = act_rmmod,
	  .teardown = module_gone, .no_module = true },
	{ .name = "insmod", .setup = with_module_file, .act = act_insmod,
	  .teardown = module_gone, .no_module = true, .arg = PARAMS,
	  .barely = &refused_insmod },
};

const size_t failnth_nr_entries = ARRAY_LEN(failnth_entries);
