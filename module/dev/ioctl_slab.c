// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctls of slab caches and objects: checks, and translation between the
 * ABI's structures and those of mem/.
 */
#include <linux/mm.h>

#include "../core/buddy.h"
#include "../core/name.h"
#include "../mem/kmalloc.h"
#include "../mem/object.h"
#include "../report.h"
#include "../uapi/mmlab.h"
#include "chardev.h"
#include "ioctl_slab.h"

#define USER_FLAGS	(MMLAB_CACHE_DMA | MMLAB_CACHE_RED_ZONE | \
			 MMLAB_CACHE_POISON | MMLAB_CACHE_CONSISTENCY | \
			 MMLAB_CACHE_STORE_USER | MMLAB_CACHE_RANDOM)

static_assert(MMLAB_CACHE_DMA == (__force u32)LAB_SLAB_DMA);
static_assert(MMLAB_CACHE_RED_ZONE == (__force u32)LAB_SLAB_RED_ZONE);
static_assert(MMLAB_CACHE_POISON == (__force u32)LAB_SLAB_POISON);
static_assert(MMLAB_CACHE_CONSISTENCY == (__force u32)LAB_SLAB_CONSISTENCY);
static_assert(MMLAB_CACHE_STORE_USER == (__force u32)LAB_SLAB_STORE_USER);
static_assert(MMLAB_CACHE_RANDOM == (__force u32)LAB_SLAB_RANDOM);
static_assert(MMLAB_CACHE_INTERNAL == (__force u32)LAB_SLAB_INTERNAL);
static_assert(MMLAB_MAGAZINE_MAX == LAB_MAX_MAGAZINE);
static_assert(MMLAB_INJECT_OVERFLOW == (int)INJECT_OVERFLOW);
static_assert(MMLAB_INJECT_WRONG_CACHE == (int)INJECT_WRONG_CACHE);
static_assert(sizeof_field(struct mmlab_cache, name) == LAB_CACHE_NAME_MAX + 1);

int mmlab_ioctl_cache_create(struct file *file, void *arg)
{
	struct mmlab_cache *cache = arg;
	u32 owner = mmlab_chardev_process(file)->mm.owner;
	struct lab_kcache *k;

	if (!mmlab_name_ends(cache->name, sizeof(cache->name)) || cache->flags & ~USER_FLAGS ||
	    cache->reserved ||
	    (cache->magazine > LAB_MAX_MAGAZINE &&
	     cache->magazine != MMLAB_MAGAZINE_DEFAULT))
		return -EINVAL;
	k = mmlab_cache_create(cache->name, cache->size, cache->align,
			       (__force lab_slab_flags_t)cache->flags, owner,
			       (int)cache->magazine, NULL);
	if (IS_ERR(k))
		return PTR_ERR(k);
	cache->id = k->slab.id;
	mmlab_cache_put(k);
	return 0;
}

void mmlab_ioctl_undo_cache_create(struct file *file, void *arg)
{
	struct mmlab_cache *cache = arg;
	struct mmlab_cache_op op = {
		.id = cache->id,
		.op = MMLAB_CACHE_DESTROY,
	};

	mmlab_ioctl_cache_op(file, &op);
}

int mmlab_ioctl_cache_op(struct file *file, void *arg)
{
	struct mmlab_cache_op *op = arg;
	struct lab_kcache *k;
	int err = 0;

	if (op->flags || (op->value && op->op != MMLAB_CACHE_RESIZE))
		return -EINVAL;
	k = mmlab_object_find_cache(mmlab_chardev_process(file), op->id);
	if (IS_ERR(k))
		return PTR_ERR(k);
	op->nr_frames = 0;
	switch (op->op) {
	case MMLAB_CACHE_DESTROY:
		err = mmlab_cache_destroy(k, 1);
		if (!err)
			return 0;
		break;
	case MMLAB_CACHE_SHRINK:
		op->nr_frames = mmlab_cache_shrink(k);
		break;
	case MMLAB_CACHE_RESIZE:
		err = mmlab_cache_resize(k, op->value);
		break;
	default:
		err = -EINVAL;
	}
	mmlab_cache_put(k);
	return err;
}

/* The cache that a request names; NULL: kmalloc. */
static int named_cache(struct file *file, u32 id, struct lab_kcache **k)
{
	*k = NULL;
	if (!id)
		return 0;
	*k = mmlab_object_find_cache(mmlab_chardev_process(file), id);
	return PTR_ERR_OR_ZERO(*k);
}

int mmlab_ioctl_obj_alloc(struct file *file, void *arg)
{
	struct mmlab_object *obj = arg;
	struct lab_kcache *k;
	int err;

	if (obj->flags & ~MMLAB_CACHE_DMA || obj->reserved ||
	    (obj->id ? obj->size || obj->flags : !obj->size) ||
	    obj->size > LAB_KMALLOC_MAX)
		return -EINVAL;
	err = named_cache(file, obj->id, &k);
	if (err)
		return err;
	err = mmlab_object_alloc(mmlab_chardev_process(file), k, obj->size,
				 obj->flags ? LAB_GFP_DMA : 0, &obj->lva,
				 &obj->usable);
	if (k)
		mmlab_cache_put(k);
	return err;
}

void mmlab_ioctl_undo_obj_alloc(struct file *file, void *arg)
{
	struct mmlab_object *obj = arg;
	struct mmlab_object again = { .id = obj->id, .lva = obj->lva };

	mmlab_ioctl_obj_free(file, &again);
}

int mmlab_ioctl_obj_free(struct file *file, void *arg)
{
	struct mmlab_object *obj = arg;
	struct lab_kcache *k;
	int err;

	if (obj->size || obj->flags || obj->reserved)
		return -EINVAL;
	err = named_cache(file, obj->id, &k);
	if (err)
		return err;
	err = mmlab_object_free(mmlab_chardev_process(file), k, obj->lva);
	if (k)
		mmlab_cache_put(k);
	return err;
}

int mmlab_ioctl_cache_stat(struct file *file, void *arg)
{
	struct mmlab_cache_stat *stat = arg;
	struct lab_kcache_snapshot s;
	const struct lab_cache_snapshot *c = &s.slab;
	int err;

	if (!mmlab_name_ends(stat->name, sizeof(stat->name)) || stat->flags || stat->reserved)
		return -EINVAL;
	err = mmlab_cache_snapshot_one(stat->name, stat->id, &s);
	if (err)
		return err;
	*stat = (struct mmlab_cache_stat){
		.id = c->id,
		.flags = (__force u32)c->flags,
		.owner = s.owner,
		.object_size = c->object_size,
		.size = c->size,
		.align = c->align,
		.order = c->order,
		.nr_objects = c->nr_objects,
		.nr_colours = c->nr_colours,
		.bitmap_offset = c->bitmap_offset,
		.nr_full = c->nr_slabs[SLABS_FULL],
		.nr_partial = c->nr_slabs[SLABS_PARTIAL],
		.nr_free = c->nr_slabs[SLABS_FREE],
		.nr_active = mmlab_cache_nr_active(&s),
		.nr_parked = s.nr_parked,
		.nr_depot = s.nr_depot,
		.nr_quarantined = c->nr_quarantined,
		.high_active = c->high_active,
		.magazine = s.magazine_size,
		.nr_full_magazines = s.nr_full,
		.nr_empty_magazines = s.nr_empty,
		.nr_grown = c->nr_grown,
		.nr_reaped = c->nr_reaped,
		.nr_refused = c->nr_refused,
		.nr_alloc = s.nr_alloc,
		.nr_free_fast = s.nr_free,
		.nr_alloc_slow = s.nr_alloc_slow,
		.nr_free_slow = s.nr_free_slow,
		.nr_exchanges = s.nr_exchanges,
	};
	memcpy(stat->name, c->name, sizeof(stat->name));
	return 0;
}

int mmlab_ioctl_slab_map(struct file *file, void *arg)
{
	struct mmlab_slab_map *map = arg;
	struct lab_slab_map slab;
	int err = mmlab_cache_map(map->id, map->index, &slab);

	if (err)
		return err;
	map->pfn = slab.pfn;
	map->nr_objects = slab.nr_objects;
	map->nr_used = slab.nr_used;
	map->colour = slab.colour;
	memcpy(map->used, slab.used, sizeof(map->used));
	return 0;
}

int mmlab_ioctl_inject(struct file *file, void *arg)
{
	struct mmlab_injection *injection = arg;
	u32 nr_before = mmlab_report_count();
	struct lab_kcache *other;
	bool needs_other;
	int err;

	needs_other = injection->kind == MMLAB_INJECT_WRONG_CACHE;
	if (injection->reserved || !!injection->other != needs_other)
		return -EINVAL;
	err = named_cache(file, injection->other, &other);
	if (err)
		return err;
	err = mmlab_object_inject(mmlab_chardev_process(file), injection->kind,
				  injection->lva, other);
	if (other)
		mmlab_cache_put(other);
	injection->nr_reports = mmlab_report_count() - nr_before;
	return err;
}
