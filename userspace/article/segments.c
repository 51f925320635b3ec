// SPDX-License-Identifier: GPL-2.0
/*
 * segments: prints one or two addresses of each of the five segments of a process, finds
 * them in /proc/self/maps, and checks what holds on every Linux: text < data < bss < heap
 * < stack, the heap grows up and to the byte, the stack grows down.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

#include "lab/mapsfile.h"

#define MAX_REGIONS	256
#define HEAP_STEP	4

int initialised_global = 1;
static volatile int initialised_static = 2;
int uninitialised_global;

static struct region regions[MAX_REGIONS];
static long nr_regions;

struct place {
	const char *segment, *what;
	uint64_t address;
	const char *rights;	/* that its region must have, NULL: any */
};

enum {
	TEXT, DATA, DATA_STATIC, BSS, HEAP_BEFORE, HEAP_AFTER, STACK_CALLER, STACK_CALLEE,
	NR_PLACES
};

static struct place places[NR_PLACES] = {
	[TEXT] = { "text", "main()", 0, "r-xp" },
	[DATA] = { "data", "initialised global", 0, "rw-p" },
	[DATA_STATIC] = { "data", "initialised static", 0, "rw-p" },
	[BSS] = { "bss", "uninitialised global", 0, "rw-p" },
	[HEAP_BEFORE] = { "heap", "its end", 0, "rw-p" },
	[HEAP_AFTER] = { "heap", "its end after brk(+4)", 0, NULL },
	[STACK_CALLER] = { "stack", "variable of main()", 0, "rw-p" },
	[STACK_CALLEE] = { "stack", "variable of what it calls", 0, "rw-p" },
};

static __attribute__((noinline)) void note_deeper_stack(void)
{
	volatile int deeper = 0;

	places[STACK_CALLEE].address = (uintptr_t)&deeper;
	(void)deeper;
}

/* Nothing is printed meanwhile: stdio would take from the heap itself. */
static bool look(void)
{
	volatile int local = 0;

	places[STACK_CALLER].address = (uintptr_t)&local;
	note_deeper_stack();
	(void)local;
	places[DATA].address = (uintptr_t)&initialised_global;
	places[DATA_STATIC].address = (uintptr_t)&initialised_static;
	places[BSS].address = (uintptr_t)&uninitialised_global;
	places[HEAP_BEFORE].address = (uintptr_t)sbrk(0);
	if (brk((char *)sbrk(0) + HEAP_STEP))
		return false;
	places[HEAP_AFTER].address = (uintptr_t)sbrk(0);
	nr_regions = mapsfile_read("/proc/self/maps", regions, MAX_REGIONS);
	return nr_regions > 0 && nr_regions <= MAX_REGIONS;
}

static void print_place(const struct place *place)
{
	const struct region *region = mapsfile_find(regions, nr_regions, place->address);
	const char *name = region ? strrchr(region->name, '/') : NULL;

	printf("%-6s %-26s 0x%012" PRIx64 "  ", place->segment, place->what, place->address);
	if (!region)
		printf("in no region\n");
	else
		printf("%s %s\n", region->rights,
		       name ? name + 1 : *region->name ? region->name : "(no file)");
}

static int nr_wrong;

static void check(bool holds, const char *what)
{
	printf("%-4s %s\n", holds ? "ok" : "BAD", what);
	nr_wrong += !holds;
}

static void check_regions(void)
{
	size_t i;

	for (i = 0; i < NR_PLACES; i++) {
		const struct place *place = &places[i];
		const struct region *region = mapsfile_find(regions, nr_regions, place->address);
		char what[128];

		if (!place->rights)
			continue;
		snprintf(what, sizeof(what), "%s: %s lies in a region with %s", place->segment,
			 place->what, place->rights);
		check(region && !strcmp(region->rights, place->rights), what);
	}
}

static void check_relations(void)
{
	uint64_t data_end = places[DATA].address > places[DATA_STATIC].address ?
			    places[DATA].address : places[DATA_STATIC].address;

	check(places[TEXT].address < places[DATA].address &&
	      places[TEXT].address < places[DATA_STATIC].address, "text < data");
	check(data_end < places[BSS].address, "data < bss");
	check(places[BSS].address < places[HEAP_BEFORE].address, "bss < heap");
	check(places[HEAP_AFTER].address < places[STACK_CALLEE].address, "heap < stack");
	check(places[HEAP_AFTER].address == places[HEAP_BEFORE].address + HEAP_STEP,
	      "the heap grew up, by 4 bytes exactly");
	check(places[STACK_CALLEE].address < places[STACK_CALLER].address,
	      "the stack grows down");
}

/* Is this program position-independent? Return: 1, 0, or -1 if unknown */
static int is_pie(void)
{
	Elf64_Ehdr header;	/* e_type lies at the same place in both classes */
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, &header, sizeof(header));

	if (fd >= 0)
		close(fd);
	return got == sizeof(header) ? header.e_type == ET_DYN : -1;
}

static void print_randomness(void)
{
	int pie = is_pie();
	FILE *file = fopen("/proc/sys/kernel/randomize_va_space", "re");
	int level = -1, flags = personality(0xffffffff);
	bool off;

	if (file) {
		if (fscanf(file, "%d", &level) != 1)
			level = -1;
		fclose(file);
	}
	off = level == 0 || (flags != -1 && flags & ADDR_NO_RANDOMIZE);
	printf("\nThis program is %s; randomize_va_space is %d%s.\n",
	       pie == 1 ? "position-independent (PIE)" : "linked to a fixed address",
	       level, flags != -1 && flags & ADDR_NO_RANDOMIZE ?
	       ", and this process asked for none of it" : "");
	printf("%s\n", off ? "So the addresses are the same in every run." :
	       "So the addresses differ from run to run (setarch -R switches that off);\n"
	       "only the relations stay.");
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc > 1) {
		printf("Usage: segments\n\n"
		       "Prints where its segments lie and checks their order. Exit status: 0 all\n"
		       "relations hold, 1 one does not, 2 usage.\n");
		return strcmp(argv[1], "--help") ? 2 : 0;
	}
	places[TEXT].address = (uintptr_t)&main;
	if (!look()) {
		fprintf(stderr, "segments: can't move the heap's end or read /proc/self/maps\n");
		return 1;
	}
	for (i = 0; i < NR_PLACES; i++)
		print_place(&places[i]);
	putchar('\n');
	check_relations();
	check_regions();
	print_randomness();
	return fflush(stdout) || nr_wrong;
}
