/* SPDX-License-Identifier: GPL-2.0 */
/* The lab's /proc files, read whole and taken apart. */
#ifndef LABFILE_H
#define LABFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * labfile_read - read one file of /proc/mmlab
 * @name: e.g. "meminfo"
 * @length: receives its length in bytes, or NULL
 *
 * Return: the content with a NUL after it, which the caller frees, or NULL with errno
 * set.
 */
char *labfile_read(const char *name, size_t *length);

/* The number after "key:" or "key " at the start of a line. */
bool labfile_value(const char *text, const char *key, uint64_t *value);

/* One block of zoneinfo; numbers in frames. */
struct labfile_zone {
	char name[16];
	uint64_t free, min, low, high, spanned, present, managed, start_pfn;
};

/* Fills at most max zones. Return: how many there are */
size_t labfile_zones(const char *zoneinfo, struct labfile_zone *zones, size_t max);

/* The verdict of the check file: its last line that is not empty, or "". */
void labfile_verdict(const char *check, char *buf, size_t size);

#endif /* LABFILE_H */
