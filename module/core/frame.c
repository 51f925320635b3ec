// SPDX-License-Identifier: GPL-2.0
/*
 * Frames: how an arena is divided into zones and how mem_map is read.
 */
#include "core_internal.h"
#include "frame.h"

#define LAB_DMA_BYTES	(16U << 20)

static void zone_init(struct lab_zone *z, const char *name, u32 start, u32 end)
{
	unsigned int order;

	spin_lock_init(&z->lock);
	z->name = name;
	z->start = start;
	z->end = end;
	for (order = 0; order < LAB_NR_ORDERS; order++)
		z->free_area[order].head = PFN_NONE;
}

void mmlab_frame_init(struct lab_machine *m, struct lab_frame *mem_map,
		      void *base, u32 nr_frames)
{
	u32 dma = min_t(u32, LAB_DMA_BYTES >> PAGE_SHIFT, nr_frames / 4);

	memset(m, 0, sizeof(*m));
	m->mem_map = mem_map;
	m->base = base;
	m->nr_frames = nr_frames;
	m->nr_bytes = (size_t)nr_frames << PAGE_SHIFT;
	zone_init(&m->zone[LAB_ZONE_DMA], "DMA", 0, dma);
	zone_init(&m->zone[LAB_ZONE_NORMAL], "Normal", dma, nr_frames);

	mmlab_frame(m, 0)->state = FRAME_RESERVED;
}

/* Frames of the block that @frame heads; 0 if no block has its order. */
static u32 block_frames(const struct lab_frame *frame)
{
	return frame->order < LAB_NR_ORDERS ? 1U << frame->order : 0;
}

/*
 * Tails say nothing about their block. But a block of order o begins at a multiple of 2^o,
 * so there are only 11 places where the head can be: the first one that is no tail is the
 * head of pfn's block, or of one that ends before it.
 */
u32 mmlab_frame_head(const struct lab_machine *m, u32 pfn)
{
	unsigned int order;

	for (order = 0; order < LAB_NR_ORDERS; order++) {
		u32 head = pfn & ~((1U << order) - 1);
		const struct lab_frame *frame = mmlab_frame(m, head);

		if (frame->state != FRAME_TAIL)
			return pfn - head < block_frames(frame) ? head : PFN_NONE;
	}
	return PFN_NONE;
}

/*
 * Goes from head to head, not from frame to frame: each block says how far the next one is.
 * A frame that can't be a head is an orphan, and the walk goes on with the next frame.
 */
void mmlab_frame_count(const struct lab_machine *m,
		       struct lab_frame_census *census)
{
	u32 pfn = 0;

	memset(census, 0, sizeof(*census));
	while (pfn < m->nr_frames) {
		const struct lab_frame *frame = mmlab_frame(m, pfn);
		u32 zone = mmlab_frame_zone(m, pfn);
		u32 nr = block_frames(frame);

		if (frame->state == FRAME_TAIL || frame->state >= NR_FRAME_STATES ||
		    frame->use >= NR_FRAME_USES || !nr ||
		    nr > m->nr_frames - pfn) {
			census->nr_orphans++;
			pfn++;
			continue;
		}
		census->nr_state[zone][frame->state] += nr;
		if (frame->state == FRAME_USED)
			census->nr_use[zone][frame->use] += nr;
		pfn += nr;
	}
}

static void validate_tails(const struct lab_machine *m, u32 head, u32 nr,
			   struct lab_verdict *v)
{
	u32 i;

	for (i = 1; i < nr; i++)
		mmlab_verdict_expect(v, "a frame inside a block is a tail",
				     head + i, FRAME_TAIL,
				     mmlab_frame(m, head + i)->state);
}

void mmlab_frame_validate(const struct lab_machine *m, struct lab_verdict *v)
{
	u32 pfn = 0;

	while (pfn < m->nr_frames) {
		const struct lab_frame *frame = mmlab_frame(m, pfn);
		const struct lab_zone *z = &m->zone[mmlab_frame_zone(m, pfn)];
		u32 nr = block_frames(frame);

		v->nr_objects++;
		if (!mmlab_verdict_expect(v, "a block begins where the last one ended",
					  pfn, 1, frame->state != FRAME_TAIL) ||
		    !mmlab_verdict_expect(v, "a block's state is a known one",
					  pfn, 1, frame->state < NR_FRAME_STATES) ||
		    !mmlab_verdict_expect(v, "a block's order is at most 10",
					  pfn, 1, nr > 0) ||
		    !mmlab_verdict_expect(v, "a block ends inside its zone",
					  pfn, 1, 1U << frame->order <= z->end - pfn)) {
			pfn++;
			continue;
		}
		nr = 1U << frame->order;
		mmlab_verdict_expect(v, "a block is aligned to its size",
				     pfn, 0, pfn & (nr - 1));
		mmlab_verdict_expect(v, "a used block has a use, others have none",
				     pfn, frame->state == FRAME_USED,
				     frame->use > USE_NONE &&
				     frame->use < NR_FRAME_USES);
		mmlab_verdict_expect(v, "only a used block has an owner", pfn, 1,
				     frame->state == FRAME_USED || !frame->owner);
		validate_tails(m, pfn, nr, v);
		pfn += nr;
	}
}
