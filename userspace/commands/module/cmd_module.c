// SPDX-License-Identifier: GPL-2.0
/* load, unload: the module in and out of the kernel, by libkmod. */
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/holders.h"
#include "cli/host.h"
#include "cli/modfile.h"
#include "libmmlab.h"

/* The example driver, which uses the lab as other modules may. */
#define DRIVER	"mmlab_mapdrv"

/* Joins param=value arguments. Return: CLI_OK or a usage error */
static int join_parameters(const struct command *cmd, const char *path, char **argv,
			   char *buf, size_t size)
{
	char names[256], name[64];
	size_t used = 0;

	buf[0] = '\0';
	for (; *argv; argv++) {
		size_t length = strcspn(*argv, "=");
		int known;

		if (!(*argv)[length] || !length || length >= sizeof(name))
			return cli_usage(cmd, "'%s' is not PARAMETER=VALUE", *argv);
		snprintf(name, sizeof(name), "%.*s", (int)length, *argv);
		/* The kernel would load without it and only log that. */
		known = modfile_has_parameter(path, name, names, sizeof(names));
		if (!known)
			return cli_usage(cmd, "the module has no parameter '%s'; it has: %s",
					 name, *names ? names : "none");
		used += (size_t)snprintf(buf + used, size - used, "%s%s",
					 used ? " " : "", *argv);
		if (used >= size)
			return cli_usage(cmd, "too many parameters");
	}
	return CLI_OK;
}

static const char *load_cure(int error)
{
	switch (-error) {
	case EEXIST:
		return "It is loaded already: mmlab status shows it, mmlab unload takes it out";
	case ENOEXEC:
		return "Built for another kernel, or cut short: mmlab doctor; make clean && make";
	case EINVAL:
		return "A parameter is out of range: dmesg says which (mem= is 4 to 896 MiB)";
	case ENOMEM:
		return "The host has too little free memory: try a smaller mem=";
	case EPERM:
		return "It needs root: sudo mmlab load (as root: mmlab doctor looks for lockdown)";
	case EKEYREJECTED:
	case ENOKEY:
		return "This kernel takes signed modules only: mmlab doctor says how to sign it";
	case ENOENT:
		return "A symbol is missing (dmesg | tail): built for another kernel? mmlab doctor";
	default:
		return "dmesg | tail has the kernel's reason; mmlab doctor looks for common ones";
	}
}

/* udev may take a moment to create the node, or to set its group. */
static void wait_for_device(void)
{
	const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	int tries;

	for (tries = 0; tries < 100 && access(mmlab_device_path(), F_OK); tries++)
		nanosleep(&pause, NULL);
	if (tries == 100)
		fprintf(stderr, "mmlab: warning: %s has not appeared: mmlab doctor\n",
			mmlab_device_path());
}

/* The example driver, /dev/mapdrv. The lab is whole without it. */
static void insert_driver(const char *path)
{
	char driver[PATH_MAX];
	int error;

	if (!modfile_beside(path, DRIVER, driver, sizeof(driver)))
		return;
	error = modfile_insert(driver, "");
	if (error)
		fprintf(stderr, "mmlab: warning: loading %s: %s; there is no /dev/mapdrv\n",
			driver, strerror(-error));
}

static int insert(const char *path, const char *parameters)
{
	int error = modfile_insert(path, parameters);

	if (error)
		return cli_fail(error, load_cure(error), "loading %s", path);
	printf("loaded %s%s%s\n", path, *parameters ? " " : "", parameters);
	insert_driver(path);
	wait_for_device();
	return CLI_OK;
}

static int run_load(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "module", required_argument, NULL, 'm' }, CLI_OPTION_HELP, { 0 }
	};
	char path[PATH_MAX], parameters[512];
	const char *given = NULL, *damage;
	int option, status;

	while ((option = cli_option(cmd, argc, argv, "m:h", longs)) != -1)
		if (option == 'm')
			given = optarg;
	if (!modfile_find(given, path, sizeof(path))) {
		if (given)
			return cli_fail(ENOENT, "make builds it; give its path after --module",
					"%s", given);
		return cli_fail(0, "make builds it (in the source tree), or say where it is: mmlab load --module FILE",
				"no mmlab.ko beside this program or installed for this kernel");
	}
	damage = modfile_damage(path);
	if (damage)
		return cli_fail(0, "Build it again: make clean && make (and strip it with --strip-debug at most)",
				"%s is no whole kernel module: it %s", path, damage);
	status = join_parameters(cmd, path, argv + optind, parameters, sizeof(parameters));
	if (status)
		return status;
	if (host_module_loaded() == 1)
		return cli_fail(EEXIST, load_cure(-EEXIST), "loading %s", path);
	return insert(path, parameters);
}

const struct command cmd_load = {
	.name = "load",
	.args = "[--module FILE] [PARAMETER=VALUE…]",
	.summary = "Load the module",
	.help =
"Takes FILE, else $MMLAB_MODULE, else the mmlab.ko beside this program or one\n"
"directory up (a build tree), else the one installed for the running kernel.\n"
"mmlab_mapdrv.ko, the example driver (/dev/mapdrv), is loaded as well if it lies\n"
"beside that.\n"
"\n"
"  --module FILE   the module file\n"
"  mem=MIB         size of the lab machine's memory, 4 to 896 (64)\n"
"  pcp_batch=N     frames moved at once to or from a per-CPU list, 1 to 1024 (31)\n"
"  pcp_high=N      frames kept per CPU at most, 0 to 8192; 0 is none (186)\n"
"  fault_around=N  pages that one page fault brings along at most, a power of two\n"
"                  up to 512 (1)\n"
"  zero_page=1     loads map one shared frame of zeros, until the first store (0)\n"
"  magazine=N      objects per magazine of every cache, 0 to 240; -1 is by size (-1)\n"
"  debug=ZPFU      debugging of every cache, any of these letters (none)\n"
"  seed=N          of the object order in caches with random order; 0 is a new one\n"
"                  at each load (0)\n"
"  fail_frame=INTERVAL,PROBABILITY,SPACE,TIMES\n"
"                  lets allocations of frames fail, as fault injection does (0)\n"
"  fail_slab=INTERVAL,PROBABILITY,SPACE,TIMES\n"
"                  the same for slabs\n"
"  fail_map=INTERVAL,PROBABILITY,SPACE,TIMES\n"
"                  the same for entries of page tables\n"
"  fail_swap_read=INTERVAL,PROBABILITY,SPACE,TIMES\n"
"                  the same for reads of pages from swap\n"
"  fail_swap_write=INTERVAL,PROBABILITY,SPACE,TIMES\n"
"                  the same for writes of pages to swap\n"
"  swap_delay_us=N microseconds that a read or a write of swap takes at least, up to\n"
"                  1000000 (0)\n"
"\n"
"Example:\n"
"  sudo mmlab load mem=256 pcp_high=0\n"
"\n"
"Exit status: 0 loaded, 1 refused (the reason and a cure are shown), 2 usage,\n"
"4 not root.\n",
	.run = run_load,
};

static void print_holder(const struct holder *holder, void *arg)
{
	unsigned int *count = arg;

	++*count;
	if (holder->pid == getpid()) {
		fputs("  this command itself: leave the session (mmlab run) that it was started in\n",
		      stderr);
		return;
	}
	fprintf(stderr, "  PID %d (%s): %u descriptor%s, %u window%s\n",
		holder->pid, holder->name,
		holder->descriptors, holder->descriptors == 1 ? "" : "s",
		holder->windows, holder->windows == 1 ? "" : "s");
}

/* How often a module is in use, from sysfs; 0 if it is not loaded. */
static unsigned long module_uses(const char *name)
{
	char path[64], line[32];

	snprintf(path, sizeof(path), "/sys/module/%s/refcnt", name);
	return host_read_line(path, line, sizeof(line)) ? 0 : strtoul(line, NULL, 10);
}

static bool module_loaded(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/module/%s/refcnt", name);
	return host_exists(path);
}

/* Modules that use ours, from sysfs; the driver only if unload can't take it out. */
static unsigned int print_dependents(void)
{
	char path[PATH_MAX];
	unsigned int count = 0;
	struct dirent *entry;
	DIR *directory;

	directory = opendir(host_path(path, sizeof(path), "/sys/module/mmlab/holders"));
	if (!directory)
		return 0;
	while ((entry = readdir(directory))) {
		if (entry->d_name[0] == '.' ||
		    (!strcmp(entry->d_name, DRIVER) && !module_uses(DRIVER)))
			continue;
		fprintf(stderr, "  module %s uses it: rmmod %s first\n",
			entry->d_name, entry->d_name);
		count++;
	}
	closedir(directory);
	return count;
}

static void print_tracer(const struct holder *holder, void *arg)
{
	++*(unsigned int *)arg;
	fprintf(stderr, "  PID %d (%s): %u perf event%s, which may be mmlab's\n", holder->pid,
		holder->name, holder->descriptors, holder->descriptors == 1 ? "" : "s");
}

/* The first process has such programs of its own, and must not be ended. */
static void print_program(const struct holder *holder, void *arg)
{
	if (holder->pid == 1)
		return;
	++*(unsigned int *)arg;
	fprintf(stderr, "  PID %d (%s): %u program%s of BPF, which may be attached to mmlab\n",
		holder->pid, holder->name, holder->descriptors,
		holder->descriptors == 1 ? "" : "s");
}

/* Of all events, those with a trigger that switches one of the lab's. */
static unsigned int print_triggers(void)
{
	char pattern[PATH_MAX], text[4096];
	unsigned int count = 0;
	glob_t found;
	size_t i;

	host_path(pattern, sizeof(pattern), "/sys/kernel/tracing/events/*/*/trigger");
	if (glob(pattern, 0, NULL, &found))
		return 0;
	for (i = 0; i < found.gl_pathc; i++) {
		FILE *file = fopen(found.gl_pathv[i], "re");
		size_t length = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

		text[length] = '\0';
		if (file)
			fclose(file);
		if (!strstr(text, "able_event:mmlab:"))
			continue;
		fprintf(stderr, "  ftrace, by a trigger in %s: echo '!' and its line there\n",
			found.gl_pathv[i]);
		count++;
	}
	globfree(&found);
	return count;
}

static int explain_busy(int error)
{
	unsigned int count = 0;
	int hidden;

	cli_fail(error, NULL, "unload: the module is in use");
	count = print_dependents();
	hidden = holders_scan(print_holder, &count);
	if (hidden > 0)
		fprintf(stderr, "  %d process%s could not be looked into: run it as root\n",
			hidden, hidden == 1 ? "" : "es");
	/* a tracer of the module's events keeps it, too, and opens no device */
	if (!count)
		tracers_scan(TRACER_PERF, print_tracer, &count);
	if (!count)
		tracers_scan(TRACER_BPF, print_program, &count);
	if (!count)
		count = print_triggers();
	if (count)
		fputs("End these first, then: mmlab unload\n", stderr);
	else
		fputs("  No holder is to be seen: a descriptor on its way through a socket, or a file of\n"
		      "  /proc/mmlab being read. Try again in a moment.\n", stderr);
	return CLI_FAILED;
}

/* Takes the module out, and the driver with it. Return: an exit status */
static int take_out(void)
{
	bool driver;
	int error;

	if (host_module_loaded() != 1) {
		fputs("mmlab: the module is not loaded\n", stderr);
		return CLI_NO_LAB;
	}
	/* Not the one without the other: the driver counts as one use of the lab. */
	driver = module_loaded(DRIVER);
	error = module_uses("mmlab") > driver ? -EBUSY :
		driver ? modfile_remove(DRIVER) : 0;
	if (!error)
		error = modfile_remove("mmlab");
	if (error == -EBUSY || error == -EAGAIN)
		return explain_busy(error);
	if (error)
		return cli_fail(error, error == -EPERM ? "Unloading needs root: use sudo" :
				"dmesg | tail has the kernel's reason", "unload");
	return CLI_OK;
}

static int run_unload(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = { CLI_OPTION_HELP, { 0 } };
	int status;

	while (cli_option(cmd, argc, argv, "h", longs) != -1)
		;
	if (optind < argc)
		return cli_usage(cmd, "'%s' is one argument too many", argv[optind]);
	status = take_out();
	if (status == CLI_OK)
		printf("unloaded\n");
	return status;
}

const struct command cmd_unload = {
	.name = "unload",
	.args = "",
	.summary = "Unload the module; says who holds it when it is busy",
	.help =
"Takes the example driver out as well, which mmlab load loads beside it.\n"
"A descriptor of the device or a window on it keeps the module in the kernel,\n"
"and so does a module that uses it, or perf or ftrace with its events. When busy, the holders are listed; as\n"
"root, all of them.\n"
"\n"
"Exit status: 0 unloaded, 1 in use or refused, 3 it was not loaded, 4 not root.\n",
	.run = run_unload,
};

/*
 * The parameters that the loaded module has, as insmod takes them. An empty value is the
 * default, and one with a blank can't be handed over. Allocations that fail on purpose are
 * an experiment, which a reset ends.
 */
static void read_parameters(char *buf, size_t size)
{
	char path[PATH_MAX], value[128];
	struct dirent *entry;
	size_t used = 0;
	DIR *directory;

	buf[0] = '\0';
	directory = opendir(host_path(path, sizeof(path), "/sys/module/mmlab/parameters"));
	if (!directory)
		return;
	while ((entry = readdir(directory))) {
		if (entry->d_name[0] == '.' || !strncmp(entry->d_name, "fail_", 5))
			continue;
		snprintf(path, sizeof(path), "/sys/module/mmlab/parameters/%s", entry->d_name);
		if (host_read_line(path, value, sizeof(value)) || !*value || strchr(value, ' '))
			continue;
		used += (size_t)snprintf(buf + used, size - used, "%s%s=%s", used ? " " : "",
					 entry->d_name, value);
		if (used >= size) {
			buf[size - 1] = '\0';
			break;
		}
	}
	closedir(directory);
}

static int run_reset(const struct command *cmd, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "module", required_argument, NULL, 'm' }, CLI_OPTION_HELP, { 0 }
	};
	char path[PATH_MAX], parameters[1024], changed[512];
	const char *given = NULL;
	int option, status;
	size_t used;

	while ((option = cli_option(cmd, argc, argv, "m:h", longs)) != -1)
		if (option == 'm')
			given = optarg;
	if (!modfile_find(given, path, sizeof(path)))
		return cli_fail(0, "Say where it is: mmlab reset --module FILE", "no mmlab.ko to load again");
	status = join_parameters(cmd, path, argv + optind, changed, sizeof(changed));
	if (status)
		return status;
	/* the last one counts */
	read_parameters(parameters, sizeof(parameters) - sizeof(changed));
	used = strlen(parameters);
	snprintf(parameters + used, sizeof(parameters) - used, " %s", changed);
	status = take_out();
	return status ? status : insert(path, parameters);
}

const struct command cmd_reset = {
	.name = "reset",
	.args = "[--module FILE] [PARAMETER=VALUE…]",
	.summary = "Make the lab machine as new: unload and load, with its parameters",
	.help =
"Takes the module out and loads it again, with the parameters that it has now\n"
"(but those of failure points, fail_*); those that are given replace them.\n"
"All lab processes must have ended. A machine whose check says BROKEN, as after\n"
"mmlab inject, is sound again.\n"
"\n"
"  --module FILE   the module file (as for load)\n"
"\n"
"Exit status: 0 done, 1 in use or refused, 2 usage, 3 it was not loaded, 4 not\n"
"root.\n",
	.run = run_reset,
};
