// SPDX-License-Identifier: GPL-2.0
/*
 * Failure points. The host serialises writes to parameters; the points read them under
 * no lock.
 */
#define pr_fmt(fmt) "mmlab: " fmt

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "inject.h"
#include "number.h"

DEFINE_STATIC_KEY_FALSE(mmlab_inject_key);

/**
 * struct inject_attr - when a point fails; the fields are those of the kernel
 * @interval: only every @interval-th call may fail; 0: none
 * @probability: percentage of those calls that do fail
 * @space: bytes that succeed before the first failure
 * @times: failures at most; below 0: no limit
 * @count: calls since the attribute was set
 */
struct inject_attr {
	unsigned int interval;
	unsigned int probability;
	atomic_t space;
	atomic_t times;
	atomic_t count;
};

static struct inject_attr attrs[NR_FAILPOINTS];

/* Takes one of attr->times, if any is left. */
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

/* The four numbers of a parameter, each with its range. */
static const struct {
	const char *name;
	s64 lowest, highest;
} fields[] = {
	{ "INTERVAL", 0, INT_MAX },
	{ "PROBABILITY", 0, 100 },
	{ "SPACE", 0, INT_MAX },
	{ "TIMES", -1, INT_MAX },
};

static int parse_fields(const char *parameter, char *text, s64 *number)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		const char *word = strsep(&text, ",");
		char name[40];
		int err;

		if (!word)
			break;
		snprintf(name, sizeof(name), "%s: %s", parameter, fields[i].name);
		err = mmlab_number_parse(name, word, fields[i].lowest,
					 fields[i].highest, &number[i]);
		if (err)
			return err;
	}
	if (i == ARRAY_SIZE(fields) && !text)
		return 0;
	pr_err("%s: INTERVAL,PROBABILITY,SPACE,TIMES is wanted, as 1,100,0,-1, or 0\n",
	       parameter);
	return -EINVAL;
}

static int set_param(const char *val, const struct kernel_param *kp)
{
	s64 number[ARRAY_SIZE(fields)] = {};
	struct inject_attr *attr = kp->arg;

	if (!sysfs_streq(val, "0")) {
		char *text = kstrdup(val, GFP_KERNEL);
		int err = text ? parse_fields(kp->name, text, number) : -ENOMEM;

		kfree(text);
		if (err)
			return err;
	}
	set_attr(attr, number[0], number[1], number[2], number[3]);
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
module_param_cb(fail_swap_read, &param_ops, &attrs[FAILPOINT_SWAP_READ], 0600);
MODULE_PARM_DESC(fail_swap_read, "the same for reads of pages from swap");
module_param_cb(fail_swap_write, &param_ops, &attrs[FAILPOINT_SWAP_WRITE], 0600);
MODULE_PARM_DESC(fail_swap_write, "the same for writes of pages to swap");
