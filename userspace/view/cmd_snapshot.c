// SPDX-License-Identifier: GPL-2.0
/* snapshot: the lab at one moment, as JSON or in a few lines. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/session.h"
#include "snapshot.h"

#define MS_MAX	3600000U

struct options {
	bool json;
	uint64_t follow_ms, count, at;
	const char *save, *from;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

static void print_text(const struct snapshot *s)
{
	uint32_t use, zone, order;

	printf("%" PRIu32 " frames of %" PRIu32 " bytes%s\n", s->nr_frames, s->page_size,
	       s->steady ? "" : "; the lab was at work while this was taken");
	if (!s->frame)
		printf("what each frame is, only root may know\n");
	for (use = 0; use < NR_VIEW_USES && s->frame; use++)
		if (snapshot_count(s, use))
			printf("  %-12s %8" PRIu32 "\n", snapshot_use_name(use),
			       snapshot_count(s, use));
	for (zone = 0; zone < s->nr_zones; zone++) {
		printf("free blocks, zone %-8s", s->zone[zone].name);
		for (order = 0; order < MMLAB_NR_ORDERS; order++)
			printf(" %5" PRIu64, s->zone[zone].blocks[order]);
		putchar('\n');
	}
	printf("%" PRIu32 " lab processes, %" PRIu32 " caches, %" PRIu32 " vmalloc areas, %" PRIu32
	       " swap areas\n", s->nr_processes, s->nr_caches, s->nr_areas, s->nr_swaps);
}

/* One write, so that several programs may append to a record. */
static int append(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	size_t length = strlen(line);
	ssize_t written = fd < 0 ? -1 : write(fd, line, length);
	int error = errno;

	if (fd >= 0)
		close(fd);
	if (written == (ssize_t)length)
		return CLI_OK;
	return cli_fail(written < 0 ? error : ENOSPC, NULL, "%s", path);
}

static int put_out(const struct options *o, const struct snapshot *s)
{
	char *text = o->json || o->save ? snapshot_json(s) : NULL, *line;
	int status = CLI_OK;

	if (!o->json && !o->save) {
		print_text(s);
		return CLI_OK;
	}
	if (!text || asprintf(&line, "%s\n", text) < 0) {
		free(text);
		return cli_fail(ENOMEM, NULL, "a snapshot");
	}
	if (o->save)
		status = append(o->save, line);
	else
		fputs(line, stdout);
	free(line);
	free(text);
	return !status && fflush(stdout) ? cli_fail(errno, NULL, "writing the output") : status;
}

static void wait_ms(uint64_t ms)
{
	struct timespec time = { .tv_sec = (time_t)(ms / 1000),
				 .tv_nsec = (long)(ms % 1000) * 1000000 };

	nanosleep(&time, NULL);
}

static int follow(const struct options *o, const struct session *session)
{
	struct snapshot *before = NULL, *s = NULL;
	uint64_t nr;
	int status = CLI_OK;

	for (nr = 0; !status && !interrupted && (!o->count || nr < o->count); nr++) {
		if (nr)
			wait_ms(o->follow_ms);
		if (interrupted)
			break;
		status = snapshot_take(session, &s);
		if (status)
			break;
		if (before)
			snapshot_set_rates(s, before);
		status = put_out(o, s);
		snapshot_free(before);
		before = s;
	}
	snapshot_free(before);
	return status;
}

static int take(const struct options *o)
{
	struct sigaction action = { .sa_handler = on_interrupt };
	struct session session;
	int status = session_open(&session);

	if (status)
		return status;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	status = follow(o, &session);
	session_close(&session);
	return status;
}

static int reprint(const struct options *o)
{
	struct snapshot *s;
	int status = snapshot_read(o->from, o->at, &s, NULL);

	if (!status)
		status = put_out(o, s);
	snapshot_free(s);
	return status;
}

static int parse_options(const struct command *cmd, int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "follow", required_argument, NULL, 'f' },
		{ "count", required_argument, NULL, 'n' },
		{ "save", required_argument, NULL, 's' },
		{ "from", required_argument, NULL, 'F' },
		{ "at", required_argument, NULL, 'a' },
		CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 }
	};
	bool follows = false;
	int option;

	while ((option = cli_option(cmd, argc, argv, "jh", longs)) != -1) {
		o->json |= option == 'j';
		o->save = option == 's' ? optarg : o->save;
		o->from = option == 'F' ? optarg : o->from;
		follows |= option == 'f';
		if (option == 'f' &&
		    (!cli_parse_number(optarg, MS_MAX, &o->follow_ms) || !o->follow_ms))
			return cli_usage(cmd, "--follow takes 1 to %u ms, not '%s'", MS_MAX,
					 optarg);
		if (option == 'n' &&
		    (!cli_parse_number(optarg, UINT32_MAX, &o->count) || !o->count))
			return cli_usage(cmd, "--count takes a number from 1 on, not '%s'",
					 optarg);
		if (option == 'a' && (!cli_parse_number(optarg, UINT32_MAX, &o->at) || !o->at))
			return cli_usage(cmd, "--at takes a number from 1 on, not '%s'", optarg);
	}
	if (optind < argc)
		return cli_usage(cmd, "'%s' is one argument too many", argv[optind]);
	if (o->from && follows)
		return cli_usage(cmd, "--from and --follow exclude each other");
	if (!follows && o->count)
		return cli_usage(cmd, "--count belongs to --follow");
	if (!o->from && o->at)
		return cli_usage(cmd, "--at belongs to --from");
	if (!follows)
		o->count = 1;
	return CLI_OK;
}

static int run_snapshot(const struct command *cmd, int argc, char **argv)
{
	struct options o = { 0 };
	int status = parse_options(cmd, argc, argv, &o);

	if (status)
		return status;
	return o.from ? reprint(&o) : take(&o);
}

const struct command cmd_snapshot = {
	.name = "snapshot",
	.args = "[--json] [--follow MS [--count N]] [--save FILE] [--from FILE [--at N]]",
	.summary = "Show what the lab is at one moment, whole",
	.kept = true,
	.help =
"All that the pictures are made from: what each frame is, free blocks, caches\n"
"with their slabs, lab processes with regions, tables and entries, vmalloc areas,\n"
"swap, counters. Documentation/snapshot.md describes the form. Only root sees\n"
"all of it. To look, a program has to be a lab process: unless the command runs in\n"
"one, it is one more, and the snapshot names it.\n"
"\n"
"  --json         one line of JSON instead of a few lines of text\n"
"  --follow MS    one each MS milliseconds, with rates, until it is interrupted\n"
"  --count N      only N of them\n"
"  --save FILE    append JSON to a record instead\n"
"  --from FILE    read the last snapshot of a record, not the lab\n"
"  --at N         the one of number N, from 1 on\n"
"\n"
"Exit status: 0 done, 1 failed, 2 usage, 3 module not loaded, 4 permission.\n",
	.run = run_snapshot,
};
