// SPDX-License-Identifier: GPL-2.0
/* Reads the exercises' texts. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "course/course.h"
#include "course/exercise.h"
#include "course/place.h"

#define MAX_BYTES	(1U << 20)	/* of a text */

static const char *const kind_names[NR_EXERCISE_KINDS] = {
	"predict", "experiment", "write", "hunt",
};

const char *exercise_kind_name(enum exercise_kind kind)
{
	return kind_names[kind];
}

static bool texts_path(char *path, size_t size)
{
	return place_find("MMLAB_COURSE", "mmlab/course", path, size);
}

bool exercise_checks_path(char *path, size_t size)
{
	const char *given = getenv("MMLAB_COURSE_CHECKS");

	if (given)
		return snprintf(path, size, "%s", given) < (int)size;
	return texts_path(path, size) &&
	       strlen(path) + sizeof("/checks") <= size && strcat(path, "/checks");
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = file ? malloc(MAX_BYTES + 1) : NULL;
	size_t n = 0;

	if (text)
		n = fread(text, 1, MAX_BYTES, file);
	if (file)
		fclose(file);
	if (!text)
		return NULL;
	text[n] = '\0';
	return text;
}

static void take(char *field, const char *value)
{
	snprintf(field, EXERCISE_LINE_BYTES, "%s", value);
}

static bool take_kind(struct exercise *e, const char *value)
{
	unsigned int kind;

	for (kind = 0; kind < NR_EXERCISE_KINDS; kind++) {
		if (!strcmp(value, kind_names[kind])) {
			e->kind = kind;
			return true;
		}
	}
	return false;
}

/* One line of the head. Return: false: its value makes no sense */
static bool take_line(struct exercise *e, char *line)
{
	char *value = strstr(line, ": ");

	if (!value)
		return false;
	*value = '\0';
	value += 2;
	if (!strcmp(line, "kind"))
		return take_kind(e, value);
	if (!strcmp(line, "title"))
		take(e->title, value);
	else if (!strcmp(line, "misconception"))
		take(e->misconception, value);
	else if (!strcmp(line, "numbers"))
		take(e->numbers, value);
	else if (!strcmp(line, "answers"))
		take(e->answers, value);
	else if (!strcmp(line, "picture"))
		take(e->picture, value);
	else if (!strcmp(line, "chapter"))
		e->chapter = (unsigned int)strtoul(value, NULL, 10);
	else if (!strcmp(line, "points"))
		e->points = (unsigned int)strtoul(value, NULL, 10);
	else
		return false;
	return true;
}

/* Splits a file into its head and the rest. Return: false: it has no head */
static bool parse(struct exercise *e, char *file)
{
	char *line = file, *end;

	if (strncmp(line, "---\n", 4))
		return false;
	for (line += 4; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		if (!strcmp(line, "---"))
			break;
		if (!take_line(e, line))
			return false;
	}
	if (!end || !*e->title || !e->points)
		return false;
	e->text = strdup(end + 1);
	return e->text;
}

/* A translation has the head of its own, for the title; the rest of it must agree. */
static bool read_exercise(struct exercise *e, const char *texts, const char *id)
{
	char path[PATH_MAX + 100];
	char *file = NULL;
	bool good;

	snprintf(e->id, sizeof(e->id), "%.47s", id);
	if (place_is_chinese()) {
		snprintf(path, sizeof(path), "%s/../zh_CN/course/%s.md", texts, e->id);
		file = read_file(path);
	}
	if (!file) {
		snprintf(path, sizeof(path), "%s/%s.md", texts, e->id);
		file = read_file(path);
	}
	good = file && parse(e, file);
	if (!good)
		fprintf(stderr, _("mmlab course: %s: the head of this text is not understood\n"),
			path);
	free(file);
	return good;
}

/* NN-NAME.md: the texts; README.md is none. */
static int is_text(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return entry->d_name[0] >= '0' && entry->d_name[0] <= '9' && dot &&
	       !strcmp(dot, ".md") && dot - entry->d_name < EXERCISE_ID_BYTES;
}

int exercise_load(struct exercise_list *list)
{
	struct dirent **entries;
	char texts[PATH_MAX];
	int n, i, status = CLI_OK;

	list->nr = 0;
	if (!texts_path(texts, sizeof(texts)))
		return cli_fail(ENAMETOOLONG, NULL, "MMLAB_COURSE");
	n = scandir(texts, &entries, is_text, alphasort);
	if (n <= 0)
		return cli_fail(n ? errno : ENOENT, _("MMLAB_COURSE names the place of the texts."),
				"%s", texts);
	list->all = calloc((size_t)n, sizeof(*list->all));
	for (i = 0; i < n; i++) {
		*strrchr(entries[i]->d_name, '.') = '\0';
		if (list->all && !status &&
		    !read_exercise(&list->all[list->nr++], texts, entries[i]->d_name))
			status = CLI_FAILED;
		free(entries[i]);
	}
	free(entries);
	if (!list->all)
		return cli_fail(ENOMEM, NULL, "%s", texts);
	if (status)
		exercise_free(list);
	return status;
}

void exercise_free(struct exercise_list *list)
{
	size_t i;

	for (i = 0; i < list->nr; i++)
		free(list->all[i].text);
	free(list->all);
}

const struct exercise *exercise_find(const struct exercise_list *list, const char *name)
{
	const struct exercise *found = NULL;
	size_t i, nr = 0;

	for (i = 0; i < list->nr; i++) {
		const struct exercise *e = &list->all[i];

		if (!strcmp(e->id, name))
			return e;
		if (strstr(e->id, name)) {
			found = e;
			nr++;
		}
	}
	return nr == 1 ? found : NULL;
}

char *exercise_section(const struct exercise *e, const char *name)
{
	char head[64];
	const char *from, *to;

	snprintf(head, sizeof(head), "\n## %s\n", name);
	from = strstr(e->text, head);
	if (!from)
		return NULL;
	from += strlen(head);
	if (!strncmp(from, "<!-- ", 5))	/* a translation names its original */
		from += strcspn(from, "\n");
	while (*from == '\n')
		from++;
	to = strstr(from, "\n## ");
	return to ? strndup(from, (size_t)(to - from) + 1) : strdup(from);
}
