// SPDX-License-Identifier: GPL-2.0
/* Rows that a program measures: first touches, files of /proc, an ioctl. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "bench_user.h"
#include "libmmlab.h"

#define FIRST_ADDRESS	0x20000000UL	/* of mappings to touch */

/* The CPU's own clock, and marks for scripts/profile as module/bench/mark.h has them. */
#if __has_builtin(__builtin_ia32_rdtsc)
#define read_cycles()	__builtin_ia32_rdtsc()

static __always_inline void mark(const uint32_t number)
{
	__asm__ volatile(".byte 0x0f, 0x1f, 0x80\n.long %c0" : : "i" (number) : "memory");
}
#else
#define read_cycles()	0
#define mark(number)	((void)0)
#endif

#define MARK_REQUEST	0x6d6d0001
#define MARK_BEGIN	0x6d6d0002
#define MARK_END	0x6d6d0003

static uint64_t now(enum bench_clock clock)
{
	struct timespec time;

	if (clock == BENCH_CYCLES)
		return read_cycles();
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/*
 * The host's side of a touch: anonymous memory or a memfd, small pages only. The hint leads
 * below all else that the program has. So the host finds the mapping in equally many steps,
 * with whatever libraries the program is linked.
 */
int bench_open_touch(struct worker *w)
{
	size_t bytes = w->request->row->arg;
	bool memfd = w->pattern->flags & USER_MEMFD;
	int flags = memfd || w->request->side == BENCH_LAB ? MAP_SHARED :
		    MAP_PRIVATE | MAP_ANONYMOUS;
	void *hint = (void *)(FIRST_ADDRESS + w->number * bytes);
	off_t offset = 0;

	if (w->request->side == BENCH_LAB) {
		w->fd = mmlab_open(O_RDWR | O_CLOEXEC);
		offset = (off_t)BENCH_FIRST_LVA;
	} else if (memfd) {
		w->fd = memfd_create("mmlab-bench", MFD_CLOEXEC);
		if (w->fd >= 0 && ftruncate(w->fd, (off_t)bytes))
			return -errno;
	}
	if (w->fd < 0 && !(flags & MAP_ANONYMOUS))
		return w->request->side == BENCH_LAB ? w->fd : -errno;
	w->memory = mmap(hint, bytes, PROT_READ | PROT_WRITE, flags, w->fd, offset);
	if (w->memory == MAP_FAILED) {
		w->memory = NULL;
		return -errno;
	}
	if (w->request->side == BENCH_HOST)
		madvise(w->memory, bytes, MADV_NOHUGEPAGE);
	return 0;
}

long bench_run_touch(struct worker *w)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), at;
	bool store = !(w->pattern->flags & USER_LOADS);
	volatile uint8_t *memory = w->memory;

	for (at = 0; at < w->request->row->arg; at += page) {
		if (store)
			memory[at] = 1;
		else
			(void)memory[at];
	}
	return (long)(w->request->row->arg / page);
}

void bench_close_touch(struct worker *w)
{
	if (w->memory)
		munmap(w->memory, w->request->row->arg);
	w->memory = NULL;
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

/* A file is opened, read to its end and closed. */
static long run_read(struct worker *w)
{
	char path[256], buffer[65536];
	uint32_t i;

	if (w->request->side == BENCH_LAB)
		mmlab_proc_path(path, sizeof(path), w->pattern->file);
	else
		snprintf(path, sizeof(path), "/proc/%s", w->pattern->file);
	for (i = 0; i < w->request->row->count; i++) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t got;

		if (fd < 0)
			return -errno;
		do {
			got = read(fd, buffer, sizeof(buffer));
		} while (got > 0);
		close(fd);
		if (got < 0)
			return -EIO;
	}
	return w->request->row->count;
}

/* The lab's smallest ioctl against a small one of the host, on a pipe. */
static int open_ioctl(struct worker *w)
{
	int ends[2];

	if (w->request->side == BENCH_LAB) {
		w->fd = mmlab_open(O_RDWR | O_CLOEXEC);
		return w->fd < 0 ? w->fd : 0;
	}
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	close(ends[1]);
	w->fd = ends[0];
	return 0;
}

static long run_ioctl(struct worker *w)
{
	struct mmlab_info info;
	uint32_t i;
	int bytes;

	for (i = 0; i < w->request->row->count; i++)
		if (w->request->side == BENCH_LAB ? mmlab_get_info(w->fd, &info) :
		    ioctl(w->fd, FIONREAD, &bytes))
			return -EIO;
	return w->request->row->count;
}

static int open_nothing(struct worker *w)
{
	(void)w;
	return 0;
}

static const struct user_pattern patterns[] = {
	{ "touch-anon", NULL, 0, bench_open_touch, bench_run_touch, bench_close_touch },
	{ "touch-memfd", NULL, USER_MEMFD, bench_open_touch, bench_run_touch, bench_close_touch },
	{ "touch-read", NULL, USER_MEMFD | USER_LOADS, bench_open_touch, bench_run_touch,
	  bench_close_touch },
	{ "read-buddyinfo", "buddyinfo", 0, open_nothing, run_read, bench_close_touch },
	{ "read-slabinfo", "slabinfo", 0, open_nothing, run_read, bench_close_touch },
	{ "read-check", "check", 0, open_nothing, run_read, bench_close_touch },
	{ "ioctl", NULL, 0, open_ioctl, run_ioctl, bench_close_touch },
};

static const struct user_pattern *find_in(const struct user_pattern *table, size_t nr,
					  const char *name)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strcmp(table[i].name, name))
			return &table[i];
	return NULL;
}

static const struct user_pattern *find(const char *name)
{
	return find_in(patterns, sizeof(patterns) / sizeof(patterns[0]), name) ?:
	       find_in(bench_pressure_patterns, bench_nr_pressure_patterns, name);
}

bool bench_is_user(const char *pattern)
{
	return find(pattern);
}

static void repetition(struct worker *w, struct bench_sample *sample)
{
	uint64_t ns, cycles;
	long done = 0;

	if (!w->error)
		w->error = w->pattern->open(w);
	pthread_barrier_wait(w->barrier);
	ns = now(BENCH_NS);
	cycles = now(BENCH_CYCLES);
	mark(MARK_BEGIN);
	if (!w->error)
		done = w->pattern->run(w);
	mark(MARK_END);
	sample->get[BENCH_CYCLES] = now(BENCH_CYCLES) - cycles;
	sample->get[BENCH_NS] = now(BENCH_NS) - ns;
	sample->allocs = done > 0 ? (uint32_t)done : 0;
	if (done < 0)
		w->error = (int)done;
	pthread_barrier_wait(w->barrier);
	w->pattern->close(w);
}

static void *work(void *arg)
{
	struct bench_sample warm_up = { 0 };
	struct worker *w = arg;
	cpu_set_t cpus;
	uint32_t i;

	/* a hint: without it the scheduler has its way */
	CPU_ZERO(&cpus);
	CPU_SET(w->number, &cpus);
	pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus);
	repetition(w, &warm_up);
	for (i = 0; i < w->request->repetitions; i++) {
		struct bench_sample *sample = &w->samples[i * w->request->threads];

		memset(sample, 0, sizeof(*sample));
		sample->iteration = i;
		sample->thread = w->number;
		repetition(w, sample);
	}
	return NULL;
}

/* All threads or none: a single one would never leave the barrier. */
static int run_workers(struct worker *workers, uint32_t threads)
{
	pthread_barrier_t barrier;
	int error = 0;
	uint32_t i;

	pthread_barrier_init(&barrier, NULL, threads);
	for (i = 0; i < threads; i++)
		workers[i].barrier = &barrier;
	for (i = 1; i < threads && !error; i++)
		error = -pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	if (error) {
		fputs("mmlab: no thread can be started\n", stderr);
		exit(1);
	}
	work(&workers[0]);
	for (i = 0; i < threads; i++) {
		if (i)
			pthread_join(workers[i].thread, NULL);
		if (!error)
			error = workers[i].error;
	}
	pthread_barrier_destroy(&barrier);
	return error;
}

int bench_measure_user(const struct bench_request *request,
		       struct bench_sample *samples)
{
	const struct user_pattern *pattern = find(request->row->pattern);
	struct worker *workers;
	int error;
	uint32_t i;

	if (!pattern)
		return -ENOSYS;
	mark(MARK_REQUEST);
	if (request->threads > (uint32_t)sysconf(_SC_NPROCESSORS_ONLN))
		return -EINVAL;
	workers = calloc(request->threads, sizeof(*workers));
	if (!workers)
		return -ENOMEM;
	for (i = 0; i < request->threads; i++)
		workers[i] = (struct worker) {
			.request = request, .pattern = pattern, .number = i,
			.samples = samples + i, .fd = -1, .copy = -1,
		};
	error = run_workers(workers, request->threads);
	free(workers);
	return error;
}
