// SPDX-License-Identifier: GPL-2.0
/* Collects what a figure is made of. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"

void scene_init(struct scene *s, bool chinese)
{
	memset(s, 0, sizeof(*s));
	s->chinese = chinese;
}

void scene_end(struct scene *s)
{
	size_t i;

	for (i = 0; i < s->nr; i++)
		free(s->item[i].text);
	free(s->item);
}

static void add(struct scene *s, const struct scene_item *item)
{
	if (s->nr == s->room) {
		size_t room = s->room ? 2 * s->room : 256;
		struct scene_item *larger = realloc(s->item, room * sizeof(*larger));

		if (!larger) {
			s->failed = true;
			free(item->text);
			return;
		}
		s->item = larger;
		s->room = room;
	}
	s->item[s->nr++] = *item;
}

void scene_box(struct scene *s, int x, int y, int w, int h, unsigned int look)
{
	struct scene_item box = { .kind = SCENE_BOX, .x = x, .y = y, .w = w, .h = h, .look = look };

	add(s, &box);
}

static char *format_text(struct scene *s, const char *format, va_list args)
{
	char *text = NULL;

	if (vasprintf(&text, format, args) < 0) {
		s->failed = true;
		return NULL;
	}
	return text;
}

void scene_text(struct scene *s, int x, int y, enum scene_place place, unsigned int look,
		const char *format, ...)
{
	struct scene_item item = {
		.kind = SCENE_TEXT, .x = x, .y = y, .place = place, .look = look
	};
	va_list args;

	va_start(args, format);
	item.text = format_text(s, format, args);
	va_end(args);
	if (item.text)
		add(s, &item);
}

void scene_named_box(struct scene *s, int x, int y, int w, int h, unsigned int look,
		     const char *format, ...)
{
	struct scene_item item = { .kind = SCENE_TEXT, .x = x + w / 2, .y = y + 1,
				   .place = SCENE_MIDDLE, .look = look };
	va_list args;

	scene_box(s, x, y, w, h, look);
	va_start(args, format);
	item.text = format_text(s, format, args);
	va_end(args);
	if (item.text)
		add(s, &item);
}

void scene_line(struct scene *s, int x, int y, int w, int h, bool arrow)
{
	struct scene_item line = { .kind = SCENE_LINE, .x = x, .y = y, .w = w, .h = h };

	line.arrow = arrow;
	add(s, &line);
}

void scene_cell(struct scene *s, int x, int y, unsigned int look, unsigned int owner, char letter)
{
	struct scene_item cell = { .kind = SCENE_CELL, .x = x, .y = y, .look = look };
	char text[2] = { letter, '\0' };

	cell.owner = owner;
	cell.text = strdup(text);
	if (cell.text)
		add(s, &cell);
	else
		s->failed = true;
}

int scene_rows(const struct scene *s)
{
	int rows = 0;
	size_t i;

	for (i = 0; i < s->nr; i++) {
		const struct scene_item *item = &s->item[i];
		int end = item->y + (item->kind == SCENE_BOX ? item->h :
				     item->kind == SCENE_LINE && item->h > 0 ? item->h + 1 : 1);

		rows = end > rows ? end : rows;
	}
	return rows;
}

size_t scene_char_bytes(const char *text)
{
	unsigned char c = (unsigned char)*text;
	size_t bytes = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2, i;

	for (i = 1; i < bytes; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 1;
	return bytes;
}

/* The labels' only wide characters are Chinese ones, of three bytes from U+2E80 on. */
static int char_width(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;

	return scene_char_bytes(text) == 3 && (c[0] > 0xe2 || (c[0] == 0xe2 && c[1] >= 0xba)) ? 2
											      : 1;
}

int scene_width(const char *text)
{
	int width = 0;

	for (; *text; text += scene_char_bytes(text))
		width += char_width(text);
	return width;
}
