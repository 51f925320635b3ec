// SPDX-License-Identifier: GPL-2.0
/*
 * Stress on user space: windows, touches, pread() and pwrite(), MUNMAP, pins.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "stress.h"

#define RW	(PROT_READ | PROT_WRITE)

static __thread sigjmp_buf before_touch;

static void on_signal(int sig)
{
	siglongjmp(before_touch, sig);
}

static void __attribute__((constructor)) catch_signals(void)
{
	/* not blocked while it is handled: there is no way back from it */
	struct sigaction action = { .sa_handler = on_signal,
				    .sa_flags = SA_NODEFER };

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

int stress_load(const void *p, uint64_t *value)
{
	int sig = sigsetjmp(before_touch, 0);

	if (!sig)
		*value = *(const volatile uint64_t *)p;
	return sig;
}

int stress_store(void *p, uint64_t value)
{
	int sig = sigsetjmp(before_touch, 0);

	if (!sig)
		*(volatile uint64_t *)p = value;
	return sig;
}

static size_t last_word(void)
{
	return page_size() - sizeof(uint64_t);
}

static struct window_model *any_window(struct worker *w, struct space *s)
{
	struct window_model *window = &s->windows[stress_below(w, NR_WINDOWS)];

	return window->p ? window : NULL;
}

void stress_any_range(struct worker *w, uint32_t *first, uint32_t *nr)
{
	uint32_t most = stress_below(w, 8) ? 8 : NR_PAGES;

	*first = stress_below(w, NR_PAGES);
	*nr = 1 + stress_below(w, most);
	if (*nr > NR_PAGES - *first)
		*nr = NR_PAGES - *first;
}

static void close_window(struct window_model *window)
{
	if (window->p)
		munmap(window->p, window->nr * page_size());
	window->p = NULL;
}

static void run_window(struct worker *w, struct space *s)
{
	struct window_model *window = &s->windows[stress_below(w, NR_WINDOWS)];
	uint32_t wanted = stress_below(w, 6) ? RW : PROT_READ, i;
	bool permitted = true;

	close_window(window);
	stress_any_range(w, &window->first, &window->nr);
	for (i = window->first; i < window->first + window->nr; i++)
		if (s->pages[i].rights && wanted & ~s->pages[i].rights)
			permitted = false;
	window->p = lab_map(s->fd, stress_lva(s, window->first),
			    window->nr * page_size(), wanted);
	if (!window->p) {
		if (errno != EACCES || permitted)
			stress_done(w, "mmap", -errno);
		return;
	}
	if (!permitted)
		stress_wrong(w, "mmap gave more than the VMAs permit");
	window->rights = wanted;
	for (i = window->first; i < window->first + window->nr; i++)
		if (!s->pages[i].rights)
			s->pages[i] = (struct page_model){ IN_VMA | wanted, 0 };
}

static void run_unwindow(struct worker *w, struct space *s)
{
	close_window(&s->windows[stress_below(w, NR_WINDOWS)]);
}

/* A page of a window and where it is; NULL if there is none. */
static unsigned char *any_page(struct worker *w, struct space *s, uint32_t *page,
			       uint32_t rights)
{
	struct window_model *window = any_window(w, s);
	uint32_t i;

	if (!window || rights & ~window->rights)
		return NULL;
	i = stress_below(w, window->nr);
	*page = window->first + i;
	return window->p + i * page_size();
}

static void run_read(struct worker *w, struct space *s)
{
	uint64_t first = 0, last = 0;
	uint32_t page;
	unsigned char *p = any_page(w, s, &page, PROT_READ);
	int sig;

	if (!p)
		return;
	sig = stress_load(p, &first) ?: stress_load(p + last_word(), &last);
	if (!(s->pages[page].rights & PROT_READ)) {
		stress_same(w, "signal of a read that is forbidden", SIGBUS, sig);
		return;
	}
	if (sig == SIGBUS && (!s->pages[page].tag || stress_pressure)) {
		w->nr_refused++;	/* no frame, perhaps */
		return;
	}
	stress_same(w, "signal of a read", 0, sig);
	stress_same(w, "first word of a page", s->pages[page].tag, first);
	stress_same(w, "last word of a page", s->pages[page].tag, last);
}

static bool unmap_pages(struct worker *w, struct space *s, uint32_t first,
			uint32_t nr)
{
	long given = lab_munmap(s->fd, stress_lva(s, first), nr * page_size());

	if (!stress_done(w, "MUNMAP", given < 0 ? given : 0))
		return false;
	memset(&s->pages[first], 0, nr * sizeof(s->pages[0]));
	return true;
}

/* One half of a page is written, and the other one can't be: for a shortage, at most. */
static void give_up_page(struct worker *w, struct space *s, uint32_t page, long err)
{
	if (!stress_pressure || !stress_is_short(err))
		stress_wrong(w, "the second store to a page is refused: %s",
			     strerror(-err));
	w->nr_refused++;
	unmap_pages(w, s, page, 1);
}

static void run_write(struct worker *w, struct space *s)
{
	uint64_t tag = stress_tag(w);
	uint32_t page;
	unsigned char *p = any_page(w, s, &page, PROT_WRITE);
	int sig;

	if (!p)
		return;
	sig = stress_store(p, tag);
	if (!(s->pages[page].rights & PROT_WRITE)) {
		stress_same(w, "signal of a write that is forbidden", SIGBUS, sig);
		return;
	}
	if (sig == SIGBUS && (!s->pages[page].tag || stress_pressure)) {
		w->nr_refused++;
		return;
	}
	stress_same(w, "signal of a write", 0, sig);
	s->pages[page].tag = tag;
	sig = stress_store(p + last_word(), tag);
	if (sig)
		give_up_page(w, s, page, sig == SIGBUS ? -ENOMEM : -EFAULT);
}

static void run_munmap(struct worker *w, struct space *s)
{
	uint32_t first, nr;

	stress_any_range(w, &first, &nr);
	unmap_pages(w, s, first, nr);
}

/* Reads by pread() or ACCESS, whatever windows there are. */
static void run_pread(struct worker *w, struct space *s)
{
	uint32_t page = stress_below(w, NR_PAGES), lva = stress_lva(s, page);
	uint64_t tag = 0;
	ssize_t n;

	if (stress_below(w, 2))
		n = lab_access(s->fd, 0, lva, &tag, sizeof(tag));
	else
		n = pread(s->fd, &tag, sizeof(tag), lva) ?: -EIO;
	if (n == -1)
		n = -errno;
	if (stress_pressure && stress_is_short(n)) {
		w->nr_refused++;
		return;
	}
	if (s->pages[page].rights == IN_VMA) {
		stress_same(w, "pread of what has no rights", -EACCES, n);
	} else if (s->pages[page].tag || n == sizeof(tag)) {
		stress_same(w, "bytes read", sizeof(tag), n);
		stress_same(w, "what pread finds", s->pages[page].tag, tag);
	} else {
		stress_same(w, "pread of what has no frame", -EIO, n);
	}
}

static void run_pwrite(struct worker *w, struct space *s)
{
	uint32_t page = stress_below(w, NR_PAGES), lva = stress_lva(s, page);
	uint64_t tag = stress_tag(w);
	struct page_model *model = &s->pages[page];
	ssize_t n;

	n = pwrite(s->fd, &tag, sizeof(tag), lva);
	if (n < 0)
		n = -errno;
	if (!model->rights) {
		stress_same(w, "pwrite without VMA", -EIO, n);
	} else if (!(model->rights & PROT_WRITE)) {
		stress_same(w, "pwrite into what is read only", -EACCES, n);
	} else if (stress_done(w, "pwrite", n == sizeof(tag) ? 0 : n)) {
		model->tag = tag;
		n = lab_access(s->fd, MMLAB_ACCESS_WRITE, lva + last_word(), &tag,
			       sizeof(tag));
		if (n != sizeof(tag))
			give_up_page(w, s, page, n < 0 ? n : -EIO);
	}
}

static void run_translate(struct worker *w, struct space *s)
{
	uint32_t page = stress_below(w, NR_PAGES);
	const struct page_model *model = &s->pages[page];
	struct mmlab_translation t;

	if (!stress_done(w, "TRANSLATE", lab_translate(s->fd, stress_lva(s, page), &t)))
		return;
	stress_same(w, "region", model->rights ? MMLAB_REGION_USER :
					       MMLAB_REGION_HOLE, t.region);
	if (model->tag && !stress_pressure)
		stress_same(w, "step", MMLAB_STEP_OK, t.step);
	if (model->rights)
		stress_same(w, "rights of the VMA", model->rights & ~IN_VMA,
			    t.vma_prot);
	else
		stress_same(w, "a page without VMA has a frame", 0,
			    t.step == MMLAB_STEP_OK);
}

static void close_pin(struct pin_model *pin)
{
	close(pin->pipe[0]);
	close(pin->pipe[1]);
	pin->used = false;
}

static void release_pin(struct worker *w, struct pin_model *pin)
{
	uint64_t words[512] = { 0 };	/* the shortest page */
	ssize_t n;

	n = read(pin->pipe[0], words, sizeof(words));
	stress_same(w, "bytes in the pipe", sizeof(words), n);
	stress_same(w, "what a pin holds", pin->tag, words[0]);
	close_pin(pin);
}

/* A page goes into a pipe and is freed; later the pipe must still have its data. */
static void run_pin(struct worker *w, struct space *s)
{
	struct pin_model *pin = &s->pins[stress_below(w, NR_PINS)];
	struct iovec v;
	uint32_t page;
	ssize_t n;

	if (pin->used) {
		release_pin(w, pin);
		return;
	}
	v.iov_base = any_page(w, s, &page, PROT_READ);
	v.iov_len = 4096;
	if (!v.iov_base || !s->pages[page].tag ||
	    !(s->pages[page].rights & PROT_READ) || pipe2(pin->pipe, O_CLOEXEC))
		return;
	pin->used = true;
	pin->tag = s->pages[page].tag;
	n = vmsplice(pin->pipe[1], &v, 1, 0);
	if (n < 0 && errno == EFAULT && stress_pressure) {
		close_pin(pin);
		return;
	}
	stress_same(w, "bytes that vmsplice takes", v.iov_len, n);
	if (unmap_pages(w, s, page, 1))
		return;
	release_pin(w, pin);	/* it is the page's still, which may change */
}

/* The host's own way into a window. */
static void run_remote(struct worker *w, struct space *s)
{
	uint64_t tag = 0;
	struct iovec local = { &tag, sizeof(tag) }, remote = local;
	uint32_t page;
	ssize_t n;

	remote.iov_base = any_page(w, s, &page, PROT_READ);
	if (!remote.iov_base)
		return;
	n = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
	if (n < 0)
		n = -errno;
	if (!(s->pages[page].rights & PROT_READ))
		stress_same(w, "process_vm_readv of nothing", -EFAULT, n);
	else if (n == -EFAULT && stress_pressure)
		w->nr_refused++;
	else if (n == sizeof(tag) || s->pages[page].tag)
		stress_same(w, "what process_vm_readv finds", s->pages[page].tag,
			    tag);
}

/* The end of the lab process, and another one in its place. */
static void run_reopen(struct worker *w, struct space *s)
{
	if (s->shared)
		return;
	stress_compare(w, s);
	stress_close(w, s);
	stress_open(w, s);
}

static void compare_pages(struct worker *w, struct space *s)
{
	uint32_t page;

	for (page = 0; page < NR_PAGES && !*w->wrong; page++) {
		uint64_t tag = 0;

		if (s->pages[page].tag && s->pages[page].rights & PROT_READ) {
			if (pread(s->fd, &tag, sizeof(tag), stress_lva(s, page)) < 0 &&
			    stress_pressure && stress_is_short(-errno)) {
				w->nr_refused++;
				continue;
			}
			stress_same(w, "a page at the end", s->pages[page].tag, tag);
		}
	}
}

void stress_compare(struct worker *w, struct space *s)
{
	compare_pages(w, s);
	stress_end_copy(w, s);
	stress_free_memory(w, s);
}

void stress_close(struct worker *w, struct space *s)
{
	uint32_t i;

	for (i = 0; i < NR_WINDOWS; i++)
		close_window(&s->windows[i]);
	stress_end_copy(w, s);
	lab_munmap(s->fd, s->base, NR_PAGES * page_size());
	if (!s->shared)
		close(s->fd);
	for (i = 0; i < NR_PINS; i++)
		if (s->pins[i].used)
			release_pin(w, &s->pins[i]);
}

const struct operation stress_memory_ops[] = {
	{ "read", 240, run_read },
	{ "write", 240, run_write },
	{ "pread", 80, run_pread },
	{ "pwrite", 80, run_pwrite },
	{ "translate", 40, run_translate },
	{ "window", 30, run_window },
	{ "unwindow", 8, run_unwindow },
	{ "munmap", 20, run_munmap },
	{ "pin", 8, run_pin },
	{ "remote", 8, run_remote },
	{ "reopen", 1, run_reopen },
	{ NULL, 0, NULL },
};
