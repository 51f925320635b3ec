// SPDX-License-Identifier: GPL-2.0
/*
 * mmlab_test.ko: the cases of the core, in the kernel. Loading runs them and
 * succeeds only if all of them pass; KTAP goes to the kernel log, the totals
 * and the digest to /sys/module/mmlab_test/parameters/result. mem_main.c makes
 * another module of this file.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>

#include "cases.h"

static struct test_plan plan = {
	.seed = 1,
	.ops = 1000000,
};

module_param_named(seed, plan.seed, ullong, 0444);
MODULE_PARM_DESC(seed, "seed of the random sequences (default 1)");
module_param_named(ops, plan.ops, uint, 0444);
MODULE_PARM_DESC(ops, "operations of the random sequences (default 1000000)");

static char *only = "";
module_param(only, charp, 0444);
MODULE_PARM_DESC(only, "run only the cases whose name contains this");

static int refuse_result(const char *value, const struct kernel_param *param)
{
	pr_err("result is what the module tells, it cannot be set\n");
	return -EINVAL;
}

static int get_result(char *buffer, const struct kernel_param *param)
{
	return scnprintf(buffer, PAGE_SIZE,
			 "seed %llu ops %u digest %016llx\n"
			 "%u passed, %u failed, %u skipped\n",
			 plan.seed, plan.ops, plan.digest, plan.nr_passed,
			 plan.nr_failed, plan.nr_skipped);
}

static const struct kernel_param_ops result_ops = {
	.set = refuse_result,
	.get = get_result,
};
module_param_cb(result, &result_ops, NULL, 0444);
MODULE_PARM_DESC(result, "totals and digest of the run (read only)");

static int __init mmlab_test_init(void)
{
	plan.only = only;
	mmlab_test_run(&plan, mmlab_test_units);
	if (!plan.nr_passed && !plan.nr_failed) {
		pr_err("no case's name contains only=%s\n", only);
		return -ENOENT;
	}
	return mmlab_test_passed(&plan) ? 0 : -EILSEQ;
}

static void __exit mmlab_test_exit(void)
{
}

module_init(mmlab_test_init);
module_exit(mmlab_test_exit);

MODULE_LICENSE("GPL");
