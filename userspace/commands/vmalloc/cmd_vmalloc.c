// SPDX-License-Identifier: GPL-2.0
/* vmalloc, vfree: areas of the vmalloc region. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/session.h"
#include "lab/labarea.h"
#include "lab/layout.h"
#include "libmmlab.h"

#define COUNT_MAX	(1 << 20)
#define ALIGN_MAX	(1U << 30)

struct request {
	struct mmlab_area area;		/* each one like this */
	uint64_t count;
	struct session_stay stay;
	bool json;
};

static int parse_number_option(const struct command *cmd, int option, struct request *want)
{
	uint64_t number;

	switch (option) {
	case 'a':
		if (!cli_parse_size(optarg, ALIGN_MAX, &number) || number & (number - 1))
			return cli_usage(cmd, "--align is a power of two up to 1G, not '%s'",
					 optarg);
		want->area.align = (__u32)number;
		break;
	case 'c':
		if (!cli_parse_number(optarg, COUNT_MAX, &want->count) || !want->count)
			return cli_usage(cmd, "--count is 1 to %d, not '%s'", COUNT_MAX, optarg);
		break;
	case 'H':
		if (!cli_parse_number(optarg, 1000000, &number))
			return cli_usage(cmd, "--hold takes seconds, not '%s'", optarg);
		want->stay.hold = true;
		want->stay.seconds = (unsigned int)number;
		break;
	}
	return CLI_OK;
}

static int parse_request(const struct command *cmd, int argc, char **argv,
			 struct request *want)
{
	static const struct option longs[] = {
		{ "lazy", no_argument, NULL, 'l' }, { "user", no_argument, NULL, 'u' },
		{ "readonly", no_argument, NULL, 'r' }, { "scatter", no_argument, NULL, 's' },
		{ "align", required_argument, NULL, 'a' },
		{ "count", required_argument, NULL, 'c' },
		{ "hold", required_argument, NULL, 'H' },
		CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 }
	};
	uint64_t number;
	int option;

	*want = (struct request){ .count = 1 };
	while ((option = cli_option(cmd, argc, argv, "lursa:c:H:jh", longs)) != -1) {
		want->json |= option == 'j';
		want->area.flags |= option == 'l' ? MMLAB_VM_LAZY :
				    option == 'u' ? MMLAB_VM_USER :
				    option == 'r' ? MMLAB_VM_READONLY :
				    option == 's' ? MMLAB_VM_SCATTER : 0;
		if (parse_number_option(cmd, option, want))
			return CLI_USAGE;
	}
	if (optind == argc)
		return cli_usage(cmd, "how many bytes?");
	if (!cli_parse_size(argv[optind], UINT32_MAX, &number) || !number)
		return cli_usage(cmd, "'%s' is not a number of bytes (1 to 4G; K, M, G are known)",
				 argv[optind]);
	if (want->area.flags & MMLAB_VM_LAZY && want->area.flags & MMLAB_VM_SCATTER)
		return cli_usage(cmd, "--lazy and --scatter exclude each other: a lazy area has no frames yet");
	want->area.size = (__u32)number;
	want->stay.argv = argv + optind + 1;
	if (want->stay.hold && *want->stay.argv)
		return cli_usage(cmd, "either --hold or a command holds the areas, not both");
	return CLI_OK;
}

static const char *alloc_cure(int error)
{
	switch (error) {
	case -ENOMEM:
		return "No frames or no hole is left: see mmlab status, mmlab vm list; try --lazy";
	case -ENOTTY:
		return "The module is older than this mmlab: build both from the same source";
	default:
		return NULL;
	}
}

static int fail_alloc(const struct request *want, uint64_t i, int error)
{
	return cli_fail(error, alloc_cure(error), "area %" PRIu64 " of %" PRIu64 " of %u bytes",
			i + 1, want->count, want->area.size);
}

/* All or none. Return: the areas, the caller's to free(), or NULL */
static struct mmlab_area *alloc_areas(const struct session *session,
				      const struct request *want, int *status)
{
	struct mmlab_area *areas = calloc(want->count, sizeof(*areas));
	uint64_t i;

	if (!areas) {
		*status = cli_fail(ENOMEM, NULL, "a list of areas");
		return NULL;
	}
	for (i = 0; i < want->count; i++) {
		int error;

		areas[i] = want->area;
		error = mmlab_alloc_area(session->fd, &areas[i]);
		if (!error)
			continue;
		*status = fail_alloc(want, i, error);
		while (i--)
			mmlab_free_area(session->fd, &(struct mmlab_area){ .lva = areas[i].lva });
		free(areas);
		return NULL;
	}
	return areas;
}

static void print_areas(const struct session *session, const struct request *want,
			const struct mmlab_area *areas)
{
	struct layout_frames frames;
	uint64_t i;

	printf("%-12s %10s %7s %7s %10s  %s\n", "LINEAR", "BYTES", "PAGES", "FRAMES",
	       "STRETCHES", "GUARD PAGE");
	for (i = 0; i < want->count; i++) {
		layout_frames(session, areas[i].lva, areas[i].size, &frames);
		printf("0x%08x   %10u %7u %7u %10u  0x%08x\n", areas[i].lva, areas[i].size,
		       labarea_pages(session, &areas[i]), frames.nr_frames,
		       frames.nr_stretches, labarea_guard(&areas[i]));
	}
}

static void print_areas_json(const struct session *session, const struct request *want,
			     const struct mmlab_area *areas)
{
	struct layout_frames frames;
	uint64_t i;

	json_object_begin(NULL);
	json_number("lab_pid", session->info.lab_pid);
	json_array_begin("areas");
	for (i = 0; i < want->count; i++) {
		layout_frames(session, areas[i].lva, areas[i].size, &frames);
		json_object_begin(NULL);
		json_number("linear", areas[i].lva);
		json_number("bytes", areas[i].size);
		json_number("pages", labarea_pages(session, &areas[i]));
		json_number("frames", frames.nr_frames);
		json_number("stretches", frames.nr_stretches);
		json_number("guard", labarea_guard(&areas[i]));
		json_object_end();
	}
	json_array_end();
	json_object_end();
}

static int run_vmalloc(const struct command *cmd, int argc, char **argv)
{
	struct mmlab_area *areas;
	struct session session;
	struct request want;
	int status = parse_request(cmd, argc, argv, &want);

	if (status)
		return status;
	status = session_open(&session);
	if (status)
		return status;
	areas = alloc_areas(&session, &want, &status);
	if (!areas) {
		session_close(&session);
		return status;
	}
	if (want.json)
		print_areas_json(&session, &want, areas);
	else
		print_areas(&session, &want, areas);
	free(areas);
	want.stay.things = "areas";
	want.stay.undo = "mmlab vfree ADDRESS";
	return session_stay(&session, &want.stay);
}

const struct command cmd_vmalloc = {
	.name = "vmalloc",
	.args = "BYTES [OPTION…] [-- COMMAND [ARGUMENT…]]",
	.summary = "Make an area: linear addresses in a row, frames from anywhere",
	.help =
"BYTES (K, M and G are known) are rounded up to pages. Each page gets a frame of\n"
"its own, wherever one is free; STRETCHES counts the runs of neighbours among\n"
"them, so 1 is contiguous. A guard page follows that nothing is ever mapped to.\n"
"An area lasts as long as its lab process: to the end of the session in\n"
"`mmlab run`; else while COMMAND runs or --hold lasts; else it is shown and\n"
"freed at exit.\n"
"\n"
"  --lazy          no frames yet: each page gets one on the first touch\n"
"  --user          other lab processes may map it, by mmap() at its address\n"
"  --readonly      all but the owner only read it\n"
"  --scatter       take frames of which no two neighbours are neighbours\n"
"  --align N       the address shall be a multiple of N, a power of two\n"
"  --count N       so many areas, all or none (1)\n"
"  --hold SECONDS  keep them so long\n"
"  --json          the areas as JSON\n"
"\n"
"Examples:\n"
"  mmlab vmalloc 1000000\n"
"  mmlab vmalloc 40K --scatter -- mmlab vm list\n"
"\n"
"Exit status: 0 done, 1 no memory, 2 usage, 3 module not loaded, 4 permission;\n"
"with COMMAND, that of COMMAND.\n",
	.run = run_vmalloc,
};

static int free_one(const struct session *session, __u32 lva)
{
	struct mmlab_area area = { .lva = lva };
	int error = mmlab_free_area(session->fd, &area);
	char name[LABAREA_NAME_BYTES];

	if (!error) {
		printf("freed 0x%08x\n", lva);
		return CLI_OK;
	}
	if (!labarea_at(session, lva, &area))
		return cli_fail(0, "mmlab vm list shows what there is",
				"0x%08x: no vmalloc area is there, or not any more", lva);
	labarea_name(session, &area, name);
	if (error == -EPERM)
		return cli_fail(0, NULL, "0x%08x: only its owner can free the %s", lva, name);
	if (error == -EINVAL)
		return cli_fail(0, "Give its first address", "0x%08x is inside of the %s",
				lva, name);
	return cli_fail(error, NULL, "0x%08x", lva);
}

static int run_vfree(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = { CLI_OPTION_HELP, { 0 } };
	struct session session;
	uint64_t lva = 0;
	int i, status;

	while (cli_option(cmd, argc, argv, "h", longs) != -1)
		;
	if (optind == argc)
		return cli_usage(cmd, "which area? Give its linear address");
	for (i = optind; i < argc; i++)
		if (!cli_parse_number(argv[i], UINT32_MAX, &lva))
			return cli_usage(cmd, "'%s' is not a 32-bit address (write hexadecimal as 0x…)",
					 argv[i]);
	if (!session_inherited())
		return cli_usage(cmd, "an area belongs to the lab process that made it, and there is none here: work inside `mmlab run`");
	status = session_open(&session);
	if (status)
		return status;
	for (i = optind; i < argc; i++) {
		cli_parse_number(argv[i], UINT32_MAX, &lva);
		if (free_one(&session, (__u32)lva))
			status = CLI_FAILED;
	}
	session_close(&session);
	return status;
}

const struct command cmd_vfree = {
	.name = "vfree",
	.args = "ADDRESS…",
	.summary = "Free areas that this session made",
	.help =
"An area belongs to the lab process that made it, so this works inside\n"
"`mmlab run` or `mmlab vmalloc … -- sh`. ADDRESS is its first linear one. Every\n"
"window on the area, in whatever program, gets SIGBUS on the next touch.\n"
"\n"
"Example:\n"
"  mmlab run\n"
"  $ mmlab vmalloc 40K\n"
"  $ mmlab vfree 0xc4800000\n"
"\n"
"Exit status: 0 all freed, 1 one was refused, 2 usage, 3 module not loaded,\n"
"4 permission.\n",
	.run = run_vfree,
};
