// SPDX-License-Identifier: GPL-2.0
/* Reads the kernel log while a command runs. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "cli/host.h"
#include "klog.h"

#define RECORD_BYTES	8192	/* the kernel refuses to read into less than a record */

FILE *klog_open(void)
{
	char path[PATH_MAX];
	FILE *log;
	int fd = open(host_path(path, sizeof(path), "/dev/kmsg"),
		      O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	log = fdopen(fd, "r");
	if (!log || lseek(fd, 0, SEEK_END) < 0) {
		int error = errno;

		log ? fclose(log) : close(fd);
		errno = error;
		return NULL;
	}
	setvbuf(log, NULL, _IOFBF, RECORD_BYTES);
	return log;
}

char *klog_next(FILE *log, char *buf, size_t size)
{
	char line[RECORD_BYTES];

	clearerr(log);
	while (fgets(line, sizeof(line), log)) {
		char *message = strchr(line, ';');

		if (*line == ' ' || !message)	/* goes on about the record before */
			continue;
		snprintf(buf, size, "%.*s", (int)strcspn(message + 1, "\n"), message + 1);
		return buf;
	}
	return NULL;
}
