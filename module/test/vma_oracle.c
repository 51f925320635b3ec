// SPDX-License-Identifier: GPL-2.0
/*
 * A byte per page says what the VMAs must be. Slow on purpose.
 */
#include "../core/core_internal.h"
#include "vma_oracle.h"

#define LIMIT_PAGES	(LAB_STACK_LIMIT >> PAGE_SHIFT)
#define GAP_PAGES	(LAB_STACK_GAP >> PAGE_SHIFT)

bool mmlab_vma_oracle_init(struct vma_oracle *o, struct test_ctx *t, u32 base,
			   u32 nr_pages)
{
	o->t = t;
	o->base = base;
	o->nr_pages = nr_pages;
	o->page = mmlab_test_alloc(t, nr_pages);
	return o->page;
}

/* The first page from @page on that is not like @page, or nr_pages. */
static u32 run_end(const struct vma_oracle *o, u32 page)
{
	u8 what = o->page[page];

	while (page < o->nr_pages && o->page[page] == what)
		page++;
	return page;
}

u32 mmlab_vma_oracle_next(const struct vma_oracle *o, u32 page)
{
	while (page < o->nr_pages && !o->page[page])
		page++;
	return page;
}

bool mmlab_vma_oracle_covers(const struct vma_oracle *o, u32 first, u32 last)
{
	while (first < last) {
		if (!o->page[first++])
			return false;
	}
	return true;
}

bool mmlab_vma_oracle_is_free(const struct vma_oracle *o, u32 first, u32 last)
{
	return mmlab_vma_oracle_next(o, first) >= last;
}

/* The byte of a page with these flags; 0 is for a page that has no VMA. */
static u8 byte_of(lab_vma_flags_t flags)
{
	return (u8)(1 + (__force u32)flags);
}

static lab_vma_flags_t flags_of(u8 byte)
{
	return mmlab_vma_oracle_flags(byte - 1U);
}

/* A page at which a stack begins. */
static bool is_stack(const struct vma_oracle *o, u32 page)
{
	return page < o->nr_pages && o->page[page] &&
	       flags_of(o->page[page]) & LAB_VMA_GROWSDOWN;
}

/* What owns a page: itself, the stack that may reach it, or nothing (0). */
static u8 owner_of(const struct vma_oracle *o, u32 page)
{
	u32 next = mmlab_vma_oracle_next(o, page);

	if (next == page)
		return o->page[page];
	if (!is_stack(o, next) || run_end(o, next) - page > LIMIT_PAGES)
		return 0;
	return o->page[next];
}

static lab_vma_flags_t permits(lab_vma_flags_t flags)
{
	return flags & LAB_VMA_RIGHTS ? flags | LAB_VMA_READ : 0;
}

lab_vma_flags_t mmlab_vma_oracle_rights(const struct vma_oracle *o, u32 first,
					u32 last, u32 *nr_gaps)
{
	lab_vma_flags_t rights = LAB_VMA_RIGHTS;
	u32 page = first;
	bool in_gap = false;

	*nr_gaps = 0;
	for (; page < last; page++) {
		u8 owner = owner_of(o, page);

		if (owner)
			rights &= permits(flags_of(owner));
		else if (!in_gap)
			++*nr_gaps;
		in_gap = !owner;
	}
	return rights;
}

/* Do @nr pages fit at @page, with what a stack above wants clear? */
static bool fits(const struct vma_oracle *o, u32 page, u32 nr)
{
	u32 next = mmlab_vma_oracle_next(o, page);

	if (next < page + nr || page + nr > o->nr_pages)
		return false;
	return !is_stack(o, next) || next - (page + nr) >= GAP_PAGES;
}

static u32 first_fit(const struct vma_oracle *o, u32 from, u32 nr)
{
	/* address 0 is never found */
	if (!mmlab_vma_oracle_walled_below(o) && !from)
		from = 1;
	for (; from < o->nr_pages; from++) {
		if (fits(o, from, nr))
			return from;
	}
	return ORACLE_NO_PAGE;
}

u32 mmlab_vma_oracle_find_free(const struct vma_oracle *o, u32 hint, u32 nr)
{
	u32 end = mmlab_vma_oracle_address(o, o->nr_pages);
	u32 page = ORACLE_NO_PAGE;

	if (hint != ORACLE_NO_PAGE && mmlab_vma_oracle_address(o, hint) &&
	    fits(o, hint, nr))
		return hint;
	if (end > LAB_MMAP_BASE)
		page = first_fit(o, o->base < LAB_MMAP_BASE ?
				 (LAB_MMAP_BASE - o->base) >> PAGE_SHIFT : 0, nr);
	return page != ORACLE_NO_PAGE ? page : first_fit(o, 0, nr);
}

void mmlab_vma_oracle_set(struct vma_oracle *o, u32 first, u32 last, lab_vma_flags_t flags)
{
	memset(o->page + first, byte_of(flags), last - first);
}

void mmlab_vma_oracle_fill(struct vma_oracle *o, u32 first, u32 last, lab_vma_flags_t flags)
{
	/* downwards: what a page's owner is depends on what is above it */
	while (last-- > first) {
		if (!owner_of(o, last))
			o->page[last] = byte_of(flags);
	}
}

void mmlab_vma_oracle_cut(struct vma_oracle *o, u32 first, u32 last)
{
	memset(o->page + first, 0, last - first);
}

void mmlab_vma_oracle_protect(struct vma_oracle *o, u32 first, u32 last,
			      lab_vma_flags_t rights)
{
	for (; first < last; first++) {
		lab_vma_flags_t flags = flags_of(o->page[first]);

		o->page[first] = byte_of((flags & ~LAB_VMA_RIGHTS) | rights);
	}
}

bool mmlab_vma_oracle_grow(struct vma_oracle *o, u32 page)
{
	u32 next = mmlab_vma_oracle_next(o, page), below = page;

	if (!is_stack(o, next) || run_end(o, next) - page > LIMIT_PAGES)
		return false;
	while (below && !o->page[below - 1])
		below--;
	if ((below || mmlab_vma_oracle_walled_below(o)) &&
	    page - below < GAP_PAGES)
		return false;
	memset(o->page + page, o->page[next], next - page);
	return true;
}

static bool compare_wall(const struct vma_oracle *o, const struct lab_vma *vma)
{
	u32 end = mmlab_vma_oracle_address(o, o->nr_pages);

	EXPECT_EQ(o->t, vma->start < o->base ? 0 : end, vma->start);
	return EXPECT_EQ(o->t, vma->start < o->base ? o->base : LAB_PAGE_OFFSET,
			 vma->end);
}

/* Checks that the next run of pages is this VMA, and moves *@page to its end. */
static bool compare_vma(const struct vma_oracle *o, const struct lab_vma *vma,
			u32 *page)
{
	u32 first = mmlab_vma_oracle_next(o, *page);

	if (!EXPECT(o->t, first < o->nr_pages))
		return false;
	*page = run_end(o, first);
	EXPECT_EQ(o->t, flags_of(o->page[first]), vma->flags);
	EXPECT_EQ(o->t, mmlab_vma_oracle_address(o, first), vma->start);
	return EXPECT_EQ(o->t, mmlab_vma_oracle_address(o, *page), vma->end);
}

static u32 pages_of(u32 start, u32 end)
{
	return (end - start) >> PAGE_SHIFT;
}

void mmlab_vma_oracle_compare(const struct vma_oracle *o, struct lab_mm *mm)
{
	const struct lab_vma *vma;
	u32 page = 0, nr_vmas = 0, nr_total = 0;
	struct lab_verdict v = {};

	list_for_each_entry(vma, &mm->vma_list, list) {
		if (!(vma->flags == ORACLE_WALL ? compare_wall(o, vma) :
						  compare_vma(o, vma, &page)))
			return;
		nr_total += pages_of(vma->start, vma->end);
		nr_vmas++;
	}
	EXPECT_EQ(o->t, o->nr_pages, mmlab_vma_oracle_next(o, page));
	EXPECT_EQ(o->t, nr_vmas, mm->nr_vmas);
	EXPECT_EQ(o->t, nr_total, mm->nr_total);
	EXPECT(o->t, mm->max_total >= nr_total);
	mmlab_vma_validate(mm, &v);
	if (v.broken)
		mmlab_test_fail(o->t, v.rule, (int)v.where, "sound", v.want, v.got);
}
