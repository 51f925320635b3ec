/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stands in for module/test/random.h, with the same guard and force-included: all
 * that a random sequence decides, the fuzzer decides. A decision takes as few
 * bytes of the input as it can; when they are used up, a fixed generator goes on.
 */
#ifndef MMLAB_TEST_RANDOM_H
#define MMLAB_TEST_RANDOM_H

#define TEST_DIGEST_START	0xcbf29ce484222325ULL

/* smaller than else: comparing all of it takes most of the time */
#define TEST_NR_TABLES		2U

struct test_random {
	u64 state;
};

/* The rest of the input; in fuzz_core.c. */
extern const u8 *fuzz_input;
extern size_t fuzz_left;

static inline void mmlab_test_seed(struct test_random *r, u64 seed)
{
	r->state = 0x9e3779b97f4a7c15ULL;
}

/* A number of @nr_bytes bytes, from the input as long as it lasts. */
static inline u32 fuzz_number(struct test_random *r, unsigned int nr_bytes)
{
	u32 number = 0;

	while (nr_bytes--) {
		number <<= 8;
		if (fuzz_left) {
			number |= *fuzz_input++;
			fuzz_left--;
		} else {
			r->state = r->state * 6364136223846793005ULL + 1;
			number |= (u8)(r->state >> 56);
		}
	}
	return number;
}

static inline u32 mmlab_test_random(struct test_random *r)
{
	return fuzz_number(r, 4);
}

static inline u32 mmlab_test_below(struct test_random *r, u32 limit)
{
	return fuzz_number(r, limit <= 0x100 ? 1 : limit <= 0x10000 ? 2 : 4) % limit;
}

/* A failure point: one byte of 32 makes it fail. */
static inline bool mmlab_test_fails(struct test_random *r)
{
	return fuzz_left && !mmlab_test_below(r, 32);
}

/* Digests compare two worlds; here there is one. */
static inline void mmlab_test_digest(u64 *digest, u64 value)
{
	*digest += value;
}

#endif /* MMLAB_TEST_RANDOM_H */
