// SPDX-License-Identifier: GPL-2.0
/*
 * What the runner of the cases needs of the kernel.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>

#include "cases.h"

void *mmlab_test_env_alloc(size_t size)
{
	return vzalloc(size);
}

void mmlab_test_env_free(void *memory)
{
	vfree(memory);
}

void mmlab_test_env_relax(void)
{
	cond_resched();
}

bool mmlab_test_env_record(struct test_events *events)
{
	return false;
}

void mmlab_test_env_print(const char *line)
{
	pr_info("%s\n", line);
}
