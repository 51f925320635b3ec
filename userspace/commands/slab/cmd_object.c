// SPDX-License-Identifier: GPL-2.0
/* kmalloc, kfree, cache alloc, cache free: objects of the lab process. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/session.h"
#include "lab/labcache.h"
#include "libmmlab.h"
#include "objects.h"

#define COUNT_MAX	(1 << 20)
#define KMALLOC_MAX	(4 << 20)

struct request {
	struct mmlab_object object;	/* each one like this */
	const char *source;		/* a cache, or "kmalloc" */
	uint64_t count;
	struct session_stay stay;
	bool json;
};

static void give_back(const struct session *session, __u32 id,
		      const struct mmlab_object *objects, uint64_t count)
{
	while (count--) {
		struct mmlab_object back = { .id = id, .lva = objects[count].lva };

		mmlab_free_object(session->fd, &back);
	}
}

static const char *alloc_cure(int error)
{
	switch (error) {
	case -ENOMEM:
		return "No room for it is left: mmlab slab shows who has it, mmlab drain may help";
	case -EPERM:
		return "It belongs to another lab process or to the lab: make one in this session";
	case -ENOTTY:
		return "The module is older than this mmlab: build both from the same source";
	default:
		return NULL;
	}
}

static int fail_alloc(const struct request *want, uint64_t i, int error)
{
	return cli_fail(error, alloc_cure(error), "object %" PRIu64 " of %" PRIu64 " from %s",
			i + 1, want->count, want->source);
}

/* All or none. Return: the objects, the caller's to free(), or NULL */
static struct mmlab_object *alloc_objects(const struct session *session,
					  const struct request *want, int *status)
{
	struct mmlab_object *objects = calloc(want->count, sizeof(*objects));
	uint64_t i;

	if (!objects) {
		*status = cli_fail(ENOMEM, NULL, "a list of objects");
		return NULL;
	}
	for (i = 0; i < want->count; i++) {
		int error;

		objects[i] = want->object;
		error = mmlab_alloc_object(session->fd, &objects[i]);
		if (!error)
			continue;
		*status = fail_alloc(want, i, error);
		give_back(session, want->object.id, objects, i);
		free(objects);
		return NULL;
	}
	return objects;
}

static const char *zone_at(const struct session *session, __u32 lva)
{
	return session_zone_of(session, (lva - session->info.page_offset) >>
					session->info.page_shift);
}

static void print_objects(const struct session *session, const struct request *want,
			  const struct mmlab_object *objects)
{
	uint64_t i;

	printf("%-12s %8s  %s\n", "LINEAR", "BYTES", "ZONE");
	for (i = 0; i < want->count; i++)
		printf("0x%08x   %8u  %s\n", objects[i].lva, objects[i].usable,
		       zone_at(session, objects[i].lva));
}

static void print_objects_json(const struct session *session, const struct request *want,
			       const struct mmlab_object *objects)
{
	uint64_t i;

	json_object_begin(NULL);
	json_number("lab_pid", session->info.lab_pid);
	json_string("source", want->source);
	json_array_begin("objects");
	for (i = 0; i < want->count; i++) {
		json_object_begin(NULL);
		json_number("linear", objects[i].lva);
		json_number("bytes", objects[i].usable);
		json_string("zone", zone_at(session, objects[i].lva));
		json_object_end();
	}
	json_array_end();
	json_object_end();
}

/* Allocates, shows, keeps, leaves the session. Return: an exit status */
static int serve(struct session *session, const struct request *want)
{
	int status = CLI_OK;
	struct mmlab_object *objects = alloc_objects(session, want, &status);

	if (!objects) {
		session_close(session);
		return status;
	}
	if (want->json)
		print_objects_json(session, want, objects);
	else
		print_objects(session, want, objects);
	free(objects);
	return session_stay(session, &want->stay);
}

static int parse_count(const struct command *cmd, uint64_t *count)
{
	if (cli_parse_number(optarg, COUNT_MAX, count) && *count)
		return CLI_OK;
	return cli_usage(cmd, "--count is 1 to %d, not '%s'", COUNT_MAX, optarg);
}

int objects_cache_alloc(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "count", required_argument, NULL, 'c' },
		CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 }
	};
	struct request want = { .count = 1 };
	struct mmlab_cache_stat stat;
	struct session session;
	int option, status;

	while ((option = cli_option(cmd, argc, argv, "c:jh", longs)) != -1) {
		want.json |= option == 'j';
		if (option == 'c' && parse_count(cmd, &want.count))
			return CLI_USAGE;
	}
	if (argc - optind != 1)
		return cli_usage(cmd, "alloc from which cache? Give one");
	if (!session_inherited())
		return cli_usage(cmd, "a cache belongs to the lab process that made it, and there is none here: work inside `mmlab run`");
	status = session_open(&session);
	if (status)
		return status;
	status = labcache_find(&session, argv[optind], &stat);
	if (status) {
		session_close(&session);
		return status;
	}
	want.object.id = stat.id;
	want.source = stat.name;
	want.stay = (struct session_stay){ .things = "objects",
		.undo = "mmlab cache free NAME ADDRESS", .argv = argv + argc };
	return serve(&session, &want);
}

static int run_kmalloc(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "count", required_argument, NULL, 'c' }, { "dma", no_argument, NULL, 'd' },
		{ "hold", required_argument, NULL, 'H' },
		CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 }
	};
	struct request want = { .count = 1, .source = "kmalloc",
				.stay.things = "objects", .stay.undo = "mmlab kfree ADDRESS" };
	struct session session;
	uint64_t number;
	int option, status;

	while ((option = cli_option(cmd, argc, argv, "c:dH:jh", longs)) != -1) {
		want.json |= option == 'j';
		if (option == 'd')
			want.object.flags = MMLAB_CACHE_DMA;
		if (option == 'c' && parse_count(cmd, &want.count))
			return CLI_USAGE;
		if (option != 'H')
			continue;
		if (!cli_parse_number(optarg, 1000000, &number))
			return cli_usage(cmd, "--hold takes seconds, not '%s'", optarg);
		want.stay.hold = true;
		want.stay.seconds = (unsigned int)number;
	}
	if (optind == argc)
		return cli_usage(cmd, "how many bytes?");
	if (!cli_parse_size(argv[optind], KMALLOC_MAX, &number) || !number)
		return cli_usage(cmd, "kmalloc gives 1 byte to 4M, not '%s'", argv[optind]);
	want.object.size = (__u32)number;
	want.stay.argv = argv + optind + 1;
	if (want.stay.hold && *want.stay.argv)
		return cli_usage(cmd, "either --hold or a command holds the objects, not both");
	status = session_open(&session);
	return status ? status : serve(&session, &want);
}

const struct command cmd_kmalloc = {
	.name = "kmalloc",
	.args = "BYTES [OPTION…] [-- COMMAND [ARGUMENT…]]",
	.summary = "Allocate memory by the byte and show what you got",
	.help =
"Takes an object of the smallest kmalloc cache that has room for BYTES (K and M\n"
"are known); above 128K, a block of pages. An object\n"
"lasts as long as its lab process: to the end of the session in `mmlab run`;\n"
"else while COMMAND runs or --hold lasts; else it is shown and freed at exit.\n"
"\n"
"  --count N       so many objects, all or none (1)\n"
"  --dma           from zone DMA: the dma-kmalloc-* caches\n"
"  --hold SECONDS  keep them so long\n"
"  --json          the objects as JSON\n"
"\n"
"Examples:\n"
"  mmlab kmalloc 100\n"
"  mmlab kmalloc 8 --count 1000 -- mmlab slab kmalloc-8\n"
"\n"
"Exit status: 0 done, 1 no memory, 2 usage, 3 module not loaded, 4 permission;\n"
"with COMMAND, that of COMMAND.\n",
	.run = run_kmalloc,
};

static const char *free_reason(int error, bool from_cache)
{
	switch (error) {
	case -EINVAL:
		return from_cache ? "it is no object of this cache" :
				    "nothing that kmalloc gave begins there";
	case -ENOENT:
		return "no object of this session begins there; it is free already, or another's";
	case -EUCLEAN:
		return "bytes around it were overwritten: quarantined, dmesg has the report";
	case -EPERM:
		return "the cache belongs to another lab process or to the lab itself";
	default:
		return strerror(-error);
	}
}

static int free_one(const struct session *session, __u32 id, const char *source, __u32 lva)
{
	struct mmlab_object object = { .id = id, .lva = lva };
	int error = mmlab_free_object(session->fd, &object);

	if (error)
		return cli_fail(0, NULL, "object 0x%08x of %s: %s", lva, source,
				free_reason(error, id));
	printf("freed 0x%08x\n", lva);
	return CLI_OK;
}

/* Frees argv[0…argc-1], which have been looked at. */
static int free_all(const struct session *session, __u32 id, const char *source,
		    int argc, char **argv)
{
	int i, status = CLI_OK;

	for (i = 0; i < argc; i++) {
		uint64_t lva = 0;

		cli_parse_number(argv[i], UINT32_MAX, &lva);
		if (free_one(session, id, source, (__u32)lva))
			status = CLI_FAILED;
	}
	return status;
}

/* Leaves optind at the first argument. Return: CLI_OK or an exit status */
static int parse_free(const struct command *cmd, int argc, char **argv, int nr_names)
{
	static const struct option longs[] = { CLI_OPTION_HELP, { 0 } };
	uint64_t lva;
	int i;

	while (cli_option(cmd, argc, argv, "h", longs) != -1)
		;
	if (argc - optind < nr_names + 1)
		return cli_usage(cmd, nr_names ? "give a cache and the addresses of its objects" :
				 "which object? Give its linear address");
	for (i = optind + nr_names; i < argc; i++)
		if (!cli_parse_number(argv[i], UINT32_MAX, &lva))
			return cli_usage(cmd, "'%s' is not a 32-bit address (write hexadecimal as 0x…)",
					 argv[i]);
	if (session_inherited())
		return CLI_OK;
	return cli_usage(cmd, "an object belongs to the lab process that allocated it, and there is none here: work inside `mmlab run`");
}

int objects_cache_free(const struct command *cmd, int argc, char **argv)
{
	struct mmlab_cache_stat stat;
	struct session session;
	int status = parse_free(cmd, argc, argv, 1);

	if (!status)
		status = session_open(&session);
	if (status)
		return status;
	status = labcache_find(&session, argv[optind], &stat);
	if (!status)
		status = free_all(&session, stat.id, stat.name, argc - optind - 1,
				  argv + optind + 1);
	session_close(&session);
	return status;
}

static int run_kfree(const struct command *cmd, int argc, char **argv)
{
	struct session session;
	int status = parse_free(cmd, argc, argv, 0);

	if (!status)
		status = session_open(&session);
	if (status)
		return status;
	status = free_all(&session, 0, "kmalloc", argc - optind, argv + optind);
	session_close(&session);
	return status;
}

const struct command cmd_kfree = {
	.name = "kfree",
	.args = "ADDRESS…",
	.summary = "Free what kmalloc gave to this session",
	.help =
"An object belongs to the lab process that allocated it, so this works inside\n"
"`mmlab run` or `mmlab kmalloc … -- sh`. ADDRESS is the linear one.\n"
"\n"
"Example:\n"
"  mmlab run\n"
"  $ mmlab kmalloc 100\n"
"  $ mmlab kfree 0xc1234580\n"
"\n"
"Exit status: 0 all freed, 1 one was refused, 2 usage, 3 module not loaded,\n"
"4 permission.\n",
	.run = run_kfree,
};
