/* SPDX-License-Identifier: GPL-2.0 */
/* kselftest_harness.h, with time limits that grow (see patience.h) */
#ifndef SELFTEST_HARNESS_H
#define SELFTEST_HARNESS_H

#include <unistd.h>

#include "patience.h"

static inline unsigned int patient_alarm(unsigned int seconds)
{
	return alarm(patient(seconds));
}

/* the harness calls it once for each test */
#define alarm	patient_alarm
#include "kselftest_harness.h"
#undef alarm

#endif /* SELFTEST_HARNESS_H */
