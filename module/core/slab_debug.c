// SPDX-License-Identifier: GPL-2.0
/*
 * Debugging of slab objects: checks.
 *
 * A check happens when an object changes hands, under lab_slab_cache.lock, so that no other
 * task changes the bytes meanwhile. It finds damage, not the culprit: the write was any
 * time since the object changed hands before. The fault is described under the lock and
 * printed without it (module/report.c), as printing is slow and needs the cache no more.
 *
 * A damaged free object is taken out of circulation, since its next owner would get the
 * damage. Around an object in use, the bytes are repaired and the object stays in use.
 */
#include "core_internal.h"
#include "slab_debug.h"

static u32 address_to_lva(const struct lab_machine *m, const void *address)
{
	return LAB_PAGE_OFFSET + (u32)((size_t)address - (size_t)m->base);
}

/* Copies the data for a report, under lab_slab_cache.lock. */
static void describe_fault(const struct lab_machine *m, const struct lab_slab_cache *c,
			   u32 pfn, void *object, enum lab_slab_fault_kind kind,
			   struct lab_slab_fault *fault)
{
	memset(fault, 0, sizeof(*fault));
	fault->kind = kind;
	memcpy(fault->cache, c->name, sizeof(fault->cache));
	fault->object_size = c->object_size;
	fault->pfn = pfn;
	fault->nr_objects = c->nr_objects;
	if ((size_t)object - (size_t)m->base < m->nr_bytes)
		fault->lva = address_to_lva(m, object);
	fault->secret = c->flags & LAB_SLAB_INTERNAL;
	if (pfn == PFN_NONE)
		return;
	fault->nr_used = mmlab_frame(m, pfn)->mapcount;
	fault->offset = (size_t)object - (size_t)mmlab_frame_address(m, pfn);
	memcpy(fault->dump, object, min(c->object_size, LAB_FAULT_DUMP));
	if (c->flags & LAB_SLAB_RED_ZONE) {
		fault->zone_bytes = LAB_RED_ZONE_BYTES;
		memcpy(fault->left, object - LAB_RED_ZONE_BYTES, LAB_RED_ZONE_BYTES);
		memcpy(fault->right, object + mmlab_slab_layout_right_zone(c),
		       LAB_RED_ZONE_BYTES);
	}
	if (c->flags & LAB_SLAB_STORE_USER) {
		fault->has_tracks = true;
		memcpy(fault->track, mmlab_slab_layout_track(c, object, TRACK_ALLOC),
		       sizeof(fault->track));
	}
}

/* Checks that all bytes of an area have @value; if not, @fault says which do not. */
static bool area_ok(const struct lab_machine *m, const struct lab_slab_cache *c,
		    u32 pfn, void *object, u8 *start, u8 *end, u8 expected,
		    enum lab_slab_fault_kind kind, struct lab_slab_fault *fault)
{
	u8 *last = end;

	while (start < end && *start == expected)
		start++;
	if (likely(start == end))
		return true;
	while (last[-1] == expected)
		last--;
	describe_fault(m, c, pfn, object, kind, fault);
	fault->bad_lva = address_to_lva(m, start);
	fault->bad_end = address_to_lva(m, last);
	fault->expected = expected;
	fault->found = *start;
	return false;
}

static bool around_ok(const struct lab_machine *m, const struct lab_slab_cache *c,
		      u32 pfn, void *object, u8 zone,
		      struct lab_slab_fault *fault)
{
	u8 *at = object;

	if (c->flags & LAB_SLAB_RED_ZONE &&
	    (!area_ok(m, c, pfn, object, at - c->pad_left, at, zone,
		      SLAB_FAULT_LEFT_REDZONE, fault) ||
	     !area_ok(m, c, pfn, object, at + mmlab_slab_layout_right_zone(c),
		      at + mmlab_slab_layout_right_end(c), zone,
		      SLAB_FAULT_RIGHT_REDZONE, fault)))
		return false;
	return area_ok(m, c, pfn, object, at + mmlab_slab_layout_padding(c),
		       at + c->size - c->pad_left, LAB_POISON_INUSE,
		       SLAB_FAULT_PADDING, fault);
}

/* The last byte of a free object has a value of its own, as in Linux (POISON_END). */
static bool free_object_ok(const struct lab_machine *m,
			   const struct lab_slab_cache *c, u32 pfn, void *object,
			   struct lab_slab_fault *fault)
{
	u8 *at = object, *last = at + c->object_size - 1;

	if (c->flags & LAB_SLAB_POISON &&
	    (!area_ok(m, c, pfn, object, at, last, LAB_POISON_FREE, SLAB_FAULT_POISON,
		      fault) ||
	     !area_ok(m, c, pfn, object, last, last + 1, LAB_POISON_END,
		      SLAB_FAULT_POISON, fault)))
		return false;
	return around_ok(m, c, pfn, object, LAB_RED_INACTIVE, fault);
}

/* With F: does the slab's count agree with its bitmap? */
static bool count_ok(const struct lab_machine *m, const struct lab_slab_cache *c,
		     u32 pfn, void *object, struct lab_slab_fault *fault)
{
	u32 i, nr_used = 0;

	if (!(c->flags & LAB_SLAB_CONSISTENCY))
		return true;
	for (i = 0; i < c->nr_objects; i++)
		nr_used += !mmlab_slab_is_free(m, c, pfn, i);
	if (likely(nr_used == mmlab_frame(m, pfn)->mapcount))
		return true;
	describe_fault(m, c, pfn, object, SLAB_FAULT_BAD_COUNT, fault);
	return false;
}

static void set_track(const struct lab_slab_cache *c, void *object,
		      enum lab_slab_track_id id,
		      const struct lab_slab_track *track)
{
	if (c->flags & LAB_SLAB_STORE_USER)
		*mmlab_slab_layout_track(c, object, id) = *track;
}

/* The object counts as in use, and stays so until its slab goes. */
static void quarantine_locked(struct lab_slab_cache *c, void *object,
			      struct lab_slab_fault *fault)
{
	lockdep_assert_held(&c->lock);
	c->nr_quarantined++;
	mmlab_slab_layout_set_around(c, object, LAB_RED_ACTIVE);
	fault->remedy = SLAB_REMEDY_QUARANTINED;
}

/* Repairs the bytes around an object in use; its own bytes belong to its owner. */
static void restore_locked(struct lab_slab_cache *c, void *object,
			   struct lab_slab_fault *fault)
{
	lockdep_assert_held(&c->lock);
	mmlab_slab_layout_set_around(c, object, LAB_RED_ACTIVE);
	fault->remedy = SLAB_REMEDY_RESTORED;
}

void *mmlab_slab_debug_alloc(struct lab_machine *m, struct lab_slab_cache *c,
			     const struct lab_slab_track *track,
			     struct lab_slab_fault *fault)
{
	void *object = NULL;
	u32 pfn;

	fault->kind = SLAB_FAULT_NONE;
	spin_lock(&c->lock);
	if (mmlab_slab_alloc_locked(m, c, &object, 1)) {
		/* The object is in use for its slab already; a bad one just stays so. */
		pfn = mmlab_slab_find(m, c, object, NULL);
		if (likely(free_object_ok(m, c, pfn, object, fault) &&
			   count_ok(m, c, pfn, object, fault))) {
			mmlab_slab_layout_set_zones(c, object, LAB_RED_ACTIVE);
			set_track(c, object, TRACK_ALLOC, track);
		} else {
			quarantine_locked(c, object, fault);
			object = NULL;
		}
	}
	spin_unlock(&c->lock);
	return object;
}

int mmlab_slab_debug_free(struct lab_machine *m, struct lab_slab_cache *c,
			  void *object, const struct lab_slab_track *track,
			  struct lab_slab_fault *fault)
{
	u32 index, pfn;
	int err = 0;

	fault->kind = SLAB_FAULT_NONE;
	spin_lock(&c->lock);
	pfn = mmlab_slab_find(m, c, object, &index);
	if (pfn == PFN_NONE) {
		describe_fault(m, c, pfn, object, SLAB_FAULT_BAD_POINTER, fault);
		c->nr_refused++;
		err = -EINVAL;
	} else if (mmlab_slab_is_free(m, c, pfn, index)) {
		describe_fault(m, c, pfn, object, SLAB_FAULT_DOUBLE_FREE, fault);
		c->nr_refused++;
		err = -ENOENT;
	} else if (!around_ok(m, c, pfn, object, LAB_RED_ACTIVE, fault) ||
		   !count_ok(m, c, pfn, object, fault)) {
		quarantine_locked(c, object, fault);
		err = -EUCLEAN;
	} else {
		set_track(c, object, TRACK_FREE, track);
		mmlab_slab_layout_set_free(c, object);
		err = mmlab_slab_free_locked(m, c, object);
	}
	spin_unlock(&c->lock);
	return err;
}

static bool objects_ok_locked(struct lab_machine *m, struct lab_slab_cache *c, u32 pfn,
			      struct lab_slab_fault *fault)
{
	u32 i;

	lockdep_assert_held(&c->lock);
	for (i = 0; i < c->nr_objects; i++) {
		void *object = mmlab_slab_object(m, c, pfn, i);

		if (mmlab_slab_is_free(m, c, pfn, i)) {
			if (free_object_ok(m, c, pfn, object, fault))
				continue;
			mmlab_slab_take_locked(m, c, pfn, i);
			quarantine_locked(c, object, fault);
			return false;
		}
		if (!around_ok(m, c, pfn, object, LAB_RED_ACTIVE, fault)) {
			restore_locked(c, object, fault);
			return false;
		}
	}
	return true;
}

bool mmlab_slab_debug_validate(struct lab_machine *m, struct lab_slab_cache *c,
			       struct lab_slab_fault *fault)
{
	u32 list, pfn, next;
	bool ok = true;

	fault->kind = SLAB_FAULT_NONE;
	if (!(c->flags & LAB_SLAB_DEBUG_FLAGS))
		return false;
	spin_lock(&c->lock);
	for (list = 0; list < NR_SLAB_LISTS && ok; list++) {
		/*
		 * a fault may move the slab to another list: the walk ends there, and
		 * the caller asks again
		 */
		for (pfn = c->list[list].head; pfn != PFN_NONE && ok; pfn = next) {
			next = mmlab_frame(m, pfn)->next;
			ok = objects_ok_locked(m, c, pfn, fault);
		}
	}
	spin_unlock(&c->lock);
	return !ok;
}
