// SPDX-License-Identifier: GPL-2.0
/*
 * Address ranges of the vmalloc region. Everything is under lab_vm_space.lock.
 *
 * The free space is not kept anywhere: it is the hole in front of each area, and the rest
 * after the last one. Each node of the tree knows the largest hole of its subtree. So the
 * lowest hole that is large enough is found on one way down. Invariants: hole is the
 * distance to the area before; max_hole is the largest hole of the subtree. A change of an
 * area changes the hole of the next one as well.
 */
#include "core_internal.h"
#include "area.h"

static struct lab_vm_area *area_of(struct rb_node *node)
{
	return rb_entry_safe(node, struct lab_vm_area, rb);
}

static struct lab_vm_area *prev_area(const struct lab_vm_space *s,
				     struct lab_vm_area *area)
{
	if (area->list.prev == &s->areas)
		return NULL;
	return list_prev_entry(area, list);
}

static struct lab_vm_area *next_area(const struct lab_vm_space *s,
				     struct lab_vm_area *area)
{
	if (list_is_last(&area->list, &s->areas))
		return NULL;
	return list_next_entry(area, list);
}

/* First address of the hole in front of an area. */
static u32 hole_start(const struct lab_vm_space *s, struct lab_vm_area *area)
{
	struct lab_vm_area *prev = prev_area(s, area);

	return prev ? prev->start + prev->size : s->start;
}

/* For the tree's callbacks, which don't know the region. */
static inline u32 own_hole(struct lab_vm_area *area)
{
	return area->hole;
}

RB_DECLARE_CALLBACKS_MAX(static, hole_callbacks, struct lab_vm_area, rb, u32,
			 max_hole, own_hole)

/* The hole in front of @area has changed. */
static void update_hole(const struct lab_vm_space *s, struct lab_vm_area *area)
{
	area->hole = area->start - hole_start(s, area);
	hole_callbacks_propagate(&area->rb, NULL);
}

void mmlab_area_init(struct lab_vm_space *s, u32 start, u32 end)
{
	s->tree = RB_ROOT;
	INIT_LIST_HEAD(&s->areas);
	s->start = start;
	s->end = end;
	s->nr_areas = 0;
	s->nr_bytes = 0;
	s->nr_steps = 0;
}

static u32 max_hole(const struct rb_node *node)
{
	return node ? rb_entry(node, struct lab_vm_area, rb)->max_hole : 0;
}

/* The first area, by address, with a hole of @size bytes in front of it. */
static struct lab_vm_area *lowest_hole(struct lab_vm_space *s, u32 size)
{
	struct rb_node *node = s->tree.rb_node;

	if (max_hole(node) < size)
		return NULL;
	for (;;) {
		struct lab_vm_area *area = area_of(node);

		s->nr_steps++;
		/*
		 * lower addresses first; if no hole is there, max_hole promises one here
		 * or on the right
		 */
		if (max_hole(node->rb_left) >= size) {
			node = node->rb_left;
			continue;
		}
		if (area->hole >= size)
			return area;
		node = node->rb_right;
	}
}

/* Does an area of @size fit into [start, end) with this alignment? */
static bool fits(u32 start, u32 end, u32 size, u32 align, u32 *at)
{
	u64 aligned = round_up((u64)start, (u64)align);

	*at = (u32)aligned;
	return aligned + size <= end;
}

/* After the last area, or in an empty region. */
static bool fits_at_end(const struct lab_vm_space *s, u32 size, u32 align,
			u32 *at)
{
	u32 start = s->start;

	if (!list_empty(&s->areas)) {
		const struct lab_vm_area *last =
			list_last_entry(&s->areas, struct lab_vm_area, list);

		start = last->start + last->size;
	}
	return fits(start, s->end, size, align, at);
}

/*
 * A place for @size bytes: its address, and the area that will follow (NULL: at
 * the end). Holes that fit wherever they begin are found from the tree; if only
 * a smaller one is aligned by chance, it takes a walk.
 */
static bool find_place(struct lab_vm_space *s, u32 size, u32 align, u32 *at,
		       struct lab_vm_area **next)
{
	/* below 2^32: the region is smaller than 2^30, align at most 2^31 */
	u32 surely = size + align - (u32)PAGE_SIZE;
	struct lab_vm_area *area;

	s->nr_steps = 0;
	*next = lowest_hole(s, surely);
	if (*next)
		return fits(hole_start(s, *next), (*next)->start, size, align,
			    at);
	if (fits_at_end(s, size, align, at))
		return true;
	if (align == PAGE_SIZE)
		return false;
	list_for_each_entry(area, &s->areas, list) {
		s->nr_steps++;
		*next = area;
		if (fits(hole_start(s, area), area->start, size, align, at))
			return true;
	}
	return false;
}

static void link_area_locked(struct lab_vm_space *s, struct lab_vm_area *area,
			     struct lab_vm_area *next)
{
	struct rb_node **link = &s->tree.rb_node, *parent = NULL;

	lockdep_assert_held(&s->lock);
	list_add_tail(&area->list, next ? &next->list : &s->areas);
	area->hole = area->start - hole_start(s, area);
	/*
	 * The new node is a leaf, so its subtree has its own hole only. Its ancestors
	 * hear of it before the tree is balanced, which relies on their values.
	 */
	area->max_hole = area->hole;
	while (*link) {
		parent = *link;
		link = area->start < area_of(parent)->start ?
		       &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&area->rb, parent, link);
	hole_callbacks_propagate(parent, NULL);
	rb_insert_augmented(&area->rb, &s->tree, &hole_callbacks);
	if (next)
		update_hole(s, next);
	s->nr_areas++;
	s->nr_bytes += area->size;
}

int mmlab_area_insert(struct lab_vm_space *s, struct lab_vm_area *area,
		      u32 size, u32 align)
{
	struct lab_vm_area *next;
	u32 at;

	lockdep_assert_held(&s->lock);
	if (size > s->end - s->start - PAGE_SIZE)
		return -ENOMEM;
	size += PAGE_SIZE;
	if (!find_place(s, size, align, &at, &next))
		return -ENOMEM;
	area->start = at;
	area->size = size;
	area->nr_mapped = 0;
	link_area_locked(s, area, next);
	return 0;
}

void mmlab_area_remove(struct lab_vm_space *s, struct lab_vm_area *area)
{
	struct lab_vm_area *next = next_area(s, area);

	lockdep_assert_held(&s->lock);
	list_del(&area->list);
	rb_erase_augmented(&area->rb, &s->tree, &hole_callbacks);
	if (next)
		update_hole(s, next);
	s->nr_areas--;
	s->nr_bytes -= area->size;
}

struct lab_vm_area *mmlab_area_find(const struct lab_vm_space *s, u32 address)
{
	struct rb_node *node = s->tree.rb_node;

	lockdep_assert_held(&s->lock);
	while (node) {
		struct lab_vm_area *area = area_of(node);

		if (address >= area->start &&
		    address - area->start < area->size)
			return area;
		node = address < area->start ? node->rb_left : node->rb_right;
	}
	return NULL;
}

u32 mmlab_area_largest_hole(const struct lab_vm_space *s)
{
	u32 at_end = s->end - s->start;

	if (!list_empty(&s->areas)) {
		const struct lab_vm_area *last =
			list_last_entry(&s->areas, struct lab_vm_area, list);

		at_end = s->end - (last->start + last->size);
	}
	return max(at_end, max_hole(s->tree.rb_node));
}

static void validate_area(const struct lab_vm_space *s, struct lab_vm_area *area,
			  struct lab_verdict *v)
{
	u32 from = hole_start(s, area);
	u32 deepest = max(area->hole, max(max_hole(area->rb.rb_left),
					  max_hole(area->rb.rb_right)));

	mmlab_verdict_expect(v, "a vmalloc area starts and ends on a page",
			     area->start, 0,
			     (area->start | area->size) & (PAGE_SIZE - 1));
	mmlab_verdict_expect(v, "a vmalloc area has a page and its guard",
			     area->start, 1, area->size >= 2 * PAGE_SIZE);
	mmlab_verdict_expect(v, "vmalloc areas do not overlap", area->start, 1,
			     from <= area->start);
	mmlab_verdict_expect(v, "a vmalloc area ends inside the region",
			     area->start, 1,
			     (u64)area->start + area->size <= s->end);
	mmlab_verdict_expect(v, "an area knows the hole in front of it",
			     area->start, area->start - from, area->hole);
	mmlab_verdict_expect(v, "an area knows the largest hole below it",
			     area->start, deepest, area->max_hole);
	mmlab_verdict_expect(v, "no more is mapped than an area has pages",
			     area->start, 1, area->nr_mapped <=
			     (area->size >> PAGE_SHIFT) - 1);
}

void mmlab_area_validate(const struct lab_vm_space *s, struct lab_verdict *v)
{
	struct rb_node *node = rb_first(&s->tree);
	struct lab_vm_area *area;
	u64 nr_bytes = 0;
	u32 nr = 0;

	lockdep_assert_held(&s->lock);
	list_for_each_entry(area, &s->areas, list) {
		if (!mmlab_verdict_expect(v, "vmalloc list and tree hold the same",
					  area->start, 1, node == &area->rb))
			break;
		validate_area(s, area, v);
		nr_bytes += area->size;
		nr++;
		node = rb_next(node);
	}
	mmlab_verdict_expect(v, "the vmalloc tree ends where the list does",
			     s->start, 1, !node);
	mmlab_verdict_expect(v, "nr_areas counts the vmalloc areas", s->start,
			     s->nr_areas, nr);
	mmlab_verdict_expect(v, "nr_bytes adds up the vmalloc areas", s->start,
			     s->nr_bytes, nr_bytes);
	v->nr_objects += nr;
}
