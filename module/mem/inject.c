// SPDX-License-Identifier: GPL-2.0
/*
 * Failure points. Parameters are written one at a time, as the host sees to; the
 * points read them whenever they come by, under no lock.
 */
#define pr_fmt(fmt) "mmlab: " fmt

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/random.h>
#include <linux/string.h>

#include "inject.h"

DEFINE_STATIC_KEY_FALSE(mmlab_inject_key);

/**
 * struct inject_attr - when a point fails; the fields are those of the kernel
 * @name: parameter
 * @interval: each so many-th time; 0: never
 * @probability: and then in so many cases of 100
 * @space: bytes that are let through before
 * @times: how often at most; below 0: no limit
 * @count: times that the point was passed since it was set
 */
struct inject_attr {
	const char *name;
	unsigned int interval;
	unsigned int probability;
	atomic_t space;
	atomic_t times;
	atomic_t count;
};

static struct inject_attr attrs[NR_FAILPOINTS] = {
	[FAILPOINT_FRAME] = { .name = "fail_frame" },
	[FAILPOINT_SLAB] = { .name = "fail_slab" },
	[FAILPOINT_MAP] = { .name = "fail_map" },
};

/* Takes one of the times, if there are any left. */
static bool take_time(struct inject_attr *attr)
{
	int times = atomic_read(&attr->times);

	do {
		if (!times)
			return false;
		if (times < 0)
			return true;
	} while (!atomic_try_cmpxchg(&attr->times, &times, times - 1));
	return true;
}

bool mmlab_inject_decide(enum lab_failpoint point, size_t size)
{
	struct inject_attr *attr = &attrs[point];
	unsigned int interval = READ_ONCE(attr->interval);
	int bytes = (int)min_t(size_t, size, INT_MAX);

	if (!interval || !atomic_read(&attr->times))
		return false;
	if (atomic_read(&attr->space) > 0) {
		atomic_sub(bytes, &attr->space);
		return false;
	}
	if ((unsigned int)atomic_inc_return(&attr->count) % interval)
		return false;
	if (get_random_u32() % 100 >= READ_ONCE(attr->probability))
		return false;
	return take_time(attr);
}

static void set_attr(struct inject_attr *attr, unsigned int interval,
		     unsigned int probability, int space, int times)
{
	WRITE_ONCE(attr->interval, 0);
	WRITE_ONCE(attr->probability, probability);
	atomic_set(&attr->space, space);
	atomic_set(&attr->times, times);
	atomic_set(&attr->count, 0);
	WRITE_ONCE(attr->interval, interval);
}

static void switch_key(void)
{
	bool on = false;
	unsigned int i;

	for (i = 0; i < NR_FAILPOINTS; i++)
		on |= attrs[i].interval > 0;
	if (on)
		static_branch_enable(&mmlab_inject_key);
	else
		static_branch_disable(&mmlab_inject_key);
}

static int set_param(const char *val, const struct kernel_param *kp)
{
	struct inject_attr *attr = kp->arg;
	unsigned int interval = 0, probability = 0;
	int space = 0, times = 0, end = 0;

	if (sscanf(val, "%u,%u,%d,%d %n", &interval, &probability, &space, &times,
		   &end) != 4 || val[end] || interval > INT_MAX ||
	    probability > 100 || space < 0) {
		if (!sysfs_streq(val, "0")) {
			pr_err("%s: INTERVAL,PROBABILITY,SPACE,TIMES is wanted, as 1,100,0,-1, or 0\n",
			       attr->name);
			return -EINVAL;
		}
		interval = 0;
	}
	set_attr(attr, interval, probability, space, times);
	switch_key();
	return 0;
}

static int get_param(char *buffer, const struct kernel_param *kp)
{
	struct inject_attr *attr = kp->arg;

	return sprintf(buffer, "%u,%u,%d,%d\n", attr->interval, attr->probability,
		       max(atomic_read(&attr->space), 0),
		       atomic_read(&attr->times));
}

static const struct kernel_param_ops param_ops = {
	.set = set_param,
	.get = get_param,
};

module_param_cb(fail_frame, &param_ops, &attrs[FAILPOINT_FRAME], 0600);
MODULE_PARM_DESC(fail_frame, "let allocations of frames fail: INTERVAL,PROBABILITY,SPACE,TIMES (default 0: none)");
module_param_cb(fail_slab, &param_ops, &attrs[FAILPOINT_SLAB], 0600);
MODULE_PARM_DESC(fail_slab, "the same for slabs that a cache grows by");
module_param_cb(fail_map, &param_ops, &attrs[FAILPOINT_MAP], 0600);
MODULE_PARM_DESC(fail_map, "the same for entries of page tables");
