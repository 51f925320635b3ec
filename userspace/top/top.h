/* SPDX-License-Identifier: GPL-2.0 */
/* top: the frame map and lists, again and again. */
#ifndef TOP_H
#define TOP_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/session.h"
#include "view/snapshot.h"

#define ROW_BYTES	160

/* Where snapshots come from: the running lab, or a record. */
struct source {
	const char *record;		/* NULL: the lab */
	struct session session;
	unsigned long at, nr;		/* of a record: which one, and how many there are */
	struct snapshot *now;
};

/* Return: CLI_OK or an exit status; source_close() in any case */
int source_open(struct source *source);

/* The next snapshot, in source->now: with @step of a record, or the lab as it is. */
int source_next(struct source *source, long step);
void source_close(struct source *source);

enum pane_id { PANE_BUDDY, PANE_CACHES, PANE_AREAS, PANE_PROCESSES, PANE_RATES, NR_PANES };

/* The lines of a pane; the first is a heading. */
struct pane {
	char (*row)[ROW_BYTES];
	uint32_t nr, room;
};

/**
 * pane_fill - write a pane's lines
 * @pane: (out) of any contents before; pane_free() after the last
 * @s: snapshot
 * @id: which pane
 * @sort: which column rows are sorted by, from 0 on; any number
 * @reverse: smallest first
 */
void pane_fill(struct pane *pane, const struct snapshot *s, enum pane_id id, unsigned int sort,
	       bool reverse);
void pane_free(struct pane *pane);
const char *pane_name(enum pane_id id);

/* What a frame is, who has it, and which entries map it. */
void where_frame(const struct snapshot *s, uint32_t pfn, char *buf, size_t size);

/* The frame that a text of the user means: a number, or an address of a process. */
bool where_find(const struct snapshot *s, const char *text, uint32_t *pfn);

/**
 * struct screen_options - how the screen begins
 * @delay_ms: from one update to the next
 */
struct screen_options {
	uint64_t delay_ms;
};

/* Shows the source on the terminal until the user ends it. Return: an exit status */
int screen_run(struct source *source, const struct screen_options *options);

#endif /* TOP_H */
