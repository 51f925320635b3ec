// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of core/vma about room: where there is some, and what stacks want of it.
 */
#include "../core/core_internal.h"
#include "cases.h"
#include "vma_space.h"

#define SPACE_END	LAB_PAGE_OFFSET
#define STACK		(LAB_VMA_GROWSDOWN | LAB_VMA_READ | LAB_VMA_WRITE)
#define NEIGHBOUR_END	(SPACE_END - (4U << 20))

/* A stack of one page, with a region below it if @neighbour. */
static struct space *stack_space(struct test_ctx *t, bool neighbour)
{
	struct space *s = mmlab_space_new(t, 0, 16);

	if (!s)
		return NULL;
	mutex_lock(s->mm.lock);
	mmlab_space_add(s, SPACE_END - PAGE, SPACE_END, STACK);
	if (neighbour)
		mmlab_space_add(s, NEIGHBOUR_END - PAGE, NEIGHBOUR_END, LAB_VMA_READ);
	return s;
}

static const struct {
	bool neighbour;
	u32 address;
	int err;
} grows[] = {
	{ false, SPACE_END - PAGE - 1, 0 },
	{ false, SPACE_END - LAB_STACK_LIMIT, 0 },
	{ false, SPACE_END - LAB_STACK_LIMIT + 1, 0 },
	{ false, SPACE_END - LAB_STACK_LIMIT - 1, -EFAULT },
	{ false, 0, -EFAULT },
	{ true, NEIGHBOUR_END + LAB_STACK_GAP, 0 },
	{ true, NEIGHBOUR_END + LAB_STACK_GAP - 1, -EFAULT },
	{ true, NEIGHBOUR_END, -EFAULT },
	{ true, NEIGHBOUR_END - PAGE - 1, -EFAULT },	/* its neighbour grows not */
};

static void vma_grow(struct test_ctx *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(grows); i++) {
		struct space *s = stack_space(t, grows[i].neighbour);
		u32 total, start = SPACE_END - PAGE;
		struct lab_vma *vma;

		if (!s)
			return;
		total = s->mm.nr_total;
		EXPECT_EQ(t, grows[i].err, mmlab_vma_grow(&s->mm, grows[i].address));
		vma = mmlab_vma_find(&s->mm, SPACE_END - 1);
		if (!grows[i].err) {
			total += (start - (grows[i].address & ~(PAGE - 1))) / PAGE;
			start = grows[i].address & ~(PAGE - 1);
		}
		EXPECT_EQ(t, start, vma->start);
		EXPECT_EQ(t, total, s->mm.nr_total);
		EXPECT_EQ(t, total, s->mm.max_total);
		mmlab_space_sound(s);
		mmlab_space_cut(s, 0, SPACE_END / PAGE);
		EXPECT_EQ(t, -EFAULT, mmlab_vma_grow(&s->mm, SPACE_END - PAGE));
		EXPECT_EQ(t, total, s->mm.max_total);
		mutex_unlock(s->mm.lock);
	}
}

/* What a stack may grow into is no gap for windows, but others can have it. */
static void vma_below_a_stack(struct test_ctx *t)
{
	u32 limit = SPACE_END - LAB_STACK_LIMIT, gaps;
	struct space *s = stack_space(t, false);

	if (!s)
		return;
	EXPECT_EQ(t, 3, mmlab_vma_rights(&s->mm, limit, SPACE_END, &gaps));
	EXPECT_EQ(t, 0, gaps);
	EXPECT_EQ(t, 3, mmlab_vma_rights(&s->mm, limit, limit + PAGE, &gaps));
	EXPECT_EQ(t, 0, gaps);
	EXPECT_EQ(t, 3, mmlab_vma_rights(&s->mm, limit - PAGE, SPACE_END, &gaps));
	EXPECT_EQ(t, 1, gaps);
	mmlab_space_fill(s, limit / PAGE - 1, SPACE_END / PAGE, LAB_VMA_READ, gaps);
	EXPECT_EQ(t, 2, s->mm.nr_vmas);
	EXPECT_EQ(t, limit, mmlab_vma_find(&s->mm, 0)->end);
	EXPECT_EQ(t, limit - PAGE, mmlab_vma_find(&s->mm, 0)->start);
	mmlab_space_add(s, limit + PAGE, limit + 2 * PAGE, LAB_VMA_READ);
	EXPECT_EQ(t, 3, s->mm.nr_vmas);
	/* its reach ends there now */
	mmlab_vma_rights(&s->mm, limit, SPACE_END, &gaps);
	EXPECT_EQ(t, 1, gaps);
	mmlab_space_sound(s);
	mutex_unlock(s->mm.lock);
}

/* How much is free: [@start, @end); what is asked for; and what is found. */
static const struct {
	u32 start, end;
	u32 hint, len;
	u32 found;
} frees[] = {
	{ 0, LAB_PAGE_OFFSET, 0, PAGE, LAB_MMAP_BASE },
	{ 0, LAB_PAGE_OFFSET, 0x10000, PAGE, 0x10000 },
	{ 0, LAB_PAGE_OFFSET, PAGE, PAGE, PAGE },
	/* the last page of user space */
	{ LAB_PAGE_OFFSET - PAGE, LAB_PAGE_OFFSET, 0, PAGE, LAB_PAGE_OFFSET - PAGE },
	{ LAB_PAGE_OFFSET - PAGE, LAB_PAGE_OFFSET, 0, 2 * PAGE, 0 },
	{ 0, LAB_PAGE_OFFSET, LAB_PAGE_OFFSET - PAGE, PAGE, LAB_PAGE_OFFSET - PAGE },
	{ 0, LAB_PAGE_OFFSET, LAB_PAGE_OFFSET - PAGE, 2 * PAGE, LAB_MMAP_BASE },
	/* address 0 is never found, a page above it is if nothing else is free */
	{ 0, PAGE, 0, PAGE, 0 },
	{ 0, 2 * PAGE, 0, PAGE, PAGE },
	{ 0, 2 * PAGE, 0, 2 * PAGE, 0 },
	{ 0, 0, 0, PAGE, 0 },
	/* a hint that is taken, or that is only free at its beginning or end */
	{ 0x50000000, 0x50004000, 0x4ffff000, PAGE, 0x50000000 },
	{ 0x50000000, 0x50004000, 0x50003000, 2 * PAGE, 0x50000000 },
	{ 0x50000000, 0x50004000, 0x4ffff000, 2 * PAGE, 0x50000000 },
	{ 0x50000000, 0x50004000, 0x50001000, 3 * PAGE, 0x50001000 },
	{ 0x50000000, 0x50004000, 0, 4 * PAGE, 0x50000000 },
	{ 0x50000000, 0x50004000, 0, 5 * PAGE, 0 },
	/* begins below where the search begins, so that it goes there last */
	{ 0x3fffe000, 0x40001000, 0, PAGE, 0x40000000 },
	{ 0x3fffe000, 0x40001000, 0, 2 * PAGE, 0x3fffe000 },
	/* all there is but address 0, and more than that */
	{ 0, LAB_PAGE_OFFSET, 0, LAB_PAGE_OFFSET - PAGE, PAGE },
	{ 0, LAB_PAGE_OFFSET, 0, LAB_PAGE_OFFSET, 0 },
};

static void vma_find_free(struct test_ctx *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(frees); i++) {
		struct space *s = mmlab_space_new(t, 0, 16);

		if (!s)
			return;
		mutex_lock(s->mm.lock);
		if (frees[i].start)
			mmlab_space_add(s, 0, frees[i].start, LAB_VMA_READ);
		if (frees[i].end < LAB_PAGE_OFFSET)
			mmlab_space_add(s, frees[i].end, LAB_PAGE_OFFSET, LAB_VMA_WRITE);
		EXPECT_EQ(t, frees[i].found,
			  mmlab_vma_find_free(&s->mm, frees[i].hint, frees[i].len));
		mutex_unlock(s->mm.lock);
	}
}

/* Between a region and a stack: what the stack wants clear is not found. */
static void vma_find_free_below_a_stack(struct test_ctx *t)
{
	const u32 room = SPACE_END - PAGE - NEIGHBOUR_END - LAB_STACK_GAP;
	struct space *s = stack_space(t, true);

	if (!s)
		return;
	mmlab_space_add(s, 0, NEIGHBOUR_END - PAGE, LAB_VMA_WRITE);
	EXPECT_EQ(t, NEIGHBOUR_END, mmlab_vma_find_free(&s->mm, 0, room));
	EXPECT_EQ(t, 0, mmlab_vma_find_free(&s->mm, 0, room + PAGE));
	EXPECT_EQ(t, NEIGHBOUR_END + PAGE,
		  mmlab_vma_find_free(&s->mm, NEIGHBOUR_END + PAGE, room - PAGE));
	EXPECT_EQ(t, NEIGHBOUR_END,
		  mmlab_vma_find_free(&s->mm, NEIGHBOUR_END + PAGE, room));
	mutex_unlock(s->mm.lock);
}

const struct test_case mmlab_test_vma_room[] = {
	{ "vma_grow", vma_grow },
	{ "vma_below_a_stack", vma_below_a_stack },
	{ "vma_find_free", vma_find_free },
	{ "vma_find_free_below_a_stack", vma_find_free_below_a_stack },
	{}
};
