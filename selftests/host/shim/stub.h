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

#define trace_buddy_split(pfn, order, buddy) \
	((void)(pfn), (void)(order), (void)(buddy))
#define trace_buddy_merge	trace_buddy_split
#define trace_buddy_split_enabled()	true	/* so that what tells them is run */
#define trace_buddy_merge_enabled()	true

#endif /* MMLAB_SHIM_STUB_H */
