// SPDX-License-Identifier: GPL-2.0
/* Looks through /proc/PID/fd and /proc/PID/maps for the lab's device. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "holders.h"
#include "host.h"
#include "libmmlab.h"

/* The device as seen here; it may have another name elsewhere. */
struct device {
	const char *path;
	dev_t number;		/* 0: not known */
};

static bool names_device(const struct device *device, const char *path)
{
	size_t length = strlen(device->path);

	return !strncmp(path, device->path, length) &&
	       (!path[length] || !strcmp(path + length, " (deleted)"));
}

static bool is_device(const struct device *device, int directory, const char *name)
{
	char target[PATH_MAX];
	struct stat status;
	ssize_t length = readlinkat(directory, name, target, sizeof(target) - 1);

	if (length < 0)
		return false;
	target[length] = '\0';
	if (names_device(device, target))
		return true;
	return device->number && !fstatat(directory, name, &status, 0) &&
	       S_ISCHR(status.st_mode) && status.st_rdev == device->number;
}

/* Return: false if this process may not be looked into */
static bool count_descriptors(const struct device *device, struct holder *holder)
{
	char path[PATH_MAX], tail[64];
	struct dirent *entry;
	DIR *directory;

	snprintf(tail, sizeof(tail), "/proc/%d/fd", holder->pid);
	directory = opendir(host_path(path, sizeof(path), tail));
	if (!directory)
		return errno != EACCES && errno != EPERM;
	while ((entry = readdir(directory)))
		if (entry->d_name[0] != '.' &&
		    is_device(device, dirfd(directory), entry->d_name))
			holder->descriptors++;
	closedir(directory);
	return true;
}

static void count_windows(const struct device *device, struct holder *holder)
{
	char path[PATH_MAX], tail[64], *line = NULL;
	size_t size = 0;
	FILE *maps;

	snprintf(tail, sizeof(tail), "/proc/%d/maps", holder->pid);
	maps = fopen(host_path(path, sizeof(path), tail), "re");
	if (!maps)
		return;
	while (getline(&line, &size, maps) > 0) {
		const char *slash = strchr(line, '/');

		line[strcspn(line, "\n")] = '\0';
		if (slash && names_device(device, slash))
			holder->windows++;
	}
	free(line);
	fclose(maps);
}

static void read_name(struct holder *holder)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/comm", holder->pid);
	if (host_read_line(path, holder->name, sizeof(holder->name)))
		strcpy(holder->name, "?");
}

static int scan(const struct device *device,
		void (*visit)(const struct holder *holder, void *arg), void *arg)
{
	struct dirent *entry;
	char path[PATH_MAX];
	int hidden = 0;
	DIR *proc;

	proc = opendir(host_path(path, sizeof(path), "/proc"));
	if (!proc)
		return -errno;
	while ((entry = readdir(proc))) {
		struct holder holder = { .pid = atoi(entry->d_name) };

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		if (!count_descriptors(device, &holder)) {
			hidden++;
			continue;
		}
		count_windows(device, &holder);
		if (!holder.descriptors && !holder.windows)
			continue;
		read_name(&holder);
		visit(&holder, arg);
	}
	closedir(proc);
	return hidden;
}

int holders_scan(void (*visit)(const struct holder *holder, void *arg), void *arg)
{
	struct device device = { .path = mmlab_device_path() };
	struct stat status;

	if (!stat(device.path, &status) && S_ISCHR(status.st_mode))
		device.number = status.st_rdev;
	return scan(&device, visit, arg);
}

int tracers_scan(const char *kind, void (*visit)(const struct holder *holder, void *arg),
		 void *arg)
{
	const struct device descriptors = { .path = kind };

	return scan(&descriptors, visit, arg);
}
