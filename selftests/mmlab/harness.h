/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kselftest_harness.h, with time limits that grow on a slow kernel: each of them is
 * multiplied by the variable MMLAB_PATIENCE, if it is set.
 */
#ifndef SELFTEST_HARNESS_H
#define SELFTEST_HARNESS_H

#include <stdlib.h>
#include <unistd.h>

static inline unsigned int patient_alarm(unsigned int seconds)
{
	const char *factor = getenv("MMLAB_PATIENCE");

	return alarm(seconds * (factor ? strtoul(factor, NULL, 10) : 1));
}

/* the harness calls it once for each test */
#define alarm	patient_alarm
#include "kselftest_harness.h"
#undef alarm

#endif /* SELFTEST_HARNESS_H */
