// SPDX-License-Identifier: GPL-2.0
/* Internal fragmentation: bytes that kmalloc gives against bytes asked for. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "frag.h"
#include "libmmlab.h"

#define SIZE_MAX_ASKED	131072
#define SMALLEST	8

/* Sizes from first to last, summed up. */
struct range {
	uint32_t first, last;
	uint64_t asked, given;
	uint32_t worst_asked, worst_given;
};

static struct range ranges[] = {
	{ .first = 1, .last = 8 }, { .first = 9, .last = 64 },
	{ .first = 65, .last = 192 }, { .first = 193, .last = 1024 },
	{ .first = 1025, .last = 8192 }, { .first = 8193, .last = SIZE_MAX_ASKED },
};

#define NR_RANGES	(sizeof(ranges) / sizeof(ranges[0]))

/* Bytes of a real object for so many, or 0 after a message */
static uint32_t usable(const struct session *session, uint32_t size)
{
	struct mmlab_object object = { .size = size };
	int error = mmlab_alloc_object(session->fd, &object);

	if (error) {
		cli_fail(error, "End lab processes that hold memory (mmlab status), or mmlab drain",
			 "kmalloc of %u bytes", size);
		return 0;
	}
	mmlab_free_object(session->fd, &(struct mmlab_object){ .lva = object.lva });
	return object.usable;
}

static void count(struct range *range, uint32_t asked, uint32_t given)
{
	range->asked += asked;
	range->given += given;
	/* the larger share: a/b > c/d as a*d > c*b */
	if (!range->worst_given || (uint64_t)(given - asked) * range->worst_given >
	    (uint64_t)(range->worst_given - range->worst_asked) * given) {
		range->worst_asked = asked;
		range->worst_given = given;
	}
}

/* Allocates every size. */
static bool measure(const struct session *session)
{
	uint32_t size;
	size_t r = 0;

	for (size = 1; size <= SIZE_MAX_ASKED; size++) {
		uint32_t given = usable(session, size);

		if (!given)
			return false;
		if (given < size) {
			printf("  BAD  kmalloc of %u bytes gave only %u\n", size, given);
			return false;
		}
		while (size > ranges[r].last)
			r++;
		count(&ranges[r], size, given);
	}
	return true;
}

static double waste(uint64_t asked, uint64_t given)
{
	return given ? (double)(given - asked) * 100 / (double)given : 0.0;
}

static void print_range(const struct range *range)
{
	char from_to[32], worst[32];

	snprintf(from_to, sizeof(from_to), "%u-%u", range->first, range->last);
	snprintf(worst, sizeof(worst), "%u in %u", range->worst_asked, range->worst_given);
	printf("  %-14s %8.1f  %18s %8.1f\n", from_to, waste(range->asked, range->given), worst,
	       waste(range->worst_asked, range->worst_given));
}

bool frag_internal(const struct session *session)
{
	struct range all = { .first = 1, .last = SIZE_MAX_ASKED };
	bool good = true;
	size_t r;

	printf("Internal fragmentation: kmalloc of 1 to %d bytes, against the object that comes\n",
	       SIZE_MAX_ASKED);
	if (!measure(session))
		return false;
	printf("  %-14s %8s  %18s %8s\n", "BYTES", "WASTE %", "WORST", "WASTE %");
	for (r = 0; r < NR_RANGES; r++) {
		struct range *range = &ranges[r];

		print_range(range);
		all.asked += range->asked;
		all.given += range->given;
		if (!all.worst_given || waste(range->worst_asked, range->worst_given) >
		    waste(all.worst_asked, all.worst_given)) {
			all.worst_asked = range->worst_asked;
			all.worst_given = range->worst_given;
		}
		/* a class is at most twice the one below, so less than half is lost */
		if (range->first > SMALLEST &&
		    waste(range->worst_asked, range->worst_given) >= 50) {
			printf("  BAD  %u bytes take an object of %u: half of it or more is wasted\n",
			       range->worst_asked, range->worst_given);
			good = false;
		}
	}
	print_range(&all);
	printf("  %s  no size above %d bytes wastes half of its object\n", good ? "ok " : "BAD",
	       SMALLEST);
	return good;
}
