/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files of a lab process, and the pages of it that they tell of.
 */
#ifndef SELFTEST_PIDFILE_H
#define SELFTEST_PIDFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PM_PRESENT	(1ULL << 63)
#define PM_SWAP		(1ULL << 62)
#define PM_EXCLUSIVE	(1ULL << 56)
#define PM_PFN		((1ULL << 55) - 1)

/* The text of a file, valid until the next call; NULL: it is not there. */
char *pid_file(int fd, const char *file);

/* A number of a file, summed over its regions; -1: it is not there. */
long pid_number(int fd, const char *file, const char *key);

/* The number in a column of its stat, from 1; page faults, of all kinds. */
unsigned long long pid_stat(int fd, unsigned int column);
unsigned long long pid_faults(int fd);

/* The state of a page as pagemap has it; 0: nothing there. */
uint64_t pagemap_of(int fd, uint32_t lva);

/* Where in a range a frame is mapped; @len: nowhere. */
size_t find_frame(int fd, uint32_t lva, size_t len, uint64_t pfn);

/* How many pages of a range are in, and out. */
size_t count_in(int fd, uint32_t lva, size_t len);
size_t count_out(int fd, uint32_t lva, size_t len);

/* Do both processes map the same frame there, and as many as @count in all? */
bool share(int one, int other, uint32_t lva, uint64_t count);

#endif /* SELFTEST_PIDFILE_H */
