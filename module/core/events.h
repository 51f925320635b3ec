/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tracepoints mmlab:*. Where the host has an event of the same meaning
 * (include/trace/events/kmem.h), the fields carry its names.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mmlab

#if !defined(MMLAB_EVENTS_H) || defined(TRACE_HEADER_MULTI_READ)
#define MMLAB_EVENTS_H

#include <linux/tracepoint.h>

/* Programs that read the raw events know the names, too. */
TRACE_DEFINE_ENUM(USE_NONE);
TRACE_DEFINE_ENUM(USE_BLOCK);
TRACE_DEFINE_ENUM(USE_USER);
TRACE_DEFINE_ENUM(USE_PGTABLE);
TRACE_DEFINE_ENUM(USE_SLAB);
TRACE_DEFINE_ENUM(USE_VMALLOC);

#define show_use(use)				\
	__print_symbolic(use,			\
		{ USE_NONE,	"none" },	\
		{ USE_BLOCK,	"block" },	\
		{ USE_USER,	"user" },	\
		{ USE_PGTABLE,	"pgtable" },	\
		{ USE_SLAB,	"slab" },	\
		{ USE_VMALLOC,	"vmalloc" })

TRACE_EVENT(page_alloc,
	TP_PROTO(u32 pfn, unsigned int order, unsigned int gfp_flags,
		 unsigned int use, u32 owner),
	TP_ARGS(pfn, order, gfp_flags, use, owner),
	TP_STRUCT__entry(
		__field(unsigned long, pfn)
		__field(unsigned int, order)
		__field(unsigned int, gfp_flags)
		__field(unsigned int, use)
		__field(unsigned int, owner)
	),
	TP_fast_assign(
		__entry->pfn = pfn;
		__entry->order = order;
		__entry->gfp_flags = gfp_flags;
		__entry->use = use;
		__entry->owner = owner;
	),
	TP_printk("pfn=0x%lx order=%u gfp_flags=0x%x use=%s owner=%u",
		  __entry->pfn, __entry->order, __entry->gfp_flags,
		  show_use(__entry->use), __entry->owner)
);

TRACE_EVENT(page_free,
	TP_PROTO(u32 pfn, unsigned int order, unsigned int use),
	TP_ARGS(pfn, order, use),
	TP_STRUCT__entry(
		__field(unsigned long, pfn)
		__field(unsigned int, order)
		__field(unsigned int, use)
	),
	TP_fast_assign(
		__entry->pfn = pfn;
		__entry->order = order;
		__entry->use = use;
	),
	TP_printk("pfn=0x%lx order=%u use=%s",
		  __entry->pfn, __entry->order, show_use(__entry->use))
);

DECLARE_EVENT_CLASS(buddy_step,
	TP_PROTO(u32 pfn, unsigned int order, u32 buddy),
	TP_ARGS(pfn, order, buddy),
	TP_STRUCT__entry(
		__field(unsigned long, pfn)
		__field(unsigned int, order)
		__field(unsigned long, buddy)
	),
	TP_fast_assign(
		__entry->pfn = pfn;
		__entry->order = order;
		__entry->buddy = buddy;
	),
	TP_printk("pfn=0x%lx order=%u buddy=0x%lx",
		  __entry->pfn, __entry->order, __entry->buddy)
);

/* the block at pfn was halved; order is that of the halves */
DEFINE_EVENT(buddy_step, buddy_split,
	TP_PROTO(u32 pfn, unsigned int order, u32 buddy),
	TP_ARGS(pfn, order, buddy)
);

/* two blocks became one at pfn; order is that of the whole */
DEFINE_EVENT(buddy_step, buddy_merge,
	TP_PROTO(u32 pfn, unsigned int order, u32 buddy),
	TP_ARGS(pfn, order, buddy)
);

DECLARE_EVENT_CLASS(vm_area,
	TP_PROTO(u32 addr, u32 size, u32 nr_pages),
	TP_ARGS(addr, size, nr_pages),
	TP_STRUCT__entry(
		__field(unsigned long, addr)
		__field(unsigned long, size)
		__field(unsigned int, nr_pages)
	),
	TP_fast_assign(
		__entry->addr = addr;
		__entry->size = size;
		__entry->nr_pages = nr_pages;
	),
	TP_printk("addr=0x%08lx size=%lu nr_pages=%u",
		  __entry->addr, __entry->size, __entry->nr_pages)
);

/* size includes the guard page */
DEFINE_EVENT(vm_area, vmalloc,
	TP_PROTO(u32 addr, u32 size, u32 nr_pages),
	TP_ARGS(addr, size, nr_pages)
);

DEFINE_EVENT(vm_area, vfree,
	TP_PROTO(u32 addr, u32 size, u32 nr_pages),
	TP_ARGS(addr, size, nr_pages)
);

DECLARE_EVENT_CLASS(vm_region,
	TP_PROTO(u32 owner, u32 start, u32 end, u64 value),
	TP_ARGS(owner, start, end, value),
	TP_STRUCT__entry(
		__field(unsigned int, owner)
		__field(unsigned long, start)
		__field(unsigned long, end)
		__field(u64, value)
	),
	TP_fast_assign(
		__entry->owner = owner;
		__entry->start = start;
		__entry->end = end;
		__entry->value = value;
	),
	TP_printk("owner=%u start=0x%08lx end=0x%08lx value=0x%llx",
		  __entry->owner, __entry->start, __entry->end, __entry->value)
);

/* the gaps in the range have VMAs now; value: their LAB_VMA_ flags */
DEFINE_EVENT(vm_region, vm_map,
	TP_PROTO(u32 owner, u32 start, u32 end, u64 value),
	TP_ARGS(owner, start, end, value)
);

/* the range has no VMAs any more; value: frames that were freed */
DEFINE_EVENT(vm_region, vm_unmap,
	TP_PROTO(u32 owner, u32 start, u32 end, u64 value),
	TP_ARGS(owner, start, end, value)
);

/* the range has other rights; value: LAB_VMA_ rights */
DEFINE_EVENT(vm_region, vm_protect,
	TP_PROTO(u32 owner, u32 start, u32 end, u64 value),
	TP_ARGS(owner, start, end, value)
);

/* one page-table entry was made or emptied */
TRACE_EVENT(pte,
	TP_PROTO(u32 owner, u32 address, u32 old, u32 new),
	TP_ARGS(owner, address, old, new),
	TP_STRUCT__entry(
		__field(unsigned int, owner)
		__field(unsigned long, address)
		__field(unsigned int, old)
		__field(unsigned int, new)
	),
	TP_fast_assign(
		__entry->owner = owner;
		__entry->address = address;
		__entry->old = old;
		__entry->new = new;
	),
	TP_printk("owner=%u address=0x%08lx old=0x%08x new=0x%08x",
		  __entry->owner, __entry->address, __entry->old,
		  __entry->new)
);

/* a touch was resolved (result 0) or refused (a negative errno) */
TRACE_EVENT(fault,
	TP_PROTO(u32 owner, u32 address, unsigned int write, u32 pfn, int result),
	TP_ARGS(owner, address, write, pfn, result),
	TP_STRUCT__entry(
		__field(unsigned int, owner)
		__field(unsigned long, address)
		__field(unsigned int, write)
		__field(unsigned long, pfn)
		__field(int, result)
	),
	TP_fast_assign(
		__entry->owner = owner;
		__entry->address = address;
		__entry->write = write;
		__entry->pfn = pfn;
		__entry->result = result;
	),
	TP_printk("owner=%u address=0x%08lx write=%u pfn=0x%lx result=%d",
		  __entry->owner, __entry->address, __entry->write,
		  __entry->pfn, __entry->result)
);

#endif /* MMLAB_EVENTS_H */

/* define_trace.h reads everything outside the guard a second time */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE events
#include <trace/define_trace.h>
