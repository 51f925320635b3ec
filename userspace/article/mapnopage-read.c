// SPDX-License-Identifier: GPL-2.0
/* mapnopage-read: reads the texts of some pages, each by a page fault. */
#include <stdio.h>
#include <sys/resource.h>

#include "drivermap.h"

static const char help[] =
"Usage: mapnopage-read [--node NODE] [PAGE…]\n"
"\n"
"Maps the ten pages of NODE (/dev/mapnopage) and prints the text at the start of\n"
"each PAGE, 1 to 10 (1 and 2), and how many page faults that took. Exit status: 0\n"
"done, 1 failed, 2 usage.\n";

static long minor_faults(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) ? 0 : usage.ru_minflt;
}

static void print_page(const struct drivermap *map, unsigned int page)
{
	const char *text = map->memory + (page - 1) * map->page_size;
	long faults = minor_faults();

	(void)*(volatile const char *)text;
	faults = minor_faults() - faults;
	printf("page %2u: %.*s (%ld page fault%s)\n", page, (int)map->page_size, text, faults,
	       faults == 1 ? "" : "s");
}

int main(int argc, char **argv)
{
	const char *node = "/dev/mapnopage";
	struct drivermap map;
	int first = drivermap_options(argc, argv, help, &node), i;

	for (i = first; i < argc; i++) {
		if (!drivermap_parse_page(argv[i])) {
			fputs(help, stderr);
			return 2;
		}
	}
	if (!drivermap_open(&map, node, false))
		return 1;
	minor_faults();		/* its own first fault is not to be counted */
	for (i = first; i < argc; i++)
		print_page(&map, drivermap_parse_page(argv[i]));
	if (first == argc) {
		print_page(&map, 1);
		print_page(&map, 2);
	}
	return fflush(stdout) ? 1 : 0;
}
