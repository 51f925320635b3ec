/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tracepoint of the example driver. It stands beside those of the lab.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mmlab

#if !defined(MMLAB_MAPDRV_EVENTS_H) || defined(TRACE_HEADER_MULTI_READ)
#define MMLAB_MAPDRV_EVENTS_H

#include <linux/tracepoint.h>

/* a touch of /dev/mapdrv; address is that of the vmalloc area, kseg the direct map's */
TRACE_EVENT(mapdrv_fault,
	TP_PROTO(u32 offset, u32 address, u32 kseg, u32 pfn, int result),
	TP_ARGS(offset, address, kseg, pfn, result),
	TP_STRUCT__entry(
		__field(unsigned long, offset)
		__field(unsigned long, address)
		__field(unsigned long, kseg)
		__field(unsigned long, pfn)
		__field(int, result)
	),
	TP_fast_assign(
		__entry->offset = offset;
		__entry->address = address;
		__entry->kseg = kseg;
		__entry->pfn = pfn;
		__entry->result = result;
	),
	TP_printk("offset=0x%lx address=0x%08lx kseg=0x%08lx pfn=0x%lx result=%d",
		  __entry->offset, __entry->address, __entry->kseg,
		  __entry->pfn, __entry->result)
);

#endif /* MMLAB_MAPDRV_EVENTS_H */

/* define_trace.h reads everything outside the guard a second time */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE events
#include <trace/define_trace.h>
