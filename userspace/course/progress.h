/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a student has done: the file `progress` in the student's directory. Its first line is
 * `seed N`, and then there is a line for each exercise that was begun:
 *
 *	ID STATE POINTS ROUND HINTS ANSWER…
 *
 * STATE is open or done. A wrong answer begins a new round, with other numbers; ANSWER is
 * the last one that was given, in the round ROUND.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "course/exercise.h"

struct progress_line {
	char id[EXERCISE_ID_BYTES];
	bool done;
	unsigned int points, round, hints;
	char answer[256];
};

struct progress {
	uint64_t seed;
	struct progress_line *lines;
	size_t nr;
};

/* The student's directory: $MMLAB_COURSE_WORK, else ~/mmlab-course */
bool progress_directory(char *path, size_t size);

/* Reads the file; without one, seed 1 and no lines. Return: 0 or -errno */
int progress_read(struct progress *p);
/* Writes it anew, all or nothing; makes the directory. Return: 0 or -errno */
int progress_write(const struct progress *p);
void progress_free(struct progress *p);

/* The line of an exercise, or NULL */
struct progress_line *progress_find(const struct progress *p, const char *id);
/* The same, but a new line if there is none; NULL: no memory */
struct progress_line *progress_begin(struct progress *p, const char *id);
void progress_forget(struct progress *p, const char *id);

#endif /* PROGRESS_H */
