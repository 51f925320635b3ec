/* SPDX-License-Identifier: GPL-2.0 */
/* Rows that a program measures: what each thread has, and what a row does. */
#ifndef BENCH_USER_H
#define BENCH_USER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bench.h"

#define BENCH_FIRST_LVA		0x10000000U

struct worker {
	const struct bench_request *request;
	const struct user_pattern *pattern;
	pthread_barrier_t *barrier;
	struct bench_sample *samples;	/* of this thread: every threads-th one */
	uint32_t number;
	int fd;
	uint8_t *memory;
	int copy;			/* descriptor of a copy, or -1 */
	pid_t child;			/* 0: none */
	bool has_area;
	uint32_t area;			/* of swap */
	int error;
	pthread_t thread;
};

/* Properties of rows that touch memory. */
#define USER_MEMFD	(1U << 0)	/* the host's side is a memfd, else anonymous memory */
#define USER_LOADS	(1U << 1)	/* loads, else stores */

/**
 * struct user_pattern - a row that a program measures
 * @name: of the row
 * @file: in /proc, for rows that read one
 * @flags: USER_*
 * @open: prepares a repetition, for instance by a mapping. 0 or -errno
 * @run: does it; returns how often, or -errno
 * @close: undoes open(), also half of it
 */
struct user_pattern {
	const char *name, *file;
	unsigned int flags;
	int (*open)(struct worker *w);
	long (*run)(struct worker *w);
	void (*close)(struct worker *w);
};

/* Maps memory of the side that is measured. Return: 0 or -errno */
int bench_open_touch(struct worker *w);
/* Touches each page of it. Return: how many there are */
long bench_run_touch(struct worker *w);
void bench_close_touch(struct worker *w);

/* Rows of copies, the zero page and swap. */
extern const struct user_pattern bench_pressure_patterns[];
extern const size_t bench_nr_pressure_patterns;

#endif /* BENCH_USER_H */
