// SPDX-License-Identifier: GPL-2.0
/* The words of `mmlab info`: every file, key and column explained. */
#include <stddef.h>

#include "info.h"

static const struct info_item buddyinfo[] = {
	{ "zone",
	  "frames of one kind: DMA is the low memory that old devices reach, Normal the rest" },
	{ "order",
	  "free blocks of 2^order frames; two free buddies merge into one of the next order" },
	{ NULL, NULL },
};

static const struct info_item zoneinfo[] = {
	{ "pages free", "free frames in the zone, per-CPU lists not included" },
	{ "boost", "how far the watermarks are raised for a while; the lab doesn't" },
	{ "min", "below this, only those who may use the reserve get frames" },
	{ "low", "below this a kernel would wake its reclaimer" },
	{ "high", "above this a kernel's reclaimer would rest" },
	{ "spanned", "frames from the zone's first to its last" },
	{ "present", "of these, frames that exist" },
	{ "managed",
	  "of these, frames that the buddy allocator hands out (present less reserved)" },
	{ "cma", "frames set aside for contiguous allocation; the lab has none" },
	{ "protection:", "frames kept from allocations that could have come from a higher zone" },
	{ "nr_free_pages", "the same as pages free" },
	{ "nr_anon_pages", "frames of user pages, of the whole node" },
	{ "nr_slab_reclaimable", "slab frames of the whole node that could be given back" },
	{ "nr_slab_unreclaimable", "slab frames of the whole node that can't" },
	{ "nr_page_table_pages", "page tables of the whole node" },
	{ "nr_zone_anon_pages", "frames of user pages" },
	{ "nr_zone_page_table_pages", "page directories and page tables" },
	{ "nr_zone_slab_pages", "frames of slab caches" },
	{ "nr_zone_vmalloc_pages", "frames of vmalloc areas" },
	{ "nr_zone_block_pages", "frames in allocated blocks" },
	{ "nr_zone_pcp_pages", "free frames in the per-CPU lists" },
	{ "nr_zone_quarantine_pages", "freed frames that are still pinned" },
	{ "nr_zone_bad_pages", "frames put aside because the host found their page faulty" },
	{ "nr_zone_reserved_pages", "frames never handed out" },
	{ "node_unreclaimable:",
	  "1 when a kernel's reclaimer has given up on the node; the lab has none" },
	{ "cpu:", "a per-CPU list of free frames follows" },
	{ "count:", "frames in this CPU's list now" },
	{ "high:", "more frames than that are given back to the zone (parameter pcp_high)" },
	{ "batch:", "so many frames are moved at once (parameter pcp_batch)" },
	{ "start_pfn:", "number of the zone's first frame" },
	{ NULL, NULL },
};

static const struct info_item meminfo[] = {
	{ "MemTotal", "the arena less reserved frames: what can be allocated at all" },
	{ "MemFree", "free in the buddy allocator" },
	{ "MemAvailable",
	  "what could be had without hurting anyone: free and per-CPU frames less the reserve" },
	{ "Buffers", "cached blocks of devices; the lab has none" },
	{ "Cached", "cached file contents; the lab has none" },
	{ "SwapCached", "frames that are copies of a slot, and so need not be written to go" },
	{ "SwapTotal", "size of all swap areas" },
	{ "SwapFree", "free part of it" },
	{ "AnonPages", "frames of user pages of lab processes" },
	{ "Slab", "frames of the slab caches" },
	{ "SReclaimable", "of these, such that could be given back on demand" },
	{ "SUnreclaim", "of these, such that can't" },
	{ "PageTables", "frames that are page directories and page tables" },
	{ "Blocks", "frames in blocks allocated by mmlab alloc or the ioctl" },
	{ "VmallocTotal", "size of the vmalloc region of linear addresses" },
	{ "VmallocUsed", "linear addresses of it in use" },
	{ "VmallocChunk", "its largest free stretch" },
	{ "VmallocPages", "frames of vmalloc areas" },
	{ "PerCpuPages", "free frames parked in the per-CPU lists" },
	{ "HardwareCorrupted", "frames whose page the host found faulty, also those in use" },
	{ "Bad", "of these, such that are put aside and never used again" },
	{ "Quarantine",
	  "freed frames that a process of the host still pins; reused once it lets go" },
	{ "Reserved", "frames never handed out" },
	{ NULL, NULL },
};

static const struct info_item vmstat[] = {
	{ "nr_free_pages", "frames free in the buddy allocator, now" },
	{ "nr_anon_pages", "frames of user pages, now" },
	{ "nr_page_table_pages", "frames that are page tables, now" },
	{ "nr_slab_reclaimable", "slab frames that could be given back, now" },
	{ "nr_slab_unreclaimable", "slab frames that can't, now" },
	{ "nr_blocks", "frames in allocated blocks, now" },
	{ "nr_vmalloc", "frames of vmalloc areas, now" },
	{ "nr_pcp_pages", "free frames in the per-CPU lists, now" },
	{ "nr_quarantine", "freed frames still pinned, now" },
	{ "nr_bad", "frames put aside because the host found their page faulty, now" },
	{ "nr_reserved", "frames never handed out" },
	{ "pgalloc_dma", "frames handed out from zone DMA since load" },
	{ "pgalloc_normal", "frames handed out from zone Normal since load" },
	{ "pgfree", "frames given back since load" },
	{ "pgfault", "page faults in windows since load" },
	{ "pgfault_sigbus", "of these, such that ended in SIGBUS" },
	{ "pgfault_soft", "touches that found their page: no faults of the lab" },
	{ "pgfault_around", "pages supplied beside a touched one (parameter fault_around)" },
	{ "pgzap", "pages whose host mapping was taken away, as a TLB flush would" },
	{ "buddy_split", "blocks halved to make a smaller one" },
	{ "buddy_merge", "pairs of buddies merged" },
	{ "pcp_refill", "times a per-CPU list was empty and took a batch" },
	{ "pcp_flush", "times a per-CPU list was too long and gave a batch back" },
	{ "pcp_drain", "times all lists were emptied (demand, shortage, a CPU leaving)" },
	{ "pgfree_refused", "frees refused: wrong order, already free, inside a block" },
	{ "quarantine_in", "frames that went into quarantine" },
	{ "quarantine_out", "frames that came out again" },
	{ "badframe", "frames put aside because the host found their page faulty" },
	{ "allocstall", "allocations that found nothing at first" },
	{ "pswpin", "pages read from swap areas" },
	{ "pswpout", "pages written to swap areas" },
	{ "pgmajfault", "touches for which a page was read back" },
	{ "pgsteal_direct", "pages that a task short of frames took away" },
	{ "pgscan_direct", "pages that it looked at for that" },
	{ "pgreuse", "stores after a fork to a page that no other process maps any more" },
	{ "lab_processes", "open files of the device, now" },
	{ "lab_windows", "mappings of the device, now" },
	{ "lab_reports", "reports of corruption since load; anything but 0 is a fault of the lab" },
	{ "lab_metadata_bytes", "host memory that the lab spends on describing its frames" },
	{ NULL, NULL },
};

static const struct info_item maps[] = {
	{ "range", "first linear address and the first one after it" },
	{ "perms", "r read, w write, x execute, p private or s shared" },
	{ "offset", "where the range starts in its object" },
	{ "device", "device of the mapped file; none here" },
	{ "inode", "inode of the mapped file; none here" },
	{ "name", "what the range is" },
	{ NULL, NULL },
};

static const struct info_item swaps[] = {
	{ "Filename", "memory: and the number that mmlab swapoff takes" },
	{ "Type", "as the host has it" },
	{ "Size", "what the area holds at most, in kB" },
	{ "Used", "what lies in it, in kB" },
	{ "Priority", "areas of a higher one are filled first" },
	{ NULL, NULL },
};

static const struct info_item vmallocinfo[] = {
	{ "range", "first linear address, and the first one after the guard page" },
	{ "size", "bytes with the guard page" },
	{ "pages", "frames mapped now; a lazy area gets them on the first touch" },
	{ "N0", "frames on node 0, the only one" },
	{ "vmalloc", "contiguous addresses over frames that need not be" },
	{ "user", "lab processes may open windows on it" },
	{ "caller", "code that asked for it" },
	{ NULL, NULL },
};

static const struct info_item check[] = {
	{ "part", "frames; the parts add up to the arena" },
	{ "rule", "one kind of structure, every one of them verified now" },
	{ "verdict", "the last line: ok, or BROKEN and the first rule that does not hold" },
	{ NULL, NULL },
};

static const struct info_item extfrag[] = {
	{ "zone", "-1.000 where a block of that order is free: no failure to explain" },
	{ "order",
	  "why an allocation of that order would fail: 0 for shortage to 1 for fragmentation" },
	{ NULL, NULL },
};

static const struct info_item unusable[] = {
	{ "zone", "a share of the zone's free memory, 0.000 to 1.000" },
	{ "order", "share of free memory in blocks too small for that order" },
	{ NULL, NULL },
};

static const struct info_item slabinfo[] = {
	{ "caches", "slab caches there are; those with slabs follow with all their columns" },
	{ "no slabs", "no object was taken yet, or all slabs were given back" },
	{ "active_objs", "objects in use; parked ones are not" },
	{ "num_objs", "objects there are: num_slabs times objperslab" },
	{ "objsize", "bytes from one object to the next, padding included" },
	{ "objperslab", "objects in a slab" },
	{ "pagesperslab", "frames in a slab" },
	{ "limit", "objects in a magazine; 0: the cache has none" },
	{ "batchcount", "objects that a magazine takes from slabs, or gives back, at once" },
	{ "sharedfactor", "full magazines in the depot, for all CPUs" },
	{ "active_slabs", "slabs with an object in use or parked" },
	{ "num_slabs", "slabs there are" },
	{ "sharedavail", "objects parked in magazines and the depot" },
	{ "format", "this is not slabinfo version 2.1" },
	{ NULL, NULL },
};

static const struct info_item kpageflags[] = {
	{ "LOCKED", "under input or output" },
	{ "REFERENCED", "used lately" },
	{ "DIRTY", "written to" },
	{ "LRU", "on a list of reclaim candidates" },
	{ "SLAB", "part of a slab cache" },
	{ "BUDDY", "free, in the buddy allocator" },
	{ "MMAP", "mapped at a user address" },
	{ "ANON", "user memory without a file" },
	{ "COMPOUND_HEAD", "first frame of an allocated block" },
	{ "COMPOUND_TAIL", "another frame of an allocated block" },
	{ "HWPOISON", "broken, or kept out of use" },
	{ "NOPAGE", "there is no such frame" },
	{ "PGTABLE", "a page table or page directory" },
	{ "RESERVED", "never handed out" },
	{ NULL, NULL },
};

static const struct info_item kpagecount[] = {
	{ "frames", "one 8-byte number for each frame of the lab" },
	{ "mapped 0", "frames that no page-table entry maps" },
	{ "mapped 1", "frames mapped once" },
	{ "mapped more", "frames shared by several page-table entries" },
	{ NULL, NULL },
};

const struct info_file info_files[] = {
	{ "buddyinfo", "free blocks by zone and order", buddyinfo, info_explain_orders },
	{ "zoneinfo", "each zone's frames, watermarks and per-CPU lists",
	  zoneinfo, info_explain_zones },
	{ "meminfo", "who has the arena's memory, in kB", meminfo, info_explain_keys },
	{ "vmstat", "counts of frames (now) and of events (since load)",
	  vmstat, info_explain_keys },
	{ "maps", "the linear address space of the lab's kernel", maps, info_explain_maps },
	{ "check", "every invariant, computed as you read", check, info_explain_check },
	{ "extfrag_index", "why an allocation would fail: shortage or fragmentation",
	  extfrag, info_explain_orders },
	{ "unusable_index", "how much free memory is useless for an order",
	  unusable, info_explain_orders },
	{ "slabinfo", "the slab caches, as slabtop reads them (root only)", slabinfo,
	  info_explain_slabinfo },
	{ "vmallocinfo", "the areas of the vmalloc region (root only)", vmallocinfo,
	  info_explain_areas },
	{ "swaps", "the swap areas", swaps, info_explain_swaps },
	{ "kpageflags", "what each frame is (root only)", kpageflags, info_explain_flags },
	{ "kpagecount", "how often each frame is mapped (root only)",
	  kpagecount, info_explain_counts },
	{ NULL, NULL, NULL, NULL },
};
