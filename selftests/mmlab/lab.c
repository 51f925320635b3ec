// SPDX-License-Identifier: GPL-2.0
/*
 * The device as the tests use it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab.h"

size_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

int lab_open(int flags)
{
	int fd = open(LAB_DEVICE, flags | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int lab_ioctl(int fd, unsigned long cmd, void *arg)
{
	return ioctl(fd, cmd, arg) ? -errno : 0;
}

int lab_info(int fd, struct mmlab_info *info)
{
	memset(info, 0, sizeof(*info));
	return lab_ioctl(fd, MMLAB_INFO, info);
}

int lab_fork(int fd)
{
	struct mmlab_fork args = {};
	int child = ioctl(fd, MMLAB_FORK, &args);

	return child < 0 ? -errno : child;
}

int lab_alloc(int fd, uint32_t order, uint32_t zone, struct mmlab_block *block)
{
	*block = (struct mmlab_block){ .order = order, .zone = zone };
	return lab_ioctl(fd, MMLAB_ALLOC, block);
}

int lab_free(int fd, const struct mmlab_block *block)
{
	struct mmlab_block copy = *block;

	return lab_ioctl(fd, MMLAB_FREE, &copy);
}

int lab_translate(int fd, uint32_t lva, struct mmlab_translation *t)
{
	*t = (struct mmlab_translation){ .lva = lva };
	return lab_ioctl(fd, MMLAB_TRANSLATE, t);
}

ssize_t lab_access(int fd, uint32_t flags, uint64_t addr, void *buf,
		   uint64_t len)
{
	struct mmlab_access access = {
		.addr = addr,
		.len = len,
		.buf = (uintptr_t)buf,
		.flags = flags,
	};
	int err = lab_ioctl(fd, MMLAB_ACCESS, &access);

	return err ? err : (ssize_t)access.done;
}

long lab_munmap(int fd, uint32_t start, size_t len)
{
	struct mmlab_range range = { .start = start, .len = len };
	int err = lab_ioctl(fd, MMLAB_MUNMAP, &range);

	return err ? err : (long)range.nr_frames;
}

int lab_region(int fd, uint32_t *start, size_t len, int prot, uint32_t flags)
{
	struct mmlab_region region = {
		.start = *start,
		.len = len,
		.prot = prot,
		.flags = flags,
	};
	int err = lab_ioctl(fd, MMLAB_MMAP, &region);

	*start = region.start;
	return err;
}

int lab_region_at(int fd, uint32_t start, size_t len, int prot)
{
	return lab_region(fd, &start, len, prot, MMLAB_MAP_FIXED);
}

int lab_mprotect(int fd, uint32_t start, size_t len, int prot)
{
	struct mmlab_region region = { .start = start, .len = len, .prot = prot };

	return lab_ioctl(fd, MMLAB_MPROTECT, &region);
}

int lab_brk(int fd, uint32_t *brk)
{
	struct mmlab_brk arg = { .brk = *brk };
	int err = lab_ioctl(fd, MMLAB_BRK, &arg);

	if (!err)
		*brk = arg.brk;
	return err;
}

const struct mmlab_exec lab_example = {
	.name = "example",
	.start_code = 0x08048000,
	.end_code = 0x0804863c,
	.start_data = 0x08049740,
	.end_data = 0x08049868,
	.start_brk = 0x08049868,
	.stack_top = 0xc0000000,
	.stack_size = 0x2000,
	.stack_prot = PROT_READ | PROT_WRITE | PROT_EXEC,
};

int lab_exec_example(int fd)
{
	struct mmlab_exec exec = lab_example;
	uint32_t text = 0x08048000, data = 0x08049000;
	uint32_t flags = MMLAB_MAP_FIXED | MMLAB_MAP_IMAGE;

	return lab_ioctl(fd, MMLAB_EXEC, &exec) ?:
	       lab_region(fd, &text, 0x1000, PROT_READ | PROT_EXEC, flags) ?:
	       lab_region(fd, &data, 0x1000, PROT_READ | PROT_WRITE, flags);
}

int lab_drain(int fd, struct mmlab_drain *drain)
{
	memset(drain, 0, sizeof(*drain));
	return lab_ioctl(fd, MMLAB_DRAIN, drain);
}

unsigned char *lab_map(int fd, uint64_t lva, size_t len, int prot)
{
	void *window = mmap(NULL, len, prot, MAP_SHARED, fd, lva);

	return window == MAP_FAILED ? NULL : window;
}

const char *lab_module_file(void)
{
	static const char * const places[] = {
		"/mmlab.ko",
		"/lib/modules/mmlab.ko",
	};
	const char *file = getenv("MMLAB_KO");
	size_t i;

	if (file)
		return file;
	for (i = 0; i < ARRAY_LEN(places); i++)
		if (!access(places[i], R_OK))
			return places[i];
	return NULL;
}

bool lab_is_loaded(void)
{
	return !access(LAB_SYS, F_OK);
}

int lab_load_file(const char *file, const char *params)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = syscall(SYS_finit_module, fd, params, 0) ? -errno : 0;
	close(fd);
	return err;
}

int lab_load(const char *params)
{
	const char *file = lab_module_file();

	if (!file) {
		fprintf(stderr, "# no mmlab.ko: set MMLAB_KO to its path\n");
		return -ENOENT;
	}
	return lab_load_file(file, params);
}

int lab_load_beside(const char *name, const char *params)
{
	const char *lab = lab_module_file();
	char path[256];

	if (!lab)
		return -ENOENT;
	snprintf(path, sizeof(path), "%.*s/%s.ko",
		 (int)(strrchr(lab, '/') - lab), lab, name);
	return lab_load_file(path, params);
}

int lab_unload(void)
{
	static const char * const names[] = {
		"mmlab_mapdrv", "mmlab_policy_test", "mmlab_mem_test",
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++)
		if (syscall(SYS_delete_module, names[i], O_NONBLOCK) && errno != ENOENT)
			return -errno;
	return syscall(SYS_delete_module, "mmlab", O_NONBLOCK) ? -errno : 0;
}

int lab_require(void)
{
	return lab_is_loaded() ? 0 : lab_load("");
}

bool run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return !sched_setaffinity(0, sizeof(set), &set);
}

int become_nobody(void)
{
	if (setgroups(0, NULL) ||
	    setresgid(LAB_NOBODY, LAB_NOBODY, LAB_NOBODY) ||
	    setresuid(LAB_NOBODY, LAB_NOBODY, LAB_NOBODY))
		return -errno;
	return 0;
}

int run_child(int (*fn)(void *), void *arg)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		_exit(fn(arg));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 127;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

void child_failed(const char *file, int line, const char *what)
{
	fprintf(stderr, "# %s:%d: child: not true: %s (errno %s)\n", file, line,
		what, strerrorname_np(errno));
	_exit(1);
}
