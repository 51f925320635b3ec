// SPDX-License-Identifier: GPL-2.0
/* cache: slab caches of a lab process, from creation to destruction. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "lab/labcache.h"
#include "libmmlab.h"
#include "objects.h"
#include "slab_detail.h"

#define OBJECT_MAX	131072
#define ALIGN_MAX	4096

struct creation {
	struct mmlab_cache cache;
	struct session_stay stay;
	bool json;
};

static int parse_number_option(const struct command *cmd, int option, struct creation *make)
{
	uint64_t number;

	switch (option) {
	case 's':
		if (!cli_parse_size(optarg, OBJECT_MAX, &number) || !number)
			return cli_usage(cmd, "--size is 1 to %d bytes, not '%s'",
					 OBJECT_MAX, optarg);
		make->cache.size = (__u32)number;
		break;
	case 'a':
		if (!cli_parse_number(optarg, ALIGN_MAX, &number) || number & (number - 1))
			return cli_usage(cmd, "--align is a power of two up to %d, not '%s'",
					 ALIGN_MAX, optarg);
		make->cache.align = (__u32)number;
		break;
	case 'm':
		if (!cli_parse_number(optarg, MMLAB_MAGAZINE_MAX, &number))
			return cli_usage(cmd, "--magazine is 0 to %u objects, not '%s'",
					 MMLAB_MAGAZINE_MAX, optarg);
		make->cache.magazine = (__u32)number;
		break;
	case 'H':
		if (!cli_parse_number(optarg, 1000000, &number))
			return cli_usage(cmd, "--hold takes seconds, not '%s'", optarg);
		make->stay.hold = true;
		make->stay.seconds = (unsigned int)number;
		break;
	}
	return CLI_OK;
}

static int parse_creation(const struct command *cmd, int argc, char **argv,
			  struct creation *make)
{
	static const struct option longs[] = {
		{ "size", required_argument, NULL, 's' },
		{ "align", required_argument, NULL, 'a' },
		{ "flags", required_argument, NULL, 'f' },
		{ "dma", no_argument, NULL, 'd' },
		{ "random", no_argument, NULL, 'r' },
		{ "magazine", required_argument, NULL, 'm' },
		{ "hold", required_argument, NULL, 'H' },
		CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 }
	};
	int option, status;

	*make = (struct creation){ .cache.magazine = MMLAB_MAGAZINE_DEFAULT };
	while ((option = cli_option(cmd, argc, argv, "s:a:f:drm:H:jh", longs)) != -1) {
		make->json |= option == 'j';
		if (option == 'd')
			make->cache.flags |= MMLAB_CACHE_DMA;
		else if (option == 'r')
			make->cache.flags |= MMLAB_CACHE_RANDOM;
		else if (option == 'f' && !labcache_parse_flags(optarg, &make->cache.flags))
			return cli_usage(cmd, "--flags takes letters of ZPFU, not '%s'", optarg);
		status = parse_number_option(cmd, option, make);
		if (status)
			return status;
	}
	if (optind == argc)
		return cli_usage(cmd, "create what? Give the cache a name");
	if (!labcache_name_ok(argv[optind]))
		return cli_usage(cmd, "'%s' is no name: 1 to 31 characters of A-Z a-z 0-9 _ . -",
				 argv[optind]);
	if (!make->cache.size)
		return cli_usage(cmd, "create needs --size, the bytes of an object");
	if (make->stay.hold && optind + 1 < argc)
		return cli_usage(cmd, "either --hold or a command holds the cache, not both");
	memcpy(make->cache.name, argv[optind], strlen(argv[optind]));
	make->stay.argv = argv + optind + 1;
	return CLI_OK;
}

static const char *creation_cure(int error)
{
	switch (error) {
	case -EEXIST:
		return "Another cache has that name: mmlab slab lists them";
	case -EINVAL:
		return "A cache with debug flags has no magazines: leave --magazine out";
	case -ENOSPC:
		return "There are as many caches as there can be: destroy some";
	default:
		return NULL;
	}
}

static int cache_create(const struct command *cmd, int argc, char **argv)
{
	struct session session;
	struct creation make;
	int error, status = parse_creation(cmd, argc, argv, &make);

	if (!status)
		status = session_open(&session);
	if (status)
		return status;
	error = mmlab_create_cache(session.fd, &make.cache);
	if (error) {
		session_close(&session);
		return cli_fail(error, creation_cure(error), "creating cache '%s'",
				make.cache.name);
	}
	if (make.json) {
		json_object_begin(NULL);
		json_number("id", make.cache.id);
		json_string("name", make.cache.name);
		json_object_end();
	} else {
		printf("cache %s is number %u\n", make.cache.name, make.cache.id);
	}
	make.stay.things = "caches";
	make.stay.undo = "mmlab cache destroy NAME";
	return session_stay(&session, &make.stay);
}

static int fail_operation(const struct session *session, int error, const char *what,
			  struct mmlab_cache_stat *stat)
{
	struct mmlab_cache_stat now = { .id = stat->id };

	if (error == -EPERM)
		return cli_fail(error, "It belongs to another lab process or to the lab itself, and only the owner can do that",
				"%s cache '%s'", what, stat->name);
	if (error == -EBUSY && !mmlab_stat_cache(session->fd, &now))
		return cli_fail(0, "Free them first: mmlab cache free NAME ADDRESS…; quarantined ones stay until the session ends",
				"cache '%s' is in use: %u objects are left, %u of them quarantined",
				stat->name, now.nr_active, now.nr_quarantined);
	if (error == -EINVAL)
		return cli_fail(error, "A cache with debug flags has no magazines", "%s cache '%s'",
				what, stat->name);
	return cli_fail(error, NULL, "%s cache '%s'", what, stat->name);
}

/* destroy NAME, shrink NAME, resize NAME N */
static int cache_operate(const struct command *cmd, int argc, char **argv, __u32 op,
			 const char *what)
{
	static const struct option longs[] = { CLI_OPTION_HELP, { 0 } };
	bool resize = op == MMLAB_CACHE_RESIZE;
	struct mmlab_cache_stat stat;
	struct session session;
	uint64_t value = 0;
	int error, status;

	while (cli_option(cmd, argc, argv, "h", longs) != -1)
		;
	if (argc - optind != (resize ? 2 : 1))
		return cli_usage(cmd, resize ? "give a cache and the objects per magazine" :
				 "give one cache");
	if (resize && !cli_parse_number(argv[optind + 1], MMLAB_MAGAZINE_MAX, &value))
		return cli_usage(cmd, "a magazine has 0 to %u objects, not '%s'",
				 MMLAB_MAGAZINE_MAX, argv[optind + 1]);
	if (!session_inherited())
		return cli_usage(cmd, "a cache belongs to the lab process that made it, and there is none here: work inside `mmlab run`");
	status = session_open(&session);
	if (status)
		return status;
	status = labcache_find(&session, argv[optind], &stat);
	if (!status) {
		struct mmlab_cache_op operation = { .id = stat.id, .op = op,
						    .value = (__u32)value };

		error = mmlab_cache_op(session.fd, &operation);
		if (error)
			status = fail_operation(&session, error, what, &stat);
		else if (op == MMLAB_CACHE_SHRINK)
			printf("cache %s gave back %" PRIu64 " frames\n", stat.name,
			       (uint64_t)operation.nr_frames);
		else if (resize)
			printf("cache %s now has %" PRIu64 " objects per magazine\n", stat.name,
			       value);
		else
			printf("cache %s is gone\n", stat.name);
	}
	session_close(&session);
	return status;
}

static int cache_destroy(const struct command *cmd, int argc, char **argv)
{
	return cache_operate(cmd, argc, argv, MMLAB_CACHE_DESTROY, "destroying");
}

static int cache_shrink(const struct command *cmd, int argc, char **argv)
{
	return cache_operate(cmd, argc, argv, MMLAB_CACHE_SHRINK, "shrinking");
}

static int cache_resize(const struct command *cmd, int argc, char **argv)
{
	return cache_operate(cmd, argc, argv, MMLAB_CACHE_RESIZE, "resizing the magazines of");
}

static int cache_show(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "all", no_argument, NULL, 'a' }, CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 }
	};
	bool json = false, all = false;
	int option;

	while ((option = cli_option(cmd, argc, argv, "ajh", longs)) != -1) {
		json |= option == 'j';
		all |= option == 'a';
	}
	if (argc - optind != 1)
		return cli_usage(cmd, "give one cache");
	return slab_detail(argv[optind], all, json);
}

static const struct {
	const char *name;
	int (*run)(const struct command *cmd, int argc, char **argv);
} verbs[] = {
	{ "create", cache_create }, { "alloc", objects_cache_alloc },
	{ "free", objects_cache_free }, { "destroy", cache_destroy },
	{ "shrink", cache_shrink }, { "resize", cache_resize }, { "show", cache_show },
};

static int run_cache(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = { CLI_OPTION_HELP, { 0 } };
	size_t i;

	while (cli_option(cmd, argc, argv, "+h", longs) != -1)
		;
	if (optind == argc)
		return cli_usage(cmd, "create, alloc, free, destroy, shrink, resize or show?");
	argc -= optind;
	argv += optind;
	optind = 0;	/* getopt starts anew */
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(argv[0], verbs[i].name))
			continue;
		argv[0] = (char *)"mmlab cache";
		return verbs[i].run(cmd, argc, argv);
	}
	return cli_usage(cmd, "there is no '%s'", argv[0]);
}

const struct command cmd_cache = {
	.name = "cache",
	.args = "create|alloc|free|destroy|shrink|resize|show NAME …",
	.summary = "Make slab caches, use them, and look inside",
	.help =
"  create NAME --size N [OPTION…] [-- COMMAND…]\n"
"      --size N       bytes of an object, 1 to 131072\n"
"      --align A      a power of two up to 4096 (8)\n"
"      --flags ZPFU   debugging, in slub_debug's letters: Z red zones around\n"
"                     objects, P poison in free ones, F counting at each call,\n"
"                     U who allocated and freed\n"
"      --dma          slabs from zone DMA\n"
"      --random       hand out objects in random order\n"
"      --magazine M   objects per magazine, 0 to 240; 0: none (by size; none with\n"
"                     debug flags)\n"
"      --hold SECONDS keep the cache so long\n"
"  alloc NAME|ID           take objects; prints their linear addresses\n"
"      --count N      so many, all or none (1)\n"
"  free NAME|ID ADDRESS…   give objects back\n"
"  destroy NAME|ID         refused while objects are in use: says how many\n"
"  shrink NAME|ID          empty the magazines, give free slabs back\n"
"  resize NAME|ID M        objects per magazine from now on\n"
"  show NAME|ID            the same as mmlab slab NAME\n"
"      --all          maps of all slabs, not only of the first 16\n"
"  --json             create, alloc, show: as JSON\n"
"\n"
"A cache and its objects belong to the lab process that made them, and go with\n"
"it: so work inside `mmlab run`, or let create start a COMMAND or --hold. ID is\n"
"the number that create printed. mmlab peek and poke reach objects.\n"
"\n"
"Example:\n"
"  mmlab run\n"
"  $ mmlab cache create fish --size 100 --flags ZP\n"
"  $ mmlab cache alloc fish --count 3\n"
"  $ mmlab cache show fish\n"
"\n"
"Exit status: 0 done, 1 refused, 2 usage, 3 module not loaded, 4 permission; of\n"
"create with COMMAND, that of COMMAND.\n",
	.run = run_cache,
};
