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
 * Each variant has a node, so that programs can use them side by side, and an open file
 * keeps its meaning. A parameter could change it.
 *
 * An area is made at the first open of a node that shows it, so that a lab without such
 * a program keeps its frames. It stays, with all that programs wrote to it, until the
 * module is unloaded: a writer may exit before the reader opens the node.
 *
 * The driver is a client of the lab's memory and uses nothing but mmlab_api.h.
 *
 * Lock order: host mmap_lock -> the host's page-table locks. areas_lock is taken by
 * open() only, and the lab is called under it.
 */
#define pr_fmt(fmt) "map_drv: " fmt

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>

#include "../mmlab_api.h"
#include "../uapi/mmlab_version.h"
#include "events.h"

#define NR_PAGES	10U

static bool log_faults;
module_param_named(log, log_faults, bool, 0644);
MODULE_PARM_DESC(log, "also say in the kernel log what the driver does: each page fault, and why an mmap() is refused (default: no)");

/**
 * struct map_area - ten pages
 * @lva: linear address of the vmalloc area; 0: not made yet. Set under areas_lock; it
 *	does not change any more once a node of the area is open
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

/* The page at an offset of the area; NULL if the lab's page tables are corrupt. */
static void *page_at(const struct map_area *area, u32 offset)
{
	return mmlab_vmalloc_to_ptr(area->lva + offset);
}

static int write_text(const struct map_area *area, u32 page)
{
	char *text = page_at(area, page << PAGE_SHIFT);

	if (!text)
		return -EIO;
	if (area->numbered)
		scnprintf(text, PAGE_SIZE, "test %u", page + 1);
	else if (!page)
		strscpy(text, "hello world from kernel space !", PAGE_SIZE);
	return 0;
}

/* Scattered, so that neighbouring pages are not neighbours in memory. */
static int make_area_locked(struct map_area *area)
{
	u32 page;
	int err = 0;

	lockdep_assert_held(&areas_lock);
	area->lva = mmlab_vmalloc_scattered(NR_PAGES << PAGE_SHIFT);
	if (!area->lva)
		return -ENOMEM;
	for (page = 0; page < NR_PAGES && !err; page++)
		err = write_text(area, page);
	if (err) {
		mmlab_vfree_area(area->lva);
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
 * Puts a page into the window, unless the host has found it faulty. The entry holds a
 * reference, so the frame gets no other owner while the entry exists.
 */
static int insert_page(struct vm_area_struct *vma, unsigned long address,
		       struct page *page)
{
	int err;

	if (PageHWPoison(page))
		return -EHWPOISON;
	err = vm_insert_page(vma, address, page);
	return err == -EBUSY ? 0 : err;	/* another thread was first */
}

static int insert_at(struct vm_area_struct *vma, unsigned long address,
		     u32 offset, void **ptr)
{
	*ptr = NULL;
	if (offset >= NR_PAGES << PAGE_SHIFT)
		return -EFAULT;
	*ptr = page_at(node_of(vma->vm_file)->area, offset);
	return *ptr ? insert_page(vma, address, mmlab_virt_to_page(*ptr)) : -EIO;
}

static vm_fault_t mapdrv_fault(struct vm_fault *vmf)
{
	u32 offset = (u32)vmf->pgoff << PAGE_SHIFT, phys = 0;
	void *ptr;
	int err = insert_at(vmf->vma, vmf->address, offset, &ptr);

	if (!err)
		phys = mmlab_virt_to_phys(ptr);
	trace_mapdrv_fault(offset, node_of(vmf->vma->vm_file)->area->lva + offset,
			   err ? 0 : MMLAB_PAGE_OFFSET + phys, phys >> PAGE_SHIFT,
			   err);
	if (log_faults && !err)
		pr_info("page fault for offset 0x%lx (kseg x%lx)\n",
			(unsigned long)offset,
			(unsigned long)(MMLAB_PAGE_OFFSET + phys));
	return !err ? VM_FAULT_NOPAGE : err == -ENOMEM ? VM_FAULT_OOM :
	       err == -EHWPOISON ? VM_FAULT_HWPOISON : VM_FAULT_SIGBUS;
}

static const struct vm_operations_struct mapdrv_vm_ops = {
	.fault = mapdrv_fault,
};

static int refuse(int err, const char *why)
{
	if (log_faults)
		pr_info("%s\n", why);
	return err;
}

static int map_all(struct vm_area_struct *vma)
{
	u32 offset;
	void *ptr;
	int err = 0;

	for (offset = 0; offset < vma->vm_end - vma->vm_start && !err;
	     offset += PAGE_SIZE)
		err = insert_at(vma, vma->vm_start + offset, offset, &ptr);
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
	/* a right that mmap() refuses can't be got by mprotect() later */
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
	.fsync = noop_fsync,
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

static int __init mapdrv_init(void)
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

static void __exit mapdrv_exit(void)
{
	deregister(ARRAY_SIZE(nodes));
	mmlab_vfree_area(hello.lva);
	mmlab_vfree_area(numbered.lva);
}

module_init(mapdrv_init);
module_exit(mapdrv_exit);
MODULE_LICENSE("GPL");
MODULE_VERSION(MMLAB_VERSION);
MODULE_AUTHOR("the mmlab developers");
MODULE_DESCRIPTION("The example driver of old texts on memory management, over mmlab's vmalloc");
