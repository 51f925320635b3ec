// SPDX-License-Identifier: GPL-2.0
/*
 * The module's entry points: see failnth.h.
 */
#include "failnth_steps.h"

#define ENDED(name_, setup_, act_, teardown_, ...) \
	{ .name = name_, .setup = setup_, .act = act_, .teardown = teardown_, \
	  __VA_ARGS__ }
#define ENTRY(name_, setup_, act_, ...) \
	ENDED(name_, setup_, act_, close_all, __VA_ARGS__)

/*
 * insmod that fails at the module's first check. The host's own allocations before that
 * are left out: it warns when those of the trace events fail.
 */
static const struct entry refused_insmod = {
	.name = "insmod, refused", .setup = with_module_file, .act = act_insmod,
	.teardown = module_gone, .no_module = true, .arg = "mem=3",
	.want = -EINVAL,
};

const struct entry failnth_entries[] = {
	ENTRY("open", no_setup, act_open),
	ENTRY("close", with_pages, act_close),
	ENTRY("INFO", with_device, act_plain, .number = MMLAB_INFO),
	ENTRY("ALLOC order 0", with_device, act_alloc, .number = 0),
	ENTRY("ALLOC order 8", with_device, act_alloc, .number = 8),
	ENTRY("FREE", with_block, act_free, .number = 0),
	ENTRY("TRANSLATE", with_pages, act_translate),
	ENTRY("ACCESS read", with_pages, act_access),
	ENTRY("ACCESS write", with_window, act_access,
	      .number = MMLAB_ACCESS_WRITE, .keeps = true),
	ENTRY("ACCESS read, physical", with_block, act_access,
	      .number = MMLAB_ACCESS_PHYS),
	ENTRY("pread", with_pages, act_pread),
	ENTRY("pwrite", with_window, act_pwrite),
	ENTRY("mmap", with_device, act_mmap),
	ENTRY("munmap of a window", with_pages, act_munmap_window),
	ENTRY("mprotect of a window", with_pages, act_mprotect),
	ENTRY("fault", with_window, act_touch, .keeps = true),
	ENTRY("fault on what is there", with_pages, act_touch),
	ENTRY("fork with a window", with_pages, act_fork),
	ENTRY("FORK", with_pages, act_lab_fork),
	ENTRY("FORK of a pinned page", with_pin, act_lab_fork),
	ENTRY("store to what a child has", with_child, act_touch, .keeps = true),
	ENTRY("vmsplice", with_pin, act_vmsplice),
	ENTRY("MUNMAP with a split", with_pages, act_unmap, .keeps = true),
	ENTRY("MUNMAP of a pinned page", with_pin, act_unmap, .number = 1,
	      .keeps = true),
	/* the lab keeps one empty page table for the next area, until a drain */
	ENTRY("VMALLOC", with_device, act_vmalloc, .keeps = true),
	ENTRY("VMALLOC lazy", with_device, act_vmalloc, .number = MMLAB_VM_LAZY,
	      .keeps = true),
	ENTRY("VMALLOC scattered", with_device, act_vmalloc,
	      .number = MMLAB_VM_SCATTER, .keeps = true),
	ENTRY("write to a lazy area", with_area, act_write_area,
	      .number = MMLAB_VM_LAZY, .keeps = true),
	ENTRY("VFREE", with_area, act_vfree),
	ENTRY("MMAP", with_pages, act_region, .number = MMLAB_MMAP, .keeps = true),
	ENTRY("MPROTECT", with_pages, act_region, .number = MMLAB_MPROTECT),
	ENTRY("EXEC", with_pages, act_exec),
	ENTRY("BRK", with_heap, act_brk),
	ENTRY("DRAIN", with_device, act_plain, .number = MMLAB_DRAIN),
	ENTRY("CHECK", with_pages, act_plain, .number = MMLAB_CHECK),
	ENTRY("CACHE_CREATE", with_device, act_cache_create, .number = 8),
	ENTRY("CACHE_CREATE, usual magazines", with_device, act_cache_create,
	      .number = MMLAB_MAGAZINE_DEFAULT),
	ENTRY("CACHE_OP destroy", with_cache, act_cache_op,
	      .number = MMLAB_CACHE_DESTROY),
	ENTRY("CACHE_OP shrink", with_cache, act_cache_op,
	      .number = MMLAB_CACHE_SHRINK),
	ENTRY("CACHE_OP resize", with_object, act_cache_op,
	      .number = MMLAB_CACHE_RESIZE),
	ENTRY("OBJ_ALLOC", with_cache, act_obj_alloc),
	ENTRY("OBJ_ALLOC kmalloc 100", with_device, act_obj_alloc, .number = 100),
	ENTRY("OBJ_ALLOC kmalloc 256K", with_device, act_obj_alloc,
	      .number = 256 << 10),
	ENTRY("OBJ_FREE", with_object, act_obj_free),
	ENTRY("CACHE_STAT", with_cache, act_cache_stat),
	ENTRY("SLAB_MAP", with_object, act_slab_map),
	ENTRY("INJECT, refused", with_device, act_plain, .number = MMLAB_INJECT,
	      .want = -ENOENT),
	ENTRY("pcp_batch=", with_write, act_write,
	      .arg = LAB_PARAMS "/pcp_batch", .number = 7),
	ENTRY("pcp_high=", with_write, act_write,
	      .arg = LAB_PARAMS "/pcp_high", .number = 9),
	ENDED("SWAPON", with_device, act_swapon, close_swap),
	ENDED("SWAPOFF", with_pages_out, act_swapoff, close_swap, .keeps = true),
	ENDED("POLICY of its own", with_swap, act_policy, close_swap),
	ENDED("LIMIT", with_swap, act_limit, close_swap, .keeps = true),
	ENTRY("TLB", with_pages, act_tlb),
	ENDED("fault on what is out", with_pages_out, act_touch, close_swap,
	      .keeps = true),
	ENDED("pread of what is out", with_pages_out, act_pread, close_swap,
	      .keeps = true),
	ENDED("FORK of what is out", with_pages_out, act_lab_fork, close_swap),
	ENDED("zero page", with_zero_page, act_load_and_store, close_zero_page,
	      .keeps = true),
	{ .name = "CPU offline", .setup = with_write, .act = act_write,
	  .teardown = cpu_on, .arg = CPU1, .number = 0 },
	{ .name = "CPU online", .setup = with_cpu_off, .act = act_write,
	  .teardown = cpu_on, .arg = CPU1, .number = 1 },
	{ .name = "rmmod", .setup = with_module, .act = act_rmmod,
	  .teardown = module_gone, .no_module = true },
	{ .name = "insmod", .setup = with_module_file, .act = act_insmod,
	  .teardown = module_gone, .no_module = true, .arg = PARAMS,
	  .barely = &refused_insmod },
};

const size_t failnth_nr_entries = ARRAY_LEN(failnth_entries);
