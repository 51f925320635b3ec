// SPDX-License-Identifier: GPL-2.0
/*
 * Stress from outside: forks, readers of the files, parameters that change, CPUs that go
 * offline, and ioctls with meaningless arguments.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "procfile.h"
#include "stress.h"

/* In a child: compares all pages of all windows with the parent's model. */
static int look_around(const struct space *s)
{
	uint32_t i, k;

	for (i = 0; i < NR_WINDOWS; i++) {
		const struct window_model *window = &s->windows[i];

		for (k = 0; window->p && k < window->nr; k++) {
			const struct page_model *page = &s->pages[window->first + k];
			uint64_t value;

			if (!page->tag || !(page->rights & PROT_READ))
				continue;
			if (stress_load(window->p + k * page_size(), &value)) {
				if (!stress_pressure)
					return 1;
			} else if (value != page->tag) {
				return 1;
			}
		}
	}
	return 0;
}

static void run_fork(struct worker *w, struct space *s)
{
	bool killed = stress_below(w, 2);
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		status = look_around(s);
		if (killed && !status)
			pause();
		_exit(status);
	}
	if (pid < 0)
		return;		/* the host is short of something */
	if (killed)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	if (killed && WIFSIGNALED(status))
		return;
	stress_same(w, "what a child finds", 0, status);
}

static void run_proc(struct worker *w, struct space *s)
{
	static const char * const names[] = {
		"buddyinfo", "zoneinfo", "meminfo", "vmstat", "slabinfo",
		"vmallocinfo", "maps", "extfrag_index", "unusable_index",
		"kpageflags", "kpagecount",
	};
	const char *name = names[stress_below(w, ARRAY_LEN(names))];
	char path[64], text[4096];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), LAB_PROC "/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		n = pread(fd, text, sizeof(text), 0);
	close(fd);
	if (n < 0 || (n == 0 && strcmp(name, "vmallocinfo")))
		stress_wrong(w, "%s can't be read: %s", name, strerror(errno));
}

static void run_check(struct worker *w, struct space *s)
{
	struct mmlab_check check = { .flags = 0 };

	if (stress_done(w, "CHECK", lab_ioctl(s->fd, MMLAB_CHECK, &check)) &&
	    check.broken)
		stress_wrong(w, "broken: %.100s", check.rule);
}

static void run_drain(struct worker *w, struct space *s)
{
	struct mmlab_drain drain;
	struct mmlab_info info;

	stress_done(w, "DRAIN", lab_drain(s->fd, &drain));
	if (stress_done(w, "INFO", lab_info(s->fd, &info)))
		stress_same(w, "the version", MMLAB_API_VERSION, info.api_version);
}

static void run_parameter(struct worker *w, struct space *s)
{
	int err;

	switch (stress_below(w, 3)) {
	case 0:
		err = write_number(LAB_PARAMS "/pcp_high", stress_below(w, 400));
		break;
	case 1:
		err = write_number(LAB_PARAMS "/pcp_batch", 1 + stress_below(w, 64));
		break;
	default:
		err = write_number(LAB_PARAMS "/magazine",
				   (long)stress_below(w, MMLAB_MAGAZINE_MAX + 2) - 1);
	}
	stress_done(w, "a parameter", err);
}

/* One thread only, so that the CPU is there again when all have ended. */
static void run_cpu(struct worker *w, struct space *s)
{
	static const char online[] = "/sys/devices/system/cpu/cpu1/online";

	if (w->number || access(online, W_OK))
		return;
	write_number(online, 0);
	run_check(w, s);
	stress_done(w, "bringing a CPU back", write_number(online, 1));
}

/* A number at the edge of something. */
static uint64_t any_number(struct worker *w)
{
	static const uint64_t edges[] = {
		0, 1, 2, 8, 31, 32, 33, 63, 64, 4095, 4096, 4097, 65536, 1U << 20,
		0x7fffffff, 0x80000000, 0xbffff000, 0xc0000000, 0xc4000000,
		0xfffff000, 0xffffffff, 1ULL << 32, 1ULL << 63, ~0ULL,
	};
	uint64_t number = edges[stress_below(w, ARRAY_LEN(edges))];

	return stress_below(w, 4) ? number : number << 32 | stress_below(w, ~0U);
}

/* All but MMLAB_INJECT, which would corrupt memory as it is told. */
static const unsigned long commands[] = {
	MMLAB_INFO, MMLAB_ALLOC, MMLAB_FREE, MMLAB_TRANSLATE, MMLAB_ACCESS,
	MMLAB_MUNMAP, MMLAB_DRAIN, MMLAB_CHECK, MMLAB_CACHE_CREATE,
	MMLAB_CACHE_OP, MMLAB_OBJ_ALLOC, MMLAB_OBJ_FREE, MMLAB_CACHE_STAT,
	MMLAB_SLAB_MAP, MMLAB_VMALLOC, MMLAB_VFREE, MMLAB_VM_STAT,
	MMLAB_MMAP, MMLAB_MPROTECT, MMLAB_BRK, MMLAB_EXEC,
};

/*
 * A lab process of its own gets commands with structures made of edges, some of
 * which succeed; then it is closed, and nothing of it may stay.
 */
static void run_garbage(struct worker *w, struct space *unused)
{
	static const long allowed[] = { 0, EINVAL, ENOMEM, ENOENT, EPERM, EACCES,
					EFAULT, EIO, EEXIST, ENOSPC, EBUSY, EUCLEAN };
	uint64_t words[32];
	uint32_t i, k, tries = 1 + stress_below(w, 40);
	int fd = lab_open(O_RDWR);

	if (!stress_done(w, "open", fd < 0 ? fd : 0))
		return;
	while (tries--) {
		unsigned long cmd = commands[stress_below(w, ARRAY_LEN(commands))];
		uint32_t nr_numbers = stress_below(w, 4);
		int err;

		memset(words, 0, sizeof(words));
		for (i = 0; i < nr_numbers; i++) {
			uint64_t number = any_number(w);

			k = stress_below(w, _IOC_SIZE(cmd) - 3) & ~3U;
			memcpy((char *)words + k, &number, 4 << stress_below(w, 2));
		}
		if (cmd == MMLAB_CACHE_CREATE)
			snprintf((char *)words, 32, "garbage-%u-%u", w->number, tries);
		/* it copies to any pointer, as it should: not into this thread */
		if (cmd == MMLAB_ACCESS)
			words[2] = stress_below(w, 2) ? 0 : ~0UL << 12;
		err = -lab_ioctl(fd, cmd, words);
		for (i = 0; i < ARRAY_LEN(allowed) && allowed[i] != err; i++)
			;
		if (i == ARRAY_LEN(allowed))
			stress_wrong(w, "command 0x%lx gave %s", cmd, strerror(err));
	}
	close(fd);
}

const struct operation stress_host_ops[] = {
	{ "fork", 2, run_fork },
	{ "proc", 4, run_proc },
	{ "check", 1, run_check },
	{ "drain", 2, run_drain },
	{ "parameter", 1, run_parameter },
	{ "garbage", 8, run_garbage },
	{ "cpu", 1, run_cpu },
	{ NULL, 0, NULL },
};
