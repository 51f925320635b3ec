/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Exercises as the texts of Documentation/course have them: a head of `key: value` lines
 * between two lines of dashes, then sections of Markdown (Task, Hint 1, Hint 2, Solution).
 */
#ifndef EXERCISE_H
#define EXERCISE_H

#include <stdbool.h>
#include <stddef.h>

#define EXERCISE_ID_BYTES	48
#define EXERCISE_LINE_BYTES	512
#define EXERCISE_NR_HINTS	2

enum exercise_kind {
	EXERCISE_PREDICT, EXERCISE_EXPERIMENT, EXERCISE_WRITE, EXERCISE_HUNT,
	NR_EXERCISE_KINDS
};

/**
 * struct exercise - one exercise
 * @id: name of its file without the ending, e.g. "08-merge"
 * @kind: what is done in it
 * @chapter: of the article
 * @points: for all of it
 * @title: a line
 * @misconception: what a student may believe who needs it
 * @numbers: how its numbers are drawn, see numbers.h; may be empty
 * @answers: names of what is asked, between semicolons; may be empty
 * @picture: arguments of `mmlab draw` for the figure that helps after a check; may be empty
 * @text: the file after the head
 */
struct exercise {
	char id[EXERCISE_ID_BYTES];
	enum exercise_kind kind;
	unsigned int chapter, points;
	char title[EXERCISE_LINE_BYTES], misconception[EXERCISE_LINE_BYTES];
	char numbers[EXERCISE_LINE_BYTES], answers[EXERCISE_LINE_BYTES];
	char picture[EXERCISE_LINE_BYTES];
	char *text;
};

struct exercise_list {
	struct exercise *all;	/* by id */
	size_t nr;
};

/* "predict", "experiment", "write" or "hunt" */
const char *exercise_kind_name(enum exercise_kind kind);

/**
 * exercise_load - read all exercises
 * @list: (out) free with exercise_free()
 *
 * Reads $MMLAB_COURSE, else share/mmlab/course beside the program's directory; in a
 * Chinese locale, the translation of a text where there is one. Says what is wrong.
 *
 * Return: CLI_OK or an exit status
 */
int exercise_load(struct exercise_list *list);
void exercise_free(struct exercise_list *list);

/**
 * exercise_find - find an exercise by its name
 * @list: where
 * @name: its id, or a part that no other id has
 *
 * Return: the exercise, or NULL: none or several
 */
const struct exercise *exercise_find(const struct exercise_list *list, const char *name);

/* A section's text, the caller's to free; NULL: there is none, or no memory. */
char *exercise_section(const struct exercise *e, const char *name);

/* The directory of the checks: $MMLAB_COURSE_CHECKS, or checks beside the texts. */
bool exercise_checks_path(char *path, size_t size);

#endif /* EXERCISE_H */
