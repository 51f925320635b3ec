// SPDX-License-Identifier: GPL-2.0
/*
 * The pool of freed vmalloc areas. Everything is under lab_vm_space.lock.
 */
#define pr_fmt(fmt) "mmlab: " fmt

#include <linux/bitops.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>

#include "section.h"
#include "vmalloc.h"
#include "vmpool.h"

#define NR_SIZES	9U		/* 1, 2, 4 ... 256 pages */
#define LIMIT_MAX	65536U

/*
 * Kinds don't mix: what the lab kernel had for itself was never open to a lab
 * process, so that it can be had as it is.
 */
enum pool_kind {
	KIND_HOST,		/* the lab kernel's, with a host mapping */
	KIND_KERNEL,		/* the lab kernel's, without */
	KIND_OPEN,		/* what lab processes could reach */
	NR_KINDS
};

/* Stacks, of what was freed last. */
static struct lab_vm_struct *of_kind[NR_KINDS * NR_SIZES];
u32 mmlab_vmpool_nr;

/* Where room was made last. */
static u32 made_room;

unsigned int mmlab_vmpool_limit;

static enum pool_kind kind_of(u32 flags, u32 owner)
{
	return owner || flags & LAB_VM_USER ? KIND_OPEN :
	       flags & LAB_VM_HOST ? KIND_HOST : KIND_KERNEL;
}

/* The stack of a kind and a size; NULL: areas of that size are not kept. */
static struct lab_vm_struct **stack_of(enum pool_kind kind, u32 nr_pages)
{
	if (!is_power_of_2(nr_pages) || nr_pages >= 1U << NR_SIZES)
		return NULL;
	return &of_kind[kind * NR_SIZES + __ffs(nr_pages)];
}

/* Takes the area on top, which is there. */
static struct lab_vm_struct *pop_locked(struct lab_vm_struct **stack)
{
	struct lab_vm_struct *vm = *stack;

	lockdep_assert_held(&mmlab_vm_space.lock);
	*stack = vm->below;
	WRITE_ONCE(mmlab_vmpool_nr, mmlab_vmpool_nr -
		   mmlab_vm_struct_nr_pages(&vm->area));
	return vm;
}

struct lab_vm_struct *mmlab_vmpool_take_locked(u32 size, u32 align, u32 flags,
					       u32 owner)
{
	struct lab_vm_struct **stack, *vm;

	lockdep_assert_held(&mmlab_vm_space.lock);
	if (flags & (LAB_VM_LAZY | LAB_VM_SCATTER))
		return NULL;
	stack = stack_of(kind_of(flags, owner), size >> PAGE_SHIFT);
	if (!stack || !*stack || (*stack)->area.start & (align - 1))
		return NULL;
	vm = pop_locked(stack);
	vm->area.flags = flags;
	if (owner)
		mmlab_vm_struct_give_locked(&vm->area, owner);
	if (!(flags & LAB_VM_RAW))
		mmlab_vm_struct_zero_locked(&vm->area);
	mmlab_count_event(EV_VMPOOL_HIT);
	return vm;
}

/*
 * Destroys areas until there are at most @limit frames: one of each kind and size
 * in turn, so that what nobody wants any more does not stay for ever.
 */
static void shrink_locked(u32 limit)
{
	lockdep_assert_held(&mmlab_vm_space.lock);
	while (mmlab_vmpool_nr > limit) {
		made_room = (made_room + 1) % ARRAY_SIZE(of_kind);
		if (!of_kind[made_room])
			continue;
		mmlab_vm_struct_destroy_locked(pop_locked(&of_kind[made_room]));
		cond_resched();
	}
}

bool mmlab_vmpool_put_locked(struct lab_vm_struct *vm)
{
	struct lab_vm_area *area = &vm->area;
	u32 nr = mmlab_vm_struct_nr_pages(area);
	u32 limit = READ_ONCE(mmlab_vmpool_limit);
	struct lab_vm_struct **stack;

	lockdep_assert_held(&mmlab_vm_space.lock);
	if (nr > limit || area->flags & (LAB_VM_LAZY | LAB_VM_SCATTER))
		return false;
	stack = stack_of(kind_of(area->flags, area->owner), nr);
	if (!stack || !mmlab_vm_struct_is_quiet_locked(area))
		return false;
	if (mmlab_vmpool_nr > limit - nr)
		shrink_locked(limit - nr);
	if (area->owner)
		mmlab_vm_struct_give_locked(area, 0);
	area->flags = LAB_VM_POOLED | (area->flags & LAB_VM_HOST);
	vm->below = *stack;
	*stack = vm;
	WRITE_ONCE(mmlab_vmpool_nr, mmlab_vmpool_nr + nr);
	return true;
}

u32 mmlab_vmpool_shrink(void)
{
	bool locked = mmlab_vm_struct_is_allocating();
	u32 nr;

	if (!locked)
		mutex_lock(&mmlab_vm_space.lock);
	nr = mmlab_vmpool_nr;
	shrink_locked(0);
	mmlab_vm_struct_trim_locked();
	if (!locked)
		mutex_unlock(&mmlab_vm_space.lock);
	return nr;
}

static void validate_area(const struct lab_vm_struct *vm, u32 kind, u32 nr_pages,
			  struct lab_verdict *v)
{
	const struct lab_vm_area *area = &vm->area;

	mmlab_verdict_expect(v, "an area in the pool says so", area->start,
			     LAB_VM_POOLED, area->flags & ~LAB_VM_HOST);
	mmlab_verdict_expect(v, "an area in the pool has its stack's size",
			     area->start, nr_pages, mmlab_vm_struct_nr_pages(area));
	mmlab_verdict_expect(v, "an area in the pool has its host mapping or none",
			     area->start, kind == KIND_HOST, !!area->host);
}

void mmlab_vmpool_validate_locked(struct lab_verdict *v)
{
	u32 i, nr_frames = 0, nr = 0, nr_said = 0;
	const struct lab_vm_struct *vm;
	const struct lab_vm_area *area;

	lockdep_assert_held(&mmlab_vm_space.lock);
	for (i = 0; i < ARRAY_SIZE(of_kind); i++) {
		for (vm = of_kind[i]; vm; vm = vm->below) {
			validate_area(vm, i / NR_SIZES, 1U << i % NR_SIZES, v);
			nr_frames += mmlab_vm_struct_nr_pages(&vm->area);
			nr++;
		}
	}
	list_for_each_entry(area, &mmlab_vm_space.areas, list)
		nr_said += !!(area->flags & LAB_VM_POOLED);
	mmlab_verdict_expect(v, "areas that say so are in the pool", 0, nr, nr_said);
	mmlab_verdict_expect(v, "the pool has as many frames as counted", 0,
			     mmlab_vmpool_nr, nr_frames);
	mmlab_verdict_expect(v, "the pool has no more frames than it may", 0, 1,
			     nr_frames <= mmlab_vmpool_limit);
	v->nr_objects += nr;
}

static int set_limit(const char *val, const struct kernel_param *kp)
{
	unsigned int number;
	int err = kstrtouint(val, 0, &number);

	if (err)
		return err;
	if (number > LIMIT_MAX) {
		pr_err("vmalloc_pool=%u: the limits are 0 and %u\n", number,
		       LIMIT_MAX);
		return -EINVAL;
	}
	mutex_lock(&mmlab_vm_space.lock);
	WRITE_ONCE(mmlab_vmpool_limit, number);
	shrink_locked(number);
	mutex_unlock(&mmlab_vm_space.lock);
	return 0;
}

static const struct kernel_param_ops limit_ops = {
	.set = set_limit,
	.get = param_get_uint,
};

module_param_cb(vmalloc_pool, &limit_ops, &mmlab_vmpool_limit, 0644);
MODULE_PARM_DESC(vmalloc_pool, "frames of freed vmalloc areas that are kept for the next ones at most (0-65536; default 0: none)");
