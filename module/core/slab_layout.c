// SPDX-License-Identifier: GPL-2.0
/*
 * The bytes of slab objects with debugging.
 */
#include "core_internal.h"
#include "slab_layout.h"

void mmlab_slab_layout_init(struct lab_slab_cache *c)
{
	c->pad_left = c->flags & LAB_SLAB_RED_ZONE ?
		      round_up(LAB_RED_ZONE_BYTES, c->align) : 0;
	c->size = round_up(c->pad_left + mmlab_slab_layout_padding(c), c->align);
}

void mmlab_slab_layout_set_zones(const struct lab_slab_cache *c, void *object, u8 value)
{
	u32 right = mmlab_slab_layout_right_zone(c);

	if (!(c->flags & LAB_SLAB_RED_ZONE))
		return;
	memset(object - c->pad_left, value, c->pad_left);
	memset(object + right, value, mmlab_slab_layout_right_end(c) - right);
}

void mmlab_slab_layout_set_around(const struct lab_slab_cache *c, void *object, u8 zone)
{
	u32 padding = mmlab_slab_layout_padding(c);

	mmlab_slab_layout_set_zones(c, object, zone);
	memset(object + padding, LAB_POISON_INUSE, c->size - c->pad_left - padding);
}

void mmlab_slab_layout_set_free(const struct lab_slab_cache *c, void *object)
{
	mmlab_slab_layout_set_zones(c, object, LAB_RED_INACTIVE);
	if (!(c->flags & LAB_SLAB_POISON))
		return;
	memset(object, LAB_POISON_FREE, c->object_size - 1);
	*((u8 *)object + c->object_size - 1) = LAB_POISON_END;
}

void mmlab_slab_layout_new(const struct lab_slab_cache *c, void *object)
{
	memset(object - c->pad_left, LAB_POISON_INUSE, c->size);
	if (c->flags & LAB_SLAB_STORE_USER)
		memset(mmlab_slab_layout_track(c, object, TRACK_ALLOC), 0,
		       NR_SLAB_TRACKS * sizeof(struct lab_slab_track));
	mmlab_slab_layout_set_free(c, object);
}
