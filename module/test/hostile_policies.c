// SPDX-License-Identifier: GPL-2.0
/*
 * mmlab_policy_test.ko: policies that break the contract, each in its own way, and good
 * ones that come and go. The program policy_test chooses them. It is a module as others
 * write them and knows mmlab_api.h alone.
 *
 *   register=NAME    offers one more policy, a good one; writes to the parameter
 *   unregister=NAME  fail with the errno of the call
 *   forget=1         the module's exit function withdraws nothing
 *   refuse=1         the module's init function fails after it has offered them
 *   held             what the policy x-holds has made and not freed
 *   late             calls of a policy that was withdrawn
 */
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../mmlab_api.h"

static bool forget, refuse;
static atomic_t held, late;

module_param(forget, bool, 0600);
MODULE_PARM_DESC(forget, "leave all policies behind at exit (default: no)");
module_param(refuse, bool, 0400);
MODULE_PARM_DESC(refuse, "fail to load, with all policies left behind (default: no)");

/* ---- those that are wrong ---- */

static u32 oldest(struct lab_policy_set *set)
{
	return mmlab_policy_oldest(set, LAB_LRU_INACTIVE);
}

/* Right most of the time, and sometimes anything at all. */
static u32 random_victim(struct lab_policy_set *set)
{
	u32 dice = get_random_u32();

	if (dice % 64 == 0)
		return get_random_u32() % 65536;
	if (dice % 64 == 1)
		mmlab_policy_move(set, get_random_u32() % 65536, dice >> 8 & 3, true);
	return mmlab_policy_oldest(set, dice % 64 == 2 ? dice >> 8 & 7 : LAB_LRU_INACTIVE);
}

static u32 no_victim(struct lab_policy_set *set)
{
	return PFN_NONE;
}

/* There is always another one that is the oldest. */
static u32 endless_victim(struct lab_policy_set *set)
{
	u32 pfn, last = PFN_NONE;

	while ((pfn = oldest(set)) != PFN_NONE) {
		mmlab_policy_move(set, pfn, LAB_LRU_INACTIVE, true);
		last = pfn;
	}
	return last;
}

static u32 same_victim(struct lab_policy_set *set)
{
	u64 *last = mmlab_policy_state(set);

	if (!*last)
		*last = oldest(set);
	return *last;
}

static u32 kernels_frame(struct lab_policy_set *set)
{
	return 0;
}

static void hide(struct lab_policy_set *set, u32 pfn)
{
	mmlab_policy_move(set, pfn, LAB_LRU_ISOLATED, true);
}

static int not_ready(struct lab_policy_set *set)
{
	return -ENODEV;
}

/* ---- those that are right ---- */

static int hold(struct lab_policy_set *set)
{
	void *memory = kmalloc(64, GFP_KERNEL);

	if (!memory)
		return -ENOMEM;
	*mmlab_policy_state(set) = (unsigned long)memory;
	atomic_inc(&held);
	return 0;
}

static void let_go(struct lab_policy_set *set)
{
	kfree((void *)(unsigned long)*mmlab_policy_state(set));
	atomic_dec(&held);
}

static const struct mmlab_policy_ops policies[] = {
	{ .name = "x-random", .victim = random_victim },
	{ .name = "x-none", .victim = no_victim },
	{ .name = "x-endless", .victim = endless_victim },
	{ .name = "x-same", .victim = same_victim },
	{ .name = "x-kernels", .victim = kernels_frame },
	{ .name = "x-hides", .victim = oldest, .added = hide },
	{ .name = "x-refuses", .victim = oldest, .init = not_ready },
	{ .name = "x-holds", .victim = oldest, .init = hold, .exit = let_go },
};

/* ---- one that comes and goes ---- */

static char its_name[64];
static bool is_there;

static u32 counting_victim(struct lab_policy_set *set)
{
	if (!READ_ONCE(is_there))
		atomic_inc(&late);
	return oldest(set);
}

static void counting_added(struct lab_policy_set *set, u32 pfn)
{
	if (!READ_ONCE(is_there))
		atomic_inc(&late);
}

static struct mmlab_policy_ops counting = {
	.name = its_name,
	.victim = counting_victim,
	.added = counting_added,
};

static int set_register(const char *value, const struct kernel_param *param)
{
	int err;

	if (is_there)
		return -EBUSY;
	strscpy(its_name, value, sizeof(its_name));
	WRITE_ONCE(is_there, true);
	err = mmlab_policy_register(&counting);
	WRITE_ONCE(is_there, !err);
	return err;
}

/* Its calls count as late from the moment that the lab has let it go. */
static int set_unregister(const char *value, const struct kernel_param *param)
{
	int err = mmlab_policy_unregister(&counting);

	if (!err)
		WRITE_ONCE(is_there, false);
	return err;
}

static const struct kernel_param_ops register_ops = { .set = set_register };
static const struct kernel_param_ops unregister_ops = { .set = set_unregister };

module_param_cb(register, &register_ops, NULL, 0200);
MODULE_PARM_DESC(register, "offer a policy of this name");
module_param_cb(unregister, &unregister_ops, NULL, 0200);
MODULE_PARM_DESC(unregister, "withdraw it");

static int get_count(char *buffer, const struct kernel_param *param)
{
	return scnprintf(buffer, PAGE_SIZE, "%d\n", atomic_read(param->arg));
}

static const struct kernel_param_ops count_ops = { .get = get_count };

module_param_cb(held, &count_ops, &held, 0400);
MODULE_PARM_DESC(held, "what x-holds has made and not freed");
module_param_cb(late, &count_ops, &late, 0400);
MODULE_PARM_DESC(late, "calls of a policy that was withdrawn");

static void withdraw(void)
{
	size_t i;

	mmlab_policy_unregister(&counting);
	for (i = 0; i < ARRAY_SIZE(policies); i++)
		mmlab_policy_unregister(&policies[i]);
}

static int __init mmlab_policy_test_init(void)
{
	size_t i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(policies) && !err; i++)
		err = mmlab_policy_register(&policies[i]);
	if (err)
		withdraw();
	return err ?: refuse ? -ECANCELED : 0;
}

static void __exit mmlab_policy_test_exit(void)
{
	if (!forget)
		withdraw();
}

module_init(mmlab_policy_test_init);
module_exit(mmlab_policy_test_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("the mmlab developers");
MODULE_DESCRIPTION("Policies for mmlab that break the contract");
