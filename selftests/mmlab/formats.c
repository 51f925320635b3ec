// SPDX-License-Identifier: GPL-2.0
/*
 * Strict parsers of the text files. slabinfo and zoneinfo have files of their
 * own.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats.h"

#define MAX_LINE	512

/* where a path starts in a line of maps */
#define PATH_COLUMN	73

const char *format_error(const char *format, ...)
{
	static char error[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(error, sizeof(error), format, args);
	va_end(args);
	return error;
}

bool next_line(const char **text, char *line, size_t size, const char **error)
{
	const char *end = strchr(*text, '\n');
	size_t len;

	if (!**text)
		return false;
	if (!end) {
		*error = format_error("no newline at the end: '%.80s'", *text);
		return false;
	}
	len = end - *text;
	if (len >= size) {
		*error = format_error("line too long: '%.80s'", *text);
		return false;
	}
	memcpy(line, *text, len);
	line[len] = '\0';
	*text = end + 1;
	return true;
}

static const char *compare(const char *line, const char *expected)
{
	if (!strcmp(line, expected))
		return NULL;
	return format_error("line is '%s', should be '%s'", line, expected);
}

/* "Node %d, zone %8s " and what follows it; the rest of the line, or NULL. */
static const char *after_zone(const char *line, char *name, size_t size)
{
	char expected[64];
	int node, n = 0;

	if (sscanf(line, "Node %d, zone %15s%n", &node, name, &n) != 2 || !n ||
	    node || size < 16)
		return NULL;
	snprintf(expected, sizeof(expected), "Node %d, zone %8s ", node, name);
	return strncmp(line, expected, strlen(expected)) ? NULL :
	       line + strlen(expected);
}

const char *parse_buddyinfo(const char *text, struct buddyinfo *out)
{
	char line[MAX_LINE], name[16];
	const char *error = NULL;

	memset(out, 0, sizeof(*out));
	while (next_line(&text, line, sizeof(line), &error)) {
		const char *rest = after_zone(line, name, sizeof(name));
		char expected[MAX_LINE] = "";
		size_t i, n = 0, z = out->nr_zones;
		char *end;

		if (!rest || z == MAX_ZONES)
			return format_error("no row of a zone: '%s'", line);
		for (i = 0, end = (char *)rest; i < NR_ORDERS; i++) {
			unsigned long nr = strtoul(end, &end, 10);

			out->zone[z].nr_free[i] = nr;
			n += snprintf(expected + n, sizeof(expected) - n,
				      "%6lu ", nr);
		}
		error = compare(rest, expected);
		if (error)
			return error;
		strcpy(out->zone[z].name, name);
		out->nr_zones++;
	}
	if (error)
		return error;
	return out->nr_zones ? NULL : "empty";
}

static const char *parse_index(const char *text, const char *format,
			       struct index *out)
{
	char line[MAX_LINE], name[16];
	const char *error = NULL;

	memset(out, 0, sizeof(*out));
	while (next_line(&text, line, sizeof(line), &error)) {
		const char *rest = after_zone(line, name, sizeof(name));
		char expected[MAX_LINE] = "";
		size_t i, n = 0, z = out->nr_zones;

		if (!rest || z == MAX_ZONES)
			return format_error("no row of a zone: '%s'", line);
		for (i = 0; i < NR_ORDERS; i++) {
			int whole, rest_digits, used = 0;

			if (sscanf(rest + n, "%d.%d%n", &whole, &rest_digits,
				   &used) != 2)
				return format_error("no index: '%s'", rest + n);
			out->zone[z].value[i] = whole * 1000L +
				(whole < 0 ? -rest_digits : rest_digits);
			n += snprintf(expected + n, sizeof(expected) - n,
				      format, whole, rest_digits);
			if (n > strlen(rest))
				return format_error("row too short: '%s'", line);
		}
		error = compare(rest, expected);
		if (error)
			return error;
		strcpy(out->zone[z].name, name);
		out->nr_zones++;
	}
	if (error)
		return error;
	return out->nr_zones ? NULL : "empty";
}

const char *parse_extfrag(const char *text, struct index *out)
{
	return parse_index(text, "%2d.%03d ", out);
}

const char *parse_unusable(const char *text, struct index *out)
{
	return parse_index(text, "%d.%03d ", out);
}

static const char *add_row(struct table *out, const char *name,
			   unsigned long value)
{
	bool found;

	table_value(out, name, &found);
	if (found)
		return format_error("'%s' comes twice", name);
	if (out->nr_rows == MAX_ROWS)
		return "too many rows";
	strcpy(out->row[out->nr_rows].name, name);
	out->row[out->nr_rows++].value = value;
	return NULL;
}

const char *parse_meminfo(const char *text, struct table *out)
{
	char line[MAX_LINE], name[32], expected[MAX_LINE], key[40];
	const char *error = NULL;
	unsigned long value;

	memset(out, 0, sizeof(*out));
	if (strlen(text) >= 8192)
		return "not shorter than 8 KiB";
	while (next_line(&text, line, sizeof(line), &error)) {
		if (sscanf(line, "%31[A-Za-z0-9_()]: %lu kB", name, &value) != 2)
			return format_error("no row of meminfo: '%s'", line);
		snprintf(key, sizeof(key), "%s:", name);
		/* the host makes the column narrower for its longest name */
		snprintf(expected, sizeof(expected),
			 strlen(key) < 16 ? "%-16s%8lu kB" : "%s %5lu kB", key, value);
		error = compare(line, expected);
		if (!error)
			error = add_row(out, name, value);
		if (error)
			return error;
	}
	if (error)
		return error;
	return out->nr_rows ? NULL : "empty";
}

const char *parse_vmstat(const char *text, struct table *out)
{
	char line[MAX_LINE], name[32], expected[MAX_LINE];
	const char *error = NULL;
	unsigned long value;

	memset(out, 0, sizeof(*out));
	if (strlen(text) >= 8192)
		return "not shorter than 8 KiB";
	while (next_line(&text, line, sizeof(line), &error)) {
		if (sscanf(line, "%31[a-z0-9_] %lu", name, &value) != 2)
			return format_error("no row of vmstat: '%s'", line);
		snprintf(expected, sizeof(expected), "%s %lu", name, value);
		error = compare(line, expected);
		if (!error)
			error = add_row(out, name, value);
		if (error)
			return error;
	}
	if (error)
		return error;
	return out->nr_rows ? NULL : "empty";
}

static const char *add_mapping(struct maps *out, unsigned long start,
			       unsigned long end, const char *perms,
			       const char *path)
{
	unsigned int n = out->nr_rows;

	if (n == MAX_ROWS)
		return "too many rows";
	if (start >= end)
		return format_error("%lx-%lx is empty", start, end);
	if (n && start < out->row[n - 1].end)
		return format_error("%lx-%lx overlaps or is not in order", start,
				    end);
	if (!strchr("r-", perms[0]) || !strchr("w-", perms[1]) ||
	    !strchr("x-", perms[2]) || !strchr("ps", perms[3]))
		return format_error("no such rights: '%s'", perms);
	out->row[n].start = start;
	out->row[n].end = end;
	strcpy(out->row[n].perms, perms);
	strcpy(out->row[n].path, path);
	out->nr_rows++;
	return NULL;
}

const char *parse_maps(const char *text, struct maps *out)
{
	char line[MAX_LINE];
	const char *error = NULL;

	memset(out, 0, sizeof(*out));
	while (next_line(&text, line, sizeof(line), &error)) {
		char expected[MAX_LINE], perms[5] = "", path[64] = "";
		unsigned long start, end, inode;
		unsigned long long offset;
		unsigned int major, minor;
		int n;

		if (sscanf(line, "%lx-%lx %4s %llx %x:%x %lu %63[^\n]", &start,
			   &end, perms, &offset, &major, &minor, &inode,
			   path) < 7 || strlen(perms) != 4)
			return format_error("no row of maps: '%s'", line);
		n = snprintf(expected, sizeof(expected),
			     "%08lx-%08lx %s %08llx %02x:%02x %lu ", start, end,
			     perms, offset, major, minor, inode);
		if (*path)
			snprintf(expected + n, sizeof(expected) - n, "%*s%s",
				 n < PATH_COLUMN ? PATH_COLUMN - n : 0, "",
				 path);
		error = compare(line, expected);
		if (!error && offset >> 63)
			error = "offset is negative for its readers";
		if (!error)
			error = add_mapping(out, start, end, perms, path);
		if (error)
			return error;
	}
	if (error)
		return error;
	return out->nr_rows ? NULL : "empty";
}

const char *parse_check(const char *text)
{
	char line[MAX_LINE], last[MAX_LINE] = "";
	const char *error = NULL;
	unsigned int nr_lines = 0;

	while (next_line(&text, line, sizeof(line), &error)) {
		if (nr_lines && !strstr(last, ": "))
			return format_error("no 'name: result': '%s'", last);
		strcpy(last, line);
		nr_lines++;
	}
	if (error)
		return error;
	if (nr_lines < 2)
		return "says nothing of any structure";
	return compare(last, "ok");
}

unsigned long table_value(const struct table *t, const char *name, bool *found)
{
	unsigned int i;

	for (i = 0; i < t->nr_rows; i++) {
		if (!strcmp(t->row[i].name, name)) {
			if (found)
				*found = true;
			return t->row[i].value;
		}
	}
	if (found)
		*found = false;
	return 0;
}

unsigned long buddyinfo_frames(const struct buddyinfo *b)
{
	unsigned long sum = 0;
	unsigned int z, order;

	for (z = 0; z < b->nr_zones; z++)
		for (order = 0; order < NR_ORDERS; order++)
			sum += b->zone[z].nr_free[order] << order;
	return sum;
}
