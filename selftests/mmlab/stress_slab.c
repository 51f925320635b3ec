// SPDX-License-Identifier: GPL-2.0
/*
 * Stress on allocations: blocks, objects of caches and of kmalloc, vmalloc areas. All
 * memory must be zero when it is allocated, and unchanged when it is freed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "stress.h"

/* Where the second copy of a tag lies; with the first, if there is no room. */
static uint32_t last_word(const struct memory_model *m)
{
	return m->size < 16 ? 0 : m->size - 8;
}

static void check_tag(struct worker *w, struct space *s, const char *what,
		      const struct memory_model *m)
{
	uint64_t first = ~0, last = ~0;

	if (pread(s->fd, &first, sizeof(first), m->lva) != sizeof(first) ||
	    pread(s->fd, &last, sizeof(last), m->lva + last_word(m)) != sizeof(last))
		stress_wrong(w, "%s at 0x%x can't be read: %s", what, m->lva,
			     strerror(errno));
	stress_same(w, what, m->tag, first);
	stress_same(w, what, m->tag, last);
}

/* New memory is zeroed; from here on it has a tag. */
static void take(struct worker *w, struct space *s, const char *what,
		 struct memory_model *m, uint32_t lva, uint32_t size)
{
	m->lva = lva;
	m->size = size;
	m->tag = 0;
	check_tag(w, s, what, m);
	m->tag = stress_tag(w);
	if (pwrite(s->fd, &m->tag, 8, lva) != 8 ||
	    pwrite(s->fd, &m->tag, 8, lva + last_word(m)) != 8)
		stress_wrong(w, "%s at 0x%x can't be written: %s", what, lva,
			     strerror(errno));
}

static void free_block(struct worker *w, struct space *s, struct memory_model *m)
{
	check_tag(w, s, "a block", m);
	stress_done(w, "FREE", lab_free(s->fd, &m->block));
	m->tag = 0;
}

static void run_block(struct worker *w, struct space *s)
{
	struct memory_model *m = &s->blocks[stress_below(w, NR_BLOCKS)];
	uint32_t order = stress_below(w, stress_below(w, 4) ? 3 : 7);
	uint32_t zone = stress_below(w, 4) ? MMLAB_ZONE_NORMAL : MMLAB_ZONE_DMA;

	if (m->tag)
		free_block(w, s, m);
	else if (stress_done(w, "ALLOC", lab_alloc(s->fd, order, zone, &m->block)))
		take(w, s, "a new block", m, m->block.lva, page_size() << order);
}

/* A wrong free is refused, whether the memory has an owner or not. */
static void run_bad_free(struct worker *w, struct space *s)
{
	const struct memory_model *m = &s->blocks[stress_below(w, NR_BLOCKS)];
	struct mmlab_block block = m->block;
	int err;

	if (m->tag)
		block.order += 1 + stress_below(w, 3);
	else
		block.phys = (uint64_t)stress_below(w, ~0U) << stress_below(w, 30);
	if (!m->tag && !(block.phys & (page_size() - 1)) && s->shared)
		return;		/* perhaps the other thread's */
	if (!m->tag) {
		uint32_t i;

		for (i = 0; i < NR_BLOCKS; i++)
			if (s->blocks[i].tag && s->blocks[i].block.phys == block.phys)
				return;
	}
	err = lab_free(s->fd, &block);
	if (err != -EINVAL && err != -ENOENT && err != -EPERM)
		stress_wrong(w, "a wrong FREE gave %d", err);
}

static uint32_t cache_id(const struct space *s, uint32_t cache)
{
	return cache == KMALLOC_CACHE ? KMALLOC : s->caches[cache].id;
}

static void free_object(struct worker *w, struct space *s, struct memory_model *m)
{
	check_tag(w, s, "an object", m);
	stress_done(w, "OBJ_FREE", object_free(s->fd, cache_id(s, m->cache), m->lva));
	if (m->cache != KMALLOC_CACHE)
		s->caches[m->cache].nr_objects--;
	m->tag = 0;
}

static void run_object(struct worker *w, struct space *s)
{
	struct memory_model *m = &s->objects[stress_below(w, NR_OBJECTS)];
	uint32_t cache = stress_below(w, NR_CACHES + 1);
	uint32_t size = 8 + stress_below(w, stress_below(w, 16) ? 2000 : 100000);
	struct mmlab_object o;
	long err;

	if (m->tag) {
		free_object(w, s, m);
		return;
	}
	if (cache != KMALLOC_CACHE && !s->caches[cache].id)
		return;
	if (cache == KMALLOC_CACHE)
		err = stress_below(w, 8) ? object_alloc(s->fd, KMALLOC, size, &o) :
					   object_alloc_dma(s->fd, size, &o);
	else
		err = object_alloc(s->fd, s->caches[cache].id, 0, &o);
	if (!stress_done(w, "OBJ_ALLOC", err))
		return;
	m->cache = cache;
	if (cache != KMALLOC_CACHE) {
		size = s->caches[cache].size;
		s->caches[cache].nr_objects++;
	}
	take(w, s, "a new object", m, o.lva, size);
}

static void make_cache(struct worker *w, struct space *s, uint32_t i)
{
	uint32_t size = 8 + stress_below(w, stress_below(w, 4) ? 300 : 5000);
	uint32_t flags = stress_below(w, 4) ? 0 : MMLAB_CACHE_RANDOM;
	char name[32];
	long id;

	snprintf(name, sizeof(name), "stress-%u-%u-%u", w->number,
		 (unsigned int)(s - w->spaces), i);
	id = cache_create(s->fd, name, size, flags);
	if (stress_done(w, "CACHE_CREATE", id < 0 ? id : 0))
		s->caches[i] = (struct cache_model){ id, size, 0 };
}

static void run_cache(struct worker *w, struct space *s)
{
	uint32_t i = stress_below(w, NR_CACHES);
	struct cache_model *c = &s->caches[i];
	struct mmlab_cache_stat stat;
	struct mmlab_slab_map map;
	long err;

	if (!c->id) {
		make_cache(w, s, i);
		return;
	}
	switch (stress_below(w, 5)) {
	case 0:
		err = cache_op(s->fd, c->id, MMLAB_CACHE_DESTROY, 0);
		stress_same(w, "CACHE_OP DESTROY", c->nr_objects ? -EBUSY : 0,
			    err < 0 ? err : 0);
		if (err >= 0)
			c->id = 0;
		break;
	case 1:
		err = cache_op(s->fd, c->id, MMLAB_CACHE_SHRINK, 0);
		stress_done(w, "CACHE_OP SHRINK", err < 0 ? err : 0);
		break;
	case 2:
		err = cache_op(s->fd, c->id, MMLAB_CACHE_RESIZE,
			       stress_below(w, MMLAB_MAGAZINE_MAX + 1));
		stress_done(w, "CACHE_OP RESIZE", err < 0 ? err : 0);
		break;
	case 3:
		if (stress_done(w, "CACHE_STAT", cache_stat(s->fd, c->id, &stat)))
			stress_same(w, "active objects", c->nr_objects,
				    stat.nr_active);
		break;
	default:
		err = slab_map(s->fd, c->id, 0, &map);
		if (err != -ENOENT && stress_done(w, "SLAB_MAP", err) &&
		    map.nr_used > map.nr_objects)
			stress_wrong(w, "a slab with more objects than it has");
	}
}

static void free_area(struct worker *w, struct space *s, struct memory_model *m)
{
	struct mmlab_area a = { .lva = m->lva };

	check_tag(w, s, "an area", m);
	stress_done(w, "VFREE", lab_ioctl(s->fd, MMLAB_VFREE, &a));
	m->tag = 0;
}

/* A lazy area has frames only after a touch. */
static bool touch_area(struct worker *w, struct space *s,
		       const struct mmlab_area *a)
{
	unsigned char *p = lab_map(s->fd, a->lva, a->size, PROT_READ | PROT_WRITE);
	uint64_t first = 0, last = 0;
	int sig;

	if (!p) {
		stress_wrong(w, "no window on an area: %s", strerror(errno));
		return false;
	}
	sig = stress_load(p, &first) ?: stress_load(p + a->size - 8, &last);
	munmap(p, a->size);
	stress_same(w, "a new area", 0, first | last);
	w->nr_refused += !!sig;
	return !sig;
}

static void run_area(struct worker *w, struct space *s)
{
	static const uint32_t flags[] = { 0, MMLAB_VM_LAZY, MMLAB_VM_SCATTER,
					  MMLAB_VM_USER };
	struct memory_model *m = &s->areas[stress_below(w, NR_AREAS)];
	struct mmlab_area a = {
		.size = 1 + stress_below(w, 12 * page_size()),
		.flags = flags[stress_below(w, 4)],
		.align = stress_below(w, 4) ? 0 : page_size() << stress_below(w, 4),
	};

	if (m->tag) {
		struct mmlab_area stat = { .lva = m->lva + m->size / 2 };

		if (stress_done(w, "VM_STAT", lab_ioctl(s->fd, MMLAB_VM_STAT, &stat)))
			stress_same(w, "begin of an area", m->lva, stat.lva);
		free_area(w, s, m);
	} else if (stress_done(w, "VMALLOC", lab_ioctl(s->fd, MMLAB_VMALLOC, &a))) {
		if (touch_area(w, s, &a))
			take(w, s, "a new area", m, a.lva, a.size);
		else	/* no frame for it */
			lab_ioctl(s->fd, MMLAB_VFREE,
				  &(struct mmlab_area){ .lva = a.lva });
	}
}

void stress_free_memory(struct worker *w, struct space *s)
{
	uint32_t i;

	for (i = 0; i < NR_BLOCKS; i++)
		if (s->blocks[i].tag)
			free_block(w, s, &s->blocks[i]);
	for (i = 0; i < NR_OBJECTS; i++)
		if (s->objects[i].tag)
			free_object(w, s, &s->objects[i]);
	for (i = 0; i < NR_AREAS; i++)
		if (s->areas[i].tag)
			free_area(w, s, &s->areas[i]);
	for (i = 0; i < NR_CACHES; i++)
		if (s->caches[i].id)
			stress_same(w, "the last CACHE_OP DESTROY", 0,
				    cache_op(s->fd, s->caches[i].id,
					     MMLAB_CACHE_DESTROY, 0) < 0);
}

const struct operation stress_slab_ops[] = {
	{ "block", 60, run_block },
	{ "bad-free", 10, run_bad_free },
	{ "object", 140, run_object },
	{ "cache", 3, run_cache },
	{ "area", 10, run_area },
	{ NULL, 0, NULL },
};
