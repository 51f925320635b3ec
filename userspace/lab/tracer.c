// SPDX-License-Identifier: GPL-2.0
/* An instance of tracefs for the lab's events. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/host.h"
#include "tracer.h"

#define TRACEFS	"/sys/kernel/tracing"

static int write_file(const struct tracer *tracer, const char *name, const char *text)
{
	char path[PATH_MAX];
	int fd, error = 0;

	snprintf(path, sizeof(path), "%s/%s", tracer->instance, name);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		error = errno ? -errno : -EIO;
	close(fd);
	return error;
}

static int stay_on_this_cpu(void)
{
	cpu_set_t set;
	int cpu = sched_getcpu();

	CPU_ZERO(&set);
	CPU_SET(cpu < 0 ? 0 : (unsigned int)cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

static int make_instance(struct tracer *tracer)
{
	char root[PATH_MAX];
	int error;

	tracer->mounted = false;
	if (!host_exists(TRACEFS "/instances")) {
		if (mount("tracefs", host_path(root, sizeof(root), TRACEFS), "tracefs", 0, NULL))
			return -errno;
		tracer->mounted = true;
	}
	snprintf(tracer->instance, sizeof(tracer->instance), "%.64s/instances/mmlab-byte-%d",
		 host_path(root, sizeof(root), TRACEFS), getpid());
	if (!mkdir(tracer->instance, 0700))
		return 0;
	error = -errno;
	if (tracer->mounted)
		umount(host_path(root, sizeof(root), TRACEFS));
	return error;
}

int tracer_start(struct tracer *tracer, const char *events)
{
	char path[PATH_MAX], pid[16];
	int error = make_instance(tracer);

	if (error)
		return error;
	tracer->marker = -1;
	snprintf(pid, sizeof(pid), "%d", getpid());
	error = stay_on_this_cpu();
	if (!error)
		error = write_file(tracer, "set_event_pid", pid);
	if (!error)
		error = write_file(tracer, "set_event", events);
	if (!error)
		error = write_file(tracer, "tracing_on", "1");
	if (!error) {
		snprintf(path, sizeof(path), "%s/trace_marker", tracer->instance);
		tracer->marker = open(path, O_WRONLY | O_CLOEXEC);
		error = tracer->marker < 0 ? -errno : 0;
	}
	if (error)
		tracer_stop(tracer);
	return error;
}

int tracer_follow_children(struct tracer *tracer)
{
	return write_file(tracer, "trace_options", "event-fork");
}

void tracer_mark(struct tracer *tracer, const char *word)
{
	/* A word that is lost shows when the trace is read. */
	if (write(tracer->marker, word, strlen(word)) < 0)
		errno = 0;
}

char *tracer_read(struct tracer *tracer)
{
	char path[PATH_MAX], *text = NULL;
	size_t size = 0;
	FILE *file;

	write_file(tracer, "tracing_on", "0");
	snprintf(path, sizeof(path), "%s/trace", tracer->instance);
	file = fopen(path, "re");
	if (!file)
		return NULL;
	/* one record, up to a byte that a trace never has */
	if (getdelim(&text, &size, '\0', file) < 0) {
		free(text);
		text = ferror(file) ? NULL : strdup("");
	}
	fclose(file);
	return text;
}

void tracer_stop(struct tracer *tracer)
{
	char root[PATH_MAX];

	if (tracer->marker >= 0)
		close(tracer->marker);
	rmdir(tracer->instance);
	if (tracer->mounted)
		umount(host_path(root, sizeof(root), TRACEFS));
}

/* "comm-pid [cpu] flags time: name: fields": the name, or NULL */
static const char *find_name(const char *line, const char *end)
{
	const char *cpu = memchr(line, '[', (size_t)(end - line));
	const char *colon = cpu ? memchr(cpu, ':', (size_t)(end - cpu)) : NULL;

	return colon && colon + 2 < end && *line != '#' ? colon + 2 : NULL;
}

const char *tracer_next(const char *text, struct trace_event *event)
{
	while (*text) {
		const char *end = strchr(text, '\n'), *name, *fields;
		size_t length;

		if (!end)
			return NULL;
		name = find_name(text, end);
		fields = name ? strstr(name, ": ") : NULL;
		text = end + 1;
		if (!fields || fields > end)
			continue;
		length = (size_t)(fields - name);
		if (length >= sizeof(event->name))
			continue;
		memcpy(event->name, name, length);
		event->name[length] = '\0';
		if (!strcmp(event->name, "tracing_mark_write"))
			strcpy(event->name, "mark");
		snprintf(event->fields, sizeof(event->fields), "%.*s",
			 (int)(end - fields - 2), fields + 2);
		return text;
	}
	return NULL;
}

/* What follows "name=", or NULL. */
static const char *find_field(const struct trace_event *event, const char *name)
{
	size_t length = strlen(name);
	const char *field = event->fields;

	while (field) {
		field += strspn(field, " ");
		if (!strncmp(field, name, length) && field[length] == '=')
			return field + length + 1;
		field = strchr(field, ' ');
	}
	return NULL;
}

bool tracer_field(const struct trace_event *event, const char *name, unsigned long long *value)
{
	const char *field = find_field(event, name);

	if (field)
		*value = strtoull(field, NULL, 0);
	return field;
}

bool tracer_field_is(const struct trace_event *event, const char *name, const char *word)
{
	const char *field = find_field(event, name);
	size_t length = strlen(word);

	return field && strcspn(field, " ") == length && !strncmp(field, word, length);
}
