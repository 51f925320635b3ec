// SPDX-License-Identifier: GPL-2.0
/*
 * Policies by name: see policy_table.h.
 */
#define pr_fmt(fmt) "mmlab: " fmt

#include <linux/printk.h>
#include <linux/slab.h>

#include "policy_table.h"

/**
 * struct lab_policy_entry - a policy of another module
 * @ops: a copy of its table, with @name
 * @name: its name
 * @theirs: the table, as the module knows it; not read any more
 * @owner: the module
 * @list: on the list of all
 */
struct lab_policy_entry {
	struct mmlab_policy_ops ops;
	char name[LAB_POLICY_NAME_LEN];
	const struct mmlab_policy_ops *theirs;
	const struct module *owner;
	struct list_head list;
};

static DEFINE_MUTEX(table_lock);
static LIST_HEAD(entries);
static LIST_HEAD(sets);

void mmlab_policy_table_lock(void)
{
	mutex_lock(&table_lock);
}

void mmlab_policy_table_unlock(void)
{
	mutex_unlock(&table_lock);
}

static const struct mmlab_policy_ops *at_locked(u32 index)
{
	const struct lab_policy_entry *entry;
	u32 i;

	lockdep_assert_held(&table_lock);
	for (i = 0; mmlab_policies[i]; i++)
		if (i == index)
			return mmlab_policies[i];
	list_for_each_entry(entry, &entries, list)
		if (i++ == index)
			return &entry->ops;
	return NULL;
}

const struct mmlab_policy_ops *mmlab_policy_table_find_locked(const char *name)
{
	const struct mmlab_policy_ops *ops;
	u32 i;

	lockdep_assert_held(&table_lock);
	for (i = 0; (ops = at_locked(i)) != NULL; i++)
		if (!strcmp(ops->name, name))
			return ops;
	return NULL;
}

int mmlab_policy_table_name(u32 index, char *name)
{
	const struct mmlab_policy_ops *ops;

	memset(name, 0, LAB_POLICY_NAME_LEN);
	mutex_lock(&table_lock);
	ops = at_locked(index);
	if (ops)
		strscpy(name, ops->name, LAB_POLICY_NAME_LEN);
	mutex_unlock(&table_lock);
	return ops ? 0 : -ENOENT;
}

void mmlab_policy_table_enter(struct lab_policy_set *set)
{
	mutex_lock(&table_lock);
	list_add_tail(&set->sets, &sets);
	mutex_unlock(&table_lock);
}

void mmlab_policy_table_leave(struct lab_policy_set *set)
{
	mutex_lock(&table_lock);
	list_del(&set->sets);
	mutex_lock(&set->lru.lock);
	mmlab_policy_choose(set, set->fallback);
	mutex_unlock(&set->lru.lock);
	mutex_unlock(&table_lock);
}

static int add_policy_locked(struct lab_policy_entry *entry)
{
	lockdep_assert_held(&table_lock);
	if (mmlab_policy_table_find_locked(entry->name))
		return -EEXIST;
	list_add_tail(&entry->list, &entries);
	return 0;
}

int mmlab_policy_table_add(const struct mmlab_policy_ops *ops, const struct module *owner)
{
	struct lab_policy_entry *entry;
	int err = mmlab_policy_check(ops);

	if (err)
		return err;
	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return -ENOMEM;
	entry->ops = *ops;
	strscpy(entry->name, ops->name, sizeof(entry->name));
	entry->ops.name = entry->name;
	entry->theirs = ops;
	entry->owner = owner;
	mutex_lock(&table_lock);
	err = add_policy_locked(entry);
	mutex_unlock(&table_lock);
	if (err)
		kfree(entry);
	return err;
}

static void del_locked(struct lab_policy_entry *entry)
{
	struct lab_policy_set *set;
	u32 nr = 0;

	lockdep_assert_held(&table_lock);
	list_del(&entry->list);
	list_for_each_entry(set, &sets, sets) {
		mutex_lock(&set->lru.lock);
		nr += mmlab_policy_leave(set, &entry->ops);
		mutex_unlock(&set->lru.lock);
	}
	if (nr)
		pr_info("policy %s has left while it was in charge, %s takes over\n",
			entry->name, mmlab_policies[0]->name);
	kfree(entry);
}

int mmlab_policy_table_del(const struct mmlab_policy_ops *ops)
{
	struct lab_policy_entry *entry, *found = NULL;

	mutex_lock(&table_lock);
	list_for_each_entry(entry, &entries, list)
		if (entry->theirs == ops)
			found = entry;
	if (found)
		del_locked(found);
	mutex_unlock(&table_lock);
	return found ? 0 : -ENOENT;
}

void mmlab_policy_table_del_all(const struct module *owner)
{
	struct lab_policy_entry *entry, *next;

	mutex_lock(&table_lock);
	list_for_each_entry_safe(entry, next, &entries, list)
		if (entry->owner == owner)
			del_locked(entry);
	mutex_unlock(&table_lock);
}
