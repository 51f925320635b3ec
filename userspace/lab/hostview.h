/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host's own view of a page of the lab: the host frame that /proc/self/pagemap shows
 * for two windows on it, and whether that agrees with the lab's page tables.
 */
#ifndef HOSTVIEW_H
#define HOSTVIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/session.h"

/* The result; fields that need root, or another kernel, may be missing. */
struct hostview {
	const char *no_window;		/* why there is none, or NULL */
	bool pfn_known;
	uint64_t pfn, other_pfn;	/* host frame in one window and the other */
	uint64_t later_pfn;		/* in the first one, when all was read */
	bool host_count_known, lab_count_known, bytes_known;
	uint64_t host_count;		/* host page-table entries that map it */
	uint64_t lab_count;		/* /proc/mmlab/kpagecount of the lab's frame */
	bool same_bytes;		/* in the window and at the physical address */
	bool agree;			/* all that is known fits together */
};

/**
 * hostview_look - look at the page of a translation through windows
 * @session: the lab process that was asked
 * @t: a translation that came down to a frame
 * @view: (out)
 *
 * Opens two windows on the page for as long as it takes.
 */
void hostview_look(const struct session *session, const struct mmlab_translation *t,
		   struct hostview *view);

void hostview_print(const struct mmlab_translation *t, const struct hostview *view);

/* As an object "host" inside of the one that is open. */
void hostview_print_json(const struct hostview *view);

/* Bits of a /proc/<pid>/pagemap entry */
#define HOSTVIEW_PRESENT	(1ULL << 63)
#define HOSTVIEW_PFN		((1ULL << 55) - 1)

/*
 * The pagemap entry of an address of this program; frame 0 with HOSTVIEW_PRESENT
 * means that this user may not know it. Return: 0 if there is no entry
 */
uint64_t hostview_pagemap(const volatile void *address);

#endif /* HOSTVIEW_H */
