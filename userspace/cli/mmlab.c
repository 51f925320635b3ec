// SPDX-License-Identifier: GPL-2.0
/* mmlab: the lab machine from the command line. The table of subcommands. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "session.h"

static const struct {
	const char *title;
	const struct command *commands[8];
} groups[] = {
	{ "The module", { &cmd_load, &cmd_unload, &cmd_status, &cmd_doctor } },
	{ "A lab process and its memory",
	  { &cmd_run, &cmd_proc, &cmd_vma, &cmd_page, &cmd_alloc, &cmd_free } },
	{ "Slab caches and kmalloc",
	  { &cmd_cache, &cmd_kmalloc, &cmd_kfree, &cmd_slab } },
	{ "vmalloc areas", { &cmd_vmalloc, &cmd_vfree, &cmd_vm } },
	{ "Memory pressure", { &cmd_swapon, &cmd_swapoff, &cmd_policy } },
	{ "Linear addresses", { &cmd_walk, &cmd_touch, &cmd_peek, &cmd_poke } },
	{ "Experiments",
	  { &cmd_inject, &cmd_trace_byte, &cmd_fragmentation, &cmd_regions, &cmd_eager_lazy } },
	{ "The lab as a whole",
	  { &cmd_info, &cmd_drain, &cmd_check, &cmd_bench, &cmd_version } },
};

#define NR_GROUPS	(sizeof(groups) / sizeof(groups[0]))
#define GROUP_SIZE	(sizeof(groups[0].commands) / sizeof(groups[0].commands[0]))

static const char epilogue[] =
"\n"
"`mmlab help COMMAND` or `mmlab COMMAND --help` explains one. Addresses and\n"
"numbers are decimal, or hexadecimal after 0x.\n"
"\n"
"Exit status: 0 done; 1 failed, broken or blocked; 2 wrong usage; 3 the module\n"
"is not loaded; 4 permission denied; 126 and 127 a COMMAND that could not be\n"
"started or found; run and alloc otherwise end with their COMMAND's status.\n"
"\n"
"Environment: MMLAB_FD is the lab process that `mmlab run` opened; MMLAB_DEV,\n"
"MMLAB_PROC and MMLAB_ROOT stand in for /dev/mmlab, /proc/mmlab and /;\n"
"MMLAB_MODULE is the module file that load takes.\n";

static void print_overview(FILE *out)
{
	size_t g, i;

	fputs("Usage: mmlab COMMAND [ARGUMENTS]\n\n"
	      "A whole small memory manager inside your kernel, to look at and to touch.\n", out);
	for (g = 0; g < NR_GROUPS; g++) {
		fprintf(out, "\n%s\n", groups[g].title);
		for (i = 0; i < GROUP_SIZE && groups[g].commands[i]; i++)
			fprintf(out, "  %-13s %s\n", groups[g].commands[i]->name,
				groups[g].commands[i]->summary);
	}
	fputs(epilogue, out);
}

static const struct command *find_command(const char *name)
{
	size_t g, i;

	for (g = 0; g < NR_GROUPS; g++)
		for (i = 0; i < GROUP_SIZE && groups[g].commands[i]; i++)
			if (!strcmp(groups[g].commands[i]->name, name))
				return groups[g].commands[i];
	return NULL;
}

static int unknown_command(const char *name)
{
	fprintf(stderr, "mmlab: there is no command '%s'\nTry: mmlab help\n", name);
	return CLI_USAGE;
}

static int help(const char *name)
{
	const struct command *cmd;

	if (!name || !strcmp(name, "help")) {
		print_overview(stdout);
		return CLI_OK;
	}
	cmd = find_command(name);
	if (!cmd)
		return unknown_command(name);
	cli_print_help(cmd);
	return CLI_OK;
}

/* A root of its own has its own device and /proc files. */
static void apply_root(void)
{
	const char *root = getenv("MMLAB_ROOT");
	char path[PATH_MAX];

	if (!root)
		return;
	snprintf(path, sizeof(path), "%s/dev/mmlab", root);
	setenv("MMLAB_DEV", path, 0);
	snprintf(path, sizeof(path), "%s/proc/mmlab", root);
	setenv("MMLAB_PROC", path, 0);
}

static int dispatch(int argc, char **argv)
{
	const struct command *cmd;
	char name[64];
	int status;

	if (argc < 2) {
		print_overview(stderr);
		return CLI_USAGE;
	}
	if (!strcmp(argv[1], "help"))
		return help(argv[2]);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return help(NULL);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
		argv[1] = (char *)"version";
	cmd = find_command(argv[1]);
	if (!cmd)
		return unknown_command(argv[1]);
	if (cmd->kept) {
		status = session_choose(cmd, &argc, argv);
		if (status)
			return status;
	}
	snprintf(name, sizeof(name), "mmlab %s", cmd->name);
	argv[1] = name;
	return cmd->run(cmd, argc - 1, argv + 1);
}

/* Else the device would become one of them, and a program that is started here
 * would read or write it.
 */
static void open_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	int status;

	open_standard_files();
	apply_root();
	status = dispatch(argc, argv);
	if ((fflush(stdout) || ferror(stdout)) && status == CLI_OK) {
		perror("mmlab: writing the output");
		return CLI_FAILED;
	}
	return status;
}
