/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The steps of failnth's entry points: see struct entry in failnth.h.
 */
#ifndef SELFTEST_FAILNTH_STEPS_H
#define SELFTEST_FAILNTH_STEPS_H

#include <errno.h>
#include <sys/mman.h>

#include "failnth.h"

#define LVA		0x10000000UL
#define NR_PAGES	3
#define RW		(PROT_READ | PROT_WRITE)
#define PARAMS		"mem=4"
#define CPU1		"/sys/devices/system/cpu/cpu1/online"

/* of a system call: its errno, negative, or 0 */
static inline int result(long value)
{
	return value < 0 ? -errno : 0;
}

/* Setups: 0, or a negative errno. */
int with_device(struct scene *s);
int with_window(struct scene *s);
int with_pages(struct scene *s);
int with_pin(struct scene *s);
int with_block(struct scene *s);
int with_cache(struct scene *s);
int with_object(struct scene *s);
int with_swap(struct scene *s);
int with_pages_out(struct scene *s);
int with_child(struct scene *s);
int with_zero_page(struct scene *s);
int no_setup(struct scene *s);
int with_area(struct scene *s);
int with_heap(struct scene *s);
int with_write(struct scene *s);
int with_cpu_off(struct scene *s);
int with_module_file(struct scene *s);
int with_module(struct scene *s);

/* Teardowns, in whatever state the action ended. */
int close_all(struct scene *s);
int close_swap(struct scene *s);
int close_zero_page(struct scene *s);
int cpu_on(struct scene *s);
int module_gone(struct scene *s);

/*
 * Actions: no more system calls than the entry point itself. 0, or a negative errno.
 */
int act_open(struct scene *s);
int act_close(struct scene *s);
int act_plain(struct scene *s);
int act_alloc(struct scene *s);
int act_free(struct scene *s);
int act_translate(struct scene *s);
int act_access(struct scene *s);
int act_pread(struct scene *s);
int act_pwrite(struct scene *s);
int act_mmap(struct scene *s);
int act_munmap_window(struct scene *s);
int act_mprotect(struct scene *s);
int act_touch(struct scene *s);
int act_load_and_store(struct scene *s);
int act_fork(struct scene *s);
int act_lab_fork(struct scene *s);
int act_swapon(struct scene *s);
int act_swapoff(struct scene *s);
int act_policy(struct scene *s);
int act_limit(struct scene *s);
int act_tlb(struct scene *s);
int act_vmsplice(struct scene *s);
int act_unmap(struct scene *s);
int act_vmalloc(struct scene *s);
int act_vfree(struct scene *s);
int act_write_area(struct scene *s);
int act_region(struct scene *s);
int act_exec(struct scene *s);
int act_brk(struct scene *s);
int act_cache_create(struct scene *s);
int act_cache_op(struct scene *s);
int act_obj_alloc(struct scene *s);
int act_obj_free(struct scene *s);
int act_cache_stat(struct scene *s);
int act_slab_map(struct scene *s);
int act_write(struct scene *s);
int act_insmod(struct scene *s);
int act_rmmod(struct scene *s);

/* An object of a cache, or of kmalloc if @id is 0; its address is the scene's. */
int new_object(struct scene *s, uint32_t id, uint32_t size);

#endif /* SELFTEST_FAILNTH_STEPS_H */
