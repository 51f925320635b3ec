// SPDX-License-Identifier: GPL-2.0
/*
 * VMAs of a lab process. Everything is under lab_mm.lock.
 */
#include "core_internal.h"
#include "vma.h"

void mmlab_vma_init(struct lab_mm *mm, u32 owner)
{
	mm->owner = owner;
	mm->pgd = PFN_NONE;
	INIT_LIST_HEAD(&mm->vma_list);
	mm->vma_tree = RB_ROOT;
	mm->nr_vmas = 0;
	mm->nr_total = 0;
	mm->nr_rss = 0;
	mm->nr_tables = 0;
	mm->nr_minflt = 0;
	mm->blocks = PFN_NONE;
	mm->nr_block_frames = 0;
}

struct lab_vma *mmlab_vma_find(const struct lab_mm *mm, u32 address)
{
	struct rb_node *node = mm->vma_tree.rb_node;
	struct lab_vma *found = NULL;

	lockdep_assert_held(&mm->lock);
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
static void link_vma(struct lab_mm *mm, struct lab_vma *vma)
{
	struct rb_node **link = &mm->vma_tree.rb_node, *parent = NULL;
	struct lab_vma *prev = NULL;

	lockdep_assert_held(&mm->lock);
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

/* Takes @vma out and puts it on the caller's list. */
static void unlink_vma(struct lab_mm *mm, struct lab_vma *vma,
		       struct list_head *spares)
{
	lockdep_assert_held(&mm->lock);
	rb_erase(&vma->rb, &mm->vma_tree);
	list_move(&vma->list, spares);
	mm->nr_vmas--;
}

static void new_vma(struct lab_mm *mm, u32 start, u32 end, u32 flags,
		    struct list_head *spares)
{
	struct lab_vma *vma = list_first_entry(spares, struct lab_vma, list);

	list_del(&vma->list);
	vma->start = start;
	vma->end = end;
	vma->flags = flags;
	link_vma(mm, vma);
}

/* The first part of [*start, *end) that has no VMA. */
static bool find_gap(const struct lab_mm *mm, u32 *start, u32 *end)
{
	struct lab_vma *vma = mmlab_vma_find(mm, *start);

	while (vma && vma->start <= *start && *start < *end) {
		*start = vma->end;
		vma = mmlab_vma_next(mm, vma);
	}
	if (*start >= *end)
		return false;
	if (vma && vma->start < *end)
		*end = vma->start;
	return true;
}

u32 mmlab_vma_rights(const struct lab_mm *mm, u32 start, u32 end, u32 *nr_gaps)
{
	struct lab_vma *vma = mmlab_vma_find(mm, start);
	u32 rights = LAB_VM_READ | LAB_VM_WRITE;

	*nr_gaps = 0;
	for (; start < end; vma = mmlab_vma_next(mm, vma)) {
		if (!vma || vma->start > start)
			++*nr_gaps;
		if (!vma || vma->start >= end)
			break;
		rights &= vma->flags;
		start = vma->end;
	}
	return rights;
}

static void fill_gap(struct lab_mm *mm, u32 start, u32 end, u32 flags,
		     struct list_head *spares)
{
	struct lab_vma *next = mmlab_vma_find(mm, start);
	struct lab_vma *prev = NULL;

	if (next)
		prev = prev_vma(mm, next);
	else if (!list_empty(&mm->vma_list))
		prev = list_last_entry(&mm->vma_list, struct lab_vma, list);
	if (prev && (prev->end != start || prev->flags != flags))
		prev = NULL;
	if (next && (next->start != end || next->flags != flags))
		next = NULL;

	mm->nr_total += (end - start) >> PAGE_SHIFT;
	if (prev && next) {
		prev->end = next->end;
		unlink_vma(mm, next, spares);
	} else if (prev) {
		prev->end = end;
	} else if (next) {
		next->start = start;
	} else {
		new_vma(mm, start, end, flags, spares);
	}
}

void mmlab_vma_fill(struct lab_mm *mm, u32 start, u32 end, u32 flags,
		    struct list_head *spares)
{
	u32 gap = start, gap_end = end;

	lockdep_assert_held(&mm->lock);
	while (find_gap(mm, &gap, &gap_end)) {
		fill_gap(mm, gap, gap_end, flags, spares);
		gap = gap_end;
		gap_end = end;
	}
}

void mmlab_vma_cut(struct lab_mm *mm, u32 start, u32 end,
		   struct list_head *spares)
{
	struct lab_vma *vma = mmlab_vma_find(mm, start);

	lockdep_assert_held(&mm->lock);
	while (vma && vma->start < end) {
		struct lab_vma *next = mmlab_vma_next(mm, vma);
		u32 from = max(vma->start, start), to = min(vma->end, end);
		u32 old_end = vma->end;

		mm->nr_total -= (to - from) >> PAGE_SHIFT;
		if (vma->start == from && old_end == to) {
			unlink_vma(mm, vma, spares);
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
	mmlab_verdict_expect(v, "neighbours with equal rights are one VMA",
			     vma->start, 0, prev->end == vma->start &&
			     prev->flags == vma->flags);
}

void mmlab_vma_validate(const struct lab_mm *mm, struct lab_verdict *v)
{
	const struct rb_node *node = rb_first(&mm->vma_tree);
	const struct lab_vma *vma, *prev = NULL;
	u32 nr_vmas = 0, nr_total = 0;

	lockdep_assert_held(&mm->lock);
	list_for_each_entry(vma, &mm->vma_list, list) {
		if (!mmlab_verdict_expect(v, "VMA list and tree hold the same",
					  vma->start, 1, node == &vma->rb))
			break;
		validate_vma(vma, prev, v);
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
	v->nr_objects += nr_vmas;
}
