// SPDX-License-Identifier: GPL-2.0
/*
 * mmlab: a whole small memory manager in a module. The steps of init are in the order in
 * which the parts depend on each other; the labels undo them in reverse order.
 */
#define pr_fmt(fmt) "mmlab: " fmt

#include <linux/init.h>
#include <linux/module.h>

#include "dev/chardev.h"
#include "mem/arena.h"
#include "mem/badframe.h"
#include "mem/cache.h"
#include "mem/frames.h"
#include "mem/hotplug.h"
#include "mem/init_mm.h"
#include "mem/inject.h"
#include "mem/kmalloc.h"
#include "mem/kswapd.h"
#include "mem/mm_swap.h"
#include "mem/mmap.h"
#include "mem/number.h"
#include "mem/object.h"
#include "mem/pcp.h"
#include "mem/policy_api.h"
#include "mem/process.h"
#include "mem/quarantine.h"
#include "mem/reclaim.h"
#include "mem/section.h"
#include "mem/vm_struct.h"
#include "mem/vmalloc.h"
#include "proc/proc.h"
#include "uapi/mmlab_version.h"

static unsigned long mem = 64;

static int set_mem(const char *val, const struct kernel_param *kp)
{
	s64 number;
	int err = mmlab_number_parse(kp->name, val, LAB_MEM_MIN_MIB,
				     LAB_MEM_MAX_MIB, &number);

	if (!err)
		mem = number;
	return err;
}

static const struct kernel_param_ops mem_ops = {
	.set = set_mem,
	.get = param_get_ulong,
};

module_param_cb(mem, &mem_ops, &mem, 0444);
MODULE_PARM_DESC(mem, "size of the lab machine's memory in MiB (4-896, default 64)");

static u32 shrink_all(void)
{
	return mmlab_vmalloc_trim() + mmlab_cache_shrink_all();
}

/* The caches of the lab's own structures. */
static int __init make_caches(void)
{
	int err = mmlab_kmalloc_init();

	err = err ?: mmlab_process_init();
	err = err ?: mmlab_mmap_init();
	err = err ?: mmlab_object_init();
	err = err ?: mmlab_vm_struct_init();
	if (err)
		mmlab_cache_exit();
	return err;
}

static void __init open_fast_paths(void)
{
	const struct lab_fast_limits open = {
		.nr_frames = mmlab_machine.nr_frames,
		.nr_bytes = mmlab_machine.nr_bytes,
		.nr_orders = LAB_PCP_ORDERS,
		.kmalloc = LAB_KMALLOC_SMALL_MAX,
	};

	mmlab_section_set_limits(&open);
}

static int __init mmlab_init(void)
{
	int err;

	/* what has no memory of the lab: empty lists, parameters */
	mmlab_pcp_init();
	err = mmlab_cache_init();
	if (err)
		return err;
	err = mmlab_arena_init(mem);
	if (err)
		return err;
	err = mmlab_init_mm_init();
	if (err)
		goto err_arena;
	err = make_caches();
	if (err)
		goto err_arena;
	open_fast_paths();
	/* from here on, an allocation may find a shortage and have caches shrunk */
	mmlab_reclaim_init(&mmlab_mm_reclaim_ops);
	mmlab_frames_set_shrinker(shrink_all);
	err = mmlab_hotplug_init();
	if (err)
		goto err_caches;
	err = mmlab_badframe_init();
	if (err)
		goto err_hotplug;
	err = mmlab_kswapd_init();
	if (err)
		goto err_badframe;
	err = mmlab_policy_api_init();
	if (err)
		goto err_kswapd;
	/* last: once the device is there, so are lab processes */
	err = mmlab_chardev_mount();
	if (err)
		goto err_policy_api;
	err = mmlab_proc_init();	/* makes a directory at each open */
	if (err)
		goto err_mount;
	err = mmlab_chardev_init();
	if (err)
		goto err_proc;
	mmlab_pcp_set_running(true);
	pr_info("%lu MiB, %u frames; see /proc/mmlab and /dev/mmlab\n", mem,
		mmlab_machine.nr_frames);
	return 0;

err_proc:
	mmlab_proc_exit();
err_mount:
	mmlab_chardev_unmount();
err_policy_api:
	mmlab_policy_api_exit();
err_kswapd:
	mmlab_kswapd_exit();
err_badframe:
	mmlab_badframe_exit();
err_hotplug:
	mmlab_hotplug_exit();
err_caches:
	mmlab_reclaim_exit();
	mmlab_cache_exit();
err_arena:
	mmlab_arena_exit();
	pr_err("not loaded, error %d%s\n", err,
	       static_branch_unlikely(&mmlab_inject_key) ?
	       ": a fail_ parameter lets allocations fail" : "");
	return err;
}

static void __exit mmlab_exit(void)
{
	mmlab_pcp_set_running(false);
	mmlab_chardev_exit();
	mmlab_proc_exit();	/* waits for the last readers of lab processes */
	mmlab_chardev_unmount();
	mmlab_policy_api_exit();
	mmlab_kswapd_exit();
	mmlab_reclaim_exit();
	mmlab_badframe_exit();
	mmlab_vmalloc_teardown();
	mmlab_hotplug_exit();
	mmlab_cache_exit();
	mmlab_quarantine_exit();
	mmlab_arena_exit();
}

module_init(mmlab_init);
module_exit(mmlab_exit);
MODULE_LICENSE("GPL");
MODULE_VERSION(MMLAB_VERSION);
MODULE_AUTHOR("the mmlab developers");
MODULE_DESCRIPTION("A memory manager for teaching: buddy, page tables, VMAs over pages of the host");
