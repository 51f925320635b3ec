/* SPDX-License-Identifier: GPL-2.0 */
/* Slab caches as users name them: by name or handle, flags as letters. */
#ifndef LABCACHE_H
#define LABCACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/session.h"

#define LABCACHE_NAME_BYTES	32	/* with the NUL */

/* slub_debug's letters, Z, P, F, U in any case, to MMLAB_CACHE_ bits. */
bool labcache_parse_flags(const char *letters, uint32_t *flags);

/* "ZPFU", plus "dma", "random", "internal"; or "none". Return: buf */
const char *labcache_flag_words(uint32_t flags, char buf[64]);

bool labcache_name_ok(const char *name);

/**
 * labcache_find - look up a cache, or report why not
 * @session: any lab process
 * @name: its name, or else its handle as a number
 * @stat: (out) all about it
 *
 * Return: CLI_OK or an exit status
 */
int labcache_find(const struct session *session, const char *name,
		  struct mmlab_cache_stat *stat);

#endif /* LABCACHE_H */
