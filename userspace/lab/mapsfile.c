// SPDX-License-Identifier: GPL-2.0
/* Reads maps files, without the heap. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mapsfile.h"

#define LINE_BYTES	(PATH_MAX + 128)

bool mapsfile_parse(const char *line, struct region *region)
{
	char rights[5] = "";
	int name = 0;

	memset(region, 0, sizeof(*region));
	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*x:%*x %" SCNu64 " %n",
		   &region->start, &region->end, rights, &region->offset,
		   &region->inode, &name) != 5 || !name || strlen(rights) != 4)
		return false;
	memcpy(region->rights, rights, sizeof(rights));
	snprintf(region->name, sizeof(region->name), "%s", line + name);
	return region->start < region->end;
}

/* Takes whole lines off the front of text. Return: bytes left, or -EPROTO */
static long take_lines(char *text, size_t length, struct region *regions,
		       size_t max, long *nr)
{
	char *line = text, *end;

	while ((end = memchr(line, '\n', length - (size_t)(line - text)))) {
		struct region region;

		*end = '\0';
		if (!mapsfile_parse(line, &region))
			return -EPROTO;
		if ((size_t)*nr < max)
			regions[*nr] = region;
		++*nr;
		line = end + 1;
	}
	length -= (size_t)(line - text);
	memmove(text, line, length);
	return (long)length;
}

long mapsfile_read(const char *path, struct region *regions, size_t max)
{
	char text[2 * LINE_BYTES];
	long kept = 0, nr = 0;
	ssize_t got;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	while ((got = read(fd, text + kept, sizeof(text) - (size_t)kept)) > 0) {
		kept = take_lines(text, (size_t)kept + (size_t)got, regions, max, &nr);
		if (kept < 0 || (size_t)kept == sizeof(text))
			break;
	}
	if (got < 0)
		nr = -errno;
	else if (kept)		/* the last line has no end, or one was too long */
		nr = -EPROTO;
	close(fd);
	return nr;
}

const struct region *mapsfile_find(const struct region *regions, long nr_regions,
				   uint64_t address)
{
	long i;

	for (i = 0; i < nr_regions; i++)
		if (address >= regions[i].start && address < regions[i].end)
			return &regions[i];
	return NULL;
}
