// SPDX-License-Identifier: GPL-2.0
/*
 * Objects and caches of lab processes. A process's records are under its lab_mm.lock.
 *
 * A program names an object by a number that it could make up. The record says that the
 * object is the process's own, how long it is, and which cache it came from; so a wrong
 * number is refused here, before it reaches a slab. An object of a process counts as one
 * of the lab kernel for kmalloc, since the records know the owner.
 */
#include "arena.h"
#include "kmalloc.h"
#include "magazine.h"
#include "object.h"
#include "section.h"

/**
 * struct lab_object - an object that a process owns
 * @rb: in lab_process.objects, by @lva
 * @lva: linear address
 * @size: bytes that the process may use
 * @cache: cache that it came from; NULL: kmalloc
 */
struct lab_object {
	struct rb_node rb;
	u32 lva;
	u32 size;
	struct lab_kcache *cache;
};

static struct lab_kcache *record_cache;

int mmlab_object_init(void)
{
	record_cache = mmlab_cache_create("lab_object",
					  sizeof(struct lab_object), 0,
					  LAB_SLAB_INTERNAL, 0, -1, NULL);
	return PTR_ERR_OR_ZERO(record_cache);
}

static void *lva_to_ptr(u32 lva)
{
	return mmlab_machine.base + (lva - LAB_PAGE_OFFSET);
}

static u32 ptr_to_lva(const void *ptr)
{
	return LAB_PAGE_OFFSET + (u32)(ptr - mmlab_machine.base);
}

/* The object that begins at @lva or, with @inside, contains it. */
static struct lab_object *find_object_locked(struct lab_process *p, u32 lva, bool inside)
{
	struct rb_node *node = p->objects.rb_node;

	lockdep_assert_held(p->mm.lock);
	while (node) {
		struct lab_object *o = rb_entry(node, struct lab_object, rb);

		if (lva == o->lva || (inside && lva - o->lva < o->size))
			return o;
		node = lva < o->lva ? node->rb_left : node->rb_right;
	}
	return NULL;
}

static void insert_object_locked(struct lab_process *p, struct lab_object *new)
{
	struct rb_node **link = &p->objects.rb_node, *parent = NULL;

	lockdep_assert_held(p->mm.lock);
	while (*link) {
		struct lab_object *o = rb_entry(*link, struct lab_object, rb);

		parent = *link;
		link = new->lva < o->lva ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&new->rb, parent, link);
	rb_insert_color(&new->rb, &p->objects);
}

static void forget_object_locked(struct lab_process *p, struct lab_object *o)
{
	lockdep_assert_held(p->mm.lock);
	rb_erase(&o->rb, &p->objects);
	mmlab_magazine_free(record_cache, o, _RET_IP_);
}

struct lab_kcache *mmlab_object_find_cache(struct lab_process *p, u32 id)
{
	return mmlab_cache_get_id(id, p->mm.owner);
}

static void *take_object(struct lab_kcache *k, u32 size, lab_gfp_t flags,
			 u32 *usable)
{
	void *ptr;

	if (k) {
		ptr = mmlab_magazine_alloc(k, _RET_IP_);
		*usable = k->slab.object_size;
	} else {
		/* For the lab kernel: a block of the process would be in its list of blocks. */
		ptr = mmlab_kmalloc_alloc(size, flags, 0, _RET_IP_);
		*usable = ptr ? mmlab_kmalloc_size(ptr) : 0;
	}
	if (ptr && !(k && k->slab.flags & LAB_SLAB_DEBUG_FLAGS))
		memset(ptr, 0, *usable);
	return ptr;
}

static int give_object(struct lab_kcache *k, void *ptr)
{
	return k ? mmlab_magazine_free(k, ptr, _RET_IP_) :
		   mmlab_kmalloc_free(ptr, 0, _RET_IP_);
}

int mmlab_object_alloc(struct lab_process *p, struct lab_kcache *k, u32 size,
		       lab_gfp_t flags, u32 *lva, u32 *usable)
{
	struct lab_object *o;
	void *ptr = NULL;

	mutex_lock(p->mm.lock);
	o = mmlab_magazine_alloc(record_cache, _RET_IP_);
	if (o)
		ptr = take_object(k, size, flags, usable);
	if (ptr) {
		*lva = ptr_to_lva(ptr);
		o->lva = *lva;
		o->size = *usable;
		o->cache = k;
		insert_object_locked(p, o);
	} else if (o) {
		mmlab_magazine_free(record_cache, o, _RET_IP_);
	}
	mutex_unlock(p->mm.lock);
	return ptr ? 0 : -ENOMEM;
}

int mmlab_object_free(struct lab_process *p, struct lab_kcache *k, u32 lva)
{
	struct lab_object *o;
	int err = -ENOENT;

	mutex_lock(p->mm.lock);
	o = find_object_locked(p, lva, false);
	if (o && o->cache != k) {
		err = -EINVAL;
	} else if (o) {
		err = give_object(k, lva_to_ptr(lva));
		/* A quarantined object is never free again, but the process has lost it. */
		if (!err || err == -EUCLEAN)
			forget_object_locked(p, o);
	}
	mutex_unlock(p->mm.lock);
	return err;
}

u32 mmlab_object_room_locked(struct lab_process *p, u32 lva)
{
	struct lab_object *o;

	lockdep_assert_held(p->mm.lock);
	o = find_object_locked(p, lva, true);
	return o ? o->size - (lva - o->lva) : 0;
}

/* The debug flags of which a cache needs one to notice the misuse. */
static lab_slab_flags_t flags_to_notice(enum lab_injection kind)
{
	switch (kind) {
	case INJECT_OVERFLOW:
	case INJECT_UNDERFLOW:
		return LAB_SLAB_RED_ZONE;
	case INJECT_UAF:
		return LAB_SLAB_POISON;
	case INJECT_DOUBLE_FREE:
	case INJECT_WRONG_CACHE:
		return LAB_SLAB_DEBUG_FLAGS;
	}
	return 0;
}

/*
 * Writes to an object that is free. Its slab may be freed at any moment; under the freeze
 * it can't, so the byte does not hit the frame's next owner.
 */
static int write_freed(struct lab_kcache *k, u8 *ptr)
{
	int err = -EAGAIN;

	mmlab_freeze();
	if (mmlab_slab_find(&mmlab_machine, &k->slab, ptr, NULL) != PFN_NONE) {
		*ptr = 0x41;
		err = 0;
	}
	mmlab_thaw();
	return err;
}

static int inject_locked(struct lab_process *p, enum lab_injection kind,
			 struct lab_object *o, struct lab_kcache *other)
{
	struct lab_kcache *k = o->cache;
	u8 *ptr = lva_to_ptr(o->lva);

	lockdep_assert_held(p->mm.lock);
	switch (kind) {
	case INJECT_OVERFLOW:
		ptr[o->size] = 0x41;
		break;
	case INJECT_UNDERFLOW:
		ptr[-1] = 0x41;
		break;
	case INJECT_UAF:
		mmlab_magazine_free(k, ptr, _RET_IP_);
		forget_object_locked(p, o);
		return write_freed(k, ptr);
	case INJECT_DOUBLE_FREE:
		mmlab_magazine_free(k, ptr, _RET_IP_);
		forget_object_locked(p, o);
		mmlab_magazine_free(k, ptr, _RET_IP_);
		break;
	case INJECT_WRONG_CACHE:
		mmlab_magazine_free(other, ptr, _RET_IP_);
		break;
	}
	return 0;
}

/* The caller keeps the cache, as the object may be freed in the middle of this. */
static int inject_held_locked(struct lab_process *p, enum lab_injection kind,
			      struct lab_object *o, struct lab_kcache *other)
{
	struct lab_kcache *k = mmlab_cache_get_id(o->cache->slab.id, p->mm.owner);
	int err;

	lockdep_assert_held(p->mm.lock);
	if (IS_ERR(k))
		return PTR_ERR(k);
	err = inject_locked(p, kind, o, other);
	mmlab_cache_put(k);
	return err;
}

int mmlab_object_inject(struct lab_process *p, enum lab_injection kind, u32 lva,
			struct lab_kcache *other)
{
	struct lab_object *o;
	int err = -ENOENT;

	mutex_lock(p->mm.lock);
	o = find_object_locked(p, lva, false);
	if (o) {
		struct lab_kcache *noticer = kind == INJECT_WRONG_CACHE ? other :
									  o->cache;

		err = -EINVAL;
		if (o->cache && noticer &&
		    noticer->slab.flags & flags_to_notice(kind) &&
		    other != o->cache)
			err = inject_held_locked(p, kind, o, other);
	}
	mutex_unlock(p->mm.lock);
	return err;
}

void mmlab_object_exit(struct lab_process *p)
{
	struct rb_node *node;

	mutex_lock(p->mm.lock);
	while ((node = rb_first(&p->objects)) != NULL) {
		struct lab_object *o = rb_entry(node, struct lab_object, rb);

		give_object(o->cache, lva_to_ptr(o->lva));
		forget_object_locked(p, o);
	}
	mutex_unlock(p->mm.lock);
	mmlab_cache_destroy_owned(p->mm.owner);
}
