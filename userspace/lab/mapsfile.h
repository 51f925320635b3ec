/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process's regions, as /proc/<pid>/maps lists them; so does the lab in
 * /proc/mmlab/<lab pid>/maps. Nothing here calls malloc(): a program that looks
 * at its own heap must not move it by looking.
 */
#ifndef MAPSFILE_H
#define MAPSFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct region {
	uint64_t start, end;	/* [start, end) */
	uint64_t offset;
	uint64_t inode;
	char rights[5];		/* "rw-p" */
	char name[96];		/* path, "[heap]", or empty; cut if longer */
};

/* One line without its end. Return: false if it is no line of maps */
bool mapsfile_parse(const char *line, struct region *region);

/**
 * mapsfile_read - read a maps file
 * @path: e.g. "/proc/self/maps"
 * @regions: receives them
 * @max: room in @regions
 *
 * Return: how many there are, at most @max of them stored; or -errno, -EPROTO
 * for a line that is none of maps.
 */
long mapsfile_read(const char *path, struct region *regions, size_t max);

/* Which of nr_regions has the address? Return: NULL if none */
const struct region *mapsfile_find(const struct region *regions, long nr_regions,
				   uint64_t address);

#endif /* MAPSFILE_H */
