// SPDX-License-Identifier: GPL-2.0
/*
 * Regions change under threads that touch them through a window. A page of a
 * generation carries its number; a thread that reads an older one than was there when
 * the read began has seen a stale page. While a page is read-only, nothing in it may
 * change, and while it is unmapped, no window may have it.
 *
 * Usage: MMLAB_RACE_SECONDS=N (default 5) race_test
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <time.h>

#include "harness.h"

#include "guard.h"
#include "lab.h"

#define LVA		0x40000000UL
#define RW		(PROT_READ | PROT_WRITE)
#define NR_PAGES	16
#define NR_TOUCHERS	3
#define NR_SLOTS	(1 + NR_TOUCHERS)	/* the number, a word per thread */
#define NAP_NS		200000
#define PREEMPT		"/sys/kernel/debug/sched/preempt"

/*
 * A word per page gives the oldest generation that a read may find from now on, above the
 * lowest bit. The bit is set while the page is sure to be numbered; otherwise it may be
 * new and 0.
 */
struct arena {
	int fd;
	size_t page;
	unsigned char *place[2];	/* where the window may be */
	atomic_uintptr_t window;
	atomic_uint_least64_t may_be[NR_PAGES];
	atomic_uint_least64_t generation;
	atomic_bool stop;
	atomic_ulong touches, refused, changes;
	atomic_flag found;
	char wrong[200];
};

static unsigned char *window_of(struct arena *a)
{
	return (unsigned char *)atomic_load(&a->window);
}

struct toucher {
	struct arena *a;
	unsigned int nr;
	pthread_t thread;
};

__attribute__((format(printf, 2, 3)))
static void fail(struct arena *a, const char *format, ...)
{
	va_list args;

	if (atomic_flag_test_and_set(&a->found))
		return;
	va_start(args, format);
	vsnprintf(a->wrong, sizeof(a->wrong), format, args);
	va_end(args);
	atomic_store(&a->stop, true);
}

/* ---- the threads that touch ---- */

static __thread sigjmp_buf before_touch;

static void on_signal(int sig)
{
	siglongjmp(before_touch, sig);
}

static int peek(const volatile uint64_t *p, uint64_t *value)
{
	int sig = sigsetjmp(before_touch, 0);

	if (!sig)
		*value = *p;
	return sig;
}

static int poke(volatile uint64_t *p, uint64_t value)
{
	int sig = sigsetjmp(before_touch, 0);

	if (!sig)
		*p = value;
	return sig;
}

static void judge(struct arena *a, unsigned int i, uint64_t may_be, uint64_t seen)
{
	uint64_t newest = atomic_load(&a->generation);

	if (seen > newest)
		fail(a, "page %u: foreign data 0x%llx, newest is %llu", i,
		     (long long)seen, (long long)newest);
	else if (seen && seen < may_be >> 1)
		fail(a, "page %u: stale, it is of generation %llu, not %llu", i,
		     (long long)seen, (long long)may_be >> 1);
	else if (!seen && may_be & 1 && atomic_load(&a->may_be[i]) == may_be)
		fail(a, "page %u: 0, though it is of generation %llu", i,
		     (long long)may_be >> 1);
}

static void *touch(void *arg)
{
	struct toucher *t = arg;
	struct arena *a = t->a;
	unsigned int seed = t->nr;
	uint64_t count = 0;

	while (!atomic_load(&a->stop)) {
		unsigned int i = rand_r(&seed) % NR_PAGES;
		uint64_t may_be = atomic_load(&a->may_be[i]), seen;
		uint64_t *p = (uint64_t *)(window_of(a) + i * a->page);
		int sig = 0;

		if (rand_r(&seed) % 4) {
			sig = peek(p, &seen);
			if (!sig)
				judge(a, i, may_be, seen);
		}
		if (rand_r(&seed) % 2)
			sig |= poke(p + 1 + t->nr, ++count);
		atomic_fetch_add(sig ? &a->refused : &a->touches, 1);
	}
	return NULL;
}

/* ---- the thread that changes regions ---- */

static void nap(unsigned int *seed)
{
	struct timespec ts = { .tv_nsec = rand_r(seed) % NAP_NS };

	nanosleep(&ts, NULL);
}

static void set_may_be(struct arena *a, unsigned int first, unsigned int last,
		       uint64_t generation, bool sure)
{
	for (; first < last; first++)
		atomic_store(&a->may_be[first], generation << 1 | sure);
}

static void set_unsure(struct arena *a, unsigned int first, unsigned int last)
{
	for (; first < last; first++)
		atomic_fetch_and(&a->may_be[first], ~1ULL);
}

/* Makes the pages zero ones of a new region and numbers them. */
static void renew(struct arena *a, unsigned int first, unsigned int last,
		  bool unmapped)
{
	struct mmlab_region region = {
		.start = LVA + first * a->page,
		.len = (last - first) * a->page,
		.prot = RW,
		.flags = MMLAB_MAP_FIXED,
	};
	uint64_t generation = atomic_fetch_add(&a->generation, 1) + 1;
	unsigned int i;
	int err;

	if (unmapped)
		set_may_be(a, first, last, generation, false);
	err = lab_ioctl(a->fd, MMLAB_MMAP, &region);
	if (err)
		fail(a, "MMLAB_MMAP gives %d", err);
	set_may_be(a, first, last, generation, false);
	for (i = first; i < last; i++)
		if (pwrite(a->fd, &generation, sizeof(generation),
			   LVA + i * a->page) != sizeof(generation))
			fail(a, "page %u: pwrite: %s", i, strerror(errno));
	set_may_be(a, first, last, generation, true);
}

/* Nothing of the range may be in the window now. */
static void expect_flushed(struct arena *a, unsigned int first, unsigned int last,
			   const char *state)
{
	unsigned char present[NR_PAGES] = "";
	unsigned int i;

	if (mincore(window_of(a) + first * a->page,
		    (last - first) * a->page, present))
		fail(a, "mincore: %s", strerror(errno));
	for (i = first; i < last; i++)
		if (present[i - first] & 1)
			fail(a, "page %u is %s, but the window has it", i, state);
}

static void protect(struct arena *a, unsigned int first, unsigned int last, int prot)
{
	struct mmlab_region region = {
		.start = LVA + first * a->page,
		.len = (last - first) * a->page,
		.prot = prot,
	};
	int err = lab_ioctl(a->fd, MMLAB_MPROTECT, &region);

	if (err)
		fail(a, "MMLAB_MPROTECT gives %d", err);
}

static void change_unmap(struct arena *a, unsigned int first, unsigned int last,
			 unsigned int *seed)
{
	long freed;

	set_unsure(a, first, last);
	freed = lab_munmap(a->fd, LVA + first * a->page, (last - first) * a->page);
	if (freed < last - first)
		fail(a, "MMLAB_MUNMAP gives %ld", freed);
	expect_flushed(a, first, last, "unmapped");
	nap(seed);
	expect_flushed(a, first, last, "unmapped");
	renew(a, first, last, true);
}

static void change_replace(struct arena *a, unsigned int first, unsigned int last,
			   unsigned int *seed)
{
	set_unsure(a, first, last);
	renew(a, first, last, false);
}

static void read_words(struct arena *a, unsigned int first, unsigned int last,
		       uint64_t words[NR_PAGES][NR_SLOTS])
{
	for (; first < last; first++)
		if (pread(a->fd, words[first], sizeof(words[first]),
			  LVA + first * a->page) != sizeof(words[first]))
			fail(a, "page %u: pread: %s", first, strerror(errno));
}

static void change_read_only(struct arena *a, unsigned int first, unsigned int last,
			     unsigned int *seed)
{
	uint64_t before[NR_PAGES][NR_SLOTS], after[NR_PAGES][NR_SLOTS];
	unsigned int i;

	protect(a, first, last, PROT_READ);
	read_words(a, first, last, before);
	nap(seed);
	read_words(a, first, last, after);
	for (i = first; i < last; i++)
		if (memcmp(before[i], after[i], sizeof(before[i])))
			fail(a, "page %u is read-only, but was written to", i);
	protect(a, first, last, RW);
}

static void change_no_access(struct arena *a, unsigned int first,
			     unsigned int last, unsigned int *seed)
{
	protect(a, first, last, PROT_NONE);
	expect_flushed(a, first, last, "without rights");
	nap(seed);
	expect_flushed(a, first, last, "without rights");
	protect(a, first, last, RW);
}

/* The host moves the window; a touch of its old address is a SIGSEGV. */
static void change_window(struct arena *a, unsigned int first, unsigned int last,
			  unsigned int *seed)
{
	unsigned char *from = window_of(a);
	unsigned char *to = a->place[from == a->place[0]];

	if (mremap(from, NR_PAGES * a->page, NR_PAGES * a->page,
		   MREMAP_MAYMOVE | MREMAP_FIXED, to) != to)
		fail(a, "mremap: %s", strerror(errno));
	atomic_store(&a->window, (uintptr_t)to);
	nap(seed);
}

/* A child has a window with entries of its own. */
static void change_fork(struct arena *a, unsigned int first, unsigned int last,
			unsigned int *seed)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		uint64_t value;

		peek((uint64_t *)window_of(a), &value);
		_exit(0);
	}
	if (pid < 0)
		fail(a, "fork: %s", strerror(errno));
	change_replace(a, first, last, seed);
	if (pid > 0)
		waitpid(pid, &status, 0);
}

typedef void change_fn(struct arena *a, unsigned int first, unsigned int last,
		       unsigned int *seed);

/* An entry as often as it should come; a fork is slow. */
static change_fn * const changes[] = {
	change_unmap, change_unmap, change_unmap, change_unmap, change_unmap,
	change_replace, change_replace, change_replace, change_replace,
	change_read_only, change_read_only, change_read_only, change_read_only,
	change_no_access, change_no_access, change_window, change_window,
	change_fork,
};

static void change(struct arena *a, time_t seconds)
{
	struct sched_param priority = { .sched_priority = 1 };
	struct timespec now, end;
	unsigned int seed = 1;

	/* else threads that never sleep leave it little time */
	if (sched_setscheduler(0, SCHED_FIFO, &priority))
		fail(a, "sched_setscheduler: %s", strerror(errno));
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	do {
		unsigned int first = rand_r(&seed) % NR_PAGES;
		unsigned int last = first + 1 + rand_r(&seed) % 4;

		changes[rand_r(&seed) % ARRAY_LEN(changes)](a, first,
			last < NR_PAGES ? last : NR_PAGES, &seed);
		nap(&seed);
		atomic_fetch_add(&a->changes, 1);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (!atomic_load(&a->stop) && now.tv_sec < end.tv_sec);
	atomic_store(&a->stop, true);
}

/* ---- the tests ---- */

FIXTURE(race) {
	struct guard guard;
	struct arena arena;
	struct toucher touchers[NR_TOUCHERS];
	time_t seconds;
	char preempt[16];		/* what to put back, or nothing */
};

FIXTURE_SETUP(race)
{
	const char *seconds = getenv("MMLAB_RACE_SECONDS");
	struct arena *a = &self->arena;
	size_t len, i;

	GUARD_BEGIN(&self->guard);
	self->seconds = seconds ? atol(seconds) : 5;
	ASSERT_LT(0, self->seconds);
	a->page = page_size();
	len = NR_PAGES * a->page;
	a->fd = lab_open(O_RDWR);
	ASSERT_LE(0, a->fd);
	for (i = 0; i < ARRAY_LEN(a->place); i++) {
		a->place[i] = mmap(NULL, len, PROT_NONE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		ASSERT_NE(MAP_FAILED, a->place[i]);
	}
	ASSERT_EQ(a->place[0], mmap(a->place[0], len, RW, MAP_SHARED | MAP_FIXED,
				    a->fd, LVA));
	atomic_store(&a->window, (uintptr_t)a->place[0]);
	renew(a, 0, NR_PAGES, false);
}

FIXTURE_TEARDOWN(race)
{
	munmap(window_of(&self->arena), NR_PAGES * self->arena.page);
	close(self->arena.fd);
	if (*self->preempt) {
		int fd = open(PREEMPT, O_WRONLY);

		EXPECT_LT(0, write(fd, self->preempt, strlen(self->preempt)));
		close(fd);
	}
	GUARD_END(&self->guard);
}

static int start_touchers(struct toucher *touchers, struct arena *a,
			  bool all_on_one)
{
	struct sigaction action = { .sa_handler = on_signal,
				    .sa_flags = SA_NODEFER };
	long nr_cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned int i;
	int err = 0;

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	for (i = 0; i < NR_TOUCHERS && !err; i++) {
		cpu_set_t cpus;

		CPU_ZERO(&cpus);
		CPU_SET(all_on_one ? 0 : i % nr_cpus, &cpus);
		touchers[i] = (struct toucher){ .a = a, .nr = i };
		err = pthread_create(&touchers[i].thread, NULL, touch,
				     &touchers[i]) ?:
		      pthread_setaffinity_np(touchers[i].thread, sizeof(cpus),
					     &cpus);
	}
	return err;
}

static void join_touchers(struct toucher *touchers)
{
	unsigned int i;

	for (i = 0; i < NR_TOUCHERS; i++)
		pthread_join(touchers[i].thread, NULL);
}

static void expect_no_race(struct __test_metadata *_metadata, struct arena *a)
{
	EXPECT_STREQ("", a->wrong);
	EXPECT_LT(0, atomic_load(&a->touches));
	EXPECT_LT(0, atomic_load(&a->refused));
	TH_LOG("%lu changes, %lu touches, %lu refused",
	       atomic_load(&a->changes), atomic_load(&a->touches),
	       atomic_load(&a->refused));
}

TEST_F_TIMEOUT(race, on_all_cpus, 300)
{
	struct arena *a = &self->arena;

	ASSERT_EQ(0, start_touchers(self->touchers, a, false));
	change(a, self->seconds);
	join_touchers(self->touchers);
	expect_no_race(_metadata, a);
}

/* Has the kernel preempt its own code; what it did before, or "" on failure. */
static void preempt_all(char *before, size_t size)
{
	char modes[64] = "", *open_paren, *close_paren;
	int fd = open(PREEMPT, O_RDWR);

	*before = '\0';
	if (fd < 0) {
		mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
		fd = open(PREEMPT, O_RDWR);
	}
	if (fd < 0)
		return;
	/* "none (voluntary) full" */
	if (read(fd, modes, sizeof(modes) - 1) > 0) {
		open_paren = strchr(modes, '(');
		close_paren = strchr(modes, ')');
		if (open_paren && close_paren && write(fd, "full", 4) == 4)
			snprintf(before, size, "%.*s",
				 (int)(close_paren - open_paren - 1), open_paren + 1);
	}
	close(fd);
}

/*
 * All on one CPU. The thread that changes regions has priority over those that touch: it
 * runs as soon as the lab's lock is free, which is right after a touch has made the host's
 * entry and before the touch has returned.
 */
TEST_F_TIMEOUT(race, in_the_middle_of_a_fault, 300)
{
	struct arena *a = &self->arena;
	cpu_set_t cpus;

	preempt_all(self->preempt, sizeof(self->preempt));
	if (!*self->preempt)
		SKIP(return, "the kernel can't be told to preempt itself");
	ASSERT_EQ(0, start_touchers(self->touchers, a, true));
	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(cpus), &cpus));
	change(a, self->seconds);
	join_touchers(self->touchers);
	expect_no_race(_metadata, a);
}

TEST_HARNESS_MAIN
