// SPDX-License-Identifier: GPL-2.0
/*
 * Policies of other modules: see mmlab_api.h. What they call while they choose is
 * core/policy.
 */
#include <linux/export.h>
#include <linux/module.h>
#include <linux/notifier.h>

#include "../core/policy.h"
#include "../mmlab_api.h"
#include "policy_api.h"
#include "policy_table.h"

int __mmlab_policy_register(const struct mmlab_policy_ops *ops, struct module *owner)
{
	return mmlab_policy_table_add(ops, owner);
}
EXPORT_SYMBOL_GPL(__mmlab_policy_register);

int mmlab_policy_unregister(const struct mmlab_policy_ops *ops)
{
	return mmlab_policy_table_del(ops);
}
EXPORT_SYMBOL_GPL(mmlab_policy_unregister);

EXPORT_SYMBOL_GPL(mmlab_policy_nr);
EXPORT_SYMBOL_GPL(mmlab_policy_oldest);
EXPORT_SYMBOL_GPL(mmlab_policy_newest);
EXPORT_SYMBOL_GPL(mmlab_policy_newer);
EXPORT_SYMBOL_GPL(mmlab_policy_older);
EXPORT_SYMBOL_GPL(mmlab_policy_young);
EXPORT_SYMBOL_GPL(mmlab_policy_referenced);
EXPORT_SYMBOL_GPL(mmlab_policy_move);
EXPORT_SYMBOL_GPL(mmlab_policy_key);
EXPORT_SYMBOL_GPL(mmlab_policy_set_key);
EXPORT_SYMBOL_GPL(mmlab_policy_state);

/* After the module's exit function, or its init function that failed. */
static int see_module(struct notifier_block *unused, unsigned long state, void *module)
{
	if (state == MODULE_STATE_GOING)
		mmlab_policy_table_del_all(module);
	return NOTIFY_DONE;
}

static struct notifier_block modules = {
	.notifier_call = see_module,
};

int mmlab_policy_api_init(void)
{
	return register_module_notifier(&modules);
}

void mmlab_policy_api_exit(void)
{
	unregister_module_notifier(&modules);
}
