/* SPDX-License-Identifier: GPL-2.0 */
/* Where the course's files are: beside the program, or where the environment says. */
#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * place_find - find a directory of the course
 * @variable: an environment variable that names it
 * @shared: its path below share/ beside the program's directory, without that variable
 * @path: (out) its path
 * @size: bytes of @path
 *
 * Return: whether it fits into @path; the directory may not exist
 */
bool place_find(const char *variable, const char *shared, char *path, size_t size);

/* Does the environment ask for Chinese? The locale need not be installed. */
bool place_is_chinese(void);

/* Lets messages speak the user's language, out of $MMLAB_LOCALE or share/locale. */
void place_bind_language(void);

#endif /* PLACE_H */
