/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Touching memory that may not be there: a signal comes back as a number, and
 * a touch that never ends comes back as SIGPROF or SIGALRM.
 */
#ifndef SELFTEST_TOUCH_H
#define SELFTEST_TOUCH_H

#include <stddef.h>

/* 0, or the signal that the access raised. One thread at a time. */
int touch_read(const volatile unsigned char *p, unsigned char *value);
int touch_write(volatile unsigned char *p, unsigned char value);

/*
 * Writes @value into the first byte of up to @nr pages, until a signal comes.
 * Returns the pages written; *@sig is the signal or 0.
 */
size_t touch_pages(volatile unsigned char *p, size_t nr, unsigned char value,
		   int *sig);

#endif /* SELFTEST_TOUCH_H */
