/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stubs: words of the kernel that have no effect in userland.
 */
#ifndef MMLAB_SHIM_STUB_H
#define MMLAB_SHIM_STUB_H

#define __bitwise
#define __force

/* glibc has it */
#ifndef __always_inline
#define __always_inline	inline
#endif

#endif /* MMLAB_SHIM_STUB_H */
