// SPDX-License-Identifier: GPL-2.0
/*
 * Strict parser of slabinfo, version 2.1: two lines of head, then a row of 16
 * words for each cache, with numbers that must agree.
 */
#include <stdio.h>
#include <string.h>

#include "formats.h"

#define MAX_LINE	512

static const char *parse_head(const char **text)
{
	char line[MAX_LINE];
	const char *error = NULL;

	if (!next_line(text, line, sizeof(line), &error) ||
	    strcmp(line, SLAB_VERSION))
		return error ?: format_error("no version 2.1: '%s'", line);
	if (!next_line(text, line, sizeof(line), &error) ||
	    strcmp(line, SLAB_OBJECTS SLAB_TUNABLES SLAB_DATA))
		return error ?: format_error("no names of columns: '%s'", line);
	return NULL;
}

static const char *check_numbers(const struct slab_row *row)
{
	if (row->active_objs > row->num_objs)
		return format_error("%s: more objects active than there are",
				    row->name);
	if (row->num_objs != row->num_slabs * row->objperslab)
		return format_error("%s: %lu objects in %lu slabs of %u",
				    row->name, row->num_objs, row->num_slabs,
				    row->objperslab);
	if (row->active_slabs > row->num_slabs)
		return format_error("%s: more slabs active than there are",
				    row->name);
	if (!row->objsize || !row->objperslab || row->pagesperslab < 1 ||
	    row->num_objs >> 31)
		return format_error("%s: no possible size", row->name);
	return NULL;
}

/* The names of the lab, and of a host with lockdep: page->ptl. */
static const char *parse_row(const char *line, struct slab_row *row)
{
	unsigned int limit, batch, factor;
	char expected[MAX_LINE];
	unsigned long avail;

	if (sscanf(line, "%31[A-Za-z0-9_.>-] %lu %lu %u %u %d : tunables %u %u %u : slabdata %lu %lu %lu",
		   row->name, &row->active_objs, &row->num_objs, &row->objsize,
		   &row->objperslab, &row->pagesperslab, &limit, &batch,
		   &factor, &row->active_slabs, &row->num_slabs, &avail) != 12)
		return format_error("no row of slabinfo: '%s'", line);
	snprintf(expected, sizeof(expected),
		 "%-17s %6lu %6lu %6u %4u %4d : tunables %4u %4u %4u : slabdata %6lu %6lu %6lu",
		 row->name, row->active_objs, row->num_objs, row->objsize,
		 row->objperslab, row->pagesperslab, limit, batch, factor,
		 row->active_slabs, row->num_slabs, avail);
	if (strcmp(line, expected))
		return format_error("line is '%s', should be '%s'", line,
				    expected);
	return check_numbers(row);
}

const char *parse_slabinfo(const char *text, struct slabinfo *out)
{
	const char *error = parse_head(&text);
	char line[MAX_LINE];
	unsigned int i;

	memset(out, 0, sizeof(*out));
	while (!error && next_line(&text, line, sizeof(line), &error)) {
		struct slab_row *row = &out->row[out->nr_rows];

		if (out->nr_rows == MAX_SLAB_ROWS)
			return "too many rows";
		error = parse_row(line, row);
		for (i = 0; !error && i < out->nr_rows; i++)
			if (!strcmp(out->row[i].name, row->name))
				error = format_error("%s comes twice", row->name);
		out->nr_rows++;
	}
	if (error)
		return error;
	return out->nr_rows ? NULL : "no cache at all";
}
