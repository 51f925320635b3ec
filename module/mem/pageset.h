/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sets of pages with their lock: what the machine's set and those of single lab
 * processes have in common. Each function takes lab_lru.lock, unless it says that the
 * caller holds it, and reports which rule a policy has broken.
 */
#ifndef MMLAB_MEM_PAGESET_H
#define MMLAB_MEM_PAGESET_H

#include "../core/policy.h"

/*
 * Makes an empty set under the default policy, of any contents but for the lock, which the
 * caller has initialised: so lockdep tells the machine's lock and those of families apart.
 */
void mmlab_pageset_init(struct lab_policy_set *set, u32 owner,
			bool (*young)(struct lab_policy_set *set, u32 pfn));

/* Frees what the set took from the host. It has no page any more. */
void mmlab_pageset_exit(struct lab_policy_set *set);

/* Drops lab_lru.lock, counts pages that moved under it, and reports a policy dismissed under it. */
void mmlab_pageset_unlock(struct lab_policy_set *set);

void mmlab_pageset_add(struct lab_policy_set *set, u32 pfn, u32 lva);
void mmlab_pageset_accessed(struct lab_policy_set *set, u32 pfn);

/* Takes a page out of the set, if it is in it. */
void mmlab_pageset_remove(struct lab_policy_set *set, u32 pfn);

/* Takes all pages out of the set. */
void mmlab_pageset_empty(struct lab_policy_set *set);

/* Puts the pages of a process into its own set, in their order. */
void mmlab_pageset_move(struct lab_policy_set *machine, struct lab_policy_set *own);

/* Is a page in the set, and not isolated? */
bool mmlab_pageset_has(struct lab_policy_set *set, u32 pfn);

/* -ENOENT: there is no policy of that name. */
int mmlab_pageset_find(const char *name);

/*
 * Puts a policy of the table in charge, or with "" only asks. @current_name: (out)
 * LAB_POLICY_NAME_LEN bytes: which one is in charge now.
 *
 * Return:
 * * 0 - @current_name is set
 * * -ENOENT - there is no such policy
 * * -ENOMEM - the host has no memory
 */
int mmlab_pageset_choose(struct lab_policy_set *set, const char *name,
			 char *current_name);

/* Time has passed. */
void mmlab_pageset_tick(struct lab_policy_set *set);

/*
 * The end of a round: victims that could not go are put back. Not before, or they would
 * be chosen again.
 */
void mmlab_pageset_end_round(struct lab_policy_set *set);

#endif /* MMLAB_MEM_PAGESET_H */
