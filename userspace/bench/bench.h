/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of `mmlab bench`: rows, measurements and results.
 *
 * A row is a pattern of allocation with an argument, "page-repeat/0". It has two sides,
 * lab and host. Results are kept in a record, a text from which all output is made.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum bench_side { BENCH_LAB, BENCH_HOST, BENCH_NR_SIDES };
enum bench_clock { BENCH_NS, BENCH_CYCLES, BENCH_NR_CLOCKS };

extern const char *const bench_side_names[BENCH_NR_SIDES];

#define BENCH_NAME_BYTES	48

/**
 * struct bench_row - one measurement, of both sides
 * @pattern: how memory is used
 * @arg: order, bytes or a number of areas; see the pattern
 * @count: allocations by a thread in one repetition
 * @goal: highest ratio of lab to host in thousandths, 0: none
 * @lab_only: the host has nothing like it
 */
struct bench_row {
	const char *pattern;
	uint64_t arg;
	uint32_t count;
	unsigned int goal;
	bool lab_only;
};

/* The standard rows. */
extern const struct bench_row bench_rows[];
extern const size_t bench_nr_rows;

/* "page-repeat/0", "kmalloc-repeat/16K"; buf has BENCH_NAME_BYTES. Return: buf */
const char *bench_row_name(const struct bench_row *row, char *buf);

/*
 * Is it one of the rows that @text means: PATTERN, or PATTERN/ARG?
 */
bool bench_row_matches(const struct bench_row *row, const char *text);

/* A row of any pattern with any argument. Return: false if it can't be one */
bool bench_row_parse(const char *text, struct bench_row *row);

/* The standard row of that name, or NULL. */
const struct bench_row *bench_row_find(const char *name);

/* Times by clock; of both in get, if the pattern can't tell. */
struct bench_sample {
	uint32_t iteration, thread, allocs;
	uint64_t get[BENCH_NR_CLOCKS], put[BENCH_NR_CLOCKS];
};

struct bench_request {
	const struct bench_row *row;
	enum bench_side side;
	uint32_t threads, repetitions;
};

/**
 * bench_measure_kernel - have a row measured by mmlab_bench.ko
 * @samples: receives repetitions × threads of them
 *
 * Return: 0, or -errno; -ENOENT if the module is not loaded.
 */
int bench_measure_kernel(const struct bench_request *request,
			 struct bench_sample *samples);

/* The same for rows that a program measures. -ENOSYS: it is none of them */
int bench_measure_user(const struct bench_request *request,
		       struct bench_sample *samples);

/* Is it a pattern that a program measures? */
bool bench_is_user(const char *pattern);

/* The samples of a row on one side with so many threads. */
struct bench_result {
	char row[BENCH_NAME_BYTES];
	enum bench_side side;
	uint32_t threads;
	size_t nr_samples;
	struct bench_sample *samples;
};

struct bench_setting {
	char key[32], value[160];
};

#define BENCH_MAX_SETTINGS	16

struct bench_record {
	size_t nr_results, nr_settings;
	struct bench_result *results;
	struct bench_setting settings[BENCH_MAX_SETTINGS];
};

/* Adds samples, which the record owns from then on. Return: 0 or -ENOMEM */
int bench_record_add(struct bench_record *record, const struct bench_request *request,
		     struct bench_sample *samples);
void bench_record_add_setting(struct bench_record *record, const char *key,
			      const char *value);
/* Adds the settings of the kernel and the lab that change times. */
void bench_record_settings(struct bench_record *record);
void bench_record_write(const struct bench_record *record, FILE *out);
/* Return: 0, -ENOMEM, or -EINVAL: not a record; *line is where */
int bench_record_read(struct bench_record *record, FILE *in, size_t *line);
void bench_record_free(struct bench_record *record);

/* The result of the same row and as many threads on a side, or NULL. */
const struct bench_result *bench_record_find(const struct bench_record *record,
					     const char *row, enum bench_side side,
					     uint32_t threads);

/* Cost of one allocation with its free: the median of the repetitions. */
double bench_median(const struct bench_result *result, enum bench_clock clock);

/* Three ways to show a record. */
void bench_print_table(const struct bench_record *record, enum bench_clock clock);
void bench_print_json(const struct bench_record *record, enum bench_clock clock);
/* One file for each pattern and side. Return: 0 or -errno; path says which */
int bench_write_csv(const struct bench_record *record, enum bench_clock clock,
		    const char *directory, char *path, size_t size);

#endif /* BENCH_H */
