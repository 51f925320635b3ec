// SPDX-License-Identifier: GPL-2.0
/*
 * The example driver of old texts on memory management, over the lab's vmalloc:
 * ten pages that are contiguous in linear addresses only, so that no single
 * remap call can map them, and a fault handler that finds each page through the
 * lab kernel's page table.
 *
 *   /dev/mapdrv        "hello world from kernel space !" at the start; faults
 *   /dev/mapdrv-eager  the same ten pages, all entries made by mmap()
 *   /dev/mapnopage     ten others, page i begins with "test i" (i = 1 ... 10)
 *
 * A node for each way, not a parameter: programs can use them side by side, and
 * what a name stands for never changes behind an open file.
 *
 * An area is made at the first open of a node that shows it, so a lab in which
 * nobody does keeps its frames. From then on it stays until the module goes, with
 * what user space wrote to it: the writer may be gone before the reader comes.
 *
 * Lock order: host mmap_lock -> lab_vm_space.lock -> the host's page-table locks;
 * areas_lock -> lab_vm_space.lock.
 */
#define pr_fmt(fmt) "map_drv: " fmt

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>

#include "../mem/arena.h"
#include "../mem/badframe.h"
#include "../mem/section.h"
#include "../mem/vmalloc.h"
#include "mapdrv.h"

#define NR_PAGES	10U

static bool mapdrv_log;
module_param(mapdrv_log, bool, 0644);
MODULE_PARM_DESC(mapdrv_log, "also say in the kernel log what /dev/mapdrv does: each page fault, and why an mmap() is refused (default: no)");

/**
 * struct map_area - ten pages
 * @lva: linear address of the vmalloc area; 0: not made yet. Under areas_lock,
 *	and for whoever has the node open it no longer changes
 * @numbered: each page has a text, not only the first
 */
struct map_area {
	u32 lva;
	bool numbered;
};

/**
 * struct map_node - a device node
 * @misc: the device; its file operations find the node from it
 * @area: the pages that it shows
 * @eager: mmap() makes all entries
 */
struct map_node {
	struct miscdevice misc;
	struct map_area *area;
	bool eager;
};

static DEFINE_MUTEX(areas_lock);

static const struct map_node *node_of(const struct file *file)
{
	return container_of(file->private_data, struct map_node, misc);
}

static int write_text_locked(const struct map_area *area, u32 page)
{
	u32 pfn;
	char *text;
	int err = mmlab_vmalloc_touch_locked(mmlab_lva(area->lva + (page << PAGE_SHIFT)),
					     &pfn);

	lockdep_assert_held(&mmlab_vm_space.lock);
	if (err)
		return err;
	text = mmlab_frame_address(&mmlab_machine, pfn);
	if (area->numbered)
		scnprintf(text, PAGE_SIZE, "test %u", page + 1);
	else if (!page)
		strscpy(text, "hello world from kernel space !", PAGE_SIZE);
	return 0;
}

/* Scattered, so that neighbouring pages are no neighbours in memory. */
static int make_area_locked(struct map_area *area)
{
	u32 page;
	int err;

	lockdep_assert_held(&areas_lock);
	err = mmlab_vmalloc_alloc(NR_PAGES << PAGE_SHIFT, 0, LAB_VM_SCATTER, 0,
				  _THIS_IP_, &area->lva);
	if (err)
		return err;
	mutex_lock(&mmlab_vm_space.lock);
	for (page = 0; page < NR_PAGES && !err; page++)
		err = write_text_locked(area, page);
	mutex_unlock(&mmlab_vm_space.lock);
	if (err) {
		mmlab_vmalloc_free(area->lva, 0);
		area->lva = 0;
	}
	return err;
}

static int mapdrv_open(struct inode *inode, struct file *file)
{
	struct map_area *area = node_of(file)->area;
	int err = 0;

	mutex_lock(&areas_lock);
	if (!area->lva)
		err = make_area_locked(area);
	mutex_unlock(&areas_lock);
	return err;
}

/*
 * Puts the page at an offset of the area into the window. The entry in the host's
 * page table holds a reference, so the frame can't go to anyone else under it.
 */
static int insert_page_locked(struct vm_area_struct *vma, unsigned long address,
			      u32 offset, u32 *pfn)
{
	u32 lva = node_of(vma->vm_file)->area->lva + offset;
	int err;

	lockdep_assert_held(&mmlab_vm_space.lock);
	if (offset >= NR_PAGES << PAGE_SHIFT)
		return -EFAULT;
	err = mmlab_vmalloc_touch_locked(mmlab_lva(lva), pfn);
	if (err)
		return err;
	if (mmlab_badframe_is(*pfn))
		return -EHWPOISON;
	err = vm_insert_page(vma, address, mmlab_arena_page(*pfn));
	return err == -EBUSY ? 0 : err;	/* another thread was first */
}

/* Where the lab kernel's direct map has a frame. */
static u32 kseg(u32 pfn)
{
	return mmlab_lva_val(mmlab_lpa_to_lva(mmlab_pfn_to_lpa(pfn)));
}

static vm_fault_t mapdrv_fault(struct vm_fault *vmf)
{
	u32 offset = (u32)vmf->pgoff << PAGE_SHIFT;
	u32 pfn = PFN_NONE;
	int err;

	mutex_lock(&mmlab_vm_space.lock);
	err = insert_page_locked(vmf->vma, vmf->address, offset, &pfn);
	mutex_unlock(&mmlab_vm_space.lock);
	trace_mapdrv_fault(offset, node_of(vmf->vma->vm_file)->area->lva + offset,
			   err ? 0 : kseg(pfn), pfn, err);
	if (mapdrv_log && !err)
		pr_info("page fault for offset 0x%lx (kseg x%lx)\n",
			(unsigned long)offset, (unsigned long)kseg(pfn));
	mmlab_count_event(err ? EV_PGFAULT_SIGBUS : EV_PGFAULT);
	return !err ? VM_FAULT_NOPAGE :
	       err == -EHWPOISON ? VM_FAULT_HWPOISON : VM_FAULT_SIGBUS;
}

static const struct vm_operations_struct mapdrv_vm_ops = {
	.fault = mapdrv_fault,
};

static int refuse(int err, const char *why)
{
	if (mapdrv_log)
		pr_info("%s\n", why);
	return err;
}

static int map_all(struct vm_area_struct *vma)
{
	u32 offset, pfn;
	int err = 0;

	mutex_lock(&mmlab_vm_space.lock);
	for (offset = 0; offset < vma->vm_end - vma->vm_start && !err;
	     offset += PAGE_SIZE)
		err = insert_page_locked(vma, vma->vm_start + offset, offset, &pfn);
	mutex_unlock(&mmlab_vm_space.lock);
	return err;
}

static int mapdrv_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (vma->vm_pgoff)
		return refuse(-ENXIO, "offset out of range");
	if (vma->vm_end - vma->vm_start > NR_PAGES << PAGE_SHIFT)
		return refuse(-ENXIO, "size too big");
	if (vma->vm_flags & VM_WRITE && !(vma->vm_flags & VM_SHARED))
		return refuse(-EINVAL, "writeable mappings must be shared, rejecting");
	if (vma->vm_flags & VM_EXEC)
		return refuse(-EPERM, "nothing here is a program");
	/* what mmap() refuses, mprotect() can't have afterwards */
	vm_flags_clear(vma, VM_MAYEXEC);
	if (!(vma->vm_flags & VM_SHARED))
		vm_flags_clear(vma, VM_MAYWRITE);
	vm_flags_set(vma, VM_MIXEDMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = &mapdrv_vm_ops;
	return node_of(file)->eager ? map_all(vma) : 0;
}

static const struct file_operations mapdrv_fops = {
	.owner = THIS_MODULE,
	.open = mapdrv_open,
	.mmap = mapdrv_mmap,
	.llseek = noop_llseek,
};

static struct map_area hello, numbered = { .numbered = true };

#define NODE(node_name)				\
	.misc = {				\
		.minor = MISC_DYNAMIC_MINOR,	\
		.name = node_name,		\
		.fops = &mapdrv_fops,		\
		.mode = 0600,			\
	}

static struct map_node nodes[] = {
	{ NODE("mapdrv"), .area = &hello },
	{ NODE("mapdrv-eager"), .area = &hello, .eager = true },
	{ NODE("mapnopage"), .area = &numbered },
};

static void deregister(unsigned int nr)
{
	while (nr--)
		misc_deregister(&nodes[nr].misc);
}

int mmlab_mapdrv_init(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(nodes); i++) {
		err = misc_register(&nodes[i].misc);
		if (err) {
			deregister(i);
			return err;
		}
	}
	return 0;
}

void mmlab_mapdrv_exit(void)
{
	deregister(ARRAY_SIZE(nodes));
	if (hello.lva)
		mmlab_vmalloc_free(hello.lva, 0);
	if (numbered.lva)
		mmlab_vmalloc_free(numbered.lva, 0);
}
