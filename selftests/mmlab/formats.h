/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Strict parsers of the text files: each line is taken apart, printed again by
 * the host's own format string and compared byte for byte.
 *
 * Each returns NULL, or a text about the error that is valid until the next call.
 */
#ifndef SELFTEST_FORMATS_H
#define SELFTEST_FORMATS_H

#include <stdbool.h>
#include <stddef.h>

#define NR_ORDERS	11
#define MAX_ZONES	2
#define MAX_ROWS	128
#define MAX_SLAB_ROWS	1024
#define MAX_CPUS	64

struct buddyinfo {
	unsigned int nr_zones;
	struct {
		char name[16];
		unsigned long nr_free[NR_ORDERS];
	} zone[MAX_ZONES];
};

/* meminfo and vmstat: names and values */
struct table {
	unsigned int nr_rows;
	struct {
		char name[32];
		unsigned long value;
	} row[MAX_ROWS];
};

struct zoneinfo {
	unsigned int nr_zones;
	struct {
		char name[16];
		unsigned long free, min, low, high;
		unsigned long spanned, present, managed;
		unsigned long nr_free_pages, start_pfn;
		unsigned int nr_protection, nr_cpus;
		long count[MAX_CPUS], pcp_high[MAX_CPUS], pcp_batch[MAX_CPUS];
	} zone[MAX_ZONES];
};

struct maps {
	unsigned int nr_rows;
	struct {
		unsigned long start, end;
		char perms[5];
		char path[64];
	} row[MAX_ROWS];
};

/* extfrag_index and unusable_index, in permille */
struct index {
	unsigned int nr_zones;
	struct {
		char name[16];
		long value[NR_ORDERS];
	} zone[MAX_ZONES];
};

/* slabinfo's first two lines are SLAB_VERSION, and the other three in a row */
#define SLAB_VERSION	"slabinfo - version: 2.1"
#define SLAB_OBJECTS	"# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>"
#define SLAB_TUNABLES	" : tunables <limit> <batchcount> <sharedfactor>"
#define SLAB_DATA	" : slabdata <active_slabs> <num_slabs> <sharedavail>"

struct slabinfo {
	unsigned int nr_rows;
	struct slab_row {
		char name[32];
		unsigned long active_objs, num_objs, active_slabs, num_slabs;
		unsigned int objsize, objperslab;
		int pagesperslab;
	} row[MAX_SLAB_ROWS];
};

const char *parse_buddyinfo(const char *text, struct buddyinfo *out);
const char *parse_meminfo(const char *text, struct table *out);
const char *parse_vmstat(const char *text, struct table *out);
const char *parse_zoneinfo(const char *text, struct zoneinfo *out);
const char *parse_maps(const char *text, struct maps *out);
const char *parse_extfrag(const char *text, struct index *out);
const char *parse_slabinfo(const char *text, struct slabinfo *out);
const char *parse_unusable(const char *text, struct index *out);

/* Wrong as well if the last line is not "ok". */
const char *parse_check(const char *text);

/* The value in a table; *@found, if not NULL, tells whether there is one. */
unsigned long table_value(const struct table *t, const char *name, bool *found);

/* Free frames in all zones. */
unsigned long buddyinfo_frames(const struct buddyinfo *b);

/* For parsers: formats an error. */
const char *format_error(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/*
 * For parsers: takes the next line off *@text, without its newline. False at
 * the end, or, with *@error set, if the line is too long or has no newline.
 */
bool next_line(const char **text, char *line, size_t size, const char **error);

#endif /* SELFTEST_FORMATS_H */
