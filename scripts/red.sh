#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Mutations: small faults put into a copy of the sources. For each of them a
# test lane must go red; one that goes unnoticed is a hole in the tests, and a
# failure here. The working tree is never touched.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$here")
work=$top/build/red
jobs=2
cpu_seconds=3		# a mutation that hangs is ended and counts as noticed
case_seconds=30		# the same for one that sleeps
lane_seconds=1800	# the same for a whole lane

usage()
{
	cat <<-'TXT'
	usage: scripts/red.sh [--quick | --full] [--list] [NAME…]

	  --quick   mutations that the userland lanes must notice (default)
	  --full    also those that need a VM (lane vm, …)
	  --list    print the table and run nothing
	  NAME…     only mutations whose name contains one of these

	The last line is "N passed, N failed, N skipped": passed is a mutation that
	was noticed, skipped one whose lane needs --full. Details: build/red/NAME.log
	TXT
}

# ---- the table -------------------------------------------------------------
#
# name, file, lane that must go red, sed script (the rest of the line).
# Lanes: host (unit cases in userland), tsan (threads in userland); any other
# name is scripts/check-NAME, run in the copy, with --full only; NAME:PART gives it
# PART as its argument.

# The judge's own test: the verdict on each of these is known beforehand, and is
# what stands in the place of the lane.
controls()
{
	cat <<'TABLE'
control-equivalent	module/core/buddy.c	survived	s/static void list_add_block/void static list_add_block/
control-no-match	module/core/buddy.c	unchanged	s/this text is not in the file/x/
control-no-program	module/core/buddy.c	broken		s/^static u32 alloc_block_locked/static u32 (/
control-noticed		module/core/buddy.c	noticed		s/area->nr_free++;/area->nr_free += 2;/
TABLE
}

core_mutations()
{
	cat <<'TABLE'
frame-dma-size		module/core/frame.c	host	s/16U << 20/8U << 20/
frame-dma-share		module/core/frame.c	host	s|nr_frames / 4|nr_frames / 8|
frame-zero-is-free	module/core/frame.c	host	s/zone_seed(m, 1, dma)/zone_seed(m, 0, dma)/
frame-seed-unaligned	module/core/frame.c	host	s/(start & ((1U << order) - 1)) ||/0 ||/
frame-marks-root	module/core/frame.c	host	s/kib \* 16/kib * 4/
frame-marks-low		module/core/frame.c	host	s|z->min / 4|z->min / 3|
frame-marks-high	module/core/frame.c	host	s|z->min / 2|z->min|
frame-lowmem-reserve	module/core/frame.c	host	s|nr_managed / 256|nr_managed / 255|
frame-head-too-far	module/core/frame.c	host	s/pfn - head < block_frames(frame) ? head : PFN_NONE/head/
frame-head-off-by-one	module/core/frame.c	host	s/pfn - head < block_frames/pfn - head <= block_frames/
frame-order-unchecked	module/core/frame.c	host	s/frame->order < LAB_NR_ORDERS ? 1U << frame->order : 0/1U << (frame->order \& 31)/
frame-census-blocks	module/core/frame.c	host	s/nr_use\[zone\]\[frame->use\] += nr/nr_use[zone][frame->use] += 1/
frame-census-all-used	module/core/frame.c	host	s/if (frame->state == FRAME_USED)/if (1)/
frame-census-no-end	module/core/frame.c	host	s/nr > m->nr_frames - pfn/0/
frame-rule-tails	module/core/frame.c	host	s/validate_tails(m, pfn, nr, v);//
frame-rule-aligned	module/core/frame.c	host	s/pfn, 0, pfn & (nr - 1));/pfn, 0, 0);/
frame-rule-zone-end	module/core/frame.c	host	s/1U << frame->order <= z->end - pfn/1/
frame-rule-owner	module/core/frame.c	host	s/frame->state == FRAME_USED || !frame->owner);/1);/
frame-rule-use		module/core/frame.c	host	s/frame->use < NR_FRAME_USES);/1);/
frame-free-any-order	module/core/frame.h	host	s/frame->order == order &&/1 \&\&/
frame-free-order-cut	module/core/frame.h	host	s/if (likely(order < LAB_NR_ORDERS &&/if (likely(1 \&\&/
frame-free-any-use	module/core/frame.h	host	s/FRAME_USED, use)))/FRAME_USED, frame->use)))/
frame-free-any-owner	module/core/frame.h	host	s/mmlab_frame_identity(owner, order,$/mmlab_frame_identity(frame->owner, order,/
frame-free-no-owner	module/core/frame.h	host	s/return frame->owner == owner ? 0 : -EPERM;/return -EINVAL;/
frame-free-no-range	module/core/frame.h	host	s/unlikely(pfn >= m->nr_frames)/unlikely(pfn > m->nr_frames)/
frame-zone-border	module/core/frame.h	host	s/return pfn < m->zone\[LAB_ZONE_DMA\]/return pfn <= m->zone[LAB_ZONE_DMA]/
verdict-keeps-last	module/core/verdict.h	host	s/!v->broken++/v->broken++ || 1/
buddy-no-merge		module/core/buddy.c	host	s/while (order < LAB_NR_ORDERS - 1)/while (0)/
buddy-merge-too-far	module/core/buddy.c	host	s/while (order < LAB_NR_ORDERS - 1)/while (order < LAB_NR_ORDERS)/
buddy-merge-early-end	module/core/buddy.c	host	s/while (order < LAB_NR_ORDERS - 1)/while (order < LAB_NR_ORDERS - 2)/
buddy-merge-any-order	module/core/buddy.c	host	s/frame->state != FRAME_FREE || frame->order != order/frame->state != FRAME_FREE/
buddy-merge-any-state	module/core/buddy.c	host	s/frame->state != FRAME_FREE || frame->order != order/frame->order != order/
buddy-merge-over-zone	module/core/buddy.c	host	s/if (buddy < z->start || buddy >= z->end)/if (buddy >= m->nr_frames)/
buddy-merge-keeps-head	module/core/buddy.c	host	/max(pfn, buddy))->state = FRAME_TAIL/d
buddy-merge-wrong-half	module/core/buddy.c	host	s/pfn = min(pfn, buddy)/pfn = max(pfn, buddy)/
buddy-merge-not-counted	module/core/buddy.c	host	/z->nr_merges++/d
buddy-split-wrong-half	module/core/buddy.c	host	s/list_add_block(m, z, pfn + (1U << have), have)/list_add_block(m, z, pfn, have)/
buddy-split-not-counted	module/core/buddy.c	host	/z->nr_splits++/d
buddy-worst-fit		module/core/buddy.c	host	s/__ffs(fit)/(63 - (unsigned int)__builtin_clzl(fit))/
buddy-fit-too-small	module/core/buddy.c	host	s/z->nonempty >> order;/z->nonempty >> order << (order > 3);/
buddy-list-no-back	module/core/buddy.c	host	s/mmlab_frame(m, area->head)->prev = pfn/(void)0/
buddy-list-del-forward	module/core/buddy.c	host	s/mmlab_frame(m, frame->prev)->next = frame->next/(void)0/
buddy-list-del-back	module/core/buddy.c	host	s/mmlab_frame(m, frame->next)->prev = frame->prev/(void)0/
buddy-bit-not-cleared	module/core/buddy.c	host	s/z->nonempty &= ~(1U << order)/(void)0/
buddy-free-keeps-use	module/core/buddy.c	host	s/mmlab_frame_identity(0, order, FRAME_FREE, USE_NONE)/mmlab_frame_identity(0, order, FRAME_FREE, frame->use)/
buddy-free-keeps-owner	module/core/buddy.c	host	s/mmlab_frame_identity(0, order, FRAME_FREE, USE_NONE)/mmlab_frame_identity(frame->owner, order, FRAME_FREE, USE_NONE)/
buddy-min-ignored	module/core/buddy.c	host	s/z->nr_free < keep + (1U << order)/0/
buddy-min-off-by-one	module/core/buddy.c	host	s/z->nr_free < keep + (1U << order)/z->nr_free <= keep + (1U << order)/
buddy-reserve-closed	module/core/buddy.c	host	s/flags & LAB_RESERVE ? 0 : z->min/z->min/
buddy-reserve-open	module/core/buddy.c	host	s/flags & LAB_RESERVE ? 0 : z->min/0/
buddy-lowmem-taken	module/core/buddy.c	host	s/keep += z->lowmem_reserve/keep += 0/
buddy-no-fallback	module/core/buddy.c	host	s/zone >= 0; zone--/zone >= (int)preferred; zone--/
buddy-dma-ignored	module/core/buddy.c	host	s/flags & LAB_DMA ? LAB_ZONE_DMA/0 ? LAB_ZONE_DMA/
buddy-bulk-state	module/core/buddy.c	host	s/z->min, FRAME_PCP/z->min, FRAME_USED/
buddy-bulk-reserve	module/core/buddy.c	host	s/order, z->min, FRAME_PCP/order, 0, FRAME_PCP/
buddy-bulk-drops-rest	module/core/buddy.c	host	s/mmlab_frame(m, pfn)->next = \*head;/mmlab_frame(m, pfn)->next = PFN_NONE;/
buddy-bulk-free-all	module/core/buddy.c	host	s/given < nr && \*head != PFN_NONE/*head != PFN_NONE/
buddy-free-unlocked	module/core/buddy.c	host	/^void mmlab_buddy_free(/,/^}/{/lock(&z->lock)/d}
buddy-snapshot-merges	module/core/buddy.c	host	s/s->nr_merges = z->nr_merges/s->nr_merges = z->nr_splits/
buddy-snapshot-unlocked	module/core/buddy.c	tsan	/^void mmlab_buddy_snapshot(/,/^}/{/lock(&z->lock)/d}
buddy-unusable-index	module/core/buddy.c	host	s/s->nr_free - (nr_suitable << order)/s->nr_free - nr_suitable/
buddy-extfrag-index	module/core/buddy.c	host	s/((1000 + s->nr_free/((s->nr_free/
buddy-extfrag-suitable	module/core/buddy.c	host	s/if (o >= order)/if (o > order)/
buddy-rule-united	module/core/buddy.c	host	s/frame->state == FRAME_FREE && frame->order == order);/0);/
buddy-rule-linked	module/core/buddy.c	host	s/prev, frame->prev);/prev, prev);/
buddy-rule-sum		module/core/buddy.c	host	s/z->start, z->nr_free, nr_free);/z->start, nr_free, nr_free);/
buddy-rule-listed	module/core/buddy.c	host	s/nr_heads, nr_listed);/nr_listed, nr_listed);/
buddy-rule-in-zone	module/core/buddy.c	host	s/pfn, 1, pfn >= z->start &&/pfn, 1, 1 ||/
pgtable-index-mask	module/core/pgtable.h	host	s/(LAB_PTRS_PER_PTE - 1);/(LAB_PTRS_PER_PTE \/ 2 - 1);/
pgtable-set-absent	module/core/pgtable.c	host	s/flags | LAB_PTE_PRESENT/flags/
pgtable-set-anywhere	module/core/pgtable.c	host	/^int mmlab_pgtable_set(/,/^}/s/return -EIO;/return 0;/
pgtable-set-uncounted	module/core/pgtable.c	host	/^int mmlab_pgtable_set(/,/^}/{/mmlab_frame(m, pfn)->mapcount++/d}
pgtable-table-uncounted	module/core/pgtable.c	host	/^int mmlab_pgtable_set(/,/^}/{/mmlab_frame(m, table)->mapcount++/d}
pgtable-add-uncounted	module/core/pgtable.c	host	/mmlab_frame(m, pgd)->mapcount++/d
pgtable-add-stale-count	module/core/pgtable.c	host	/mmlab_frame(m, table)->mapcount = 0/d
pgtable-clear-stays	module/core/pgtable.c	host	/WRITE_ONCE(\*entry, 0);/d
pgtable-clear-uncounted	module/core/pgtable.c	host	s/mmlab_frame(m, mmlab_pte_pfn(pte))->mapcount--/(void)0/
pgtable-clear-swap	module/core/pgtable.c	host	s/if (!(pte & LAB_PTE_PRESENT))$/if (!pte)/
pgtable-del-nonempty	module/core/pgtable.c	host	s/table == PFN_NONE || mmlab_frame(m, table)->mapcount)/table == PFN_NONE)/
pgtable-del-uncounted	module/core/pgtable.c	host	/mmlab_frame(m, pgd)->mapcount--/d
pgtable-believes-pde	module/core/pgtable.c	host	s/return mmlab_pgtable_maps(m, pde, USE_PGTABLE, owner) ?/return (pde \& LAB_PTE_PRESENT) ?/
pgtable-not-the-labs	module/core/pgtable.c	host	s/mmlab_lva_val(lva) >= LAB_PAGE_OFFSET ? 0 :/0 ? 0 :/
pgtable-labs-border	module/core/pgtable.c	host	s/mmlab_lva_val(lva) >= LAB_PAGE_OFFSET ? 0 :/mmlab_lva_val(lva) > LAB_PAGE_OFFSET ? 0 :/
pgtable-clear-any-use	module/core/pgtable.c	host	s/(frame->use == USE_USER || frame->use == USE_VMALLOC)/1/
pgtable-clear-any-state	module/core/pgtable.c	host	s/return frame->state == FRAME_USED \&\&$/return 1 \&\&/
pgtable-maps-any-owner	module/core/pgtable.c	host	s/^\t       frame->owner == owner;/\t       1;/
pgtable-next-skips	module/core/pgtable.c	host	s/>> LAB_PGDIR_SHIFT) + 1)/>> LAB_PGDIR_SHIFT) + 2)/
pgtable-shares-user	module/core/pgtable.c	host	s/u32 first = .*/u32 first = 0;/
pgtable-direct-flags	module/core/pgtable.c	host	s/mmlab_pte(pfn, LAB_PTE_DIRECT)/mmlab_pte(pfn, LAB_PTE_PRESENT)/
pgtable-rule-count	module/core/pgtable.c	host	s/mmlab_frame(m, table)->mapcount, nr_present);/nr_present, nr_present);/
pgtable-rule-owner	module/core/pgtable.c	host	s/^\t\t\t     owner, frame->owner);/\t\t\t     owner, owner);/
pgtable-rule-mapped	module/core/pgtable.c	host	s/frame->mapcount > 0);/1);/
vma-find-end		module/core/vma.c	host	s/if (address < vma->end)/if (address <= vma->end)/
vma-find-stops-early	module/core/vma.c	host	s/if (address >= vma->start)/if (1)/
vma-link-list-front	module/core/vma.c	host	s/prev ? &prev->list : &mm->vma_list/\&mm->vma_list/
vma-gap-too-long	module/core/vma.c	host	s/if (vma && vma->start < \*end)/if (0)/
vma-gap-not-skipped	module/core/vma.c	host	s/vma->start <= \*start && \*start < \*end/vma->start < *start \&\& *start < *end/
vma-rights-or		module/core/vma.c	host	s/rights &= vma->flags/rights |= vma->flags/
vma-rights-gap		module/core/vma.c	host	s/if (!vma || vma->start > start)/if (!vma || vma->start >= start)/
vma-rights-beyond	module/core/vma.c	host	s/if (!vma || vma->start >= end)/if (!vma || vma->start > end)/
vma-merge-any-rights	module/core/vma.c	host	s/prev->end != start || prev->flags != flags/prev->end != start/
vma-merge-any-place	module/core/vma.c	host	s/prev->end != start || prev->flags != flags/prev->flags != flags/
vma-merge-not-right	module/core/vma.c	host	s/next->start != end || next->flags != flags/1/
vma-merge-both-short	module/core/vma.c	host	s/prev->end = next->end;/prev->end = end;/
vma-fill-uncounted	module/core/vma.c	host	s/mm->nr_total += .*//
vma-cut-uncounted	module/core/vma.c	host	s/mm->nr_total -= .*//
vma-cut-no-split	module/core/vma.c	host	s/if (old_end > to)/if (0)/
vma-cut-keeps-tail	module/core/vma.c	host	s/vma->end = from;/vma->end = to;/
vma-cut-split-rights	module/core/vma.c	host	s/new_vma(mm, to, old_end, vma->flags, spares)/new_vma(mm, to, old_end, 0, spares)/
vma-unlink-lost		module/core/vma.c	host	s/list_move(&vma->list, spares)/list_del(\&vma->list)/
vma-unlink-uncounted	module/core/vma.c	host	/mm->nr_vmas--/d
vma-rule-neighbours	module/core/vma.c	host	s/^\t\t\t     prev->flags == vma->flags);/\t\t\t     0);/
vma-rule-overlap	module/core/vma.c	host	s/prev->end <= vma->start);/1);/
vma-rule-user-space	module/core/vma.c	host	s/vma->end <= LAB_PAGE_OFFSET);/1);/
vma-rule-tree-end	module/core/vma.c	host	s/mm->owner, 1, !node);/mm->owner, 1, 1);/
vmalloc-no-guard	module/core/vmalloc.c	host	s/^\tsize += PAGE_SIZE;/\tsize += 0;/
vmalloc-skips-left	module/core/vmalloc.c	host	s/if (max_hole(node->rb_left) >= size) {/if (max_hole(node->rb_left) > size) {/
vmalloc-stale-hole	module/core/vmalloc.c	host	/^void mmlab_vmalloc_remove/,/^}/s/update_hole(s, next);/(void)next;/
vmalloc-guard-lost	module/core/vmalloc.c	host	s/address - area->start < area->size)/address - area->start < area->size - PAGE_SIZE)/
vmalloc-unaligned	module/core/vmalloc.c	host	s/round_up((u64)start, (u64)align)/(u64)start/
vmalloc-end-lost	module/core/vmalloc.c	host	s/return aligned + size <= end;/return aligned + size < end;/
vmalloc-no-chance	module/core/vmalloc.c	host	s/^\tif (align == PAGE_SIZE)/\tif (align)/
vmalloc-bytes-kept	module/core/vmalloc.c	host	s/^\ts->nr_bytes -= area->size;//
vmalloc-hole-unknown	module/core/vmalloc.c	host	s/return area->hole;/return 0;/
vmalloc-hole-at-end	module/core/vmalloc.c	host	s/return max(at_end, max_hole(s->tree.rb_node));/return at_end;/
TABLE
}

slab_mutations()
{
	cat <<'TABLE'
slab-name-31		module/core/slab.c	host	s/if (i >= LAB_CACHE_NAME_MAX)/if (i > LAB_CACHE_NAME_MAX)/
slab-name-empty		module/core/slab.c	host	s/return i > 0;/return true;/
slab-name-colon		module/core/slab.c	host	s/ch <= '9')/ch <= ':')/
slab-size-limit		module/core/slab.c	host	s/params->size > LAB_SLAB_MAX_SIZE || //
slab-align-any		module/core/slab.c	host	s/align \& (align - 1) ||/0 ||/
slab-ctor-and-poison	module/core/slab.c	host	s/params->flags \& LAB_SLAB_POISON)/0)/
slab-map-forgotten	module/core/slab.c	host	s/while (nr \&\& nr \* size + bitmap_bytes(nr) > slab_bytes)/while (0)/
slab-map-in-32		module/core/slab.c	host	s/return nr_objects <= OFF_SLAB_OBJECTS ? 0/return nr_objects < OFF_SLAB_OBJECTS ? 0/
slab-waste-quarter	module/core/slab.c	host	s/(u32)PAGE_SIZE << order >> 3)/(u32)PAGE_SIZE << order >> 2)/
slab-waste-least	module/core/slab.c	host	s/waste(size, best) << order)/0)/
slab-inverse-short	module/core/slab.c	host	s/step < 4; step++/step < 2; step++/
slab-colour-aligned	module/core/slab.c	host	s/if (c->align <= LAB_SLAB_COLOUR_STEP)/if (1)/
slab-colour-overflow	module/core/slab.c	host	s/(u32)U8_MAX);/(u32)U8_MAX + 1);/
slab-colour-stays	module/core/slab.c	host	s/(c->colour_next + 1) % c->nr_colours/0/
slab-link-no-back	module/core/slab.c	host	s/mmlab_frame(m, list->head)->prev = pfn/(void)0/
slab-unlink-forward	module/core/slab.c	host	s/mmlab_frame(m, frame->prev)->next = frame->next/(void)0/
slab-unlink-back	module/core/slab.c	host	s/mmlab_frame(m, frame->next)->prev = frame->prev/(void)0/
slab-full-is-partial	module/core/slab.c	host	s/nr_used < c->nr_objects ? SLABS_PARTIAL/nr_used <= c->nr_objects ? SLABS_PARTIAL/
slab-stays-on-list	module/core/slab.c	host	s/^\tif (from != to) {/\tif (0) {/
slab-ctor-first-only	module/core/slab.c	host	s/^\t\tif (c->ctor)/\t\tif (c->ctor \&\& !i)/
slab-ctor-on-alloc	module/core/slab.c	host	s/^\tgot = mmlab_slab_alloc_locked(m, c, objects, nr);/&\n\tif (c->ctor \&\& got)\n\t\tc->ctor(objects[0]);/
slab-grown-uncounted	module/core/slab.c	host	/^\tc->nr_grown++;/d
slab-random-is-not	module/core/slab.c	host	s/turn = c->random >> 27;/turn = 0;/
slab-random-no-seed	module/core/slab.c	host	s/c->random = params->seed;/c->random = 1;/
slab-random-always	module/core/slab.c	host	s/if (!(c->flags \& LAB_SLAB_RANDOM))/if (0)/
slab-map-tail-bits	module/core/slab.c	host	s/return nr_left < 32 ? .*/return map[word];/
slab-bit-stays		module/core/slab.c	host	s/^\t\t\tmap\[word\] \&= ~(1U << bit);//
slab-free-first		module/core/slab.c	host	s/u32 pfn = c->list\[SLABS_PARTIAL\].head, taken;/u32 pfn = c->list[SLABS_FREE].head, taken;/;s/pfn = c->list\[SLABS_FREE\].head;/pfn = c->list[SLABS_PARTIAL].head;/
slab-no-free-slabs	module/core/slab.c	host	s/^\t\t\tpfn = c->list\[SLABS_FREE\].head;/\t\t\tbreak;/
slab-lost-map-counts	module/core/slab.c	host	s/c->nr_active += nr_lost;//
slab-lost-map-loops	module/core/slab.c	host	s/set_nr_used(m, c, pfn, c->nr_objects);/(void)0;/
slab-high-mark		module/core/slab.c	host	s/c->high_active = max(c->high_active, c->nr_active);/c->high_active = c->nr_active;/
slab-find-no-range	module/core/slab.h	host	s/if (unlikely(offset >= m->nr_bytes))/if (unlikely(offset > m->nr_bytes))/
slab-find-any-cache	module/core/slab.h	host	s/^\t\t     c->identity))/\t\t     (c->identity | frame->owner)))/
slab-find-behind-last	module/core/slab.h	host	s/if (unlikely(i >= c->nr_objects))/if (unlikely(i > c->nr_objects))/
slab-find-no-colour	module/core/slab.h	host	s/frame->colour \* LAB_SLAB_COLOUR_STEP);/0);/
slab-find-interior	module/core/slab.h	host	s/return ror32(offset \* c->inverse, c->shift);/return offset \/ c->size;/
slab-double-free	module/core/slab.c	host	s/if (unlikely(mmlab_slab_is_free(m, c, pfn, index) || !nr_used))/if (0)/
slab-refused-uncounted	module/core/slab.c	host	/^\t\tc->nr_refused++;/d
slab-free-uncounted	module/core/slab.c	host	s/^\tc->nr_active--;//
slab-bulk-first-only	module/core/slab.c	host	s/for (i = 0; i < nr; i++)$/for (i = 0; i < min(nr, 1U); i++)/
slab-bulk-says-none	module/core/slab.c	host	s/nr_refused += mmlab_slab_free_locked(m, c, objects\[i\]) != 0/mmlab_slab_free_locked(m, c, objects[i])/
slab-shrink-keeps-none	module/core/slab.c	host	s/take_slabs(m, c, SLABS_FREE, keep, PFN_NONE)/take_slabs(m, c, SLABS_FREE, 0, PFN_NONE)/
slab-shrink-partial	module/core/slab.c	host	s/take_slabs(m, c, SLABS_FREE, keep, PFN_NONE)/take_slabs(m, c, SLABS_PARTIAL, keep, PFN_NONE)/
slab-shrink-uncounted	module/core/slab.c	host	s/^\t\tc->nr_reaped++;//
slab-abandon-active	module/core/slab.c	host	s/^\t\tc->nr_active -= mmlab_frame(m, pfn)->mapcount;//
slab-abandon-not-full	module/core/slab.c	host	/^u32 mmlab_slab_abandon(/,/^}/s/list = 0;/list = 1;/
slab-nth-order		module/core/slab.c	host	/^u32 mmlab_slab_nth_locked(/,/^}/s/for (list = 0; list < NR_SLAB_LISTS; list++)/for (list = NR_SLAB_LISTS; list-- > 0;)/
slab-id-of-any-block	module/core/slab.h	host	s/likely(frame->state == FRAME_USED \&\& frame->use == USE_SLAB)/likely(1 \&\& frame->state == FRAME_USED)/
slab-id-of-any-state	module/core/slab.h	host	s/likely(frame->state == FRAME_USED \&\& frame->use == USE_SLAB)/likely(frame->use == USE_SLAB)/
slab-id-of-heads-only	module/core/slab.h	host	s/if (unlikely(mmlab_frame(m, pfn)->state == FRAME_TAIL)) {/if (0) {/
slab-snapshot-unlocked	module/core/slab.c	tsan	/^void mmlab_slab_snapshot(/,/^}/{/lock(&c->lock)/d}
slab-alloc-unlocked	module/core/slab.c	host	/^u32 mmlab_slab_alloc(/,/^}/{/lock(&c->lock)/d}
slab-rule-state		module/core/slab.c	host	s/frame->state == FRAME_USED \&\& frame->use == USE_SLAB);/1);/
slab-rule-owner		module/core/slab.c	host	s/^\t\t\t     c->id, frame->owner);/\t\t\t     0, 0);/
slab-rule-order		module/core/slab.c	host	s/^\t\t\t     frame->order);/\t\t\t     c->order);/
slab-rule-linked	module/core/slab.c	host	s/"a slab is linked back", pfn, prev, frame->prev);/"a slab is linked back", pfn, prev, prev);/
slab-rule-list		module/core/slab.c	host	s/pfn, list_for(c, frame->mapcount), list);/pfn, list, list);/
slab-rule-map-end	module/core/slab.c	host	s/pfn, 0, map\[i - 1\] >> (c->nr_objects % 32));/pfn, 0, 0);/
slab-rule-active	module/core/slab.c	host	s/^\t\t\t     c->nr_active, nr_used);/\t\t\t     nr_used, nr_used);/
slab-rule-grown		module/core/slab.c	host	s/c->id, c->nr_grown, nr_slabs + c->nr_reaped);/c->id, 0, 0);/
debug-zone-off-by-one	module/core/slab_debug.c	host	s/^\treturn c->object_size;/\treturn c->object_size + 1;/
debug-zone-too-short	module/core/slab_debug.c	host	s/? end + RED_ZONE_BYTES : c->object_size;/? end : c->object_size;/
debug-left-unaligned	module/core/slab_debug.c	host	s/round_up(RED_ZONE_BYTES, c->align) : 0;/RED_ZONE_BYTES : 0;/
debug-left-unchecked	module/core/slab_debug.c	host	s/area_ok(m, c, pfn, object, at - c->pad_left, at, zone,/area_ok(m, c, pfn, object, at, at, zone,/
debug-last-byte		module/core/slab_debug.c	host	s/area_ok(m, c, pfn, object, last, last + 1, LAB_POISON_END,/area_ok(m, c, pfn, object, last, last, LAB_POISON_END,/
debug-poison-short	module/core/slab_debug.c	host	s/memset(object, LAB_POISON_FREE, c->object_size - 1);/memset(object, LAB_POISON_FREE, c->object_size - 2);/
debug-padding-unchecked	module/core/slab_debug.c	host	s/at + c->size - c->pad_left, LAB_POISON_INUSE,/at + padding_offset(c), LAB_POISON_INUSE,/
debug-first-bad-only	module/core/slab_debug.c	host	s/fault->bad_end = address_to_lva(m, last);/fault->bad_end = fault->bad_lva + 1;/
debug-found-last	module/core/slab_debug.c	host	s/fault->found = \*start;/fault->found = last[-1];/
debug-no-quarantine	module/core/slab_debug.c	host	s/^\tc->nr_quarantined++;//
debug-quarantine-zones	module/core/slab_debug.c	host	s/^\tset_around(c, object, LAB_RED_ACTIVE);//
debug-zones-stay	module/core/slab_debug.c	host	s/set_zones(c, object, LAB_RED_ACTIVE);/(void)0;/
debug-no-free-track	module/core/slab_debug.c	host	s/set_track(c, object, TRACK_FREE, track);//
debug-no-alloc-track	module/core/slab_debug.c	host	s/set_track(c, object, TRACK_ALLOC, track);//
debug-count-ignored	module/core/slab_debug.c	host	s/if (likely(nr_used == mmlab_frame(m, pfn)->mapcount))/if (1)/
debug-double-is-fine	module/core/slab_debug.c	host	s/else if (mmlab_slab_is_free(m, c, pfn, index)) {/else if (0) {/
debug-validate-repeats	module/core/slab_debug.c	host	s/^\t\t\tset_around(c, object, LAB_RED_ACTIVE);//
debug-validate-takes	module/core/slab_debug.c	host	s/mmlab_slab_take_locked(m, c, pfn, i);//
debug-alloc-in-two	module/core/slab_debug.c	tsan	s/^\tif (mmlab_slab_alloc_locked(m, c, \&object, 1)) {/\tspin_unlock(\&c->lock);\n\tbool got = mmlab_slab_alloc(m, c, \&object, 1);\n\tfor (volatile int wait = 0; wait < 3000; wait++)\n\t\t;\n\tspin_lock(\&c->lock);\n\tif (got) {/
debug-free-unlocked	module/core/slab_debug.c	host	/^int mmlab_slab_debug_free(/,/^}/{/lock(&c->lock)/d}
pgtable-rule-pgd	module/core/pgtable.c	host	s/owner, mmlab_frame(m, pgd)->owner);/owner, owner);/
TABLE
}

# Faults in module/mem, module/dev and module/proc, for the lanes that run the
# whole module in a VM.
module_mutations()
{
	cat <<'TABLE'
kernel-other-digest	module/test/core_copy.c	vm	s/#include "..\/core\/buddy.c"/#define trace_buddy_split(pfn, have, upper) (z->nr_splits++)\n&/
object-not-zeroed	module/mem/object.c	vm:object_test	s/^\t\tmemset(ptr, 0, \*usable);/\t\t;/
object-beyond-end	module/mem/object.c	vm:object_test	s/return o ? o->size - (lva - o->lva) : 0;/return o ? o->size - (lva - o->lva) + 1 : 0;/
object-inside-not	module/mem/object.c	vm:object_test	s/(inside \&\& lva - o->lva < o->size)/0/
object-large-is-block	module/mem/object.c	vm:object_test	s/mmlab_kmalloc_alloc(size, flags, 0, _RET_IP_)/mmlab_kmalloc_alloc(size, flags, 1, _RET_IP_)/
object-any-cache	module/mem/object.c	vm:cache_test	s/if (o \&\& o->cache != k)/if (0)/
object-caches-stay	module/mem/object.c	vm:cache_test	s/^\tmmlab_cache_destroy_owned(p->mm.owner);//
object-inject-any	module/mem/object.c	vm:inject_test	s/noticer->slab.flags & flags_to_notice(kind) \&\&/1 \&\&/
object-undo-not		module/dev/ioctl.c	vm:object_test	s/mmlab_ioctl_obj_alloc, mmlab_ioctl_undo_obj_alloc }/mmlab_ioctl_obj_alloc }/
cache-any-owner		module/mem/cache.c	vm:cache_test	s/^\telse if (k->owner != owner)/\telse if (0)/
cache-destroy-busy	module/mem/cache.c	vm:cache_test	s/if (k->slab.nr_active > k->slab.nr_quarantined ||/if (0 ||/
cache-name-twice	module/mem/cache.c	vm:cache_test	s/^\tif (find_locked(params->name))/\tif (0)/
cache-parked-active	module/mem/cache.h	vm:magazine_test	s/return s->slab.nr_active - min(s->slab.nr_active, nr_parked);/return s->slab.nr_active;/
cache-shrink-keeps	module/mem/cache.c	vm:magazine_test	s/return mmlab_magazine_free_slabs(k, 0);/return mmlab_magazine_free_slabs(k, 1);/
cache-offline-keeps	module/mem/hotplug.c	vm:magazine_test	s/^\tmmlab_cache_drain_cpu(cpu);//
cache-no-shrinker	module/main.c	vm:magazine_test	s/mmlab_frames_set_shrinker(mmlab_cache_shrink_all);/(void)0;/
cache-resize-loses	module/mem/magazine.c	vm:magazine_test	/^int mmlab_magazine_resize(/,/^}/s/^\tmmlab_magazine_flush_all(k);//
cache-slow-twice	module/mem/magazine.c	vm:magazine_test	s/cc->nr_alloc_slow += !!object;/cc->nr_alloc_slow++;/
cache-previous-kept	module/mem/magazine.c	vm:magazine_test	s/^\tflush_magazine(k, cc->previous, cc->previous->rounds);//
slab-internal-readable	module/dev/access.c	vm:object_test	s/(!a->all || is_internal(pfn))/!a->all/
slab-name-tail		module/dev/ioctl_slab.c	vm:cache_test	s/!memchr_inv(name + len, 0, LAB_CACHE_NAME_MAX + 1 - len)/1/
slab-flags-unchecked	module/dev/ioctl_slab.c	vm:cache_test	s/cache->flags & ~USER_FLAGS/0/
slabinfo-narrow		module/proc/slabinfo.c	vm:cache_test	s/%-17s %6lu/%-16s %6lu/
slabinfo-last-row	module/proc/slabinfo.c	vm:slab_load_test	s/for (i = 0; i < nr; i++)/for (i = 0; i + 1 < nr; i++)/
kmalloc-dma-not		module/mem/kmalloc.h	vm:object_test	s/mmlab_kmalloc_caches\[!!(flags & LAB_DMA)\]\[index\]/mmlab_kmalloc_caches[0][index]/
kmalloc-192-is-256	module/mem/kmalloc.c	vm:object_test	s/while (sizes\[index\] < (i + 1) \* 8)/while (sizes[index] <= (i + 1) * 8)/
report-twice		module/report.c	vm:inject_test	s/if (atomic_inc_return(&nr_reports) > MMLAB_MAX_SLAB_REPORTS)/if (atomic_add_return(2, \&nr_reports) > MMLAB_MAX_SLAB_REPORTS)/
report-not-broken	module/proc/check.c	vm:inject_test	s/else if (c.nr_reports)/else if (0)/
debug-restored-not	module/core/slab_debug.c	vm:inject_test	s/^\t\t\tset_around(c, object, LAB_RED_ACTIVE);//
zero-not		module/mem/frames.c	vm:block_test	s/if (flags & LAB_ZERO)/if (0)/
fault-without-pte	module/dev/mmap.c	vm:fault_test	s/return err ? VM_FAULT_SIGBUS : VM_FAULT_NOPAGE/return VM_FAULT_NOPAGE/
fault-oom		module/dev/mmap.c	vm:fault_test	s/return err ? VM_FAULT_SIGBUS : VM_FAULT_NOPAGE/return err == -ENOMEM ? VM_FAULT_OOM : err ? VM_FAULT_SIGBUS : VM_FAULT_NOPAGE/
zap-not			module/mem/mm.c	vm:fault_test	s/^\tunmap_mapping_range(.*/\t(void)start;/
quarantine-not		module/mem/frames.c	vm:pin_test	s/may_be_pinned(use) && mmlab_quarantine_is_pinned(pfn)/0 \&\& may_be_pinned(use)/
quarantine-releases-pinned	module/mem/quarantine.c	vm:pin_test	s/if (mmlab_quarantine_is_pinned(pfn)) {/if (0) {/
quarantine-no-timer	module/mem/quarantine.c	vm:pin_test	s/^\tschedule_delayed_work.*//
block-any-owner		module/mem/process.c	vm:block_test	/^int mmlab_process_free_block(/,/^}/s/^\t\t\t\t   mm->owner);/\t\t\t\t   mmlab_frame(\&mmlab_machine, pfn)->owner);/
alloc-undo-not		module/dev/ioctl.c	vm:device_test	s/alloc_block, undo_alloc_block }/alloc_block }/
block-order-unchecked	module/dev/ioctl.c	vm:block_test	s/block->order >= LAB_NR_ORDERS || block->zone/block->zone/
block-reserved-unchecked	module/dev/ioctl.c	vm:device_test	s/block->flags || block->reserved)/block->flags)/
phys-truncated		module/dev/ioctl.c	vm:block_test	s/u64 pfn = block->phys >> PAGE_SHIFT;/u32 pfn = block->phys >> PAGE_SHIFT;/
access-all		module/dev/access.c	vm:access_test	s/a->all = is_kernel(a) \&\& is_privileged(a->file);/a->all = is_kernel(a);/
access-range-unchecked	module/dev/ioctl.c	vm:access_test	s/a->addr > end || a->len > end - a->addr/0/
access-rdonly-writes	module/dev/ioctl.c	vm:access_test	s/if (!(file->f_mode & (write ? FMODE_WRITE : FMODE_READ)))/if (0)/
compat-missing		module/dev/chardev.c	vm:device_test	s/^\t.compat_ioctl = .*//
owner-missing		module/dev/chardev.c	vm:load_test	/mmlab_fops = {/,/};/s/^\t.owner = THIS_MODULE,//
exec-by-mprotect	module/dev/mmap.c	vm:mmap_test	s/vm_flags_clear(vma, VM_MAYEXEC);//
write-by-mprotect	module/dev/mmap.c	vm:mmap_test	s/vm_flags_clear(vma, VM_MAYWRITE);/;/
private-write		module/dev/mmap.c	vm:mmap_test	s/if (!(vma->vm_flags & VM_SHARED) && (vma->vm_flags & VM_WRITE))/if (0)/
mmap-past-user-space	module/dev/mmap.c	vm:mmap_test	s/if (start < LAB_PAGE_OFFSET \&\& end > LAB_PAGE_OFFSET)/if (0)/
windows-grow		module/dev/mmap.c	vm:window_test	s/VM_MIXEDMAP | VM_DONTEXPAND/VM_MIXEDMAP/
windows-miscounted	module/dev/mmap.c	vm:window_test	s/atomic_inc(&window_process(window)->nr_windows);/if (window->vm_start) return; &/
dirty-lost		module/mem/mm.c	vm:fault_test	s/^\t\tpage_at(p, lva, LAB_PTE_DIRTY, &pfn);/\t\t;/
dirty-stale		module/mem/mm.c	vm:fault_test	s/^\tfolio_clear_dirty(.*//
blocks-kept-at-close	module/mem/process.c	vm:block_test	s/while (p->mm.blocks != PFN_NONE) {/while (0) {/
tables-leaked		module/mem/mm.c	vm:fault_test	s/^\t    !mmlab_frames_free(table, 0, USE_PGTABLE, p->mm.owner)) {/\t    p->mm.owner) {/
cpu-keeps-its-list	module/mem/hotplug.c	vm:load_test	s/^\tmmlab_pcp_drain_cpu(cpu);//
kpageflags-readable	module/proc/proc.c	vm:proc_test	s/"kpageflags", 0400/"kpageflags", 0444/
buddyinfo-no-blank	module/proc/buddyinfo.c	vm:proc_test	s/"%6lu "/" %6lu"/
meminfo-narrow		module/proc/meminfo.c	vm:proc_test	s/%-16s%8lu kB/%-15s%8lu kB/
meminfo-forgets-pcp	module/proc/meminfo.c	vm:proc_test	s/"MemFree:", mmlab_stat_nr_in_state(&s->census, FRAME_FREE))/"MemFree:", mmlab_stat_nr_in_state(\&s->census, FRAME_FREE) + 1)/
maps-column		module/proc/maps.c	vm:proc_test	s/NAME_COLUMN - 1/NAME_COLUMN/
kpage-unaligned		module/proc/kpage.c	vm:proc_test	s/\*pos < 0 || \*pos % sizeof(u64) ||/*pos < 0 ||/
mem-unchecked		module/mem/arena.c	vm:load_test	s/LAB_MEM_MIN_MIB/1U/
event-missing		module/mem/frames.c	vm:trace.sh	s/^\ttrace_page_free(.*/\t;/
event-fault-missing	module/dev/mmap.c	vm:trace.sh	s/^\ttrace_fault(.*/\t(void)write;/
read-supplies		module/dev/access.c	vm:fault_test	s/err = a->write ? /err = 1 ? /
arena-leaks-a-page	module/mem/arena.c	vm:lifecycle.sh	s/put_pages(mmlab_machine.nr_frames);/put_pages(mmlab_machine.nr_frames - 1);/
metadata-fat		module/core/frame.h	vm:load_test	s/^\tu32 private;/\tu32 private; u8 fat[32];/
detect-leak		module/proc/meminfo.c	debug:programs	/^\tkfree(s);/d
detect-use-after-free	module/proc/meminfo.c	debug:programs	s/^\tkfree(s);/&\n\tREAD_ONCE(s->nr_frames);/
detect-no-lock		module/dev/mmap.c	debug:programs	/^static vm_fault_t window_fault(/,/^}/{/mutex_lock(/d;/mutex_unlock(/d}
detect-lock-inversion	module/mem/cache.c	debug:kselftests	/^static int map_locked(/,/^}/{s/spin_lock(&k->slab.lock);/&\n\tspin_lock(\&k->depot_lock);/;s/spin_unlock(&k->slab.lock);/spin_unlock(\&k->depot_lock);\n\t&/}
detect-sleep-in-atomic	module/mem/magazine.c	debug:programs	/^static void add_empty_magazine(/,/^}/s/spin_lock(&k->depot_lock);/&\n\tkfree(new_magazine(8));/
detect-unchecked-alloc	module/mem/stat.c	debug:fail_every_allocation	/^struct lab_snapshot \*mmlab_stat_snapshot(/,/^}/{/if (!s)/,/return NULL/d}
TABLE
}

# ---- the judge -------------------------------------------------------------

full='' list='' names=()

# a worker's own copy of the sources, and objects of it built once
prepare()	# TREE
{
	mkdir -p "$1"
	rsync -a --delete --exclude=/build --exclude=/.git "$top/" "$1/"
}

# run_lane LANE TREE LOG: exit status 0 green, 1 red, 2 it could not be run
run_lane()
{
	local tree=$2 log=$3

	case $1 in
	tsan)	run_cases tsan "$tree" threads first ops=100000 ;;
	host|survived|unchanged|broken|noticed)
		run_cases bare "$tree" first ops=20000 ;;
	*:*)	timeout -k 5 "$lane_seconds" "$tree/scripts/check-${1%%:*}" "${1#*:}" ;;
	*)	timeout -k 5 "$lane_seconds" "$tree/scripts/check-$1" ;;
	esac > "$log" 2>&1
	case $?:$(tail -n 1 "$log") in
	0:*", 0 failed, "*) return 0 ;;
	2:*)	return 2 ;;
	124:*|13[0-9]:*|15[0-9]:*|66:*) return 1 ;; # it hung, a signal ended it, TSan
	*", 0 failed, "*) return 2 ;;
	*" failed, "*) return 1 ;;
	*) return 2 ;;
	esac
}

run_cases()	# VARIANT TREE ARGS…
{
	local program=$2/build/host/$1/cases status=0

	make --no-print-directory -s -C "$2/selftests/host" \
		OBJDIR="$2/build/host" FLAGS_bare='-O0 -w -g0' \
		FLAGS_tsan='-O1 -w -g0 -fsanitize=thread' "$program" || return 2
	( [ "$1" = tsan ] || ulimit -t "$cpu_seconds"
	  exec timeout -k 5 "$case_seconds" "$program" "${@:3}" ) || status=$?
	[ $status -le 1 ] || echo "exit status $status"
	return $status
}

# what noticed it: the first failed case, or how the program ended
noticed_by()	# LOG
{
	local by

	by=$(sed -n 's/^not ok [0-9]* -* *\([^ ]*\).*/\1/p' "$1" | head -n 1)
	[ -n "$by" ] || by=$(tail -n 1 "$1")
	echo "$by"
}

# Source and objects are put back as they were, times and all, so that the next
# mutation compiles only what it changes.
# judge NAME FILE LANE SED TREE: prints "VERDICT DETAIL"
judge()
{
	local name=$1 file=$2 lane=$3 script=$4 tree=$5 log=$work/$1.log status=0
	local objects=$tree/build/host

	cp -p "$tree/$file" "$tree/.sound"
	if ! sed -i "$script" "$tree/$file" || cmp -s "$tree/.sound" "$tree/$file"; then
		mv "$tree/.sound" "$tree/$file"
		echo "unchanged by its sed script"
		return
	fi
	rm -rf "$objects.sound"
	cp -a "$objects" "$objects.sound"
	run_lane "$lane" "$tree" "$log" || status=$?
	mv "$tree/.sound" "$tree/$file"
	rm -rf "$objects"
	mv "$objects.sound" "$objects"
	case $status in
	0) echo "survived: lane $lane stayed green" ;;
	1) echo "noticed by $(noticed_by "$log")" ;;
	*) echo "broken: it could not be tried, see $log" ;;
	esac
}

# judges every row of stdin whose number is congruent to WORKER; only one worker
# needs the objects for TSan
worker()	# WORKER
{
	local tree=$work/tree.$1 nr=0 turn name file lane script verdict wanted

	prepare "$tree"
	run_lane host "$tree" /dev/null
	while read -r name file lane script; do
		turn=$((nr++ % jobs))
		[ "$lane" != tsan ] || turn=0
		[ $turn = "$1" ] || continue
		verdict=$(judge "$name" "$file" "$lane" "$script" "$tree" </dev/null)
		case $name in
		control-*) wanted=$lane ;;
		*) wanted=noticed ;;
		esac
		case $verdict in
		"$wanted"*) echo "ok - $name: $verdict" ;;
		*) echo "not ok - $name: $verdict" ;;
		esac
	done
}

# the lanes must be green without a mutation, or being red means nothing
baseline()	# LANE…
{
	local lane

	prepare "$work/tree.0"
	for lane; do
		if run_lane "$lane" "$work/tree.0" "$work/baseline-$lane.log"; then
			echo "ok - lane $lane is green without a mutation"
		else
			echo "not ok - lane $lane is red or broken without a mutation:" \
				"see build/red/baseline-$lane.log"
			return 1
		fi
	done
}

wanted_row()	# NAME
{
	local part

	[ ${#names[@]} -gt 0 ] || return 0
	for part in "${names[@]}"; do
		case $1 in *"$part"*) return 0 ;; esac
	done
	return 1
}

table()
{
	local name rest

	{ controls; core_mutations; slab_mutations; module_mutations; } |
	while read -r name rest; do
		! wanted_row "$name" || printf '%s %s\n' "$name" "$rest"
	done
}

in_quick() { case $1 in host|tsan|survived|unchanged|broken|noticed) ;; *) return 1 ;; esac; }

run_all()
{
	local i nr=0 skipped=0 name file lane script lanes=()
	local rows=$work/rows results=$work/results

	: > "$rows"
	while read -r name file lane script; do
		if [ -z "$full" ] && ! in_quick "$lane"; then
			echo "ok - $name # SKIP lane $lane needs --full"
			skipped=$((skipped + 1))
			continue
		fi
		printf '%s %s %s %s\n' "$name" "$file" "$lane" "$script" >> "$rows"
		case $lane in survived|unchanged|broken|noticed) lane=host ;; esac
		case " ${lanes[*]-} " in *" $lane "*) ;; *) lanes+=("$lane") ;; esac
		nr=$((nr + 1))
	done < <(table)
	: > "$results"
	if [ $nr -gt 0 ] && baseline "${lanes[@]}" | tee -a "$results" &&
		[ "${PIPESTATUS[0]}" = 0 ]; then
		for ((i = 0; i < jobs; i++)); do
			worker $i < "$rows" | tee -a "$results" &
		done
		wait
		nr=$((nr + ${#lanes[@]}))
	fi
	finish "$nr" "$skipped" "$results"
}

# the verdict comes last; what has no result has failed
finish()	# PLANNED SKIPPED RESULTS
{
	local passed failed

	passed=$(grep -c '^ok - ' "$3")
	failed=$(grep -c '^not ok - ' "$3")
	if [ $((passed + failed)) -lt "$1" ]; then
		echo "not ok - $(($1 - passed - failed)) mutations have no result"
		failed=$(($1 - passed))
	fi
	echo "$passed passed, $failed failed, $2 skipped"
	[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

for arg; do
	case $arg in
	--quick) full='' ;;
	--full)	full=1 ;;
	--list)	list=1 ;;
	-h|--help) usage; exit 0 ;;
	-*)	usage >&2; exit 2 ;;
	*)	names+=("$arg") ;;
	esac
done
if [ -n "$list" ]; then
	table
	exit
fi
rm -rf "$work"
mkdir -p "$work"
run_all
