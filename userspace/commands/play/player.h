/* SPDX-License-Identifier: GPL-2.0 */
/* A lab process whose pages are touched one by one, with a limit of frames. */
#ifndef PLAYER_H
#define PLAYER_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/session.h"

#define PLAYER_LVA	0x10000000U

struct player {
	struct session session;
	unsigned char *window;
	uint64_t page_size;
	uint32_t nr_pages;
	int swap;		/* area that this player added, or -1 */
	int pagemap;
};

/**
 * player_open - begin a lab process
 * @player: (out)
 * @policy: its policy
 * @nr_frames: its limit
 * @nr_pages: pages that will be touched
 *
 * The process has one host entry, so that each touch is seen. If there is no swap area,
 * one is added.
 *
 * Return: CLI_OK or an exit status, which is reported
 */
int player_open(struct player *player, const char *policy, uint32_t nr_frames,
		uint32_t nr_pages);

/* The lab process ends, and the swap area of player_open(). */
void player_close(struct player *player);

/* Stores to a page. Return: false if that was a SIGBUS */
bool player_touch(struct player *player, uint32_t page);

/* A clock tick for the policy. */
void player_tick(struct player *player);

/* Page faults of the lab process so far; and those that read a page back. */
bool player_faults(const struct player *player, uint64_t *faults, uint64_t *major);

/* Is a page in a frame? And its accessed bit. */
bool player_sees(const struct player *player, uint32_t page, bool *accessed);

#endif /* PLAYER_H */
