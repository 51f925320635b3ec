// SPDX-License-Identifier: GPL-2.0
/* Counts instructions, ticks or nanoseconds. */
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "meter.h"

#define NR_TRIALS	16

#if __has_include("x86intrin.h")
#include <x86intrin.h>

static uint64_t ticks(void)
{
	_mm_lfence();
	return __rdtsc();
}

static const char ticks_unit[] = "TSC ticks";
static const char ticks_explanation[] =
	"no instructions to be counted here (perf_event_open): ticks of the CPU's clock";
#else
static uint64_t ticks(void)
{
	return meter_clock();
}

static const char ticks_unit[] = "ns";
static const char ticks_explanation[] =
	"no instructions to be counted here (perf_event_open): nanoseconds";
#endif

uint64_t meter_clock(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t meter_read(const struct meter *meter)
{
	uint64_t count = 0;

	if (meter->fd < 0)
		return ticks();
	return read(meter->fd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

uint64_t meter_between(const struct meter *meter, uint64_t before, uint64_t after)
{
	uint64_t cost = after - before;

	return cost > meter->own_cost ? cost - meter->own_cost : 0;
}

void meter_open(struct meter *meter)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE, .size = sizeof(attr),
		.config = PERF_COUNT_HW_INSTRUCTIONS, .exclude_hv = 1,
	};
	uint64_t least = UINT64_MAX;
	int i;

	meter->own_cost = 0;
	meter->fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	for (i = 0; i < NR_TRIALS; i++) {
		uint64_t before = meter_read(meter), after = meter_read(meter);

		if (after - before < least)
			least = after - before;
	}
	meter->own_cost = least;
}

void meter_close(struct meter *meter)
{
	if (meter->fd >= 0)
		close(meter->fd);
	meter->fd = -1;
}

const char *meter_unit(const struct meter *meter)
{
	return meter->fd >= 0 ? "instructions" : ticks_unit;
}

const char *meter_explanation(const struct meter *meter)
{
	return meter->fd >= 0 ? "instructions of this program and of the kernel for it" :
	       ticks_explanation;
}
