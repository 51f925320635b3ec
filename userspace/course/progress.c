// SPDX-License-Identifier: GPL-2.0
/* The file of a student's progress. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "course/progress.h"

bool progress_directory(char *path, size_t size)
{
	const char *given = getenv("MMLAB_COURSE_WORK"), *home = getenv("HOME");

	if (given)
		return snprintf(path, size, "%s", given) < (int)size;
	return snprintf(path, size, "%s/mmlab-course", home ? home : "") < (int)size;
}

static int progress_path(char *path, size_t size, const char *name)
{
	char directory[PATH_MAX];

	if (!progress_directory(directory, sizeof(directory)) ||
	    snprintf(path, size, "%s/%s", directory, name) >= (int)size)
		return -ENAMETOOLONG;
	return 0;
}

static void take_line(struct progress *p, char *text)
{
	struct progress_line line = { 0 }, *place;
	char state[8];
	int used = 0;

	text[strcspn(text, "\n")] = '\0';
	if (sscanf(text, "seed %" SCNu64, &p->seed) == 1)
		return;
	if (sscanf(text, "%47s %7s %u %u %u %n", line.id, state, &line.points, &line.round,
		   &line.hints, &used) != 5)
		return;
	line.done = !strcmp(state, "done");
	snprintf(line.answer, sizeof(line.answer), "%s", used ? text + used : "");
	place = progress_begin(p, line.id);
	if (place)
		*place = line;
}

int progress_read(struct progress *p)
{
	char path[PATH_MAX], text[512];
	int err = progress_path(path, sizeof(path), "progress");
	FILE *file;

	*p = (struct progress){ .seed = 1 };
	if (err)
		return err;
	file = fopen(path, "r");
	if (!file)
		return errno == ENOENT ? 0 : -errno;
	while (fgets(text, sizeof(text), file))
		take_line(p, text);
	fclose(file);
	return 0;
}

static int write_lines(const struct progress *p, const char *path)
{
	FILE *file = fopen(path, "w");
	size_t i;
	int bad;

	if (!file)
		return -errno;
	fprintf(file, "seed %" PRIu64 "\n", p->seed);
	for (i = 0; i < p->nr; i++) {
		const struct progress_line *line = &p->lines[i];

		fprintf(file, "%s %s %u %u %u%s%s\n", line->id, line->done ? "done" : "open",
			line->points, line->round, line->hints, *line->answer ? " " : "",
			line->answer);
	}
	bad = ferror(file);
	return fclose(file) || bad ? -EIO : 0;
}

int progress_write(const struct progress *p)
{
	char directory[PATH_MAX], path[PATH_MAX], next[PATH_MAX];
	int err = progress_path(path, sizeof(path), "progress");

	if (!err)
		err = progress_path(next, sizeof(next), ".progress");
	if (err)
		return err;
	progress_directory(directory, sizeof(directory));
	if (mkdir(directory, 0755) && errno != EEXIST)
		return -errno;
	err = write_lines(p, next);
	if (!err && rename(next, path))
		err = -errno;
	return err;
}

void progress_free(struct progress *p)
{
	free(p->lines);
}

struct progress_line *progress_find(const struct progress *p, const char *id)
{
	size_t i;

	for (i = 0; i < p->nr; i++)
		if (!strcmp(p->lines[i].id, id))
			return &p->lines[i];
	return NULL;
}

struct progress_line *progress_begin(struct progress *p, const char *id)
{
	struct progress_line *found = progress_find(p, id), *lines;

	if (found)
		return found;
	lines = realloc(p->lines, (p->nr + 1) * sizeof(*lines));
	if (!lines)
		return NULL;
	p->lines = lines;
	found = &lines[p->nr++];
	*found = (struct progress_line){ 0 };
	snprintf(found->id, sizeof(found->id), "%s", id);
	return found;
}

void progress_forget(struct progress *p, const char *id)
{
	struct progress_line *line = progress_find(p, id);

	if (line)
		memmove(line, line + 1, (size_t)(p->lines + --p->nr - line) * sizeof(*line));
}
