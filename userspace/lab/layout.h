/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lab's linear address space: its regions, what virt_to_phys() is good for,
 * and the frames of a range.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/session.h"

#define LAYOUT_REASON_BYTES	320

/* "direct map", "vmalloc region", … by the bounds alone */
const char *layout_region(const struct session *session, uint32_t lva);

/**
 * layout_virt_to_phys - compute what the kernel's function of that name does
 * @session: any lab process
 * @lva: linear address
 * @phys: (out) @lva less the start of the direct map
 *
 * Return: false outside the direct map, where the difference means nothing
 */
bool layout_virt_to_phys(const struct session *session, uint32_t lva, uint64_t *phys);

/*
 * Why layout_virt_to_phys() refuses, and what to do instead, in two lines of which
 * the second is indented. Return: buf
 */
const char *layout_refusal(const struct session *session, uint32_t lva,
			   char buf[LAYOUT_REASON_BYTES]);

/* The frames of a range; a stretch is a run of neighbours in this order. */
struct layout_frames {
	uint32_t nr_frames;	/* pages that have one */
	uint32_t nr_stretches;
	uint64_t first_phys;	/* of the first address, if its page has one */
};

/* Walks to each page of a range. Return: 0 or -errno */
int layout_frames(const struct session *session, uint32_t lva, uint64_t bytes,
		  struct layout_frames *frames);

#endif /* LAYOUT_H */
