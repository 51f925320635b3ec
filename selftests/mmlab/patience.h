/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Time limits are for hangs. Each is made for an idle machine and a quick kernel, and is
 * multiplied by the variable MMLAB_PATIENCE, which scripts/vm/boot sets.
 */
#ifndef SELFTEST_PATIENCE_H
#define SELFTEST_PATIENCE_H

#include <stdlib.h>

static inline unsigned int patient(unsigned int limit)
{
	const char *factor = getenv("MMLAB_PATIENCE");

	return limit * (factor ? strtoul(factor, NULL, 10) : 1);
}

#endif /* SELFTEST_PATIENCE_H */
