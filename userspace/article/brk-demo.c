// SPDX-License-Identifier: GPL-2.0
/*
 * brk-demo: malloc, brk and pages. The end of the heap moves by the byte, its
 * region by the page, and a page comes with the first touch. Then what malloc
 * makes of it.
 */
#include <inttypes.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lab/mapsfile.h"

#define MAX_REGIONS	256
#define MAX_PAGES	64

struct heap {
	uint64_t brk;		/* the end of the heap */
	uint64_t end;		/* the end of its region, 0 if there is none */
	unsigned long pages;	/* from the first end to the region's */
	unsigned long resident;	/* of these */
};

static uint64_t first, page_size;
static int nr_wrong;

static bool look(struct heap *heap)
{
	static struct region regions[MAX_REGIONS];
	unsigned char present[MAX_PAGES];
	const struct region *region;
	uint64_t from = first / page_size * page_size;
	long nr = mapsfile_read("/proc/self/maps", regions, MAX_REGIONS);
	unsigned long i;

	memset(heap, 0, sizeof(*heap));
	heap->brk = (uintptr_t)sbrk(0);
	if (nr < 0 || nr > MAX_REGIONS)
		return false;
	region = mapsfile_find(regions, nr, first);
	if (!region)
		return true;
	heap->end = region->end;
	heap->pages = (region->end - from) / page_size;
	if (heap->pages > MAX_PAGES ||
	    mincore((void *)(uintptr_t)from, region->end - from, present))
		return false;
	for (i = 0; i < heap->pages; i++)
		heap->resident += present[i] & 1;
	return true;
}

static void check(bool holds, const char *what)
{
	printf("%-4s %s\n", holds ? "ok" : "BAD", what);
	nr_wrong += !holds;
}

/* One row of the table; the step is done already. */
static struct heap row(const char *what)
{
	struct heap heap;

	if (!look(&heap)) {
		fprintf(stderr, "brk-demo: can't read /proc/self/maps or ask mincore()\n");
		exit(1);
	}
	printf("%-34s %+9" PRId64 "   0x%012" PRIx64 " %5lu %9lu\n", what,
	       (int64_t)(heap.brk - first), heap.end, heap.pages, heap.resident);
	return heap;
}

static void by_brk(void)
{
	struct heap none, byte, page, touched, most, shrunk, again;
	volatile char *bytes;
	bool zero;

	printf("%-34s %9s   %-14s %5s %9s\n", "STEP", "END", "REGION'S END", "PAGES",
	       "RESIDENT");
	/* where the heap is not randomised, it may begin inside a page */
	sbrk((intptr_t)(-(uintptr_t)sbrk(0) % page_size));
	first = (uintptr_t)sbrk(0);
	bytes = (volatile char *)(uintptr_t)first;
	none = row("at the start");
	sbrk(1);
	byte = row("brk: 1 byte more");
	sbrk((intptr_t)page_size - 1);
	page = row("brk: the rest of that page");
	bytes[0] = 'x';
	touched = row("one byte stored");
	sbrk((intptr_t)(7 * page_size + 1));
	bytes[7 * page_size] = 'y';
	most = row("brk: 7 pages and 1 byte; a store");
	sbrk(-(intptr_t)(7 * page_size + 1));
	shrunk = row("brk: back by as much");
	sbrk((intptr_t)(7 * page_size + 1));
	zero = bytes[7 * page_size] == 0;
	again = row("brk: forth again; a load");
	putchar('\n');
	check(byte.brk == none.brk + 1, "brk is exact to the byte");
	check(byte.end == first + page_size, "but memory comes by the page");
	check(page.end == byte.end, "the rest of the page costs nothing");
	check(!page.resident && touched.resident == 1, "a page comes with the first touch");
	check(most.pages == 9 && most.resident == 2, "only the pages that were touched");
	check(shrunk.pages == 1 && shrunk.resident == 1, "brk backwards frees pages");
	check(zero && again.resident == 2, "and what comes back is zeroed");
	sbrk(-(intptr_t)(again.brk - first));
}

static void by_malloc(void)
{
	uint64_t before = (uintptr_t)sbrk(0), after;
	char *a = malloc(100), *b = malloc(100), *large = malloc(1 << 20);
	uint64_t step = (uintptr_t)b - (uintptr_t)a;
	size_t usable = malloc_usable_size(a);

	after = (uintptr_t)sbrk(0);
	printf("\nmalloc(100) twice: 0x%012" PRIx64 ", and %" PRIu64 " bytes after it\n",
	       (uint64_t)(uintptr_t)a, step);
	printf("the heap's end moved by %" PRIu64 " bytes for the first of them\n",
	       after - before);
	printf("malloc(1 MiB): 0x%012" PRIx64 ", %s\n", (uint64_t)(uintptr_t)large,
	       (uintptr_t)large >= before && (uintptr_t)large < after ?
	       "in the heap" : "a region of its own, by mmap");
	putchar('\n');
	check(a && b && step >= 100 && step <= page_size,
	      "malloc cuts a page into pieces: two fit on one");
	check(usable >= 100 && usable < page_size, "a piece is a little larger than asked for");
	check(after - before >= page_size,
	      "malloc takes more from brk than it was asked for, to come back less often");
	check(large && ((uintptr_t)large < before || (uintptr_t)large >= after),
	      "a large one is not taken from the heap");
	free(a);
	free(b);
	free(large);
}

int main(int argc, char **argv)
{
	static char buffer[BUFSIZ];

	if (argc > 1) {
		printf("Usage: brk-demo\n\n"
		       "Moves the end of its heap and looks at the region and the pages. Exit\n"
		       "status: 0 all as told, 1 something was not, 2 usage.\n");
		return strcmp(argv[1], "--help") ? 2 : 0;
	}
	/* stdio's buffer must not come from the heap that is looked at. */
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	page_size = (uint64_t)sysconf(_SC_PAGESIZE);
	by_brk();
	by_malloc();
	return fflush(stdout) || nr_wrong;
}
