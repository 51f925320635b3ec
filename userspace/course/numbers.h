/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The numbers of an exercise, drawn from a seed. A rule is, for each name:
 *
 *	NAME=2..9		a number; in hexadecimal, if the first one is
 *	NAME=0x1000..0x9000/0x1000	a multiple of the step from the first one on
 *	NAME=dma|normal		one of these words
 *	NAME=12*1..5		so many numbers, no two equal ones in a row
 *
 * and "; " stands between two of them.
 */
#ifndef NUMBERS_H
#define NUMBERS_H

#include <stdint.h>

#define NUMBERS_MAX		8
#define NUMBERS_NAME_BYTES	16
#define NUMBERS_VALUE_BYTES	256

struct numbers {
	unsigned int nr;
	struct {
		char name[NUMBERS_NAME_BYTES], value[NUMBERS_VALUE_BYTES];
	} all[NUMBERS_MAX];
};

/**
 * numbers_draw - draw the numbers of an exercise
 * @numbers: (out)
 * @rule: see above
 * @id: exercise
 * @seed: of the student
 * @round: a wrong answer begins the next one, with other numbers
 *
 * Return: 0; -EINVAL: the rule is not understood
 */
int numbers_draw(struct numbers *numbers, const char *rule, const char *id, uint64_t seed,
		 unsigned int round);

/* @text with the value in the place of each {NAME}; the caller frees it. */
char *numbers_fill(const struct numbers *numbers, const char *text);

#endif /* NUMBERS_H */
