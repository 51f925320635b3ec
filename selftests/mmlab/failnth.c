// SPDX-License-Identifier: GPL-2.0
/*
 * Every allocation and every user copy on the way through an entry point fails
 * once, in turn: /proc/self/fail-nth = 1, 2, … until a run is untouched. After
 * each run: a right errno, the conservation law and /proc/mmlab/check, and no
 * frame lost. Needs a kernel with fault injection (scripts/vm/debug-kernel).
 *
 *   failnth [NAME…]       only entry points with one of these texts in their name
 *   failnth own [NAME…]   the module's own failure points instead (fail_frame,
 *                         fail_slab, fail_map), on any kernel
 *
 * An entry point with very many points has loops whose turns are alike: insmod takes
 * its memory block by block. There the first and the last points fail, and between them
 * those at a fixed step; with MMLAB_EVERY_POINT=1, all of them.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "failnth.h"
#include "formats.h"
#include "kselftest.h"
#include "procfile.h"

#define MAX_POINTS	5000
#define FAR_AWAY	1000000	/* more points than anything has */
#define OVERLAP		10
#define NR_AT_ENDS	40	/* of very many: that fail one after the other, */
#define NR_BETWEEN	40	/* and that a step leads to */
#define MAX_FILES	64

static int fail_nth;	/* /proc/self/fail-nth */

/* ---- injection ------------------------------------------------------------- */

static const struct {
	const char *file;
	long value;
} knobs[] = {
	{ "failslab/ignore-gfp-wait", 0 },
	{ "failslab/verbose", 0 },
	{ "fail_page_alloc/ignore-gfp-wait", 0 },
	{ "fail_page_alloc/ignore-gfp-highmem", 0 },
	{ "fail_page_alloc/min-order", 0 },
	{ "fail_page_alloc/verbose", 0 },
	{ "fail_usercopy/verbose", 0 },
};

static int open_injection(void)
{
	char path[256];
	size_t i;
	int err;

	for (i = 0; i < ARRAY_LEN(knobs); i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s", knobs[i].file);
		err = write_number(path, knobs[i].value);
		if (err)
			return err;
	}
	fail_nth = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
	return fail_nth < 0 ? -errno : 0;
}

/* The module's own points, one parameter after the other. */
static const char * const own_params[] = {
	LAB_PARAMS "/fail_frame", LAB_PARAMS "/fail_slab", LAB_PARAMS "/fail_map",
};

static const char *own;		/* the one in use; NULL: fail-nth */

static void write_own(const char *text)
{
	int fd = open(own, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		ksft_exit_fail_msg("%s can't be set: %s\n", own, strerror(errno));
	close(fd);
}

/* Has the one failure that was asked for happened? */
static unsigned int disarm_own(void)
{
	char text[64] = "";
	const char *times;

	if (!lab_is_loaded())
		return 1;
	read_whole(own, text, sizeof(text));
	times = strrchr(text, ',');
	write_own("0");
	return times && atoi(times + 1);
}

static void arm(unsigned int nth)
{
	char text[32];
	int len = snprintf(text, sizeof(text), own ? "%u,100,0,1" : "%u", nth);

	if (own)
		write_own(text);
	else if (pwrite(fail_nth, text, len, 0) != len)
		ksft_exit_fail_msg("fail-nth can't be set: %s\n", strerror(errno));
}

/*
 * How many points are left; 0: it has happened. The copies of this very question
 * can be the ones that fail.
 */
static unsigned int disarm(void)
{
	char text[16] = {};
	unsigned int left = 1;

	if (own)
		return disarm_own();
	if (pread(fail_nth, text, sizeof(text) - 1, 0) > 0)
		left = strtoul(text, NULL, 10);
	while (pwrite(fail_nth, "0", 1, 0) != 1)
		;
	return left;
}

/* ---- what must hold -------------------------------------------------------- */

static const char *sound(void)
{
	char text[8192];
	const char *error;

	if (read_whole("check", text, sizeof(text)) < 0)
		return "check can't be read";
	error = parse_check(text);
	return error ? format_error("check says: %s", text) : NULL;
}

/*
 * The traces that are visible from outside, as one number each: entries of /proc/mmlab
 * and of the devices' directory, lab processes, objects in use.
 */
struct outside {
	long entries, nodes, processes;
};

static long count_entries(const char *path)
{
	DIR *dir = opendir(path);
	long nr = 0;

	if (!dir)
		return -errno;
	while (readdir(dir))
		nr++;
	closedir(dir);
	return nr;
}

static struct outside look_around(void)
{
	return (struct outside){
		.entries = count_entries(LAB_PROC),
		.nodes = count_entries("/sys/class/misc"),
		.processes = lab_vmstat("lab_processes"),
	};
}

static const char *same_outside(const struct outside *a, const char *when)
{
	struct outside b = look_around();

	if (!memcmp(a, &b, sizeof(b)))
		return NULL;
	return format_error("%s: before and after: entries of " LAB_PROC " %ld, %ld; devices %ld, %ld; lab processes %ld, %ld",
			    when, a->entries, b.entries, a->nodes, b.nodes,
			    a->processes, b.processes);
}

/* Memory that has a user must be as before; caches may hold more or less. */
static const char *same_use(const struct census *a, const char *when)
{
	struct census b;
	const char *error = read_census(&b);

	if (error)
		return error;
	if (a->anon == b.anon && a->tables == b.tables &&
	    a->blocks == b.blocks && a->vmalloc == b.vmalloc &&
	    a->quarantine == b.quarantine && census_sum(a) == census_sum(&b))
		return NULL;
	return format_error("%s: frames before and after: anon %ld, %ld; tables %ld, %ld; blocks %ld, %ld; quarantine %ld, %ld; sum %ld, %ld",
			    when, a->anon, b.anon, a->tables, b.tables,
			    a->blocks, b.blocks, a->quarantine, b.quarantine,
			    census_sum(a), census_sum(&b));
}

static bool right_errno(const struct entry *e, int err)
{
	return err == e->want || err == -ENOMEM || err == -EFAULT;
}

/* Frames in quarantine come back at a scan. */
static const char *settle(void)
{
	struct mmlab_drain drained;
	int fd = lab_open(O_RDWR);
	int err = fd < 0 ? fd : lab_drain(fd, &drained);

	if (fd >= 0)
		close(fd);
	return err ? format_error("drain: %s", strerror(-err)) : NULL;
}

/* One run with the @nth point failing; NULL, or a text about the error. */
static const char *attempt(const struct entry *e, unsigned int nth,
			   unsigned int *left)
{
	struct scene s = {
		.entry = e, .fd = -1, .extra = -1, .pipe = { -1, -1 },
	};
	struct outside outside_idle = { 0 }, outside_ready = { 0 };
	struct census idle, ready;
	const char *error = NULL;
	int err;

	if (!e->no_module)
		error = settle();
	if (!error && !e->no_module)
		error = read_census(&idle);
	if (!error && !e->no_module)
		outside_idle = look_around();
	err = error ? 0 : e->setup(&s);
	if (err)
		error = format_error("setup: %s", strerror(-err));
	if (!error && !e->no_module)
		error = read_census(&ready);
	if (error)
		return error;
	if (!e->no_module)
		outside_ready = look_around();

	arm(nth);
	err = e->act(&s);
	*left = disarm();

	if (!right_errno(e, err))
		error = format_error("%s", strerror(-err));
	if (!error && *left && err != e->want)
		error = format_error("untouched, yet: %s", strerror(-err));
	if (!error && err && !e->no_module && !e->keeps)
		error = same_use(&ready, "a failed call changed something");
	if (!error && err && !e->no_module && !e->keeps)
		error = same_outside(&outside_ready, "a failed call left something");
	err = e->teardown(&s);
	if (!error && err)
		error = format_error("teardown: %s", strerror(-err));
	if (e->no_module)
		return error;
	if (!error)
		error = settle();
	if (!error)
		error = same_use(&idle, "in the end");
	if (!error)
		error = same_outside(&outside_idle, "in the end");
	return error ? error : sound();
}

/* Points that @e has, if nothing fails. */
static const char *count_points(const struct entry *e, unsigned int *nr)
{
	unsigned int left = 0;
	const char *error = attempt(e, FAR_AWAY, &left);

	*nr = FAR_AWAY - left;
	return error;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static unsigned int nr_points;	/* of all entry points so far */
static bool every_point;

/* How far it is to the next point, from one of those after @first up to @total. */
static unsigned int step(unsigned int nth, unsigned int first, unsigned int total)
{
	unsigned int begin = first + NR_AT_ENDS, end = total - NR_AT_ENDS;
	unsigned int far = (end - begin) / NR_BETWEEN + 1;

	if (every_point || total < first + 2 * NR_AT_ENDS + NR_BETWEEN ||
	    nth < begin || nth >= end)
		return 1;
	return nth + far < end ? far : end - nth;
}

/* The points of @e, one after the other. */
static const char *exercise_points(const struct entry *e, unsigned int *nth)
{
	unsigned int left = 0, first = 0, total = 0, nr = 0;
	const char *error = NULL;
	double begin = now();

	if (e->barely && !own) {
		error = count_points(e->barely, &first);
		if (!error)
			error = count_points(e, &total);
	}
	first = first > OVERLAP ? first - OVERLAP : 0;
	for (*nth = first; !error && !left && *nth < MAX_POINTS; nr++) {
		*nth += step(*nth, first, total);
		error = attempt(e, *nth, &left);
	}
	if (!error && !left)
		error = "there is no end of points";
	if (error)
		return error;
	nr_points += --nr;
	ksft_print_msg("points: %4u of %4u in %5.1f s: %s%s%s\n", nr,
		       *nth - 1 - first, now() - begin, e->name, own ? " " : "",
		       own ? strrchr(own, '/') + 1 : "");
	return NULL;
}

static const char *exercise_own(const struct entry *e, unsigned int *nth)
{
	const char *error = NULL;
	size_t i;

	for (i = 0; i < ARRAY_LEN(own_params) && !error; i++) {
		own = own_params[i];
		error = exercise_points(e, nth);
	}
	return error;
}

static void exercise(const struct entry *e)
{
	const char *error = NULL;
	unsigned int nth = 0;
	int err = 0;

	if (own && e->no_module) {
		ksft_test_result_skip("%s: no module, no points of its own\n",
				      e->name);
		return;
	}
	if (lab_is_loaded() == e->no_module)
		err = e->no_module ? lab_unload() : lab_load("mem=4");
	if (err)
		error = format_error("module: %s", strerror(-err));
	else
		error = own ? exercise_own(e, &nth) : exercise_points(e, &nth);
	if (error) {
		ksft_print_msg("%s, point %u%s%s: %s\n", e->name, nth,
			       own ? " of " : "", own ?: "", error);
		ksft_test_result_fail("%s\n", e->name);
	} else {
		ksft_test_result_pass("%s\n", e->name);
	}
}

/* ---- the list -------------------------------------------------------------- */

static struct entry files[MAX_FILES];
static size_t nr_files;

static int nothing(struct scene *s)
{
	(void)s;
	return 0;
}

static void list_files(void)
{
	struct dirent *d;
	DIR *dir;
	char *path;

	if (!lab_is_loaded() && lab_load("mem=4"))
		ksft_exit_fail_msg("the module can't be loaded\n");
	dir = opendir(LAB_PROC);
	while (dir && nr_files < MAX_FILES && (d = readdir(dir)) != NULL) {
		if (d->d_type != DT_REG ||
		    asprintf(&path, LAB_PROC "/%s", d->d_name) < 0)
			continue;
		files[nr_files++] = (struct entry){
			.name = path, .arg = path, .setup = nothing,
			.act = failnth_read_file, .teardown = nothing,
		};
	}
	if (dir)
		closedir(dir);
}

static bool wanted(const struct entry *e, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (strstr(e->name, *names))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	size_t i;
	int err;

	ksft_print_header();
	if (argc > 1 && !strcmp(argv[1], "own")) {
		own = own_params[0];
		argv++;
	}
	every_point = getenv("MMLAB_EVERY_POINT");
	err = own ? 0 : open_injection();
	if (err)
		ksft_exit_skip("no fault injection here: %s\n", strerror(-err));
	list_files();
	ksft_set_plan(nr_files + failnth_nr_entries);
	for (i = 0; i < nr_files + failnth_nr_entries; i++) {
		const struct entry *e = i < nr_files ? &files[i] :
					&failnth_entries[i - nr_files];

		if (wanted(e, argv + 1))
			exercise(e);
		else
			ksft_test_result_skip("%s\n", e->name);
	}
	ksft_print_msg("points: %4u of all entry points\n", nr_points);
	ksft_finished();
}
