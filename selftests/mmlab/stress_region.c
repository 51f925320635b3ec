// SPDX-License-Identifier: GPL-2.0
/*
 * Stress on the regions of a lab process: MMAP, MPROTECT, EXEC, BRK.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "stress.h"

#define START_BRK	0x60000000U	/* far from all threads' parts */
#define STACK_TOP	0xb0000000U
#define STACK_PAGES	4
#define MAX_HEAP_PAGES	64

static const uint32_t some_rights[] = {
	PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE,
	PROT_READ, PROT_NONE,
};

static struct mmlab_region any_region(struct worker *w, const struct space *s,
				      uint32_t *first, uint32_t *nr)
{
	stress_any_range(w, first, nr);
	return (struct mmlab_region){
		.start = stress_lva(s, *first),
		.len = *nr * page_size(),
		.prot = some_rights[stress_below(w, ARRAY_LEN(some_rights))],
	};
}

/* Old regions go; the new one is empty. */
static void run_mmap(struct worker *w, struct space *s)
{
	uint32_t first, nr, i;
	struct mmlab_region r = any_region(w, s, &first, &nr);

	r.flags = MMLAB_MAP_FIXED;
	if (!stress_done(w, "MMAP", lab_ioctl(s->fd, MMLAB_MMAP, &r)))
		return;
	for (i = first; i < first + nr; i++)
		s->pages[i] = (struct page_model){ IN_VMA | r.prot, 0 };
}

/* Counts at once in all windows, and changes no page. */
static void run_mprotect(struct worker *w, struct space *s)
{
	uint32_t first, nr, i;
	struct mmlab_region r = any_region(w, s, &first, &nr);
	bool whole = true;
	int err;

	for (i = first; i < first + nr; i++)
		whole = whole && s->pages[i].rights;
	err = lab_ioctl(s->fd, MMLAB_MPROTECT, &r);
	if (!whole) {
		stress_same(w, "MPROTECT of what has no region", -ENOMEM, err);
		return;
	}
	if (!stress_done(w, "MPROTECT", err))
		return;
	for (i = first; i < first + nr; i++)
		s->pages[i].rights = IN_VMA | r.prot;
}

static void run_exec(struct worker *w, struct space *s)
{
	struct mmlab_exec e = {
		.name = "stress",
		.start_brk = START_BRK + stress_below(w, 100) * page_size(),
		.stack_top = STACK_TOP,
		.stack_size = STACK_PAGES * page_size(),
		.stack_prot = PROT_READ | PROT_WRITE,
	};
	uint64_t tag = stress_tag(w);
	ssize_t n;

	if (s->shared || !stress_done(w, "EXEC", lab_ioctl(s->fd, MMLAB_EXEC, &e)))
		return;
	memset(s->pages, 0, sizeof(s->pages));
	s->start_brk = e.start_brk;
	s->brk = e.start_brk;
	s->heap_tag = 0;
	/* below the stack: it grows */
	n = pwrite(s->fd, &tag, sizeof(tag),
		   STACK_TOP - (STACK_PAGES + 1 + stress_below(w, 20)) * page_size());
	stress_done(w, "a store below the stack", n < 0 ? -errno : 0);
}

static void check_heap(struct worker *w, struct space *s)
{
	uint64_t tag = 0;

	if (s->heap_tag &&
	    pread(s->fd, &tag, sizeof(tag), s->start_brk) != sizeof(tag)) {
		if (stress_pressure && stress_is_short(-errno)) {
			w->nr_refused++;
			return;
		}
		stress_wrong(w, "the heap can't be read: %s", strerror(errno));
	}
	stress_same(w, "begin of the heap", s->heap_tag, tag);
}

static void run_brk(struct worker *w, struct space *s)
{
	struct mmlab_brk b = {
		.brk = s->start_brk + 1 +
		       stress_below(w, MAX_HEAP_PAGES * page_size()),
	};
	uint64_t tag = stress_tag(w);

	if (!s->start_brk) {
		stress_same(w, "BRK before EXEC", -EINVAL,
			    lab_ioctl(s->fd, MMLAB_BRK, &b));
		return;
	}
	check_heap(w, s);
	if (!stress_below(w, 4))
		b.brk = s->start_brk;
	if (!stress_done(w, "BRK", lab_ioctl(s->fd, MMLAB_BRK, &b)))
		return;
	if (b.brk == s->start_brk)
		s->heap_tag = 0;
	s->brk = b.brk;
	if (b.brk < s->start_brk + 2 * page_size())
		return;
	if (pwrite(s->fd, &tag, sizeof(tag), s->start_brk) == sizeof(tag))
		s->heap_tag = tag;
	else
		stress_done(w, "a store to the heap", -errno);
	check_heap(w, s);
}

const struct operation stress_region_ops[] = {
	{ "mmap", 10, run_mmap },
	{ "mprotect", 15, run_mprotect },
	{ "exec", 1, run_exec },
	{ "brk", 5, run_brk },
	{ NULL, 0, NULL },
};
