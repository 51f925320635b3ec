/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Caches and objects as the tests use them, and slabinfo. Calls return 0 or a
 * value, or a negative errno.
 */
#ifndef SELFTEST_OBJECTS_H
#define SELFTEST_OBJECTS_H

#include "formats.h"
#include "lab.h"

#define KMALLOC		0	/* the handle of no cache */
#define KMALLOC_MAX	(4U << 20)
#define MAX_OBJECT	131072U
#define MAX_CACHES	1023
#define DEBUG_FLAGS	(MMLAB_CACHE_RED_ZONE | MMLAB_CACHE_POISON | \
			 MMLAB_CACHE_CONSISTENCY | MMLAB_CACHE_STORE_USER)

/* With magazines as usual; the handle, or a negative errno. */
long cache_create(int fd, const char *name, uint32_t size, uint32_t flags);

/* Frames given back, or a negative errno. */
long cache_op(int fd, uint32_t id, uint32_t op, uint32_t value);
int cache_stat(int fd, uint32_t id, struct mmlab_cache_stat *s);
int cache_stat_named(int fd, const char *name, struct mmlab_cache_stat *s);
int slab_map(int fd, uint32_t id, uint32_t index, struct mmlab_slab_map *map);

/* @size is for KMALLOC only. */
int object_alloc(int fd, uint32_t id, uint32_t size, struct mmlab_object *o);
int object_alloc_dma(int fd, uint32_t size, struct mmlab_object *o);
int object_free(int fd, uint32_t id, uint32_t lva);

/* Objects until @nr of them or an error; how many there are. */
size_t object_alloc_many(int fd, uint32_t id, uint32_t *lvas, size_t nr);

/* 0, or the first errno. */
int object_free_many(int fd, uint32_t id, const uint32_t *lvas, size_t nr);

/*
 * Fills the arena with blocks and gives them back: all caches get shrunk on the
 * way, and all per-CPU pages go home. Returns the frames that there were, or a
 * negative errno.
 */
long cause_shortage(int fd);

/* slabinfo now; NULL, or a text about the error. */
const char *read_slabinfo(struct slabinfo *s);

/* NULL if there is no such cache. */
const struct slab_row *slab_row(const struct slabinfo *s, const char *name);

/* Frames of all slabs. */
unsigned long slabinfo_frames(const struct slabinfo *s);

#endif /* SELFTEST_OBJECTS_H */
