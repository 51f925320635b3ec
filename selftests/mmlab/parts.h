/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Threads that use a part of the same memory each, while the test changes what is under it.
 */
#ifndef SELFTEST_PARTS_H
#define SELFTEST_PARTS_H

#include <pthread.h>
#include <stddef.h>

struct part {
	pthread_t thread;
	unsigned char *p;
	size_t start, end;
	unsigned int nr_rounds;
	size_t wrong;		/* words that were not read as they were written */
};

/*
 * Starts a thread for each of @nr equal parts of @len bytes. It writes and reads all of it
 * in the first round; in each further one, it writes half of it anew and reads all. 0, or -1
 */
int parts_begin(struct part *parts, size_t nr, unsigned char *p, size_t len,
		unsigned int nr_rounds);

/* Waits for their ends; wrong words of all. */
size_t parts_end(struct part *parts, size_t nr);

#endif /* SELFTEST_PARTS_H */
