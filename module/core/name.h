/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names that users choose and that files of /proc show. Only this file says which bytes
 * they may have. The kernel's ctype.h can't: its letters are those of Latin-1, and a
 * single such byte is no text in UTF-8.
 */
#ifndef MMLAB_CORE_NAME_H
#define MMLAB_CORE_NAME_H

#include "core_internal.h"

/* Is it one of [A-Za-z0-9_.-]? */
static inline bool mmlab_name_char_ok(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
	       (ch >= '0' && ch <= '9') || ch == '_' || ch == '.' || ch == '-';
}

/**
 * mmlab_name_ok() - check a name
 * @name: string that ends in a NUL
 * @longest: allowed number of characters
 *
 * Return: true if it has 1 to @longest characters and all of them are allowed.
 */
static inline bool mmlab_name_ok(const char *name, u32 longest)
{
	u32 i;

	for (i = 0; name[i]; i++)
		if (i >= longest || !mmlab_name_char_ok(name[i]))
			return false;
	return i > 0;
}

/**
 * mmlab_name_ends() - check that a field holds a string and nothing after it
 * @field: field of a user's structure
 * @size: its bytes
 *
 * Return: true if there is a NUL and all bytes after the first one are NULs.
 */
static inline bool mmlab_name_ends(const char *field, u32 size)
{
	u32 i = 0;

	while (i < size && field[i])
		i++;
	if (i == size)
		return false;
	while (i < size && !field[i])
		i++;
	return i == size;
}

#endif /* MMLAB_CORE_NAME_H */
