/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Entry points of the module for failnth: for each a setup, the call in which one
 * allocation fails, and a teardown.
 */
#ifndef SELFTEST_FAILNTH_H
#define SELFTEST_FAILNTH_H

#include <stdbool.h>
#include <stddef.h>

#include "lab.h"

/**
 * struct scene - the objects that an entry point works on
 * @entry: the entry point itself
 * @fd: the device, or -1
 * @extra: another descriptor that an entry point needs, or -1
 * @pipe: a pipe, or -1 each
 * @window: a window on it, or NULL
 * @lva: where an object is
 * @id: a cache
 * @area: a swap area, if @has_area
 * @has_area: there is one
 * @block: a block
 */
struct scene {
	const struct entry *entry;
	int fd;
	int extra;
	int pipe[2];
	unsigned char *window;
	uint32_t lva;
	uint32_t id;
	uint32_t area;
	bool has_area;
	struct mmlab_block block;
};

/**
 * struct entry - one entry point
 * @name: as it is printed
 * @arg: a file name, or another text for @act
 * @number: an ioctl's number, order, ...
 * @want: result of @act when nothing fails: 0, or a negative errno
 * @no_module: the module is loaded by @act itself
 * @keeps: changes before the failure stay: pages touched so far, or all of them if only
 *	the answer could not be copied out the second time
 * @barely: another entry point that ends where the interesting part of this one
 *	begins: points up to there are left out
 * @setup: makes ready; 0, or a negative errno
 * @act: 0, or a negative errno
 * @teardown: cleans up after @act, in whatever state it ended; may be NULL
 */
struct entry {
	const char *name;
	const char *arg;
	unsigned long number;
	int want;
	bool no_module;
	bool keeps;
	const struct entry *barely;
	int (*setup)(struct scene *s);
	int (*act)(struct scene *s);
	int (*teardown)(struct scene *s);
};

extern const struct entry failnth_entries[];
extern const size_t failnth_nr_entries;

/* For the entry points that are files of /proc/mmlab: opens, reads, closes. */
int failnth_read_file(struct scene *s);

#endif /* SELFTEST_FAILNTH_H */
