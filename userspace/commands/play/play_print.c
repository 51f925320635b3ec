// SPDX-License-Identifier: GPL-2.0
/* The table of the textbooks: a column for each reference, a row for each frame. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/json.h"
#include "play.h"

#define LINE_WIDTH	80
#define HEAD_WIDTH	10

/* Policies that look at the accessed bit, and clear it. */
bool play_has_bits(const struct play *play)
{
	return !strcmp(play->policy, "clock") || !strcmp(play->policy, "two-lists") ||
	       !strcmp(play->policy, "nfu");
}

int play_cell_width(const struct play *play)
{
	size_t width = 1;
	uint32_t page;

	for (page = 0; page < play->string->nr_pages; page++)
		if (strlen(play->string->names[page]) > width)
			width = strlen(play->string->names[page]);
	return (int)width + play_has_bits(play) + 1;
}

/* Trailing blanks are not printed: the next word brings them along. */
static void print_cell(int *owed, int width, const char *name, bool bit)
{
	int length = (int)strlen(name) + bit;

	if (!length) {
		*owed += width;
		return;
	}
	printf("%*s%s%s", *owed + width - length, "", name, bit ? "'" : "");
	*owed = 0;
}

static void print_head(const char *head)
{
	printf("%-*s", HEAD_WIDTH, head);
}

static void print_columns(const struct play *play, size_t from, size_t to, int width)
{
	const struct refstring *s = play->string;
	bool marked = play_has_bits(play);
	uint32_t row;
	size_t i;
	int owed = 0;

	print_head("page");
	for (i = from; i < to; i++)
		print_cell(&owed, width, s->names[s->refs[i]], false);
	for (row = 0; row < play->nr_frames; row++) {
		char head[24];

		owed = 0;
		snprintf(head, sizeof(head), "frame %u", row + 1);
		putchar('\n');
		print_head(head);
		for (i = from; i < to; i++) {
			size_t at = i * play->nr_frames + row;
			bool empty = play->pages[at] == PLAY_NO_PAGE;

			print_cell(&owed, width, empty ? "" : s->names[play->pages[at]],
				   !empty && marked && play->bits[at]);
		}
	}
	owed = 0;
	putchar('\n');
	print_head("fault");
	for (i = from; i < to; i++)
		print_cell(&owed, width, play->faulted[i] ? "*" : "", false);
	printf("\n\n");
}

static void print_table(const struct play *play)
{
	int width = play_cell_width(play);
	size_t columns = width > LINE_WIDTH - HEAD_WIDTH ? 1 :
			 (size_t)((LINE_WIDTH - HEAD_WIDTH) / width), from;

	for (from = 0; from < play->string->nr_refs; from += columns) {
		size_t to = from + columns;

		if (to > play->string->nr_refs)
			to = play->string->nr_refs;
		print_columns(play, from, to, width);
	}
	if (play_has_bits(play))
		printf("' the page's accessed bit is set\n");
}

void play_print(const struct play *play)
{
	const struct refstring *s = play->string;

	if (play->faulted)
		print_table(play);
	printf("%s, %u frames: %" PRIu64 " faults by %zu references to %u pages; %" PRIu64
	       " read back from swap\n", play->policy, play->nr_frames, play->faults, s->nr_refs,
	       s->nr_pages, play->major);
	if (!play->victims)
		printf("OPT would need %ld\n", play->opt);
}

static void json_steps(const struct play *play)
{
	const struct refstring *s = play->string;
	size_t i;

	json_array_begin("steps");
	for (i = 0; i < s->nr_refs; i++) {
		uint32_t row;

		json_object_begin(NULL);
		json_string("page", s->names[s->refs[i]]);
		json_bool("fault", play->faulted[i]);
		json_array_begin("frames");
		for (row = 0; row < play->nr_frames; row++) {
			uint32_t page = play->pages[i * play->nr_frames + row];

			json_string(NULL, page == PLAY_NO_PAGE ? NULL : s->names[page]);
		}
		json_array_end();
		json_array_begin("accessed");
		for (row = 0; row < play->nr_frames; row++)
			json_bool(NULL, play->bits[i * play->nr_frames + row]);
		json_array_end();
		json_object_end();
	}
	json_array_end();
}

void play_print_json(const struct play *play)
{
	json_object_begin(NULL);
	json_string("policy", play->policy);
	json_number("frames", play->nr_frames);
	json_number("references", play->string->nr_refs);
	json_number("pages", play->string->nr_pages);
	json_number("faults", play->faults);
	json_number("major", play->major);
	json_number("opt", (uint64_t)play->opt);
	if (play->faulted)
		json_steps(play);
	json_object_end();
}
