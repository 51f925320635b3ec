// SPDX-License-Identifier: GPL-2.0
/*
 * Caches and objects as the tests use them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "objects.h"
#include "procfile.h"

#define MAX_TEXT	(1U << 18)

long cache_create(int fd, const char *name, uint32_t size, uint32_t flags)
{
	struct mmlab_cache c = {
		.size = size,
		.flags = flags,
		.magazine = MMLAB_MAGAZINE_DEFAULT,
	};
	int err;

	strncpy(c.name, name, sizeof(c.name) - 1);
	err = lab_ioctl(fd, MMLAB_CACHE_CREATE, &c);
	return err ? err : (long)c.id;
}

long cache_op(int fd, uint32_t id, uint32_t op, uint32_t value)
{
	struct mmlab_cache_op o = { .id = id, .op = op, .value = value };
	int err = lab_ioctl(fd, MMLAB_CACHE_OP, &o);

	return err ? err : (long)o.nr_frames;
}

int cache_stat(int fd, uint32_t id, struct mmlab_cache_stat *s)
{
	*s = (struct mmlab_cache_stat){ .id = id };
	return lab_ioctl(fd, MMLAB_CACHE_STAT, s);
}

int cache_stat_named(int fd, const char *name, struct mmlab_cache_stat *s)
{
	*s = (struct mmlab_cache_stat){ .id = 0 };
	strncpy(s->name, name, sizeof(s->name) - 1);
	return lab_ioctl(fd, MMLAB_CACHE_STAT, s);
}

int slab_map(int fd, uint32_t id, uint32_t index, struct mmlab_slab_map *map)
{
	*map = (struct mmlab_slab_map){ .id = id, .index = index };
	return lab_ioctl(fd, MMLAB_SLAB_MAP, map);
}

int object_alloc(int fd, uint32_t id, uint32_t size, struct mmlab_object *o)
{
	*o = (struct mmlab_object){ .id = id, .size = size };
	return lab_ioctl(fd, MMLAB_OBJ_ALLOC, o);
}

int object_alloc_dma(int fd, uint32_t size, struct mmlab_object *o)
{
	*o = (struct mmlab_object){ .size = size, .flags = MMLAB_CACHE_DMA };
	return lab_ioctl(fd, MMLAB_OBJ_ALLOC, o);
}

int object_free(int fd, uint32_t id, uint32_t lva)
{
	struct mmlab_object o = { .id = id, .lva = lva };

	return lab_ioctl(fd, MMLAB_OBJ_FREE, &o);
}

size_t object_alloc_many(int fd, uint32_t id, uint32_t *lvas, size_t nr)
{
	struct mmlab_object o;
	size_t n;

	for (n = 0; n < nr && !object_alloc(fd, id, 0, &o); n++)
		lvas[n] = o.lva;
	return n;
}

int object_free_many(int fd, uint32_t id, const uint32_t *lvas, size_t nr)
{
	int err = 0;
	size_t i;

	for (i = 0; i < nr && !err; i++)
		err = object_free(fd, id, lvas[i]);
	return err;
}

long cause_shortage(int fd)
{
	uint32_t max = 1U << 16, n = 0, i, order;
	struct mmlab_block *blocks = calloc(max, sizeof(*blocks));
	struct mmlab_drain drain;
	long nr = 0;
	int err = 0;

	for (order = MMLAB_NR_ORDERS; order--; )
		while (n < max && !lab_alloc(fd, order, MMLAB_ZONE_NORMAL,
					     &blocks[n])) {
			nr += 1L << order;
			n++;
		}
	for (i = 0; i < n && !err; i++)
		err = lab_free(fd, &blocks[i]);
	free(blocks);
	if (!err)
		err = lab_drain(fd, &drain);
	return err ? err : nr;
}

const char *read_slabinfo(struct slabinfo *s)
{
	static char text[MAX_TEXT];
	ssize_t n = read_whole("slabinfo", text, sizeof(text));

	return n < 0 ? format_error("slabinfo: %s", strerror(-n)) :
		       parse_slabinfo(text, s);
}

const struct slab_row *slab_row(const struct slabinfo *s, const char *name)
{
	unsigned int i;

	for (i = 0; i < s->nr_rows; i++)
		if (!strcmp(s->row[i].name, name))
			return &s->row[i];
	return NULL;
}

unsigned long slabinfo_frames(const struct slabinfo *s)
{
	unsigned long sum = 0;
	unsigned int i;

	for (i = 0; i < s->nr_rows; i++)
		sum += s->row[i].num_slabs * s->row[i].pagesperslab;
	return sum;
}
