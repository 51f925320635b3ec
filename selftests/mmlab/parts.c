// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that use a part of a memory each: see parts.h.
 */
#include "lab.h"
#include "parts.h"
#include "pressure.h"

static void *use_part(void *arg)
{
	struct part *part = arg;
	size_t middle = (part->start + part->end) / 2 & ~(page_size() - 1);
	unsigned int round;

	fill(part->p, part->start, part->end, 1);
	part->wrong = count_wrong(part->p, part->start, part->end, 1);
	for (round = 2; round <= part->nr_rounds; round++) {
		fill(part->p, part->start, middle, round);
		part->wrong += count_wrong(part->p, middle, part->end, 1);
		part->wrong += count_wrong(part->p, part->start, middle, round);
	}
	return NULL;
}

int parts_begin(struct part *parts, size_t nr, unsigned char *p, size_t len,
		unsigned int nr_rounds)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		parts[i] = (struct part){
			.p = p,
			.start = len / nr * i,
			.end = len / nr * (i + 1),
			.nr_rounds = nr_rounds,
		};
		if (pthread_create(&parts[i].thread, NULL, use_part, &parts[i]))
			return -1;
	}
	return 0;
}

size_t parts_end(struct part *parts, size_t nr)
{
	size_t i, wrong = 0;

	for (i = 0; i < nr; i++) {
		pthread_join(parts[i].thread, NULL);
		wrong += parts[i].wrong;
	}
	return wrong;
}
