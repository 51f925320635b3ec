// SPDX-License-Identifier: GPL-2.0
/* Names, handles and flags of slab caches. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "labcache.h"
#include "libmmlab.h"

static const struct { uint32_t bit; char letter; } debug_flags[] = {
	{ MMLAB_CACHE_RED_ZONE, 'Z' }, { MMLAB_CACHE_POISON, 'P' },
	{ MMLAB_CACHE_CONSISTENCY, 'F' }, { MMLAB_CACHE_STORE_USER, 'U' },
};

static const struct { uint32_t bit; const char *word; } other_flags[] = {
	{ MMLAB_CACHE_DMA, "dma" }, { MMLAB_CACHE_RANDOM, "random" },
	{ MMLAB_CACHE_INTERNAL, "internal" },
};

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

bool labcache_parse_flags(const char *letters, uint32_t *flags)
{
	for (; *letters; letters++) {
		size_t i = 0;

		while (i < COUNT(debug_flags) &&
		       debug_flags[i].letter != toupper((unsigned char)*letters))
			i++;
		if (i == COUNT(debug_flags))
			return false;
		*flags |= debug_flags[i].bit;
	}
	return true;
}

const char *labcache_flag_words(uint32_t flags, char buf[64])
{
	size_t i, length = 0;

	for (i = 0; i < COUNT(debug_flags); i++)
		if (flags & debug_flags[i].bit)
			buf[length++] = debug_flags[i].letter;
	buf[length] = '\0';
	for (i = 0; i < COUNT(other_flags); i++)
		if (flags & other_flags[i].bit)
			length += (size_t)snprintf(buf + length, 64 - length, "%s%s",
						   length ? " " : "", other_flags[i].word);
	if (!length)
		strcpy(buf, "none");
	return buf;
}

bool labcache_name_ok(const char *name)
{
	size_t i;

	for (i = 0; name[i]; i++)
		if (!isalnum((unsigned char)name[i]) && !strchr("_.-", name[i]))
			return false;
	return i > 0 && i < LABCACHE_NAME_BYTES;
}

static int find_by_id(const struct session *session, const char *text,
		      struct mmlab_cache_stat *stat)
{
	uint64_t id;

	if (!cli_parse_number(text, UINT32_MAX, &id) || !id)
		return -ENOENT;
	*stat = (struct mmlab_cache_stat){ .id = (__u32)id };
	return mmlab_stat_cache(session->fd, stat);
}

int labcache_find(const struct session *session, const char *name,
		  struct mmlab_cache_stat *stat)
{
	int error = -ENOENT;

	*stat = (struct mmlab_cache_stat){ 0 };
	if (labcache_name_ok(name)) {
		memcpy(stat->name, name, strlen(name));
		error = mmlab_stat_cache(session->fd, stat);
	}
	if (error == -ENOENT)
		error = find_by_id(session, name, stat);
	stat->name[sizeof(stat->name) - 1] = '\0';
	if (error == -ENOENT)
		return cli_fail(0, "mmlab slab lists the caches; one that a lab process made goes with it (mmlab run keeps both)",
				"there is no cache '%s'", name);
	if (error == -ENOTTY)
		return cli_fail(error, "The module is older than this mmlab: build both from the same source",
				"asking about caches");
	return error ? cli_fail(error, NULL, "cache '%s'", name) : CLI_OK;
}
