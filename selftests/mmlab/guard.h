/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The conditions that must hold after every test: the conservation law and
 * /proc/mmlab/check, no frame lost, a clean kernel log, an unchanged taint, no OOM kill
 * on the host.
 */
#ifndef SELFTEST_GUARD_H
#define SELFTEST_GUARD_H

#include <stdbool.h>

#include "procfile.h"

struct guard {
	int kmsg;		/* at the end of the kernel log at the start */
	const char *expected;	/* lines with this in them are no complaints */
	long taint;
	long oom_kills;
	long nr_frames;
	struct census before;
};

/*
 * Starts watching, and loads the module if need be. Returns NULL, or a text about the
 * error that is valid until the next call, as with the parsers.
 */
const char *guard_begin(struct guard *g);

/*
 * Ends watching, after the test has closed all that it opened. Returns NULL, or a text
 * about the error.
 */
const char *guard_end(struct guard *g);

/* NULL, or what /proc/mmlab/check finds broken at this moment. */
const char *check_now(void);

/* Is this line of the kernel log a complaint? */
bool is_complaint(const char *line);

/* The kernel log from here on, for log_says(). */
int log_open(void);

/* Reads on in it: how many lines have both @what and @and in them. */
unsigned int log_says(int kmsg, const char *what, const char *and);

/* For fixtures; only EXPECTs may be used in a teardown. */
#define GUARD_BEGIN(g) do {						\
	const char *wrong_ = guard_begin(g);				\
	if (wrong_)							\
		TH_LOG("%s", wrong_);					\
	ASSERT_TRUE(!wrong_);						\
} while (0)

#define GUARD_END(g) do {						\
	const char *wrong_ = guard_end(g);				\
	if (wrong_)							\
		TH_LOG("after the test: %s", wrong_);			\
	EXPECT_TRUE(!wrong_);						\
} while (0)

/* For functions that return NULL or a text about the error. */
#define ASSERT_FINE(call) do {						\
	const char *wrong_ = (call);					\
	if (wrong_)							\
		TH_LOG("%s: %s", #call, wrong_);			\
	ASSERT_TRUE(!wrong_);						\
} while (0)

#define EXPECT_FINE(call) do {						\
	const char *wrong_ = (call);					\
	if (wrong_)							\
		TH_LOG("%s: %s", #call, wrong_);			\
	EXPECT_TRUE(!wrong_);						\
} while (0)

#endif /* SELFTEST_GUARD_H */
