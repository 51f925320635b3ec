// SPDX-License-Identifier: GPL-2.0
/*
 * A figure as text. Lines and boxes join where they meet: each place of the grid knows to
 * which of its four sides a line goes on.
 */
#include <stdlib.h>
#include <string.h>

#include "scene.h"

enum side { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8 };

struct place {
	unsigned int sides;
	char text[5];
	bool covered;		/* by the wide character before */
};

struct grid {
	int rows;
	struct place *place;	/* SCENE_COLUMNS in a row */
};

static const char *const joints[16] = {
	" ", "╵", "╷", "│", "╴", "┘", "┐", "┤",
	"╶", "└", "┌", "├", "─", "┴", "┬", "┼",
};

static const char ascii_joints[16] = {
	' ', '|', '|', '|', '-', '+', '+', '+', '-', '+', '+', '+', '-', '+', '+', '+',
};

static struct place *at(struct grid *g, int x, int y)
{
	static struct place outside;

	return x < 0 || x >= SCENE_COLUMNS || y < 0 || y >= g->rows ? &outside :
	       &g->place[y * SCENE_COLUMNS + x];
}

static void join(struct grid *g, int x, int y, unsigned int sides)
{
	at(g, x, y)->sides |= sides;
}

static void level(struct grid *g, int x, int y, int w)
{
	int i;

	for (i = 0; i < w; i++) {
		join(g, x + i, y, RIGHT);
		join(g, x + i + 1, y, LEFT);
	}
}

static void upright(struct grid *g, int x, int y, int h)
{
	int i;

	for (i = 0; i < h; i++) {
		join(g, x, y + i, DOWN);
		join(g, x, y + i + 1, UP);
	}
}

static void put(struct grid *g, int x, int y, const char *text, size_t bytes)
{
	struct place *p = at(g, x, y);

	memcpy(p->text, text, bytes);
	p->text[bytes] = '\0';
}

/* What stands for the few other characters that labels have. */
static const char *ascii_for(const char *one)
{
	static const struct { const char *one, *ascii; } pairs[] = {
		{ "×", "x" }, { "…", "." }, { "↓", "v" },
	};
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (!strcmp(pairs[i].one, one))
			return pairs[i].ascii;
	return one[0] & 0x80 ? "?" : one;
}

static void draw_text(struct grid *g, const struct scene_item *item, bool utf8)
{
	int width = scene_width(item->text);
	int x = item->x - (item->place == SCENE_MIDDLE ? width / 2 :
			   item->place == SCENE_RIGHT ? width - 1 : 0);
	const char *c = item->text;

	for (; *c; c += scene_char_bytes(c)) {
		char one[5] = "";

		memcpy(one, c, scene_char_bytes(c));
		if (!utf8)
			strcpy(one, ascii_for(one));
		put(g, x, item->y, one, strlen(one));
		x++;
		if (scene_width(one) == 2)
			at(g, x++, item->y)->covered = true;
	}
}

static void draw_line(struct grid *g, const struct scene_item *item, bool utf8)
{
	int x = item->x + item->w, y = item->y + item->h;
	const char *head;

	level(g, item->w < 0 ? x : item->x, item->y, abs(item->w));
	upright(g, x, item->h < 0 ? y : item->y, abs(item->h));
	if (!item->arrow)
		return;
	head = item->h > 0 ? (utf8 ? "▼" : "v") : item->h < 0 ? (utf8 ? "▲" : "^") :
	       item->w > 0 ? (utf8 ? "▶" : ">") : (utf8 ? "◀" : "<");
	put(g, x, y, head, strlen(head));
}

static void draw_item(struct grid *g, const struct scene_item *item, bool utf8)
{
	switch (item->kind) {
	case SCENE_BOX:
		level(g, item->x, item->y, item->w - 1);
		level(g, item->x, item->y + item->h - 1, item->w - 1);
		upright(g, item->x, item->y, item->h - 1);
		upright(g, item->x + item->w - 1, item->y, item->h - 1);
		break;
	case SCENE_LINE:
		draw_line(g, item, utf8);
		break;
	case SCENE_TEXT:
		draw_text(g, item, utf8);
		break;
	case SCENE_CELL:
		put(g, item->x, item->y, item->text, strlen(item->text));
		break;
	}
}

static void print_row(struct grid *g, int y, FILE *out, bool utf8)
{
	int x, end = SCENE_COLUMNS;

	while (end && !at(g, end - 1, y)->sides && !at(g, end - 1, y)->text[0] &&
	       !at(g, end - 1, y)->covered)
		end--;
	for (x = 0; x < end; x++) {
		const struct place *p = at(g, x, y);

		if (p->covered)
			continue;
		if (p->text[0])
			fputs(p->text, out);
		else if (utf8)
			fputs(joints[p->sides], out);
		else
			fputc(ascii_joints[p->sides], out);
	}
	fputc('\n', out);
}

bool scene_print_text(const struct scene *s, FILE *out, bool utf8)
{
	struct grid g = { .rows = scene_rows(s) };
	size_t i;
	int y;

	g.place = calloc((size_t)(g.rows ? g.rows : 1) * SCENE_COLUMNS, sizeof(*g.place));
	if (!g.place || s->failed) {
		free(g.place);
		return false;
	}
	for (i = 0; i < s->nr; i++)
		draw_item(&g, &s->item[i], utf8);
	fprintf(out, "%s\n\n", s->title);
	for (y = 0; y < g.rows; y++)
		print_row(&g, y, out, utf8);
	free(g.place);
	return !ferror(out);
}
