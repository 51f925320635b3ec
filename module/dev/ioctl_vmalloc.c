// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctls of vmalloc areas: checks, and translation between the ABI's
 * structure and those of mem/.
 */
#include <linux/mm.h>

#include "../mem/vmalloc.h"
#include "../uapi/mmlab.h"
#include "chardev.h"
#include "ioctl_vmalloc.h"

#define USER_FLAGS	(MMLAB_VM_LAZY | MMLAB_VM_USER | MMLAB_VM_READONLY | \
			 MMLAB_VM_SCATTER)

static_assert(MMLAB_VM_LAZY == (__force u32)LAB_AREA_LAZY);
static_assert(MMLAB_VM_USER == (__force u32)LAB_AREA_USER);
static_assert(MMLAB_VM_READONLY == (__force u32)LAB_AREA_READONLY);
static_assert(MMLAB_VM_SCATTER == (__force u32)LAB_AREA_SCATTER);
static_assert(MMLAB_VM_HOST == (__force u32)LAB_AREA_HOST);

int mmlab_ioctl_vmalloc(struct file *file, void *arg)
{
	u32 owner = mmlab_chardev_process(file)->mm.owner;
	struct mmlab_area *area = arg;
	struct lab_vm_view view;
	int err;

	if (area->flags & ~USER_FLAGS || area->reserved)
		return -EINVAL;
	err = mmlab_vmalloc_alloc(area->size, area->align,
				  (__force lab_area_flags_t)area->flags, owner,
				  _THIS_IP_, &area->lva);
	if (err)
		return err;
	if (!mmlab_vmalloc_view(area->lva, &view)) {
		area->size = view.size - (u32)PAGE_SIZE;
		area->nr_mapped = view.nr_mapped;
		area->owner = view.owner;
	}
	return 0;
}

void mmlab_ioctl_undo_vmalloc(struct file *file, void *arg)
{
	struct mmlab_area *area = arg;

	mmlab_vmalloc_free(area->lva, mmlab_chardev_process(file)->mm.owner);
}

int mmlab_ioctl_vfree(struct file *file, void *arg)
{
	struct mmlab_area *area = arg;

	if (area->flags || area->reserved)
		return -EINVAL;
	return mmlab_vmalloc_free(area->lva,
				  mmlab_chardev_process(file)->mm.owner);
}

int mmlab_ioctl_vm_stat(struct file *file, void *arg)
{
	struct mmlab_area *area = arg;
	struct lab_vm_view view;
	int err;

	if (area->flags || area->reserved)
		return -EINVAL;
	err = mmlab_vmalloc_view(area->lva, &view);
	if (err)
		return err;
	area->lva = view.start;
	area->size = view.size - (u32)PAGE_SIZE;
	area->flags = (__force u32)view.flags & (USER_FLAGS | MMLAB_VM_HOST);
	area->nr_mapped = view.nr_mapped;
	area->owner = view.owner;
	return 0;
}
