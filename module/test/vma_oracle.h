/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The VMAs' naive oracle: one byte per page says what the page is. Regions are
 * whatever pages in a row are equal, as neighbours are always merged. Pages are
 * counted from the oracle's first one; beyond its first and last one, walls fill
 * the rest of user space.
 */
#ifndef MMLAB_TEST_VMA_ORACLE_H
#define MMLAB_TEST_VMA_ORACLE_H

#include "../core/vma.h"
#include "cases.h"

#define ORACLE_NO_PAGE	0xffffffffU

/* The flags of a wall: a bit that no other VMA has. */
#define ORACLE_WALL	LAB_VMA_BIT(7)

/**
 * struct vma_oracle - what must be mapped
 * @t: the case that uses it; what does not agree is a failure of it
 * @base: address of the first page
 * @nr_pages: pages
 * @page: by page: 0 if nothing is there, else 1 + LAB_VMA_ bits
 */
struct vma_oracle {
	struct test_ctx *t;
	u32 base;
	u32 nr_pages;
	u8 *page;
};

/* The flags with these bits. */
static inline lab_vma_flags_t mmlab_vma_oracle_flags(u32 bits)
{
	return (__force lab_vma_flags_t)bits;
}

/* Nothing is mapped. False for lack of memory. */
bool mmlab_vma_oracle_init(struct vma_oracle *o, struct test_ctx *t, u32 base,
			   u32 nr_pages);

static inline u32 mmlab_vma_oracle_address(const struct vma_oracle *o, u32 page)
{
	return o->base + (page << PAGE_SHIFT);
}

/* Is there a wall below the first page? The next one: after the last page? */
static inline bool mmlab_vma_oracle_walled_below(const struct vma_oracle *o)
{
	return o->base > 0;
}

static inline bool mmlab_vma_oracle_walled_above(const struct vma_oracle *o)
{
	return mmlab_vma_oracle_address(o, o->nr_pages) < LAB_PAGE_OFFSET;
}

/* The first page from @page on that is something, or @nr_pages. */
u32 mmlab_vma_oracle_next(const struct vma_oracle *o, u32 page);

/* Are all of [@first, @last) mapped? Are none? */
bool mmlab_vma_oracle_covers(const struct vma_oracle *o, u32 first, u32 last);
bool mmlab_vma_oracle_is_free(const struct vma_oracle *o, u32 first, u32 last);

/* What mmlab_vma_rights() must say. */
lab_vma_flags_t mmlab_vma_oracle_rights(const struct vma_oracle *o, u32 first,
					u32 last, u32 *nr_gaps);

/* What mmlab_vma_find_free() must say; @hint ORACLE_NO_PAGE: none. */
u32 mmlab_vma_oracle_find_free(const struct vma_oracle *o, u32 hint, u32 nr);

/* What the calls of these names do. */
void mmlab_vma_oracle_set(struct vma_oracle *o, u32 first, u32 last, lab_vma_flags_t flags);
void mmlab_vma_oracle_fill(struct vma_oracle *o, u32 first, u32 last, lab_vma_flags_t flags);
void mmlab_vma_oracle_cut(struct vma_oracle *o, u32 first, u32 last);
void mmlab_vma_oracle_protect(struct vma_oracle *o, u32 first, u32 last,
			      lab_vma_flags_t rights);

/* May the stack above @page, which is free, reach down to it? Then it does. */
bool mmlab_vma_oracle_grow(struct vma_oracle *o, u32 page);

/* Compares every VMA and the counts; the lists' and tree's own rules as well. */
void mmlab_vma_oracle_compare(const struct vma_oracle *o, struct lab_mm *mm);

#endif /* MMLAB_TEST_VMA_ORACLE_H */
