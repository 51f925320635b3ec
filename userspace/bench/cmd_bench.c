// SPDX-License-Identifier: GPL-2.0
/* bench: the lab's allocators and the host's, measured side by side. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "cli/cli.h"
#include "cli/host.h"
#include "cli/modfile.h"

#define MAX_LISTED	8
#define MAX_THREADS	1024
#define MAX_REPETITIONS	1000
#define MAX_COUNT	1000000

struct plan {
	enum bench_clock clock;
	bool json, raw, list;
	const char *csv, *from;
	bool skip[BENCH_NR_SIDES];
	uint32_t threads[MAX_LISTED], nr_threads;
	uint32_t repetitions, count;	/* count 0: that of the row */
	struct bench_row *rows;
	size_t nr_rows;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* "1,2,4" */
static bool parse_threads(const char *text, struct plan *plan)
{
	char copy[64], *rest = copy, *word;
	uint64_t number;

	if (strlen(text) >= sizeof(copy))
		return false;
	strcpy(copy, text);
	plan->nr_threads = 0;
	while ((word = strsep(&rest, ","))) {
		if (plan->nr_threads == MAX_LISTED ||
		    !cli_parse_number(word, MAX_THREADS, &number) || !number)
			return false;
		plan->threads[plan->nr_threads++] = (uint32_t)number;
	}
	return true;
}

static bool add_row(struct plan *plan, const struct bench_row *row)
{
	struct bench_row *rows = realloc(plan->rows, (plan->nr_rows + 1) * sizeof(*rows));

	if (!rows)
		return false;
	plan->rows = rows;
	rows[plan->nr_rows] = *row;
	if (plan->count)
		rows[plan->nr_rows].count = plan->count;
	plan->nr_rows++;
	return true;
}

/* Rows by name: standard ones, or a pattern with an argument of the user's. */
static bool choose(struct plan *plan, const char *text)
{
	size_t before = plan->nr_rows, i;
	struct bench_row row;

	for (i = 0; i < bench_nr_rows; i++)
		if (bench_row_matches(&bench_rows[i], text) &&
		    !add_row(plan, &bench_rows[i]))
			return false;
	if (plan->nr_rows > before)
		return true;
	return bench_row_parse(text, &row) && add_row(plan, &row);
}

static int parse_number(const struct command *cmd, const char *name, uint64_t max,
			uint32_t *value)
{
	uint64_t number;

	if (!cli_parse_number(optarg, max, &number) || !number)
		return cli_usage(cmd, "--%s wants a number of 1 to %llu, not '%s'", name,
				 (unsigned long long)max, optarg);
	*value = (uint32_t)number;
	return CLI_OK;
}

static int parse_side(const struct command *cmd, struct plan *plan)
{
	enum bench_side side;

	for (side = 0; side < BENCH_NR_SIDES; side++)
		plan->skip[side] = strcmp(optarg, bench_side_names[side]);
	if (plan->skip[BENCH_LAB] && plan->skip[BENCH_HOST])
		return cli_usage(cmd, "--side is lab or host, not '%s'", optarg);
	return CLI_OK;
}

static int parse_option(const struct command *cmd, int option, struct plan *plan)
{
	plan->json |= option == 'j';
	plan->raw |= option == 'r';
	plan->list |= option == 'l';
	switch (option) {
	case 'c':
		plan->csv = optarg;
		break;
	case 'f':
		plan->from = optarg;
		break;
	case 'i':
		plan->clock = BENCH_CYCLES;
		break;
	case 's':
		return parse_side(cmd, plan);
	case 't':
		if (!parse_threads(optarg, plan))
			return cli_usage(cmd, "--threads wants numbers as in 1,2,4, not '%s'",
					 optarg);
		break;
	case 'n':
		return parse_number(cmd, "repetitions", MAX_REPETITIONS, &plan->repetitions);
	case 'C':
		return parse_number(cmd, "count", MAX_COUNT, &plan->count);
	}
	return CLI_OK;
}

static int parse_arguments(const struct command *cmd, int argc, char **argv,
			   struct plan *plan)
{
	static const struct option longs[] = {
		{ "csv", required_argument, NULL, 'c' },
		{ "count", required_argument, NULL, 'C' },
		{ "from", required_argument, NULL, 'f' },
		{ "instructions", no_argument, NULL, 'i' },
		{ "list", no_argument, NULL, 'l' },
		{ "raw", no_argument, NULL, 'r' },
		{ "repetitions", required_argument, NULL, 'n' },
		{ "side", required_argument, NULL, 's' },
		{ "threads", required_argument, NULL, 't' },
		CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 }
	};
	int option, status;
	bool all;
	size_t i;

	while ((option = cli_option(cmd, argc, argv, "h", longs)) != -1) {
		status = parse_option(cmd, option, plan);
		if (status)
			return status;
	}
	if (plan->json + plan->raw + !!plan->csv > 1)
		return cli_usage(cmd, "--json, --csv and --raw exclude each other");
	if (plan->from && optind < argc)
		return cli_usage(cmd, "--from shows all rows of the record");
	for (; optind < argc; optind++)
		if (!choose(plan, argv[optind]))
			return cli_usage(cmd, "there is no row '%s'; mmlab bench --list",
					 argv[optind]);
	all = !plan->nr_rows && !plan->from;
	for (i = 0; all && i < bench_nr_rows; i++)
		if (!add_row(plan, &bench_rows[i]))
			return cli_fail(ENOMEM, NULL, "bench");
	return CLI_OK;
}

static void name_rows(void (*offer)(const char *name))
{
	char name[BENCH_NAME_BYTES];
	size_t i;

	for (i = 0; i < bench_nr_rows; i++)
		offer(bench_row_name(&bench_rows[i], name));
}

static int list_rows(void)
{
	char name[BENCH_NAME_BYTES];
	size_t i;

	printf("%-24s %8s  %5s\n", "ROW", "COUNT", "GOAL");
	for (i = 0; i < bench_nr_rows; i++) {
		const struct bench_row *row = &bench_rows[i];

		printf("%-24s %8u  ", bench_row_name(row, name), row->count);
		if (row->goal)
			printf("%.3f\n", row->goal / 1000.0);
		else
			puts("-");
	}
	return CLI_OK;
}

/* mmlab_bench.ko lies beside mmlab.ko, or is installed like it. */
static int load_bench(void)
{
	char path[PATH_MAX], bench[PATH_MAX];

	if (!modfile_find(NULL, path, sizeof(path)) ||
	    !modfile_beside(path, "mmlab_bench", bench, sizeof(bench)))
		return -ENOENT;
	return modfile_insert(bench, "");
}

/* Return: CLI_OK, *loaded tells whether it was loaded now, or an exit status */
static int need_bench(bool *loaded)
{
	int error;

	*loaded = false;
	if (host_module_loaded() != 1) {
		fputs("mmlab: the module is not loaded\n  Try: mmlab load\n", stderr);
		return CLI_NO_LAB;
	}
	if (host_exists("/proc/mmlab_bench"))
		return CLI_OK;
	error = load_bench();
	*loaded = !error;
	if (!error)
		return CLI_OK;
	return cli_fail(error, error == -EPERM ? "It needs root: sudo mmlab bench" :
			"It lies beside mmlab.ko: build it (make), or insmod it by hand",
			"loading mmlab_bench.ko");
}

static const char *cure(int error)
{
	switch (-error) {
	case EINVAL:
		return "More threads than CPUs, or an argument out of range: see /proc/mmlab_bench";
	case ENOMEM:
		return "The lab or the host has too little memory for it: mmlab load mem=256";
	case ENOENT:
		return "The host was built without it";
	default:
		return NULL;
	}
}

/* Measures one row on one side. Return: an exit status */
static int measure(struct bench_record *record, const struct bench_request *request)
{
	struct bench_sample *samples;
	char name[BENCH_NAME_BYTES];
	int error;

	bench_row_name(request->row, name);
	fprintf(stderr, "bench: %s, %s, %u thread%s\n", name,
		bench_side_names[request->side], request->threads,
		request->threads == 1 ? "" : "s");
	samples = calloc((size_t)request->repetitions * request->threads, sizeof(*samples));
	if (!samples)
		return cli_fail(ENOMEM, NULL, "%s", name);
	error = bench_is_user(request->row->pattern) ? bench_measure_user(request, samples) :
		bench_measure_kernel(request, samples);
	if (!error)
		error = bench_record_add(record, request, samples);
	if (!error)
		return CLI_OK;
	free(samples);
	if (interrupted)
		return CLI_FAILED;
	if (error == -ENODEV && request->side == BENCH_HOST) {
		fprintf(stderr, "bench: %s, host: left out, the host has no swap area\n", name);
		return CLI_OK;
	}
	return cli_fail(error, cure(error), "%s, %s, %u threads", name,
			bench_side_names[request->side], request->threads);
}

static int measure_all(const struct plan *plan, struct bench_record *record)
{
	int status = CLI_OK, last;
	size_t i, side, t;

	for (i = 0; i < plan->nr_rows; i++)
		for (t = 0; t < plan->nr_threads; t++)
			for (side = 0; side < BENCH_NR_SIDES && !interrupted; side++) {
				struct bench_request request = {
					.row = &plan->rows[i], .side = side,
					.threads = plan->threads[t],
					.repetitions = plan->repetitions,
				};

				if (plan->skip[side] ||
				    (side == BENCH_HOST && plan->rows[i].lab_only))
					continue;
				last = measure(record, &request);
				status = status ? status : last;
			}
	return status;
}

static int read_record(const char *path, struct bench_record *record)
{
	FILE *in = fopen(path, "r");
	size_t line;
	int error;

	if (!in)
		return cli_fail(errno, NULL, "%s", path);
	error = bench_record_read(record, in, &line);
	fclose(in);
	if (error == -EINVAL)
		return cli_fail(0, "Records are written by mmlab bench --raw",
				"%s:%zu: not a record of measurements", path, line);
	return error ? cli_fail(error, NULL, "%s", path) : CLI_OK;
}

static int show(const struct plan *plan, const struct bench_record *record)
{
	char path[PATH_MAX];
	int error;

	if (plan->raw) {
		bench_record_write(record, stdout);
	} else if (plan->json) {
		bench_print_json(record, plan->clock);
	} else if (plan->csv) {
		error = bench_write_csv(record, plan->clock, plan->csv, path, sizeof(path));
		if (error)
			return cli_fail(error, NULL, "%s", path);
	} else {
		bench_print_table(record, plan->clock);
	}
	return CLI_OK;
}

static int fill_record(const struct plan *plan, struct bench_record *record)
{
	const struct sigaction action = { .sa_handler = on_interrupt };
	bool loaded;
	int status;

	if (plan->from)
		return read_record(plan->from, record);
	status = need_bench(&loaded);
	if (status)
		return status;
	/* so that the module goes again */
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	bench_record_settings(record);
	status = measure_all(plan, record);
	if (loaded)
		modfile_remove("mmlab_bench");
	if (interrupted) {
		fputs("mmlab: interrupted\n", stderr);
		return CLI_FAILED;
	}
	return status;
}

static int run_bench(const struct command *cmd, int argc, char **argv)
{
	struct plan plan = { .threads = { 1 }, .nr_threads = 1, .repetitions = 5 };
	struct bench_record record = { 0 };
	int status = parse_arguments(cmd, argc, argv, &plan), shown = CLI_OK;

	if (!status && plan.list) {
		status = list_rows();
	} else if (!status) {
		status = fill_record(&plan, &record);
		/* rows that were measured are shown, even if another one has failed */
		if (record.nr_results && (!status || !plan.from))
			shown = show(&plan, &record);
	}
	bench_record_free(&record);
	free(plan.rows);
	return status ? status : shown;
}

const struct command cmd_bench = {
	.name = "bench",
	.args = "[--threads N,…] [--repetitions N] [--count N] [--side SIDE] [--instructions] [--json|--csv DIR|--raw] [ROW…]",
	.summary = "Measure the lab's allocators beside the host's",
	.help =
"Runs the same loops over the lab's functions and over those of the kernel that\n"
"it is loaded in, and compares. ROW is one of `mmlab bench --list`, a pattern of\n"
"that list, or such a pattern with another argument (page-repeat/5,\n"
"cache-repeat/100, kmalloc-repeat/2K); all rows without one. Loads mmlab_bench.ko\n"
"for as long as it needs it.\n"
"\n"
"  --threads N,…     how many CPUs at the same time, one after the other (1)\n"
"  --repetitions N   of each row after one to warm up; the median counts (5)\n"
"  --count N         allocations by each thread in a repetition (see --list)\n"
"  --side lab|host   only that side\n"
"  --instructions    show the CPU's clock, which counts instructions in a VM of\n"
"                    scripts/lab-vm --icount, instead of nanoseconds\n"
"  --json            as JSON, with all samples\n"
"  --csv DIR         a file for each pattern and side in DIR, with the columns that\n"
"                    published benchmarks of page allocators have: order (or arg),\n"
"                    x (threads), iteration, allocs, get_min … put_max\n"
"  --raw             as a record, for --from\n"
"  --from FILE       show such a record again, and measure nothing\n"
"  --list            list the rows and their goals\n"
"\n"
"The order, the bytes or the number of areas come after the slash. -repeat frees\n"
"each object before it takes the next one, and counts both as get; -ordered and\n"
"-random take all and then free all; -batch does so 256 at a time; -bulk uses the\n"
"functions that take many at once; vmalloc-area takes areas without a mapping for\n"
"the kernel; vmalloc-busy takes a page while so many others are in use;\n"
"touch-anon and touch-memfd write to each page of a fresh window for the first\n"
"time, against anonymous memory (without huge pages) and a memfd of the host;\n"
"touch-read only reads, against a memfd, and touch-zero, with zero_page=1, against\n"
"anonymous memory. fork-tables copies a process without a window, fork-windows one\n"
"with a window by mmlab_fork(), both against fork(2), by the page; cow-break stores\n"
"to each page after a copy was made; swap-pair brings each page in that was put\n"
"out. The host's side of it is left out if the host has no swap area.\n"
"GOAL is the highest ratio of lab to host that was aimed at.\n"
"\n"
"Progress is told on stderr. Without a quiet machine, times say little.\n"
"\n"
"Exit status: 0 done, 1 a row failed, 2 usage, 3 module not loaded, 4 not root.\n",
	.names = name_rows,
	.run = run_bench,
};
