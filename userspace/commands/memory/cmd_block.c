// SPDX-License-Identifier: GPL-2.0
/* run, alloc, free: lab processes and the blocks of pages that they own. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/session.h"
#include "libmmlab.h"

static int run_run(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = { CLI_OPTION_HELP, { 0 } };
	struct session session;
	int status;

	while (cli_option(cmd, argc, argv, "+h", longs) != -1)
		;
	status = session_open_new(&session);
	if (status)
		return status;
	fprintf(stderr, "lab process %u (descriptor %d); it ends with the command\n",
		session.info.lab_pid, session.fd);
	return session_exec(&session, argv + optind);
}

const struct command cmd_run = {
	.name = "run",
	.args = "[--] [COMMAND [ARGUMENT…]]",
	.summary = "Start a command (or a shell) that is one lab process",
	.help =
"Opens the device, which makes a lab process, and becomes COMMAND, or $SHELL.\n"
"Every mmlab command started in there works in the same lab process: it finds\n"
"the descriptor in $MMLAB_FD. So regions and blocks last from one command to\n"
"the next, until the session ends. $MMLAB_PID is the lab process's number.\n"
"\n"
"Example:\n"
"  mmlab run\n"
"  $ mmlab touch 0x10000000 64K --write 0x41\n"
"  $ mmlab walk 0x10000000\n"
"  $ exit\n"
"\n"
"Exit status: that of COMMAND; 126 or 127 if it can't be started.\n",
	.run = run_run,
};

struct request {
	uint64_t order, count, seconds;
	unsigned int zone;
	bool hold, json;
};

static int parse_zone(const char *text, unsigned int *zone)
{
	for (*zone = 0; *zone < MMLAB_NR_ZONES; ++*zone)
		if (!strcasecmp(text, session_zone_name(*zone)))
			return 0;
	return -EINVAL;
}

static int parse_request(const struct command *cmd, int argc, char **argv,
			 struct request *want)
{
	static const struct option longs[] = {
		{ "order", required_argument, NULL, 'o' },
		{ "zone", required_argument, NULL, 'z' },
		{ "count", required_argument, NULL, 'c' },
		{ "hold", required_argument, NULL, 'H' },
		CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 }
	};
	int option;

	*want = (struct request){ .count = 1, .zone = MMLAB_ZONE_NORMAL };
	while ((option = cli_option(cmd, argc, argv, "+o:z:c:H:jh", longs)) != -1) {
		if (option == 'j')
			want->json = true;
		else if (option == 'o' &&
			 !cli_parse_number(optarg, MMLAB_NR_ORDERS - 1, &want->order))
			return cli_usage(cmd, "--order is 0 to %d, not '%s'",
					 MMLAB_NR_ORDERS - 1, optarg);
		else if (option == 'z' && parse_zone(optarg, &want->zone))
			return cli_usage(cmd, "--zone is dma or normal, not '%s'", optarg);
		else if (option == 'c' &&
			 (!cli_parse_number(optarg, 1 << 20, &want->count) || !want->count))
			return cli_usage(cmd, "--count is 1 to %d, not '%s'", 1 << 20, optarg);
		else if (option == 'H' && !cli_parse_number(optarg, 1000000, &want->seconds))
			return cli_usage(cmd, "--hold takes seconds, not '%s'", optarg);
		if (option == 'H')
			want->hold = true;
	}
	if (want->hold && optind < argc)
		return cli_usage(cmd, "either --hold or a command holds the blocks, not both");
	return CLI_OK;
}

static int alloc_blocks(struct session *session, const struct request *want,
			struct mmlab_block *blocks)
{
	uint64_t i;

	for (i = 0; i < want->count; i++) {
		int error;

		blocks[i] = (struct mmlab_block){ .order = (__u32)want->order,
						  .zone = want->zone };
		error = mmlab_alloc_block(session->fd, &blocks[i]);
		if (!error)
			continue;
		cli_fail(error, error == -ENOMEM ?
			 "No such block is left: mmlab info buddyinfo shows what is" : NULL,
			 "block %" PRIu64 " of %" PRIu64 " of order %" PRIu64 " in zone %s",
			 i + 1, want->count, want->order, session_zone_name(want->zone));
		while (i--) {
			struct mmlab_block back = { .order = blocks[i].order,
						    .phys = blocks[i].phys };

			mmlab_free_block(session->fd, &back);
		}
		return CLI_FAILED;
	}
	return CLI_OK;
}

static void print_blocks(const struct session *session, const struct request *want,
			 const struct mmlab_block *blocks)
{
	unsigned long page_size = 1UL << session->info.page_shift;
	uint64_t i;

	printf("%-12s %-12s %-8s %-6s %5s %8s\n",
	       "PHYSICAL", "LINEAR", "FRAME", "ZONE", "ORDER", "KB");
	for (i = 0; i < want->count; i++)
		printf("0x%08" PRIx64 "   0x%08x   %-8" PRIu64 " %-6s %5u %8lu\n",
		       (uint64_t)blocks[i].phys, blocks[i].lva,
		       (uint64_t)blocks[i].phys >> session->info.page_shift,
		       session_zone_name(blocks[i].got_zone), blocks[i].order,
		       (page_size << blocks[i].order) / 1024);
}

static void print_blocks_json(const struct session *session, const struct request *want,
			      const struct mmlab_block *blocks)
{
	uint64_t i;

	json_object_begin(NULL);
	json_number("lab_pid", session->info.lab_pid);
	json_array_begin("blocks");
	for (i = 0; i < want->count; i++) {
		json_object_begin(NULL);
		json_number("phys", blocks[i].phys);
		json_number("linear", blocks[i].lva);
		json_number("frame", blocks[i].phys >> session->info.page_shift);
		json_string("zone", session_zone_name(blocks[i].got_zone));
		json_number("order", blocks[i].order);
		json_number("bytes", (1ULL << session->info.page_shift) << blocks[i].order);
		json_object_end();
	}
	json_array_end();
	json_object_end();
}

static int run_alloc(const struct command *cmd, int argc, char **argv)
{
	struct mmlab_block *blocks;
	struct session session;
	struct request want;
	int status = parse_request(cmd, argc, argv, &want);

	if (status)
		return status;
	status = session_open(&session);
	if (status)
		return status;
	blocks = calloc(want.count, sizeof(*blocks));
	if (!blocks) {
		session_close(&session);
		return cli_fail(ENOMEM, NULL, "a list of blocks");
	}
	status = alloc_blocks(&session, &want, blocks);
	if (status)
		session_close(&session);
	else if (want.json)
		print_blocks_json(&session, &want, blocks);
	else
		print_blocks(&session, &want, blocks);
	free(blocks);
	return status ? status : session_stay(&session, &(struct session_stay){
		.things = "blocks", .undo = "mmlab free PHYSICAL/ORDER",
		.hold = want.hold, .seconds = (unsigned int)want.seconds,
		.argv = argv + optind });
}

const struct command cmd_alloc = {
	.name = "alloc",
	.args = "[OPTION…] [--] [COMMAND [ARGUMENT…]]",
	.summary = "Allocate blocks of pages and show what you got",
	.help =
"A block is 2^ORDER frames in a row and belongs to the lab process that\n"
"allocated it. So it lasts as long as that: to the end of the session in\n"
"`mmlab run`; else while COMMAND runs or --hold lasts; else it is shown and\n"
"freed at exit.\n"
"\n"
"  --order N      0 to 10 (0)\n"
"  --zone normal|dma\n"
"                 normal falls back to dma (normal)\n"
"  --count N      so many blocks, all or none (1)\n"
"  --hold SECONDS keep them so long\n"
"  --json         the blocks as JSON; numbers in bytes and frames\n"
"\n"
"Examples:\n"
"  mmlab alloc --order 3 --hold 10\n"
"  mmlab alloc --order 10 --zone dma -- mmlab info buddyinfo\n"
"\n"
"Exit status: 0 done, 1 no such block left, 2 usage, 3 module not loaded,\n"
"4 permission; with COMMAND, that of COMMAND.\n",
	.run = run_alloc,
};

/* PHYS or PHYS/ORDER */
static bool parse_block(char *text, uint64_t order, struct mmlab_block *block)
{
	char *slash = strchr(text, '/');
	uint64_t phys;
	bool good;

	if (slash)
		*slash = '\0';
	good = cli_parse_number(text, UINT64_MAX, &phys) &&
	       (!slash || cli_parse_number(slash + 1, MMLAB_NR_ORDERS - 1, &order));
	if (slash)
		*slash = '/';
	*block = (struct mmlab_block){ .phys = phys, .order = (__u32)order };
	return good;
}

static int free_one(struct session *session, struct mmlab_block *block)
{
	int error = mmlab_free_block(session->fd, block);
	const char *reason = strerror(-error);

	if (!error) {
		printf("freed 0x%08" PRIx64 ", order %u\n", (uint64_t)block->phys, block->order);
		return CLI_OK;
	}
	if (error == -EINVAL)
		reason = "no block starts there, or its order is another: PHYSICAL/ORDER";
	else if (error == -ENOENT)
		reason = "there is none, it is free already";
	else if (error == -EPERM)
		reason = "it belongs to another lab process, and only that one can free it";
	return cli_fail(0, NULL, "block 0x%08" PRIx64 " of order %u: %s",
			(uint64_t)block->phys, block->order, reason);
}

static int run_free(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "order", required_argument, NULL, 'o' }, CLI_OPTION_HELP, { 0 }
	};
	struct session session;
	uint64_t order = 0;
	int status, i;

	while ((i = cli_option(cmd, argc, argv, "o:h", longs)) != -1)
		if (i == 'o' && !cli_parse_number(optarg, MMLAB_NR_ORDERS - 1, &order))
			return cli_usage(cmd, "--order is 0 to %d, not '%s'",
					 MMLAB_NR_ORDERS - 1, optarg);
	if (optind == argc)
		return cli_usage(cmd, "which block? Give its physical address");
	for (i = optind; i < argc; i++) {
		struct mmlab_block block = { 0 };

		if (!parse_block(argv[i], order, &block))
			return cli_usage(cmd, "'%s' is not PHYSICAL or PHYSICAL/ORDER", argv[i]);
	}
	if (!session_inherited())
		return cli_usage(cmd, "a block belongs to the lab process that allocated it, and there is none here: work inside `mmlab run`");
	status = session_open(&session);
	if (status)
		return status;
	for (i = optind; i < argc; i++) {
		struct mmlab_block block = { 0 };

		parse_block(argv[i], order, &block);
		if (free_one(&session, &block))
			status = CLI_FAILED;
	}
	session_close(&session);
	return status;
}

const struct command cmd_free = {
	.name = "free",
	.args = "[--order N] PHYSICAL[/ORDER]…",
	.summary = "Free blocks that this session allocated",
	.help =
"A block belongs to the lab process that allocated it, so this works inside\n"
"`mmlab run` or `mmlab alloc … -- sh`. The order must be the one that it was\n"
"allocated with.\n"
"\n"
"  --order N   order of the blocks that are given without one (0)\n"
"\n"
"Example:\n"
"  mmlab run\n"
"  $ mmlab alloc --order 3\n"
"  $ mmlab free 0x00400000/3\n"
"\n"
"Exit status: 0 all freed, 1 one was refused, 2 usage, 3 module not loaded,\n"
"4 permission.\n",
	.run = run_free,
};
