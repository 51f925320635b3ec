// SPDX-License-Identifier: GPL-2.0
/* draw: the figures of the article and others, of the lab as it is now. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/session.h"
#include "draw.h"

static const struct figure figures[] = {
	{ "frames", "the arena, a letter and a colour for each use", draw_frames },
	{ "buddy", "the free blocks of the buddy allocator by zone and order", draw_buddy },
	{ "walk", "the way through the page tables to an address", draw_walk },
	{ "address", "a linear address taken apart", draw_address },
	{ "segments", "the segments of a lab process from the top down", draw_segments },
	{ "regions", "mm_struct, its VMAs, and what they cover", draw_regions },
	{ "path", "from malloc, kmalloc and vmalloc to a free frame", draw_path },
	{ "layout", "the linear address space", draw_layout },
	{ "areas", "vmalloc areas and their guard pages", draw_areas },
	{ "mapping", "from a vmalloc address to the direct map", draw_mapping },
	{ "slab", "the slabs of a cache and their objects", draw_slab },
	{ "lists", "the lists of pages that may go", draw_lists },
	{ "swap", "the slots of swap areas", draw_swap },
	{ "sharing", "which frames two lab processes share", draw_sharing },
};

#define NR_FIGURES	(sizeof(figures) / sizeof(figures[0]))

struct options {
	const struct figure *figure;
	bool svg, chinese, ascii, has_pid, has_address, has_area, has_frame;
	uint64_t pid, address, area, frame, at;
	const char *cache, *from;
};

/* The locale's language, or whether its texts are UTF-8: "zh_CN.UTF-8". */
static const char *locale(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return value;
	}
	return "";
}

static bool locale_is_utf8(void)
{
	return strcasestr(locale(), "utf-8") || strcasestr(locale(), "utf8");
}

static const struct view_process *choose_process(const struct options *o, const struct snapshot *s)
{
	const struct view_process *best = NULL;
	uint32_t i;

	if (o->has_pid)
		return snapshot_process(s, (uint32_t)o->pid);
	for (i = 0; i < s->nr_processes; i++) {
		const struct view_process *p = &s->process[i];

		if (!best || p->nr_regions > best->nr_regions)
			best = p;
	}
	return best;
}

static const struct view_cache *choose_cache(const struct options *o, const struct snapshot *s)
{
	const struct view_cache *best = NULL;
	uint32_t i;

	for (i = 0; i < s->nr_caches; i++) {
		const struct view_cache *c = &s->cache[i];

		if (o->cache ? !strcmp(c->name, o->cache) :
			       c->nr_slabs && (!best || c->nr_active > best->nr_active))
			best = c;
	}
	return best;
}

/* What was named must be there; what was not is chosen. */
static int choose(const struct options *o, const struct snapshot *s, struct drawing *d)
{
	d->snapshot = s;
	d->chinese = o->chinese;
	d->process = choose_process(o, s);
	d->cache = choose_cache(o, s);
	d->area = o->has_area	? snapshot_area(s, (uint32_t)o->area)
		  : s->nr_areas ? &s->area[0]
				: NULL;
	d->zoom = o->has_frame;
	d->frame = (uint32_t)o->frame;
	d->lva = (uint32_t)o->address;
	if (!o->has_address && d->process && d->process->nr_runs)
		d->lva = d->process->run[0].page * s->page_size;
	else if (!o->has_address && d->process && d->process->nr_regions)
		d->lva = d->process->region[0].start;
	if (o->has_pid && !d->process)
		return cli_fail(0, "mmlab proc list shows those that there are",
				"there is no lab process %u", (unsigned int)o->pid);
	if (o->cache && !d->cache)
		return cli_fail(0, "mmlab slab lists them", "there is no cache %s", o->cache);
	if (o->has_area && !d->area)
		return cli_fail(0, "mmlab vm list shows those that there are",
				"0x%08x lies in no vmalloc area", (unsigned int)o->area);
	if (o->has_frame && o->frame >= s->nr_frames)
		return cli_fail(0, NULL, "the arena has the frames 0 to %u", s->nr_frames - 1);
	return CLI_OK;
}

static int draw(const struct options *o, const struct snapshot *s)
{
	struct drawing d = { 0 };
	struct scene scene;
	int status = choose(o, s, &d);
	const char *why;
	bool good;

	if (status)
		return status;
	scene_init(&scene, o->chinese);
	why = o->figure->draw(&scene, &d);
	if (why) {
		scene_end(&scene);
		return cli_fail(0, NULL, "no figure %s: %s", o->figure->name, why);
	}
	good = o->svg ? scene_print_svg(&scene, stdout)
		      : scene_print_text(&scene, stdout, !o->ascii);
	scene_end(&scene);
	return good ? CLI_OK : cli_fail(errno, NULL, "writing the figure");
}

/* In `mmlab run`, the session's process is the one to show. */
static int take(struct snapshot **s, struct options *o)
{
	struct session session;
	int status = session_open(&session);

	if (status)
		return status;
	if (session.inherited && !o->has_pid) {
		o->has_pid = true;
		o->pid = session.info.lab_pid;
	}
	status = snapshot_take(&session, s);
	session_close(&session);
	return status;
}

static int number(const struct command *cmd, const char *option, uint64_t max, uint64_t *value,
		  bool *given)
{
	*given = true;
	if (cli_parse_number(optarg, max, value))
		return CLI_OK;
	return cli_usage(cmd, "--%s takes a number up to %llu, not '%s'", option,
			 (unsigned long long)max, optarg);
}

static int take_option(const struct command *cmd, int option, struct options *o)
{
	bool unused;

	switch (option) {
	case 's':
		o->svg = true;
		break;
	case 'A':
		o->ascii = true;
		break;
	case 'c':
		o->cache = optarg;
		break;
	case 'F':
		o->from = optarg;
		break;
	case 'l':
		return take_language(cmd, optarg, &o->chinese);
	case 'P':
		return number(cmd, "process", UINT32_MAX, &o->pid, &o->has_pid);
	case 'a':
		return number(cmd, "address", UINT32_MAX, &o->address, &o->has_address);
	case 'v':
		return number(cmd, "area", UINT32_MAX, &o->area, &o->has_area);
	case 'f':
		return number(cmd, "frame", UINT32_MAX, &o->frame, &o->has_frame);
	case 'n':
		return number(cmd, "at", UINT32_MAX, &o->at, &unused);
	}
	return CLI_OK;
}

static int parse_options(const struct command *cmd, int argc, char **argv, struct options *o)
{
	static const struct option longs[] = { { "svg", no_argument, NULL, 's' },
					       { "lang", required_argument, NULL, 'l' },
					       { "ascii", no_argument, NULL, 'A' },
					       { "process", required_argument, NULL, 'P' },
					       { "address", required_argument, NULL, 'a' },
					       { "cache", required_argument, NULL, 'c' },
					       { "area", required_argument, NULL, 'v' },
					       { "frame", required_argument, NULL, 'f' },
					       { "from", required_argument, NULL, 'F' },
					       { "at", required_argument, NULL, 'n' },
					       CLI_OPTION_HELP,
					       { 0 } };
	int option, status = CLI_OK;
	size_t i;

	o->ascii = !locale_is_utf8();
	o->chinese = !strncmp(locale(), "zh", 2) && !o->ascii;
	while (!status && (option = cli_option(cmd, argc, argv, "h", longs)) != -1)
		status = take_option(cmd, option, o);
	if (status)
		return status;
	if (argc - optind > 1)
		return cli_usage(cmd, "one figure at a time");
	for (i = 0; optind < argc && i < NR_FIGURES; i++)
		if (!strcmp(argv[optind], figures[i].name))
			o->figure = &figures[i];
	if (optind < argc && !o->figure)
		return cli_usage(cmd,
				 "there is no figure '%s'; mmlab draw lists those that there are",
				 argv[optind]);
	return CLI_OK;
}

static int list_figures(void)
{
	size_t i;

	for (i = 0; i < NR_FIGURES; i++)
		printf("%-10s %s\n", figures[i].name, figures[i].summary);
	return CLI_OK;
}

static int run_draw(const struct command *cmd, int argc, char **argv)
{
	struct options o = { 0 };
	struct snapshot *s = NULL;
	int status = parse_options(cmd, argc, argv, &o);

	if (status)
		return status;
	if (!o.figure)
		return list_figures();
	status = o.from ? snapshot_read(o.from, o.at, &s, NULL) : take(&s, &o);
	if (!status)
		status = draw(&o, s);
	snapshot_free(s);
	return status;
}

const struct command cmd_draw = {
	.name = "draw",
	.args = "[FIGURE] [--svg] [--lang en|zh] [OPTIONS]",
	.summary = "Draw a figure of the lab as it is now",
	.kept = true,
	.help =
"Without FIGURE, lists the figures. Each is drawn from a snapshot (mmlab\n"
"snapshot), as text or as SVG, which is light or dark as the reader's browser is.\n"
"\n"
"  --svg           SVG instead of text\n"
"  --lang en|zh    labels in English or Chinese; else as the locale says\n"
"  --ascii         no other characters; so in a locale without UTF-8\n"
"  --process N     the lab process to show; else that of mmlab run, or the one\n"
"                  with most regions\n"
"  --address A     a linear address, for walk and address\n"
"  --cache NAME    a slab cache; else the one with most objects in use\n"
"  --area A        the vmalloc area at an address; else the first\n"
"  --frame N       for frames: each of the 1024 frames around N, not all of them\n"
"  --from FILE     draw the last snapshot of a record, not the lab\n"
"  --at N          of a record the one of number N, from 1 on\n"
"\n"
"Examples:\n"
"  mmlab draw walk --process 3 --address 0x08048123\n"
"  mmlab draw frames --svg > frames.svg\n"
"\n"
"Exit status: 0 done, 1 failed, 2 usage, 3 module not loaded, 4 permission.\n",
	.run = run_draw,
};
