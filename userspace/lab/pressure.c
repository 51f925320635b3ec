// SPDX-License-Identifier: GPL-2.0
/* A limit, a policy and a TLB for a lab process. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "libmmlab.h"
#include "pressure.h"

int pressure_option(const struct command *cmd, int option, struct pressure *pressure)
{
	uint64_t number;

	if (option == PRESSURE_LIMIT) {
		if (!cli_parse_number(optarg, UINT32_MAX, &number))
			return cli_usage(cmd, "--limit takes a number of pages, not '%s'", optarg);
		pressure->limit = (uint32_t)number;
		pressure->has_limit = true;
	} else if (option == PRESSURE_TLB) {
		if (!cli_parse_number(optarg, MMLAB_TLB_MAX, &number))
			return cli_usage(cmd, "--tlb is 0 to %d, not '%s'", MMLAB_TLB_MAX, optarg);
		pressure->tlb = (uint32_t)number;
		pressure->has_tlb = true;
	} else if (option == PRESSURE_POLICY) {
		if (!*optarg || strlen(optarg) >= MMLAB_POLICY_MAX)
			return cli_usage(cmd, "'%s' is no name of a policy", optarg);
		pressure->policy = optarg;
	}
	return CLI_OK;
}

bool pressure_wanted(const struct pressure *pressure)
{
	return pressure->has_limit || pressure->has_tlb || pressure->policy;
}

static int fail(int error, const char *what)
{
	const char *cure = NULL;

	if (error == -ENXIO)
		cure = "A page that goes needs a place: mmlab swapon makes a swap area";
	else if (error == -ENOENT)
		cure = "There are two-lists, fifo, clock, lru, mru, nfu, random";
	else if (error == -ENOTTY)
		cure = "The module is older than this mmlab: build both from the same source";
	return cli_fail(error, cure, "%s", what);
}

int pressure_apply(const struct session *session, const struct pressure *pressure)
{
	struct mmlab_policy policy = { .flags = MMLAB_POLICY_OWN };
	struct mmlab_limit limit = { .nr_pages = pressure->limit };
	struct mmlab_tlb tlb = { .nr_entries = pressure->tlb };
	int error;

	if (pressure->policy) {
		memcpy(policy.name, pressure->policy, strlen(pressure->policy));
		error = mmlab_choose_policy(session->fd, &policy);
		if (error)
			return fail(error, pressure->policy);
	}
	error = pressure->has_tlb ? mmlab_limit_entries(session->fd, &tlb) : 0;
	if (error)
		return fail(error, "--tlb");
	error = pressure->has_limit ? mmlab_limit_pages(session->fd, &limit) : 0;
	if (error)
		return fail(error, "--limit");
	if (pressure->limit && limit.nr_resident > pressure->limit)
		fprintf(stderr, "mmlab: %u pages stay: they are pinned, or swap is full\n",
			limit.nr_resident);
	return CLI_OK;
}

int pressure_print(const struct session *session)
{
	struct mmlab_policy policy = { .flags = MMLAB_POLICY_OWN };
	struct mmlab_limit limit = { .flags = MMLAB_LIMIT_ASK };
	struct mmlab_tlb tlb = { .flags = MMLAB_TLB_ASK };
	int error = mmlab_limit_pages(session->fd, &limit);

	if (!error)
		error = mmlab_choose_policy(session->fd, &policy);
	if (!error)
		error = mmlab_limit_entries(session->fd, &tlb);
	if (error)
		return fail(error, "asking");
	printf("lab process %u: %u pages in frames", session->info.lab_pid, limit.nr_resident);
	if (limit.nr_pages)
		printf(", the limit is %u", limit.nr_pages);
	printf("; policy %.*s; ", (int)sizeof(policy.name), policy.name);
	if (tlb.nr_entries)
		printf("%u host entries at most\n", tlb.nr_entries);
	else
		printf("any number of host entries\n");
	return CLI_OK;
}
