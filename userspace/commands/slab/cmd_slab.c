// SPDX-License-Identifier: GPL-2.0
/* slab: all caches in a table, as slabtop -o, or one in detail. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "lab/labfile.h"
#include "lab/slabinfo.h"
#include "libmmlab.h"
#include "slab_detail.h"

static uint64_t page_kb(void)
{
	return (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
}

static uint64_t memory_kb(const struct slabinfo_row *row)
{
	return row->num_slabs * row->pagesperslab * page_kb();
}

static uint64_t objects_of(const struct slabinfo_row *row)
{
	return row->num_objs;
}

static uint64_t active_of(const struct slabinfo_row *row)
{
	return row->active_objs;
}

static uint64_t use_of(const struct slabinfo_row *row)
{
	return row->num_objs ? row->active_objs * 1000 / row->num_objs : 0;
}

static uint64_t size_of(const struct slabinfo_row *row)
{
	return row->objsize;
}

static uint64_t slabs_of(const struct slabinfo_row *row)
{
	return row->num_slabs;
}

static uint64_t parked_of(const struct slabinfo_row *row)
{
	return row->sharedavail;
}

/* Largest first; a key without a value is by name. */
static const struct sort_key {
	const char *name;
	uint64_t (*value)(const struct slabinfo_row *row);
} sort_keys[] = {
	{ "memory", memory_kb }, { "objs", objects_of }, { "active", active_of },
	{ "use", use_of }, { "size", size_of }, { "slabs", slabs_of },
	{ "parked", parked_of }, { "name", NULL },
};

#define NR_SORT_KEYS	(sizeof(sort_keys) / sizeof(sort_keys[0]))

static const struct sort_key *sort_by = &sort_keys[0];

static int compare(const void *left, const void *right)
{
	const struct slabinfo_row *a = left, *b = right;

	if (sort_by->value) {
		uint64_t x = sort_by->value(a), y = sort_by->value(b);

		if (x != y)
			return x < y ? 1 : -1;
	}
	return strcmp(a->name, b->name);
}

static void print_totals(const struct slabinfo_row *rows, long n)
{
	uint64_t active = 0, objects = 0, active_slabs = 0, slabs = 0, kb = 0, parked = 0;
	long i, used = 0;

	for (i = 0; i < n; i++) {
		active += rows[i].active_objs;
		objects += rows[i].num_objs;
		active_slabs += rows[i].active_slabs;
		slabs += rows[i].num_slabs;
		parked += rows[i].sharedavail;
		kb += memory_kb(&rows[i]);
		used += rows[i].num_slabs > 0;
	}
	printf("objects  %8" PRIu64 " in use of %8" PRIu64 " (%.1f %%), %" PRIu64 " parked in magazines and depots\n",
	       active, objects, objects ? (double)active * 100 / (double)objects : 0.0, parked);
	printf("slabs    %8" PRIu64 " in use of %8" PRIu64 ", %" PRIu64 " kB\n",
	       active_slabs, slabs, kb);
	printf("caches   %8ld with slabs of %3ld\n\n", used, n);
}

static void print_table(const struct slabinfo_row *rows, long n)
{
	long i;

	print_totals(rows, n);
	printf("%7s %7s %5s %7s %7s %7s %9s %8s  %s\n", "OBJS", "ACTIVE", "USE%", "PARKED",
	       "SIZE", "SLABS", "OBJ/SLAB", "KB", "NAME");
	for (i = 0; i < n; i++)
		printf("%7" PRIu64 " %7" PRIu64 " %5.1f %7" PRIu64 " %7" PRIu64 " %7" PRIu64
		       " %9" PRIu64 " %8" PRIu64 "  %s\n",
		       rows[i].num_objs, rows[i].active_objs, (double)use_of(&rows[i]) / 10,
		       rows[i].sharedavail, rows[i].objsize, rows[i].num_slabs,
		       rows[i].objperslab, memory_kb(&rows[i]), rows[i].name);
}

static void print_json(const struct slabinfo_row *rows, long n)
{
	size_t column;
	long i;

	json_array_begin(NULL);
	for (i = 0; i < n; i++) {
		json_object_begin(NULL);
		json_string("name", rows[i].name);
		for (column = 0; column < SLABINFO_NUMBERS; column++)
			json_number(slabinfo_columns[column], rows[i].number[column]);
		json_number("memory_kb", memory_kb(&rows[i]));
		json_object_end();
	}
	json_array_end();
}

static int show_table(bool json)
{
	struct slabinfo_row *rows;
	char path[PATH_MAX];
	char *text = labfile_read("slabinfo", NULL);
	int error = errno;
	long n;

	mmlab_proc_path(path, sizeof(path), "slabinfo");
	if (!text && (error == EACCES || error == EPERM))
		return cli_fail(error, "This file is root's: sudo mmlab slab. mmlab slab NAME does without it",
				"%s", path);
	if (!text)
		return cli_fail_open(error, path);
	n = slabinfo_parse(text, &rows);
	free(text);
	if (n < 0)
		return cli_fail((int)n, "It is not slabinfo version 2.1: build module and mmlab from the same source",
				"%s", path);
	qsort(rows, (size_t)n, sizeof(*rows), compare);
	if (json)
		print_json(rows, n);
	else
		print_table(rows, n);
	free(rows);
	return CLI_OK;
}

static void name_caches(void (*offer)(const char *name))
{
	char *text = labfile_read("slabinfo", NULL);
	struct slabinfo_row *rows = NULL;
	long i, n = text ? slabinfo_parse(text, &rows) : 0;

	for (i = 0; i < n; i++)
		offer(rows[i].name);
	free(rows);
	free(text);
}

static int run_slab(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "sort", required_argument, NULL, 's' }, { "all", no_argument, NULL, 'a' },
		CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 }
	};
	bool json = false, all = false;
	size_t key;
	int option;

	while ((option = cli_option(cmd, argc, argv, "s:ajh", longs)) != -1) {
		json |= option == 'j';
		all |= option == 'a';
		if (option != 's')
			continue;
		for (key = 0; key < NR_SORT_KEYS && strcmp(sort_keys[key].name, optarg); key++)
			;
		if (key == NR_SORT_KEYS)
			return cli_usage(cmd, "--sort knows memory, objs, active, use, size, slabs, parked and name, not '%s'",
					 optarg);
		sort_by = &sort_keys[key];
	}
	if (argc - optind > 1)
		return cli_usage(cmd, "one cache at a time");
	return optind < argc ? slab_detail(argv[optind], all, json) : show_table(json);
}

const struct command cmd_slab = {
	.name = "slab",
	.args = "[--sort KEY] [--all] [--json] [NAME|ID]",
	.summary = "Show the slab caches in a table, or one of them in detail",
	.help =
"Without NAME, a row per cache: OBJS objects there are, ACTIVE of them in use,\n"
"PARKED of them free but kept in magazines and the depot, SIZE bytes from one to\n"
"the next, SLABS, KB of memory.\n"
"\n"
"With NAME (or the number that cache create printed): its layout; how many\n"
"objects are in use exactly, parked, free and quarantined, and the most so far;\n"
"where its memory goes, down to the waste; how often the fast path was enough;\n"
"and each slab's objects as a map.\n"
"\n"
"  --sort memory|objs|active|use|size|slabs|parked|name\n"
"           largest first, or by name (memory)\n"
"  --all    maps of all slabs, not only of the first 16\n"
"  --json   all numbers as JSON\n"
"\n"
"Examples:\n"
"  sudo mmlab slab --sort active\n"
"  mmlab slab kmalloc-64\n"
"\n"
"Exit status: 0 done, 1 no such cache, 2 usage, 3 module not loaded, 4 not root.\n",
	.names = name_caches,
	.run = run_slab,
};
