/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Measures the cost of a part of this program, the kernel's work included: in
 * instructions if the CPU counts them (perf_event_open), else in ticks of the time-stamp
 * counter, else in nanoseconds.
 */
#ifndef METER_H
#define METER_H

#include <stdint.h>

struct meter {
	int fd;			/* of the counter, or -1 */
	uint64_t own_cost;	/* of reading it twice */
};

/* Takes the best counter there is; it can't fail. */
void meter_open(struct meter *meter);
void meter_close(struct meter *meter);

/* "instructions", "TSC ticks" or "ns" */
const char *meter_unit(const struct meter *meter);

/* A line for the user: the unit, and the reason if it is not instructions. */
const char *meter_explanation(const struct meter *meter);

uint64_t meter_read(const struct meter *meter);

/* What lay between two readings, without the readings. */
uint64_t meter_between(const struct meter *meter, uint64_t before, uint64_t after);

/* Nanoseconds since some moment */
uint64_t meter_clock(void);

#endif /* METER_H */
