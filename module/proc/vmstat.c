// SPDX-License-Identifier: GPL-2.0
/*
 * vmstat: a name and a number per line: first numbers of frames, then counters of events.
 */
#include <linux/slab.h>

#include "../mem/arena.h"
#include "../mem/swapfile.h"
#include "proc.h"

static const char * const event_names[NR_LAB_EVENTS] = {
	[EV_PGALLOC_DMA]	= "pgalloc_dma",
	[EV_PGALLOC_NORMAL]	= "pgalloc_normal",
	[EV_PGFREE]		= "pgfree",
	[EV_PGFREE_REFUSED]	= "pgfree_refused",
	[EV_PGFAULT]		= "pgfault",
	[EV_PGFAULT_SIGBUS]	= "pgfault_sigbus",
	[EV_PGFAULT_AROUND]	= "pgfault_around",
	[EV_PGFAULT_SOFT]	= "pgfault_soft",
	[EV_PGZAP]		= "pgzap",
	[EV_PCP_REFILL]		= "pcp_refill",
	[EV_PCP_SPILL]		= "pcp_spill",
	[EV_PCP_DRAIN]		= "pcp_drain",
	[EV_QUARANTINE_IN]	= "quarantine_in",
	[EV_QUARANTINE_OUT]	= "quarantine_out",
	[EV_ALLOCSTALL]		= "allocstall",
	[EV_BADFRAME]		= "badframe",
	[EV_PSWPIN]		= "pswpin",
	[EV_PSWPOUT]		= "pswpout",
	[EV_PGACTIVATE]		= "pgactivate",
	[EV_PGDEACTIVATE]	= "pgdeactivate",
	[EV_PGMAJFAULT]		= "pgmajfault",
	[EV_PGREFILL]		= "pgrefill",
	[EV_PGSTEAL_KSWAPD]	= "pgsteal_kswapd",
	[EV_PGSTEAL_DIRECT]	= "pgsteal_direct",
	[EV_PGSCAN_KSWAPD]	= "pgscan_kswapd",
	[EV_PGSCAN_DIRECT]	= "pgscan_direct",
	[EV_KSWAPD_LOW_WMARK_HIT_QUICKLY] = "kswapd_low_wmark_hit_quickly",
	[EV_KSWAPD_HIGH_WMARK_HIT_QUICKLY] = "kswapd_high_wmark_hit_quickly",
	[EV_PAGEOUTRUN]		= "pageoutrun",
	[EV_PGREUSE]		= "pgreuse",
};

static void print_number(struct seq_file *m, const char *name,
			 unsigned long long number)
{
	seq_printf(m, "%s %llu\n", name, number);
}

int mmlab_proc_show_vmstat(struct seq_file *m, void *v)
{
	struct lab_snapshot *s = mmlab_stat_snapshot();
	struct lab_swapfile_view areas[LAB_NR_SWAP_AREAS];
	unsigned int event;

	if (!s)
		return -ENOMEM;
	print_number(m, "nr_free_pages", mmlab_stat_nr_in_state(&s->census, FRAME_FREE));
	print_number(m, "nr_inactive_anon", s->nr_on_list[LAB_LRU_INACTIVE]);
	print_number(m, "nr_active_anon", s->nr_on_list[LAB_LRU_ACTIVE]);
	print_number(m, "nr_isolated_anon", s->nr_on_list[LAB_LRU_ISOLATED]);
	print_number(m, "nr_anon_pages", mmlab_stat_nr_used(&s->census, USE_USER));
	print_number(m, "nr_page_table_pages", mmlab_stat_nr_used(&s->census, USE_PGTABLE));
	print_number(m, "nr_swapcached", mmlab_swapfile_view(areas));
	print_number(m, "nr_slab_unreclaimable", mmlab_stat_nr_used(&s->census, USE_SLAB));
	print_number(m, "nr_blocks", mmlab_stat_nr_used(&s->census, USE_BLOCK));
	print_number(m, "nr_vmalloc", mmlab_stat_nr_used(&s->census, USE_VMALLOC));
	print_number(m, "nr_pcp_pages", mmlab_stat_nr_in_state(&s->census, FRAME_PCP));
	print_number(m, "nr_quarantine", mmlab_stat_nr_in_state(&s->census, FRAME_QUARANTINE));
	print_number(m, "nr_bad", mmlab_stat_nr_in_state(&s->census, FRAME_BAD));
	print_number(m, "nr_reserved", mmlab_stat_nr_in_state(&s->census, FRAME_RESERVED));
	for (event = 0; event < NR_LAB_EVENTS; event++)
		print_number(m, event_names[event], s->events[event]);
	print_number(m, "buddy_split", s->zone[LAB_ZONE_DMA].nr_splits +
		     s->zone[LAB_ZONE_NORMAL].nr_splits);
	print_number(m, "buddy_merge", s->zone[LAB_ZONE_DMA].nr_merges +
		     s->zone[LAB_ZONE_NORMAL].nr_merges);
	print_number(m, "lab_processes", s->nr_processes);
	print_number(m, "lab_windows", s->nr_windows);
	print_number(m, "lab_reports", s->nr_reports);
	print_number(m, "lab_metadata_bytes", mmlab_arena_metadata_bytes());
	kfree(s);
	return 0;
}
