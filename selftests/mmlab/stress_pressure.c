// SPDX-License-Identifier: GPL-2.0
/*
 * Stress on reclaim: copies of lab processes, limits, few host entries, policies, and
 * swap areas that come and go. Only with pressure=1, so that all other command lines do
 * what they always did.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pressure.h"
#include "procfile.h"
#include "stress.h"

#define RW		(PROT_READ | PROT_WRITE)
#define ZERO_PAGE	LAB_PARAMS "/zero_page"
#define LEAST_LIMIT	8
#define LEAST_TLB	8	/* two threads, and what one instruction touches */

/* What the copy reads is what its parent had then, and what was stored to it since. */
static void compare_copy(struct worker *w, struct space *s, uint32_t page)
{
	const struct page_model *model = &s->copy.pages[page];
	uint64_t tag = 0;
	ssize_t n;

	if (!(model->rights & PROT_READ))
		return;
	n = pread(s->copy.fd, &tag, sizeof(tag), stress_lva(s, page));
	if (n < 0)
		n = -errno;
	if (stress_is_short(n) || (!model->tag && n == -EIO))
		w->nr_refused++;
	else if (n != sizeof(tag))
		stress_wrong(w, "a copy can't be read: %s", strerror(-n));
	else
		stress_same(w, "a page of a copy", model->tag, tag);
}

void stress_end_copy(struct worker *w, struct space *s)
{
	uint32_t page;

	if (!s->copy.used)
		return;
	for (page = 0; page < NR_PAGES && !*w->wrong; page++)
		compare_copy(w, s, page);
	close(s->copy.fd);
	s->copy.used = false;
}

static void run_copy(struct worker *w, struct space *s)
{
	int fd;

	if (s->copy.used) {
		stress_end_copy(w, s);
		return;
	}
	fd = lab_fork(s->fd);
	if (!stress_done(w, "FORK", fd < 0 ? fd : 0))
		return;
	s->copy.used = true;
	s->copy.fd = fd;
	memcpy(s->copy.pages, s->pages, sizeof(s->pages));
}

/* By a window or by the file; its parent's page stays. */
static void run_copy_store(struct worker *w, struct space *s)
{
	uint32_t page = stress_below(w, NR_PAGES);
	struct page_model *model = &s->copy.pages[page];
	uint64_t tag = stress_tag(w);
	unsigned char *p = NULL;
	ssize_t n;
	int sig;

	if (!s->copy.used || (model->rights & RW) != RW)
		return;
	compare_copy(w, s, page);
	if (stress_below(w, 2)) {
		p = lab_map(s->copy.fd, stress_lva(s, page), page_size(), RW);
		if (!p) {
			stress_done(w, "mmap of a copy", -errno);
			return;
		}
		sig = stress_store(p, tag);
		n = sig == SIGBUS ? -ENOMEM : sig ? -EFAULT : (ssize_t)sizeof(tag);
	} else {
		n = pwrite(s->copy.fd, &tag, sizeof(tag), stress_lva(s, page));
	}
	if (stress_done(w, "a store to a copy", n == sizeof(tag) ? 0 : n < -1 ? n : -errno))
		model->tag = tag;
	compare_copy(w, s, page);
	if (p)
		munmap(p, page_size());
}

static void run_limit(struct worker *w, struct space *s)
{
	uint32_t nr = stress_below(w, 3) ? LEAST_LIMIT + stress_below(w, NR_PAGES) : 0;
	long err = set_limit(s->fd, nr);

	if (err != -ENXIO || !nr)	/* there is no swap area now */
		stress_done(w, "LIMIT", err < 0 ? err : 0);
}

static void run_tlb(struct worker *w, struct space *s)
{
	uint32_t nr = stress_below(w, MMLAB_TLB_MAX + 1);
	long err = set_tlb(s->fd, nr < LEAST_TLB ? 0 : nr);

	stress_done(w, "TLB", err < 0 ? err : 0);
}

static int call_as_admin(int fd, unsigned long cmd, void *arg)
{
	int err;

	stress_admin(true);
	err = lab_ioctl(fd, cmd, arg);
	stress_admin(false);
	return err;
}

static void run_policy(struct worker *w, struct space *s)
{
	static const char * const names[] = {
		"two-lists", "fifo", "clock", "lru", "mru", "nfu", "random",
	};
	struct mmlab_policy policy = {
		.flags = stress_below(w, 3) ? MMLAB_POLICY_OWN : 0,
	};

	if (policy.flags && stress_below(w, 2))
		policy.flags |= MMLAB_POLICY_TICK;
	snprintf(policy.name, sizeof(policy.name), "%s",
		 names[stress_below(w, ARRAY_LEN(names))]);
	stress_done(w, "POLICY", call_as_admin(s->fd, MMLAB_POLICY, &policy));
}

static void run_swap(struct worker *w, struct space *s)
{
	struct mmlab_swap swap = {};

	if (w->number >= MMLAB_NR_SWAP_AREAS)
		return;
	if (w->has_area) {
		swap.type = w->area;
		w->has_area = !stress_done(w, "SWAPOFF",
					   call_as_admin(s->fd, MMLAB_SWAPOFF, &swap));
		return;
	}
	swap.nr_pages = 16 + stress_below(w, 16 * NR_PAGES);
	swap.prio = (int32_t)stress_below(w, 3) - 1;
	w->has_area = stress_done(w, "SWAPON", call_as_admin(s->fd, MMLAB_SWAPON, &swap));
	w->area = swap.type;
}

void stress_end_area(struct worker *w)
{
	struct mmlab_swap swap = { .type = w->area };
	int fd;

	if (!w->has_area)
		return;
	fd = lab_open(O_RDWR);
	stress_same(w, "the last SWAPOFF", 0, call_as_admin(fd, MMLAB_SWAPOFF, &swap));
	close(fd);
}

/* From now on, loads take a frame, or none. */
static void run_zero_page(struct worker *w, struct space *s)
{
	stress_done(w, "zero_page=", write_number(ZERO_PAGE, stress_below(w, 2)));
}

void stress_end_pressure(void)
{
	write_number(ZERO_PAGE, 0);
}

const struct operation stress_pressure_ops[] = {
	{ "copy", 10, run_copy },
	{ "copy-store", 60, run_copy_store },
	{ "limit", 15, run_limit },
	{ "tlb", 3, run_tlb },
	{ "policy", 5, run_policy },
	{ "swap", 3, run_swap },
	{ "zero-page", 3, run_zero_page },
	{ NULL, 0, NULL },
};
