// SPDX-License-Identifier: GPL-2.0
/* inject: do something wrong to a slab object on purpose, and see it caught. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/session.h"
#include "klog.h"
#include "lab/labfile.h"
#include "libmmlab.h"

#define OBJECT_BYTES	100
#define NR_LEAKED	3
#define NR_LINES	64	/* of the kernel log */
#define PRINTED_REPORTS	64	/* the module only counts those after */
#define DEBUG_FLAGS	(MMLAB_CACHE_RED_ZONE | MMLAB_CACHE_POISON | \
			 MMLAB_CACHE_CONSISTENCY | MMLAB_CACHE_STORE_USER)

struct trial {
	const struct kind *kind;
	struct session session;
	struct mmlab_cache cache, other;
	__u32 lva;
	FILE *log;
	char *lines[NR_LINES];
	unsigned int nr_lines;
	uint64_t reports_before, reports_after;
	char check_before[256], check_after[256];
	bool json, failed;
};

static void free_after_write(struct trial *t);
static void alloc_after_write(struct trial *t);
static void free_after_refusal(struct trial *t);
static void leak(struct trial *t);

/**
 * struct kind - one kind of misuse
 * @name: its name on the command line
 * @number: MMLAB_INJECT_, or 0 if this program does it itself
 * @at_once: reports that the misuse makes at once
 * @reports: reports in all
 * @words: words of the report
 * @deed: the misuse, in words
 * @follow: a step after which it is noticed, or NULL
 */
static const struct kind {
	const char *name;
	__u32 number;
	uint64_t at_once, reports;
	const char *words, *deed;
	void (*follow)(struct trial *t);
} kinds[] = {
	{ "overflow", MMLAB_INJECT_OVERFLOW, 0, 1, "Right Redzone overwritten",
	  "wrote to the byte after the object", free_after_write },
	{ "underflow", MMLAB_INJECT_UNDERFLOW, 0, 1, "Left Redzone overwritten",
	  "wrote to the byte in front of the object", free_after_write },
	{ "uaf", MMLAB_INJECT_UAF, 0, 1, "Poison overwritten",
	  "freed the object, then wrote to its first byte", alloc_after_write },
	{ "double-free", MMLAB_INJECT_DOUBLE_FREE, 1, 1, "Object already free",
	  "freed the object twice", NULL },
	{ "wrong-cache", MMLAB_INJECT_WRONG_CACHE, 1, 1, "Invalid object pointer",
	  "freed the object into another cache", free_after_refusal },
	{ "leak", 0, 0, 0, NULL, "forgot to free objects", leak },
};

#define NR_KINDS	(sizeof(kinds) / sizeof(kinds[0]))

/* One observation: is it what should be? */
static void observe(struct trial *t, bool good, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void observe(struct trial *t, bool good, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	t->failed |= !good;
	if (t->json) {
		json_object_begin(NULL);
		json_bool("expected", good);
		json_string("what", text);
		json_object_end();
	} else {
		printf("  %s  %s\n", good ? "ok " : "BAD", text);
	}
}

static bool alloc_one(struct trial *t, __u32 *lva)
{
	struct mmlab_object object = { .id = t->cache.id };
	int error = mmlab_alloc_object(t->session.fd, &object);

	*lva = object.lva;
	if (error)
		observe(t, false, "an object of cache %s: %s", t->cache.name, strerror(-error));
	return !error;
}

static int free_one(const struct trial *t, __u32 lva)
{
	struct mmlab_object object = { .id = t->cache.id, .lva = lva };

	return mmlab_free_object(t->session.fd, &object);
}

/* Overwritten bytes of an object in use are found by its free. */
static void free_after_write(struct trial *t)
{
	int error = free_one(t, t->lva);

	observe(t, error == -EUCLEAN, "the free that follows is refused, and the object quarantined: %s",
		error ? strerror(-error) : "it was NOT refused");
}

/* Overwritten bytes of a free object are found by its next allocation. */
static void alloc_after_write(struct trial *t)
{
	__u32 lva;

	if (alloc_one(t, &lva))
		observe(t, lva != t->lva, "the next allocation gets another object, 0x%08x", lva);
}

static void free_after_refusal(struct trial *t)
{
	int error = free_one(t, t->lva);

	observe(t, !error, "the object is unharmed, its own cache takes it: %s",
		error ? strerror(-error) : "freed");
}

static void leak(struct trial *t)
{
	struct mmlab_cache_stat stat = { .id = t->cache.id };
	struct mmlab_cache_op destroy = { .id = t->cache.id, .op = MMLAB_CACHE_DESTROY };
	__u32 lva[NR_LEAKED] = { t->lva };
	unsigned int i;
	int error;

	for (i = 1; i < NR_LEAKED; i++)
		if (!alloc_one(t, &lva[i]))
			return;
	error = mmlab_cache_op(t->session.fd, &destroy);
	observe(t, error == -EBUSY, "destroying the cache is refused: %s",
		error ? strerror(-error) : "it was NOT refused");
	error = mmlab_stat_cache(t->session.fd, &stat);
	observe(t, !error && stat.nr_active == NR_LEAKED, "%u objects are left, of %d that were forgotten",
		stat.nr_active, NR_LEAKED);
	for (i = 0; i < NR_LEAKED; i++)
		free_one(t, lva[i]);
	destroy = (struct mmlab_cache_op){ .id = t->cache.id, .op = MMLAB_CACHE_DESTROY };
	error = mmlab_cache_op(t->session.fd, &destroy);
	observe(t, !error, "with all of them freed, the cache can be destroyed: %s",
		error ? strerror(-error) : "gone");
}

static void read_state(uint64_t *reports, char *check, size_t size)
{
	char *vmstat = labfile_read("vmstat", NULL), *text = labfile_read("check", NULL);

	*reports = UINT64_MAX;
	if (vmstat)
		labfile_value(vmstat, "lab_reports", reports);
	*check = '\0';
	if (text)
		labfile_verdict(text, check, size);
	free(vmstat);
	free(text);
}

static int make_caches(struct trial *t)
{
	int error;

	t->cache = (struct mmlab_cache){ .size = OBJECT_BYTES, .flags = DEBUG_FLAGS,
					 .magazine = MMLAB_MAGAZINE_DEFAULT };
	t->other = t->cache;
	snprintf(t->cache.name, sizeof(t->cache.name), "inject-%s-%u", t->kind->name,
		 t->session.info.lab_pid % 1000000);
	snprintf(t->other.name, sizeof(t->other.name), "inject-other-%u",
		 t->session.info.lab_pid % 1000000);
	error = mmlab_create_cache(t->session.fd, &t->cache);
	if (!error && t->kind->number == MMLAB_INJECT_WRONG_CACHE)
		error = mmlab_create_cache(t->session.fd, &t->other);
	return error;
}

static void commit(struct trial *t)
{
	struct mmlab_injection injection = { .kind = t->kind->number, .lva = t->lva };
	int error;

	if (t->kind->number == MMLAB_INJECT_WRONG_CACHE)
		injection.other = t->other.id;
	error = t->kind->number ? mmlab_inject_fault(t->session.fd, &injection) : 0;
	observe(t, !error, "%s, at 0x%08x: %s", t->kind->deed, t->lva,
		error ? strerror(-error) : "done");
	if (error)
		return;
	if (t->kind->number)
		observe(t, injection.nr_reports == t->kind->at_once,
			"reports at once: %" PRIu64, (uint64_t)injection.nr_reports);
	if (t->kind->follow)
		t->kind->follow(t);
}

static void judge_counts(struct trial *t)
{
	uint64_t more = t->reports_after - t->reports_before;

	observe(t, t->reports_before != UINT64_MAX && t->reports_after != UINT64_MAX &&
		more == t->kind->reports,
		"lab_reports in vmstat: %" PRId64 " before, %" PRId64 " after, %" PRIu64 " more expected",
		(int64_t)t->reports_before, (int64_t)t->reports_after, t->kind->reports);
	if (t->kind->reports)
		observe(t, !strncmp(t->check_after, "BROKEN:", 7), "check says: %s",
			t->check_after);
	else
		observe(t, !strcmp(t->check_before, t->check_after), "check still says: %s",
			t->check_after);
}

/* Keeps the messages about the lab. Return: is one of them like that? */
static bool read_log(struct trial *t, const char *wanted)
{
	char line[1024];
	bool found = false;

	while (klog_next(t->log, line, sizeof(line))) {
		if (!strstr(line, "mmlab: "))
			continue;
		found |= !!strstr(line, wanted);
		if (t->nr_lines < NR_LINES)
			t->lines[t->nr_lines++] = strdup(line);
	}
	return found;
}

static void judge_log(struct trial *t)
{
	const char *name = t->kind->number == MMLAB_INJECT_WRONG_CACHE ? t->other.name :
									 t->cache.name;
	char wanted[128] = "mmlab: BUG";
	bool found;

	if (t->kind->words)
		snprintf(wanted, sizeof(wanted), "mmlab: BUG %s: %s", name, t->kind->words);
	if (!t->log) {
		observe(t, true, "the kernel log is not to be read here; as root: dmesg | grep '%s'",
			wanted);
		return;
	}
	found = read_log(t, wanted);
	if (t->kind->words && t->reports_before >= PRINTED_REPORTS)
		observe(t, true, "the kernel log only has the first %d reports since load",
			PRINTED_REPORTS);
	else
		observe(t, found == !!t->kind->words, "the kernel log has %s'%s'",
			found ? "" : "no ", wanted);
}

static int try_it(struct trial *t)
{
	int error;

	read_state(&t->reports_before, t->check_before, sizeof(t->check_before));
	t->log = klog_open();
	error = make_caches(t);
	if (error == -ENOTTY)
		return cli_fail(error, "The module is older than this mmlab: build both from the same source",
				"creating a cache");
	if (error)
		return cli_fail(error, NULL, "creating cache %s", t->cache.name);
	if (t->json) {
		json_object_begin(NULL);
		json_string("kind", t->kind->name);
		json_string("cache", t->cache.name);
		json_array_begin("observations");
	} else {
		printf("%s: lab process %u, cache %s of %d bytes with debug flags ZPFU\n",
		       t->kind->name, t->session.info.lab_pid, t->cache.name, OBJECT_BYTES);
	}
	if (alloc_one(t, &t->lva))
		commit(t);
	read_state(&t->reports_after, t->check_after, sizeof(t->check_after));
	judge_counts(t);
	judge_log(t);
	return CLI_OK;
}

static void conclude(const struct trial *t)
{
	unsigned int i;

	if (t->json) {
		json_array_end();
		json_array_begin("kernel_log");
		for (i = 0; i < t->nr_lines; i++)
			json_string(NULL, t->lines[i]);
		json_array_end();
		json_number("reports_before", t->reports_before);
		json_number("reports_after", t->reports_after);
		json_bool("caught", !t->failed);
		json_object_end();
		return;
	}
	for (i = 0; i < t->nr_lines; i++)
		printf("       %s\n", t->lines[i] ? t->lines[i] : "");
	puts(t->failed ? "NOT caught as expected" : "caught exactly as expected");
	if (t->reports_after != t->reports_before)
		puts("The lab is marked from now on: mmlab check says so until mmlab unload, mmlab load.");
}

static void forget(struct trial *t)
{
	while (t->nr_lines)
		free(t->lines[--t->nr_lines]);
	if (t->log)
		fclose(t->log);
	session_close(&t->session);
}

static int run_inject(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = { CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 } };
	struct trial t = { 0 };
	int option, status;
	size_t i;

	while ((option = cli_option(cmd, argc, argv, "jh", longs)) != -1)
		t.json |= option == 'j';
	if (argc - optind != 1)
		return cli_usage(cmd, "inject what? overflow, underflow, uaf, double-free, wrong-cache or leak");
	for (i = 0; i < NR_KINDS; i++)
		if (!strcmp(kinds[i].name, argv[optind]))
			t.kind = &kinds[i];
	if (!t.kind)
		return cli_usage(cmd, "'%s' is none of overflow, underflow, uaf, double-free, wrong-cache, leak",
				 argv[optind]);
	status = session_open_new(&t.session);
	if (status)
		return status;
	status = try_it(&t);
	if (!status) {
		conclude(&t);
		status = t.failed ? CLI_FAILED : CLI_OK;
	}
	forget(&t);
	return status;
}

const struct command cmd_inject = {
	.name = "inject",
	.args = "[--json] overflow|underflow|uaf|double-free|wrong-cache|leak",
	.summary = "Do something wrong to a slab object, and see it caught",
	.help =
"Becomes a lab process with a cache of its own that has all debug flags (ZPFU),\n"
"takes an object, does the wrong thing, and compares what the lab noticed with\n"
"what it should: the count of reports, the verdict of check, the text in the\n"
"kernel log.\n"
"\n"
"  overflow      write the byte after the object; seen when it is freed\n"
"  underflow     write the byte in front of it; seen when it is freed\n"
"  uaf           use after free: write to it when it is free; seen when it would\n"
"                be handed out again\n"
"  double-free   free it twice\n"
"  wrong-cache   free it into another cache\n"
"  leak          destroy the cache while objects are in use: refused\n"
"  --json        the observations as JSON\n"
"\n"
"Each but leak marks the lab for good: lab_reports in vmstat stays above 0, and\n"
"mmlab check ends with BROKEN, until the module is loaded afresh. The host is not\n"
"harmed: the writes stay inside the lab's arena.\n"
"\n"
"Exit status: 0 caught exactly as expected, 1 not so, 2 usage, 3 module not\n"
"loaded, 4 permission.\n",
	.run = run_inject,
};
