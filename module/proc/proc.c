// SPDX-License-Identifier: GPL-2.0
/*
 * The directory /proc/mmlab and the list of its files.
 */
#include "frames.h"
#include "pid.h"
#include "proc.h"

static struct proc_dir_entry *dir;

static const struct {
	const char *name;
	umode_t mode;
	int (*show)(struct seq_file *m, void *v);
} text_files[] = {
	{ "buddyinfo", 0444, mmlab_proc_show_buddyinfo },
	{ "check", 0444, mmlab_proc_show_check },
	{ "extfrag_index", 0444, mmlab_proc_show_extfrag_index },
	{ "maps", 0444, mmlab_proc_show_maps },
	{ "meminfo", 0444, mmlab_proc_show_meminfo },
	{ "slabinfo", 0400, mmlab_proc_show_slabinfo },
	{ "swaps", 0444, mmlab_proc_show_swaps },
	{ "unusable_index", 0444, mmlab_proc_show_unusable_index },
	{ "vmallocinfo", 0400, mmlab_proc_show_vmallocinfo },
	{ "vmstat", 0444, mmlab_proc_show_vmstat },
	{ "zoneinfo", 0444, mmlab_proc_show_zoneinfo },
};

int mmlab_proc_init(void)
{
	unsigned int i;

	dir = proc_mkdir("mmlab", NULL);
	if (!dir)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(text_files); i++)
		if (!proc_create_single(text_files[i].name, text_files[i].mode,
					dir, text_files[i].show))
			goto err_remove;
	if (!proc_create("kpageflags", 0400, dir, &mmlab_proc_kpageflags_ops) ||
	    !proc_create("kpagecount", 0400, dir, &mmlab_proc_kpagecount_ops))
		goto err_remove;
	if (mmlab_proc_pid_init(dir))
		goto err_remove;
	mmlab_proc_frames_init();
	return 0;

err_remove:
	proc_remove(dir);
	return -ENOMEM;
}

void mmlab_proc_exit(void)
{
	mmlab_proc_frames_exit();
	mmlab_proc_pid_exit();
	proc_remove(dir);
}
