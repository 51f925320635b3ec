/* SPDX-License-Identifier: GPL-2.0 */
/* What a run of a reference string has shown, and how it is printed. */
#ifndef PLAY_H
#define PLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "refstring.h"

#define PLAY_NO_PAGE	REFSTRING_NO_PAGE

/**
 * struct play - a run
 * @string: what was touched
 * @policy: policy in charge
 * @nr_frames: limit
 * @tick: a tick of time after so many references; 0: none
 * @faults: page faults
 * @major: of these, those that read a page back
 * @opt: what OPT needs for the same
 * @faulted: by reference, or NULL: only counted
 * @pages: by reference and frame: page, or PLAY_NO_PAGE
 * @bits: by reference and frame: accessed bit
 * @victims: by reference: the page that OPT takes; NULL for other policies
 */
struct play {
	const struct refstring *string;
	const char *policy;
	uint32_t nr_frames;
	uint32_t tick;
	uint64_t faults;
	uint64_t major;
	long opt;
	bool *faulted;
	uint32_t *pages;
	bool *bits;
	uint32_t *victims;
};

/**
 * play_run - touch all pages of a string
 * @play: string, policy, frames and tick; receives the rest
 * @steps: look at the frames after each reference
 *
 * Return: CLI_OK or an exit status, which is reported; play_free() in any case
 */
int play_run(struct play *play, bool steps);
void play_free(struct play *play);

void play_print(const struct play *play);
void play_print_json(const struct play *play);
/* Return: CLI_OK or an exit status, which is reported; @play has the frames of each step */
int play_print_svg(const struct play *play, bool chinese);

/* The policy looks at the accessed bit, and clears it. */
bool play_has_bits(const struct play *play);
/* Columns of a page's name with that bit, and of a blank */
int play_cell_width(const struct play *play);

#endif /* PLAY_H */
