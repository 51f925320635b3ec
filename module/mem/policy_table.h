/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which policies there are, those that are built in and those of other modules, and for
 * which sets of pages they can be in charge.
 *
 * Lock order: lab_mm.lock -> the table's lock -> lab_lru.lock. A policy is only put in
 * charge under the table's lock. So when one is taken out, the sets that are then
 * looked through are all that it can be in charge of.
 */
#ifndef MMLAB_MEM_POLICY_TABLE_H
#define MMLAB_MEM_POLICY_TABLE_H

#include "../core/policy.h"

struct module;

void mmlab_policy_table_lock(void);
void mmlab_policy_table_unlock(void);

/* The policy of that name, as long as the table is locked; NULL: there is none. */
const struct mmlab_policy_ops *mmlab_policy_table_find_locked(const char *name);

/*
 * Names the policies by @index, from 0 on: those that are built in, the default first, and
 * then the others in the order in which they came. @name: (out) LAB_POLICY_NAME_LEN bytes. 0;
 * -ENOENT: there are no more.
 */
int mmlab_policy_table_name(u32 index, char *name);

/* The set can have any policy of the table, until the default takes over for good. */
void mmlab_policy_table_enter(struct lab_policy_set *set);
void mmlab_policy_table_leave(struct lab_policy_set *set);

/*
 * Adds a policy of another module; the lab keeps a copy of its table. Sleeps; no lab lock
 * held.
 *
 * Return:
 * * 0 - the policy is in the table
 * * -EINVAL - as mmlab_policy_check()
 * * -EEXIST - the name is taken
 * * -ENOMEM - the host has no memory
 */
int mmlab_policy_table_add(const struct mmlab_policy_ops *ops, const struct module *owner);

/*
 * Takes a policy out, by the same table as it was added by. The default takes its place in
 * each set. No function of it runs any more on return. Sleeps; no lab lock held.
 *
 * Return:
 * * 0 - it is gone
 * * -ENOENT - there is no such policy
 */
int mmlab_policy_table_del(const struct mmlab_policy_ops *ops);

/* The same for all policies that a module has left. */
void mmlab_policy_table_del_all(const struct module *owner);

#endif /* MMLAB_MEM_POLICY_TABLE_H */
