/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What older kernels lack, under the names and with the meaning that the newest
 * one gives it. Force-included before everything else; no other file of mmlab
 * names a kernel version. Each entry: upstream commit, first release with it.
 */
#ifndef MMLAB_COMPAT_H
#define MMLAB_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#include <linux/mm.h>

/* bc292ab00f6c ("mm: introduce vma->vm_flags wrapper functions"), 6.3 */
static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags |= flags;
}

static inline void vm_flags_clear(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags &= ~flags;
}
#endif

#endif /* MMLAB_COMPAT_H */
