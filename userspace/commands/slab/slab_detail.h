/* SPDX-License-Identifier: GPL-2.0 */
/* One slab cache in detail. */
#ifndef SLAB_DETAIL_H
#define SLAB_DETAIL_H

#include <stdbool.h>

/**
 * slab_detail - show all about one cache
 * @name: its name or handle
 * @all: draw every slab
 * @json: as JSON
 *
 * Return: an exit status
 */
int slab_detail(const char *name, bool all, bool json);

#endif /* SLAB_DETAIL_H */
