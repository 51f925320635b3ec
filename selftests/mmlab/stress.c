// SPDX-License-Identifier: GPL-2.0
/*
 * usage: mmlab-stress [seed=N] [threads=N] [ops=N | seconds=N] [pressure=1]
 *
 * Everything at once, see stress.h. ops is of all threads together. Without
 * arguments it is a short test. TAP on stdout; after a failure, the line that
 * begins with "again:" brings it back.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "guard.h"
#include "procfile.h"
#include "stress.h"

#define MAX_THREADS	16
#define MAX_KINDS	40
#define BASE_LVA	0x10000000U
#define RARE		50	/* host_ops come so much more seldom */

static unsigned long seed = 1, nr_threads = 4, nr_ops = 50000, nr_seconds;
static struct operation operations[MAX_KINDS];
static unsigned int nr_kinds, weights;
static atomic_ulong done[MAX_KINDS], microseconds[MAX_KINDS];
static atomic_bool stop;
static int shared_fds[MAX_THREADS];

unsigned long stress_pressure;

uint32_t stress_below(struct worker *w, uint32_t limit)
{
	/* xorshift64* */
	w->random ^= w->random >> 12;
	w->random ^= w->random << 25;
	w->random ^= w->random >> 27;
	return ((w->random * 0x2545f4914f6cdd1dULL) >> 32) * limit >> 32;
}

uint64_t stress_tag(struct worker *w)
{
	return (uint64_t)(0x5a00 | w->number) << 48 | ++w->serial;
}

void stress_wrong(struct worker *w, const char *format, ...)
{
	va_list args;

	if (*w->wrong)
		return;
	va_start(args, format);
	vsnprintf(w->wrong, sizeof(w->wrong), format, args);
	va_end(args);
}

bool stress_is_short(long err)
{
	return err == -ENOMEM || (stress_pressure && err == -EDQUOT);
}

bool stress_done(struct worker *w, const char *what, long err)
{
	if (stress_is_short(err))
		w->nr_refused++;
	else if (err)
		stress_wrong(w, "%s: %s", what, strerror(-err));
	w->digest = (w->digest ^ err) * 0x100000001b3ULL;
	return !err;
}

void stress_same(struct worker *w, const char *what, uint64_t want, uint64_t got)
{
	if (want != got)
		stress_wrong(w, "%s: want %lld (0x%llx), got %lld (0x%llx)", what,
			     (long long)want, (long long)want, (long long)got,
			     (long long)got);
}

void stress_open(struct worker *w, struct space *s)
{
	bool shared = s == &w->spaces[1];

	memset(s, 0, sizeof(*s));
	s->shared = shared;
	s->base = BASE_LVA + w->number * 2 * NR_PAGES * page_size();
	s->fd = shared ? shared_fds[w->number / 2] : lab_open(O_RDWR);
	if (s->fd < 0)
		stress_wrong(w, "open: %s", strerror(-s->fd));
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static unsigned int any_kind(struct worker *w)
{
	unsigned int dice = stress_below(w, weights), kind = 0;

	while (dice >= operations[kind].weight)
		dice -= operations[kind++].weight;
	return kind;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	unsigned long most = nr_ops ? nr_ops / nr_threads : ~0UL;
	uint32_t i;

	/* far from the streams of other threads and of other seeds */
	w->random = (seed * MAX_THREADS + w->number + 1) * 0x9e3779b97f4a7c15ULL;
	w->digest = 0xcbf29ce484222325ULL;
	for (i = 0; i < NR_SPACES; i++)
		stress_open(w, &w->spaces[i]);
	while (w->nr_ops < most && !*w->wrong && !atomic_load(&stop)) {
		unsigned int kind = any_kind(w);
		double begin = now();

		operations[kind].run(w, &w->spaces[stress_below(w, NR_SPACES)]);
		w->digest = (w->digest ^ kind) * 0x100000001b3ULL;
		atomic_fetch_add(&done[kind], 1);
		atomic_fetch_add(&microseconds[kind], (now() - begin) * 1e6);
		w->nr_ops++;
		if (*w->wrong)
			atomic_store(&stop, true);
	}
	for (i = 0; i < NR_SPACES; i++) {
		if (!*w->wrong)
			stress_compare(w, &w->spaces[i]);
		stress_close(w, &w->spaces[i]);
	}
	return NULL;
}

static void add_operations(const struct operation *ops, unsigned int factor)
{
	for (; ops->name; ops++) {
		operations[nr_kinds] = *ops;
		operations[nr_kinds].weight *= factor;
		weights += operations[nr_kinds++].weight;
	}
}

static bool parse(const char *arg)
{
	static const struct {
		const char *name;
		unsigned long *number, least, most;
	} options[] = {
		{ "seed=", &seed, 0, ~0UL },
		{ "threads=", &nr_threads, 1, MAX_THREADS },
		{ "ops=", &nr_ops, 1, ~0UL },
		{ "seconds=", &nr_seconds, 1, 1000000 },
		{ "pressure=", &stress_pressure, 0, 1 },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(options); i++) {
		size_t len = strlen(options[i].name);
		char *end;

		if (strncmp(arg, options[i].name, len))
			continue;
		errno = 0;
		*options[i].number = strtoul(arg + len, &end, 0);
		if (options[i].number == &nr_seconds)
			nr_ops = 0;
		return arg[len] && !*end && !errno &&
		       *options[i].number >= options[i].least &&
		       *options[i].number <= options[i].most;
	}
	return false;
}

/*
 * The right to reach the whole arena would hide that a lab process reaches the memory of
 * another one, which the model has to find.
 */
void stress_admin(bool on)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return;
	data[0].effective &= ~(1U << CAP_SYS_ADMIN);
	data[0].effective |= (uint32_t)on << CAP_SYS_ADMIN;
	syscall(SYS_capset, &header, data);
}

/* All threads, from the first operation to the last. Returns how many ops. */
static unsigned long run_workers(struct worker *workers)
{
	pthread_t threads[MAX_THREADS];
	double end = now() + nr_seconds;
	unsigned long i, sum = 0;

	for (i = 0; i < nr_threads; i++) {
		workers[i].number = i;
		if (i % 2 == 0)
			shared_fds[i / 2] = lab_open(O_RDWR);
		if (pthread_create(&threads[i], NULL, work, &workers[i])) {
			stress_wrong(&workers[i], "no thread: %s", strerror(errno));
			nr_threads = i;
		}
	}
	if (nr_seconds) {
		while (now() < end && !atomic_load(&stop))
			usleep(100000);
		atomic_store(&stop, true);
	}
	for (i = 0; i < nr_threads; i++) {
		pthread_join(threads[i], NULL);
		sum += workers[i].nr_ops;
	}
	for (i = 0; i < nr_threads; i += 2)
		close(shared_fds[i / 2]);
	for (i = 0; i < nr_threads; i++)
		stress_end_area(&workers[i]);
	if (stress_pressure)
		stress_end_pressure();
	return sum;
}

static void print_numbers(const struct worker *workers, unsigned long sum,
			  double seconds)
{
	unsigned long refused = 0, i;
	uint64_t digest = 0;

	for (i = 0; i < nr_threads; i++) {
		refused += workers[i].nr_refused;
		digest = digest * 31 + workers[i].digest;
	}
	printf("# seed=%lu threads=%lu: %lu operations in %.1f s, %.0f per second, %lu refused for lack of memory, digest %016llx\n#",
	       seed, nr_threads, sum, seconds, sum / seconds, refused,
	       (unsigned long long)digest);
	for (i = 0; i < nr_kinds; i++)
		printf(" %s %lu", operations[i].name, atomic_load(&done[i]));
	printf("\n# microseconds each:");
	for (i = 0; i < nr_kinds; i++)
		if (atomic_load(&done[i]))
			printf(" %s %lu", operations[i].name,
			       atomic_load(&microseconds[i]) / atomic_load(&done[i]));
	printf("\n");
}

/* Tells of each thread that found something; how many there are. */
static unsigned int print_faults(const struct worker *workers)
{
	unsigned int nr = 0, i;

	for (i = 0; i < nr_threads; i++) {
		if (!*workers[i].wrong)
			continue;
		printf("# thread %u, operation %lu: %s\n", i, workers[i].nr_ops,
		       workers[i].wrong);
		nr++;
	}
	return nr;
}

int main(int argc, char **argv)
{
	static struct worker workers[MAX_THREADS];
	static const char * const params[] = { "/pcp_high", "/pcp_batch", "/magazine" };
	long saved[ARRAY_LEN(params)];
	const char *error;
	struct guard guard;
	unsigned long sum;
	double begin;
	size_t i;

	for (i = 1; i < argc; i++) {
		if (!parse(argv[i])) {
			fprintf(stderr, "usage: %s [seed=N] [threads=1...%d] [ops=N | seconds=N] [pressure=1]\n",
				argv[0], MAX_THREADS);
			return 2;
		}
	}
	printf("TAP version 13\n1..1\n");
	fflush(stdout);
	error = guard_begin(&guard);
	for (i = 0; i < ARRAY_LEN(params) && !error; i++) {
		char path[64];

		snprintf(path, sizeof(path), LAB_PARAMS "%s", params[i]);
		saved[i] = read_number(path);
	}
	if (error) {
		printf("# %s\nnot ok 1 stress\n", error);
		return 1;
	}
	stress_admin(false);
	add_operations(stress_memory_ops, RARE);
	add_operations(stress_region_ops, RARE);
	add_operations(stress_slab_ops, RARE);
	add_operations(stress_host_ops, 1);
	if (stress_pressure)
		add_operations(stress_pressure_ops, RARE);
	begin = now();
	sum = run_workers(workers);
	print_numbers(workers, sum, now() - begin);
	for (i = 0; i < ARRAY_LEN(params); i++) {
		char path[64];

		snprintf(path, sizeof(path), LAB_PARAMS "%s", params[i]);
		write_number(path, saved[i]);
	}
	error = guard_end(&guard);
	if (error)
		printf("# after it: %s\n", error);
	if (print_faults(workers) || error || !sum) {
		printf("# again: %s seed=%lu threads=%lu ops=%lu pressure=%lu\nnot ok 1 stress\n",
		       argv[0], seed, nr_threads, nr_ops ?: sum, stress_pressure);
		return 1;
	}
	printf("ok 1 stress\n# Totals: pass:1 fail:0 xfail:0 xpass:0 skip:0 error:0\n");
	return 0;
}
