// SPDX-License-Identifier: GPL-2.0
/*
 * VMAs of a lab process. Everything is under lab_mm.lock.
 *
 * Invariants: list and tree have the same VMAs in the same order; none overlap; two
 * neighbours that touch differ in their flags, as each change merges equal ones. No
 * function allocates: a caller brings objects for the worst case, and gets back what was
 * not needed, so that no change can fail half way.
 */
#include "core_internal.h"
#include "vma.h"

void mmlab_vma_init(struct lab_mm *mm, u32 owner, u32 family, struct mutex *lock)
{
	mm->lock = lock;
	mm->owner = owner;
	mm->family = family;
	mm->pgd = PFN_NONE;
	INIT_LIST_HEAD(&mm->vma_list);
	mm->vma_tree = RB_ROOT;
	mm->vma_cache = NULL;
	mm->layout = (struct lab_layout){};
	mm->nr_vmas = 0;
	mm->nr_total = 0;
	mm->nr_rss = 0;
	mm->max_total = 0;
	mm->max_rss = 0;
	mm->nr_tables = 0;
	mm->nr_minflt = 0;
	mm->nr_majflt = 0;
	mm->nr_softflt = 0;
	mm->nr_swap = 0;
	mm->blocks = PFN_NONE;
	mm->nr_block_frames = 0;
}

/*
 * Descends to the lowest VMA that ends after the address. It need not contain the address:
 * the caller of a fault wants the stack that may grow down to it. The VMA found last is kept,
 * since faults come in neighbourhoods.
 */
struct lab_vma *mmlab_vma_find(struct lab_mm *mm, u32 address)
{
	struct rb_node *node = mm->vma_tree.rb_node;
	struct lab_vma *found = mm->vma_cache;

	lockdep_assert_held(mm->lock);
	if (found && found->start <= address && address < found->end)
		return found;
	found = NULL;
	while (node) {
		struct lab_vma *vma = rb_entry(node, struct lab_vma, rb);

		if (address < vma->end) {
			found = vma;
			if (address >= vma->start)
				break;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	if (found)
		mm->vma_cache = found;
	return found;
}

struct lab_vma *mmlab_vma_next(const struct lab_mm *mm, struct lab_vma *vma)
{
	if (list_is_last(&vma->list, &mm->vma_list))
		return NULL;
	return list_next_entry(vma, list);
}

static struct lab_vma *prev_vma(const struct lab_mm *mm, struct lab_vma *vma)
{
	if (vma->list.prev == &mm->vma_list)
		return NULL;
	return list_prev_entry(vma, list);
}

/* Links @vma into tree and list; it overlaps none of those there. */
static void link_vma_locked(struct lab_mm *mm, struct lab_vma *vma)
{
	struct rb_node **link = &mm->vma_tree.rb_node, *parent = NULL;
	struct lab_vma *prev = NULL;

	lockdep_assert_held(mm->lock);
	while (*link) {
		struct lab_vma *here = rb_entry(*link, struct lab_vma, rb);

		parent = *link;
		if (vma->start < here->start) {
			link = &parent->rb_left;
		} else {
			prev = here;
			link = &parent->rb_right;
		}
	}
	rb_link_node(&vma->rb, parent, link);
	rb_insert_color(&vma->rb, &mm->vma_tree);
	list_add(&vma->list, prev ? &prev->list : &mm->vma_list);
	mm->nr_vmas++;
}

/* Takes @vma out of both and puts it on the caller's list. */
static void unlink_vma_locked(struct lab_mm *mm, struct lab_vma *vma,
			      struct list_head *spares)
{
	lockdep_assert_held(mm->lock);
	if (mm->vma_cache == vma)
		mm->vma_cache = NULL;
	rb_erase(&vma->rb, &mm->vma_tree);
	list_move(&vma->list, spares);
	mm->nr_vmas--;
}

static struct lab_vma *new_vma(struct lab_mm *mm, u32 start, u32 end, lab_vma_flags_t flags,
			       struct list_head *spares)
{
	struct lab_vma *vma = list_first_entry(spares, struct lab_vma, list);

	list_del(&vma->list);
	vma->start = start;
	vma->end = end;
	vma->flags = flags;
	link_vma_locked(mm, vma);
	return vma;
}

static void count_total(struct lab_mm *mm, u32 nr)
{
	mm->nr_total += nr;
	mm->max_total = max(mm->max_total, mm->nr_total);
}

/*
 * The lowest address that @vma may reach: for a stack, the end of what it may grow into,
 * cut off at the VMA below.
 */
static u32 floor_of(const struct lab_vma *vma)
{
	if (!(vma->flags & LAB_VMA_GROWSDOWN))
		return vma->start;
	return min(vma->end > LAB_STACK_LIMIT ? vma->end - LAB_STACK_LIMIT : 0,
		   vma->start);
}

/* The first part of [*start, *end) that has no VMA. */
static bool find_gap(struct lab_mm *mm, u32 *start, u32 *end)
{
	struct lab_vma *vma = mmlab_vma_find(mm, *start);

	while (vma && floor_of(vma) <= *start && *start < *end) {
		*start = vma->end;
		vma = mmlab_vma_next(mm, vma);
	}
	if (*start >= *end)
		return false;
	if (vma)
		*end = min(*end, floor_of(vma));
	return true;
}

bool mmlab_vma_covers(struct lab_mm *mm, u32 start, u32 end)
{
	struct lab_vma *vma = mmlab_vma_find(mm, start);

	while (vma && vma->start <= start) {
		start = vma->end;
		if (start >= end)
			return true;
		vma = mmlab_vma_next(mm, vma);
	}
	return false;
}

/* The first address from @from on that @len bytes without a VMA follow, or 0. */
static u32 first_fit(struct lab_mm *mm, u32 from, u32 len)
{
	struct lab_vma *vma = mmlab_vma_find(mm, from);
	u64 start = from;

	for (; vma; vma = mmlab_vma_next(mm, vma)) {
		u32 gap = vma->flags & LAB_VMA_GROWSDOWN ? LAB_STACK_GAP : 0;

		if (start + len + gap <= vma->start)
			break;
		start = vma->end;
	}
	return start + len <= LAB_PAGE_OFFSET ? (u32)start : 0;
}

u32 mmlab_vma_find_free(struct lab_mm *mm, u32 hint, u32 len)
{
	u32 found;

	lockdep_assert_held(mm->lock);
	/* a hint is taken only if it fits as it is, as in Linux */
	if (hint && first_fit(mm, hint, len) == hint)
		return hint;
	found = first_fit(mm, LAB_MMAP_BASE, len);
	return found ? found : first_fit(mm, PAGE_SIZE, len);
}

int mmlab_vma_grow(struct lab_mm *mm, u32 address)
{
	struct lab_vma *vma = mmlab_vma_find(mm, address);
	const struct lab_vma *prev;
	u32 start = address & ~((u32)PAGE_SIZE - 1);

	lockdep_assert_held(mm->lock);
	if (!vma || !(vma->flags & LAB_VMA_GROWSDOWN) ||
	    vma->end - start > LAB_STACK_LIMIT)
		return -EFAULT;
	/* the gap keeps a stack that overflows from running into the VMA below */
	prev = prev_vma(mm, vma);
	if (prev && start - prev->end < LAB_STACK_GAP)
		return -EFAULT;
	count_total(mm, (vma->start - start) >> PAGE_SHIFT);
	vma->start = start;
	return 0;
}

lab_vma_flags_t mmlab_vma_rights(struct lab_mm *mm, u32 start, u32 end, u32 *nr_gaps)
{
	struct lab_vma *vma = mmlab_vma_find(mm, start);
	lab_vma_flags_t rights = LAB_VMA_RIGHTS;

	*nr_gaps = 0;
	for (; start < end; vma = mmlab_vma_next(mm, vma)) {
		if (!vma || floor_of(vma) > start)
			++*nr_gaps;
		if (!vma || floor_of(vma) >= end)
			break;
		rights &= mmlab_vma_permits(vma);
		start = vma->end;
	}
	return rights;
}

void mmlab_vma_add(struct lab_mm *mm, u32 start, u32 end, lab_vma_flags_t flags,
		   struct list_head *spares)
{
	struct lab_vma *next = mmlab_vma_find(mm, start);
	struct lab_vma *prev = NULL;

	lockdep_assert_held(mm->lock);
	if (next)
		prev = prev_vma(mm, next);
	else if (!list_empty(&mm->vma_list))
		prev = list_last_entry(&mm->vma_list, struct lab_vma, list);
	/* Only a neighbour that touches the range and has its flags is merged with it. */
	if (prev && (prev->end != start || prev->flags != flags))
		prev = NULL;
	if (next && (next->start != end || next->flags != flags))
		next = NULL;

	count_total(mm, (end - start) >> PAGE_SHIFT);
	if (prev && next) {
		prev->end = next->end;
		unlink_vma_locked(mm, next, spares);
	} else if (prev) {
		prev->end = end;
	} else if (next) {
		next->start = start;
	} else {
		new_vma(mm, start, end, flags, spares);
	}
}

void mmlab_vma_fill(struct lab_mm *mm, u32 start, u32 end, lab_vma_flags_t flags,
		    struct list_head *spares)
{
	u32 gap = start, gap_end = end;

	lockdep_assert_held(mm->lock);
	while (find_gap(mm, &gap, &gap_end)) {
		mmlab_vma_add(mm, gap, gap_end, flags, spares);
		gap = gap_end;
		gap_end = end;
	}
}

void mmlab_vma_cut(struct lab_mm *mm, u32 start, u32 end,
		   struct list_head *spares)
{
	struct lab_vma *vma = mmlab_vma_find(mm, start);

	lockdep_assert_held(mm->lock);
	while (vma && vma->start < end) {
		struct lab_vma *next = mmlab_vma_next(mm, vma);
		u32 from = max(vma->start, start), to = min(vma->end, end);
		u32 old_end = vma->end;

		mm->nr_total -= (to - from) >> PAGE_SHIFT;
		/* the whole VMA goes, its beginning, its end, or a piece from the middle */
		if (vma->start == from && old_end == to) {
			unlink_vma_locked(mm, vma, spares);
		} else if (vma->start == from) {
			vma->start = to;
		} else {
			vma->end = from;
			if (old_end > to)
				new_vma(mm, to, old_end, vma->flags, spares);
		}
		vma = next;
	}
}

/* The part of @vma from @at on, as a VMA of its own; @at lies inside. */
static struct lab_vma *split_vma(struct lab_mm *mm, struct lab_vma *vma, u32 at,
				 struct list_head *spares)
{
	u32 end = vma->end;

	vma->end = at;
	return new_vma(mm, at, end, vma->flags, spares);
}

/* One VMA of @vma and the one before it, if they are equal and adjacent. */
static struct lab_vma *merge_prev(struct lab_mm *mm, struct lab_vma *vma,
				  struct list_head *spares)
{
	struct lab_vma *prev = prev_vma(mm, vma);

	if (!prev || prev->end != vma->start || prev->flags != vma->flags)
		return vma;
	prev->end = vma->end;
	unlink_vma_locked(mm, vma, spares);
	return prev;
}

void mmlab_vma_protect(struct lab_mm *mm, u32 start, u32 end, lab_vma_flags_t rights,
		       struct list_head *spares)
{
	struct lab_vma *vma = mmlab_vma_find(mm, start);

	lockdep_assert_held(mm->lock);
	while (vma && vma->start < end) {
		lab_vma_flags_t flags = (vma->flags & ~LAB_VMA_RIGHTS) | rights;

		if (vma->flags != flags) {
			if (vma->start < start)
				vma = split_vma(mm, vma, start, spares);
			if (vma->end > end)
				split_vma(mm, vma, end, spares);
			vma->flags = flags;
		}
		vma = merge_prev(mm, vma, spares);
		vma = mmlab_vma_next(mm, vma);
	}
	if (vma)
		merge_prev(mm, vma, spares);
}

static void validate_vma(const struct lab_vma *vma, const struct lab_vma *prev,
			 struct lab_verdict *v)
{
	mmlab_verdict_expect(v, "a VMA starts and ends on a page", vma->start,
			     0, (vma->start | vma->end) & (PAGE_SIZE - 1));
	mmlab_verdict_expect(v, "a VMA is not empty", vma->start, 1,
			     vma->start < vma->end);
	mmlab_verdict_expect(v, "a VMA lies in user space", vma->start, 1,
			     vma->end <= LAB_PAGE_OFFSET);
	if (!prev)
		return;
	mmlab_verdict_expect(v, "VMAs do not overlap", vma->start, 1,
			     prev->end <= vma->start);
	mmlab_verdict_expect(v, "neighbours with equal rights and kind are one VMA",
			     vma->start, 0, prev->end == vma->start &&
			     prev->flags == vma->flags);
}

void mmlab_vma_validate(const struct lab_mm *mm, struct lab_verdict *v)
{
	const struct rb_node *node = rb_first(&mm->vma_tree);
	const struct lab_vma *vma, *prev = NULL;
	u32 nr_vmas = 0, nr_total = 0;
	bool remembered = !mm->vma_cache;

	lockdep_assert_held(mm->lock);
	list_for_each_entry(vma, &mm->vma_list, list) {
		if (!mmlab_verdict_expect(v, "VMA list and tree hold the same",
					  vma->start, 1, node == &vma->rb))
			break;
		validate_vma(vma, prev, v);
		remembered |= vma == mm->vma_cache;
		nr_vmas++;
		nr_total += (vma->end - vma->start) >> PAGE_SHIFT;
		prev = vma;
		node = rb_next(node);
	}
	mmlab_verdict_expect(v, "the VMA tree ends where the list does",
			     mm->owner, 1, !node);
	mmlab_verdict_expect(v, "nr_vmas counts the VMAs", mm->owner,
			     mm->nr_vmas, nr_vmas);
	mmlab_verdict_expect(v, "nr_total counts the pages of all VMAs",
			     mm->owner, mm->nr_total, nr_total);
	mmlab_verdict_expect(v, "the VMA found last is in the list", mm->owner,
			     1, remembered);
	mmlab_verdict_expect(v, "the heap does not end before it begins",
			     mm->owner, 1,
			     mm->layout.start_brk <= mm->layout.brk);
	v->nr_objects += nr_vmas;
}
