// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/mmlab/<lab pid>/maps and smaps. Formats: show_map_vma() and show_smap() in
 * Linux fs/proc/task_mmu.c.
 *
 * Lines that the lab can't have (shared pages, huge pages, locked memory) are there with 0,
 * because programs that read the host's files look for them.
 */
#include <linux/mm.h>

#include "pid.h"
#include "proc.h"

static struct lab_process *process_of(const struct seq_file *m)
{
	return mmlab_proc_pid_dir(m->file)->p;
}

/* A position is the end of the VMA before, so it stays valid while VMAs change. */
static void *find_region(struct seq_file *m, loff_t pos, bool pages)
{
	struct lab_region_view *view = m->private;

	return pos < LAB_PAGE_OFFSET &&
	       mmlab_mm_view_region(process_of(m), pos, pages, view) ? view : NULL;
}

static void *next_region(struct seq_file *m, void *v, loff_t *pos, bool pages)
{
	const struct lab_region_view *view = v;

	*pos = view->end;
	return find_region(m, *pos, pages);
}

static void *maps_start(struct seq_file *m, loff_t *pos)
{
	return find_region(m, *pos, false);
}

static void *maps_next(struct seq_file *m, void *v, loff_t *pos)
{
	return next_region(m, v, pos, false);
}

static void *smaps_start(struct seq_file *m, loff_t *pos)
{
	return find_region(m, *pos, true);
}

static void *smaps_next(struct seq_file *m, void *v, loff_t *pos)
{
	return next_region(m, v, pos, true);
}

static void stop(struct seq_file *m, void *v)
{
}

static int show_map(struct seq_file *m, void *v)
{
	const struct lab_region_view *view = v;
	char perms[] = "---p";
	char name[LAB_COMM_MAX + 1] = "";

	if (view->flags & LAB_VMA_READ)
		perms[0] = 'r';
	if (view->flags & LAB_VMA_WRITE)
		perms[1] = 'w';
	if (view->flags & LAB_VMA_EXEC)
		perms[2] = 'x';
	if (view->flags & LAB_VMA_IMAGE)
		snprintf(name, sizeof(name), "/%s", view->comm);
	mmlab_proc_print_region(m, view->start, view->end, perms, 0,
				view->stack ? "[stack]" :
				view->heap ? "[heap]" : name);
	return 0;
}

static void print_smaps_kb(struct seq_file *m, const char *key, u32 nr_frames)
{
	seq_printf(m, "%-16s%8lu kB\n", key, mmlab_proc_kb(nr_frames));
}

static void print_smaps_share(struct seq_file *m, const char *key, u64 share)
{
	seq_printf(m, "%-16s%8llu kB\n", key, share >> (10 + LAB_PSS_SHIFT));
}

static void print_vm_flags(struct seq_file *m, lab_vma_flags_t flags)
{
	seq_printf(m, "VmFlags: %s%s%smr mw me %s\n",
		   flags & LAB_VMA_READ ? "rd " : "",
		   flags & LAB_VMA_WRITE ? "wr " : "",
		   flags & LAB_VMA_EXEC ? "ex " : "",
		   flags & LAB_VMA_GROWSDOWN ? "gd " : "");
}

/* The lab has private anonymous memory in small pages. */
static int show_smap(struct seq_file *m, void *v)
{
	const struct lab_region_view *view = v;
	u32 nr_private = view->nr_present - view->nr_shared;
	u32 nr_private_dirty = view->nr_dirty - view->nr_shared_dirty;

	show_map(m, v);
	print_smaps_kb(m, "Size:", (view->end - view->start) >> PAGE_SHIFT);
	print_smaps_kb(m, "KernelPageSize:", 1);
	print_smaps_kb(m, "MMUPageSize:", 1);
	print_smaps_kb(m, "Rss:", view->nr_present);
	print_smaps_share(m, "Pss:", view->pss);
	print_smaps_share(m, "Pss_Dirty:", view->pss_dirty);
	print_smaps_kb(m, "Shared_Clean:", view->nr_shared - view->nr_shared_dirty);
	print_smaps_kb(m, "Shared_Dirty:", view->nr_shared_dirty);
	print_smaps_kb(m, "Private_Clean:", nr_private - nr_private_dirty);
	print_smaps_kb(m, "Private_Dirty:", nr_private_dirty);
	print_smaps_kb(m, "Referenced:", view->nr_accessed);
	print_smaps_kb(m, "Anonymous:", view->nr_present);
	print_smaps_kb(m, "LazyFree:", 0);
	print_smaps_kb(m, "AnonHugePages:", 0);
	print_smaps_kb(m, "ShmemPmdMapped:", 0);
	print_smaps_kb(m, "FilePmdMapped:", 0);
	print_smaps_kb(m, "Shared_Hugetlb:", 0);
	print_smaps_kb(m, "Private_Hugetlb:", 0);
	print_smaps_kb(m, "Swap:", view->nr_swapped);
	print_smaps_share(m, "SwapPss:", view->swap_pss);
	print_smaps_kb(m, "Locked:", 0);
	seq_puts(m, "THPeligible:    0\n");
	print_vm_flags(m, view->flags);
	return 0;
}

const struct seq_operations mmlab_proc_pid_maps_ops = {
	.start = maps_start,
	.next = maps_next,
	.stop = stop,
	.show = show_map,
};

const struct seq_operations mmlab_proc_pid_smaps_ops = {
	.start = smaps_start,
	.next = smaps_next,
	.stop = stop,
	.show = show_smap,
};
