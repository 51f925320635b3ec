/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Verdicts: how many rules validators found broken, and the first one. A validator only
 * fills in a verdict; its caller prints it and decides what to do.
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

/* Adds a broken rule to the verdict unless @want equals @got. */
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
