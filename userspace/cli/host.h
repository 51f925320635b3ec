/* SPDX-License-Identifier: GPL-2.0 */
/* Small files of the host. Paths are below $MMLAB_ROOT, if that is set. */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stddef.h>

/* The path with the root before it. Return: buf */
const char *host_path(char *buf, size_t size, const char *path);

/* Whole file, NUL-terminated and cut at size. Return: length or -errno */
long host_read(const char *path, char *buf, size_t size);

/* First line without its end. Return: 0 or -errno */
int host_read_line(const char *path, char *buf, size_t size);

bool host_exists(const char *path);

/* Is the module in the kernel? Return: 1, 0, or -errno (no modules at all) */
int host_module_loaded(void);

#endif /* HOST_H */
