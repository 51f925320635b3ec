// SPDX-License-Identifier: GPL-2.0
/*
 * The core under libFuzzer. The input is a sequence of operations: its first byte
 * says on which part of the core, and all others take the place of the random
 * numbers of that part's random case (fuzz_random.h), failure points included.
 * The case compares the core with its naive oracle: a difference is a crash.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include <sanitizer/asan_interface.h>

#include "host.h"

#define POOL_BYTES	(32UL << 20)
#define LARGE_BYTES	(1UL << 20)	/* pages of their own, seldom all touched */
#define GAP_BYTES	64UL		/* between two pieces; may not be touched */

const u8 *fuzz_input;
size_t fuzz_left;

/**
 * struct target - a random case, and how many operations an input is good for
 * @units: array that it is in
 * @name: case
 * @scale: the case divides test_ctx.ops by it
 * @nr_bytes: of input for one operation, about
 */
static const struct target {
	const struct test_case *units;
	const char *name;
	u32 scale;
	u32 nr_bytes;
} targets[] = {
	{ mmlab_test_buddy_random, "buddy_random_4", 2, 4 },
	{ mmlab_test_pgtable_random, "pgtable_random", 4, 6 },
	{ mmlab_test_vma_random, "vma_random_low", 4, 5 },
	{ mmlab_test_vma_random, "vma_random_high", 4, 5 },
	{ mmlab_test_vmalloc, "vmalloc_random", 50, 5 },
	{ mmlab_test_slab_random, "slab_random", 1, 9 },
	{ mmlab_test_lru, "lru_random", 20, 4 },
	{ mmlab_test_policy_wrong, "policy_anything", 20, 6 },
	{ mmlab_test_swapmap, "swapmap_random", 4, 4 },
	{ mmlab_test_fork, "fork_random", 10, 4 },
};

/*
 * The cases' memory: one piece after the other in a pool that is used again for the next
 * input, as calloc() would take most of the time.
 */
static u8 *pool;
static size_t pool_used;

void *mmlab_test_env_alloc(size_t size)
{
	bool large = size >= LARGE_BYTES;
	size_t bytes = round_up(size, large ? PAGE_SIZE : 16UL);
	u8 *piece;

	if (large)
		pool_used = round_up(pool_used, PAGE_SIZE);
	if (bytes + GAP_BYTES > POOL_BYTES - pool_used)
		return NULL;
	piece = pool + pool_used;
	pool_used += bytes + GAP_BYTES;
	ASAN_UNPOISON_MEMORY_REGION(piece, size);
	if (large)
		madvise(piece, bytes, MADV_DONTNEED);
	else
		memset(piece, 0, size);
	return piece;
}

void mmlab_test_env_free(void *memory)
{
}

void mmlab_test_env_relax(void)
{
}

/* Prints the messages of failed cases only. */
void mmlab_test_env_print(const char *line)
{
	if (!strncmp(line, "not ok", 6) || (*line == '#' && strstr(line, "want ")))
		fprintf(stderr, "%s\n", line);
}

static void new_pool(void)
{
	if (!pool) {
		pool = mmap(NULL, POOL_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (pool == MAP_FAILED)
			abort();
		pool_used = POOL_BYTES;
	}
	ASAN_POISON_MEMORY_REGION(pool, pool_used);
	pool_used = 0;
}

static const struct test_case *find_case(const struct target *target)
{
	const struct test_case *c = target->units;

	while (c->name && strcmp(c->name, target->name))
		c++;
	return c;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct test_case cases[2] = {};
	const struct test_case *const units[] = { cases, NULL };
	const struct target *target;
	struct test_plan plan = {};

	if (!size)
		return 0;
	target = &targets[data[0] % ARRAY_SIZE(targets)];
	fuzz_input = data + 1;
	fuzz_left = size - 1;
	cases[0] = *find_case(target);
	plan.ops = target->scale * (1 + (u32)fuzz_left / target->nr_bytes);
	new_pool();
	mmlab_test_run(&plan, units);
	if (!mmlab_test_passed(&plan) || shim_nr_warnings) {
		fprintf(stderr, "%s: core and oracle differ\n", target->name);
		abort();
	}
	return 0;
}
