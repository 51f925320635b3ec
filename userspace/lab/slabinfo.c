// SPDX-License-Identifier: GPL-2.0
/* Takes /proc/mmlab/slabinfo apart. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "slabinfo.h"

#define HEADER	"slabinfo - version: 2.1\n"

const char *const slabinfo_columns[SLABINFO_NUMBERS] = {
	"active_objs", "num_objs", "objsize", "objperslab", "pagesperslab",
	"limit", "batchcount", "sharedfactor", "active_slabs", "num_slabs", "sharedavail",
};

static int parse_row(const char *line, struct slabinfo_row *row)
{
	int end = 0, fields;

	fields = sscanf(line, "%63s %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
			" : tunables %" SCNu64 " %" SCNu64 " %" SCNu64
			" : slabdata %" SCNu64 " %" SCNu64 " %" SCNu64 "%n",
			row->name, &row->active_objs, &row->num_objs, &row->objsize,
			&row->objperslab, &row->pagesperslab, &row->limit, &row->batchcount,
			&row->sharedfactor, &row->active_slabs, &row->num_slabs,
			&row->sharedavail, &end);
	return fields == SLABINFO_NUMBERS + 1 && (line[end] == '\n' || !line[end]) ?
	       0 : -EINVAL;
}

long slabinfo_parse(const char *text, struct slabinfo_row **rows)
{
	size_t lines = 1;
	const char *c;
	long n = 0;

	*rows = NULL;
	if (strncmp(text, HEADER, strlen(HEADER)))
		return -EINVAL;
	for (c = text; *c; c++)
		lines += *c == '\n';
	*rows = calloc(lines, sizeof(**rows));
	if (!*rows)
		return -ENOMEM;
	for (c = text + strlen(HEADER); c && *c; c = strchr(c, '\n'), c = c ? c + 1 : NULL) {
		if (*c == '#')
			continue;
		if (parse_row(c, &(*rows)[n++])) {
			free(*rows);
			*rows = NULL;
			return -EINVAL;
		}
	}
	return n;
}
