// SPDX-License-Identifier: GPL-2.0
/*
 * maps: the lab kernel's address space. Format: show_vma_header_prefix() in Linux
 * fs/proc/task_mmu.c; the offset of a direct-map row is its physical address.
 */
#include <linux/mm.h>

#include "../mem/arena.h"
#include "../mem/vmalloc.h"
#include "proc.h"

/* Where the name begins, counted from 0: 25 + 6 * sizeof(void *) - 1 on 64 bits. */
#define NAME_COLUMN	73

void mmlab_proc_print_region(struct seq_file *m, u32 start, u32 end,
			     const char *perms, u32 offset, const char *name)
{
	seq_setwidth(m, NAME_COLUMN - 1);
	seq_printf(m, "%08x-%08x %s %08x 00:00 0 ", start, end, perms, offset);
	if (*name)
		seq_pad(m, ' ');
	seq_puts(m, name);
	seq_putc(m, '\n');
}

/* An area and its guard page; the offset of a vmalloc area means nothing. */
static void print_maps_area(struct seq_file *m, const struct lab_vm_view *view)
{
	u32 guard = view->start + view->size - (u32)PAGE_SIZE;
	const char *perms = !(view->flags & LAB_AREA_USER) ? "rw-p" :
			    view->flags & LAB_AREA_READONLY ? "r--s" : "rw-s";

	mmlab_proc_print_region(m, view->start, guard, perms, 0,
				"[vmalloc]");
	mmlab_proc_print_region(m, guard, guard + (u32)PAGE_SIZE, "---p", 0,
				"[guard page]");
}

int mmlab_proc_show_maps(struct seq_file *m, void *v)
{
	struct lab_vm_view *view;
	u32 nr, i;

	view = mmlab_vmalloc_view_all(&nr, NULL);
	if (!view)
		return -ENOMEM;
	mmlab_proc_print_region(m, LAB_PAGE_OFFSET,
				mmlab_frame_high_memory(&mmlab_machine),
				"rw-s", 0, "[direct map]");
	for (i = 0; i < nr; i++)
		print_maps_area(m, &view[i]);
	kvfree(view);
	return 0;
}
