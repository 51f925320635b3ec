// SPDX-License-Identifier: GPL-2.0
/* mkswap: a file for swapon. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "libmmlab.h"

#define DEFAULT_BYTES	(UINT64_C(64) << 20)	/* as much as the arena has by default */

static const char *cure_of(int error)
{
	switch (error) {
	case -EEXIST:
		return "A swap file is made anew: remove this one, or give another name";
	case -ENOSPC:
		return "A swap file has no holes: make room, or give a smaller --size";
	default:
		return NULL;
	}
}

static int parse_mkswap(const struct command *cmd, int argc, char **argv, uint64_t *bytes)
{
	static const struct option longs[] = {
		{ "size", required_argument, NULL, 's' }, CLI_OPTION_HELP, { 0 }
	};
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), most = MMLAB_SWAP_MAX_PAGES * page;

	*bytes = DEFAULT_BYTES;
	while (cli_option(cmd, argc, argv, "s:h", longs) != -1)
		if (!cli_parse_size(optarg, most, bytes) || !*bytes)
			return cli_usage(cmd, "--size is 1 to %uG, not '%s'",
					 (unsigned int)(most >> 30), optarg);
	if (optind == argc)
		return cli_usage(cmd, "give the file that is to be made");
	if (argc - optind > 1)
		return cli_usage(cmd, "'%s' is one argument too many", argv[optind + 1]);
	return CLI_OK;
}

/* A file that could not be finished is taken away again. */
static int make(const char *path, uint32_t nr_pages)
{
	int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int error;

	if (file < 0)
		return -errno;
	error = mmlab_make_swap_file(file, nr_pages);
	if (close(file) && !error)
		error = -errno;
	if (error)
		unlink(path);
	return error;
}

static int run_mkswap(const struct command *cmd, int argc, char **argv)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), bytes, nr_pages;
	int error, status = parse_mkswap(cmd, argc, argv, &bytes);

	if (status)
		return status;
	nr_pages = (bytes + page - 1) / page;
	error = make(argv[optind], (uint32_t)nr_pages);
	if (error)
		return cli_fail(error, cure_of(error), "mkswap %s", argv[optind]);
	printf("%s: room for %u pages; mmlab swapon %s adds it\n", argv[optind],
	       (unsigned int)nr_pages, argv[optind]);
	return CLI_OK;
}

const struct command cmd_mkswap = {
	.name = "mkswap",
	.args = "FILE [--size N]",
	.summary = "Make a file for swapon",
	.help =
"Makes FILE, which must not exist yet: a page with a header, and room for N bytes,\n"
"all of it allocated. Only its owner can read it, as the pages of lab processes\n"
"will be in it. It needs no module.\n"
"\n"
"  --size N  bytes, K, M and G are known; otherwise 64M\n"
"\n"
"Example:\n"
"  mmlab mkswap /var/tmp/lab.swap && mmlab swapon /var/tmp/lab.swap\n"
"\n"
"Exit status: 0 done, 1 failed, 4 permission.\n",
	.run = run_mkswap,
};
