/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stubs: words of the kernel that have no effect in userland.
 */
#ifndef MMLAB_SHIM_STUB_H
#define MMLAB_SHIM_STUB_H

#define __bitwise
#define __force

#define trace_buddy_split(pfn, order, buddy) \
	((void)(pfn), (void)(order), (void)(buddy))
#define trace_buddy_merge	trace_buddy_split

#endif /* MMLAB_SHIM_STUB_H */
