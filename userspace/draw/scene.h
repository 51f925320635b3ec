/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A figure: boxes, lines, texts and cells on a grid of characters. It is drawn once, and
 * comes out as text (scene_text.c) or as SVG (scene_svg.c).
 */
#ifndef SCENE_H
#define SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SCENE_COLUMNS	80

enum scene_kind { SCENE_BOX, SCENE_LINE, SCENE_TEXT, SCENE_CELL };

enum scene_place { SCENE_LEFT, SCENE_MIDDLE, SCENE_RIGHT };

/* What a thing stands for decides how it looks. */
enum scene_look {
	LOOK_PLAIN,
	LOOK_STRONG,		/* what the figure is about */
	LOOK_QUIET,		/* explanations */
	LOOK_USE,		/* and enum view_use: a frame of that use */
};

/**
 * struct scene_item - one thing of a figure; columns and rows from 0
 * @x: left column; of a text with SCENE_MIDDLE or SCENE_RIGHT the column so placed
 * @y: upper row
 * @w: columns, or of a line the columns that it goes to the right (or to the left)
 * @h: rows, or of a line the rows that it then goes down (or up)
 * @look: enum scene_look
 * @place: of a text
 * @arrow: of a line: its end has a head
 * @owner: of a cell: its owner's colour, from 1 on; 0: none
 * @text: of a text; of a cell its letter
 */
struct scene_item {
	enum scene_kind kind;
	int x, y, w, h;
	unsigned int look;
	enum scene_place place;
	bool arrow;
	unsigned int owner;
	char *text;
};

struct scene {
	char title[128], description[256];
	bool chinese;
	struct scene_item *item;
	size_t nr, room;
	bool failed;		/* there was no memory for an item */
};

void scene_init(struct scene *s, bool chinese);
void scene_end(struct scene *s);

void scene_box(struct scene *s, int x, int y, int w, int h, unsigned int look);

/* A box with a text in the middle of its first row. */
void scene_named_box(struct scene *s, int x, int y, int w, int h, unsigned int look,
		     const char *format, ...) __attribute__((format(printf, 7, 8)));

/* First to the right (or left) by @w, then down (or up) by @h. */
void scene_line(struct scene *s, int x, int y, int w, int h, bool arrow);

void scene_text(struct scene *s, int x, int y, enum scene_place place, unsigned int look,
		const char *format, ...) __attribute__((format(printf, 6, 7)));

/* One frame or more, as a letter and a colour. */
void scene_cell(struct scene *s, int x, int y, unsigned int look, unsigned int owner, char letter);

/* The rows that the figure takes. */
int scene_rows(const struct scene *s);

/* Columns that a text takes; a Chinese character takes two. */
int scene_width(const char *text);

/* The bytes of the character that a text begins with. */
size_t scene_char_bytes(const char *text);

/* Return: false if a write failed */
bool scene_print_text(const struct scene *s, FILE *out, bool utf8);
bool scene_print_svg(const struct scene *s, FILE *out);

#endif /* SCENE_H */
