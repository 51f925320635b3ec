// SPDX-License-Identifier: GPL-2.0
/* info: a file of /proc/mmlab, each value beside its meaning. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "info.h"
#include "lab/labfile.h"
#include "libmmlab.h"

#define LINE_MAX_BYTES	512

const char *info_meaning(const struct info_item *items, const char *name)
{
	for (; items->name; items++)
		if (!strcmp(items->name, name))
			return items->meaning;
	return NULL;
}

/* Copies the line at *text and moves *text after it. Return: false at the end */
static bool next_line(const char **text, char *line, size_t size)
{
	size_t length = strcspn(*text, "\n");

	if (!**text)
		return false;
	snprintf(line, size, "%.*s", (int)length, *text);
	*text += length + ((*text)[length] == '\n');
	return true;
}

void info_explain_keys(const struct info_file *file, const char *text, size_t length,
		       info_print print)
{
	char line[LINE_MAX_BYTES];

	(void)length;
	while (next_line(&text, line, sizeof(line))) {
		size_t key = strcspn(line, ": ");
		char *value = line + key;

		value += strspn(value, ": ");
		line[key] = '\0';
		print(line, value, info_meaning(file->items, line));
	}
}

void info_explain_orders(const struct info_file *file, const char *text, size_t length,
			 info_print print)
{
	char line[LINE_MAX_BYTES], zone[32], name[64], meaning[256];
	bool counts = !strcmp(file->name, "buddyinfo");

	(void)length;
	print("zone", "", info_meaning(file->items, "zone"));
	print("order", "", info_meaning(file->items, "order"));
	while (next_line(&text, line, sizeof(line))) {
		char *value;
		int order = 0;

		if (sscanf(line, "Node %*d, zone %31s", zone) != 1)
			continue;
		value = strtok(strstr(line, zone) + strlen(zone), " ");
		for (; value; value = strtok(NULL, " "), order++) {
			snprintf(name, sizeof(name), "%s order %d", zone, order);
			if (counts)
				snprintf(meaning, sizeof(meaning), "free blocks of %d frame%s",
					 1 << order, order ? "s" : "");
			else
				snprintf(meaning, sizeof(meaning), "for a block of %d frame%s",
					 1 << order, order ? "s" : "");
			print(name, value, meaning);
		}
	}
}

void info_explain_zones(const struct info_file *file, const char *text, size_t length,
			info_print print)
{
	char line[LINE_MAX_BYTES], zone[32] = "?", name[128];

	(void)length;
	while (next_line(&text, line, sizeof(line))) {
		const struct info_item *item;
		char *start = line + strspn(line, " ");
		size_t key = strcspn(start, " ");

		if (sscanf(line, "Node %*d, zone %31s", zone) == 1 || !*start ||
		    !strncmp(start, "pagesets", 8) || !strncmp(start, "per-node", 8))
			continue;
		for (item = file->items; item->name; item++) {
			size_t known = strlen(item->name);

			if (!strncmp(start, item->name, known) &&
			    strchr(" (", start[known])) {
				key = known;
				break;
			}
		}
		snprintf(name, sizeof(name), "%s %.*s", zone, (int)key, start);
		start += key;
		print(name, start + strspn(start, " "), item->meaning);
	}
}

/* A field of vmallocinfo by its first word; the last item is any other. */
static const struct info_item *area_item(const struct info_file *file, const char *field)
{
	const struct info_item *item = file->items + 2;
	size_t length;

	for (; item[1].name; item++) {
		length = strlen(item->name);
		if (!strncmp(field, item->name, length) &&
		    (!field[length] || field[length] == '='))
			break;
	}
	return item;
}

void info_explain_areas(const struct info_file *file, const char *text, size_t length,
			info_print print)
{
	char line[LINE_MAX_BYTES], *field, *rest;
	const struct info_item *item;
	unsigned int column;

	(void)length;
	while (next_line(&text, line, sizeof(line))) {
		field = strtok_r(line, " ", &rest);
		for (column = 0; field; column++) {
			item = column < 2 ? &file->items[column] : area_item(file, field);
			if (field[0] != '[')	/* the caller's module */
				print(item->name, field, item->meaning);
			field = strtok_r(NULL, " ", &rest);
		}
	}
}

void info_explain_maps(const struct info_file *file, const char *text, size_t length,
		       info_print print)
{
	char line[LINE_MAX_BYTES];
	const struct info_item *item;

	(void)length;
	while (next_line(&text, line, sizeof(line))) {
		char *field = line;

		for (item = file->items; item->name && *field; item++) {
			size_t width = item[1].name ? strcspn(field, " ") : strlen(field);
			bool last = !field[width];

			field[width] = '\0';
			print(item->name, field, item->meaning);
			if (last)
				break;
			field += width + 1;
			field += strspn(field, " ");
		}
	}
}

void info_explain_swaps(const struct info_file *file, const char *text, size_t length,
			info_print print)
{
	char line[LINE_MAX_BYTES], *field, *rest;
	const struct info_item *item;

	(void)length;
	next_line(&text, line, sizeof(line));	/* the columns' names */
	while (next_line(&text, line, sizeof(line))) {
		field = strtok_r(line, " \t", &rest);
		for (item = file->items; item->name && field; item++) {
			print(item->name, field, item->meaning);
			field = strtok_r(NULL, " \t", &rest);
		}
	}
}

void info_explain_check(const struct info_file *file, const char *text, size_t length,
			info_print print)
{
	char line[LINE_MAX_BYTES], verdict[LINE_MAX_BYTES];

	(void)length;
	labfile_verdict(text, verdict, sizeof(verdict));
	while (next_line(&text, line, sizeof(line))) {
		char *colon = strstr(line, ": "), *value;
		const char *kind;

		if (!strcmp(line, verdict) || !colon)
			continue;
		*colon = '\0';
		value = colon + 1 + strspn(colon + 1, " ");
		kind = isdigit((unsigned char)*value) ? "part" : "rule";
		print(line, value, info_meaning(file->items, kind));
	}
	print("verdict", verdict, info_meaning(file->items, "verdict"));
}

static void print_text(const char *name, const char *value, const char *meaning)
{
	printf("%-31s %19s  %s\n", name, value,
	       meaning ? meaning : "(this mmlab does not know it)");
}

static void print_json(const char *name, const char *value, const char *meaning)
{
	json_object_begin(NULL);
	json_string("name", name);
	json_string("value", value);
	json_string("meaning", meaning);
	json_object_end();
}

static int list_files(bool json)
{
	const struct info_file *file;

	if (json)
		json_array_begin(NULL);
	for (file = info_files; file->name; file++) {
		if (json) {
			json_object_begin(NULL);
			json_string("file", file->name);
			json_string("summary", file->summary);
			json_object_end();
		} else {
			printf("%-16s %s\n", file->name, file->summary);
		}
	}
	if (json)
		json_array_end();
	return CLI_OK;
}

static int explain(const struct info_file *file, bool json)
{
	char path[PATH_MAX], *text;
	size_t length;

	mmlab_proc_path(path, sizeof(path), file->name);
	text = labfile_read(file->name, &length);
	if (!text) {
		int error = errno;

		if (error == EACCES || error == EPERM)
			return cli_fail(error, "This file is root's: sudo mmlab info", "%s", path);
		return cli_fail_open(error, path);
	}
	if (json) {
		json_object_begin(NULL);
		json_string("file", file->name);
		json_string("path", path);
		json_string("summary", file->summary);
		json_array_begin("items");
		file->explain(file, text, length, print_json);
		json_array_end();
		json_object_end();
	} else {
		printf("%s: %s\n\n", path, file->summary);
		file->explain(file, text, length, print_text);
	}
	free(text);
	return CLI_OK;
}

static void name_files(void (*offer)(const char *name))
{
	const struct info_file *file;

	for (file = info_files; file->name; file++)
		offer(file->name);
}

static int run_info(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = { CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 } };
	const struct info_file *file;
	bool json = false;
	int option;

	while ((option = cli_option(cmd, argc, argv, "jh", longs)) != -1)
		json |= option == 'j';
	if (optind == argc)
		return list_files(json);
	if (argc - optind > 1)
		return cli_usage(cmd, "one file at a time");
	for (file = info_files; file->name; file++)
		if (!strcmp(file->name, argv[optind]))
			return explain(file, json);
	return cli_usage(cmd, "there is no explanation of '%s'; mmlab info lists what there is",
			 argv[optind]);
}

const struct command cmd_info = {
	.name = "info",
	.args = "[--json] [FILE]",
	.summary = "Explain a file of /proc/mmlab, each value beside its meaning",
	.help =
"Without FILE, lists the files. Of the binary files kpageflags and kpagecount\n"
"it shows how many frames there are of each kind.\n"
"\n"
"  --json   names, live values and meanings as JSON\n"
"\n"
"Examples:\n"
"  mmlab info buddyinfo\n"
"  sudo mmlab info kpageflags\n"
"\n"
"Exit status: 0 done, 1 failed, 2 no such file, 3 module not loaded, 4 not root.\n",
	.names = name_files,
	.run = run_info,
};
