// SPDX-License-Identifier: GPL-2.0
/*
 * Broken copies of a text.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "formats.h"
#include "spoil.h"

static const char *buddyinfo(const char *text)
{
	struct buddyinfo b;

	return parse_buddyinfo(text, &b);
}

static const char *extfrag_index(const char *text)
{
	struct index x;

	return parse_extfrag(text, &x);
}

static const char *maps(const char *text)
{
	struct maps m;

	return parse_maps(text, &m);
}

static const char *meminfo(const char *text)
{
	struct table t;

	return parse_meminfo(text, &t);
}

static const char *slabinfo(const char *text)
{
	struct slabinfo s;

	return parse_slabinfo(text, &s);
}

static const char *unusable_index(const char *text)
{
	struct index x;

	return parse_unusable(text, &x);
}

static const char *vmstat(const char *text)
{
	struct table t;

	return parse_vmstat(text, &t);
}

static const char *zoneinfo(const char *text)
{
	struct zoneinfo z;

	return parse_zoneinfo(text, &z);
}

const struct text_file text_files[] = {
	{ "buddyinfo", 0444, buddyinfo },
	{ "check", 0444, parse_check },
	{ "extfrag_index", 0444, extfrag_index },
	{ "maps", 0444, maps },
	{ "meminfo", 0444, meminfo },
	{ "slabinfo", 0400, slabinfo },
	{ "unusable_index", 0444, unusable_index },
	{ "vmstat", 0444, vmstat },
	{ "zoneinfo", 0444, zoneinfo },
};

const size_t nr_text_files = sizeof(text_files) / sizeof(text_files[0]);

static const char *judge(parser parse, const char *copy, const char *what,
			 size_t at)
{
	if (parse(copy))
		return NULL;
	return format_error("accepts a copy %s at byte %zu: '%.60s'", what, at,
			    copy + (at > 20 ? at - 20 : 0));
}

/* Without it, a name would be another name. */
static bool is_in_name(parser parse, char c)
{
	return isalnum((unsigned char)c) || strchr("_[", c) ||
	       (parse == slabinfo && c == '-');
}

/* Free text: the names in check and maps may have any number of spaces. */
static bool is_free_text(parser parse, const char *text, size_t at)
{
	const char *line = text + at, *name;

	while (line > text && line[-1] != '\n')
		line--;
	if (parse == parse_check)
		return strncmp(line, "ok\n", 3) || line == text + at;
	name = strchr(line, '[');
	return parse == maps && name && text + at > name;
}

const char *spoil_all(parser parse, const char *text)
{
	size_t i, len = strlen(text);
	const char *missed = NULL;
	char *copy = malloc(len + 2);

	for (i = 0; i <= len && !missed; i++) {
		if (is_free_text(parse, text, i) && i < len)
			continue;
		memcpy(copy, text, i);
		copy[i] = ' ';
		strcpy(copy + i + 1, text + i);
		missed = judge(parse, copy, "with one more space", i);
	}
	for (i = 0; i < len && !missed; i++) {
		if (is_in_name(parse, text[i]) ||
		    is_free_text(parse, text, i))
			continue;
		memcpy(copy, text, i);
		strcpy(copy + i, text + i + 1);
		missed = judge(parse, copy, "with one byte less", i);
	}
	if (!missed) {
		memcpy(copy, text, len - 1);
		copy[len - 1] = '\0';
		missed = judge(parse, copy, "without its last newline", len - 1);
	}
	free(copy);
	return missed;
}
