// SPDX-License-Identifier: GPL-2.0
/*
 * top on a terminal: the only file that knows curses. The terminal gets back what it was
 * on every end: of the user's will, of an error, and of each signal that can be caught.
 */
#include "top.h"

#include "cli/cli.h"

#ifdef HAVE_CURSES

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <errno.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "draw/draw.h"

#define MAP_W	64
#define MAP_H	16
#define MAP_X	7
#define MAP_Y	1
#define CELLS	(MAP_W * MAP_H)
#define MIN_W	(MAP_X + MAP_W + 1)
#define MIN_H	22
#define SIDE_W	118		/* from this width on, the pane is beside the map */
#define DELAY_MIN	100U
#define DELAY_MAX	60000U
#define OWNER_PAIR	20

struct top {
	struct source *source;
	struct pane pane;
	enum pane_id id;
	unsigned int sort, scroll;
	bool reverse, paused, help, zoom, owners, utf8, colour;
	uint32_t cursor, zoom_start;	/* a frame each */
	uint64_t delay_ms;
	char find[32];			/* what is typed after a slash */
	bool finding;
	char message[80];
	int status;
};

static volatile sig_atomic_t ended_by;
static bool on_screen;

static void leave(void)
{
	if (on_screen)
		endwin();
	on_screen = false;
}

static void on_end(int signal)
{
	ended_by = signal;
}

/* What follows is the default: a core, or the signal's end. */
static void on_crash(int signal)
{
	leave();
	raise(signal);
}

static void catch_signals(void)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGXCPU };
	struct sigaction action = { .sa_handler = on_end };
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		sigaction(ends[i], &action, NULL);
	action.sa_handler = on_crash;
	action.sa_flags = (int)SA_RESETHAND | SA_NODEFER;
	for (i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		sigaction(crashes[i], &action, NULL);
}

/* ---- colours ------------------------------------------------------------------ */

/* By enum view_use. They differ in lightness as well, for all kinds of eyes. */
static const struct { short colour8, colour256; } use_colours[NR_VIEW_USES] = {
	[VIEW_FREE] = { COLOR_BLACK, 236 }, [VIEW_PERCPU] = { COLOR_WHITE, 246 },
	[VIEW_USER] = { COLOR_CYAN, 74 }, [VIEW_PGTABLE] = { COLOR_YELLOW, 214 },
	[VIEW_SLAB] = { COLOR_GREEN, 36 }, [VIEW_VMALLOC] = { COLOR_MAGENTA, 175 },
	[VIEW_BLOCK] = { COLOR_YELLOW, 227 }, [VIEW_QUARANTINE] = { COLOR_RED, 166 },
	[VIEW_BAD] = { COLOR_RED, 160 }, [VIEW_RESERVED] = { COLOR_WHITE, 240 },
	[VIEW_UNKNOWN] = { COLOR_WHITE, 250 },
};

static const short owner_colours[][2] = {
	{ COLOR_CYAN, 75 }, { COLOR_YELLOW, 215 }, { COLOR_GREEN, 114 }, { COLOR_MAGENTA, 177 },
	{ COLOR_RED, 209 }, { COLOR_WHITE, 252 },
};

static void pair(short number, short colour, bool dark)
{
	init_pair(number, dark ? COLOR_WHITE : COLOR_BLACK, colour);
}

static void begin_colours(struct top *t)
{
	const char *no_color = getenv("NO_COLOR");
	bool many;
	short i;

	t->colour = (!no_color || !*no_color) && has_colors();
	if (!t->colour)
		return;
	start_color();
	many = COLORS >= 256;
	for (i = 0; i < NR_VIEW_USES; i++)
		pair((short)(i + 1), many ? use_colours[i].colour256 : use_colours[i].colour8,
		     i == VIEW_FREE || (many && i == VIEW_RESERVED));
	for (i = 0; i < 6; i++)
		pair((short)(OWNER_PAIR + i), owner_colours[i][many], false);
}

static attr_t look_of(const struct top *t, unsigned int use, uint32_t owner)
{
	if (!t->colour)
		return use == VIEW_FREE ? A_DIM : A_NORMAL;
	if (t->owners)
		return owner ? (attr_t)COLOR_PAIR(OWNER_PAIR + (owner - 1) % 6) : A_DIM;
	return (attr_t)COLOR_PAIR(use + 1);
}

/* ---- the screen --------------------------------------------------------------- */

static uint32_t per_cell(const struct top *t)
{
	uint32_t nr = 1;

	while (!t->zoom && (uint64_t)nr * CELLS < t->source->now->nr_frames)
		nr *= 2;
	return nr;
}

static uint32_t map_start(const struct top *t)
{
	return t->zoom ? t->zoom_start : 0;
}

static void draw_title(const struct top *t)
{
	const struct snapshot *s = t->source->now;

	attron(A_BOLD);
	mvprintw(0, 0, "mmlab top  %s", size_text((uint64_t)s->nr_frames * s->page_size));
	attroff(A_BOLD);
	printw("  %" PRIu32 " processes  %.0f faults/s  swap %.0f in %.0f out/s  ",
	       s->nr_processes, snapshot_rate(s, "pgfault"), snapshot_rate(s, "pswpin"),
	       snapshot_rate(s, "pswpout"));
	if (t->source->record)
		printw("%lu of %lu", t->source->at, t->source->nr);
	else
		printw("%s", t->paused ? "paused" : s->steady ? "" : "at work");
}

static void draw_cell(const struct top *t, uint32_t cell, uint32_t pfn, uint32_t nr)
{
	const struct snapshot *s = t->source->now;
	unsigned int use;
	uint32_t owner;
	char letter = stretch_letter(s, pfn, nr, &use, &owner);
	char text[2] = { letter, '\0' };
	attr_t look = look_of(t, use, owner);

	if (t->cursor >= pfn && t->cursor - pfn < nr)
		look |= A_REVERSE | A_BOLD;
	attron(look);
	mvaddstr(MAP_Y + (int)(cell / MAP_W), MAP_X + (int)(cell % MAP_W),
		 letter == '.' && t->utf8 ? "·" : text);
	attroff(look);
}

static void draw_map(const struct top *t)
{
	const struct snapshot *s = t->source->now;
	uint32_t size = per_cell(t), cell;

	if (!s->frame) {
		mvaddstr(MAP_Y + 2, MAP_X, "What each frame is, only root may know.");
		return;
	}
	for (cell = 0; cell < CELLS; cell++) {
		uint64_t pfn = map_start(t) + (uint64_t)cell * size;

		if (pfn >= s->nr_frames)
			return;
		if (cell % MAP_W == 0)
			mvprintw(MAP_Y + (int)(cell / MAP_W), 0, "%6" PRIu64, pfn);
		draw_cell(t, cell, (uint32_t)pfn, s->nr_frames - pfn < size ?
			  (uint32_t)(s->nr_frames - pfn) : size);
	}
}

/* Two lines below the map, always there. */
static void draw_legend(const struct top *t)
{
	static const char *const names[NR_VIEW_USES] = {
		"free", "per-CPU", "user", "table", "slab", "vmalloc", "block", "quarant.", "bad",
		"reserved", "unknown",
	};
	const struct snapshot *s = t->source->now;
	int x = 0, y = MAP_Y + MAP_H;
	unsigned int use;

	for (use = 0; use < NR_VIEW_USES; use++) {
		uint32_t nr = snapshot_count(s, use);
		char text[32], letter[2] = { use_letter(use), '\0' };

		if (!nr && use > VIEW_BLOCK)
			continue;
		snprintf(text, sizeof(text), " %s %" PRIu32 "  ", names[use], nr);
		if (x + 1 + (int)strlen(text) > MIN_W + 7 && y == MAP_Y + MAP_H) {
			x = 0;
			y++;
		}
		attron(look_of(t, use, 0));
		mvaddstr(y, x, use == VIEW_FREE && t->utf8 ? "·" : letter);
		attroff(look_of(t, use, 0));
		addstr(text);
		x += 1 + (int)strlen(text);
	}
}

static void draw_where(const struct top *t, int y)
{
	char text[512];
	int width = getmaxx(stdscr);

	where_frame(t->source->now, t->cursor, text, sizeof(text));
	mvaddnstr(y, 0, text, width);
	if ((int)strlen(text) > width)
		mvaddnstr(y + 1, 0, text + width, width);
}

static void draw_pane(struct top *t, int x, int y, int rows)
{
	uint32_t i, shown = rows > 1 ? (uint32_t)rows - 1 : 0;
	int width = getmaxx(stdscr) - x;

	pane_fill(&t->pane, t->source->now, t->id, t->sort, t->reverse);
	if (rows < 1 || !t->pane.nr)
		return;
	if (t->scroll + shown >= t->pane.nr)
		t->scroll = t->pane.nr - 1 > shown ? t->pane.nr - 1 - shown : 0;
	attron(A_UNDERLINE);
	mvaddnstr(y, x, t->pane.row[0], width);
	attroff(A_UNDERLINE);
	for (i = 0; i < shown && 1 + t->scroll + i < t->pane.nr; i++)
		mvaddnstr(y + 1 + (int)i, x, t->pane.row[1 + t->scroll + i], width);
}

static const char keys_line[] =
	"q quit  h help  Tab list  Enter zoom  Esc back  / find  s sort  r reverse";

static void draw_keys(const struct top *t)
{
	int y = getmaxy(stdscr) - 1, width = getmaxx(stdscr);

	if (t->finding)
		mvprintw(y, 0, "frame or 0x address: %s", t->find);
	else if (t->message[0])
		mvaddnstr(y, 0, t->message, width);
	else
		mvaddnstr(y, 0, keys_line, width);
	clrtoeol();
}

static const char *const help_lines[] = {
	"arrows, mouse  move the cursor: the lines below the map say what is there",
	"Enter, Esc     each frame of the cursor's part; back to the whole arena",
	"/              find a frame by its number or by a linear address (0x...)",
	"Tab, 1 to 5    buddy lists, caches, areas, processes, counters by second",
	"PgUp, PgDn     scroll the list        s  sort by the next column    r  reverse",
	"o              colours by owner, or by use again",
	"p              pause       space  look now; of a record the next snapshot",
	"backspace      of a record the snapshot before",
	"+ -            look more often, less often",
	"q              quit        h, ?  this help",
	"",
	"A cell shows the use of most of its frames that are not free; its letter is small",
	"if not all of them are of that use.",
};

static void draw_help(void)
{
	size_t i;

	for (i = 0; i < sizeof(help_lines) / sizeof(help_lines[0]); i++)
		mvaddnstr(2 + (int)i, 0, help_lines[i], getmaxx(stdscr));
}

static void draw_screen(struct top *t)
{
	int rows = getmaxy(stdscr), columns = getmaxx(stdscr);
	bool side = columns >= SIDE_W;
	int y = MAP_Y + MAP_H + 2;

	erase();
	if (rows < MIN_H || columns < MIN_W) {
		mvprintw(0, 0, "%dx%d is too small:", columns, rows);
		mvprintw(1, 0, "%dx%d at least", MIN_W, MIN_H);
		mvaddstr(2, 0, "q quits");
		refresh();
		return;
	}
	draw_title(t);
	if (t->help) {
		draw_help();
	} else {
		draw_map(t);
		draw_legend(t);
		draw_where(t, y);
		if (side)
			draw_pane(t, MIN_W + 2, MAP_Y, rows - 2 - MAP_Y);
		else
			draw_pane(t, 0, y + 1 + (rows > MIN_H + 2),
				  rows - y - 2 - (rows > MIN_H + 2));
	}
	draw_keys(t);
	refresh();
}

/* ---- keys --------------------------------------------------------------------- */

static void move_cursor(struct top *t, int64_t frames)
{
	int64_t at = (int64_t)t->cursor + frames, last = t->source->now->nr_frames - 1;

	t->cursor = (uint32_t)(at < 0 ? 0 : at > last ? last : at);
	if (t->zoom)
		t->zoom_start = t->cursor / CELLS * CELLS;
}

static void zoom(struct top *t, bool in)
{
	t->zoom = in;
	t->zoom_start = t->cursor / CELLS * CELLS;
}

static void find(struct top *t)
{
	uint32_t pfn;

	if (where_find(t->source->now, t->find, &pfn)) {
		t->cursor = pfn;
		zoom(t, true);
	} else {
		snprintf(t->message, sizeof(t->message), "no frame has '%s'", t->find);
	}
}

static void type_key(struct top *t, int key)
{
	size_t length = strlen(t->find);

	if (key == '\n' || key == '\r' || key == KEY_ENTER) {
		t->finding = false;
		find(t);
	} else if (key == 27) {
		t->finding = false;
	} else if ((key == KEY_BACKSPACE || key == 127 || key == '\b') && length) {
		t->find[length - 1] = '\0';
	} else if (key > ' ' && key < 127 && length + 1 < sizeof(t->find)) {
		t->find[length] = (char)key;
		t->find[length + 1] = '\0';
	}
}

static void mouse(struct top *t)
{
	MEVENT event;
	int cell;

	if (getmouse(&event) != OK || event.x < MAP_X || event.x >= MAP_X + MAP_W ||
	    event.y < MAP_Y || event.y >= MAP_Y + MAP_H)
		return;
	cell = (event.y - MAP_Y) * MAP_W + event.x - MAP_X;
	t->cursor = map_start(t);
	move_cursor(t, (int64_t)cell * per_cell(t));
	if (event.bstate & BUTTON1_DOUBLE_CLICKED)
		zoom(t, true);
}

static void choose_pane(struct top *t, unsigned int id)
{
	t->id = (enum pane_id)(id % NR_PANES);
	t->sort = 0;
	t->scroll = 0;
	t->reverse = false;
}

static void step(struct top *t, long by)
{
	t->status = source_next(t->source, by);
	if (t->cursor >= t->source->now->nr_frames)
		t->cursor = t->source->now->nr_frames - 1;
}

/* Keys that move or look. Return: false if it is none of them */
static bool look_key(struct top *t, int key)
{
	int64_t size = per_cell(t);

	switch (key) {
	case KEY_LEFT:
		move_cursor(t, -size);
		break;
	case KEY_RIGHT:
		move_cursor(t, size);
		break;
	case KEY_UP:
		move_cursor(t, -size * MAP_W);
		break;
	case KEY_DOWN:
		move_cursor(t, size * MAP_W);
		break;
	case KEY_HOME:
		move_cursor(t, -(int64_t)t->cursor);
		break;
	case KEY_END:
		move_cursor(t, t->source->now->nr_frames);
		break;
	case '\n':
	case '\r':
	case KEY_ENTER:
		zoom(t, true);
		break;
	case 27:
		zoom(t, false);
		break;
	case KEY_MOUSE:
		mouse(t);
		break;
	case KEY_NPAGE:
		t->scroll += 4;
		break;
	case KEY_PPAGE:
		t->scroll -= t->scroll < 4 ? t->scroll : 4;
		break;
	default:
		return false;
	}
	return true;
}

/* Return: false if the key ends it */
static bool press(struct top *t, int key)
{
	t->message[0] = '\0';
	if (t->finding) {
		type_key(t, key);
		return true;
	}
	if (look_key(t, key))
		return true;
	switch (key) {
	case 'q':
		return false;
	case 'h':
	case '?':
		t->help = !t->help;
		break;
	case 's':
		t->sort++;
		break;
	case 'r':
		t->reverse = !t->reverse;
		break;
	case 'o':
		t->owners = !t->owners;
		break;
	case 'p':
		t->paused = !t->paused;
		break;
	case ' ':
		step(t, 1);
		break;
	case KEY_BACKSPACE:
	case 127:
	case '\b':
		step(t, -1);
		break;
	case '\t':
		choose_pane(t, t->id + 1);
		break;
	case '+':
		t->delay_ms = t->delay_ms / 2 < DELAY_MIN ? DELAY_MIN : t->delay_ms / 2;
		break;
	case '-':
		t->delay_ms = t->delay_ms * 2 > DELAY_MAX ? DELAY_MAX : t->delay_ms * 2;
		break;
	case '/':
		t->finding = true;
		t->find[0] = '\0';
		break;
	default:
		if (key >= '1' && key < '1' + NR_PANES)
			choose_pane(t, (unsigned int)(key - '1'));
		break;
	}
	if (key == '+' || key == '-')
		snprintf(t->message, sizeof(t->message), "a look each %" PRIu64 " ms", t->delay_ms);
	return true;
}

/* ---- the loop ----------------------------------------------------------------- */

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Waits for a key or until then. Return: false if the terminal is gone */
static bool wait_until(uint64_t then)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	uint64_t now = now_ms();

	if (poll(&input, 1, then > now ? (int)(then - now) : 0) < 0)
		return errno == EINTR;
	return !(input.revents & (POLLHUP | POLLERR | POLLNVAL));
}

static void loop(struct top *t)
{
	uint64_t next = now_ms() + t->delay_ms;
	bool more = true;
	int key;

	while (more && !ended_by && !t->status) {
		draw_screen(t);
		if (!wait_until(next))
			return;
		while (more && !t->status && (key = getch()) != ERR)
			more = press(t, key);
		if (now_ms() < next)
			continue;
		if (!t->paused && !t->source->record && !t->status)
			step(t, 1);
		next = now_ms() + t->delay_ms;
	}
}

static SCREEN *begin_screen(struct top *t)
{
	SCREEN *screen = newterm(NULL, stdout, stdin);

	if (!screen)
		return NULL;
	on_screen = true;
	catch_signals();
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(50);
	mousemask(BUTTON1_CLICKED | BUTTON1_PRESSED | BUTTON1_DOUBLE_CLICKED, NULL);
	begin_colours(t);
	return screen;
}

int screen_run(struct source *source, const struct screen_options *options)
{
	struct top t = { .source = source, .delay_ms = options->delay_ms };
	const char *term = getenv("TERM");
	SCREEN *screen;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return cli_fail(0, "mmlab top --once prints it as text", "top needs a terminal");
	setlocale(LC_CTYPE, "");
	t.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	screen = term && *term ? begin_screen(&t) : NULL;
	if (!screen)
		return cli_fail(0, "Set TERM to what the terminal is, or: mmlab top --once",
				"the terminal is unknown (TERM=%s)", term ? term : "");
	loop(&t);
	leave();
	delscreen(screen);
	pane_free(&t.pane);
	return t.status ? t.status : ended_by ? CLI_FAILED : CLI_OK;
}

#else

int screen_run(struct source *source, const struct screen_options *options)
{
	(void)source;
	(void)options;
	return cli_fail(0, "mmlab top --once prints it as text; with libncurses-dev, make adds the screen",
			"this mmlab was built without ncurses");
}

#endif
