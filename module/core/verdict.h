/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a validator found: how many rules are broken and which was the first.
 * Validators detect and write it down; printing and deciding happen elsewhere.
 */
#ifndef MMLAB_CORE_VERDICT_H
#define MMLAB_CORE_VERDICT_H

#include "core_internal.h"

/**
 * struct lab_verdict - result of one or more validators
 * @rule: first broken rule, in words (a string constant), or NULL
 * @where: frame number or linear address at which it broke
 * @want: what should have been there
 * @got: what was there
 * @broken: number of rules found broken
 * @nr_objects: number of structures looked at
 */
struct lab_verdict {
	const char *rule;
	u64 where;
	u64 want;
	u64 got;
	u32 broken;
	u64 nr_objects;
};

/* Notes that @rule is broken at @where unless @want equals @got. */
static inline bool mmlab_verdict_expect(struct lab_verdict *v, const char *rule,
					u64 where, u64 want, u64 got)
{
	if (likely(want == got))
		return true;
	if (!v->broken++) {
		v->rule = rule;
		v->where = where;
		v->want = want;
		v->got = got;
	}
	return false;
}

#endif /* MMLAB_CORE_VERDICT_H */
