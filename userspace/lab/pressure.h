/* SPDX-License-Identifier: GPL-2.0 */
/* Options --limit, --policy and --tlb: what a lab process has of its own under pressure. */
#ifndef PRESSURE_H
#define PRESSURE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/cli.h"
#include "cli/session.h"

struct pressure {
	bool has_limit, has_tlb;
	uint32_t limit, tlb;	/* 0: none */
	const char *policy;	/* or NULL */
};

/* The values that getopt returns for them, which are no characters. */
enum { PRESSURE_LIMIT = 256, PRESSURE_POLICY, PRESSURE_TLB };

#define PRESSURE_OPTION_LIMIT	{ "limit", required_argument, NULL, PRESSURE_LIMIT }
#define PRESSURE_OPTION_POLICY	{ "policy", required_argument, NULL, PRESSURE_POLICY }
#define PRESSURE_OPTION_TLB	{ "tlb", required_argument, NULL, PRESSURE_TLB }

#define PRESSURE_HELP \
"  --limit N       at most N pages in frames at a time, 0: any number. Another page\n" \
"                  of the process goes for each one more. Needs a swap area\n" \
"  --policy NAME   a policy of its own decides which (mmlab policy has the names)\n" \
"  --tlb K         at most K entries in the host's page tables, 0: any number. With\n" \
"                  few, the lab sees more touches; a program needs 4\n"

/* Takes one of these options. Return: CLI_OK, also if it is none of them; CLI_USAGE */
int pressure_option(const struct command *cmd, int option, struct pressure *pressure);

bool pressure_wanted(const struct pressure *pressure);

/* Has them applied to a lab process. Return: CLI_OK or an exit status */
int pressure_apply(const struct session *session, const struct pressure *pressure);

/* What is in force, in one line on stdout. Return: CLI_OK or an exit status */
int pressure_print(const struct session *session);

#endif /* PRESSURE_H */
