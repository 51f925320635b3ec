// SPDX-License-Identifier: GPL-2.0
/*
 * Instances of a tracefs that is an ordinary directory: mkdir() below "instances"
 * makes the files too, with $FAKE_LAB_TRACE as what was recorded, and rmdir()
 * removes them.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const files[] = {
	"set_event_pid", "set_event", "tracing_on", "trace_marker", "trace_options", "trace"
};

#define NR_FILES	(sizeof(files) / sizeof(files[0]))

static void fill(const char *path, const char *from)
{
	char buf[65536];
	int in = from ? open(from, O_RDONLY) : -1;
	int out = open(path, O_WRONLY | O_CREAT, 0600);
	ssize_t got = in < 0 ? 0 : read(in, buf, sizeof(buf));

	if (out < 0 || got < 0 || write(out, buf, (size_t)got) != got)
		abort();
	close(out);
	if (in >= 0)
		close(in);
}

int mkdir(const char *path, mode_t mode)
{
	int (*real)(const char *path, mode_t mode);
	char name[PATH_MAX];
	size_t i;
	int status;

	*(void **)&real = dlsym(RTLD_NEXT, "mkdir");
	status = real(path, mode);
	if (status || !strstr(path, "/instances/"))
		return status;
	for (i = 0; i < NR_FILES; i++) {
		snprintf(name, sizeof(name), "%s/%s", path, files[i]);
		fill(name, i == NR_FILES - 1 ? getenv("FAKE_LAB_TRACE") : NULL);
	}
	return 0;
}

int rmdir(const char *path)
{
	int (*real)(const char *path);
	char name[PATH_MAX];
	size_t i;

	*(void **)&real = dlsym(RTLD_NEXT, "rmdir");
	for (i = 0; i < NR_FILES && strstr(path, "/instances/"); i++) {
		snprintf(name, sizeof(name), "%s/%s", path, files[i]);
		unlink(name);
	}
	return real(path);
}
