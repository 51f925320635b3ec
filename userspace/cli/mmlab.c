// SPDX-License-Identifier: GPL-2.0
/* mmlab: the lab machine from the command line. Finds the subcommand and runs it. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "pager.h"
#include "session.h"
#include "table.h"

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
"MMLAB_MODULE is the module file that load takes; PAGER shows long help.\n";

static void print_overview(FILE *out)
{
	const struct table_row *row;

	fputs("Usage: mmlab COMMAND [ARGUMENTS]\n\n"
	      "A whole small memory manager inside your kernel, to look at and to touch.\n", out);
	for (row = table; row->title || row->command; row++)
		if (row->title)
			fprintf(out, "\n%s\n", row->title);
		else
			fprintf(out, "  %-13s %s\n", row->command->name, row->command->summary);
	fputs(epilogue, out);
}

static void show_overview(void)
{
	size_t size;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	print_overview(out);
	if (!fclose(out))
		pager_show(text);
	free(text);
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
		show_overview();
		return CLI_OK;
	}
	cmd = table_find(name);
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
	cmd = table_find(argv[1]);
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
