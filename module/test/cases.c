// SPDX-License-Identifier: GPL-2.0
/*
 * What the cases of the core have in common: machines, blocks, slabs.
 */
#include "../core/core_internal.h"
#include "../core/buddy.h"
#include "../core/slab.h"
#include "cases.h"

struct lab_machine *mmlab_test_machine(struct test_ctx *t, u32 nr_frames,
				       bool mapped)
{
	struct lab_machine *m = mmlab_test_alloc(t, sizeof(*m));
	struct lab_frame *mem_map = mmlab_test_alloc(t, nr_frames * sizeof(*mem_map));
	void *memory = NULL;

	if (mapped)
		memory = mmlab_test_alloc(t, ((size_t)nr_frames + 1) << PAGE_SHIFT);
	if (!m || !mem_map || (mapped && !memory))
		return NULL;
	if (mapped)	/* it begins on a page */
		memory += -(size_t)memory & (PAGE_SIZE - 1);
	mmlab_test_poison(m, sizeof(*m));
	mmlab_frame_init(m, mem_map, memory, nr_frames);
	mmlab_buddy_init(m);
	return m;
}

u32 mmlab_test_alloc_block(struct lab_machine *m, unsigned int order,
			   lab_gfp_t flags)
{
	u32 pfn = mmlab_buddy_alloc(m, order, flags);

	if (pfn != PFN_NONE)
		mmlab_frame(m, pfn)->use = USE_BLOCK;
	return pfn;
}

u32 mmlab_test_user_page(struct test_ctx *t, struct lab_machine *m, u32 owner)
{
	u32 pfn = mmlab_buddy_alloc(m, 0, LAB_GFP_RESERVE);

	if (!EXPECT(t, pfn != PFN_NONE))
		return 0;
	mmlab_frame(m, pfn)->use = USE_USER;
	mmlab_frame(m, pfn)->owner = owner;
	mmlab_frame(m, pfn)->mapcount = 0;
	mmlab_frame(m, pfn)->private = 0;
	return pfn;
}

void mmlab_test_sound(struct test_ctx *t, struct lab_machine *m)
{
	struct lab_verdict v = {};

	mmlab_frame_validate(m, &v);
	mmlab_buddy_validate(m, &v);
	t->nr_checks++;
	if (v.broken)
		mmlab_test_fail(t, v.rule, (int)v.where, "sound", v.want, v.got);
}

void mmlab_test_broken(struct test_ctx *t, const struct lab_verdict *v, u32 nr,
		       const char *rule, u64 where, u64 want, u64 got)
{
	t->nr_checks++;
	if (!v->rule || strcmp(v->rule, rule))
		mmlab_test_fail(t, v->rule ? v->rule : "sound", (int)nr, rule, 1, v->broken);
	mmlab_test_expect(t, rule, (int)nr, "where", where, v->where);
	mmlab_test_expect(t, rule, (int)nr, "want", want, v->want);
	mmlab_test_expect(t, rule, (int)nr, "got", got, v->got);
}

u32 mmlab_test_grow(struct test_ctx *t, struct lab_machine *m,
		    struct lab_slab_cache *c)
{
	u32 pfn = mmlab_buddy_alloc(m, c->order, c->flags & LAB_SLAB_DMA ?
				    LAB_GFP_DMA : 0);

	if (!EXPECT(t, pfn != PFN_NONE))
		return PFN_NONE;
	mmlab_frame(m, pfn)->use = USE_SLAB;
	mmlab_frame(m, pfn)->owner = c->id;
	mmlab_slab_add(m, c, pfn);
	return pfn;
}

u32 mmlab_test_free_slabs(struct lab_machine *m, u32 pfn)
{
	u32 nr = 0;

	while (pfn != PFN_NONE) {
		u32 next = mmlab_frame(m, pfn)->next;

		mmlab_buddy_free(m, pfn);
		pfn = next;
		nr++;
	}
	return nr;
}

void mmlab_test_slab_sound(struct test_ctx *t, struct lab_machine *m,
			   struct lab_slab_cache *c)
{
	struct lab_verdict v = {};

	mmlab_slab_validate(m, c, &v);
	t->nr_checks++;
	if (v.broken)
		mmlab_test_fail(t, v.rule, (int)v.where, "sound", v.want, v.got);
}
