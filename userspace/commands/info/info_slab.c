// SPDX-License-Identifier: GPL-2.0
/* `mmlab info slabinfo`: each column of each cache that has slabs. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "info.h"
#include "lab/slabinfo.h"

static void print_row(const struct info_file *file, const struct slabinfo_row *row,
		      info_print print)
{
	char name[128], value[32];
	size_t i;

	if (!row->num_slabs) {
		print(row->name, "no slabs", info_meaning(file->items, "no slabs"));
		return;
	}
	for (i = 0; i < SLABINFO_NUMBERS; i++) {
		snprintf(name, sizeof(name), "%s %s", row->name, slabinfo_columns[i]);
		snprintf(value, sizeof(value), "%" PRIu64, row->number[i]);
		print(name, value, info_meaning(file->items, slabinfo_columns[i]));
	}
}

void info_explain_slabinfo(const struct info_file *file, const char *text, size_t length,
			   info_print print)
{
	struct slabinfo_row *rows;
	long i, n = slabinfo_parse(text, &rows);
	char value[32];

	(void)length;
	if (n < 0) {
		print("format", "unknown", info_meaning(file->items, "format"));
		return;
	}
	snprintf(value, sizeof(value), "%ld", n);
	print("caches", value, info_meaning(file->items, "caches"));
	for (i = 0; i < n; i++)
		print_row(file, &rows[i], print);
	free(rows);
}
