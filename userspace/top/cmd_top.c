// SPDX-License-Identifier: GPL-2.0
/* top: the lab at work, on a terminal or as text. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "draw/draw.h"
#include "top.h"

#define SECONDS_MAX	60U

struct options {
	bool batch, json, svg;
	uint64_t count, seconds;
	const char *from;
};

static int print_figure(const struct snapshot *s, bool svg)
{
	struct drawing d = { .snapshot = s };
	struct scene scene;
	const char *why;
	bool good;

	scene_init(&scene, false);
	why = draw_frames(&scene, &d);
	good = why ||
	       (svg ? scene_print_svg(&scene, stdout) : scene_print_text(&scene, stdout, false));
	scene_end(&scene);
	if (why && svg)
		return cli_fail(0, NULL, "no frame map: %s", why);
	if (why)
		printf("no frame map: %s\n", why);
	return good ? CLI_OK : cli_fail(errno, NULL, "writing the output");
}

/* The map, and below it each list that the screen has. */
static int print_text(const struct snapshot *s)
{
	int status = print_figure(s, false), id;
	struct pane pane = { 0 };
	uint32_t i;

	for (id = 0; id < NR_PANES && !status; id++) {
		pane_fill(&pane, s, (enum pane_id)id, 0, false);
		printf("\n%s\n", pane_name((enum pane_id)id));
		for (i = 0; i < pane.nr; i++)
			printf("  %s\n", pane.row[i]);
	}
	pane_free(&pane);
	return status;
}

static int print_json(const struct snapshot *s)
{
	char *text = snapshot_json(s);

	if (!text)
		return cli_fail(ENOMEM, NULL, "a snapshot");
	puts(text);
	free(text);
	return CLI_OK;
}

static int print_once(const struct options *o, const struct snapshot *s)
{
	int status = o->json ? print_json(s) : o->svg ? print_figure(s, true) : print_text(s);

	return !status && fflush(stdout) ? cli_fail(errno, NULL, "writing the output") : status;
}

static int print_batch(const struct options *o, struct source *source)
{
	struct timespec pause = { .tv_sec = (time_t)o->seconds };
	uint64_t nr;
	int status = CLI_OK;

	for (nr = 0; !status && (!o->count || nr < o->count); nr++) {
		if (nr && source->record && source->at == source->nr)
			break;
		if (nr && !source->record)
			nanosleep(&pause, NULL);
		status = nr ? source_next(source, 1) : CLI_OK;
		if (!status && nr && !o->json)
			putchar('\n');
		if (!status)
			status = print_once(o, source->now);
	}
	return status;
}

static int parse_options(const struct command *cmd, int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "batch", no_argument, NULL, 'b' }, { "count", required_argument, NULL, 'n' },
		{ "delay", required_argument, NULL, 'd' }, { "once", no_argument, NULL, '1' },
		{ "svg", no_argument, NULL, 's' }, { "from", required_argument, NULL, 'F' },
		CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 }
	};
	bool counted = false;
	int option;

	o->seconds = 1;
	while ((option = cli_option(cmd, argc, argv, "bn:d:jh", longs)) != -1) {
		o->json |= option == 'j';
		o->svg |= option == 's';
		o->batch |= option == 'b' || option == '1' || option == 'j' || option == 's';
		counted |= option == 'b';
		o->from = option == 'F' ? optarg : o->from;
		if (option == 'n' &&
		    (!cli_parse_number(optarg, UINT32_MAX, &o->count) || !o->count))
			return cli_usage(cmd, "--count takes a number from 1 on, not '%s'",
					 optarg);
		if (option == 'd' &&
		    (!cli_parse_number(optarg, SECONDS_MAX, &o->seconds) || !o->seconds))
			return cli_usage(cmd, "--delay takes 1 to %u seconds, not '%s'",
					 SECONDS_MAX, optarg);
	}
	if (optind < argc)
		return cli_usage(cmd, "'%s' is one argument too many", argv[optind]);
	if (o->json && o->svg)
		return cli_usage(cmd, "--json and --svg exclude each other");
	if (o->count && !counted)
		return cli_usage(cmd, "--count belongs to --batch");
	if (o->batch && !counted)
		o->count = 1;
	return CLI_OK;
}

static int run_top(const struct command *cmd, int argc, char **argv)
{
	struct options o = { 0 };
	struct screen_options screen;
	struct source source = { 0 };
	int status = parse_options(cmd, argc, argv, &o);

	if (status)
		return status;
	source.record = o.from;
	screen.delay_ms = o.seconds * 1000;
	status = source_open(&source);
	if (!status)
		status = o.batch ? print_batch(&o, &source) : screen_run(&source, &screen);
	source_close(&source);
	return status;
}

const struct command cmd_top = {
	.name = "top",
	.args = "[--batch [--count N]] [--delay S] [--once] [--json] [--svg] [--from FILE]",
	.summary = "Watch the frames and the lists of the lab",
	.kept = true,
	.help =
"The frame map: a cell is 16 frames of a lab of 64 MiB, its letter and colour their\n"
"use. A cursor says what a frame is, who has it, and which entries map it. Below\n"
"or beside it one of five lists: free blocks by order, caches, vmalloc areas, lab\n"
"processes with their regions, counters by second. The key h tells all keys.\n"
"Only root sees what each frame is. To look, it is a lab process itself.\n"
"\n"
"  --batch      text, one after the other (also -b)\n"
"  --count N    only N of them (also -n N)\n"
"  --delay S    seconds from one to the next, 1 to 60 (also -d S)\n"
"  --once       text, once\n"
"  --json       a snapshot as JSON, once\n"
"  --svg        the frame map as SVG, once\n"
"  --from FILE  a record of mmlab snapshot --save; space shows the next one\n"
"\n"
"Environment: NO_COLOR, TERM, and the locale, which says whether there is UTF-8.\n"
"\n"
"Exit status: 0 done, 1 failed or ended by a signal, 2 usage, 3 module not loaded,\n"
"4 permission.\n",
	.run = run_top,
};
