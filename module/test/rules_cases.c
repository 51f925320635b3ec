// SPDX-License-Identifier: GPL-2.0
/*
 * Every rule of every validator is seen to fire: a sound structure gets one
 * wrong value and the validator must name exactly the rule that it breaks, the place,
 * what should be there and what is. A count's field says what should be there.
 */
#include "../core/core_internal.h"
#include "../core/buddy.h"
#include "../core/pgtable.h"
#include "../core/vma.h"
#include "cases.h"

#define OWNER	3U
#define PAGE_AT	0x5000U	/* the page is mapped here */

/**
 * struct victim - structures to be broken
 * @t: case
 * @m: machine of 5 MiB; its zones are no multiple of the largest block
 * @z: its zone Normal
 * @block: used block of order 3, as is its buddy
 * @pgd: page directory of @mm
 * @table: page table for linear address 0
 * @page: frame mapped at linear address 0
 * @lock: that of @mm
 * @mm: with @vma
 * @vma: 16 KiB each from 0x10000 on: r, w, gap, r
 */
struct victim {
	struct test_ctx *t;
	struct lab_machine *m;
	struct lab_zone *z;
	struct lab_frame *block;
	u32 pgd;
	u32 table;
	u32 page;
	struct mutex lock;
	struct lab_mm mm;
	struct lab_vma vma[3];
};

static u32 used_frame(struct victim *s, enum frame_use use)
{
	u32 pfn = mmlab_test_alloc_block(s->m, 0, 0);

	mmlab_frame(s->m, pfn)->use = use;
	mmlab_frame(s->m, pfn)->owner = OWNER;
	mmlab_frame(s->m, pfn)->mapcount = 0;
	return pfn;
}

static void init_vmas(struct victim *s)
{
	static const u32 start[] = { 0x10000, 0x14000, 0x20000 };
	static const lab_vma_flags_t flags[] = { LAB_VMA_READ, LAB_VMA_WRITE, LAB_VMA_READ };
	LIST_HEAD(spares);
	unsigned int i;

	mutex_init(&s->lock);
	mmlab_vma_init(&s->mm, OWNER, OWNER, &s->lock);
	mutex_lock(s->mm.lock);
	for (i = 0; i < ARRAY_SIZE(start); i++) {
		list_add(&s->vma[i].list, &spares);
		mmlab_vma_fill(&s->mm, start[i], start[i] + 0x4000, flags[i],
			       &spares);
	}
	mutex_unlock(s->mm.lock);
}

static struct victim *new_victim(struct test_ctx *t)
{
	struct victim *s = mmlab_test_alloc(t, sizeof(*s));
	struct lab_machine *m = mmlab_test_machine(t, mmlab_test_mib(5), true);

	if (!s || !m)
		return NULL;
	s->t = t;
	s->m = m;
	s->z = &m->zone[LAB_ZONE_NORMAL];
	s->block = mmlab_frame(m, mmlab_test_alloc_block(m, 3, 0));
	mmlab_test_alloc_block(m, 3, 0);
	s->pgd = used_frame(s, USE_PGTABLE);
	s->table = used_frame(s, USE_PGTABLE);
	s->page = used_frame(s, USE_USER);
	mmlab_pgtable_add_table(m, s->pgd, 0, s->table);
	mmlab_pgtable_set(m, s->pgd, PAGE_AT, s->page, LAB_PTE_USER);
	init_vmas(s);
	return s;
}

/* ---- frames ---- */

static void block_is_tail(struct victim *s)
{
	s->block->state = FRAME_TAIL;
}

static void block_state(struct victim *s)
{
	s->block->state = NR_FRAME_STATES;
}

static void block_order_11(struct victim *s)
{
	s->block->order = LAB_NR_ORDERS;
}

static void block_order_77(struct victim *s)
{
	s->block->order = 77;
}

static void block_leaves_dma(struct victim *s)
{
	mmlab_frame(s->m, mmlab_frame_head(s->m, s->z->start - 1))->order++;
}

static void block_leaves_arena(struct victim *s)
{
	mmlab_frame(s->m, mmlab_frame_head(s->m, s->m->nr_frames - 1))->order++;
}

static void block_unaligned(struct victim *s)
{
	s->block[1].state = FRAME_USED;
	s->block[1].use = USE_BLOCK;
	s->block[1].order = 1;
	s->block[0].order = 0;
}

static void used_without_use(struct victim *s)
{
	s->block->use = USE_NONE;
}

static void used_with_odd_use(struct victim *s)
{
	s->block->use = NR_FRAME_USES;
}

static void free_with_use(struct victim *s)
{
	mmlab_frame(s->m, s->z->free_area[8].head)->use = USE_SLAB;
}

static void free_with_owner(struct victim *s)
{
	mmlab_frame(s->m, s->z->free_area[8].head)->owner = OWNER;
}

static void cached_with_owner(struct victim *s)
{
	s->block->state = FRAME_PCP;
	s->block->use = USE_NONE;
	s->block->owner = OWNER;
}

static void tail_is_head(struct victim *s)
{
	s->block[7].state = FRAME_USED;
}

/* ---- free lists ---- */

static void listed_is_used(struct victim *s)
{
	mmlab_frame(s->m, s->z->free_area[8].head)->state = FRAME_USED;
}

static void listed_order(struct victim *s)
{
	mmlab_frame(s->m, s->z->free_area[8].head)->order = 7;
}

static void listed_unaligned(struct victim *s)
{
	struct lab_free_area *area = &s->z->free_area[8];
	struct lab_frame *frame = mmlab_frame(s->m, area->head);

	frame[1] = frame[0];
	frame[0].state = FRAME_TAIL;
	if (frame[1].next != PFN_NONE)
		mmlab_frame(s->m, frame[1].next)->prev++;
	area->head++;
}

static void listed_prev(struct victim *s)
{
	mmlab_frame(s->m, s->z->free_area[8].head)->prev = 5;
}

static void buddies_apart(struct victim *s)
{
	struct lab_frame *frame = mmlab_frame(s->m, s->z->free_area[5].head ^ 32);

	frame->state = FRAME_FREE;
	frame->order = 5;
}

static void head_in_other_zone(struct victim *s)
{
	s->z->free_area[8].head = 1;
}

static void head_out_of_arena(struct victim *s)
{
	s->z->free_area[8].head = s->m->nr_frames;
}

static void count_too_small(struct victim *s)
{
	s->z->free_area[8].nr_free--;
	s->z->nonempty &= ~(1U << 8);
}

static void count_too_large(struct victim *s)
{
	s->z->free_area[8].nr_free++;
}

static void bitmap_says_empty(struct victim *s)
{
	s->z->nonempty &= ~(1U << 8);
}

static void bitmap_says_block(struct victim *s)
{
	s->z->nonempty |= 1U << 10;
}

static void free_not_listed(struct victim *s)
{
	s->block->state = FRAME_FREE;
}

static void sum_wrong(struct victim *s)
{
	s->z->nr_free++;
}

/* ---- page tables ---- */

static u32 *entry_of(struct victim *s)
{
	return mmlab_pgtable_walk(s->m, s->pgd, PAGE_AT);
}

static void entry_out_of_arena(struct victim *s)
{
	*entry_of(s) = mmlab_pte(s->m->nr_frames, LAB_PTE_PRESENT);
}

static void mapped_is_free(struct victim *s)
{
	mmlab_frame(s->m, s->page)->state = FRAME_FREE;
}

static void mapped_use(struct victim *s)
{
	mmlab_frame(s->m, s->page)->use = USE_SLAB;
}

static void mapped_owner(struct victim *s)
{
	mmlab_frame(s->m, s->page)->owner++;
}

static void mapped_count(struct victim *s)
{
	mmlab_frame(s->m, s->page)->mapcount = 0;
}

static void table_count(struct victim *s)
{
	mmlab_frame(s->m, s->table)->mapcount++;
}

static void entry_lost(struct victim *s)
{
	*entry_of(s) = 0;
}

static void entry_is_odd(struct victim *s)
{
	*entry_of(s) = LAB_PTE_DIRTY;
}

static void table_out_of_arena(struct victim *s)
{
	*mmlab_pgtable_pde(s->m, s->pgd, 0) =
		mmlab_pte(s->m->nr_frames, LAB_PDE_TABLE);
}

static void table_use(struct victim *s)
{
	mmlab_frame(s->m, s->table)->use = USE_USER;
}

static void pgd_use(struct victim *s)
{
	mmlab_frame(s->m, s->pgd)->use = USE_BLOCK;
}

static void pgd_owner(struct victim *s)
{
	mmlab_frame(s->m, s->pgd)->owner++;
}

static void table_owner(struct victim *s)
{
	mmlab_frame(s->m, s->table)->owner++;
}

/* ---- VMAs ---- */

static void list_out_of_order(struct victim *s)
{
	list_move(&s->vma[0].list, &s->vma[1].list);
}

static void list_too_short(struct victim *s)
{
	list_del(&s->vma[2].list);
}

static void vma_unaligned(struct victim *s)
{
	s->vma[2].end -= 8;
}

static void vma_empty(struct victim *s)
{
	s->vma[2].end = s->vma[2].start;
}

static void vma_in_kernel(struct victim *s)
{
	s->vma[2].end = LAB_PAGE_OFFSET + (u32)PAGE_SIZE;
}

static void vma_overlap(struct victim *s)
{
	s->vma[1].end = s->vma[2].start + (u32)PAGE_SIZE;
}

static void vma_not_merged(struct victim *s)
{
	s->vma[1].flags = s->vma[0].flags;
}

static void vma_count(struct victim *s)
{
	s->mm.nr_vmas++;
}

static void vma_total(struct victim *s)
{
	s->mm.nr_total--;
}

static void vma_remembered(struct victim *s)
{
	static struct lab_vma stranger;

	s->mm.vma_cache = &stranger;
}

static void heap_backwards(struct victim *s)
{
	s->mm.layout.start_brk = s->mm.layout.brk + 1;
}

struct rule {
	void (*harm)(struct victim *s);
	const char *rule;
	u64 where;		/* the verdict's, as are the next two */
	u64 want;
	u64 got;
};

static const struct rule frame_rules[] = {
	{ block_is_tail, "a block begins where the last one ended",
	  0x140, 1, 0 },
	{ block_state, "a block's state is a known one",
	  0x140, 1, 0 },
	{ block_order_11, "a block's order is at most 10",
	  0x140, 1, 0 },
	{ block_order_77, "a block's order is at most 10",
	  0x140, 1, 0 },
	{ block_leaves_dma, "a block ends inside its zone",
	  0x100, 1, 0 },
	{ block_leaves_arena, "a block ends inside its zone",
	  0x400, 1, 0 },
	{ block_unaligned, "a block is aligned to its size",
	  0x141, 0, 1 },
	{ used_without_use, "a used block has a use, others have none",
	  0x140, 1, 0 },
	{ used_with_odd_use, "a used block has a use, others have none",
	  0x140, 1, 0 },
	{ free_with_use, "a used block has a use, others have none",
	  0x400, 0, 1 },
	{ free_with_owner, "only a used block has an owner",
	  0x400, 1, 0 },
	{ cached_with_owner, "only a used block has an owner",
	  0x140, 1, 0 },
	{ tail_is_head, "a frame inside a block is a tail",
	  0x147, 0, 3 },
};

static const struct rule buddy_rules[] = {
	{ listed_is_used, "a block on a free list is free",
	  0x400, 1, 3 },
	{ listed_order, "a free block is on the list of its order",
	  0x400, 8, 7 },
	{ listed_unaligned, "a free block is aligned to its size",
	  0x401, 0, 1 },
	{ listed_prev, "a free block is linked back",
	  0x400, PFN_NONE, 5 },
	{ buddies_apart, "two free buddies are merged",
	  0x160, 0, 1 },
	{ head_in_other_zone, "a free block is in its zone",
	  1, 1, 0 },
	{ head_out_of_arena, "a free block is in its zone",
	  0x500, 1, 0 },
	{ count_too_small, "a free list ends after nr_free blocks",
	  8, PFN_NONE, 0x400 },
	{ count_too_large, "a free list has nr_free blocks",
	  8, 2, 1 },
	{ bitmap_says_empty, "the bitmap says which lists have blocks",
	  8, 1, 0 },
	{ bitmap_says_block, "the bitmap says which lists have blocks",
	  10, 0, 1 },
	{ free_not_listed, "every free block is on a list",
	  0x140, 8, 7 },
	{ sum_wrong, "a zone's nr_free is the sum of its blocks",
	  0x140, 0x3ae, 0x3ad },
};

static const struct rule pgtable_rules[] = {
	{ pgd_use, "a page directory's frame is in use as one",
	  0x150, 3, 1 },
	{ pgd_owner, "a page directory belongs to its owner",
	  0x150, 3, 4 },
	{ entry_out_of_arena, "an entry maps a frame of the arena",
	  PAGE_AT, 1, 0 },
	{ mapped_is_free, "a mapped frame is in use",
	  PAGE_AT, 3, 1 },
	{ mapped_use, "a mapped frame is used for what it is mapped for",
	  PAGE_AT, 2, 4 },
	{ mapped_owner, "a mapped frame belongs to who maps it",
	  PAGE_AT, 3, 4 },
	{ mapped_count, "a mapped frame counts its mappings",
	  PAGE_AT, 1, 0 },
	{ table_count, "a page table counts its entries",
	  0, 2, 1 },
	{ entry_lost, "a page table counts its entries",
	  0, 1, 0 },
	{ entry_is_odd, "an entry that is not present names a swap slot",
	  PAGE_AT, 1, 0 },
	{ table_out_of_arena, "a page table is a frame of the arena",
	  0, 1, 0 },
	{ table_use, "a page table's frame is in use as one",
	  0, 3, 2 },
	{ table_owner, "a page table belongs to its directory's owner",
	  0, 3, 4 },
};

static const struct rule vma_rules[] = {
	{ list_out_of_order, "VMA list and tree hold the same",
	  0x14000, 1, 0 },
	{ list_too_short, "the VMA tree ends where the list does",
	  3, 1, 0 },
	{ vma_unaligned, "a VMA starts and ends on a page",
	  0x20000, 0, 0xff8 },
	{ vma_empty, "a VMA is not empty",
	  0x20000, 1, 0 },
	{ vma_in_kernel, "a VMA lies in user space",
	  0x20000, 1, 0 },
	{ vma_overlap, "VMAs do not overlap",
	  0x20000, 1, 0 },
	{ vma_not_merged, "neighbours with equal rights and kind are one VMA",
	  0x14000, 0, 1 },
	{ vma_count, "nr_vmas counts the VMAs",
	  3, 4, 3 },
	{ vma_total, "nr_total counts the pages of all VMAs",
	  3, 11, 12 },
	{ vma_remembered, "the VMA found last is in the list",
	  3, 1, 0 },
	{ heap_backwards, "the heap does not end before it begins",
	  3, 1, 0 },
};

enum validator { FRAMES, BUDDY, PGTABLE, VMAS };

static void validate(struct victim *s, enum validator which,
		     struct lab_verdict *v)
{
	struct lab_pgtable_census census;

	memset(v, 0, sizeof(*v));
	switch (which) {
	case FRAMES:
		mmlab_frame_validate(s->m, v);
		break;
	case BUDDY:
		mmlab_buddy_validate(s->m, v);
		break;
	case PGTABLE:
		mmlab_pgtable_validate(s->m, s->pgd, 0, LAB_PAGE_OFFSET,
				       USE_USER, OWNER, OWNER, &census, v);
		break;
	case VMAS:
		mutex_lock(s->mm.lock);
		mmlab_vma_validate(&s->mm, v);
		mutex_unlock(s->mm.lock);
		break;
	}
}

static void break_each(struct test_ctx *t, enum validator which,
		       const struct rule *rules, u32 nr)
{
	struct lab_verdict v;
	u32 i;

	for (i = 0; i < nr; i++) {
		struct victim *s = new_victim(t);

		if (!s)
			return;
		validate(s, which, &v);
		EXPECT_EQ(t, 0, v.broken);
		EXPECT(t, v.nr_objects > 0);
		rules[i].harm(s);
		validate(s, which, &v);
		test_note(t, v.broken);
		mmlab_test_broken(t, &v, i, rules[i].rule, rules[i].where, rules[i].want,
				  rules[i].got);
	}
}

static void rules_frame(struct test_ctx *t)
{
	break_each(t, FRAMES, frame_rules, ARRAY_SIZE(frame_rules));
}

static void rules_buddy(struct test_ctx *t)
{
	break_each(t, BUDDY, buddy_rules, ARRAY_SIZE(buddy_rules));
}

static void rules_pgtable(struct test_ctx *t)
{
	break_each(t, PGTABLE, pgtable_rules, ARRAY_SIZE(pgtable_rules));
}

static void rules_vma(struct test_ctx *t)
{
	break_each(t, VMAS, vma_rules, ARRAY_SIZE(vma_rules));
}

/* The first broken rule is kept with its values, and all are counted. */
static void rules_verdict(struct test_ctx *t)
{
	struct lab_verdict v = {};

	EXPECT(t, mmlab_verdict_expect(&v, "holds", 1, 2, 2));
	EXPECT_EQ(t, 0, v.broken);
	EXPECT(t, !v.rule);
	EXPECT(t, !mmlab_verdict_expect(&v, "first", 10, 20, 30));
	EXPECT(t, !mmlab_verdict_expect(&v, "second", 11, 21, 31));
	EXPECT_EQ(t, 2, v.broken);
	EXPECT_EQ(t, 0, strcmp(v.rule, "first"));
	EXPECT_EQ(t, 10, v.where);
	EXPECT_EQ(t, 20, v.want);
	EXPECT_EQ(t, 30, v.got);
}

const struct test_case mmlab_test_rules[] = {
	{ "rules_frame", rules_frame },
	{ "rules_buddy", rules_buddy },
	{ "rules_pgtable", rules_pgtable },
	{ "rules_vma", rules_vma },
	{ "rules_verdict", rules_verdict },
	{}
};
