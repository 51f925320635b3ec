// SPDX-License-Identifier: GPL-2.0
/* play: a reference string on the lab machine, as the textbooks print it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "draw/draw.h"
#include "libmmlab.h"
#include "play.h"

#define MAX_FRAMES	65536U
#define MAX_POLICIES	16
/* A longer string is only counted. */
#define TABLE_REFS	200
#define TABLE_FRAMES	64

enum {
	OPTION_RANDOM = 512, OPTION_SEED, OPTION_LENGTH, OPTION_PAGES, OPTION_CURVE, OPTION_TICK,
	OPTION_SVG, OPTION_LANG,
};

struct request {
	const struct command *cmd;
	char *policies[MAX_POLICIES];
	unsigned int nr_policies;
	uint64_t frames, last_frames;	/* --curve: from, to */
	bool json, svg, chinese, curve, count;
	const char *random, *file;
	uint64_t seed, length, pages, tick;
	struct refstring string;
};

/* ---- the command line ---- */

static int parse_policies(struct request *want, char *text)
{
	char *rest = NULL, *name;

	want->nr_policies = 0;
	for (name = strtok_r(text, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
		if (want->nr_policies == MAX_POLICIES || strlen(name) >= MMLAB_POLICY_MAX)
			return cli_usage(want->cmd, "'%s' is no name of a policy, or one too many",
					 name);
		want->policies[want->nr_policies++] = name;
	}
	return want->nr_policies ? CLI_OK : cli_usage(want->cmd, "--policy takes names");
}

static int parse_curve(struct request *want, const char *text)
{
	char copy[32], *dash;

	snprintf(copy, sizeof(copy), "%s", text);
	dash = strchr(copy, '-');
	if (dash)
		*dash = '\0';
	if (!dash || !cli_parse_number(copy, MAX_FRAMES, &want->frames) || !want->frames ||
	    !cli_parse_number(dash + 1, MAX_FRAMES, &want->last_frames) ||
	    want->last_frames < want->frames)
		return cli_usage(want->cmd, "--curve takes numbers of frames as 1-20, not '%s'",
				 text);
	want->curve = true;
	return CLI_OK;
}

static int parse_value(struct request *want, int option)
{
	static const struct {
		const char *name;
		uint64_t min, max;
	} limits[] = {
		[OPTION_SEED - OPTION_RANDOM] = { "seed", 0, UINT64_MAX },
		[OPTION_LENGTH - OPTION_RANDOM] = { "length", 1, REFSTRING_MAX_REFS },
		[OPTION_PAGES - OPTION_RANDOM] = { "pages", 1, REFSTRING_MAX_PAGES },
		[OPTION_TICK - OPTION_RANDOM] = { "tick", 1, REFSTRING_MAX_REFS },
	};
	uint64_t *values[] = {
		[OPTION_SEED - OPTION_RANDOM] = &want->seed,
		[OPTION_LENGTH - OPTION_RANDOM] = &want->length,
		[OPTION_PAGES - OPTION_RANDOM] = &want->pages,
		[OPTION_TICK - OPTION_RANDOM] = &want->tick,
	};
	int i = option - OPTION_RANDOM;

	if (cli_parse_number(optarg, limits[i].max, values[i]) && *values[i] >= limits[i].min)
		return CLI_OK;
	return cli_usage(want->cmd, "--%s is %" PRIu64 " to %" PRIu64 ", not '%s'",
			 limits[i].name, limits[i].min, limits[i].max, optarg);
}

static int parse_option(struct request *want, int option)
{
	switch (option) {
	case 'p':
		return parse_policies(want, optarg);
	case 'f':
		if (cli_parse_number(optarg, MAX_FRAMES, &want->frames) && want->frames)
			return CLI_OK;
		return cli_usage(want->cmd, "--frames is 1 to %u, not '%s'", MAX_FRAMES, optarg);
	case 'j':
		want->json = true;
		return CLI_OK;
	case 'c':
		want->count = true;
		return CLI_OK;
	case 'i':
		want->file = optarg;
		return CLI_OK;
	case OPTION_RANDOM:
		want->random = optarg;
		return CLI_OK;
	case OPTION_CURVE:
		return parse_curve(want, optarg);
	case OPTION_SVG:
		want->svg = true;
		return CLI_OK;
	case OPTION_LANG:
		return take_language(want->cmd, optarg, &want->chinese);
	default:
		return parse_value(want, option);
	}
}

static int fail_string(const struct request *want, int error, const char *what)
{
	switch (error) {
	case -E2BIG:
		return cli_usage(want->cmd, "more than %u references or %u pages",
				 REFSTRING_MAX_REFS, REFSTRING_MAX_PAGES);
	case -ENAMETOOLONG:
		return cli_usage(want->cmd, "a page's name has %d characters at most",
				 REFSTRING_NAME_BYTES - 1);
	case -EINVAL:
		return cli_usage(want->cmd, "--random is uniform, 80-20 or loop, not '%s'", what);
	default:
		return cli_fail(error, NULL, "%s", what);
	}
}

static int read_file(struct request *want)
{
	bool standard = !strcmp(want->file, "-");
	FILE *file = standard ? stdin : fopen(want->file, "re");
	int error;

	if (!file)
		return cli_fail(errno, "It has page numbers or names between blanks", "%s",
				want->file);
	error = refstring_read(&want->string, file);
	if (!standard)
		fclose(file);
	return error ? fail_string(want, error, want->file) : CLI_OK;
}

static int make_string(struct request *want, char **words)
{
	int error = 0, status = CLI_OK;

	if (!!want->random + !!want->file + !!*words != 1)
		return cli_usage(want->cmd, "pages, --file or --random?");
	if (want->file)
		status = read_file(want);
	if (want->random)
		error = refstring_random(&want->string, want->random, (uint32_t)want->pages,
					 want->length, want->seed);
	for (; *words && !error; words++)
		error = refstring_add_text(&want->string, *words);
	if (error)
		return fail_string(want, error, want->random ? want->random : *(words - 1));
	if (!status && !want->string.nr_refs)
		return cli_usage(want->cmd, "the string has no reference");
	return status;
}

/* ---- a run, and a curve ---- */

static struct play play_of(const struct request *want, const char *policy, uint32_t frames)
{
	return (struct play){ .string = &want->string, .policy = policy, .nr_frames = frames,
			      .tick = (uint32_t)want->tick };
}

static int run_one(const struct request *want)
{
	struct play play = play_of(want, want->policies[0], (uint32_t)want->frames);
	bool steps = !want->count && want->string.nr_refs <= TABLE_REFS &&
		     play.nr_frames <= TABLE_FRAMES;
	int status;

	if (want->svg && !steps)
		return cli_usage(want->cmd,
				 "--svg takes %u references and %u frames at most, and no --count",
				 TABLE_REFS, TABLE_FRAMES);
	status = play_run(&play, steps);
	if (!status && want->svg)
		status = play_print_svg(&play, want->chinese);
	else if (!status && want->json)
		play_print_json(&play);
	else if (!status)
		play_print(&play);
	play_free(&play);
	return status;
}

static int count(const struct request *want, const char *policy, uint32_t frames,
		 uint64_t *faults)
{
	struct play play = play_of(want, policy, frames);
	int status = play_run(&play, false);

	play_free(&play);
	*faults = play.faults;
	return status;
}

static int curve_row(const struct request *want, uint32_t frames)
{
	unsigned int i;

	if (want->json) {
		json_object_begin(NULL);
		json_number("frames", frames);
	} else {
		printf("%6u", frames);
	}
	for (i = 0; i < want->nr_policies; i++) {
		uint64_t faults;
		int status = count(want, want->policies[i], frames, &faults);

		if (status)
			return status;
		if (want->json)
			json_number(want->policies[i], faults);
		else
			printf(" %10" PRIu64, faults);
	}
	if (want->json)
		json_object_end();
	else
		putchar('\n');
	return CLI_OK;
}

static int run_curve(const struct request *want)
{
	int status = CLI_OK;
	uint64_t frames;
	unsigned int i;

	if (want->json)
		json_array_begin(NULL);
	else
		printf("frames");
	for (i = 0; i < want->nr_policies && !want->json; i++)
		printf(" %10s", want->policies[i]);
	if (!want->json)
		putchar('\n');
	for (frames = want->frames; frames <= want->last_frames && !status; frames++)
		status = curve_row(want, (uint32_t)frames);
	if (want->json && !status)
		json_array_end();
	return status;
}

static int run(struct request *want, char **words)
{
	char all[] = "fifo,lru,clock,opt", one[] = "two-lists";
	int status = want->nr_policies ? CLI_OK : parse_policies(want, want->curve ? all : one);

	if (!status)
		status = make_string(want, words);
	if (status)
		return status;
	if (want->svg && (want->json || want->curve))
		return cli_usage(want->cmd, "--svg excludes --json and --curve");
	if (want->curve)
		return run_curve(want);
	if (!want->frames)
		return cli_usage(want->cmd, "how many --frames?");
	if (want->nr_policies > 1)
		return cli_usage(want->cmd, "several policies need --curve");
	return run_one(want);
}

static int run_play(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "policy", required_argument, NULL, 'p' },
		{ "frames", required_argument, NULL, 'f' },
		{ "file", required_argument, NULL, 'i' },
		{ "count", no_argument, NULL, 'c' },
		{ "random", required_argument, NULL, OPTION_RANDOM },
		{ "seed", required_argument, NULL, OPTION_SEED },
		{ "length", required_argument, NULL, OPTION_LENGTH },
		{ "pages", required_argument, NULL, OPTION_PAGES },
		{ "curve", required_argument, NULL, OPTION_CURVE },
		{ "tick", required_argument, NULL, OPTION_TICK },
		{ "svg", no_argument, NULL, OPTION_SVG },
		{ "lang", required_argument, NULL, OPTION_LANG },
		CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 }
	};
	struct request want = { .cmd = cmd, .seed = 1, .length = 1000, .pages = 100 };
	int option, status = CLI_OK;

	refstring_init(&want.string);
	while ((option = cli_option(cmd, argc, argv, "p:f:cjh", longs)) != -1 && !status)
		status = parse_option(&want, option);
	if (!status)
		status = run(&want, argv + optind);
	refstring_free(&want.string);
	return status;
}

const struct command cmd_play = {
	.name = "play",
	.args = "[--policy NAME] --frames N [OPTION…] PAGE…",
	.summary = "Touch a reference string under a policy, and show the textbook's table",
	.help =
"Makes a lab process with a limit of N frames, a policy of its own and one host\n"
"entry, so that the lab sees each touch. Then it really stores to these pages, one\n"
"after the other, and reads from the lab which ones are in frames. If there is no\n"
"swap area, one is added meanwhile, which takes root.\n"
"\n"
"  --policy NAME   two-lists (default), fifo, clock, lru, mru, nfu, random, opt\n"
"  --frames N      frames of the process\n"
"  PAGE…           names of pages: numbers, letters, any words\n"
"  --file FILE     take them from a file (-: standard input); # begins a comment\n"
"  --random KIND   let chance decide: uniform, 80-20 or loop, with the next three\n"
"  --pages P       how many pages there are (100)\n"
"  --length L      how many references (1000)\n"
"  --seed S        the same seed gives the same string (1)\n"
"  --tick N        a clock tick after N references, for nfu\n"
"  --count         no table; a string of more than 200 references has none\n"
"  --curve A-B     only the faults with A to B frames, for each policy of\n"
"                  --policy fifo,lru,… (default fifo,lru,clock,opt)\n"
"  --json          as JSON\n"
"  --svg           the table as a figure\n"
"  --lang LANG     its labels: en (default) or zh\n"
"\n"
"OPT replaces the page that is wanted last. No machine knows which that is: here\n"
"the policy is mru, and the player touches that page just before the reference.\n"
"\n"
"Example:\n"
"  mmlab play --policy fifo --frames 3 1 2 3 4 1 2 5 1 2 3 4 5\n"
"  mmlab play --curve 1-6 1 2 3 4 1 2 5 1 2 3 4 5\n"
"\n"
"Exit status: 0 done, 1 failed, 2 usage, 3 module not loaded, 4 permission.\n",
	.run = run_play,
};
