/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mmlab_bench.ko: the lab's allocators and the host's, measured by the same loops.
 * A pattern is a way to allocate and free; it exists once for each side.
 */
#ifndef MMLAB_BENCH_BENCH_H
#define MMLAB_BENCH_BENCH_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/types.h>

#define BENCH_MAX_COUNT		1000000U	/* allocations in one repetition */
#define BENCH_MAX_REPETITIONS	1000U
#define BENCH_SLACK		256U		/* of the largest batch over the count */

enum bench_side {
	SIDE_LAB,
	SIDE_HOST,
	NR_SIDES
};

struct bench_pattern;

/*
 * A measurement to make. @arg: order or bytes, see the pattern. @threads: CPUs at work at the
 * same time. @count: allocations by each thread in one repetition.
 */
struct bench_request {
	const struct bench_pattern *pattern;
	enum bench_side side;
	u32 arg;
	u32 threads;
	u32 repetitions;
	u32 count;
};

/*
 * Time spent, by get_cycles() (instructions, if the CPU's clock counts those) and by
 * ktime_get_ns().
 */
struct bench_span {
	u64 cycles;
	u64 ns;
};

/* Time of one thread for one repetition. @get has that of both, if the pattern can't tell. */
struct bench_sample {
	u32 allocs;
	struct bench_span get;
	struct bench_span put;
};

/**
 * struct bench_job - a request at work
 * @request: what is asked for
 * @cache: of the pattern's prepare(): struct mmlab_kmem_cache or struct kmem_cache
 * @held: of the pattern's prepare(): objects to be in use meanwhile
 * @nr_held: of them
 * @order_of_frees: permutation of the numbers below @request.count, or NULL
 * @samples: (out) by repetition, and in it by thread
 * @nr_arrived: threads that came to a barrier so far
 * @nr_running: threads that have not ended
 * @done: completed by the last of them
 * @stop: give up: the caller was interrupted, or a thread has failed
 * @ending: @stop, as the first thread saw it before this repetition
 */
struct bench_job {
	struct bench_request request;
	void *cache;
	void **held;
	u32 nr_held;
	u32 *order_of_frees;
	struct bench_sample *samples;
	atomic_t nr_arrived;
	atomic_t nr_running;
	struct completion done;
	bool stop;
	bool ending;
};

/**
 * struct bench_worker - one thread's part
 * @job: what it works for
 * @number: which thread it is, from 0
 * @task: the thread
 * @objects: room for a pointer to each of its objects
 * @sample: (out) of this repetition
 * @nr_barriers: barriers that it came to so far
 * @err: first error, or 0
 */
struct bench_worker {
	struct bench_job *job;
	u32 number;
	struct task_struct *task;
	void **objects;
	struct bench_sample sample;
	u32 nr_barriers;
	int err;
};

typedef int (bench_run_t)(struct bench_worker *w);

/**
 * struct bench_pattern - a way to allocate and free
 * @name: as users write it
 * @arg: what the argument means, for the list
 * @min_arg: smallest argument
 * @max_arg: largest
 * @shuffled: objects are freed in random order
 * @run: make one repetition in one thread and free everything; 0, -ENOMEM, or -EIO if a
 *	free was refused
 * @prepare: allocate what all threads share; NULL: nothing
 * @finish: free it, also if prepare() failed halfway
 */
struct bench_pattern {
	const char *name;
	const char *arg;
	u32 min_arg;
	u32 max_arg;
	bool shuffled;
	bench_run_t *run[NR_SIDES];
	int (*prepare)(struct bench_job *job);
	void (*finish)(struct bench_job *job);
};

/* Each list ends with an entry without a name. */
extern const struct bench_pattern bench_page_patterns[];
extern const struct bench_pattern bench_cache_patterns[];
extern const struct bench_pattern bench_vmalloc_patterns[];

/**
 * bench_run() - make a measurement
 * @request: the measurement; all numbers are within their limits
 * @samples: (out) @request.repetitions x @request.threads entries
 *
 * One more repetition comes first and is not counted. All memory is freed at the end,
 * also after an error.
 *
 * Context: process context, sleeps until the threads have ended.
 * Return:
 * * 0 - @samples is filled in
 * * -EINVAL - fewer CPUs than threads are online
 * * -ENOMEM - the host or the lab has no memory
 * * -EINTR - a signal came
 * * -EIO - a free was refused
 * * others - as kthread_create()
 */
int bench_run(const struct bench_request *request, struct bench_sample *samples);

/* Waits until all threads of the job have come here. */
void bench_barrier(struct bench_worker *w);

#endif /* MMLAB_BENCH_BENCH_H */
