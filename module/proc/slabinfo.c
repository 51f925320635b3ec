// SPDX-License-Identifier: GPL-2.0
/*
 * slabinfo, version 2.1. Format: print_slabinfo_header() and cache_show() in Linux
 * mm/slab_common.c. Objects that are parked in magazines are not active; the
 * tunables are the magazines: objects in one, half of it at a time to and from
 * slabs, full ones in the depot.
 */
#include <linux/mm.h>

#include "../mem/cache.h"
#include "proc.h"

static void print_cache(struct seq_file *m, const struct lab_kcache_snapshot *s)
{
	const struct lab_cache_snapshot *c = &s->slab;
	unsigned long nr_slabs = c->nr_slabs[SLABS_FULL] +
				 c->nr_slabs[SLABS_PARTIAL] +
				 c->nr_slabs[SLABS_FREE];

	seq_printf(m, "%-17s %6lu %6lu %6u %4u %4d", c->name,
		   (unsigned long)mmlab_cache_nr_active(s),
		   nr_slabs * c->nr_objects, c->size, c->nr_objects,
		   1 << c->order);
	seq_printf(m, " : tunables %4u %4u %4u", s->magazine_size,
		   (s->magazine_size + 1) / 2, s->nr_full);
	seq_printf(m, " : slabdata %6lu %6lu %6lu\n",
		   nr_slabs - c->nr_slabs[SLABS_FREE], nr_slabs,
		   (unsigned long)(s->nr_parked + s->nr_depot));
}

int mmlab_proc_show_slabinfo(struct seq_file *m, void *v)
{
	struct lab_kcache_snapshot *s;
	u32 i, nr;

	s = mmlab_cache_snapshot_all(&nr);
	if (!s)
		return -ENOMEM;
	seq_puts(m, "slabinfo - version: 2.1\n");
	seq_puts(m, "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>");
	seq_puts(m, " : tunables <limit> <batchcount> <sharedfactor>");
	seq_puts(m, " : slabdata <active_slabs> <num_slabs> <sharedavail>\n");
	for (i = 0; i < nr; i++)
		print_cache(m, &s[i]);
	kvfree(s);
	return 0;
}
