// SPDX-License-Identifier: GPL-2.0
/* Prints what the course has to say, for people and as JSON. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "course/course.h"
#include "course/show.h"

static const char *state_of(const struct progress_line *line)
{
	return !line ? "new" : line->done ? "done" : "open";
}

static void list_json(const struct exercise *e, const struct progress_line *line)
{
	json_object_begin(NULL);
	json_string("id", e->id);
	json_number("chapter", e->chapter);
	json_string("kind", exercise_kind_name(e->kind));
	json_string("title", e->title);
	json_string("state", state_of(line));
	json_number("points", line ? line->points : 0);
	json_number("max_points", e->points);
	json_object_end();
}

void show_list(const struct exercise_list *list, const struct progress *p, bool json)
{
	size_t i;

	if (json)
		json_array_begin(NULL);
	else
		printf("%-18s %-10s %6s  %-4s  %s\n", "EXERCISE", "KIND", "POINTS", "", "TITLE");
	for (i = 0; i < list->nr; i++) {
		const struct exercise *e = &list->all[i];
		const struct progress_line *line = progress_find(p, e->id);

		if (json)
			list_json(e, line);
		else
			printf("%-18s %-10s %3u/%-2u  %-4s  %s\n", e->id,
			       exercise_kind_name(e->kind), line ? line->points : 0, e->points,
			       line ? state_of(line) : "", e->title);
	}
	if (json)
		json_array_end();
}

/* Points of a chapter; those of all for UINT_MAX. */
static unsigned int sum(const struct exercise_list *list, const struct progress *p,
			unsigned int chapter, unsigned int *most, unsigned int *done)
{
	unsigned int points = 0;
	size_t i;

	*most = 0;
	*done = 0;
	for (i = 0; i < list->nr; i++) {
		const struct exercise *e = &list->all[i];
		const struct progress_line *line = progress_find(p, e->id);

		if (chapter != UINT_MAX && e->chapter != chapter)
			continue;
		*most += e->points;
		points += line ? line->points : 0;
		*done += line && line->done;
	}
	return points;
}

void show_status(const struct exercise_list *list, const struct progress *p, bool json)
{
	unsigned int most, done, chapter, points = sum(list, p, UINT_MAX, &most, &done);

	if (json) {
		json_object_begin(NULL);
		json_number("seed", p->seed);
		json_number("points", points);
		json_number("max_points", most);
		json_number("done", done);
		json_number("exercises", list->nr);
		json_object_end();
		return;
	}
	for (chapter = 0; chapter < 100; chapter++) {
		unsigned int got = sum(list, p, chapter, &most, &done);

		if (most)
			printf(_("chapter %02u  %3u of %3u points\n"), chapter, got, most);
	}
	sum(list, p, UINT_MAX, &most, &done);
	printf(_("%u of %u points, %u of %zu exercises done, seed %" PRIu64 "\n"), points, most,
	       done, list->nr, p->seed);
}

/* A section with the student's numbers; the caller frees it. */
static char *filled(const struct exercise *e, const struct numbers *numbers, const char *name)
{
	char *section = exercise_section(e, name), *text;

	if (!section)
		return NULL;
	text = numbers_fill(numbers, section);
	free(section);
	return text;
}

static void show_text(const struct exercise *e, const char *key, const char *text, bool json)
{
	if (json) {
		json_object_begin(NULL);
		json_string("id", e->id);
		json_string(key, text);
		json_object_end();
	} else {
		fputs(text, stdout);
	}
}

/* What to type next: in a clone, `make course` judges what needs the sources. */
static void show_command(const char *verb, const struct exercise *e, const char *more)
{
	bool clone = getenv("MMLAB_COURSE_GRADER") &&
		     (e->kind == EXERCISE_WRITE || e->kind == EXERCISE_HUNT);

	printf(clone ? "  make course COURSE='%s %s%s'\n" : "  mmlab course %s %s%s\n", verb,
	       e->id, more);
}

void show_task(const struct exercise *e, const struct numbers *numbers, bool json)
{
	char *text = filled(e, numbers, "Task");

	if (!json)
		printf("%s: %s (%s, %u %s)\n\n", e->id, e->title, exercise_kind_name(e->kind),
		       e->points, _("points"));
	show_text(e, "task", text ? text : "", json);
	free(text);
	if (json)
		return;
	puts("");
	if (*e->answers)
		printf(_("Your answer, in this order: %s\n"), e->answers);
	show_command("check", e, *e->answers ? " …" : "");
}

void show_hint(const struct exercise *e, const struct numbers *numbers, unsigned int nr,
	       bool json)
{
	char name[16], *text;

	snprintf(name, sizeof(name), "Hint %u", nr);
	text = filled(e, numbers, name);
	show_text(e, "hint", text ? text : _("This one has no hint.\n"), json);
	free(text);
}

int show_solution(const struct exercise *e, const struct numbers *numbers, bool json)
{
	char *text = filled(e, numbers, "Solution");

	if (!text) {
		fprintf(stderr, _("mmlab course: the solution of %s is with your teacher\n"),
			e->id);
		return CLI_FAILED;
	}
	show_text(e, "solution", text, json);
	free(text);
	return CLI_OK;
}

static void verdict_json(const struct exercise *e, const struct verdict *v)
{
	unsigned int i;

	json_object_begin(NULL);
	json_string("id", e->id);
	json_bool("right", v->right);
	json_bool("done", v->done);
	json_number("points", v->points);
	json_number("max_points", e->points);
	json_string("blocked", v->blocked ? v->reason : NULL);
	json_array_begin("steps");
	for (i = 0; i < v->nr_steps; i++) {
		json_object_begin(NULL);
		json_string("what", v->steps[i].what);
		json_bool("met", v->steps[i].met);
		json_string("want", v->steps[i].want);
		json_string("got", v->steps[i].got);
		json_object_end();
	}
	json_array_end();
	json_object_end();
}

static void show_step(const struct judge_step *step)
{
	if (step->met)
		printf(_("  ok       %s\n"), step->what);
	else if (!*step->want && !*step->got)
		printf(_("  not yet  %s\n"), step->what);
	else
		printf(_("  not yet  %s\n             wanted: %s\n             found:  %s\n"),
		       step->what, *step->want ? step->want : "-", *step->got ? step->got : "-");
}

void show_verdict(const struct exercise *e, const struct verdict *v, bool again, bool json)
{
	unsigned int i;

	if (json) {
		verdict_json(e, v);
		return;
	}
	if (v->blocked) {
		printf(_("%s can't be judged: %s\n"), e->id, v->reason);
		return;
	}
	for (i = 0; i < v->nr_steps; i++)
		show_step(&v->steps[i]);
	printf(_("%s: %s, %u of %u points\n"), e->id, v->right ? _("right") : _("not right yet"),
	       v->points, e->points);
	if (v->right && !v->done) {
		puts(_("The virtual machine judges the rest:"));
		show_command("check", e, " --vm");
	}
	if (again) {
		puts(_("The next try has other numbers:"));
		show_command("start", e, "");
	}
}

/* In the child: becomes `mmlab draw`. */
static void become_draw(char *words)
{
	char *argv[12] = { "mmlab", "draw" }, *word;
	int n = 2;

	while ((word = strsep(&words, " ")) && n < 11)
		argv[n++] = word;
	execv("/proc/self/exe", argv);
	_exit(CLI_NOT_RUN);
}

void show_picture(const struct exercise *e, const struct numbers *numbers)
{
	char *words = *e->picture ? numbers_fill(numbers, e->picture) : NULL;
	pid_t pid;

	if (!words)
		return;
	puts("");
	fflush(stdout);
	pid = fork();
	if (!pid)
		become_draw(words);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(words);
}

static time_t changed(const struct exercise *e)
{
	char directory[PATH_MAX], path[PATH_MAX + 64];
	struct stat file;

	if (!progress_directory(directory, sizeof(directory)))
		return 0;
	snprintf(path, sizeof(path), "%s/%s.c", directory, e->id);
	return stat(path, &file) ? 0 : file.st_mtime;
}

void show_wait(const struct exercise *e)
{
	time_t last = changed(e);

	do
		sleep(e->kind == EXERCISE_WRITE ? 1 : 2);
	while (e->kind == EXERCISE_WRITE && changed(e) == last);
}
