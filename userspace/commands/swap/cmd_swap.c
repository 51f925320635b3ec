// SPDX-License-Identifier: GPL-2.0
/* swapon, swapoff, policy: what happens when frames run out. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/session.h"
#include "libmmlab.h"

#define PRIO_MAX	32767

static const char *cure_of(int error)
{
	switch (error) {
	case -EPERM:
		return "Only root may (CAP_SYS_ADMIN), and there can be 8 areas";
	case -ENOTTY:
		return "The module is older than this mmlab: build both from the same source";
	default:
		return NULL;
	}
}

/* Rounded up to pages; 0: as many as the arena has frames. */
static int parse_swapon(const struct command *cmd, int argc, char **argv,
			struct mmlab_swap *swap, uint64_t *bytes, bool *json)
{
	static const struct option longs[] = {
		{ "size", required_argument, NULL, 's' },
		{ "priority", required_argument, NULL, 'p' },
		CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 }
	};
	uint64_t number;
	int option;

	*swap = (struct mmlab_swap){ .prio = -1 };
	*bytes = 0;
	while ((option = cli_option(cmd, argc, argv, "s:p:jh", longs)) != -1) {
		if (option == 'j')
			*json = true;
		if (option == 's' && (!cli_parse_size(optarg, UINT32_MAX, bytes) || !*bytes))
			return cli_usage(cmd, "--size is 1 to 4G less 1, not '%s'", optarg);
		if (option != 'p')
			continue;
		if (!cli_parse_number(optarg, PRIO_MAX, &number))
			return cli_usage(cmd, "--priority is 0 to %d, not '%s'", PRIO_MAX, optarg);
		swap->prio = (__s32)number;
	}
	if (argc - optind > 1)
		return cli_usage(cmd, "'%s' is one argument too many", argv[optind + 1]);
	if (optind < argc && *bytes)
		return cli_usage(cmd, "the size of a file is that of mkswap: leave --size out");
	return CLI_OK;
}

static const char *file_cure(int error)
{
	switch (error) {
	case -EISDIR:
	case -EINVAL:
		return "It takes a regular file: mmlab mkswap makes one";
	case -ELOOP:
		return "The lab can't swap to itself: mmlab mkswap makes a file";
	case -EACCES:
		return "Only its owner may use it, and that is root or you: chmod 600, chown root";
	case -EBUSY:
		return "It is in use: see mmlab info swaps, /proc/swaps, and who writes to it";
	case -ENODATA:
		return "It has no header: mmlab mkswap makes a new one";
	case -ENOSPC:
		return "It is too small for its header, or has holes: mmlab mkswap makes a new one";
	default:
		return cure_of(error);
	}
}

/* What can't be written may be opened all the same, for the lab to say what it is. */
static int open_file(const char *path)
{
	int file = open(path, O_RDWR | O_CLOEXEC);

	if (file < 0 && errno == EISDIR)
		file = open(path, O_RDONLY | O_CLOEXEC);
	return file < 0 ? -errno : file;
}

static int add_file(int fd, const char *path, struct mmlab_swap *swap)
{
	struct mmlab_swap_file area = { .prio = swap->prio };
	int error;

	area.fd = open_file(path);
	if (area.fd < 0)
		return area.fd;
	error = mmlab_add_swap_file(fd, &area);
	close(area.fd);
	swap->type = area.type;
	swap->nr_pages = area.nr_pages;
	return error;
}

static int run_swapon(const struct command *cmd, int argc, char **argv)
{
	struct session session;
	struct mmlab_swap swap;
	const char *path;
	bool json = false;
	uint64_t bytes, page;
	int error, status = parse_swapon(cmd, argc, argv, &swap, &bytes, &json);

	if (!status)
		status = session_open(&session);
	if (status)
		return status;
	path = argv[optind];	/* NULL: memory */
	page = UINT64_C(1) << session.info.page_shift;
	swap.nr_pages = (__u32)((bytes + page - 1) / page);
	error = path ? add_file(session.fd, path, &swap) : mmlab_add_swap(session.fd, &swap);
	session_close(&session);
	if (error)
		return cli_fail(error, path ? file_cure(error) : cure_of(error), "swapon%s%s",
				path ? " " : "", path ? path : "");
	if (json) {
		json_object_begin(NULL);
		json_number("area", swap.type);
		json_number("pages", swap.nr_pages);
		json_object_end();
		return CLI_OK;
	}
	printf("area %u: %u pages in %s; mmlab swapoff %u ends it\n",
	       swap.type, swap.nr_pages, path ? path : "memory of the host", swap.type);
	return CLI_OK;
}

const struct command cmd_swapon = {
	.name = "swapon",
	.args = "[FILE] [--size N] [--priority N] [--json]",
	.summary = "Add a swap area, so that pages can go when frames run out",
	.help =
"Makes a swap area in memory of the host, or in FILE, which mmlab mkswap has made.\n"
"From now on, a touch that finds no frame takes a page away from a lab process, by\n"
"the policy in charge (mmlab policy), instead of ending in a SIGBUS. It needs\n"
"CAP_SYS_ADMIN. FILE stays open until swapoff or mmlab unload; what went out can\n"
"be read in it, even after that.\n"
"\n"
"  --size N      bytes, K, M and G are known; otherwise as large as the arena (not\n"
"                with FILE)\n"
"  --priority N  0 to 32767: areas of a higher one are filled first\n"
"  --json        its number and size as JSON\n"
"\n"
"See also: mmlab info swaps.\n"
"\n"
"Exit status: 0 done, 1 failed, 3 module not loaded, 4 permission.\n",
	.run = run_swapon,
};

static const char *swapoff_cure(int error)
{
	switch (error) {
	case -ENOMEM:
		return "Not all its pages fit elsewhere: end lab processes, or add an area";
	case -EINVAL:
		return "There is no such area: see mmlab info swaps";
	default:
		return cure_of(error);
	}
}

/* The one argument of swapoff. */
static int parse_argument(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = { CLI_OPTION_HELP, { 0 } };

	while (cli_option(cmd, argc, argv, "h", longs) != -1)
		;
	if (argc - optind > 1)
		return cli_usage(cmd, "'%s' is one argument too many", argv[optind + 1]);
	return CLI_OK;
}

/* A number is one, anything with another character in it is a file. */
static bool is_number(const char *text)
{
	return !text[strspn(text, "0123456789")];
}

/* The area that is in a file. */
static int find_area(int fd, const char *path, uint64_t *type)
{
	struct mmlab_swap_file area = { .flags = MMLAB_SWAP_FILE_ASK };
	int error;

	area.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (area.fd < 0)
		return -errno;
	error = mmlab_add_swap_file(fd, &area);
	close(area.fd);
	*type = area.type;
	return error;
}

static int run_swapoff(const struct command *cmd, int argc, char **argv)
{
	struct mmlab_swap swap = { 0 };
	struct session session;
	uint64_t type;
	bool number;
	int error, status = parse_argument(cmd, argc, argv);

	if (status)
		return status;
	number = optind < argc && is_number(argv[optind]);
	if (optind == argc ||
	    (number && !cli_parse_number(argv[optind], MMLAB_NR_SWAP_AREAS - 1, &type)))
		return cli_usage(cmd, "which area? 0 to %d or its file, see mmlab info swaps",
				 MMLAB_NR_SWAP_AREAS - 1);
	status = session_open(&session);
	if (status)
		return status;
	error = number ? 0 : find_area(session.fd, argv[optind], &type);
	if (error) {
		session_close(&session);
		return cli_fail(error, error == -ENOENT ? swapoff_cure(-EINVAL) : NULL,
				"swapoff %s", argv[optind]);
	}
	swap.type = (__u32)type;
	error = mmlab_remove_swap(session.fd, &swap);
	session_close(&session);
	if (error)
		return cli_fail(error, swapoff_cure(error), "swapoff of area %u", swap.type);
	printf("area %u is off\n", swap.type);
	return CLI_OK;
}

const struct command cmd_swapoff = {
	.name = "swapoff",
	.args = "AREA|FILE",
	.summary = "Bring back what lies in a swap area, and end it",
	.help =
"AREA is the number that swapon printed; an area in a file is also known by FILE,\n"
"and mmlab info swaps has both. What has a digit only is a number. If not all pages\n"
"fit, the area stays. It needs CAP_SYS_ADMIN.\n"
"\n"
"Exit status: 0 done, 1 failed, 3 module not loaded, 4 permission.\n",
	.run = run_swapoff,
};

/* One after the other; they may come and go meanwhile. */
static int list_policies(int fd)
{
	struct mmlab_policy policy;
	int error = 0;
	__u32 index;

	for (index = 0; !error; index++) {
		policy = (struct mmlab_policy){ .flags = MMLAB_POLICY_LIST, .index = index };
		error = mmlab_choose_policy(fd, &policy);
		if (!error)
			printf("%.*s\n", (int)sizeof(policy.name), policy.name);
	}
	return error == -ENOENT ? CLI_OK : cli_fail(error, cure_of(error), "policy --list");
}

static int parse_policy(const struct command *cmd, int argc, char **argv, bool *list)
{
	static const struct option longs[] = {
		{ "list", no_argument, NULL, 'l' }, CLI_OPTION_HELP, { 0 }
	};

	while (cli_option(cmd, argc, argv, "lh", longs) != -1)
		*list = true;
	if (argc - optind > !*list)
		return cli_usage(cmd, "'%s' is one argument too many", argv[argc - 1]);
	return CLI_OK;
}

static int run_policy(const struct command *cmd, int argc, char **argv)
{
	struct mmlab_policy policy = { 0 };
	struct session session;
	bool list = false;
	int error, status = parse_policy(cmd, argc, argv, &list);

	if (status)
		return status;
	if (optind < argc && (!*argv[optind] || strlen(argv[optind]) >= sizeof(policy.name)))
		return cli_usage(cmd, "'%s' is no name of a policy", argv[optind]);
	if (optind < argc)
		memcpy(policy.name, argv[optind], strlen(argv[optind]));
	status = session_open(&session);
	if (status)
		return status;
	if (list) {
		status = list_policies(session.fd);
		session_close(&session);
		return status;
	}
	error = mmlab_choose_policy(session.fd, &policy);
	session_close(&session);
	if (error == -ENOENT)
		return cli_fail(error, "mmlab policy --list names those that there are",
				"policy %s", policy.name);
	if (error)
		return cli_fail(error, cure_of(error), "policy");
	printf("%.*s\n", (int)sizeof(policy.name), policy.name);
	return CLI_OK;
}

const struct command cmd_policy = {
	.name = "policy",
	.args = "[--list | two-lists|fifo|clock|lru|mru|nfu|random|NAME]",
	.summary = "Show or choose which page goes next when frames run out",
	.help =
"There are two-lists (as in Linux 2.4, the default), fifo, clock, lru, mru, nfu and\n"
"random, and those of other modules (Documentation/policies.md). To choose one needs\n"
"CAP_SYS_ADMIN. It matters once there is swap.\n"
"\n"
"  --list  name all policies, one a line\n"
"\n"
"Exit status: 0 done, 1 failed, 3 module not loaded, 4 permission.\n",
	.run = run_policy,
};
