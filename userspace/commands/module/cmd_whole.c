// SPDX-License-Identifier: GPL-2.0
/* drain, check, version: about the lab as a whole. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/host.h"
#include "cli/json.h"
#include "cli/session.h"
#include "lab/labfile.h"
#include "libmmlab.h"
#include "mmlab_version.h"

/* Options of commands that know only --json and take no arguments. */
static int parse_json_only(const struct command *cmd, int argc, char **argv, bool *json)
{
	static const struct option longs[] = { CLI_OPTION_JSON, CLI_OPTION_HELP, { 0 } };
	int option;

	while ((option = cli_option(cmd, argc, argv, "jh", longs)) != -1)
		if (option == 'j')
			*json = true;
	if (optind < argc)
		return cli_usage(cmd, "'%s' is one argument too many", argv[optind]);
	return CLI_OK;
}

static int run_drain(const struct command *cmd, int argc, char **argv)
{
	struct mmlab_drain drain = { 0 };
	struct session session;
	bool json = false;
	int error, status = parse_json_only(cmd, argc, argv, &json);

	if (!status)
		status = session_open(&session);
	if (status)
		return status;
	error = mmlab_drain_caches(session.fd, &drain);
	session_close(&session);
	if (error)
		return cli_fail(error, NULL, "draining");
	if (json) {
		json_object_begin(NULL);
		json_number("per_cpu_frames", drain.nr_pcp);
		json_number("released_frames", drain.nr_released);
		json_number("quarantined_frames", drain.nr_quarantined);
		json_object_end();
		return CLI_OK;
	}
	printf("%8" PRIu64 " frames left the per-CPU lists\n", (uint64_t)drain.nr_pcp);
	printf("%8" PRIu64 " frames left quarantine, their pins are gone\n",
	       (uint64_t)drain.nr_released);
	printf("%8" PRIu64 " frames are still pinned and stay in quarantine\n",
	       (uint64_t)drain.nr_quarantined);
	return CLI_OK;
}

const struct command cmd_drain = {
	.name = "drain",
	.args = "[--json]",
	.summary = "Give cached frames back to the buddy allocator",
	.help =
"Empties the per-CPU lists, so that free frames can merge into larger blocks,\n"
"and takes frames out of quarantine that are not pinned any more.\n"
"\n"
"  --json   the three counts as JSON\n"
"\n"
"Exit status: 0 done, 1 failed, 3 module not loaded, 4 permission.\n",
	.run = run_drain,
};

struct verdict {
	char line[256];			/* of /proc/mmlab/check */
	bool asked_device;
	struct mmlab_check device;
	bool ok;
};

static int run_validators(struct verdict *verdict, char **text)
{
	int fd;

	*text = labfile_read("check", NULL);
	if (!*text) {
		char path[PATH_MAX];
		int error = errno;

		mmlab_proc_path(path, sizeof(path), "check");
		return cli_fail_open(error, path);
	}
	labfile_verdict(*text, verdict->line, sizeof(verdict->line));
	verdict->ok = !strcmp(verdict->line, "ok");

	/* The device runs them once more and counts, if one may open it. */
	fd = mmlab_open(O_RDWR | O_CLOEXEC);
	if (fd >= 0) {
		verdict->asked_device = !mmlab_run_check(fd, &verdict->device);
		close(fd);
	}
	verdict->device.rule[sizeof(verdict->device.rule) - 1] = '\0';
	if (verdict->asked_device && verdict->device.broken)
		verdict->ok = false;
	return CLI_OK;
}

static void print_verdict_json(const struct verdict *verdict)
{
	json_object_begin(NULL);
	json_bool("ok", verdict->ok);
	json_string("verdict", verdict->line);
	if (verdict->asked_device) {
		json_number("objects", verdict->device.nr_objects);
		json_number("broken", verdict->device.broken);
		json_string("rule", verdict->device.rule);
	}
	json_object_end();
}

static void print_verdict(const struct verdict *verdict, const char *text)
{
	fputs(text, stdout);
	if (verdict->asked_device)
		printf("%" PRIu64 " structures looked at, %u rules broken%s%s\n",
		       (uint64_t)verdict->device.nr_objects, verdict->device.broken,
		       verdict->device.broken ? ": " : "", verdict->device.rule);
	if (verdict->ok)
		return;
	fflush(stdout);
	if (!*verdict->line)
		fputs("mmlab: the check file is empty: no verdict counts as broken\n", stderr);
	else
		fputs("mmlab: the lab is broken. Keep the kernel log (dmesg) for the report; unload and load again to go on\n",
		      stderr);
}

static int run_check(const struct command *cmd, int argc, char **argv)
{
	struct verdict verdict = { 0 };
	bool json = false;
	char *text = NULL;
	int status = parse_json_only(cmd, argc, argv, &json);

	if (!status)
		status = run_validators(&verdict, &text);
	if (status)
		return status;
	if (json)
		print_verdict_json(&verdict);
	else
		print_verdict(&verdict, text);
	free(text);
	return verdict.ok ? CLI_OK : CLI_FAILED;
}

const struct command cmd_check = {
	.name = "check",
	.args = "[--json]",
	.summary = "Run every validator now",
	.help =
"Reads /proc/mmlab/check, which adds up the whole arena and verifies every\n"
"structure, and has the device do so once more if you may open it.\n"
"\n"
"  --json   the verdict as JSON\n"
"\n"
"Exit status: 0 ok, 1 broken (or no verdict), 3 module not loaded.\n",
	.run = run_check,
};

static void read_or_empty(const char *path, char *buf, size_t size)
{
	if (host_read_line(path, buf, size))
		buf[0] = '\0';
}

static int run_version(const struct command *cmd, int argc, char **argv)
{
	char module[128], source[128];
	struct mmlab_info info = { 0 };
	bool json = false, known = false;
	int fd, status = parse_json_only(cmd, argc, argv, &json);

	if (status)
		return status;
	read_or_empty("/sys/module/mmlab/version", module, sizeof(module));
	read_or_empty("/sys/module/mmlab/srcversion", source, sizeof(source));
	fd = mmlab_open(O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		known = !mmlab_get_info(fd, &info);
		close(fd);
	}
	if (json) {
		json_object_begin(NULL);
		json_string("mmlab", MMLAB_VERSION);
		json_number("interface", MMLAB_API_VERSION);
		json_bool("loaded", host_module_loaded() == 1);
		json_string("module", *module ? module : NULL);
		json_string("module_srcversion", *source ? source : NULL);
		if (known)
			json_number("module_interface", info.api_version);
		json_object_end();
		return CLI_OK;
	}
	printf("mmlab %s, interface %u\n", MMLAB_VERSION, MMLAB_API_VERSION);
	if (host_module_loaded() != 1)
		printf("module not loaded\n");
	else
		printf("module %s%s%s\n", *module ? module : "loaded",
		       *source ? ", source " : "", source);
	if (known)
		printf("module's interface %u\n", info.api_version);
	return CLI_OK;
}

const struct command cmd_version = {
	.name = "version",
	.args = "[--json]",
	.summary = "Show the versions of mmlab and of the loaded module",
	.help =
"  --json   the same as JSON\n"
"\n"
"Exit status: 0, whether the module is loaded or not.\n",
	.run = run_version,
};
