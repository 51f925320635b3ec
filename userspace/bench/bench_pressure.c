// SPDX-License-Identifier: GPL-2.0
/* Rows that a program measures: copies of a process, the zero page, and swap. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench_user.h"
#include "cli/host.h"
#include "libmmlab.h"

#define ZERO_PAGE	"/sys/module/mmlab/parameters/zero_page"
#define FEW_PAGES	16	/* that a process may keep while it swaps */

static bool in_lab(const struct worker *w)
{
	return w->request->side == BENCH_LAB;
}

static uint32_t nr_pages(const struct worker *w)
{
	return (uint32_t)(w->request->row->arg / (uint64_t)sysconf(_SC_PAGESIZE));
}

/* A child does nothing until it is killed. */
static void stay(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

static int fork_host(struct worker *w)
{
	w->child = fork();
	if (!w->child)
		stay();
	return w->child < 0 ? -errno : 0;
}

static void close_copy(struct worker *w)
{
	if (w->child > 0) {
		kill(w->child, SIGKILL);
		waitpid(w->child, NULL, 0);
	}
	w->child = 0;
	if (w->copy >= 0)
		close(w->copy);
	w->copy = -1;
	bench_close_touch(w);
}

/* Pages that are there: those of the host, or of windows. */
static int open_resident(struct worker *w)
{
	int error = bench_open_touch(w);

	if (!error)
		bench_run_touch(w);
	return error;
}

/* A lab process without a window. */
static int open_tables(struct worker *w)
{
	int error = open_resident(w);

	if (!error && in_lab(w)) {
		munmap(w->memory, w->request->row->arg);
		w->memory = NULL;
	}
	return error;
}

static long run_fork_tables(struct worker *w)
{
	if (!in_lab(w))
		return fork_host(w) ?: (long)nr_pages(w);
	w->copy = mmlab_fork_process(w->fd);
	return w->copy < 0 ? w->copy : (long)nr_pages(w);
}

/* fork(2), with a lab process of its own for the child. */
static long run_fork_windows(struct worker *w)
{
	const struct mmlab_window window = {
		.address = w->memory, .length = w->request->row->arg,
		.prot = PROT_READ | PROT_WRITE, .lva = BENCH_FIRST_LVA,
	};

	if (!in_lab(w))
		return fork_host(w) ?: (long)nr_pages(w);
	w->child = mmlab_fork(w->fd, &window, 1);
	if (!w->child)
		stay();
	return w->child < 0 ? w->child : (long)nr_pages(w);
}

static int open_copied(struct worker *w)
{
	int error = open_resident(w);

	if (error || !in_lab(w))
		return error ?: fork_host(w);
	w->copy = mmlab_fork_process(w->fd);
	return w->copy < 0 ? w->copy : 0;
}

static int write_zero_page(const char *text)
{
	char path[256];
	int fd = open(host_path(path, sizeof(path), ZERO_PAGE), O_WRONLY | O_CLOEXEC);
	int error;

	if (fd < 0)
		return -errno;
	error = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return error;
}

static bool zero_page_was_on;	/* before the first thread switched it on */

static int open_zero_page(struct worker *w)
{
	char text[8];

	int error;

	if (in_lab(w) && !w->number) {
		zero_page_was_on = !host_read_line(ZERO_PAGE, text, sizeof(text)) &&
				   atoi(text);
		error = write_zero_page("1");
		if (error)
			return error;
	}
	return bench_open_touch(w);
}

static void close_zero_page(struct worker *w)
{
	if (in_lab(w) && !w->number && !zero_page_was_on)
		write_zero_page("0");
	bench_close_touch(w);
}

static bool host_has_swap(void)
{
	char path[256], line[256];
	FILE *in = fopen(host_path(path, sizeof(path), "/proc/swaps"), "r");
	bool has = in && fgets(line, sizeof(line), in) && fgets(line, sizeof(line), in);

	if (in)
		fclose(in);
	return has;
}

/*
 * The lab's process keeps few pages; so each store brings a page in, and puts one out. The
 * first round takes all slots into use, as a host's disk has all its blocks.
 */
static int open_swap(struct worker *w)
{
	struct mmlab_swap swap = { .nr_pages = nr_pages(w) + FEW_PAGES, .prio = -1 };
	struct mmlab_limit limit = { .nr_pages = FEW_PAGES };
	int error;

	if (!in_lab(w))
		return host_has_swap() ? open_resident(w) : -ENODEV;
	error = bench_open_touch(w) ?: mmlab_add_swap(w->fd, &swap);
	if (error)
		return error;
	w->has_area = true;
	w->area = swap.type;
	error = mmlab_limit_pages(w->fd, &limit);
	if (!error) {
		bench_run_touch(w);
		bench_run_touch(w);
	}
	return error;
}

/* The host puts all pages out by a call, which is the least work for each. */
static long run_swap(struct worker *w)
{
	if (!in_lab(w) && madvise(w->memory, w->request->row->arg, MADV_PAGEOUT))
		return -errno;
	return bench_run_touch(w);
}

static void close_swap(struct worker *w)
{
	struct mmlab_swap swap = { .type = w->area };
	struct mmlab_range range = {
		.start = BENCH_FIRST_LVA, .len = (uint32_t)w->request->row->arg,
	};

	if (w->has_area) {
		mmlab_munmap(w->fd, &range);
		mmlab_remove_swap(w->fd, &swap);
	}
	w->has_area = false;
	bench_close_touch(w);
}

const struct user_pattern bench_pressure_patterns[] = {
	{ "fork-tables", NULL, 0, open_tables, run_fork_tables, close_copy },
	{ "fork-windows", NULL, 0, open_resident, run_fork_windows, close_copy },
	{ "cow-break", NULL, 0, open_copied, bench_run_touch, close_copy },
	{ "touch-zero", NULL, USER_LOADS, open_zero_page, bench_run_touch, close_zero_page },
	{ "swap-pair", NULL, 0, open_swap, run_swap, close_swap },
};

const size_t bench_nr_pressure_patterns =
	sizeof(bench_pressure_patterns) / sizeof(bench_pressure_patterns[0]);
