/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers that are the same in the kernel and in userland: a generator
 * (xorshift64*, Vigna 2016) and a digest (FNV-1a, 64 bits).
 */
#ifndef MMLAB_TEST_RANDOM_H
#define MMLAB_TEST_RANDOM_H

#include "../core/core_internal.h"

#define TEST_DIGEST_START	0xcbf29ce484222325ULL

struct test_random {
	u64 state;
};

static inline void mmlab_test_seed(struct test_random *r, u64 seed)
{
	/* the state must not be 0, and small seeds should look different */
	r->state = (seed + 1) * 0x9e3779b97f4a7c15ULL;
	if (!r->state)
		r->state = 1;
}

static inline u32 mmlab_test_random(struct test_random *r)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return (u32)((r->state * 0x2545f4914f6cdd1dULL) >> 32);
}

/* A number of 0 ... @limit - 1. */
static inline u32 mmlab_test_below(struct test_random *r, u32 limit)
{
	return (u32)(((u64)mmlab_test_random(r) * limit) >> 32);
}

/*
 * A failure point: should the next thing fail though it need not? Never, but under
 * the fuzzer, which has another file in the place of this one.
 */
static inline bool mmlab_test_fails(struct test_random *r)
{
	return false;
}

static inline void mmlab_test_digest(u64 *digest, u64 value)
{
	unsigned int i;

	for (i = 0; i < 8; i++) {
		*digest ^= (value >> (8 * i)) & 0xff;
		*digest *= 0x100000001b3ULL;
	}
}

#endif /* MMLAB_TEST_RANDOM_H */
