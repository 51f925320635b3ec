// SPDX-License-Identifier: GPL-2.0
/* Reads and parses the files of /proc/mmlab. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "labfile.h"
#include "libmmlab.h"

#define READ_BYTES	16384	/* kpageflags wants a multiple of 8 */

static char *read_all(int fd, size_t *length)
{
	size_t used = 0, size = READ_BYTES;
	char *buf = malloc(size + 1);

	while (buf) {
		ssize_t got = read(fd, buf + used, READ_BYTES);

		if (got < 0) {
			free(buf);
			return NULL;
		}
		if (!got)
			break;
		used += (size_t)got;
		if (size - used < READ_BYTES) {
			char *larger = realloc(buf, (size *= 2) + 1);

			if (!larger)
				free(buf);
			buf = larger;
		}
	}
	if (buf) {
		buf[used] = '\0';
		*length = used;
	}
	return buf;
}

char *labfile_read(const char *name, size_t *length)
{
	char path[PATH_MAX], *text;
	size_t unused;
	int fd, error = mmlab_proc_path(path, sizeof(path), name);

	if (error) {
		errno = -error;
		return NULL;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	text = read_all(fd, length ? length : &unused);
	error = errno;
	close(fd);
	errno = error;
	return text;
}

bool labfile_value(const char *text, const char *key, uint64_t *value)
{
	size_t length = strlen(key);
	const char *line = text;

	while (line && *line) {
		if (!strncmp(line, key, length) &&
		    (line[length] == ':' || line[length] == ' ') &&
		    sscanf(line + length + 1, "%" SCNu64, value) == 1)
			return true;
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return false;
}

static void zone_line(struct labfile_zone *zone, const char *line)
{
	const struct { const char *key; uint64_t *value; } keys[] = {
		{ "pages free", &zone->free }, { "min", &zone->min },
		{ "low", &zone->low }, { "high", &zone->high },
		{ "spanned", &zone->spanned }, { "present", &zone->present },
		{ "managed", &zone->managed }, { "start_pfn:", &zone->start_pfn },
	};
	size_t i;

	line += strspn(line, " ");
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		size_t length = strlen(keys[i].key);

		/* "high:" of a pageset is another thing than "high" */
		if (!strncmp(line, keys[i].key, length) && line[length] == ' ')
			sscanf(line + length, "%" SCNu64, keys[i].value);
	}
}

size_t labfile_zones(const char *zoneinfo, struct labfile_zone *zones, size_t max)
{
	const char *line = zoneinfo;
	size_t n = 0;

	while (line && *line) {
		char name[16];

		if (sscanf(line, "Node %*d, zone %15s", name) == 1) {
			if (n < max) {
				memset(&zones[n], 0, sizeof(zones[n]));
				memcpy(zones[n].name, name, sizeof(name));
			}
			n++;
		} else if (n && n <= max) {
			zone_line(&zones[n - 1], line);
		}
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return n;
}

void labfile_verdict(const char *check, char *buf, size_t size)
{
	size_t end = strlen(check), start;

	while (end && check[end - 1] == '\n')
		end--;
	for (start = end; start && check[start - 1] != '\n'; start--)
		;
	snprintf(buf, size, "%.*s", (int)(end - start), check + start);
}
