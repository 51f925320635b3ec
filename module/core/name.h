/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names that users choose and that files of /proc show. Which bytes they may have
 * is said here and nowhere else: to the kernel's ctype.h letters are those of
 * Latin-1, which alone are no text in UTF-8.
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
 * mmlab_name_ok() - may something have this name?
 * @name: string that ends in a NUL
 * @longest: characters that it has at most
 *
 * Return: true: it has 1 ... @longest characters, all of them good.
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
 * mmlab_name_ends() - does a field hold a string and nothing after it?
 * @field: of a user's structure
 * @size: bytes of it
 *
 * Return: true: there is a NUL, and all bytes after the first one are NULs.
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
