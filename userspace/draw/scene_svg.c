// SPDX-License-Identifier: GPL-2.0
/*
 * A figure as SVG: valid XML, light or dark as the reader's browser is, with a title and
 * a description for those who don't see it.
 */
#include <stdlib.h>
#include <string.h>

#include "scene.h"

/* Pixels of a place of the grid, of a letter of 14 pixels, and around the figure. */
#define CELL_W	8.4
#define CELL_H	18.0
#define MARGIN	12.0
#define HEAD	30.0		/* the title */

/* Colours that differ in lightness too: Okabe and Ito's, by enum view_use. */
static const char style[] =
"<style>\n"
"svg{background:#fff}text{font:14px 'DejaVu Sans Mono','Noto Sans Mono',monospace;fill:#1a1a1a;white-space:pre}\n"
".title{font:bold 16px sans-serif}.quiet{fill:#595959}.strong{font-weight:bold}\n"
".box{fill:#f4f4f4;stroke:#555;stroke-width:1}.boxstrong{fill:#fff3d6;stroke:#8a5a00;stroke-width:2}\n"
".boxquiet{fill:none;stroke:#999;stroke-dasharray:4 3}.line{fill:none;stroke:#333;stroke-width:1.3}.head{fill:#333}\n"
".u0{fill:#e9e9e9}.u1{fill:#c9c9c9}.u2{fill:#56b4e9}.u3{fill:#e69f00}.u4{fill:#009e73}.u5{fill:#cc79a7}\n"
".u6{fill:#f0e442}.u7{fill:#d55e00}.u8{fill:#000}.u9{fill:#7d7d7d}.u10{fill:#fff}\n"
".c8{fill:#fff}\n"
".o1{fill:#003f7f}.o2{fill:#a00000}.o3{fill:#005c2f}.o4{fill:#5b2a86}.o5{fill:#6b4a00}.o6{fill:#000}\n"
"@media (prefers-color-scheme:dark){\n"
"svg{background:#121212}text{fill:#eee}.quiet{fill:#b0b0b0}\n"
".box{fill:#1f1f1f;stroke:#aaa}.boxstrong{fill:#3a2c00;stroke:#e6b450}.boxquiet{stroke:#777}\n"
".line{stroke:#ccc}.head{fill:#ccc}.u0{fill:#333}.u1{fill:#555}.u10{fill:#121212}\n"
".c2,.c3,.c4,.c5,.c6,.c7,.c9{fill:#111}.o1{fill:#bcd9ff}.o2{fill:#ffb3b3}.o3{fill:#b6f2cf}.o4{fill:#e2c6ff}.o5{fill:#ffe1a8}.o6{fill:#fff}\n"
"}\n</style>\n";

static double left(double x)
{
	return MARGIN + x * CELL_W;
}

static double top(double y)
{
	return MARGIN + HEAD + y * CELL_H;
}

static void print_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", out);
		else if (*text == '>')
			fputs("&gt;", out);
		else if (*text == '&')
			fputs("&amp;", out);
		else if (*text == '"')
			fputs("&quot;", out);
		else if ((unsigned char)*text >= ' ')
			fputc(*text, out);
	}
}

/* Its border goes through the middle of its places, as in text. */
static void print_box(FILE *out, const struct scene_item *item)
{
	char look[16] = "box";

	if (item->look >= LOOK_USE)
		snprintf(look, sizeof(look), "box u%u", item->look - LOOK_USE);
	else if (item->look == LOOK_STRONG)
		strcpy(look, "boxstrong");
	else if (item->look == LOOK_QUIET)
		strcpy(look, "boxquiet");
	fprintf(out,
		"<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"3\"/>\n",
		look, left(item->x + 0.5), top(item->y + 0.5), (item->w - 1) * CELL_W,
		(item->h - 1) * CELL_H);
}

static void print_head(FILE *out, const struct scene_item *item, double x, double y)
{
	double dx = item->h ? 0 : item->w > 0 ? 1 : -1, dy = !item->h ? 0 : item->h > 0 ? 1 : -1;

	x += dx * CELL_W / 2;
	y += dy * CELL_H / 2;
	fprintf(out, "<path class=\"head\" d=\"M%.1f %.1fL%.1f %.1fL%.1f %.1fz\"/>\n", x, y,
		x - dx * 8 - dy * 4, y - dy * 8 - dx * 4, x - dx * 8 + dy * 4, y - dy * 8 + dx * 4);
}

static void print_line(FILE *out, const struct scene_item *item)
{
	double x = left(item->x + item->w + 0.5), y = top(item->y + item->h + 0.5);

	fprintf(out, "<path class=\"line\" d=\"M%.1f %.1fH%.1fV%.1f\"/>\n", left(item->x + 0.5),
		top(item->y + 0.5), x, y);
	if (item->arrow)
		print_head(out, item, x, y);
}

static void print_item_text(FILE *out, const struct scene_item *item)
{
	static const char *const anchors[] = { "start", "middle", "end" };
	const char *look = item->look == LOOK_STRONG ? "strong" :
			   item->look == LOOK_QUIET ? "quiet" : "plain";
	int x = item->place == SCENE_RIGHT ? item->x + 1 : item->x;

	fprintf(out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", look, left(x),
		top(item->y + 0.75), anchors[item->place]);
	print_escaped(out, item->text);
	fputs("</text>\n", out);
}

/* Cells that follow each other in a row and look alike. Return: how many */
static size_t same_cells(const struct scene *s, size_t i)
{
	const struct scene_item *first = &s->item[i];
	size_t nr = 1;

	while (i + nr < s->nr && s->item[i + nr].kind == SCENE_CELL &&
	       s->item[i + nr].x == first->x + (int)nr && s->item[i + nr].y == first->y &&
	       s->item[i + nr].look == first->look && s->item[i + nr].owner == first->owner &&
	       !strcmp(s->item[i + nr].text, first->text))
		nr++;
	return nr;
}

/* A run of cells is one bar, with its letter in each; the points of free frames are left out. */
static void print_cells(FILE *out, const struct scene_item *item, size_t nr)
{
	unsigned int use = item->look >= LOOK_USE ? item->look - LOOK_USE : 0;
	double width = (double)nr * CELL_W;
	size_t i;

	fprintf(out, "<rect class=\"u%u\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
		use, left(item->x), top(item->y), width - 0.6, CELL_H - 1);
	if (item->owner)
		fprintf(out,
			"<rect class=\"o%u\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"2.5\"/>",
			item->owner, left(item->x), top(item->y + 1) - 3.5, width - 0.6);
	if (item->text[0] != '.') {
		fprintf(out, "<text class=\"c c%u\" x=\"%.1f\" y=\"%.1f\" textLength=\"%.1f\">",
			use, left(item->x + 0.08), top(item->y + 0.7), width - 1.6);
		for (i = 0; i < nr; i++)
			print_escaped(out, item->text);
		fputs("</text>", out);
	}
	fputc('\n', out);
}

static void print_item(FILE *out, const struct scene_item *item)
{
	switch (item->kind) {
	case SCENE_BOX:
		print_box(out, item);
		break;
	case SCENE_LINE:
		print_line(out, item);
		break;
	case SCENE_TEXT:
		print_item_text(out, item);
		break;
	case SCENE_CELL:
		break;
	}
}

static void print_items(FILE *out, const struct scene *s, enum scene_kind kind)
{
	size_t i, nr;

	for (i = 0; i < s->nr; i += nr) {
		nr = 1;
		if (s->item[i].kind != kind)
			continue;
		if (kind == SCENE_CELL) {
			nr = same_cells(s, i);
			print_cells(out, &s->item[i], nr);
		} else {
			print_item(out, &s->item[i]);
		}
	}
}

bool scene_print_svg(const struct scene *s, FILE *out)
{
	double width = 2 * MARGIN + SCENE_COLUMNS * CELL_W;
	double height = 2 * MARGIN + HEAD + scene_rows(s) * CELL_H;
	enum scene_kind kind;

	if (s->failed)
		return false;
	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" role=\"img\" aria-labelledby=\"t d\" xml:lang=\"%s\">\n",
		width, height, width, height, s->chinese ? "zh" : "en");
	fputs("<title id=\"t\">", out);
	print_escaped(out, s->title);
	fputs("</title>\n<desc id=\"d\">", out);
	print_escaped(out, s->description);
	fputs("</desc>\n", out);
	fputs(style, out);
	fprintf(out, "<text class=\"title\" x=\"%.1f\" y=\"%.1f\">", MARGIN, MARGIN + 16);
	print_escaped(out, s->title);
	fputs("</text>\n", out);
	/* what lies above the other comes later */
	for (kind = SCENE_BOX; kind <= SCENE_CELL; kind++)
		print_items(out, s, kind);
	fputs("</svg>\n", out);
	return !ferror(out);
}
