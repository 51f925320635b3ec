// SPDX-License-Identifier: GPL-2.0
/*
 * The table of the textbooks as a figure: a box for each reference with the pages in frames
 * after it. A fault has a strong border and a star.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cli/cli.h"
#include "draw/draw.h"
#include "play.h"

#define HEAD_WIDTH	12

struct table {
	struct scene scene;
	const struct play *play;
	int columns;	/* of a box, its border included */
};

static void draw_head(struct table *t, const struct drawing *d, int y)
{
	uint32_t row;

	scene_text(&t->scene, 0, y, SCENE_LEFT, LOOK_QUIET, "%s", label(d, "page"));
	for (row = 0; row < t->play->nr_frames; row++)
		scene_text(&t->scene, 0, y + 2 + (int)row, SCENE_LEFT, LOOK_QUIET,
			   label(d, "frame %u"), row + 1);
	scene_text(&t->scene, 0, y + (int)t->play->nr_frames + 3, SCENE_LEFT, LOOK_QUIET, "%s",
		   label(d, "page fault"));
}

static void draw_reference(struct table *t, size_t i, int x, int y)
{
	const struct play *play = t->play;
	const struct refstring *string = play->string;
	uint32_t row;

	scene_text(&t->scene, x + 1, y, SCENE_LEFT, LOOK_STRONG, "%s",
		   string->names[string->refs[i]]);
	scene_box(&t->scene, x, y + 1, t->columns, (int)play->nr_frames + 2,
		  play->faulted[i] ? LOOK_STRONG : LOOK_PLAIN);
	for (row = 0; row < play->nr_frames; row++) {
		uint32_t page = play->pages[i * play->nr_frames + row];

		if (page == PLAY_NO_PAGE)
			continue;
		scene_text(&t->scene, x + 1, y + 2 + (int)row, SCENE_LEFT,
			   page == string->refs[i] ? LOOK_STRONG : LOOK_PLAIN, "%s%s",
			   string->names[page],
			   play_has_bits(play) && play->bits[i * play->nr_frames + row] ? "'" : "");
	}
	if (play->faulted[i])
		scene_text(&t->scene, x + 1, y + (int)play->nr_frames + 3, SCENE_LEFT,
			   LOOK_STRONG, "*");
}

/* As many boxes in a row as there is place, and rows as many as are needed. */
static void draw_table(struct table *t, const struct drawing *d)
{
	size_t columns = (size_t)((SCENE_COLUMNS - HEAD_WIDTH) / t->columns), i;
	int height = (int)t->play->nr_frames + 5, y = 0;

	columns = columns ? columns : 1;
	for (i = 0; i < t->play->string->nr_refs; i++) {
		y = (int)(i / columns) * height;
		if (i % columns == 0)
			draw_head(t, d, y);
		draw_reference(t, i, HEAD_WIDTH + (int)(i % columns) * t->columns, y);
	}
	if (play_has_bits(t->play))
		scene_text(&t->scene, 0, y + height, SCENE_LEFT, LOOK_QUIET, "%s",
			   label(d, "' the page's accessed bit is set"));
}

int play_print_svg(const struct play *play, bool chinese)
{
	const struct drawing d = { .chinese = chinese };
	struct table table = { .play = play, .columns = play_cell_width(play) + 1 };
	bool good;

	scene_init(&table.scene, chinese);
	snprintf(table.scene.title, sizeof(table.scene.title),
		 label(&d, "Replacement by the policy %s, %u frames"), play->policy,
		 play->nr_frames);
	describe(&table.scene, &d, "%u references to %u pages: %u page faults.",
		 (unsigned int)play->string->nr_refs, play->string->nr_pages,
		 (unsigned int)play->faults);
	draw_table(&table, &d);
	good = scene_print_svg(&table.scene, stdout);
	scene_end(&table.scene);
	return good ? CLI_OK : cli_fail(errno, NULL, "writing the figure");
}
