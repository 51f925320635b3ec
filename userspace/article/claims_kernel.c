// SPDX-License-Identifier: GPL-2.0
/* Claims that the kernel's own files answer. Most of them are root's. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "claims.h"
#include "lab/tracer.h"

#define PIPE_BYTES	(16 << 20)
#define OLD_LIMIT	131072

/* ---- slabinfo ---------------------------------------------------------------- */

struct cache {
	char name[64];
	unsigned long active, objects, size, per_slab, pages;
};

/* The next cache of a slabinfo that is open. */
static bool next_cache(FILE *file, struct cache *cache)
{
	char line[256];

	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%63s %lu %lu %lu %lu %lu", cache->name, &cache->active,
			   &cache->objects, &cache->size, &cache->per_slab, &cache->pages) == 6)
			return true;
	return false;
}

static FILE *open_slabinfo(struct claim_answer *answer)
{
	FILE *file = fopen("/proc/slabinfo", "re");

	if (!file)
		claim_not_run(answer, "/proc/slabinfo: %s", strerror(errno));
	return file;
}

static bool find_cache(const char *name, struct cache *cache)
{
	FILE *file = fopen("/proc/slabinfo", "re");
	bool found = false;

	while (file && !found && next_cache(file, cache))
		found = !strcmp(cache->name, name);
	if (file)
		fclose(file);
	return found;
}

void kernel_kmalloc_least(struct claim_answer *answer)
{
	FILE *file = open_slabinfo(answer);
	unsigned long least = 0, size;
	struct cache cache;

	if (!file)
		return;
	while (next_cache(file, &cache))
		if (sscanf(cache.name, "kmalloc-%lu", &size) == 1 && cache.size == size &&
		    (!least || size < least))
			least = size;
	fclose(file);
	claim_decide(answer, least == 32, "/proc/slabinfo: the smallest is kmalloc-%lu", least);
}

void kernel_dma_caches(struct claim_answer *answer)
{
	FILE *file = open_slabinfo(answer);
	unsigned int nr = 0;
	struct cache cache;

	if (!file)
		return;
	while (next_cache(file, &cache))
		nr += !strncmp(cache.name, "dma-kmalloc-", strlen("dma-kmalloc-"));
	fclose(file);
	claim_decide(answer, nr, "/proc/slabinfo has %u caches named dma-kmalloc-*", nr);
}

void kernel_slab_packs(struct claim_answer *answer)
{
	FILE *file = open_slabinfo(answer);
	unsigned int nr = 0, packed = 0;
	struct cache cache, vma = { .pages = 0 };

	if (!file)
		return;
	while (next_cache(file, &cache)) {
		nr++;
		packed += cache.per_slab > cache.pages;
		if (!strcmp(cache.name, "vm_area_struct"))
			vma = cache;
	}
	fclose(file);
	claim_decide(answer, vma.per_slab > vma.pages,
		     "%u of %u caches do; vm_area_struct: %lu objects of %lu bytes, %lu pages",
		     packed, nr, vma.per_slab, vma.size, vma.pages);
}

/* ---- kallsyms ------------------------------------------------------------------ */

/* Which of the names does the kernel have? One pass over a long file. */
static bool find_symbols(struct claim_answer *answer, const char *const *names, bool *found,
			 size_t nr)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[256], name[128];
	bool any = false;
	size_t i;

	memset(found, 0, nr * sizeof(*found));
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*s %*c %127s", name) != 1)
			continue;
		any = true;
		for (i = 0; i < nr; i++)
			found[i] |= !strcmp(names[i], name);
	}
	if (file)
		fclose(file);
	if (!any)
		claim_not_run(answer, "/proc/kallsyms can't be read");
	return any;
}

static const char *has(bool found)
{
	return found ? "has" : "has no";
}

void kernel_nopage(struct claim_answer *answer)
{
	static const char *const names[] = { "filemap_nopage", "filemap_fault" };
	bool found[2];

	if (find_symbols(answer, names, found, 2))
		claim_decide(answer, found[0],
			     "kallsyms %s filemap_nopage, %s filemap_fault (fault() since 2.6.23)",
			     has(found[0]), has(found[1]));
}

void kernel_remap(struct claim_answer *answer)
{
	static const char *const names[] = { "remap_page_range", "remap_pfn_range" };
	bool found[2];

	if (find_symbols(answer, names, found, 2))
		claim_decide(answer, found[0],
			     "kallsyms %s remap_page_range, %s remap_pfn_range", has(found[0]),
			     has(found[1]));
}

void kernel_mem_map(struct claim_answer *answer)
{
	static const char *const names[] = { "mem_map", "mem_section", "vmemmap_populate" };
	bool found[3];

	if (!find_symbols(answer, names, found, 3))
		return;
	if (found[0] || found[1] || found[2])
		claim_decide(answer, found[0] && !found[1],
			     "kallsyms %s mem_map, %s mem_section, %s vmemmap_populate (by sections)",
			     has(found[0]), has(found[1]), has(found[2]));
	else
		snprintf(answer->evidence, sizeof(answer->evidence),
			 "this kernel's kallsyms has no data, so it does not tell");
}

void kernel_powers_of_two(struct claim_answer *answer)
{
	static const char *const names[] = {
		"alloc_pages_exact", "alloc_pages_exact_noprof", "split_page"
	};
	bool found[3];

	if (find_symbols(answer, names, found, 3))
		claim_decide(answer, !((found[0] || found[1]) && found[2]),
			     "kallsyms %s alloc_pages_exact, %s split_page: the rest is given back",
			     has(found[0] || found[1]), has(found[2]));
}

/* ---- regions in the kernel ------------------------------------------------------ */

/* Regions that can't merge: every second page has other rights. */
static void *make_regions(size_t nr, size_t page)
{
	char *base = mmap(NULL, nr * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			  -1, 0);
	size_t i;

	for (i = 0; base != MAP_FAILED && i < nr; i += 2)
		if (mprotect(base + i * page, page, PROT_READ))
			break;
	return base;
}

void kernel_list_and_tree(struct claim_answer *answer)
{
	const size_t nr = 8000, page = (size_t)sysconf(_SC_PAGESIZE);
	static const char *const names[] = { "__vma_link_rb", "mas_walk" };
	struct cache before = { .active = 0 }, after = { .active = 0 };
	bool known = find_cache("maple_node", &before), found[2];
	void *base;

	if (!known) {
		if (find_symbols(answer, names, found, 2))
			claim_decide(answer, found[0] && !found[1],
				     "kallsyms %s __vma_link_rb (the tree), %s mas_walk (a maple tree)",
				     has(found[0]), has(found[1]));
		return;
	}
	base = make_regions(nr, page);
	find_cache("maple_node", &after);
	if (base == MAP_FAILED) {
		claim_not_run(answer, "mmap: %s", strerror(errno));
		return;
	}
	munmap(base, nr * page);
	claim_decide(answer, after.active < before.active + nr / 32,
		     "%zu regions more: %lu objects of maple_node before, %lu then (a maple tree)",
		     nr, before.active, after.active);
}

/* ---- pages and kmalloc ----------------------------------------------------------- */

void kernel_buddy_limit(struct claim_answer *answer)
{
	FILE *file = fopen("/proc/buddyinfo", "re");
	char line[512];
	const char *at;
	unsigned int nr = 0;
	int length = 0;

	if (!file || !fgets(line, sizeof(line), file)) {
		if (file)
			fclose(file);
		claim_not_run(answer, "/proc/buddyinfo can't be read");
		return;
	}
	fclose(file);
	at = strstr(line, "zone");
	if (at && sscanf(at, "zone %*s%n", &length) == 0)
		for (at += length; sscanf(at, "%*u%n", &length) == 0 && length; length = 0) {
			at += length;
			nr++;
		}
	if (!nr)
		claim_not_run(answer, "/proc/buddyinfo has another format");
	else
		claim_decide(answer, 1UL << (nr - 1) <= 512,
			     "/proc/buddyinfo has %u orders: up to %lu pages", nr,
			     1UL << (nr - 1));
}

/* The largest kmalloc that the trace tells of. */
static unsigned long long largest_kmalloc(const char *trace)
{
	unsigned long long size, largest = 0;
	struct trace_event event;

	while ((trace = tracer_next(trace, &event)))
		if (!strncmp(event.name, "kmalloc", strlen("kmalloc")) &&
		    tracer_field(&event, "bytes_req", &size) && size > largest)
			largest = size;
	return largest;
}

/* A pipe's array of buffers is one kmalloc; many buffers make it large. */
void kernel_kmalloc_limit(struct claim_answer *answer)
{
	unsigned long long largest;
	struct tracer tracer;
	int ends[2], error = pipe(ends) ? -errno : 0, size = 0;
	char *trace = NULL;

	if (error) {
		claim_not_run(answer, "pipe: %s", strerror(-error));
		return;
	}
	error = tracer_start(&tracer, "kmem:kmalloc");
	if (!error) {
		size = fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES);
		trace = tracer_read(&tracer);
		tracer_stop(&tracer);
	}
	close(ends[0]);
	close(ends[1]);
	largest = trace ? largest_kmalloc(trace) : 0;
	free(trace);
	if (error)
		claim_not_run(answer, "tracing kmem:kmalloc: %s", strerror(-error));
	else if (size < PIPE_BYTES || !largest)
		claim_not_run(answer, "a pipe of %d MiB is refused, or the trace is empty",
			      PIPE_BYTES >> 20);
	else
		claim_decide(answer, largest <= OLD_LIMIT,
			     "a pipe of %d MiB: the trace has a kmalloc of %llu bytes",
			     PIPE_BYTES >> 20, largest);
}

/* ---- vmalloc and the layout -------------------------------------------------------- */

struct areas {
	unsigned int nr, nr_gap, nr_full;
};

/* Counts areas of vmalloc() and those with a page of gap and with all pages. */
static bool count_areas(struct claim_answer *answer, struct areas *areas)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	FILE *file = fopen("/proc/vmallocinfo", "re");
	char line[512];

	*areas = (struct areas){ 0 };
	while (file && fgets(line, sizeof(line), file)) {
		const char *pages = strstr(line, " pages=");
		uint64_t size = 0, nr = 0;

		if (!pages || !strstr(pages, " vmalloc") ||
		    sscanf(line, "%*s %" SCNu64, &size) != 1 ||
		    sscanf(pages, " pages=%" SCNu64, &nr) != 1)
			continue;
		areas->nr++;
		areas->nr_gap += size == (nr + 1) * page;
		areas->nr_full += size <= (nr + 1) * page;
	}
	if (file)
		fclose(file);
	if (areas->nr)
		return true;
	claim_not_run(answer, "/proc/vmallocinfo can't be read (it is root's)");
	return false;
}

void kernel_vmalloc_lazy(struct claim_answer *answer)
{
	struct areas areas;

	if (count_areas(answer, &areas))
		claim_decide(answer, areas.nr_full < areas.nr,
			     "/proc/vmallocinfo: %u of %u areas have all their pages",
			     areas.nr_full, areas.nr);
}

void kernel_gaps(struct claim_answer *answer)
{
	struct areas areas;

	if (count_areas(answer, &areas))
		claim_decide(answer, areas.nr_gap == areas.nr,
			     "/proc/vmallocinfo: %u of %u areas are a page larger than their pages",
			     areas.nr_gap, areas.nr);
}

/* What /proc/kcore says: where the direct map is and where the vmalloc region. */
struct layout {
	uint64_t direct_start, direct_end, difference;
	uint64_t vmalloc_start;		/* first range after it without a physical address */
	unsigned int nr_direct;
};

#define MAX_SEGMENTS	64

/* The loadable segments of /proc/kcore. Return: how many, 0 if it can't be read */
static size_t read_kcore(Elf64_Phdr segments[MAX_SEGMENTS])
{
	Elf64_Ehdr header;
	int fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	size_t i, nr, size, nr_loads = 0;
	bool good;

	good = fd >= 0 && read(fd, &header, sizeof(header)) == sizeof(header) &&
	       header.e_phnum <= MAX_SEGMENTS && header.e_phentsize == sizeof(segments[0]);
	nr = good ? header.e_phnum : 0;
	size = nr * sizeof(segments[0]);
	good = good && pread(fd, segments, size, (off_t)header.e_phoff) == (ssize_t)size;
	if (fd >= 0)
		close(fd);
	for (i = 0; good && i < nr; i++)
		if (segments[i].p_type == PT_LOAD)
			segments[nr_loads++] = segments[i];
	return nr_loads;
}

static bool has_phys(const Elf64_Phdr *segment)
{
	return segment->p_paddr != UINT64_MAX;
}

static bool read_layout(struct claim_answer *answer, struct layout *layout)
{
	Elf64_Phdr segments[MAX_SEGMENTS];
	size_t i, nr = read_kcore(segments);

	*layout = (struct layout){ .direct_start = UINT64_MAX, .vmalloc_start = UINT64_MAX };
	for (i = 0; i < nr; i++)
		if (has_phys(&segments[i]) && segments[i].p_vaddr < layout->direct_start) {
			layout->direct_start = segments[i].p_vaddr;
			layout->difference = segments[i].p_vaddr - segments[i].p_paddr;
		}
	for (i = 0; i < nr; i++) {
		const Elf64_Phdr *s = &segments[i];

		if (!has_phys(s) || s->p_vaddr - s->p_paddr != layout->difference)
			continue;
		layout->nr_direct++;
		if (s->p_vaddr + s->p_memsz > layout->direct_end)
			layout->direct_end = s->p_vaddr + s->p_memsz;
	}
	for (i = 0; i < nr; i++)
		if (!has_phys(&segments[i]) && segments[i].p_vaddr >= layout->direct_end &&
		    segments[i].p_vaddr < layout->vmalloc_start)
			layout->vmalloc_start = segments[i].p_vaddr;
	if (layout->nr_direct && layout->vmalloc_start != UINT64_MAX)
		return true;
	claim_not_run(answer, "/proc/kcore can't be read (it is root's), or does not tell");
	return false;
}

void kernel_hole(struct claim_answer *answer)
{
	struct layout layout;

	if (read_layout(answer, &layout))
		claim_decide(answer, layout.vmalloc_start - layout.direct_end == 8 << 20,
			     "/proc/kcore: 0x%" PRIx64 " to 0x%" PRIx64 ", that is %" PRIu64 " MiB",
			     layout.direct_end, layout.vmalloc_start,
			     (layout.vmalloc_start - layout.direct_end) >> 20);
}

void kernel_virt_to_phys(struct claim_answer *answer)
{
	struct layout layout;

	if (read_layout(answer, &layout))
		claim_decide(answer, layout.nr_direct > 0 &&
			     layout.vmalloc_start >= layout.direct_end,
			     "/proc/kcore: physical = linear - 0x%" PRIx64
			     " in %u ranges of RAM; none is told for 0x%" PRIx64 " on",
			     layout.difference, layout.nr_direct, layout.vmalloc_start);
}
