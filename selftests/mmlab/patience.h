/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Time limits are for hangs. Each is made for an idle machine and a quick kernel, and is
 * multiplied by the variable MMLAB_PATIENCE, which scripts/vm/boot sets. The CPU time of a
 * touch (touch.c) is not: it does not grow with the load.
 */
#ifndef SELFTEST_PATIENCE_H
#define SELFTEST_PATIENCE_H

#include <stdlib.h>

static inline unsigned int patient(unsigned int limit)
{
	const char *text = getenv("MMLAB_PATIENCE");
	unsigned long factor = text ? strtoul(text, NULL, 10) : 1;

	/* without a number, no limit must become 0, which is none */
	return limit * (factor ? factor : 1);
}

#endif /* SELFTEST_PATIENCE_H */
