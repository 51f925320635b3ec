/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The text files with their parsers, and broken copies of a text that no strict
 * parser may accept.
 */
#ifndef SELFTEST_SPOIL_H
#define SELFTEST_SPOIL_H

#include <stddef.h>

/* NULL, or a text about the error in @text. */
typedef const char *(*parser)(const char *text);

struct text_file {
	const char *name;
	unsigned int mode;
	parser parse;
};

/* By name. */
extern const struct text_file text_files[];
extern const size_t nr_text_files;

/*
 * Feeds @parse many copies of @text with one byte too many or too few. NULL if it
 * refuses all of them, else which it took.
 */
const char *spoil_all(parser parse, const char *text);

#endif /* SELFTEST_SPOIL_H */
