/* SPDX-License-Identifier: GPL-2.0 */
/* The figures: what they are called, and what they are drawn from. */
#ifndef DRAW_H
#define DRAW_H

#include "scene.h"
#include "view/snapshot.h"

/**
 * struct drawing - what a figure is to show
 * @snapshot: the lab
 * @chinese: labels in Chinese
 * @process: a lab process; NULL if there is none
 * @lva: a linear address
 * @cache: a cache; NULL if none has slabs
 * @area: a vmalloc area; NULL if there is none
 * @zoom: frames: show each frame, from @frame on
 * @frame: see @zoom
 */
struct drawing {
	const struct snapshot *snapshot;
	bool chinese;
	const struct view_process *process;
	uint32_t lva;
	const struct view_cache *cache;
	const struct view_area *area;
	bool zoom;
	uint32_t frame;
};

/**
 * struct figure - one figure
 * @name: the word after `mmlab draw`
 * @summary: one line for the list of figures
 * @draw: draws it. Returns NULL, or why it can't be drawn
 */
struct figure {
	const char *name, *summary;
	const char *(*draw)(struct scene *s, const struct drawing *d);
};

const char *draw_frames(struct scene *s, const struct drawing *d);
const char *draw_buddy(struct scene *s, const struct drawing *d);
const char *draw_walk(struct scene *s, const struct drawing *d);
const char *draw_address(struct scene *s, const struct drawing *d);
const char *draw_segments(struct scene *s, const struct drawing *d);
const char *draw_regions(struct scene *s, const struct drawing *d);
const char *draw_path(struct scene *s, const struct drawing *d);
const char *draw_layout(struct scene *s, const struct drawing *d);
const char *draw_areas(struct scene *s, const struct drawing *d);
const char *draw_mapping(struct scene *s, const struct drawing *d);
const char *draw_slab(struct scene *s, const struct drawing *d);
const char *draw_lists(struct scene *s, const struct drawing *d);
const char *draw_swap(struct scene *s, const struct drawing *d);
const char *draw_sharing(struct scene *s, const struct drawing *d);

struct command;
/* The value of an option --lang: "en" or "zh". Return: CLI_OK, or CLI_USAGE, which is reported */
int take_language(const struct command *cmd, const char *name, bool *chinese);

/* A label in the language of the figure. A label with values is the format of them. */
const char *label(const struct drawing *d, const char *english);

/* What the figure shows, in a sentence, for those who don't see it. */
void describe(struct scene *s, const struct drawing *d, const char *english, ...)
	__attribute__((format(printf, 3, 4)));

/* The letter of a use, '.' for free frames. */
char use_letter(unsigned int use);
/* Its name for readers. */
const char *use_label(const struct drawing *d, unsigned int use);

/* A colour from 1 on for an owner, 0 for the lab kernel. */
unsigned int owner_colour(uint32_t owner);

/*
 * What a stretch of frames is: the use of most of its frames that are not free. A
 * capital letter if all are of that use, a small one if not.
 */
char stretch_letter(const struct snapshot *s, uint32_t start, uint32_t nr, unsigned int *use,
		    uint32_t *owner);

/* Pages of [start, end) that have a frame (present), or lie in swap. */
uint32_t pages_in(const struct view_process *p, uint32_t start, uint32_t end, bool present,
		  uint32_t page_size);

/* Bytes as "64 KiB", in a buffer that the next four calls leave alone. */
const char *size_text(uint64_t bytes);

/* What a region is: "text", "data", "heap", "stack", or its name. */
const char *region_label(const struct drawing *d, const struct view_region *r);

#endif /* DRAW_H */
