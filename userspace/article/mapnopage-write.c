// SPDX-License-Identifier: GPL-2.0
/*
 * mapnopage-write: writes a text to a page of the example driver, for the next program
 * that maps it.
 */
#include <stdio.h>
#include <string.h>

#include "drivermap.h"

static const char help[] =
"Usage: mapnopage-write [--node NODE] [PAGE [TEXT]]\n"
"\n"
"Maps the ten pages of NODE (/dev/mapnopage) for writing and puts TEXT (write from\n"
"userspace) at the start of PAGE, 1 to 10 (1). Exit status: 0 done, 1 failed, 2\n"
"usage.\n";

static int usage(void)
{
	fputs(help, stderr);
	return 2;
}

int main(int argc, char **argv)
{
	const char *node = "/dev/mapnopage", *text = "write from userspace";
	struct drivermap map;
	unsigned int page = 1;
	int first = drivermap_options(argc, argv, help, &node);

	if (first < argc)
		page = drivermap_parse_page(argv[first]);
	if (first + 1 < argc)
		text = argv[first + 1];
	if (first + 2 < argc || !page)
		return usage();
	if (!drivermap_open(&map, node, true))
		return 1;
	if (strlen(text) >= map.page_size)
		return usage();
	strcpy(map.memory + (page - 1) * map.page_size, text);
	printf("page %2u: %s\n", page, text);
	return fflush(stdout) ? 1 : 0;
}
