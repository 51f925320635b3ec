/* SPDX-License-Identifier: GPL-2.0 */
/* The meaning of the files of /proc/mmlab, next to their values. */
#ifndef INFO_H
#define INFO_H

#include <stddef.h>

/* One key or column; the list ends with a NULL name. */
struct info_item {
	const char *name, *meaning;
};

/* Prints one item with its live value (text or JSON, as cmd_info decides). */
typedef void (*info_print)(const char *name, const char *value, const char *meaning);

/**
 * struct info_file - one file
 * @name: below /proc/mmlab
 * @summary: one line
 * @items: its keys or columns
 * @explain: takes the text apart and prints each item
 */
struct info_file {
	const char *name, *summary;
	const struct info_item *items;
	void (*explain)(const struct info_file *file, const char *text, size_t length,
			info_print print);
};

extern const struct info_file info_files[];	/* ends with a NULL name */

/* The ways of taking a file apart: */
void info_explain_keys(const struct info_file *file, const char *text, size_t length,
		       info_print print);	/* key value, or key: value */
void info_explain_orders(const struct info_file *file, const char *text, size_t length,
			 info_print print);	/* Node, zone, a column per order */
void info_explain_zones(const struct info_file *file, const char *text, size_t length,
			info_print print);	/* zoneinfo */
void info_explain_areas(const struct info_file *file, const char *text, size_t length,
			info_print print);	/* vmallocinfo */
void info_explain_maps(const struct info_file *file, const char *text, size_t length,
		       info_print print);
void info_explain_swaps(const struct info_file *file, const char *text, size_t length,
			info_print print);
void info_explain_check(const struct info_file *file, const char *text, size_t length,
			info_print print);
void info_explain_slabinfo(const struct info_file *file, const char *text, size_t length,
			   info_print print);
void info_explain_flags(const struct info_file *file, const char *text, size_t length,
			info_print print);	/* kpageflags */
void info_explain_counts(const struct info_file *file, const char *text, size_t length,
			 info_print print);	/* kpagecount */

/* The meaning of a name in a list, or NULL */
const char *info_meaning(const struct info_item *items, const char *name);

#endif /* INFO_H */
