// SPDX-License-Identifier: GPL-2.0
/*
 * vmallocinfo: an area per row. Format: s_show() in Linux mm/vmalloc.c; the
 * addresses are the lab's.
 */
#include <linux/mm.h>

#include "../mem/vmalloc.h"
#include "proc.h"

static void print_vmallocinfo_area(struct seq_file *m, const struct lab_vm_view *view)
{
	seq_printf(m, "0x%08x-0x%08x %7ld", view->start, view->start + view->size,
		   (long)view->size);
	if (view->caller)
		seq_printf(m, " %pS", (void *)view->caller);
	if (view->nr_mapped)
		seq_printf(m, " pages=%d", view->nr_mapped);
	seq_puts(m, " vmalloc");
	if (view->flags & LAB_AREA_USER)
		seq_puts(m, " user");
	if (view->nr_mapped)
		seq_printf(m, " N0=%u", view->nr_mapped);
	seq_putc(m, '\n');
}

int mmlab_proc_show_vmallocinfo(struct seq_file *m, void *v)
{
	struct lab_vm_view *view;
	u32 nr, i;

	view = mmlab_vmalloc_view_all(&nr, NULL);
	if (!view)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		print_vmallocinfo_area(m, &view[i]);
	kvfree(view);
	return 0;
}
