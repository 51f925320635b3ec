// SPDX-License-Identifier: GPL-2.0
/*
 * meminfo. Format: meminfo_proc_show() in Linux fs/proc/meminfo.c.
 *
 * MemFree + PerCpuPages + Slab + PageTables + AnonPages + Blocks + VmallocPages +
 * Quarantine + Bad + Reserved is the arena, in every snapshot.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "../core/layout.h"
#include "../mem/arena.h"
#include "../mem/swapfile.h"
#include "../mem/vmalloc.h"
#include "proc.h"

static void meminfo_kb(struct seq_file *m, const char *key, unsigned long kb)
{
	seq_printf(m, "%-16s%8lu kB\n", key, kb);
}

/* Frames that can be allocated without going below the watermarks. */
static u32 nr_available(const struct lab_snapshot *s)
{
	u32 nr = 0, zone;

	for (zone = 0; zone < NR_LAB_ZONES; zone++) {
		const struct lab_zone_snapshot *z = &s->zone[zone];

		nr += z->nr_free > z->min ? z->nr_free - z->min : 0;
	}
	return nr + mmlab_stat_nr_in_state(&s->census, FRAME_PCP);
}

static void meminfo_frames(struct seq_file *m, const char *key, u32 nr_frames)
{
	meminfo_kb(m, key, mmlab_proc_kb(nr_frames));
}

/* All pages that can go are anonymous. */
static void print_lists(struct seq_file *m, const u32 *nr_on_list)
{
	meminfo_frames(m, "Active:", nr_on_list[LAB_LRU_ACTIVE]);
	meminfo_frames(m, "Inactive:", nr_on_list[LAB_LRU_INACTIVE]);
	meminfo_frames(m, "Active(anon):", nr_on_list[LAB_LRU_ACTIVE]);
	meminfo_frames(m, "Inactive(anon):", nr_on_list[LAB_LRU_INACTIVE]);
}

static void print_swap(struct seq_file *m, const struct lab_snapshot *s)
{
	struct lab_swapfile_view view[LAB_NR_SWAP_AREAS];
	u32 nr_cached = mmlab_swapfile_view(view), nr_pages = 0, nr_used = 0, type;

	for (type = 0; type < LAB_NR_SWAP_AREAS; type++) {
		nr_pages += view[type].nr_pages;
		nr_used += view[type].nr_used;
	}
	meminfo_frames(m, "SwapCached:", nr_cached);
	print_lists(m, s->nr_on_list);
	meminfo_frames(m, "SwapTotal:", nr_pages);
	meminfo_frames(m, "SwapFree:", nr_pages - nr_used);
}

int mmlab_proc_show_meminfo(struct seq_file *m, void *v)
{
	u32 vmalloc_bytes = LAB_VMALLOC_END -
			    mmlab_frame_vmalloc_start(&mmlab_machine);
	struct lab_snapshot *s = mmlab_stat_snapshot();
	u32 nr_reserved, nr_slab, nr_areas, largest_hole = 0;

	if (!s)
		return -ENOMEM;
	nr_reserved = mmlab_stat_nr_in_state(&s->census, FRAME_RESERVED);
	nr_slab = mmlab_stat_nr_used(&s->census, USE_SLAB);
	meminfo_frames(m, "MemTotal:", s->nr_frames - nr_reserved);
	meminfo_frames(m, "MemFree:", mmlab_stat_nr_in_state(&s->census, FRAME_FREE));
	meminfo_frames(m, "MemAvailable:", nr_available(s));
	meminfo_frames(m, "Buffers:", 0);
	meminfo_frames(m, "Cached:", 0);
	print_swap(m, s);
	meminfo_frames(m, "AnonPages:", mmlab_stat_nr_used(&s->census, USE_USER));
	meminfo_frames(m, "Slab:", nr_slab);
	meminfo_frames(m, "SReclaimable:", 0);
	meminfo_frames(m, "SUnreclaim:", nr_slab);
	meminfo_frames(m, "PageTables:", mmlab_stat_nr_used(&s->census, USE_PGTABLE));
	meminfo_frames(m, "Blocks:", mmlab_stat_nr_used(&s->census, USE_BLOCK));
	meminfo_kb(m, "VmallocTotal:", vmalloc_bytes >> 10);
	meminfo_frames(m, "VmallocUsed:", mmlab_stat_nr_used(&s->census, USE_VMALLOC));
	kvfree(mmlab_vmalloc_view_all(&nr_areas, &largest_hole));
	meminfo_kb(m, "VmallocChunk:", largest_hole >> 10);
	meminfo_frames(m, "VmallocPages:", mmlab_stat_nr_used(&s->census, USE_VMALLOC));
	meminfo_frames(m, "PerCpuPages:", mmlab_stat_nr_in_state(&s->census, FRAME_PCP));
	/* the host's name and format; bad frames in use are also in their class above */
	seq_printf(m, "HardwareCorrupted: %5lu kB\n", mmlab_proc_kb(s->nr_bad));
	meminfo_frames(m, "Bad:", mmlab_stat_nr_in_state(&s->census, FRAME_BAD));
	meminfo_frames(m, "Quarantine:", mmlab_stat_nr_in_state(&s->census, FRAME_QUARANTINE));
	meminfo_frames(m, "Reserved:", nr_reserved);
	kfree(s);
	return 0;
}
