// SPDX-License-Identifier: GPL-2.0
/*
 * Runs cases, keeps what they found and prints it as KTAP.
 */
#include "../core/core_internal.h"
#include "cases.h"

/* Heads each piece of memory; 16 bytes, so that what follows is aligned. */
struct test_memory {
	struct test_memory *next;
	u64 unused;
};

void *mmlab_test_alloc(struct test_ctx *t, size_t size)
{
	struct test_memory *memory = mmlab_test_env_alloc(sizeof(*memory) + size);

	if (!EXPECT(t, memory))
		return NULL;
	memory->next = t->memory;
	t->memory = memory;
	return memory + 1;
}

static void free_memory(struct test_ctx *t)
{
	while (t->memory) {
		struct test_memory *next = t->memory->next;

		mmlab_test_env_free(t->memory);
		t->memory = next;
	}
}

void mmlab_test_fail(struct test_ctx *t, const char *file, int line,
		     const char *what, u64 want, u64 got)
{
	const char *slash = strrchr(file, '/');

	if (t->nr_failures++)
		return;
	snprintf(t->message, sizeof(t->message),
		 "%s:%d: %s: want %lld (0x%llx), got %lld (0x%llx)",
		 slash ? slash + 1 : file, line, what, want, want, got, got);
}

/* A case's sequence does not depend on which other cases run. */
static u64 case_seed(const struct test_plan *plan, const char *name)
{
	u64 seed = TEST_DIGEST_START;

	mmlab_test_digest(&seed, plan->seed);
	while (*name)
		mmlab_test_digest(&seed, (u64)*name++);
	return seed;
}

static bool is_left_out(const struct test_plan *plan, const char *name)
{
	return (plan->only && *plan->only && !strstr(name, plan->only)) ||
	       (plan->first && plan->nr_failed);
}

static void run_case(struct test_plan *plan, const struct test_case *c, u32 nr)
{
	struct test_ctx t = {
		.seed = plan->seed,
		.ops = plan->ops,
		.digest = TEST_DIGEST_START,
	};
	char line[300];

	if (is_left_out(plan, c->name)) {
		snprintf(line, sizeof(line), "ok %u %s # SKIP left out", nr, c->name);
		mmlab_test_env_print(line);
		plan->nr_skipped++;
		return;
	}
	mmlab_test_seed(&t.random, case_seed(plan, c->name));
	c->run(&t);
	free_memory(&t);
	if (!t.nr_checks)
		mmlab_test_fail(&t, __FILE__, __LINE__, "made no expectation", 1, 0);
	if (t.nr_failures) {
		snprintf(line, sizeof(line), "# %s", t.message);
		mmlab_test_env_print(line);
		snprintf(line, sizeof(line), "# %u of %llu expectations not met",
			 t.nr_failures, t.nr_checks);
		mmlab_test_env_print(line);
		plan->nr_failed++;
	} else {
		plan->nr_passed++;
	}
	mmlab_test_digest(&plan->digest, t.digest);
	snprintf(line, sizeof(line), "%s %u %s # digest %016llx, %llu expectations",
		 t.nr_failures ? "not ok" : "ok", nr, c->name, t.digest,
		 t.nr_checks);
	mmlab_test_env_print(line);
	mmlab_test_env_relax();
}

void mmlab_test_run(struct test_plan *plan,
		    const struct test_case *const *units)
{
	const struct test_case *const *u;
	const struct test_case *c;
	char line[120];
	u32 nr = 0;

	plan->nr_passed = 0;
	plan->nr_failed = 0;
	plan->nr_skipped = 0;
	plan->digest = TEST_DIGEST_START;
	for (u = units; *u; u++) {
		for (c = *u; c->name; c++)
			nr++;
	}
	mmlab_test_env_print("KTAP version 1");
	snprintf(line, sizeof(line), "1..%u", nr);
	mmlab_test_env_print(line);
	snprintf(line, sizeof(line), "# seed=%llu ops=%u", plan->seed, plan->ops);
	mmlab_test_env_print(line);
	nr = 0;
	for (u = units; *u; u++) {
		for (c = *u; c->name; c++)
			run_case(plan, c, ++nr);
	}
	snprintf(line, sizeof(line), "# digest %016llx", plan->digest);
	mmlab_test_env_print(line);
	snprintf(line, sizeof(line), "%u passed, %u failed, %u skipped",
		 plan->nr_passed, plan->nr_failed, plan->nr_skipped);
	mmlab_test_env_print(line);
}

void mmlab_test_list(const struct test_case *const *units)
{
	const struct test_case *c;

	for (; *units; units++) {
		for (c = *units; c->name; c++)
			mmlab_test_env_print(c->name);
	}
}
