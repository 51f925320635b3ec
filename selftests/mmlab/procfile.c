// SPDX-License-Identifier: GPL-2.0
/*
 * Reading files of /proc, and writing parameters.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab.h"
#include "procfile.h"

static int open_file(const char *path, int flags)
{
	char full[256];
	int fd;

	snprintf(full, sizeof(full), "%s%s", *path == '/' ? "" : LAB_PROC "/",
		 path);
	fd = open(full, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

ssize_t read_chunks(const char *path, char *text, size_t size, size_t chunk,
		    bool by_pread)
{
	int fd = open_file(path, O_RDONLY);
	size_t len = 0;
	ssize_t n = 0;

	if (fd < 0)
		return fd;
	while (len < size - 1) {
		size_t room = size - 1 - len;

		if (room > chunk)
			room = chunk;
		n = by_pread ? pread(fd, text + len, room, len) :
			       read(fd, text + len, room);
		if (n <= 0)
			break;
		len += n;
	}
	if (n < 0)
		n = -errno;
	close(fd);
	text[len] = '\0';
	return n < 0 ? n : (ssize_t)len;
}

ssize_t read_whole(const char *path, char *text, size_t size)
{
	return read_chunks(path, text, size, size, false);
}

long read_number(const char *path)
{
	char text[64];
	ssize_t n = read_whole(path, text, sizeof(text));

	return n < 0 ? n : strtol(text, NULL, 0);
}

int write_text(const char *path, const char *text)
{
	int fd = open_file(path, O_WRONLY), err = 0;

	if (fd < 0)
		return fd;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

int write_number(const char *path, long number)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", number);
	return write_text(path, text);
}

int set_parameter(const char *name, const char *value)
{
	char path[64];

	snprintf(path, sizeof(path), LAB_PARAMS "/%s", name);
	return write_text(path, value);
}

uint64_t frame_word(const char *file, uint64_t pfn)
{
	uint64_t word;
	int fd = open_file(file, O_RDONLY);

	if (pread(fd, &word, sizeof(word), pfn * sizeof(word)) != sizeof(word))
		word = NO_WORD;
	close(fd);
	return word;
}

/* The number after @name, which starts a line and is followed by @sep. */
static long find_number(const char *path, const char *name, char sep)
{
	static char text[65536];
	size_t len = strlen(name);
	const char *line = text;
	ssize_t n = read_whole(path, text, sizeof(text));

	if (n < 0)
		return n;
	while (line) {
		if (!strncmp(line, name, len) && line[len] == sep)
			return strtol(line + len + 1, NULL, 10);
		line = strchr(line, '\n');
		if (line)
			line++;
	}
	return -ENOENT;
}

long lab_vmstat(const char *name)
{
	return find_number("vmstat", name, ' ');
}

long host_vmstat(const char *name)
{
	return find_number("/proc/vmstat", name, ' ');
}

long lab_meminfo(const char *name)
{
	return find_number("meminfo", name, ':');
}

long host_meminfo(const char *name)
{
	return find_number("/proc/meminfo", name, ':');
}

const char *read_census(struct census *c)
{
	const struct {
		const char *name;
		long *value;
	} fields[] = {
		{ "nr_free_pages", &c->free },
		{ "nr_pcp_pages", &c->pcp },
		{ "nr_slab_unreclaimable", &c->slab },
		{ "nr_page_table_pages", &c->tables },
		{ "nr_anon_pages", &c->anon },
		{ "nr_blocks", &c->blocks },
		{ "nr_vmalloc", &c->vmalloc },
		{ "nr_quarantine", &c->quarantine },
		{ "nr_bad", &c->bad },
		{ "nr_reserved", &c->reserved },
	};
	const char *error;
	struct table t;
	char text[8192];
	size_t i;

	if (read_whole("vmstat", text, sizeof(text)) < 0)
		return format_error("vmstat: %s", strerror(errno));
	error = parse_vmstat(text, &t);
	for (i = 0; !error && i < ARRAY_LEN(fields); i++) {
		bool found;

		*fields[i].value = table_value(&t, fields[i].name, &found);
		if (!found)
			error = format_error("vmstat has no %s", fields[i].name);
	}
	return error;
}

long census_sum(const struct census *c)
{
	return c->free + c->pcp + c->slab + c->tables + c->anon + c->blocks +
	       c->vmalloc + c->quarantine + c->bad + c->reserved;
}
