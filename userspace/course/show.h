/* SPDX-License-Identifier: GPL-2.0 */
/* What the course shows: lists, texts, verdicts. */
#ifndef SHOW_H
#define SHOW_H

#include "course/exercise.h"
#include "course/judge.h"
#include "course/numbers.h"
#include "course/progress.h"

void show_list(const struct exercise_list *list, const struct progress *p, bool json);
void show_status(const struct exercise_list *list, const struct progress *p, bool json);
void show_task(const struct exercise *e, const struct numbers *numbers, bool json);
void show_hint(const struct exercise *e, const struct numbers *numbers, unsigned int nr,
	       bool json);
/* Return: CLI_OK; CLI_FAILED: the teacher has taken the solutions out */
int show_solution(const struct exercise *e, const struct numbers *numbers, bool json);
/* @again: the next try has other numbers */
void show_verdict(const struct exercise *e, const struct verdict *v, bool again, bool json);

/* Draws the machine as the check has found it, if a figure of it helps. */
void show_picture(const struct exercise *e, const struct numbers *numbers);

/* Returns once the student's file has changed, or after two seconds for the lab. */
void show_wait(const struct exercise *e);

#endif /* SHOW_H */
