// SPDX-License-Identifier: GPL-2.0
/*
 * A job: one thread on each of several CPUs, which begin each repetition together.
 */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "bench.h"
#include "mark.h"

#define SHUFFLE_SEED	1

void bench_barrier(struct bench_worker *w)
{
	struct bench_job *job = w->job;
	int all = ++w->nr_barriers * job->request.threads;

	/* A thread that leaves the barrier finds all that others have done before it. */
	atomic_inc_return_release(&job->nr_arrived);
	while (atomic_read_acquire(&job->nr_arrived) < all) {
		cpu_relax();
		cond_resched();
	}
}

/*
 * All threads must come to the same barriers. So the first one decides before
 * they meet whether there is anything to do.
 */
static void repetition(struct bench_worker *w)
{
	const struct bench_request *request = &w->job->request;
	struct bench_job *job = w->job;
	int err;

	memset(&w->sample, 0, sizeof(w->sample));
	if (!w->number)
		job->ending = READ_ONCE(job->stop);
	bench_barrier(w);
	if (!job->ending) {
		err = request->pattern->run[request->side](w);
		if (err && !w->err) {
			w->err = err;
			WRITE_ONCE(job->stop, true);
		}
	}
	bench_barrier(w);
}

static int work(void *data)
{
	struct bench_worker *w = data;
	struct bench_job *job = w->job;
	u32 i;

	repetition(w);		/* to warm up */
	for (i = 0; i < job->request.repetitions; i++) {
		repetition(w);
		job->samples[i * job->request.threads + w->number] = w->sample;
	}
	if (atomic_dec_and_test(&job->nr_running))
		complete(&job->done);
	set_current_state(TASK_INTERRUPTIBLE);
	while (!kthread_should_stop()) {
		schedule();
		set_current_state(TASK_INTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/* Makes the threads, each bound to its CPU; none runs yet. */
static int make_threads(struct bench_job *job, struct bench_worker *workers)
{
	unsigned int cpu = cpumask_first(cpu_online_mask);
	u32 i;

	for (i = 0; i < job->request.threads; i++) {
		struct bench_worker *w = &workers[i];
		struct task_struct *task;

		if (cpu >= nr_cpu_ids)
			return -EINVAL;
		w->job = job;
		w->number = i;
		w->objects = kvmalloc_array(job->request.count + BENCH_SLACK,
					    sizeof(*w->objects), GFP_KERNEL);
		if (!w->objects)
			return -ENOMEM;
		task = kthread_create(work, w, "mmlab_bench/%u", i);
		if (IS_ERR(task))
			return PTR_ERR(task);
		w->task = task;
		kthread_bind(task, cpu);
		cpu = cpumask_next(cpu, cpu_online_mask);
	}
	return 0;
}

/* Lets them work; returns when the last one has ended. */
static int run_threads(struct bench_job *job, struct bench_worker *workers)
{
	int err = 0;
	u32 i;

	for (i = 0; i < job->request.threads; i++)
		wake_up_process(workers[i].task);
	if (wait_for_completion_interruptible(&job->done)) {
		WRITE_ONCE(job->stop, true);
		wait_for_completion(&job->done);
		err = -EINTR;
	}
	for (i = 0; i < job->request.threads && !err; i++)
		err = workers[i].err;
	return err;
}

static int shuffle(struct bench_job *job)
{
	u32 nr = job->request.count, i;
	struct rnd_state state;

	job->order_of_frees = kvmalloc_array(nr, sizeof(*job->order_of_frees),
					     GFP_KERNEL);
	if (!job->order_of_frees)
		return -ENOMEM;
	prandom_seed_state(&state, SHUFFLE_SEED);
	for (i = 0; i < nr; i++) {
		u32 other = prandom_u32_state(&state) % (i + 1);

		job->order_of_frees[i] = job->order_of_frees[other];
		job->order_of_frees[other] = i;
	}
	return 0;
}

static int prepare(struct bench_job *job)
{
	const struct bench_pattern *pattern = job->request.pattern;
	int err = pattern->shuffled ? shuffle(job) : 0;

	if (!err && pattern->prepare)
		err = pattern->prepare(job);
	return err;
}

int bench_run(const struct bench_request *request, struct bench_sample *samples)
{
	struct bench_job job = { .request = *request, .samples = samples };
	struct bench_worker *workers;
	int err;
	u32 i;

	bench_mark(BENCH_MARK_REQUEST);
	workers = kcalloc(request->threads, sizeof(*workers), GFP_KERNEL);
	if (!workers)
		return -ENOMEM;
	init_completion(&job.done);
	atomic_set(&job.nr_running, request->threads);
	err = prepare(&job);
	if (!err)
		err = make_threads(&job, workers);
	if (!err)
		err = run_threads(&job, workers);
	for (i = 0; i < request->threads; i++) {
		if (workers[i].task)
			kthread_stop(workers[i].task);
		kvfree(workers[i].objects);
	}
	if (request->pattern->finish)
		request->pattern->finish(&job);
	kvfree(job.order_of_frees);
	kfree(workers);
	return err;
}
