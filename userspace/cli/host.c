// SPDX-License-Identifier: GPL-2.0
/* Reads small files of the host, below $MMLAB_ROOT if that is set. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"

const char *host_path(char *buf, size_t size, const char *path)
{
	const char *root = getenv("MMLAB_ROOT");

	snprintf(buf, size, "%s%s", root ? root : "", path);
	return buf;
}

long host_read(const char *path, char *buf, size_t size)
{
	char full[PATH_MAX];
	size_t length = 0;
	ssize_t got = 0;
	int fd, error = 0;

	buf[0] = '\0';
	fd = open(host_path(full, sizeof(full), path), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (length < size - 1) {
		got = read(fd, buf + length, size - 1 - length);
		if (got <= 0)
			break;
		length += (size_t)got;
	}
	if (got < 0)
		error = errno;
	buf[length] = '\0';
	close(fd);
	return error ? -error : (long)length;
}

int host_read_line(const char *path, char *buf, size_t size)
{
	long length = host_read(path, buf, size);

	if (length < 0)
		return (int)length;
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}

bool host_exists(const char *path)
{
	char full[PATH_MAX];

	return !access(host_path(full, sizeof(full), path), F_OK);
}

int host_module_loaded(void)
{
	if (!host_exists("/proc/modules"))
		return -ENOSYS;
	return host_exists("/sys/module/mmlab/refcnt") ||
	       host_exists("/sys/module/mmlab/initstate");
}
