// SPDX-License-Identifier: GPL-2.0
/*
 * Strict parser of zoneinfo. Its blocks begin with "Node 0, zone      DMA" and
 * have, in this order: statistics of the node (first block only), watermarks and
 * sizes, statistics of the zone, per-CPU lists, start_pfn.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "formats.h"

#define MAX_LINE	256
#define FIELD(name)	offsetof(struct zoneinfo, zone[0].name)

/* Fixed lines by position in the block; a line that may lack has @optional. */
static const struct line {
	const char *format;
	size_t field;		/* where the value goes; 0: nowhere */
	bool optional;
} page_lines[] = {
	{ "  pages free     %lu", FIELD(free) },
	{ "        boost    %lu", 0, true },
	{ "        min      %lu", FIELD(min) },
	{ "        low      %lu", FIELD(low) },
	{ "        high     %lu", FIELD(high) },
	{ "        spanned  %lu", FIELD(spanned) },
	{ "        present  %lu", FIELD(present) },
	{ "        managed  %lu", FIELD(managed) },
	{ "        cma      %lu", 0, true },
};

struct reader {
	const char *text;
	char line[MAX_LINE];
	bool at_end;
	const char *error;
};

static void advance(struct reader *r)
{
	if (!next_line(&r->text, r->line, sizeof(r->line), &r->error)) {
		r->at_end = true;
		r->line[0] = '\0';
	}
}

/* Is the line what @format prints for some number? */
static bool matches(const char *line, const char *format, unsigned long *value)
{
	char expected[MAX_LINE];

	if (sscanf(line, format, value) != 1)
		return false;
	snprintf(expected, sizeof(expected), format, *value);
	return !strcmp(line, expected);
}

/* "      %-12s %lu" */
static bool is_statistic(const char *line, char *name, unsigned long *value)
{
	char expected[MAX_LINE];

	if (sscanf(line, " %31[a-z0-9_] %lu", name, value) != 2)
		return false;
	snprintf(expected, sizeof(expected), "      %-12s %lu", name, *value);
	return !strcmp(line, expected);
}

/* "        protection: (0, 1827)": how many numbers, 0 if it is no such line */
static unsigned int count_protection(const char *line)
{
	static const char head[] = "        protection: (";
	size_t i = sizeof(head) - 1;
	unsigned int nr;

	if (strncmp(line, head, i))
		return 0;
	for (nr = 1;; nr++) {
		if (!isdigit((unsigned char)line[i]))
			return 0;
		while (isdigit((unsigned char)line[i]))
			i++;
		if (line[i] == ')')
			return line[i + 1] ? 0 : nr;
		if (strncmp(line + i, ", ", 2))
			return 0;
		i += 2;
	}
}

static void store(struct zoneinfo *out, size_t field, unsigned long value)
{
	char *zone = (char *)&out->zone[out->nr_zones];

	if (field)
		*(unsigned long *)(zone + field - offsetof(struct zoneinfo,
							   zone)) = value;
}

static const char *parse_head(struct reader *r, struct zoneinfo *out)
{
	char name[32], expected[MAX_LINE];
	unsigned long value;

	if (out->nr_zones == MAX_ZONES ||
	    sscanf(r->line, "Node 0, zone %15s", name) != 1)
		return format_error("no head of a zone: '%s'", r->line);
	snprintf(expected, sizeof(expected), "Node 0, zone %8s", name);
	if (strcmp(r->line, expected))
		return format_error("head is '%s', should be '%s'", r->line,
				    expected);
	strcpy(out->zone[out->nr_zones].name, name);
	advance(r);
	if (strcmp(r->line, "  per-node stats"))
		return NULL;
	if (out->nr_zones)
		return "per-node stats in another block than the first";
	do {
		advance(r);
	} while (is_statistic(r->line, name, &value));
	return NULL;
}

static const char *parse_pages(struct reader *r, struct zoneinfo *out)
{
	char name[32];
	unsigned long value;
	bool seen = false;
	size_t i;

	for (i = 0; i < sizeof(page_lines) / sizeof(page_lines[0]); i++) {
		if (matches(r->line, page_lines[i].format, &value)) {
			store(out, page_lines[i].field, value);
			advance(r);
		} else if (!page_lines[i].optional) {
			return format_error("'%s', should be '%s'", r->line,
					    page_lines[i].format);
		}
	}
	out->zone[out->nr_zones].nr_protection = count_protection(r->line);
	if (!out->zone[out->nr_zones].nr_protection)
		return format_error("no protection: '%s'", r->line);
	for (advance(r); is_statistic(r->line, name, &value); advance(r)) {
		if (!strcmp(name, "nr_free_pages")) {
			store(out, FIELD(nr_free_pages), value);
			seen = true;
		}
	}
	return seen ? NULL : format_error("no nr_free_pages before '%s'",
					  r->line);
}

static const char *parse_pagesets(struct reader *r, struct zoneinfo *out)
{
	unsigned int z = out->nr_zones;
	unsigned long cpu, count, high, batch, threshold;

	if (strcmp(r->line, "  pagesets"))
		return format_error("'%s', should be '  pagesets'", r->line);
	for (advance(r); matches(r->line, "    cpu: %lu", &cpu);) {
		unsigned int n = out->zone[z].nr_cpus++;

		if (n == MAX_CPUS)
			return "too many CPUs";
		advance(r);
		if (!matches(r->line, "              count: %lu", &count))
			return format_error("no count: '%s'", r->line);
		advance(r);
		if (!matches(r->line, "              high:  %lu", &high))
			return format_error("no high: '%s'", r->line);
		advance(r);
		if (!matches(r->line, "              batch: %lu", &batch))
			return format_error("no batch: '%s'", r->line);
		out->zone[z].count[n] = count;
		out->zone[z].pcp_high[n] = high;
		out->zone[z].pcp_batch[n] = batch;
		advance(r);
		if (matches(r->line, "  vm stats threshold: %lu", &threshold))
			advance(r);
	}
	return out->zone[z].nr_cpus ? NULL : "pagesets of no CPU";
}

static const char *parse_tail(struct reader *r, struct zoneinfo *out)
{
	unsigned long value;

	if (matches(r->line, "  node_unreclaimable:  %lu", &value))
		advance(r);
	if (!matches(r->line, "  start_pfn:           %lu", &value))
		return format_error("no start_pfn: '%s'", r->line);
	store(out, FIELD(start_pfn), value);
	out->nr_zones++;
	advance(r);
	return NULL;
}

const char *parse_zoneinfo(const char *text, struct zoneinfo *out)
{
	struct reader r = { .text = text };
	const char *error = NULL;

	memset(out, 0, sizeof(*out));
	for (advance(&r); !r.at_end && !error;) {
		error = parse_head(&r, out);
		if (!error)
			error = parse_pages(&r, out);
		if (!error)
			error = parse_pagesets(&r, out);
		if (!error)
			error = parse_tail(&r, out);
	}
	if (r.error)
		return r.error;
	if (error)
		return error;
	return out->nr_zones ? NULL : "empty";
}
