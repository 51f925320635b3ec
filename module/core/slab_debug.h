/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Debugging of slab objects, as SLUB does it (Linux mm/slub.c): their bytes are compared
 * with those that slab_layout.h describes.
 *
 * Corruption is only detected here, and copied for the report; report.h prints it.
 */
#ifndef MMLAB_CORE_SLAB_DEBUG_H
#define MMLAB_CORE_SLAB_DEBUG_H

#include "slab.h"

enum lab_slab_fault_kind {
	SLAB_FAULT_NONE,
	SLAB_FAULT_LEFT_REDZONE,
	SLAB_FAULT_RIGHT_REDZONE,
	SLAB_FAULT_POISON,
	SLAB_FAULT_PADDING,
	SLAB_FAULT_DOUBLE_FREE,
	SLAB_FAULT_BAD_POINTER,	/* no object of this cache begins there */
	SLAB_FAULT_BAD_COUNT,		/* bitmap and count of a slab disagree */
};

/* The reaction to corruption, which the report and the answer of a free tell. */
enum lab_slab_remedy {
	SLAB_REMEDY_REFUSED,		/* nothing was freed, nothing changed */
	SLAB_REMEDY_RESTORED,	/* repaired; the object stays in use */
	SLAB_REMEDY_QUARANTINED,	/* in use until its slab goes, without an owner */
};

#define LAB_FAULT_DUMP	128U	/* bytes of an object that a report shows */

/**
 * struct lab_slab_fault - a copy of what was found, to be printed without a lock
 * @kind: kind of corruption; SLAB_FAULT_NONE: none, and all other fields are undefined
 * @remedy: reaction to it
 * @cache: name of the cache
 * @object_size: its objects' bytes
 * @pfn: head frame of the slab, PFN_NONE if there is none
 * @nr_objects: objects of the slab
 * @nr_used: objects in use
 * @lva: linear address of the object
 * @offset: of the object in its slab, in bytes
 * @bad_lva: linear address of the first bad byte
 * @bad_end: end of the bad bytes (exclusive) in the same area
 * @expected: what the first bad byte should have been
 * @found: what it is
 * @secret: the cache is LAB_SLAB_INTERNAL: don't print its bytes
 * @has_tracks: @track is valid
 * @track: callers that allocated and freed the object
 * @zone_bytes: valid bytes of @left and @right
 * @left: left red zone
 * @right: right red zone
 * @dump: the object's first bytes
 */
struct lab_slab_fault {
	enum lab_slab_fault_kind kind;
	enum lab_slab_remedy remedy;
	char cache[LAB_CACHE_NAME_MAX + 1];
	u32 object_size;
	u32 pfn;
	u32 nr_objects;
	u32 nr_used;
	u32 lva;
	u32 offset;
	u32 bad_lva;
	u32 bad_end;
	u8 expected;
	u8 found;
	bool secret;
	bool has_tracks;
	struct lab_slab_track track[NR_SLAB_TRACKS];
	u32 zone_bytes;
	u8 left[8];
	u8 right[8];
	u8 dump[LAB_FAULT_DUMP];
};

/*
 * Takes an object and checks its bytes, both under one hold of the cache's lock, so that a
 * validator never finds an object in use with the bytes of a free one.
 *
 * Return: object, with the bytes of one in use. NULL with a @fault (out): the object was
 * written to while it was free, and is quarantined; the caller tries another. NULL with
 * SLAB_FAULT_NONE: the cache needs another slab.
 */
void *mmlab_slab_debug_alloc(struct lab_machine *m, struct lab_slab_cache *c,
			     const struct lab_slab_track *track,
			     struct lab_slab_fault *fault);

/*
 * Checks an object's bytes and frees it. Returns as mmlab_slab_free(). Also -EUCLEAN if bytes
 * around the object are overwritten or, with LAB_SLAB_CONSISTENCY, its slab's count is wrong;
 * it is quarantined then.
 */
int mmlab_slab_debug_free(struct lab_machine *m, struct lab_slab_cache *c,
			  void *object, const struct lab_slab_track *track,
			  struct lab_slab_fault *fault);

/*
 * Finds the next corrupt object of a cache; false if there is none. A free object that was
 * written to is quarantined; the bytes around an object in use are repaired. So each fault is
 * found once. Takes the cache's lock for O(bytes of the cache).
 */
bool mmlab_slab_debug_validate(struct lab_machine *m, struct lab_slab_cache *c,
			       struct lab_slab_fault *fault);

#endif /* MMLAB_CORE_SLAB_DEBUG_H */
