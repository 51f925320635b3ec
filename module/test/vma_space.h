/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An address space with drawn regions, for the cases of core/vma: a letter per page,
 * . nothing, 0 no rights, r, w, b both.
 */
#ifndef MMLAB_TEST_VMA_SPACE_H
#define MMLAB_TEST_VMA_SPACE_H

#include "../core/vma.h"
#include "cases.h"

#define PAGE		((u32)PAGE_SIZE)

/**
 * struct space - an address space under test, and where its objects come from
 * @t: case
 * @lock: that of @mm
 * @mm: address space
 * @base: address of the first page of drawings
 * @spares: VMA objects that are not in use
 * @nr_spares: how many these are
 */
struct space {
	struct test_ctx *t;
	struct mutex lock;
	struct lab_mm mm;
	u32 base;
	struct list_head spares;
	u32 nr_spares;
};

/* An empty one; NULL for lack of memory. */
struct space *mmlab_space_new(struct test_ctx *t, u32 base, u32 nr_spares);

/* The rights that a letter stands for. */
lab_vma_flags_t mmlab_space_flags(char letter);

/*
 * The calls of core/vma on pages [@first, @last), with as many objects as they may
 * need; none must get lost. Fill gets @nr of them.
 */
void mmlab_space_fill(struct space *s, u32 first, u32 last, lab_vma_flags_t flags, u32 nr);
void mmlab_space_cut(struct space *s, u32 first, u32 last);
void mmlab_space_protect(struct space *s, u32 first, u32 last, lab_vma_flags_t rights);

/* The same on addresses. */
void mmlab_space_add(struct space *s, u32 start, u32 end, lab_vma_flags_t flags);

/* The validator has nothing to say. */
void mmlab_space_sound(struct space *s);

/* Makes the regions of a drawing in an empty space. */
void mmlab_space_draw(struct space *s, const char *drawing);

/* The VMAs are those of the drawing, each as long as equal letters reach. */
void mmlab_space_expect(struct space *s, const char *drawing);

#endif /* MMLAB_TEST_VMA_SPACE_H */
