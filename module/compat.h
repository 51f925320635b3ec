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
/*
 * bc292ab00f6c ("mm: introduce vma->vm_flags wrapper functions"), 6.3. Macros,
 * so that this header needs no other.
 */
#define vm_flags_set(vma, flags)	((void)((vma)->vm_flags |= (flags)))
#define vm_flags_clear(vma, flags)	((void)((vma)->vm_flags &= ~(flags)))
#endif

#endif /* MMLAB_COMPAT_H */
