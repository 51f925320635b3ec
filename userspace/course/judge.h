/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Judges an exercise: by its script in checks/, which asks the lab, or by the grader of
 * `write` and `hunt`, which needs the sources. Either writes lines to descriptor 3, with tabs
 * between the fields:
 *
 *	met|unmet WHAT WANT GOT		a step
 *	answer WORD…			what a student should have answered
 *	points N			points of a `write`, at most those of the exercise
 *	blocked WHY			it can't be judged here
 *	end				that was all; without it, there is no verdict
 *
 * Any other line says nothing. Of one that is longer than 1023 bytes the rest is left out.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include <stdbool.h>

#include "course/exercise.h"
#include "course/numbers.h"

#define JUDGE_MAX_STEPS		32
#define JUDGE_FIELD_BYTES	200

struct judge_step {
	bool met;
	char what[JUDGE_FIELD_BYTES], want[JUDGE_FIELD_BYTES], got[JUDGE_FIELD_BYTES];
};

/**
 * struct verdict - what came of a check
 * @points: that it deserves
 * @right: all that was judged
 * @done: all of the exercise, with all points
 * @blocked: it could not be judged; @reason says why
 * @reason: see there
 * @nr_steps: steps that were judged
 * @steps: in their order; none follows one that is not met, for `write`
 */
struct verdict {
	unsigned int points;
	bool right, done, blocked;
	char reason[JUDGE_FIELD_BYTES];
	unsigned int nr_steps;
	struct judge_step steps[JUDGE_MAX_STEPS];
};

/* A `write` is judged in the virtual machine as well; without this, without its last points. */
void judge_in_vm(void);

/**
 * judge_check - judge an exercise
 * @e: exercise
 * @numbers: its numbers
 * @answers: words of the answer, of `predict` and `hunt`; ends with NULL
 * @script: commands to run before, for `experiment`; or NULL
 * @v: (out)
 */
void judge_check(const struct exercise *e, const struct numbers *numbers, char **answers,
		 const char *script, struct verdict *v);

/*
 * Lets the grader start, reset or show the solution of a `write` or `hunt`. Return: its exit
 * status, or CLI_FAILED
 */
int judge_grader(const char *verb, const struct exercise *e, const struct numbers *numbers);

#endif /* JUDGE_H */
