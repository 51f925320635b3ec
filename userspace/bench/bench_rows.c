// SPDX-License-Identifier: GPL-2.0
/* The standard rows of `mmlab bench`, and their goals on Linux 6.1. */
#include <string.h>

#include "bench.h"
#include "cli/cli.h"

const char *const bench_side_names[BENCH_NR_SIDES] = { "lab", "host" };

#define KIB	1024ULL
#define MIB	(1024 * KIB)

const struct bench_row bench_rows[] = {
	{ "empty", 0, 10000, 0, false },
	{ "compute", 32, 10000, 0, false },
	{ "page-repeat", 0, 10000, 120, false },
	{ "page-repeat", 3, 10000, 120, false },
	{ "page-repeat", 9, 1000, 20, false },
	{ "page-ordered", 0, 10000, 300, false },
	{ "page-random", 0, 10000, 300, false },
	{ "page-bulk", 0, 12800, 500, false },
	{ "cache-repeat", 64, 10000, 230, false },
	{ "cache-repeat", 256, 10000, 230, false },
	{ "cache-batch", 64, 25600, 300, false },
	{ "cache-bulk", 64, 12800, 600, false },
	{ "kmalloc-repeat", 32, 10000, 250, false },
	{ "kmalloc-repeat", 256, 10000, 250, false },
	{ "kmalloc-repeat", 1 * KIB, 10000, 250, false },
	{ "kmalloc-repeat", 8 * KIB, 10000, 250, false },
	{ "kmalloc-repeat", 16 * KIB, 10000, 200, false },
	{ "kmalloc-repeat", 128 * KIB, 10000, 200, false },
	{ "vmalloc-repeat", 4 * KIB, 1000, 900, false },
	{ "vmalloc-repeat", 64 * KIB, 500, 700, false },
	{ "vmalloc-repeat", 1 * MIB, 50, 600, false },
	{ "vzalloc-repeat", 4 * KIB, 1000, 0, false },
	{ "vzalloc-repeat", 1 * MIB, 50, 0, false },
	{ "vmalloc-area", 4 * KIB, 1000, 300, false },
	{ "vmalloc-area", 64 * KIB, 500, 300, false },
	{ "vmalloc-area", 1 * MIB, 50, 300, false },
	{ "vmalloc-busy", 10, 200, 0, false },
	{ "vmalloc-busy", 15000, 200, 0, false },
	{ "touch-anon", 4 * MIB, 1024, 800, false },
	{ "touch-memfd", 4 * MIB, 1024, 0, false },
	{ "touch-read", 4 * MIB, 1024, 0, false },
	{ "touch-zero", 4 * MIB, 1024, 1000, false },
	{ "fork-tables", 16 * MIB, 4096, 500, false },
	{ "fork-windows", 16 * MIB, 4096, 2000, false },
	{ "cow-break", 4 * MIB, 1024, 800, false },
	{ "swap-pair", 4 * MIB, 1024, 500, false },
	{ "read-buddyinfo", 0, 50, 0, false },
	{ "read-slabinfo", 0, 20, 0, false },
	{ "read-check", 0, 10, 0, true },
	{ "ioctl", 0, 1000, 0, false },
};

const size_t bench_nr_rows = sizeof(bench_rows) / sizeof(bench_rows[0]);

const char *bench_row_name(const struct bench_row *row, char *buf)
{
	uint64_t arg = row->arg;
	const char *suffix = "";

	if (arg >= MIB && arg % MIB == 0) {
		arg /= MIB;
		suffix = "M";
	} else if (arg >= KIB && arg % KIB == 0) {
		arg /= KIB;
		suffix = "K";
	}
	snprintf(buf, BENCH_NAME_BYTES, "%s/%llu%s", row->pattern,
		 (unsigned long long)arg, suffix);
	return buf;
}

/* The argument after the slash. Return: 1 if there is one, 0 if not, -1 if no number */
static int split(const char *text, size_t *length, uint64_t *arg)
{
	*length = strcspn(text, "/");
	if (!text[*length])
		return 0;
	return cli_parse_size(text + *length + 1, UINT32_MAX, arg) ? 1 : -1;
}

bool bench_row_matches(const struct bench_row *row, const char *text)
{
	uint64_t arg = 0;
	size_t length;
	int has_arg = split(text, &length, &arg);

	return has_arg >= 0 && strlen(row->pattern) == length &&
	       !strncmp(row->pattern, text, length) && (!has_arg || row->arg == arg);
}

bool bench_row_parse(const char *text, struct bench_row *row)
{
	uint64_t arg = 0;
	size_t length, i;

	if (split(text, &length, &arg) != 1)
		return false;
	for (i = 0; i < bench_nr_rows; i++) {
		if (strlen(bench_rows[i].pattern) != length ||
		    strncmp(bench_rows[i].pattern, text, length))
			continue;
		*row = bench_rows[i];
		row->arg = arg;
		row->goal = 0;
		return true;
	}
	return false;
}

const struct bench_row *bench_row_find(const char *name)
{
	size_t i;

	for (i = 0; i < bench_nr_rows; i++)
		if (strchr(name, '/') && bench_row_matches(&bench_rows[i], name))
			return &bench_rows[i];
	return NULL;
}
