// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the cases of module/test in userland. Options are those of the module:
 * seed=, ops=, only=; also first, which ends a run at the first failure, list, and
 * shim or threads for cases of these instead.
 */
#include "host.h"

static const struct test_case *const shim_units[] = {
	mmlab_host_shim,
	NULL
};

static const struct test_case *const threads_units[] = {
	mmlab_host_threads,
	mmlab_host_slab_threads,
	NULL
};

/* One option; false if it is none. */
static bool parse(const char *option, struct test_plan *plan,
		  const struct test_case *const **units, bool *list)
{
	u64 number;

	if (!strncmp(option, "seed=", 5))
		return mmlab_host_parse_number(option + 5, ~0ULL, &plan->seed);
	if (!strncmp(option, "ops=", 4)) {
		if (!mmlab_host_parse_number(option + 4, U32_MAX, &number))
			return false;
		plan->ops = (u32)number;
		return true;
	}
	if (!strncmp(option, "only=", 5))
		plan->only = option + 5;
	else if (!strcmp(option, "shim"))
		*units = shim_units;
	else if (!strcmp(option, "threads"))
		*units = threads_units;
	else if (!strcmp(option, "first"))
		plan->first = true;
	else if (!strcmp(option, "list"))
		*list = true;
	else
		return false;
	return true;
}

int main(int argc, char **argv)
{
	struct test_plan plan = { .seed = 1, .ops = 1000000 };
	const struct test_case *const *units = mmlab_test_units;
	bool list = false;
	int i;

	for (i = 1; i < argc; i++) {
		if (!parse(argv[i], &plan, &units, &list)) {
			fprintf(stderr, "%s: cannot understand '%s'\n"
				"usage: %s [seed=N] [ops=N] [only=PART-OF-NAME] [first] [shim|threads] [list]\n",
				argv[0], argv[i], argv[0]);
			return 2;
		}
	}
	if (list) {
		mmlab_test_list(units);
		return 0;
	}
	mmlab_test_run(&plan, units);
	if (shim_nr_warnings) {
		fprintf(stderr, "%s: %u warnings, see above\n", argv[0],
			shim_nr_warnings);
		return 1;
	}
	if (!plan.nr_passed && !plan.nr_failed)
		fprintf(stderr, "%s: no case's name contains '%s', see list\n",
			argv[0], plan.only);
	return mmlab_test_passed(&plan) ? 0 : 1;
}
