// SPDX-License-Identifier: GPL-2.0
/* Writes JSON on stdout, indented by depth. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "json.h"

static unsigned int depth;
static bool after_value;	/* a value precedes at this depth */

/* Bytes of the UTF-8 character that s starts with, 0 if it is none. */
static size_t utf8_length(const unsigned char *s)
{
	size_t i, length = s[0] < 0x80 ? 1 : s[0] >= 0xc2 && s[0] < 0xe0 ? 2 :
			   (s[0] & 0xf0) == 0xe0 ? 3 : s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : 0;

	for (i = 1; i < length; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return length;
}

static void quote(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	putchar('"');
	while (*s) {
		size_t length = utf8_length(s);

		if (!length) {
			fputs("\\ufffd", stdout);
			length = 1;
		} else if (*s == '"' || *s == '\\') {
			printf("\\%c", *s);
		} else if (*s < 0x20 || *s == 0x7f) {
			printf("\\u%04x", *s);
		} else {
			fwrite(s, 1, length, stdout);
		}
		s += length;
	}
	putchar('"');
}

static void begin_value(const char *key)
{
	if (after_value)
		putchar(',');
	if (depth)
		printf("\n%*s", (int)depth * 2, "");
	if (key) {
		quote(key);
		fputs(": ", stdout);
	}
	after_value = true;
}

static void open_group(const char *key, char bracket)
{
	begin_value(key);
	putchar(bracket);
	depth++;
	after_value = false;
}

static void close_group(char bracket)
{
	depth--;
	if (after_value)
		printf("\n%*s", (int)depth * 2, "");
	putchar(bracket);
	after_value = true;
	if (!depth) {
		putchar('\n');
		after_value = false;
	}
}

void json_object_begin(const char *key)
{
	open_group(key, '{');
}

void json_object_end(void)
{
	close_group('}');
}

void json_array_begin(const char *key)
{
	open_group(key, '[');
}

void json_array_end(void)
{
	close_group(']');
}

void json_string(const char *key, const char *value)
{
	begin_value(key);
	if (value)
		quote(value);
	else
		fputs("null", stdout);
}

void json_number(const char *key, uint64_t value)
{
	begin_value(key);
	printf("%" PRIu64, value);
}

void json_decimal(const char *key, double value, int digits)
{
	begin_value(key);
	printf("%.*f", digits, value);
}

void json_bool(const char *key, bool value)
{
	begin_value(key);
	fputs(value ? "true" : "false", stdout);
}
