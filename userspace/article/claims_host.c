// SPDX-License-Identifier: GPL-2.0
/* Claims that a process can try on itself. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "claims.h"
#include "lab/mapsfile.h"

#define MAX_REGIONS	512
#define NR_COPIES	10

static struct region regions[MAX_REGIONS];
static volatile int data = 1;
static volatile int bss;

static uint64_t page_size(void)
{
	return (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Return: number of regions, or 0 with the answer given */
static long look(struct claim_answer *answer)
{
	long nr = mapsfile_read("/proc/self/maps", regions, MAX_REGIONS);

	if (nr > 0 && nr <= MAX_REGIONS)
		return nr;
	claim_not_run(answer, "/proc/self/maps can't be read");
	return 0;
}

void host_segments(struct claim_answer *answer)
{
	uintptr_t text = (uintptr_t)&host_segments, heap = (uintptr_t)sbrk(0), grown;
	int local;

	if (brk((char *)sbrk(0) + 4)) {
		claim_not_run(answer, "the heap's end can't be moved");
		return;
	}
	grown = (uintptr_t)sbrk(0);
	claim_decide(answer, text < (uintptr_t)&data && (uintptr_t)&data < (uintptr_t)&bss &&
		     (uintptr_t)&bss < heap && grown == heap + 4 && grown < (uintptr_t)&local,
		     "0x%" PRIxPTR " < 0x%" PRIxPTR " < 0x%" PRIxPTR " < 0x%" PRIxPTR "+4 < 0x%"
		     PRIxPTR, text, (uintptr_t)&data, (uintptr_t)&bss, heap, (uintptr_t)&local);
}

void host_one_region(struct claim_answer *answer)
{
	const struct region *of_data, *of_bss, *of_heap;
	char *end = sbrk(0);
	long nr;

	if (brk(end + 1)) {
		claim_not_run(answer, "the heap's end can't be moved");
		return;
	}
	nr = look(answer);
	if (!nr)
		return;
	of_data = mapsfile_find(regions, nr, (uintptr_t)&data);
	of_bss = mapsfile_find(regions, nr, (uintptr_t)&bss);
	of_heap = mapsfile_find(regions, nr, (uintptr_t)end);
	if (!of_data || !of_bss || !of_heap) {
		claim_not_run(answer, "not all of them are in /proc/self/maps");
		return;
	}
	claim_decide(answer, of_data == of_heap && of_bss == of_heap,
		     "/proc/self/maps: data in 0x%" PRIx64 ", bss in 0x%" PRIx64 ", heap in 0x%"
		     PRIx64 " %s", of_data->start, of_bss->start, of_heap->start, of_heap->name);
}

void host_flat(struct claim_answer *answer)
{
#ifdef __x86_64__
	unsigned long code = 0, stack = 0;
	unsigned short cs, ss;

	asm volatile("mov %%cs, %0" : "=r" (cs));
	asm volatile("mov %%ss, %0" : "=r" (ss));
	asm volatile("lsl %1, %0" : "=r" (code) : "r" ((unsigned long)cs));
	asm volatile("lsl %1, %0" : "=r" (stack) : "r" ((unsigned long)ss));
	claim_decide(answer, code == 0xffffffff && stack == 0xffffffff,
		     "lsl: the limits of cs and ss are 0x%lx and 0x%lx", code, stack);
#else
	snprintf(answer->evidence, sizeof(answer->evidence), "only an x86 has segments");
#endif
}

void host_three_gib(struct claim_answer *answer)
{
	void *wanted = (void *)0xc0000000UL;
	void *p = mmap(wanted, page_size(), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		claim_not_run(answer, "mmap: %s", strerror(errno));
		return;
	}
	munmap(p, page_size());
	claim_decide(answer, p != wanted && (uintptr_t)p < (uintptr_t)wanted,
		     "mmap() near 0xc0000000 gives 0x%" PRIxPTR ", and the stack is at 0x%" PRIxPTR,
		     (uintptr_t)p, (uintptr_t)&p);
}

void host_ordered(struct claim_answer *answer)
{
	long i, nr = look(answer), wrong = 0;

	if (!nr)
		return;
	for (i = 0; i < nr; i++)
		wrong += regions[i].start % page_size() || regions[i].end % page_size() ||
			 (i && regions[i].start < regions[i - 1].end);
	claim_decide(answer, !wrong, "%ld of %ld regions in /proc/self/maps are otherwise", wrong,
		     nr);
}

void host_merge(struct claim_answer *answer)
{
	uint64_t size = page_size();
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	char *base = mmap(NULL, 4 * size, PROT_NONE, flags | MAP_NORESERVE, -1, 0);
	const struct region *region;
	long nr;

	if (base == MAP_FAILED ||
	    mmap(base + size, size, PROT_READ, flags | MAP_FIXED, -1, 0) == MAP_FAILED ||
	    mmap(base + 2 * size, size, PROT_READ, flags | MAP_FIXED, -1, 0) == MAP_FAILED) {
		claim_not_run(answer, "mmap: %s", strerror(errno));
		return;
	}
	nr = look(answer);
	region = mapsfile_find(regions, nr, (uintptr_t)base + size);
	munmap(base, 4 * size);
	if (!nr || !region)
		return;
	claim_decide(answer, region->start == (uintptr_t)base + size &&
		     region->end == (uintptr_t)base + 3 * size,
		     "two mmap()s of a page each, side by side: one line of %" PRIu64 " kB in maps",
		     (region->end - region->start) / 1024);
}

/* Pages of this process: all, and those that are there */
static bool read_statm(unsigned long *size, unsigned long *resident)
{
	FILE *file = fopen("/proc/self/statm", "re");
	bool good = file && fscanf(file, "%lu %lu", size, resident) == 2;

	if (file)
		fclose(file);
	return good;
}

void host_no_pages(struct claim_answer *answer)
{
	unsigned long size, resident, size_after, resident_after;
	bool good = read_statm(&size, &resident);
	void *p = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	unsigned char present[16] = "";
	int i, there = 0;

	good &= read_statm(&size_after, &resident_after);
	if (p == MAP_FAILED || !good || mincore(p, 16 * page_size(), present)) {
		claim_not_run(answer, "mmap, mincore or /proc/self/statm: %s", strerror(errno));
		return;
	}
	for (i = 0; i < 16; i++)
		there += present[i] & 1;
	munmap(p, 64 << 20);
	claim_decide(answer, size_after - size >= (64UL << 20) / page_size() && !there &&
		     resident_after < resident + 16,
		     "mmap() of 64 MiB: %lu pages more in size, %ld more resident, %d of the first 16",
		     size_after - size, (long)(resident_after - resident), there);
}

static long minor_faults(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) ? -1 : usage.ru_minflt;
}

/* After each store, one page more must be there, and it is that one. */
void host_demand(struct claim_answer *answer)
{
	uint64_t size = page_size();
	volatile char *p = mmap(NULL, 16 * size, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char present[16];
	int i, k, there, as_told = 0;
	long faults = minor_faults();

	if (p == MAP_FAILED) {
		claim_not_run(answer, "mmap: %s", strerror(errno));
		return;
	}
	for (i = 0; i < 16; i++) {
		p[i * size] = 1;
		if (mincore((void *)p, 16 * size, present))
			break;
		for (k = 0, there = 0; k < 16; k++)
			there += present[k] & 1;
		as_told += there == i + 1 && present[i] & 1;
	}
	faults = minor_faults() - faults;
	munmap((void *)p, 16 * size);
	claim_decide(answer, as_told == 16 && faults >= 16,
		     "16 pages stored to: %d times it was one page more; %ld page faults", as_told,
		     faults);
}

void host_brk(struct claim_answer *answer)
{
	char *end = sbrk(0);
	const struct region *region;
	char *after;
	long nr;

	if (brk(end + 1)) {
		claim_not_run(answer, "brk: %s", strerror(errno));
		return;
	}
	after = sbrk(0);
	nr = look(answer);
	region = nr ? mapsfile_find(regions, nr, (uintptr_t)end) : NULL;
	if (!region) {
		claim_not_run(answer, "the heap is not in /proc/self/maps");
		return;
	}
	claim_decide(answer, after == end + 1 && !(region->end % page_size()),
		     "brk(+1) moved the end by %td; its region ends at 0x%" PRIx64, after - end,
		     region->end);
}

/* ---- copies of this program ------------------------------------------------ */

int host_print_address(void)
{
	uint64_t address = (uintptr_t)&host_print_address;

	return write(STDOUT_FILENO, &address, sizeof(address)) != sizeof(address);
}

static uint64_t address_of_copy(void)
{
	uint64_t address = 0;
	int out[2], status;
	pid_t pid;

	if (pipe(out))
		return 0;
	pid = fork();
	if (!pid) {
		dup2(out[1], STDOUT_FILENO);
		execl("/proc/self/exe", "claims", "--print-address", NULL);
		_exit(1);
	}
	close(out[1]);
	if (read(out[0], &address, sizeof(address)) != sizeof(address))
		address = 0;
	close(out[0]);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status)
		address = 0;
	return address;
}

void host_ten_copies(struct claim_answer *answer)
{
	uint64_t first = 0, address;
	int i, equal = 0;

	fflush(stdout);
	for (i = 0; i < NR_COPIES; i++) {
		address = address_of_copy();
		if (!address) {
			claim_not_run(answer, "copies of this program can't be run");
			return;
		}
		first = i ? first : address;
		equal += address == first;
	}
	claim_decide(answer, equal == NR_COPIES,
		     "a function's address in ten runs: %d times as in the first, 0x%" PRIx64,
		     equal, first);
}

/* ---- the stack -------------------------------------------------------------- */

static char order[16];

static __attribute__((noinline)) void enter(char name)
{
	size_t length = strlen(order);

	order[length] = name;
	if (name < 'c')
		enter(name + 1);
	length = strlen(order);
	order[length] = name;
}

void host_stack_order(struct claim_answer *answer)
{
	memset(order, 0, sizeof(order));
	enter('a');
	claim_decide(answer, order[0] == order[3],
		     "calls a, b, c came and went as %s: who came last went first", order);
}
