/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test cases of the core. The same sources run in userland
 * (selftests/host) and in the kernel (mmlab_test.ko), and the same seed gives
 * the same digest in both.
 *
 * A case is a function that makes expectations. The first one that fails is
 * kept with its place and its values; a case that made none has failed too.
 */
#ifndef MMLAB_TEST_CASES_H
#define MMLAB_TEST_CASES_H

#include "../core/buddy.h"
#include "../core/core_internal.h"
#include "random.h"

struct test_memory;

/**
 * struct test_ctx - one case at work
 * @seed: what the user gave
 * @ops: operations that a random sequence should make
 * @random: generator, seeded by @seed and the case's name
 * @digest: of everything that the case noted
 * @nr_checks: expectations made
 * @nr_failures: expectations not met
 * @message: the first one of these
 * @memory: freed after the case
 */
struct test_ctx {
	u64 seed;
	u32 ops;
	struct test_random random;
	u64 digest;
	u64 nr_checks;
	u32 nr_failures;
	char message[200];
	struct test_memory *memory;
};

struct test_case {
	const char *name;
	void (*run)(struct test_ctx *t);
};

/* The cases of each unit; an entry without name ends the array. */
extern const struct test_case mmlab_test_frame[];
extern const struct test_case mmlab_test_buddy[];
extern const struct test_case mmlab_test_buddy_random[];
extern const struct test_case mmlab_test_pgtable[];
extern const struct test_case mmlab_test_pgtable_entry[];
extern const struct test_case mmlab_test_pgtable_random[];
extern const struct test_case mmlab_test_vma[];
extern const struct test_case mmlab_test_vma_room[];
extern const struct test_case mmlab_test_vma_random[];
extern const struct test_case mmlab_test_vmalloc[];
extern const struct test_case mmlab_test_slab[];
extern const struct test_case mmlab_test_slab_find[];
extern const struct test_case mmlab_test_slab_debug[];
extern const struct test_case mmlab_test_slab_random[];
extern const struct test_case mmlab_test_rules[];
extern const struct test_case mmlab_test_slab_rules[];
extern const struct test_case mmlab_test_lru[];
extern const struct test_case mmlab_test_policy[];
extern const struct test_case mmlab_test_policy_books[];
extern const struct test_case mmlab_test_policy_wrong[];
extern const struct test_case mmlab_test_swapmap[];
extern const struct test_case mmlab_test_fork[];

/* The same for what mmlab.ko offers to other modules (mmlab_mem_test.ko). */
extern const struct test_case mmlab_test_mem[];
extern const struct test_case mmlab_test_mem_pages[];
extern const struct test_case mmlab_test_mem_cache[];
extern const struct test_case mmlab_test_mem_threads[];
extern const struct test_case mmlab_test_mem_end[];

/*
 * All units of the core, in the order of the digest; the last one is NULL. In
 * mmlab_mem_test.ko, its own ones.
 */
extern const struct test_case *const mmlab_test_units[];

/**
 * struct test_plan - what to run, and what came of it
 * @seed: for random sequences
 * @ops: length of the random sequences
 * @only: run the cases with this text in their name; NULL or "": all
 * @first: leave out what follows the first case that fails
 * @nr_passed: (out) cases
 * @nr_failed: (out) cases
 * @nr_skipped: (out) cases that @only or @first leave out
 * @digest: (out) of all cases that ran
 */
struct test_plan {
	u64 seed;
	u32 ops;
	const char *only;
	bool first;
	u32 nr_passed;
	u32 nr_failed;
	u32 nr_skipped;
	u64 digest;
};

/* Runs @units as @plan says and prints KTAP; zeroes the results before. */
void mmlab_test_run(struct test_plan *plan,
		    const struct test_case *const *units);

/* Prints the names of all cases. */
void mmlab_test_list(const struct test_case *const *units);

/* Counts as a failure: nothing ran, or something failed. */
static inline bool mmlab_test_passed(const struct test_plan *plan)
{
	return plan->nr_passed && !plan->nr_failed;
}

void mmlab_test_fail(struct test_ctx *t, const char *file, int line,
		     const char *what, u64 want, u64 got);

static inline bool mmlab_test_expect(struct test_ctx *t, const char *file,
				     int line, const char *what, u64 want,
				     u64 got)
{
	t->nr_checks++;
	if (likely(want == got))
		return true;
	mmlab_test_fail(t, file, line, what, want, got);
	return false;
}

/*
 * Both are values that tell whether the expectation was met. Any number will do, also one of
 * a type that sparse keeps from others.
 */
#define EXPECT_EQ(t, want, got) \
	mmlab_test_expect(t, __FILE__, __LINE__, #got, (__force u64)(want), \
			  (__force u64)(got))
#define EXPECT(t, condition) \
	mmlab_test_expect(t, __FILE__, __LINE__, #condition, 1, !!(condition))

/* Zeroed memory that is freed after the case; NULL, which is noted as a failure. */
void *mmlab_test_alloc(struct test_ctx *t, size_t size);

/* What init gets may be memory that was used before: it may count on no byte. */
static inline void mmlab_test_poison(void *object, size_t size)
{
	memset(object, 0xa5, size);
}

/*
 * An arena fresh from mmlab_buddy_init(), freed after the case; NULL for lack of memory.
 * @mapped: the frames have memory, as page tables need it.
 */
struct lab_machine *mmlab_test_machine(struct test_ctx *t, u32 nr_frames,
				       bool mapped);

/* Frames of an arena of so many MiB. */
static inline u32 mmlab_test_mib(u32 mib)
{
	return mib << (20 - PAGE_SHIFT);
}

/* mmlab_buddy_alloc() of a block with use USE_BLOCK, so that validators agree. */
u32 mmlab_test_alloc_block(struct lab_machine *m, unsigned int order,
			   lab_gfp_t flags);

/* A user page that is on no list and not mapped; 0, noted as a failure: none left. */
u32 mmlab_test_user_page(struct test_ctx *t, struct lab_machine *m, u32 owner);

/* Frames and free lists are as their validators want them. */
void mmlab_test_sound(struct test_ctx *t, struct lab_machine *m);

/*
 * The first rule that a validator found broken is @rule, with these numbers. @nr: which damage
 * it is, for the message.
 */
void mmlab_test_broken(struct test_ctx *t, const struct lab_verdict *v, u32 nr,
		       const char *rule, u64 where, u64 want, u64 got);

struct lab_slab_cache;

/* Gives a cache another slab; returns its first frame, or PFN_NONE, noted as a failure. */
u32 mmlab_test_grow(struct test_ctx *t, struct lab_machine *m,
		    struct lab_slab_cache *c);

/* Frees slabs that a cache let go, linked by their @next; returns how many. */
u32 mmlab_test_free_slabs(struct lab_machine *m, u32 pfn);

/* A cache's slabs are as their validator wants them. */
void mmlab_test_slab_sound(struct test_ctx *t, struct lab_machine *m,
			   struct lab_slab_cache *c);

/* The next number of the case's generator, below @limit. */
static inline u32 test_below(struct test_ctx *t, u32 limit)
{
	return mmlab_test_below(&t->random, limit);
}

static inline void test_note(struct test_ctx *t, u64 value)
{
	mmlab_test_digest(&t->digest, value);
}

/* What the tracepoints buddy_split and buddy_merge tell, in their order. */
struct test_event {
	bool merge;
	u32 pfn;
	u32 order;
	u32 buddy;
};

/* @nr: events, of which those that fit are kept; the case empties it */
struct test_events {
	u32 nr;
	struct test_event event[4096];
};

/* What each of the two worlds provides. */
void *mmlab_test_env_alloc(size_t size);	/* zeroed */
void mmlab_test_env_free(void *memory);
void mmlab_test_env_relax(void);		/* called often: others may run */
void mmlab_test_env_print(const char *line);	/* without newline */

/*
 * The core's tracepoints tell @events from now on; NULL: nothing. False: they tell nothing
 * here, as in mmlab_test.ko, which has none.
 */
bool mmlab_test_env_record(struct test_events *events);

#endif /* MMLAB_TEST_CASES_H */
