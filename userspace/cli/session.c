// SPDX-License-Identifier: GPL-2.0
/* Opens lab processes and hands them down to commands. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "keeper.h"
#include "libmmlab.h"
#include "session.h"

static int check_version(const struct session *session)
{
	if (session->info.api_version == MMLAB_API_VERSION)
		return CLI_OK;
	return cli_fail(0, "Build module and mmlab from the same source: make, then mmlab unload and mmlab load",
			"the module speaks version %u of the interface, this mmlab version %u",
			session->info.api_version, MMLAB_API_VERSION);
}

static int adopt(struct session *session, const char *text)
{
	uint64_t fd;
	int error = -EINVAL;

	if (cli_parse_number(text, INT_MAX, &fd)) {
		session->fd = (int)fd;
		session->inherited = true;
		error = mmlab_get_info(session->fd, &session->info);
		if (!error)
			return check_version(session);
	}
	return cli_fail(error, "The session has ended or did not hand it down. Start one with: mmlab run (or: unset MMLAB_FD)",
			"MMLAB_FD=%s is no descriptor of a lab process", text);
}

int session_open_new(struct session *session)
{
	int error;

	session->inherited = false;
	session->fd = mmlab_open(O_RDWR | O_CLOEXEC);
	if (session->fd < 0)
		return cli_fail_open(session->fd, mmlab_device_path());
	error = mmlab_get_info(session->fd, &session->info);
	if (error) {
		close(session->fd);
		return cli_fail(error, "This is not the device of mmlab, or a module of another version: mmlab doctor",
				"%s", mmlab_device_path());
	}
	return check_version(session);
}

/* "--pid N" or "--pid=N" at argv[i]. Return: the words it takes, 0 if it is none */
static int pid_words(char **argv, int i, const char **text)
{
	if (!strcmp(argv[i], "--pid")) {
		*text = argv[i + 1] ? argv[i + 1] : "";
		return argv[i + 1] ? 2 : 1;
	}
	*text = argv[i] + strlen("--pid=");
	return strncmp(argv[i], "--pid=", strlen("--pid=")) ? 0 : 1;
}

static int adopt_kept(const struct command *cmd, const char *text)
{
	char number[16];
	uint64_t lab_pid;
	int fd;

	if (!cli_parse_number(text, UINT32_MAX, &lab_pid))
		return cli_usage(cmd, "--pid takes the number of a lab process, not '%s'", text);
	fd = keeper_fetch((uint32_t)lab_pid);
	if (fd < 0)
		return cli_fail(fd == -ENOENT ? 0 : fd,
				"mmlab proc list shows those that are; mmlab proc new makes one",
				"no program keeps lab process %" PRIu64, lab_pid);
	snprintf(number, sizeof(number), "%d", fd);
	return setenv("MMLAB_FD", number, 1) ? cli_fail(errno, NULL, "setting MMLAB_FD") : CLI_OK;
}

int session_choose(const struct command *cmd, int *argc, char **argv)
{
	int i, words, status;

	for (i = 2; i < *argc && strcmp(argv[i], "--"); i++) {
		const char *text;

		words = pid_words(argv, i, &text);
		if (!words)
			continue;
		status = adopt_kept(cmd, text);
		if (status)
			return status;
		memmove(&argv[i], &argv[i + words],
			(size_t)(*argc - i - words + 1) * sizeof(*argv));
		*argc -= words;
		i--;
	}
	return CLI_OK;
}

bool session_inherited(void)
{
	const char *text = getenv("MMLAB_FD");

	return text && *text;
}

int session_open(struct session *session)
{
	return session_inherited() ? adopt(session, getenv("MMLAB_FD")) :
				     session_open_new(session);
}

void session_close(struct session *session)
{
	if (!session->inherited)
		close(session->fd);
}

int session_exec(struct session *session, char **argv)
{
	const char *shell = getenv("SHELL");
	char *fallback[2] = { NULL };
	char number[16];
	int error;

	fallback[0] = (char *)(shell && *shell ? shell : "/bin/sh");
	if (!*argv)
		argv = fallback;
	snprintf(number, sizeof(number), "%d", session->fd);
	if (setenv("MMLAB_FD", number, 1))
		return cli_fail(errno, NULL, "setting MMLAB_FD");
	snprintf(number, sizeof(number), "%u", session->info.lab_pid);
	if (setenv("MMLAB_PID", number, 1) || fcntl(session->fd, F_SETFD, 0))
		return cli_fail(errno, NULL, "handing down the lab process");
	fflush(stdout);
	execvp(*argv, argv);
	error = errno;
	cli_fail(error, NULL, "%s", *argv);
	return error == ENOENT ? CLI_NOT_FOUND : CLI_NOT_RUN;
}

int session_stay(struct session *session, const struct session_stay *stay)
{
	if (*stay->argv)
		return session_exec(session, stay->argv);
	if (session->inherited) {
		fprintf(stderr, "kept by lab process %u until its session ends or: %s\n",
			session->info.lab_pid, stay->undo);
	} else if (stay->hold) {
		fprintf(stderr, "held for %u s\n", stay->seconds);
		fflush(stdout);
		sleep(stay->seconds);
	} else {
		fprintf(stderr, "freed again at exit (--hold SECONDS, or a COMMAND, or mmlab run keeps %s)\n",
			stay->things);
	}
	session_close(session);
	return CLI_OK;
}

const char *session_zone_name(unsigned int zone)
{
	return zone == MMLAB_ZONE_DMA ? "DMA" :
	       zone == MMLAB_ZONE_NORMAL ? "Normal" : "?";
}

const char *session_zone_of(const struct session *session, __u64 pfn)
{
	unsigned int zone = 0;

	while (zone < MMLAB_NR_ZONES && pfn >= session->info.zone_end[zone])
		zone++;
	return session_zone_name(zone);
}
